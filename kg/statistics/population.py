"""Decisions at risk and which keys they have, counted by cell of covariates and by letter."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kg.statistics.design import Design, Ids, Matrix, Pairs, ordered
from kg.statistics.intervals import Numbers


@dataclass(frozen=True, eq=False)
class Population:
    """Decisions at risk: how each ended (1 or 0), its letter (ascending) and its cell of covariates.

    The first column of ``design`` is 1 everywhere. The log odds of the columns that are ``drawn`` are taken
    as drawn around zero, with a spread that is estimated: kinds of one category, say.
    """

    outcome: Numbers
    letter: Ids
    cell: Ids
    design: Design
    drawn: NDArray[np.bool_] | None = None

    @property
    def letters(self) -> int:
        """How many letters there are."""
        return int(np.count_nonzero(np.diff(self.letter, prepend=-1)))

    def divided(self, cell: Ids, design: Design, drawn: NDArray[np.bool_] | None = None) -> "Population":
        """The same decisions, with other cells."""
        new = Population(self.outcome, self.letter, cell, design, drawn)
        new.__dict__.update({name: getattr(self, name) for name in ("several", "place", "many")})
        return new

    @cached_property
    def several(self) -> NDArray[np.bool_]:
        """Which decisions are of a letter with more than one."""
        same = self.letter[1:] == self.letter[:-1]
        found = np.zeros(self.letter.size, bool)
        found[1:] |= same
        found[:-1] |= same
        return found

    @cached_property
    def place(self) -> Ids:
        """The number of each decision's letter, from 0 on, among those with several decisions."""
        first = np.diff(self.letter, prepend=-1) != 0
        return np.asarray(np.maximum(np.cumsum(first & self.several) - 1, 0), np.int64)

    @cached_property
    def many(self) -> Ids:
        """How many others each decision's letter has."""
        found = np.zeros(self.letter.size, np.int64)
        at = np.flatnonzero(self.several)
        found[at] = np.bincount(self.place[at])[self.place[at]] - 1
        return found

    @cached_property
    def neighbours(self) -> tuple[Ids, Ids]:
        """Two decisions of one letter, each two once: the earlier ones, and the later."""
        earlier, later = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        one = other = np.flatnonzero(self.several)
        while one.size:
            # A letter's decisions lie side by side.
            one, other = one[: np.searchsorted(other, self.letter.size - 1)], other + 1
            other = other[: one.size]
            same = self.letter.take(other) == self.letter.take(one)
            one, other = one[same], other[same]
            earlier.append(one)
            later.append(other)
        return np.concatenate(earlier), np.concatenate(later)

    def others(self, decision: Ids) -> tuple[Ids, Ids]:
        """The places in ``decision`` of those with others of their letter, and these, one by one."""
        many = self.many[decision]
        at = np.repeat(np.arange(decision.size), many)
        other = np.arange(at.size)
        other += np.repeat(self._first[decision] - np.cumsum(many) + many, many)
        other += other >= decision.take(at)
        return at, other

    @cached_property
    def _first(self) -> Ids:
        """The first decision of each decision's letter."""
        starts = np.flatnonzero(np.diff(self.letter, prepend=-1))
        return np.repeat(starts, np.diff(starts, append=self.letter.size))

    @cached_property
    def sizes(self) -> tuple[Numbers, Numbers]:
        """Of each cell: decisions, and those with the outcome."""
        cells = self.design.cells
        size = np.bincount(self.cell, minlength=cells).astype(np.float64)
        return size, np.bincount(self.cell, self.outcome, minlength=cells).astype(np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Alike:
    """Decisions whose key others of their letter have too: ``group[i]`` is a letter and a key."""

    decision: NDArray[np.integer]
    group: NDArray[np.integer]
    key: NDArray[np.integer]
    """The key of each group."""

    @classmethod
    def of(
        cls,
        letter: NDArray[np.integer],
        decision: NDArray[np.integer],
        key: NDArray[np.integer],
        keys: int,
    ) -> "Alike":
        """Of pairs of a decision and a key, and the ``letter`` of each."""
        packed = letter.astype(np.int64) * max(keys, 1) + key
        order = np.argsort(packed, kind="stable")
        packed = packed[order]
        same = packed[1:] == packed[:-1]
        inside = np.zeros(packed.size, bool)
        inside[1:] |= same
        inside[:-1] |= same
        packed, order = packed[inside], order[inside]
        first = np.diff(packed, prepend=-1) != 0
        group = (np.cumsum(first) - 1).astype(np.int32)
        return cls(decision[order], group, key[order[first]])


class Citing:
    """Which decisions of a population have which of ``keys``: ``decision[i]`` (ascending) has ``key[i]``."""

    def __init__(self, population: Population, decision: Ids, key: Ids, keys: int) -> None:
        self.population, self.keys = population, keys
        self._pairs: Callable[[], tuple[Ids, Ids]] = lambda: (decision, key)
        self._by_key = self._pairs
        self._alike: Callable[[], Alike] = lambda: Alike.of(population.letter[decision], decision, key, keys)
        self.cells = _counted(population.cell[decision], key, (population.design.cells, keys))
        """How many decisions of each cell have each key."""
        self.events: Numbers = np.bincount(key, population.outcome[decision], keys).astype(np.float64)

    @classmethod
    def counted(
        cls,
        population: Population,
        cells: Matrix,
        events: Numbers,
        pairs: Callable[[], tuple[Ids, Ids]],
        by_key: Callable[[], tuple[Ids, Ids]],
        alike: Callable[[], Alike],
    ) -> "Citing":
        """Keys whose ``cells`` and ``events`` are counted; the rest is made if it is wanted.

        ``pairs`` makes decisions, ascending, and their keys; ``by_key`` the same in the order of keys.
        """
        new: Citing = object.__new__(cls)
        new.population, new.keys = population, cells.shape[0]
        new._pairs, new._by_key, new._alike = pairs, by_key, alike
        new.cells, new.events = cells, events
        return new

    @cached_property
    def count(self) -> Numbers:
        """How many decisions have each key."""
        return np.asarray(self.cells.sum(axis=1), np.float64)

    @property
    def each(self) -> tuple[Ids, Ids]:
        """Decisions, ascending, and their keys."""
        return self._pairs()

    @property
    def size(self) -> Ids:
        """How many numbers a sum over the cells of each key takes."""
        return np.diff(self.cells.indptr) + sum(self.population.design.shape)

    def between(self, spread: Numbers) -> Numbers:
        """Of each key the products of ``spread`` of two decisions of a letter that both have it."""
        alike, of = self._alike(), spread[self.population.cell]
        own = of[alike.decision]
        sums = np.bincount(alike.group, own, alike.key.size)
        squares = np.bincount(alike.group, own**2, alike.key.size)
        return np.bincount(alike.key, sums**2 - squares, self.keys).astype(np.float64)

    def beside(self, spread: Numbers) -> Numbers:
        """Of each key and covariate the products of ``spread`` of a decision with the key and another."""
        population, design = self.population, self.population.design
        if design.cells == 1:
            decision, key = self._by_key()
            found = np.bincount(key, population.many[decision], self.keys).astype(np.float64)
            return np.outer(found, design.sums(spread**2))
        own, pairs = self.others
        return pairs.sums(spread[own] * spread[pairs.cell])

    @cached_property
    def others(self) -> tuple[Ids, Pairs]:
        """The cells of decisions with others of their letter, and their keys with the others' cells."""
        decision, key = self._by_key()
        kept = np.flatnonzero(self.population.several[decision])
        decision, key = decision[kept], key[kept]
        at, other = self.population.others(decision)
        cell = self.population.cell
        pairs = Pairs(self.population.design, key.astype(np.int64)[at], cell[other], self.keys)
        return cell[decision][at], pairs


def _counted(cell: Ids, key: Ids, shape: tuple[int, int]) -> Matrix:
    """Keys by cells, how often each pair occurs."""
    cells, keys = shape
    if cells * keys <= 2 * key.size:
        table = np.bincount(key * cells + cell, minlength=cells * keys)
        code = np.flatnonzero(table)
        count, (key, cell) = table[code], np.divmod(code, cells)
    else:
        order = ordered(cell, cells)
        order = order[ordered(key[order], keys)]
        cell, key = cell[order], key[order]
        first = np.flatnonzero((np.diff(cell, prepend=-1) != 0) | (np.diff(key, prepend=-1) != 0))
        cell, key, count = cell[first], key[first], np.diff(first, append=order.size)
    start = np.searchsorted(key, np.arange(keys + 1))
    return sparse.csr_array((count.astype(np.float64), cell, start), shape=(keys, cells))
