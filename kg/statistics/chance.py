"""Which things come together more often than chance would have it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from kg.statistics import intervals
from kg.statistics.intervals import Numbers

Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Together:
    """Pairs (``left[i]``, ``right[i]``) that ``count[i]`` decisions have, ``expected[i]`` by chance."""

    left: Ids
    right: Ids
    count: Ids
    expected: Numbers
    p_value: Numbers
    q_value: Numbers

    def where(self, kept: NDArray[np.bool_]) -> "Together":
        """The pairs that are ``kept``."""
        return Together(
            self.left[kept],
            self.right[kept],
            self.count[kept],
            self.expected[kept],
            self.p_value[kept],
            self.q_value[kept],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Had:
    """Decision ``decision[i]`` has thing ``thing[i]`` of ``things``; each pair once, in order."""

    decision: Ids
    thing: Ids
    things: int


def together(left: Had, right: Had | None, size: int) -> Together:
    """Count the pairs of a left and a right thing in ``size`` decisions; without right, pairs of left ones.

    Each pair has the probability that margins alone give it so many decisions or more
    (hypergeometric), and q-values over all pairs that there could be, those never seen included.
    """
    counted = _counted(left, right)
    lefts = np.bincount(left.thing, minlength=left.things)
    if right is None:
        rights, possible = lefts, left.things * (left.things - 1) // 2
    else:
        rights = np.bincount(right.thing, minlength=right.things)
        possible = left.things * right.things
    rows, columns = np.nonzero(counted)
    count = counted[rows, columns]
    one, two = lefts[rows].astype(np.float64), rights[columns].astype(np.float64)
    p_value = tail(count.astype(np.float64), one, two, float(size))
    q_value = intervals.benjamini_yekutieli(p_value, possible)
    return Together(rows, columns, count, one * two / max(size, 1), p_value, q_value)


def _counted(left: Had, right: Had | None) -> Ids:
    """How many decisions have each pair, as a matrix; of left things alone, its upper triangle.

    The things of a decision lie side by side, so pairs are found by laying the list beside itself,
    one place further at each turn: five times as fast as a product of sparse matrices.
    """
    decision, thing, width = left.decision, left.thing, left.things
    if right is not None:
        order = np.argsort(np.concatenate((decision, right.decision)), kind="stable")
        decision = np.concatenate((decision, right.decision))[order]
        thing = np.concatenate((thing, right.thing + width))[order]
        width += right.things
    counted = np.zeros(width * width, np.int64)
    for step in range(1, decision.size):
        same = decision[step:] == decision[:-step]
        if not same.any():
            break
        counted += np.bincount(thing[:-step][same] * width + thing[step:][same], minlength=width * width)
    square = counted.reshape(width, width)
    return square if right is None else square[: left.things, left.things :]


def tail(count: Numbers, one: Numbers, two: Numbers, size: float) -> Numbers:
    """The chance of ``count`` or more in common of ``one`` and ``two`` among ``size``.

    >>> tail(np.array([3.0]), np.array([4.0]), np.array([4.0]), 8.0).round(4).tolist()
    [0.2429]
    """
    out = np.ones(count.shape)
    high = np.flatnonzero(count > one * two / max(size, 1))
    cell, left, right = count[high], one[high], two[high]
    start = (
        _choose(left, cell) + _choose(size - left, right - cell) - _choose(np.full(cell.shape, size), right)
    )
    total, term, live = np.ones(cell.shape), np.ones(cell.shape), np.arange(cell.size)
    # Above the mean each term is smaller than the one before, so the sum ends soon.
    while live.size:
        at = cell[live]
        ratio = (left[live] - at) * (right[live] - at)
        ratio /= (at + 1) * (size - left[live] - right[live] + at + 1)
        term[live] *= ratio
        total[live] += term[live]
        cell[live] += 1
        live = live[term[live] > 1e-12 * total[live]]
    out[high] = np.minimum(np.exp(start + np.log(total)), 1.0)
    return out


def _choose(whole: Numbers, part: Numbers) -> Numbers:
    chosen: Numbers = gammaln(whole + 1) - gammaln(part + 1) - gammaln(whole - part + 1)
    return chosen
