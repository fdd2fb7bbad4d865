"""What cells have of the covariates: the sum of two halves, of each of which there are few.

A cell of covariates is a combination of levels (service, year, template ...) with a combination of
specialties. A million decisions have hundreds of thousands of cells, but some thousands of either half:
sums over decisions are taken by half, and only then by covariate.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kg.statistics.intervals import Numbers

Ids = NDArray[np.int64]
Matrix = sparse.csr_array

_WHOLE = 100_000
"""Numbers in the rows of all cells up to which they are multiplied sooner than sparse matrices are made."""
_AT_ONCE = 500_000
AT_A_TIME = 2
"""How many parts of the keys are computed at a time."""
_ALONE = 200_000
"""Products for which BLAS takes one thread: others would wait for work longer than they do any."""


@dataclass(frozen=True, eq=False)
class Design:
    """Cell ``i`` has the row ``left[of_left[i]] + right[of_right[i]]`` of covariates.

    >>> two = Design(np.eye(2), np.eye(2)[:1], np.array([0, 1]), np.array([0, 0]))
    >>> two.dot(np.array([1.0, 10.0])).tolist()
    [2.0, 11.0]
    """

    left: Matrix
    right: Matrix
    of_left: Ids
    of_right: Ids

    @classmethod
    def of(cls, rows: Matrix) -> "Design":
        """A row for each cell."""
        cells, width = rows.shape
        return cls(rows, sparse.csr_array((1, width)), np.arange(cells), np.zeros(cells, np.int64))

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return self.of_left.size

    @property
    def width(self) -> int:
        """How many covariates there are."""
        return int(self.left.shape[1])

    @property
    def halves(self) -> tuple[tuple[Matrix, Ids], tuple[Matrix, Ids]]:
        """The rows of either half, and of each cell which it has."""
        return (self.left, self.of_left), (self.right, self.of_right)

    @property
    def shape(self) -> tuple[int, int]:
        """How many rows the halves have."""
        return self.left.shape[0], self.right.shape[0]

    def dot(self, coefficients: Numbers) -> Numbers:
        """Of each cell the sum of its covariates' coefficients."""
        left, right = self.left @ coefficients, self.right @ coefficients
        return np.asarray(left[self.of_left] + right[self.of_right], np.float64)

    def sums(self, weights: Numbers) -> Numbers:
        """Of each covariate the sum of the cells' weights."""
        left, right = self._by_half(weights)
        return np.asarray(self.left.T @ left + self.right.T @ right, np.float64)

    def curvature(self, weights: Numbers, cell: Ids | None = None) -> Numbers:
        """``Z' W Z`` for weights of all cells, or of those in ``cell``, each once."""
        if self.cells * self.width <= _WHOLE:
            rows = self._whole if cell is None else self._whole[cell]
            weighted, step = rows * weights[:, None], max(1, _ALONE // self.width**2)
            parts = (slice(first, first + step) for first in range(0, len(rows), step))
            return sum((rows[part].T @ weighted[part] for part in parts), np.zeros((self.width, self.width)))
        left, right = self._by_half(weights, cell)
        has, crossing = self._crossing
        if cell is not None:
            crossing = self._crossed(has, self.of_left[cell], self.of_right[cell])
        crossed = np.zeros((self.width, self.width))
        crossed[:, has] = self.left.T @ crossing.sums(weights)
        found = crossed + crossed.T
        for half, weight in ((self.left, left), (self.right, right)):
            found += np.asarray((half.T @ half.multiply(weight[:, None]).tocsr()).todense())
        return np.asarray(found, np.float64)

    def rows(self, weights: Numbers, row: Ids, cell: Ids, size: int) -> Matrix:
        """Of each of ``size`` rows the covariates of its cells, weighted."""
        parts = (
            sparse.csr_array((weights, (row, of[cell])), shape=(size, half.shape[0])) @ half
            for half, of in ((self.left, self.of_left), (self.right, self.of_right))
        )
        return sparse.csr_array(sum(parts, sparse.csr_array((size, self.width))))

    def beside(self, cell: Ids, has: Ids) -> tuple["Design", Ids]:
        """The design with one covariate more, which decisions have or not (1 or 0), and their cells."""
        used, cells = np.unique(cell * 2 + has, return_inverse=True)
        old, new = np.divmod(used, 2)
        of_left = self.of_left[old] * 2 + new
        twice = np.arange(2 * self.shape[0])
        column = sparse.csr_array((twice % 2).astype(np.float64)[:, None])
        left = sparse.csr_array(sparse.hstack([self.left[twice // 2], column], format="csr"))
        right = sparse.csr_array(
            sparse.hstack([self.right, sparse.csr_array((self.shape[1], 1))], format="csr")
        )
        return Design(left, right, of_left, self.of_right[old]), cells

    def _by_half(self, weights: Numbers, cell: Ids | None = None) -> tuple[Numbers, Numbers]:
        of_left = self.of_left if cell is None else self.of_left[cell]
        of_right = self.of_right if cell is None else self.of_right[cell]
        by_right = np.bincount(of_right, weights, self.shape[1]).astype(np.float64)
        if cell is None and self._runs is not None:
            by_left = np.zeros(self.shape[0])
            by_left[of_left[self._runs]] = np.add.reduceat(weights, self._runs) if weights.size else 0.0
            return by_left, by_right
        return np.bincount(of_left, weights, self.shape[0]).astype(np.float64), by_right

    @cached_property
    def _runs(self) -> Ids | None:
        return runs(self.of_left)

    @cached_property
    def _whole(self) -> Numbers:
        """The rows of all cells."""
        left, right = self.left.toarray(), self.right.toarray()
        return np.asarray(left[self.of_left] + right[self.of_right], np.float64)

    @cached_property
    def _crossing(self) -> tuple[Ids, "_Few"]:
        """The covariates of the right half, and the cells by their left half and these."""
        has = np.flatnonzero(np.bincount(self.right.indices, minlength=self.width))
        return has, self._crossed(has, self.of_left, self.of_right)

    def _crossed(self, has: Ids, of_left: Ids, of_right: Ids) -> "_Few":
        return _Few(sparse.csr_array(self.right[:, has]), of_left, of_right, self.shape[0])


class Pairs:
    """Pairs of a row (a key, say) and a cell, for coefficients and sums of each row's own."""

    def __init__(self, design: Design, row: Ids, cell: Ids, rows: int) -> None:
        self.design, self.row, self.cell, self.rows = design, row, cell, rows
        self._halves = [
            (_Many if rows * half.shape[0] < 4 * row.size else _Few)(half, row, of[cell], rows)
            for half, of in design.halves
        ]

    @classmethod
    def of(cls, design: Design, cells: Matrix) -> "Pairs":
        """The pairs of a table of rows by cells, in its order."""
        row = np.repeat(np.arange(cells.shape[0]), np.diff(cells.indptr))
        return cls(design, row, cells.indices.astype(np.int64), cells.shape[0])

    def dot(self, coefficients: Numbers) -> Numbers:
        """Of each pair the sum of its cell's covariates' coefficients, of which each row has its own."""
        left, right = (half.dot(coefficients) for half in self._halves)
        return np.asarray(left + right, np.float64)

    def sums(self, weights: Numbers) -> Numbers:
        """Of each row and covariate the sum of the pairs' weights."""
        left, right = (half.sums(weights) for half in self._halves)
        return np.asarray(left + right, np.float64)

    def total(self, weights: Numbers) -> Numbers:
        """Of each row the sum of the pairs' weights."""
        if self._runs is None:
            return np.asarray(np.bincount(self.row, weights, minlength=self.rows), np.float64)
        found = np.zeros(self.rows)
        if self.row.size:
            found[self.row[self._runs]] = np.add.reduceat(weights, self._runs)
        return found

    def each(self, values: Numbers) -> Numbers:
        """Of each pair its row's value."""
        if self._runs is None:
            return np.asarray(values[self.row], np.float64)
        return np.repeat(values[self.row[self._runs]], np.diff(self._runs, append=self.row.size))

    @cached_property
    def _runs(self) -> Ids | None:
        return runs(self.row)


def parts(keys: Ids, size: Ids) -> list[Ids]:
    """Keys in parts whose arrays, of ``size`` numbers for each key, fit into the processor's cache.

    >>> [part.tolist() for part in parts(np.array([3, 5, 8]), np.array([400_000, 200_000, 10]))]
    [[3, 5], [8]]
    """
    part = (np.cumsum(size) - size) // _AT_ONCE
    return np.split(keys, np.flatnonzero(np.diff(part)) + 1) if keys.size else []


def runs(number: Ids) -> Ids | None:
    """Where each number starts, if they are in order: summed by runs, they take a tenth of the time."""
    steps = np.diff(number, prepend=-1)
    return np.flatnonzero(steps) if steps.min(initial=0) >= 0 else None


def ordered(number: NDArray[np.integer], count: int) -> NDArray[np.integer]:
    """The places of numbers from 0 to ``count`` in ascending order, of equal ones as they come.

    >>> ordered(np.array([2, 0, 2, 1]), 3).tolist()
    [1, 3, 0, 2]

    Numbers are counted and not compared: a quarter of the time that ``numpy.argsort`` takes.
    """
    size = number.size
    table = (np.ones(size, np.int8), number.astype(np.int32), np.arange(size + 1, dtype=np.int32))
    found: NDArray[np.integer] = sparse.csc_array(table, shape=(count, size)).tocsr().indices
    return found


_BLOCK = 32
"""Rows that are turned into columns at once, so that they stay in the processor's cache."""


class _Many:
    """Pairs of a row and a half, by which coefficients and sums are made first: there are more pairs."""

    def __init__(self, half: Matrix, row: Ids, place: Ids, rows: int) -> None:
        self.half, self.rows = half, rows
        self.at = row * half.shape[0] + place

    def dot(self, coefficients: Numbers) -> Numbers:
        found = np.empty((self.rows, self.half.shape[0]))
        for start in range(0, self.rows, _BLOCK):
            found[start : start + _BLOCK] = (self.half @ coefficients[start : start + _BLOCK].T).T
        return np.asarray(found.ravel()[self.at], np.float64)

    def sums(self, weights: Numbers) -> Numbers:
        size, width = self.half.shape
        summed = np.bincount(self.at, weights, self.rows * size).reshape(self.rows, size)
        found = np.empty((self.rows, width))
        for start in range(0, self.rows, _BLOCK):
            found[start : start + _BLOCK] = (self.half.T @ summed[start : start + _BLOCK].T).T
        return found


class _Few:
    """Pairs of a row and a half, of which each looks its covariates up: there are fewer pairs."""

    def __init__(self, half: Matrix, row: Ids, place: Ids, rows: int) -> None:
        self.shape = (rows, half.shape[1])
        start, count = half.indptr[:-1][place], np.diff(half.indptr)[place]
        self.steps: list[tuple[Ids | slice, Ids, Numbers | None]] = []
        """The pairs with so many covariates, the place of the last of them, and its value if it is not 1."""
        ones = bool((half.data == 1).all())
        for step in range(int(count.max(initial=0))):
            have = np.flatnonzero(count > step)
            at = start[have] + step
            found, value = row[have] * self.shape[1] + half.indices[at], half.data[at]
            if ones and 2 * have.size > row.size:
                # Where most pairs have one, those that have none look at a place behind the last.
                every = np.full(row.size, rows * self.shape[1])
                every[have] = found
                self.steps.append((slice(None), every, None))
            else:
                self.steps.append((have, found, None if ones else value))
        self.size = row.size

    def dot(self, coefficients: Numbers) -> Numbers:
        found = np.zeros(self.size)
        flat = np.append(coefficients.ravel(), 0.0)
        for have, at, value in self.steps:
            looked = flat.take(at)
            found[have] += looked if value is None else looked * value
        return found

    def sums(self, weights: Numbers) -> Numbers:
        found = np.zeros(self.shape[0] * self.shape[1] + 1)
        for have, at, value in self.steps:
            own = weights[have]
            found += np.bincount(at, own if value is None else own * value, found.size)
        return found[:-1].reshape(self.shape)
