"""The data card promises no more than is measured: its figures are those that are printed now, or lower."""

import re
from pathlib import Path

import pytest
from five_fold import MEASURES, five_fold
from scores import SETS, measures, of_letters

TEXT = " ".join((Path(__file__).parents[1] / "docs/data-card.md").read_text(encoding="utf-8").split())
FIGURE = re.compile(rf"({'|'.join(MEASURES)}) (\d\.\d{{3}})")


def promised(begin: str, end: str) -> dict[str, float]:
    """The figures between two phrases of the card."""
    _, _, rest = TEXT.partition(begin)
    part, found, _ = rest.partition(end)
    assert found, f"the card lacks {begin!r} ... {end!r}"
    return {name: float(value) for name, value in FIGURE.findall(part)}


@pytest.mark.parametrize(
    ("begin", "end", "lower_bound", "rest"),
    [("`make unseen`", "the rest 1.000", False, 1.0), ("The lower bound", "How far the grammars", True, 0.0)],
)
def test_figures_of_unseen_letters(begin, end, lower_bound, rest, shared):
    measured, _ = five_fold(shared, lower_bound=lower_bound)
    said = promised(begin, end)
    assert len(said) >= 3
    assert {name: value for name, value in measured.items() if round(value, 3) < said.get(name, rest)} == {}


@pytest.mark.long
@pytest.mark.parametrize("folder", SETS)
def test_figures_of_labelled_letters(folder, shared):
    assert "`make scores` reads 102 labelled letters" in TEXT
    assert "At this version all are 1.000." in TEXT
    found = measures(of_letters(shared, folder))
    assert len(found) > 15
    assert {name: value for name, value in found.items() if round(value, 3) < 1} == {}
