"""The verdict, the rows' q-values and the credible sets say one thing."""

import numpy as np
import pytest
from small_facts import decision, facts_of

from kg.analysis.comparison import Comparison
from kg.analysis.decisions import LEVELS, prepare
from kg.analysis.drivers import drivers
from kg.analysis.filters import Filters
from kg.analysis.verdict import Told

PAGE = "chronic-pain/2009/page/{}"


def told(facts, *sets):
    """The sentences about a table, as if it had these sets of pages."""
    index = prepare(facts)
    cited = index.cited("page", "reviewer")
    risk = np.zeros(len(index), bool)
    risk[cited.decision] = True
    compared = Comparison(index, risk, cited.decision, cited.key, cited.keys.height, ())
    totals = np.bincount(index.outcome, minlength=3)
    named = tuple((tuple(PAGE.format(page) for page in pages), more) for pages, more in sets)
    return Told("page", "reviewer", compared, totals, drivers(index, adjust="none", sets=False).whole, named)


@pytest.mark.parametrize(
    ("sets", "says"),
    [
        ([((98,), True)], "1 credible set contains an effect: Chronic Pain 2009, p. 98 (more)"),
        (
            [((98, 99), False)],
            "1 credible set contains an effect: Chronic Pain 2009, p. 98 or 1 neighbour (less)",
        ),
        (
            [((98, 99), True), ((7,), False)],
            "2 credible sets each contain an effect: Chronic Pain 2009, p. 98 or 1 neighbour (more); "
            "Chronic Pain 2009, p. 7 (less)",
        ),
    ],
)
def test_a_set_above_rows_that_are_not_sure_is_named(make, sets, says):
    one = told(make({98: (20, 60), 99: (20, 60), 7: (20, 60)}), *sets)
    assert one.verdict() == (
        f"no page differs from the rest beyond chance by its own test (q below 0.05), but {says}"
    )
    assert any(
        note.startswith("a credible set can contain an effect although no q-value") for note in one.notes()
    )


def test_a_set_of_a_row_that_is_sure_is_told_by_the_row(make):
    facts = make({98: (60, 20), 99: (20, 60), 7: (20, 60)})
    alone, beside = told(facts), told(facts, ((98,), True))
    assert beside.verdict() == alone.verdict()
    assert beside.notes() == alone.notes()
    assert "p. 98 (more)" in alone.verdict()


def test_a_set_beside_rows_that_are_sure_is_named_after_them(make):
    facts = make({98: (60, 20), 99: (40, 60), 7: (40, 60), 8: (40, 60)})
    verdict = told(facts, ((98,), True), ((8,), False)).verdict()
    assert "1 of 4 pages differs" in verdict
    assert verdict.endswith("; 1 further credible set contains an effect: Chronic Pain 2009, p. 8 (less)")


@pytest.mark.parametrize(
    ("party", "silent"),
    [
        ("reviewer", "the reviewer cites no {}"),
        ("claims_administrator", "the claims administrator cites no {}"),
        ("any", "neither party cites a {}"),
        ("both", "the parties do not both cite a {}"),
    ],
)
@pytest.mark.parametrize("level", LEVELS)
def test_nothing_at_risk_is_said_of_whoever_is_silent(level, party, silent):
    """Of several decisions, of one, and of none, for every level and party."""
    told_of = {5: "all 5 decisions", 1: "the only decision"}
    for count, where in told_of.items():
        rows = [decision(f"CM15-{number:07}", 1, "upheld", []) for number in range(count)]
        found = drivers(facts_of(*rows), level=level, party=party)
        assert found.verdict == f"nothing to compare: in {where}, {silent.format(level)}"
        assert found.notes == (
            f"not compared: {count} decision{'s' if count > 1 else ''} in which {silent.format(level)} "
            f"({count} upheld)",
        )
        filtered = drivers(facts_of(*rows), level=level, party=party, filters=Filters.of(year="2014"))
        assert filtered.verdict == "no decisions: nothing to compare"
        assert filtered.notes
