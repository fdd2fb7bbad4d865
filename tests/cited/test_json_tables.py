"""Tables as JSON: every row of every table carries an address that gives its figures again."""

import pytest

import kg
from kg.analysis.cache import Analyses
from kg.analysis.coverage import coverage
from kg.analysis.driver_row.robustness import robustness
from kg.analysis.filters import Filters
from kg.analysis.network import network
from kg.analysis.outcomes import grouping, outcomes
from kg.analysis.reasons.ground_rates import grounds
from kg.analysis.reasons.stock_sentences import stock
from kg.analysis.sides import sides
from kg.analysis.trends import trends
from kg.base.building.build import build
from kg.base.store import KnowledgeBase
from kg.cited import json_tables as made
from kg.cited.citable import Citable
from kg.cited.figure_address import Asked
from kg.cited.of_questions import of_query_row, told
from kg.errors import SettingError, UnknownError
from kg.queries import load, run
from kg.questions import answers
from kg.sample import letters as sampled

DRUGS = Filters.of(category="Pharmaceuticals")


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    (folder / "letters").mkdir()
    for name, text, _ in sampled(80, 5, "mixed"):
        (folder / "letters" / f"{name}.txt").write_text(text, encoding="utf-8")
    build([folder / "letters"], folder / "kb", processes=1)
    with KnowledgeBase.open(folder / "kb") as base:
        analyses = Analyses.of(base)
        yield base, analyses, Citable.of(base, analyses)


def tables(base, analyses, cite):
    """A table of every kind."""
    index = analyses.index
    key = index.cited("guideline", "reviewer").keys["key"][0]
    yield made.of_drivers(analyses.drivers("guideline", "reviewer", DRUGS, 1))
    yield made.of_robustness(robustness(index, key, "guideline"))
    for by, across in (("specialty", None), ("drift", None), ("quantities", None), ("category", "sex")):
        found = outcomes(index, by, across, "reviewer", DRUGS, 1)
        yield made.of_outcomes(found, by, across, "reviewer", 1)
    for show in ("agreement", "pairs", "silent"):
        yield made.of_sides(sides(index, "guideline", DRUGS, 1), show, None, 1)
    by_year = sides(index, "guideline", Filters(), 1, grouping(index, "year"))
    yield made.of_sides(by_year, "agreement", "year", 1)
    yield made.of_trends(trends(index, key, "reviewer", DRUGS), cite)
    yield made.of_network(
        network(index, "together", "guideline", "reviewer", Filters(), 3, 2.0), 3, 2.0, cite
    )
    yield made.of_grounds(
        grounds(index, "category", None, "reviewer", Filters(), 1), "category", None, "reviewer"
    )
    for alike in (False, True):
        found = stock(index, base.scan_sentences(), base.letter, alike=alike, limit=3)
        yield made.of_sentences(found, 2)


def numbers(row):
    return {
        name: value
        for name, value in row.items()
        if isinstance(value, int | float) and not isinstance(value, bool) and name != "minimum"
    }


def test_each_row_is_given_again_by_its_address(opened):
    base, analyses, citable = opened
    count = 0
    for table in tables(base, analyses, citable.cite):
        page = table.page(base.generation, citable.cite, 4)
        assert page["total"] >= len(page["results"])
        assert (page["next"] is None) == (page["total"] <= 4)
        assert citable.figure(Asked.read(page["figure"])).says == "computed now"
        beside = [row for name in ("changes", "nodes") for row in page.get(name, ())][:3]
        for row in (*page["results"], *beside):
            values = citable.figure(Asked.read(row["figure"])).values
            same = numbers(row).keys() & values.keys()
            assert {name: row[name] for name in same} == {name: values[name] for name in same}
            count += bool(same)
    assert count > 40


def test_what_was_read_has_addresses(opened):
    base, _, citable = opened
    found = made.of_coverage(coverage(base), base.generation, citable.cite, 2)
    assert found["letters"] == 80
    for row in (*found["fields"], *found["by_template"], *found["problems"], *found["unresolved"]):
        assert citable.figure(Asked.read(row["figure"])).values


@pytest.mark.parametrize("mode", ["precedent", "pending"])
def test_similar_cases_have_addresses(opened, mode):
    base, analyses, citable = opened
    case = base.cases()[3]
    found = analyses.related(case, None, 3, None, filters=DRUGS, mode=mode)
    page = made.of_related(found, (DRUGS, None), (), base.generation, citable.cite)
    assert page["results"]
    for row in page["results"]:
        assert citable.figure(Asked.read(row["figure"])).values["score"] == row["score"]
    assert "figure" not in made.of_related(found, (DRUGS, None), (), base.generation, None)


@pytest.mark.parametrize(
    "text",
    [
        *("overturn rate by specialty", "list upheld decisions on opioids", "decisions like {case}"),
        *(
            "overturn rate of opioids versus NSAIDs",
            "do both sides cite the same page",
            "why was {case} upheld",
        ),
    ],
)
def test_answers_to_questions_have_addresses(opened, text):
    base, analyses, citable = opened
    found = told(answers.ask(analyses, text.format(case=base.cases()[0])), citable.cite, base.generation, 2)
    assert len(found["rows"]) <= 2
    for figure in (found["figure"], *(row["figure"] for row in found["rows"] if "figure" in row)):
        assert citable.figure(Asked.read(figure)).values is not None


def test_rows_of_named_queries_have_addresses(opened):
    base, _, citable = opened
    for name in ("outcomes_by_section", "number_of_cases", "unresolved_titles"):
        query = load(name)
        for row in run(base, query).dicts()[:2]:
            values = citable.figure(Asked.read(citable.cite(of_query_row(query, {"limit": 5}, row)))).values
            assert {one: row[one] for one in query.figures} == {one: values[one] for one in query.figures}
    assert of_query_row(load("mixed_cases"), {}, {}) is None
    for given in ("nothing", "party=reviewer\nparty=any"):
        with pytest.raises(SettingError, match="name=value"):
            citable.figure(Asked("query", query="outcomes_by_page", given=given))
    with pytest.raises(SettingError, match="no figures"):
        citable.figure(Asked("query", query="mixed_cases"))


def test_letters_of_a_generation(opened):
    base, _, citable = opened
    with citable.of_generation(base.generation) as letters:
        assert letters is citable.letters
    with pytest.raises(UnknownError), citable.of_generation("000009"):
        pass


def test_letters_of_an_earlier_generation(tmp_path):
    (tmp_path / "letters").mkdir()
    for name, text, _ in sampled(6, 5, "mixed"):
        (tmp_path / "letters" / f"{name}.txt").write_text(text, encoding="utf-8")
    files = sorted((tmp_path / "letters").iterdir())
    for last in (5, 6):
        build(files[:last], tmp_path / "kb", processes=1)
    with kg.open(tmp_path / "kb") as base:
        citable = Citable.of(base, Analyses.of(base))
        with citable.of_generation("000001") as letters:
            assert len(letters.cases()) == 5
    for kept in (tmp_path / "kb" / "generations").iterdir():
        if kept.name == "000001":
            kept.rename(tmp_path / "gone")
    with kg.open(tmp_path / "kb") as base:
        citable = Citable.of(base, Analyses.of(base))
        with citable.of_generation("000001") as letters:
            assert len(letters.cases()) == 5
