"""Conditions on the words of items and on the letters that items stand in, and lists by duration."""

import polars as pl
import pytest

from kg.questions.facets.item_values import treatments


@pytest.fixture(scope="module")
def decisions(base):
    return base.facts.unique(["case", "item"]).filter(pl.col("outcome").is_not_null())


@pytest.mark.parametrize("form", ["how many letters dispute {} and {}", "how many cases with both {} and {}"])
def test_services_of_one_letter_are_what_plain_python_counts(form, base, decisions):
    found = base.ask(form.format("imaging", "acupuncture"))
    cases = [
        set(decisions.filter(pl.col("subcategory") == name)["case"])
        for name in ("Imaging/Radiology", "Acupuncture")
    ]
    both = cases[0] & cases[1]
    assert found.value["letters"] == len(both) > 0
    assert found.value["decisions"] == decisions.filter(pl.col("case").is_in(both)).height
    assert found.echo.count("of letters that dispute") == 2
    [row] = base.graph.query(found.sparql)
    assert (int(row.decisions), int(row.letters)) == (found.value["decisions"], found.value["letters"])


def test_services_of_different_kinds_are_alternatives_of_an_item(base, decisions):
    found = base.ask("how many decisions on surgery and acupuncture")
    chosen = (pl.col("category") == "Surgery") | (pl.col("subcategory") == "Acupuncture")
    assert found.value["decisions"] == decisions.filter(chosen).height > 0


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("how many items with a strength of 10 mg", r"\b10\s?mg|\b10/325\s?mg"),
        ("how many wheelchair rental", r"(?i)wheelchair.*rental"),
        (
            "how many acupuncture requests approved at a lower quantity",
            r"(?i)acc?upuncture.*eligible",
        ),
    ],
)
def test_words_of_items_are_what_plain_python_finds(text, pattern, base, decisions):
    found = base.ask(text.replace("items with a strength of ", ""))
    assert found.value["decisions"] == decisions.filter(pl.col("item_text").str.contains(pattern)).height > 0


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("treatment", [*treatments()]),
        ("strength", ["10/325", "10 mg", "5%", "7.5", "0.5 mg", "500 mg", "20 mg", "100"]),
        ("item_words", ["wheelchair", "30 day trial", "home rental", "IMR eligible portion", "physical"]),
    ],
)
def test_the_query_finds_the_items_whose_words_the_answer_counts(name, values, base):
    counted = 0
    for value in values[:: 1 if len(values) < 20 else 9]:
        found = base.ask(f'how many {name}="{value}"')
        [row] = base.graph.query(found.sparql)
        assert int(row.decisions) == found.value["decisions"], value
        counted += found.value["decisions"]
    assert counted > 0


def test_a_frequency_is_what_plain_python_computes(base):
    asked = base.facts.unique(["case", "item"]).filter(pl.col("outcome").is_not_null())
    a_week = {"day": 7, "week": 1, "month": 12 / 52}
    rows = asked.drop_nulls(["frequency_max", "period_min"]).iter_rows(named=True)
    times = [
        r["frequency_max"] * a_week[r["period_unit"]] / r["period_min"]
        for r in rows
        if r["period_unit"] in a_week
    ]
    found = base.ask("how many visits per week are asked for").value
    assert found["measured"] == len(times) > 0
    assert found["mean"] == pytest.approx(sum(times) / len(times), abs=0.01)


def test_treatments_of_one_subcategory_are_compared_by_their_names(base, decisions):
    mri, ct = base.ask("MRI vs CT").rows
    assert mri["group"] == "MRI"
    assert mri["decisions"] == decisions.filter(pl.col("item_text").str.contains("MRI|(?i)magnetic")).height
    assert 0 < ct["decisions"] < mri["decisions"]
    assert "CT scan" in treatments()["CT"]


def test_cases_that_took_longest_come_first_each_once(base):
    found = base.ask("list the 7 letters with the longest time from application to decision")
    days = [row["days"] for row in found.rows]
    assert days == sorted(days, reverse=True)
    assert len({row["case"] for row in found.rows}) == len(days) == 7
    shortest = base.ask("fastest decision")
    assert shortest.rows[0]["days"] == min(row["days"] for row in shortest.rows)


def test_before_and_after_a_date_leave_the_date_out(base):
    before, after = base.ask("overturn rate before and after 2015").rows
    years = {row["year"]: row["decisions"] for row in base.ask("number of decisions by year").rows}
    assert before["decisions"] == sum(number for year, number in years.items() if year < 2015)
    assert after["decisions"] == sum(number for year, number in years.items() if year > 2015)
