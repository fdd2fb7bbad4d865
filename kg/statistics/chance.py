"""Which things come together more often than chance would have it, where both degrees are held.

Letters have things: a bipartite graph. Under chance every graph is as likely as another in which each letter
has as many things and each thing as many letters as are found (the bipartite configuration model). Given how
many a letter has, its things are drawn without replacement with one weight for each thing (Chen, Dempster and
Liu, Biometrika 81, 1994, 457-469), and the weights are such that each thing is expected in as many letters as
have it. The number of letters that have both of two things is then a sum over letters; its mean and variance
given both totals are known; its tail is taken from the binomial distribution with this mean and variance.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, expit

from kg.statistics import intervals
from kg.statistics.intervals import Numbers

Ids = NDArray[np.int64]

_EXACT = 8
"""Letters with more things are taken as drawn independently, corrected (Hájek, Ann. Math. Stat. 35, 1964)."""
_STEPS = 500
_NEAR = 1e-5


@dataclass(frozen=True, slots=True, eq=False)
class Together:
    """Pairs (``left[i]``, ``right[i]``) that ``count[i]`` letters have, ``expected[i]`` by chance."""

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
    """Letter ``letter[i]`` has thing ``thing[i]`` of ``things``; each pair once, in order."""

    letter: Ids
    thing: Ids
    things: int

    @property
    def totals(self) -> Ids:
        """How many letters have each thing."""
        return np.bincount(self.thing, minlength=self.things)


class Chance:
    """The configuration model of a bipartite graph: ``sizes[i]`` things have ``letters[i]`` letters.

    ``held`` has for each size (a row) the probability of each thing to be among those of such a letter.
    """

    def __init__(self, had: Had) -> None:
        self.had = had
        self.degree = np.bincount(had.letter) if had.letter.size else np.zeros(0, np.int64)
        counted = np.bincount(self.degree)
        counted[:1] = 0
        self.sizes = np.flatnonzero(counted)
        self.letters = counted[self.sizes].astype(np.float64)
        self._tilt: Numbers | None = None
        self.weights, self.held = self._fitted()

    def _fitted(self) -> tuple[Numbers, Numbers]:
        """Weights under which each thing is expected in as many letters as have it."""
        totals = self.had.totals.astype(np.float64)
        weights = np.where(totals > 0, np.maximum(totals, 1) / max(float(totals.sum()), 1.0), 0.0)
        held = np.zeros((self.sizes.size, totals.size))
        for _ in range(_STEPS if self.sizes.size else 0):
            held = self._inclusion(weights)
            expected = self.letters @ held
            off = np.divide(totals, expected, out=np.ones_like(totals), where=expected > 0)
            if np.abs(off - 1).max() < _NEAR:
                break
            # A thing that nearly every letter has gains little from weight, so the odds are moved.
            share, wanted = expected / self.letters.sum(), totals / self.letters.sum()
            room = np.divide(np.maximum(1 - share, 1e-9), np.maximum(1 - wanted, 1e-9), out=np.ones_like(off))
            weights = np.clip(weights * off * np.clip(room, 0.5, 2.0), 0, 1e12)
        return weights, held

    def _inclusion(self, weights: Numbers) -> Numbers:
        """For each size the probability of each thing."""
        held = np.zeros((self.sizes.size, weights.size))
        before = np.zeros(weights.size)
        place = {int(size): row for row, size in enumerate(self.sizes)}
        for size in range(1, min(_EXACT, int(self.sizes[-1])) + 1):
            left = weights * (1 - before)
            before = np.clip(size * left / max(float(left.sum()), 1e-300), 0, 1)
            if size in place:
                held[place[size]] = before
        many = self.sizes > _EXACT
        if many.any():
            held[many] = self._tilted(weights, self.sizes[many].astype(np.float64)[:, None])
        return held

    def _tilted(self, weights: Numbers, sizes: Numbers) -> Numbers:
        """For each size the independent probabilities whose odds go with the weights and whose sum it is."""
        with np.errstate(divide="ignore"):
            log = np.log(weights)[None, :]
        tilt = self._tilt if self._tilt is not None else np.log(sizes / np.maximum(weights.sum(), 1e-300))
        for _ in range(30):
            held = expit(log + tilt)
            spread = np.maximum((held * (1 - held)).sum(1, keepdims=True), 1e-6)
            step = np.clip((sizes - held.sum(1, keepdims=True)) / spread, -2, 2)
            tilt = tilt + step
            if np.abs(step).max() < 1e-9:
                break
        self._tilt = tilt
        return np.asarray(expit(log + tilt))

    @cached_property
    def spread(self) -> Numbers:
        """For each size the variance of each thing in a letter."""
        return np.asarray(self.held * (1 - self.held))

    def both(self, things: Ids) -> tuple[Numbers, Numbers]:
        """The mean and the variance, given both totals, of the letters with both of two ``things``."""
        shape = (things.size, things.size)
        mean, whole, first, mixed = (np.zeros(shape) for _ in range(4))
        for row, joint in self._joint(things):
            letters, one = self.letters[row], self.held[row][things]
            mean += letters * joint
            whole += letters * joint * (1 - joint)
            first += letters * joint * (1 - one[:, None])
            mixed += letters * (joint - one[:, None] * one[None, :])
        total = self.letters @ self.spread[:, things]
        square = total[:, None] * total[None, :] - mixed**2
        told = first**2 * total[None, :] + first.T**2 * total[:, None] - 2 * first * first.T * mixed
        told = np.divide(told, square, out=np.zeros(shape), where=square > 1e-9)
        return mean, np.clip(whole - told, 0, whole)

    def _joint(self, things: Ids) -> "list[tuple[int, Numbers]]":
        """For each size (a row of :attr:`held`) the probability that a letter has both of two things."""
        weights = self.weights[things]
        found: list[tuple[int, Numbers]] = []
        place = {int(size): row for row, size in enumerate(self.sizes)}
        ratio, single = [np.nan], [np.zeros(self.weights.size)]
        joints = [np.zeros((things.size, things.size))]
        for size in range(1, min(_EXACT, int(self.sizes[-1]) if self.sizes.size else 0) + 1):
            left = self.weights * (1 - single[-1])
            ratio.append(size / max(float(left.sum()), 1e-300))
            single.append(np.clip(ratio[-1] * left, 0, 1))
            joint = np.zeros_like(joints[0])
            if size > 1:
                one = single[size - 2][things]
                neither = 1 - one[:, None] - one[None, :] + joints[size - 2]
                joint = ratio[size] * ratio[size - 1] * weights[:, None] * weights[None, :] * neither
                now = single[size][things]
                joint = np.clip(joint, 0, np.minimum(now[:, None], now[None, :]))
            joints.append(joint)
            if size in place:
                found.append((place[size], joint))
        for row in np.flatnonzero(self.sizes > _EXACT):
            one = self.held[row][things]
            spread = max(float(self.spread[row].sum()), 1e-9)
            joint = one[:, None] * one[None, :] * (1 - (1 - one[:, None]) * (1 - one[None, :]) / spread)
            found.append((int(row), np.clip(joint, 0, None)))
        return found

    def beside(self, others: Had) -> tuple[Numbers, Numbers]:
        """The mean and the variance of the letters with each of some ``others`` (a row) and each thing.

        Which letters have the others is taken as it is.
        """
        row = np.zeros(int(self.sizes[-1]) + 1 if self.sizes.size else 1, np.int64)
        row[self.sizes] = np.arange(self.sizes.size)
        size = row[self.degree[others.letter]]
        cells = np.bincount(others.thing * self.sizes.size + size, minlength=others.things * self.sizes.size)
        letters = cells.reshape(others.things, self.sizes.size).astype(np.float64)
        whole, total = letters @ self.spread, self.letters @ self.spread
        told = np.divide(whole**2, total[None, :], out=np.zeros_like(whole), where=total > 1e-9)
        return letters @ self.held, np.clip(whole - told, 0, whole)


def together(left: Had, right: Had | None, often: Ids | None = None) -> Together:
    """Count the letters that have both of two things: of ``left``, or one of ``left`` and one of ``right``.

    ``often`` are the things tested (of ``right``, or of ``left`` if there is no ``right``); all count
    for what a letter has. Each pair has the probability of so many letters or more, and q-values over all
    pairs that there could be, those never seen included. Letters that have nothing of what is drawn are no
    part of the population.
    """
    drawn = left if right is None else right
    chance = Chance(drawn)
    tested = np.arange(drawn.things) if often is None else often
    place = np.full(drawn.things, -1)
    place[tested] = np.arange(tested.size)
    kept = place[drawn.thing] >= 0
    some = Had(drawn.letter[kept], place[drawn.thing[kept]], tested.size)
    if right is None:
        seen = counted(some, None)
        rows, columns = np.nonzero(seen)
        totals, possible = some.totals, tested.size * (tested.size - 1) // 2
        mean, variance = (part[rows, columns] for part in chance.both(tested))
        least = np.minimum(totals[rows], totals[columns])
    else:
        inside = chance.degree.size > left.letter
        inside[inside] = chance.degree[left.letter[inside]] > 0
        other = Had(left.letter[inside], left.thing[inside], left.things)
        seen = counted(other, some)
        rows, columns = np.nonzero(seen)
        possible = left.things * tested.size
        mean, variance = (part[:, tested][rows, columns] for part in chance.beside(other))
        least = np.minimum(other.totals[rows], some.totals[columns])
    count = seen[rows, columns]
    p_value = tail(count.astype(np.float64), mean, variance, least.astype(np.float64))
    q_value = intervals.benjamini_yekutieli(p_value, possible)
    return Together(rows, columns, count, mean, p_value, q_value)


def counted(left: Had, right: Had | None) -> Ids:
    """How many letters (or whatever has things) have each pair, as a matrix; of left alone, its upper half.

    The things of a letter lie side by side, so pairs are found by laying the list beside itself,
    one place further at each turn: five times as fast as a product of sparse matrices.
    """
    letter, thing, width = left.letter, left.thing, left.things
    if right is not None:
        order = np.argsort(np.concatenate((letter, right.letter)), kind="stable")
        letter = np.concatenate((letter, right.letter))[order]
        thing = np.concatenate((thing, right.thing + width))[order]
        width += right.things
    counted = np.zeros(width * width, np.int64)
    for step in range(1, letter.size):
        same = letter[step:] == letter[:-step]
        if not same.any():
            break
        counted += np.bincount(thing[:-step][same] * width + thing[step:][same], minlength=width * width)
    square = counted.reshape(width, width)
    return square if right is None else square[: left.things, left.things :]


def tail(count: Numbers, mean: Numbers, variance: Numbers, least: Numbers) -> Numbers:
    """The chance of ``count`` or more, by the binomial distribution with a mean and a variance.

    It has at least ``least`` trials: so many letters could have both. Without variance nothing is chance.

    >>> tail(np.array([3.0]), np.array([2.0]), np.array([1.0]), np.array([4.0])).round(4).tolist()
    [0.3125]
    """
    out = np.ones(count.shape)
    high = np.flatnonzero((count > mean) & (variance > 1e-9) & (mean > 0))
    cell, middle = count[high], mean[high]
    trials = middle**2 / np.maximum(middle - variance[high], 1e-12)
    trials = np.clip(np.maximum(trials, least[high]), 1, 1e12)
    share = np.clip(middle / trials, 0, 1)
    out[high] = np.clip(betainc(cell, np.maximum(trials - cell + 1, 1e-9), share), 0, 1)
    return out
