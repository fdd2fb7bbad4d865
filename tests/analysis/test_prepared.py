"""Tables from prepared pairs say what a comparison of each pair says, whatever the filters."""

import gc
import sys
import weakref
from pathlib import Path

import numpy as np
import pytest

from kg.analysis.comparison import Comparison
from kg.analysis.covariates import ADJUST, USUAL
from kg.analysis.decisions import prepare
from kg.analysis.filters import Filters
from kg.analysis.prepared.cells import cells
from kg.analysis.prepared.filtered import Filtered
from kg.statistics.adjusting import Citing, Null, Scores

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
import planted_truth


@pytest.fixture(scope="module")
def index():
    return prepare(planted_truth.facts_of_truth(900, 5, planted_truth.effects()))


def both(index, level, party, filters, adjust):
    chosen = index.chosen(index.resolved(filters), party)
    cited = index.cited(level, party).within(chosen)
    quick = Filtered(cells(index, level, party, adjust).chosen(index, chosen), lambda: cited, adjust)
    return quick, Comparison.of_cited(index, cited, adjust)


@pytest.mark.parametrize(
    ("level", "party", "filters", "adjust"),
    [
        ("page", "reviewer", Filters(), USUAL),
        ("page", "reviewer", Filters.of(category="Pharmaceuticals"), USUAL),
        ("page", "reviewer", Filters.of(specialty="Pain Medicine", sex="female"), USUAL),
        ("page", "any", Filters.of(age="40-60"), ADJUST),
        ("chapter", "claims_administrator", Filters.of(sex="male"), ("category", "year")),
        ("guideline", "reviewer", Filters.of(sex="male"), ()),
        ("section", "both", Filters.of(year="2050"), USUAL),  # no decision
    ],
)
def test_prepared_pairs_give_the_figures_of_each_pair(index, level, party, filters, adjust):
    quick, plain = both(index, level, party, filters, adjust)
    for name in ("risk", "counts", "letters", "squares", "tested"):
        assert np.array_equal(getattr(quick, name), getattr(plain, name)), name
    found, (told, _) = quick.figures(lambda: (quick.sets(), None))
    wanted, (sets, _) = plain.figures(lambda: (plain.sets(), None))
    for name, values in wanted.items():
        assert found[name] == pytest.approx(values, rel=1e-6, abs=1e-9, nan_ok=True), name
    assert [one.keys.tolist() for one in told] == [one.keys.tolist() for one in sets]
    assert quick.coincidences() == plain.coincidences()


@pytest.mark.parametrize("filters", [Filters(), Filters.of(category="Pharmaceuticals")])
def test_cells_of_few_decisions_differ_in_what_is_held_equal(index, filters):
    """What does not cite a key is evaluated nearly: ends moved where alike cells stood apart."""
    for compared in both(index, "page", "reviewer", filters, USUAL):
        design = compared.held.population.design
        rows = design.left.toarray()[design.of_left] + design.right.toarray()[design.of_right]
        assert len(np.unique(rows, axis=0)) == design.cells > 1


def test_letters_are_alike_in_what_is_compared(index):
    quick, plain = both(index, "page", "reviewer", Filters(), USUAL)
    assert plain.null.correlation > 0
    assert quick.scores.variance == pytest.approx(plain.scores.variance)
    assert quick.crude_scores.variance == pytest.approx(plain.crude_scores.variance)


def test_the_usual_cells_are_made_once_and_others_for_a_while(index):
    assert cells(index, "page", "reviewer", USUAL) is cells(index, "page", "reviewer", USUAL)
    other = cells(index, "page", "reviewer", ("sex",))
    assert cells(index, "page", "reviewer", ("sex",)) is other
    for number in range(20):
        index.recent(number, object)
    assert cells(index, "page", "reviewer", ("sex",)) is not other


@pytest.mark.parametrize("filters", [Filters(), Filters.of(category="Pharmaceuticals")])
def test_a_comparison_is_gone_when_its_figures_are_told(index, filters):
    """What is part of a cycle waits for the collector: each table then took new memory, half of its time."""
    gc.collect()
    gc.disable()
    try:
        made = list(both(index, "page", "reviewer", filters, USUAL))
        for compared in made:
            compared.figures(lambda compared=compared: (compared.sets(), compared.coincidences()))
        parts = [part for compared in made for part in compared.__dict__.values()]
        watched = [
            weakref.ref(part)
            for part in (*made, *parts)
            if isinstance(part, (Comparison, Scores, Citing, Null))
        ]
        del made, parts, compared
        assert len(watched) > 10
        assert not [watch() for watch in watched if watch() is not None]
    finally:
        gc.enable()
