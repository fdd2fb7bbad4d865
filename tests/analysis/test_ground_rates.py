"""Grounds by what is cited and requested: each figure against a recount in plain Python."""

import math
from collections import defaultdict

import polars as pl
import pytest
from small_facts import cite, decision, facts_of

from kg.analysis.decisions import LEVELS, prepare
from kg.analysis.filters import FILTERS, Filters
from kg.analysis.reasons.ground_rates import BY, GroundRow, grounds, of_decisions
from kg.analysis.shown_columns import columns
from kg.errors import ChoiceError, UnknownError

MANY = {
    "page": cite("chronic-pain", edition=2009, pages=(98,)),
    "section": cite("chronic-pain", edition=2009, sections=(("chronic-pain/2009/physical-medicine", "PM"),)),
    "chapter": cite("acoem-2004", chapter="12"),
}
STATED = (["amount:not-met"], ["response:met", "plan:met"], ["amount:not-met", "response:not-met"], [])


def decisions():
    """Sixty decisions in thirty letters, of every outcome, with what can be cited and requested."""
    for number in range(60):
        outcome = ("upheld", "overturned", "upheld", "modified", "upheld")[number % 5]
        yield decision(
            f"CM15-{number // 2:07}",
            number % 2 + 1,
            outcome,
            reviewer=[each for n, each in enumerate(MANY.values()) if (number >> n) % 2],
            grounds=STATED[number % 4],
            category="Pharmaceuticals" if number % 3 else "Surgery",
            subcategory="Opioids" if number % 3 else None,
            drug="ibuprofen/famotidine" if number % 3 else None,
            drug_class="Opioids" if number % 3 else None,
            body_parts=["knee:left", "knee:right"] if number % 2 else ["low back"],
            specialties=["Pain Medicine"] if number % 4 else ["Neurology"],
            licensed_in=["California", "Nevada"] if number % 2 else ["California"],
            priority="standard" if number % 3 else None,
            sex="female" if number % 2 else "male",
            quantity_unit="visit" if number % 3 else "unit",
        )


@pytest.fixture(scope="module")
def index():
    return prepare(facts_of(*decisions()))


def keys_of(index, by):
    """The keys of each decision, from the index's plain columns and citations."""
    if by == "all":
        return [{"all decisions"}] * len(index)
    found = [set() for _ in range(len(index))]
    if by in LEVELS:
        cited = index.cited(by, "reviewer")
        for place, key in zip(cited.decision, cited.key, strict=True):
            found[place].add(cited.keys["key"][int(key)])
        return found
    for column in FILTERS[by].columns:
        for place, value in enumerate(index.columns(column)[column]):
            values = value if isinstance(value, pl.Series) else [value]
            found[place] |= {c for v in values if v is not None for c in FILTERS[by].choices([str(v)])}
    return found


@pytest.mark.parametrize("by", BY)
def test_counts_and_shares_are_those_of_a_recount(index, by):
    stated = index.columns("grounds")["grounds"].to_list()
    counts = defaultdict(lambda: [0, 0, 0])
    sizes = defaultdict(lambda: [0, 0, 0])
    letters = defaultdict(set)
    for place, keys in enumerate(keys_of(index, by)):
        for key in keys:
            sizes[key][index.outcome[place]] += 1
            for ground in stated[place]:
                counts[key, ground][index.outcome[place]] += 1
                letters[key, ground].add(index.letter[place])
    table = grounds(index, by, minimum=1).to_frame()
    assert table.columns == [named.name for named in columns(GroundRow)]
    found = {}
    for row in table.iter_rows(named=True):
        name = row["key"], f"{row['ground']}:{'met' if row['met'] else 'not-met'}"
        found[name] = [row["upheld"], row["overturned"], row["modified"]]
        assert row["letters"] == len(letters[name])
        assert row["decisions"] == sum(found[name])
        for ending, outcome in (("upheld", 0), ("overturned", 1)):
            size, share = sizes[row["key"]][outcome], row[f"{ending}_share"]
            assert share == (pytest.approx(counts[name][outcome] / size) if size else None)
            assert size == 0 or 0 <= row[f"{ending}_low"] <= share <= row[f"{ending}_high"] <= 1
    assert found == {name: list(count) for name, count in counts.items()}
    assert found


def test_one_key_alone_has_a_sentence_and_filters_hold(index):
    found = grounds(index, "category", "pharmaceuticals", filters=Filters.of(drug="Opioids"), minimum=1)
    assert set(found.table["key"]) == {"Pharmaceuticals"}
    whole = grounds(index, "category", minimum=1).table.filter(key="Pharmaceuticals")
    assert found.table.equals(whole)
    assert found.verdict.startswith("Pharmaceuticals: where upheld (24), reviewers state mostly")
    assert "(not met) in" in found.verdict
    assert grounds(index, "category").verdict == ""
    assert grounds(index, "page", minimum=61).table.height == 0


def test_what_few_decide_or_nobody_states_is_said(index):
    few = grounds(index, "all", filters=Filters.of(ground="plan:not-met"))
    assert few.table.height == 0
    assert few.verdict == "All decisions: 0 upheld, too few to tell; 0 overturned, too few to tell"
    assert "no decision has the ground plan:not-met" in few.notes
    silent = prepare(facts_of(*(decision(f"CM15-{n:07}", 1, "upheld", grounds=[]) for n in range(10))))
    found = grounds(silent)
    assert "where upheld (10), reviewers state no ground in more than 5 %" in found.verdict
    assert found.notes == ("no ground was read in 10 of 10 decisions; they are included in every share",)


def test_letters_are_the_unit():
    """Ten letters of ten equal decisions tell no more than ten decisions."""

    def of(letters, each):
        return prepare(
            facts_of(
                *(
                    decision(f"CM15-{n:07}", m + 1, "upheld", grounds=["amount:not-met"] if n % 2 else [])
                    for n in range(letters)
                    for m in range(each)
                )
            )
        )

    widths = []
    for index in (of(10, 10), of(100, 1), of(10, 1)):
        row = grounds(index, minimum=1).table.row(0, named=True)
        assert math.isclose(row["upheld_share"], 0.5)
        widths.append(row["upheld_high"] - row["upheld_low"])
    assert widths[1] < widths[0] <= widths[2]
    assert widths[0] > 2 * widths[1]


def test_decisions_of_a_page(index):
    found = of_decisions(index, [3, 1, 1, 2], "a page")
    assert found.table["decisions"].sum() == sum(
        len(STATED[n % 4]) for n in index.columns("item").with_row_index()["index"].to_list()[1:4]
    )
    assert found.verdict.startswith("A page: ")


@pytest.mark.parametrize(
    ("by", "key", "party", "error"),
    [
        ("pages", None, "reviewer", ChoiceError),
        ("page", None, "referee", ChoiceError),
        ("page", "chronic-pain/2009/page/1", "reviewer", UnknownError),
    ],
)
def test_what_there_is_not_is_named(index, by, key, party, error):
    with pytest.raises(error, match=key or (by if by != "page" else party)):
        grounds(index, by, key, party)
