"""Decisions by two or three things that they have: heat maps, and flows from services to outcomes."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kg.analysis.decisions import OUTCOMES
from kg.explore.incidence import Ids, Pairs
from kg.explore.neighbours import Kind, Links
from kg.explore.topic import Row, called, rows_of
from kg.model import Party

WEIGHT = 10.0
"""Decisions of the base rate that a cell's rate is shrunken by."""
_WON = OUTCOMES.index("overturned")


class Spot(NamedTuple):
    """Decisions in a cell; ``rate`` is shrunken towards the base rate, so that few decisions say little."""

    decisions: int
    overturned: int
    rate: float


class Heat(NamedTuple):
    """Rows and columns, the most frequent first, and the cells of each row."""

    rows: list[Row]
    columns: list[Row]
    cells: list[list[Spot]]
    base: float


def heat(links: Links, found: Ids, down: str, across: str, most: tuple[int, int] = (20, 12)) -> Heat:
    """The decisions ``found`` by what is ``down`` the side and ``across`` the top.

    A decision with several of either is in several cells. Sections are those that reviewers cite.
    """
    won = links.index.outcome[found] == _WON
    base = float(won.mean()) if len(found) else 0.0
    sides = [_side(links, found, name, n) for name, n in zip((down, across), most, strict=True)]
    (rows, one), (columns, other) = sides
    cells = []
    for line in one:
        spots = []
        for column in other:
            both = line & column
            decisions, overturned = int(both.sum()), int((both & won).sum())
            spots.append(Spot(decisions, overturned, (overturned + WEIGHT * base) / (decisions + WEIGHT)))
        cells.append(spots)
    return Heat(rows, columns, cells, base)


def _side(links: Links, found: Ids, name: str, most: int) -> tuple[list[Row], list[NDArray[np.bool_]]]:
    """The most frequent of one kind, and which of ``found`` have each."""
    kind = links.kinds[name]
    pairs = _pairs(kind)
    counts = pairs.counts(found)
    chosen = [int(n) for n in np.argsort(-counts, kind="stable")[:most] if counts[n]]
    masks = [_among(pairs.having(n), len(links.index))[found] for n in chosen]
    place, key = pairs.each(found)
    return rows_of(links, kind, chosen, found[place], key), masks


def _among(decisions: Ids, every: int) -> NDArray[np.bool_]:
    """Which of ``every`` decision are ``decisions``."""
    mask = np.zeros(every, bool)
    mask[decisions] = True
    return mask


def _pairs(kind: Kind) -> Pairs:
    return kind.by_party.get(Party.REVIEWER.value, kind.any)


REST = "all others"


class Way(NamedTuple):
    """Decisions that go one way, by the numbers of its ends in two columns that stand side by side."""

    one: int
    other: int
    decisions: int


class Flow(NamedTuple):
    """Three columns, each of nodes (empty for the rest and for none) and labels, and the ways between them.

    Each decision goes one way, so that the ways of a column add up to all decisions: it is under the
    most frequent of its services, and of the places that the reviewer cites for it.
    """

    columns: list[list[tuple[str, str, int]]]
    first: list[Way]
    second: list[Way]
    of: list[tuple[int, int, int, int]]
    """Decisions by the numbers of service, place and outcome."""

    @property
    def decisions(self) -> int:
        """How many decisions there are."""
        return sum(way.decisions for way in self.first)


def flow(links: Links, found: Ids, level: str = "section", most: int = 12) -> Flow:
    """The decisions ``found`` by service, by the place of a level that the reviewer cites, and by outcome.

    The ``most`` frequent of each column have a line of their own, all others share one.
    """
    services, cited = links.kinds["service"], links.kinds[level]
    pairs = cited.by_party[Party.REVIEWER.value]
    names, one = _column(services, services.any.main(found), "service", most)
    places, two = _column(cited, pairs.main(found), level, most)
    three = links.index.outcome[found].astype(np.int64)
    outcomes = [("", name, int((three == n).sum())) for n, name in enumerate(OUTCOMES)]
    kept = [n for n, (_, _, count) in enumerate(outcomes) if count]
    three = np.searchsorted(kept, three)
    return Flow(
        [names, places, [outcomes[n] for n in kept]],
        _ways(one, two),
        _ways(two, three),
        [(a, b, c, count) for (a, b, c), count in _together(one, two, three)],
    )


def _column(kind: Kind, chosen: Ids, name: str, most: int) -> tuple[list[tuple[str, str, int]], Ids]:
    """The lines of a column, the most frequent first, then the rest, then none; and each decision's line."""
    keys, counts = np.unique(chosen[chosen >= 0], return_counts=True)
    shown = keys[np.argsort(-counts, kind="stable")[:most]]
    line = np.full(len(kind.nodes) + 1, len(shown))
    line[shown] = np.arange(len(shown))
    line[-1] = len(shown) + 1
    number = line[chosen]
    lines = [(kind.nodes[key], called(kind.nodes[key])) for key in shown]
    lines += [("", REST), ("", f"no {name}")]
    sizes = np.bincount(number, minlength=len(lines))
    there = np.flatnonzero(sizes)
    return [(*lines[n], int(sizes[n])) for n in there], np.searchsorted(there, number)


def _ways(one: Ids, other: Ids) -> list[Way]:
    return [Way(a, b, count) for (a, b), count in _together(one, other)]


def _together(*columns: Ids) -> Iterator[tuple[tuple[int, ...], int]]:
    """Each combination of small numbers that stand side by side in columns, in order, and how often it does.

    >>> list(_together(np.array([0, 1, 0]), np.array([2, 0, 2])))
    [((0, 2), 2), ((1, 0), 1)]
    """
    shape = tuple(int(column.max(initial=0)) + 1 for column in columns)
    counts = np.bincount(np.ravel_multi_index(columns, shape), minlength=1)
    for code in np.flatnonzero(counts):
        yield tuple(int(place) for place in np.unravel_index(code, shape)), int(counts[code])
