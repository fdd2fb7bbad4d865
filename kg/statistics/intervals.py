"""Rates, odds ratios and their intervals, for many rows at once.

Every function takes arrays of equal length and gives arrays; ``nan`` stands for a number that
the counts do not give (an odds ratio without a single overturned decision in the rest, say).
No function warns, divides by zero or gives an infinity. Intervals are two-sided, 95 %.
"""

from dataclasses import dataclass
from math import hypot

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Numbers = NDArray[np.float64]
Interval = tuple[Numbers, Numbers]

CONFIDENCE = 0.95
Z = float(ndtri(0.5 + CONFIDENCE / 2))


def ratio(above: Numbers, below: Numbers) -> Numbers:
    """``above / below``, ``nan`` where ``below`` is zero.

    >>> ratio(np.array([1.0, 1.0]), np.array([2.0, 0.0])).tolist()
    [0.5, nan]
    """
    out = np.full(np.broadcast(above, below).shape, np.nan)
    np.divide(above, below, out=out, where=np.asarray(below) != 0)
    return out


def wilson(successes: Numbers, trials: Numbers) -> Interval:
    """The score interval of a proportion (Wilson, J. Am. Stat. Assoc. 22, 1927, 209-212).

    >>> low, high = wilson(np.array([10.0]), np.array([100.0]))
    >>> round(float(low[0]), 4), round(float(high[0]), 4)
    (0.0552, 0.1744)
    """
    rate = ratio(successes, trials)
    shrink = 1 + ratio(np.full_like(rate, Z * Z), trials)
    middle = (rate + ratio(np.full_like(rate, Z * Z / 2), trials)) / shrink
    spread = ratio(rate * (1 - rate), trials) + ratio(np.full_like(rate, Z * Z / 4), trials * trials)
    half = Z * np.sqrt(spread) / shrink
    low = np.where(successes == 0, 0.0 * middle, middle - half)
    high = np.where(successes == trials, 1.0 + 0.0 * middle, middle + half)
    return low, high


Rated = tuple[float, float, float]
"""A figure with the ends of its interval."""


def apart(one: Rated, other: Rated, *, shared: bool) -> dict[str, float | None]:
    """The difference of two rates in percentage points; it has no interval if decisions are ``shared``.

    >>> apart((0.8, 0.652, 0.895), (0.5, 0.352, 0.648), shared=True)["difference_low"] is None
    True
    """
    ends = [100 * end for end in difference(one, other)]
    return {
        "difference": ends[0],
        "difference_low": None if shared else ends[1],
        "difference_high": None if shared else ends[2],
    }


def difference(one: Rated, other: Rated) -> Rated:
    """The difference of two rates that share no decision, with its interval, from each rate and its ends.

    The interval is Newcombe's (Stat. Med. 17, 1998, 873-890, method 10): it is as wide as theirs make it.

    >>> [round(part, 3) for part in difference((0.8, 0.652, 0.895), (0.5, 0.352, 0.648))]
    [0.3, 0.091, 0.476]
    """
    (rate, low, high), (rate_2, low_2, high_2) = one, other
    apart = rate - rate_2
    return apart, apart - hypot(rate - low, high_2 - rate_2), apart + hypot(high - rate, rate_2 - low_2)


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """Two-by-two tables, one a row.

    Of ``size`` decisions ``exposed`` cite the key, ``events`` are overturned, ``both`` are and do.
    """

    both: Numbers
    exposed: Numbers
    events: Numbers
    size: Numbers

    @classmethod
    def of(cls, both: Numbers, exposed: Numbers, events: float, size: float) -> "Tables":
        """Tables of one population with ``events`` among ``size`` decisions."""
        shape = np.shape(both)
        return cls(
            np.asarray(both, float), np.asarray(exposed, float), np.full(shape, events), np.full(shape, size)
        )

    def where(self, rows: NDArray[np.bool_]) -> "Tables":
        """The tables of ``rows``."""
        return Tables(self.both[rows], self.exposed[rows], self.events[rows], self.size[rows])

    def odds_ratio(self) -> Numbers:
        """``ad / bc``, ``nan`` where a margin is empty or ``bc`` is zero.

        >>> Tables.of(np.array([8.0]), np.array([10.0]), 9.0, 19.0).odds_ratio().tolist()
        [32.0]
        """
        rest = self.size - self.exposed - self.events + self.both
        return ratio(self.both * rest, (self.exposed - self.both) * (self.events - self.both))


def _limits(tables: Tables) -> Interval:
    """The least and the greatest count that the margins allow in the first cell."""
    low = np.maximum(0.0, tables.exposed + tables.events - tables.size)
    return low, np.minimum(tables.exposed, tables.events)


def score_interval(tables: Tables) -> Interval:
    """The score interval of the odds ratio (Cornfield 1956, without continuity correction).

    The first cell's expected count under an odds ratio is moved until it is a normal quantile of
    standard errors from the count found; it is the interval of Miettinen and Nurminen (Statistics
    in Medicine 4, 1985) without their factor n / (n - 1).

    >>> low, high = score_interval(Tables.of(np.array([30.0]), np.array([100.0]), 50.0, 300.0))
    >>> round(float(low[0]), 3), round(float(high[0]), 3)
    (2.066, 7.198)
    """
    least, most = _limits(tables)
    settled = most > least
    ends: list[Numbers] = []
    for bound, blocked in ((least, tables.both <= least), (most, tables.both >= most)):
        inner, outer = tables.both.copy(), bound.copy()
        for _ in range(60):
            middle = (inner + outer) / 2
            far = np.abs(tables.both - middle) * np.sqrt(_information(tables, middle)) > Z
            outer, inner = np.where(far, middle, outer), np.where(far, inner, middle)
        end = _ratio_at(tables, (inner + outer) / 2)
        edge = 0.0 if bound is least else np.nan
        ends.append(np.where(settled, np.where(blocked, edge, end), np.nan))
    return ends[0], ends[1]


def _information(tables: Tables, cell: Numbers) -> Numbers:
    """The sum of the four cells' reciprocals when the first cell is ``cell``."""
    exposed, events = tables.exposed - cell, tables.events - cell
    rest = tables.size - tables.exposed - tables.events + cell
    return sum((1 / np.maximum(part, 1e-12) for part in (exposed, events, rest)), 1 / np.maximum(cell, 1e-12))


def _ratio_at(tables: Tables, cell: Numbers) -> Numbers:
    """The odds ratio under which the first cell is expected to be ``cell``."""
    rest = tables.size - tables.exposed - tables.events + cell
    return ratio(cell * rest, (tables.exposed - cell) * (tables.events - cell))


def benjamini_hochberg(p_values: Numbers) -> Numbers:
    """q-values for independent or positively dependent tests (J. R. Stat. Soc. B 57, 1995, 289-300).

    ``nan`` stays ``nan`` and is not counted among the tests.

    >>> [round(q, 4) for q in benjamini_hochberg(np.array([0.001, np.nan, 0.02, 0.8])).tolist()]
    [0.003, nan, 0.03, 0.8]
    """
    found = np.flatnonzero(~np.isnan(p_values))
    out = np.full(p_values.shape, np.nan)
    order = found[np.argsort(p_values[found], kind="stable")]
    scaled = p_values[order] * found.size / np.arange(1, found.size + 1)
    out[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return out


def benjamini_yekutieli(p_values: Numbers, tests: int | None = None) -> Numbers:
    """q-values that hold under any dependence (Annals of Statistics 29, 2001, 1165-1188).

    ``nan`` stays ``nan`` and is not counted among the tests. ``tests`` is their number where there were
    more than are given, all of the others with a p-value of 1.

    >>> [round(q, 4) for q in benjamini_yekutieli(np.array([0.001, np.nan, 0.02, 0.8])).tolist()]
    [0.0055, nan, 0.055, 1.0]
    """
    found = np.flatnonzero(~np.isnan(p_values))
    out = np.full(p_values.shape, np.nan)
    if found.size:
        order = found[np.argsort(p_values[found], kind="stable")]
        number = max(found.size, tests or 0)
        rank = np.arange(1, found.size + 1)
        scaled = p_values[order] * number / rank * np.sum(1 / np.arange(1, number + 1))
        out[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return out
