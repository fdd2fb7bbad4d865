"""Who cites what, in the order of the cells of covariates: a table under filters picks of it.

A table of drivers wants of each key the decisions by cell, and how many letters they are in. Both are sums
over pairs of decision and key: here these lie in the order in which they are summed, whatever the filters.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from kg.analysis.covariates import USUAL, Combined, combined
from kg.analysis.decisions import LEVELS, PARTIES, Cited, Ids, Index, Mask
from kg.analysis.filters import choose
from kg.statistics.design import Matrix, ordered
from kg.statistics.population import Alike


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """All decisions that cite something of a level: ``decision`` by key (from ``start`` on) and cell."""

    covariates: Combined
    """The cell of every decision, -1 for one that cites nothing, and what the cells are."""
    decision: Ids
    start: NDArray[np.int64]
    again: Alike
    keys: pl.DataFrame

    @classmethod
    def of(cls, index: Index, cited: Cited, adjust: tuple[str, ...]) -> "Cells":
        """The pairs of ``cited``, by the covariates ``adjust``."""
        number = np.bincount(cited.decision, minlength=len(index))
        rows = np.flatnonzero(number)
        found = combined(index, rows, number, adjust)
        cell: NDArray[Any] = np.full(len(index), -1, np.int32)
        cell[rows] = found.cell
        order = ordered(cell[cited.decision], found.left.size)
        order = order[ordered(cited.key[order], cited.keys.height)]
        start = np.searchsorted(cited.key[order], np.arange(cited.keys.height + 1))
        again = Alike.of(index.letter[cited.decision], cited.decision, cited.key, cited.keys.height)
        return cls(replace(found, cell=cell), cited.decision[order], start, again, cited.keys)

    @property
    def cell(self) -> NDArray[np.integer]:
        """The cell of every decision."""
        return self.covariates.cell

    def chosen(self, index: Index, chosen: Mask | None) -> "Chosen":
        """What the decisions that are ``chosen`` have, all of them for ``None``."""
        again = self.again
        if chosen is None:
            return Chosen(self, index, self.cell >= 0, self.decision, self.start, again)
        kept, inside = chosen[self.decision], chosen[again.decision]
        start = np.append(0, np.cumsum(_by_key(kept, self.start)))
        again = replace(again, decision=again.decision[inside], group=again.group[inside])
        return Chosen(self, index, chosen & (self.cell >= 0), self.decision[kept], start, again)


def cells(index: Index, level: str, party: str, adjust: tuple[str, ...]) -> Cells:
    """The cells of what a ``party`` cites of a ``level``; the usual ones are kept.

    Raises:
        UnknownError: there is no such level or party.
    """
    choose("level", level, LEVELS)
    choose("party", party, PARTIES)

    def made() -> Cells:
        return Cells.of(index, index.cited(level, party), adjust)

    if adjust == USUAL:
        return index.part("cells", f"{level}-{party}", made)
    return index.recent(("cells", level, party, adjust), made)


@dataclass(frozen=True, eq=False)
class Chosen:
    """The pairs of some decisions, those at ``risk``, in the order of :class:`Cells`."""

    cells: Cells
    index: Index
    risk: Mask
    decision: Ids
    start: NDArray[np.int64]
    again: Alike

    @property
    def keys(self) -> int:
        """How many keys there are, cited by some of the decisions or not."""
        return self.start.size - 1

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """Decisions by key (a row) and outcome."""
        outcome, size = self.index.outcome[self.decision], np.diff(self.start)
        overturned, modified = (_by_key(outcome == number, self.start) for number in (1, 2))
        return np.stack([size - overturned - modified, overturned, modified], axis=1)

    @cached_property
    def letters(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """How many letters have each key, and the squares of how many of their decisions do, added up."""
        size, again = np.diff(self.start), self.again
        number = np.bincount(again.group, minlength=again.key.size)
        more = np.bincount(again.key, np.maximum(number - 1, 0), self.keys)
        squares = np.bincount(again.key, number * (number - 1), self.keys)
        return size - more.astype(np.int64), size + squares.astype(np.int64)

    @cached_property
    def by_cell(self) -> Matrix:
        """Keys by cells, how many decisions of each have each key; cells without any are left out."""
        cell = self.cells.cell[self.decision]
        changes = np.empty(cell.size, bool)
        changes[:1] = True
        np.not_equal(cell[1:], cell[:-1], out=changes[1:])
        changes[self.start[:-1][self.start[:-1] < cell.size]] = True
        first = np.flatnonzero(changes)
        count = np.diff(first, append=cell.size).astype(np.float64)
        place = self.number[cell[first]]
        table = (count, place, np.searchsorted(first, self.start))
        return sparse.csr_array(table, shape=(self.keys, int(np.count_nonzero(self.size))))

    def compared(self, tested: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The places of decisions at risk and the numbers of the ``tested`` keys that they have, by key."""
        key = np.repeat(self._numbers(tested), np.diff(self.start))
        kept = slice(None) if tested.size == self.keys else key >= 0
        return self._place[self.decision[kept]], key[kept]

    def alike(self, tested: NDArray[np.int64]) -> Alike:
        """The decisions that have one of the ``tested`` keys together with others of their letter."""
        number = self._numbers(tested)[self.again.key]
        kept = number[self.again.group] >= 0
        decision = self._place[self.again.decision[kept]]
        return Alike(decision, self.again.group[kept], np.maximum(number, 0))

    def _numbers(self, tested: NDArray[np.int64]) -> NDArray[np.int64]:
        number = np.full(self.keys, -1)
        number[tested] = np.arange(tested.size)
        return number

    @cached_property
    def _place(self) -> NDArray[np.int64]:
        """The place of each decision among those at risk."""
        return np.cumsum(self.risk) - 1

    @cached_property
    def size(self) -> NDArray[np.int64]:
        """The decisions of each cell."""
        return np.bincount(self.cells.cell[self.risk], minlength=self.cells.covariates.left.size)

    @cached_property
    def number(self) -> NDArray[np.int64]:
        """The number of each cell among those that have decisions."""
        return np.cumsum(self.size > 0) - 1


def _by_key(flags: Mask, start: NDArray[np.int64]) -> NDArray[np.int64]:
    """Of each key how many pairs are flagged."""
    counts = [np.count_nonzero(flags[first:last]) for first, last in pairwise(start.tolist())]
    return np.array(counts, np.int64)
