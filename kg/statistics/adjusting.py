"""What other things are held equal: the null model of covariates, and what each key adds to it.

Decisions with equal covariates are one *cell*. The null model is a logistic regression of the outcome on the
covariates alone; from it every key at once has its score, its information after the covariates, and the
variance of its score where decisions of one letter are alike (a common correlation of residuals, estimated
from the letters with several decisions, by which each score's variance is widened).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import expit, ndtr

from kg.statistics.design import Design, Ids, Matrix, Pairs
from kg.statistics.intervals import Numbers

RIDGE = 1e-3
"""The precision of the prior on a covariate's log odds ratio: so weak that it only keeps them finite."""
_FAR = 30.0
_SPREADS = 20
_LEAST_SPREAD = 1e-3
_NEAR, _AT = 1e-8, 1e-14
"""How near the maximum, in log likelihood a decision: while a spread is sought, and then."""


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
    def together(self) -> tuple[Ids, Ids, Numbers]:
        """The decisions in letters with several: their places, cells and outcomes."""
        at = np.flatnonzero(self.several)
        return self.place[at], self.cell[at], self.outcome[at]

    @cached_property
    def sizes(self) -> tuple[Numbers, Numbers, Numbers]:
        """Of each cell: decisions, those with the outcome, and those in letters with several decisions."""
        cells = self.design.cells
        size = np.bincount(self.cell, minlength=cells).astype(np.float64)
        events = np.bincount(self.cell, self.outcome, minlength=cells).astype(np.float64)
        return size, events, np.bincount(self.together[1], minlength=cells).astype(np.float64)


class Null:
    """The model of the covariates alone, for a population.

    ``spread`` is the variance of the log odds of columns that are drawn; not given, it is estimated. The
    maximum is looked for from the coefficients ``start`` on.
    """

    def __init__(
        self, population: Population, spread: float | None = None, start: Numbers | None = None
    ) -> None:
        self.population = population
        self.width = population.design.width
        self.size, self.events, self._together = population.sizes
        self.ridge = np.full(self.width, RIDGE)
        self.ridge[0] = 0.0
        share = float(self.events.sum() / max(self.size.sum(), 1.0))
        self.gamma = np.zeros(self.width)
        self.gamma[0] = np.log(share / (1 - share))
        if start is not None:
            self.gamma = start
        self.drawn = np.flatnonzero(population.drawn) if population.drawn is not None else np.zeros(0, int)
        if self.drawn.size and spread is None:
            self._estimate(self.drawn)
        elif spread is not None:
            self.ridge[self.drawn] = 1 / spread
        self._fit(_AT)
        self.weight = self.rate * (1 - self.rate)
        self.information = self._information(self.rate)
        self.inverse = np.linalg.inv(self.information)

    def _estimate(self, drawn: Ids) -> None:
        """Estimate the spread of what is drawn (Schall, Biometrika 78, 1991, 719-727)."""
        spread = 0.25
        for _ in range(_SPREADS):
            self.ridge[drawn] = 1 / spread
            information = self._fit(_NEAR)
            left = np.diag(np.linalg.inv(information))[drawn].sum() / spread
            told = max(drawn.size - float(left), 0.05)
            new = float(np.clip((self.gamma[drawn] ** 2).sum() / told, _LEAST_SPREAD, 9.0))
            if abs(np.log(new / spread)) < 0.02:
                break
            spread = new

    def _fit(self, near: float) -> Numbers:
        """Climb to the maximum of the penalised likelihood; the information just before it."""
        design, gamma, height = self.population.design, self.gamma, -np.inf
        eta = design.dot(gamma)
        for _ in range(100):
            rate = expit(eta)
            score = design.sums(self.events - self.size * rate) - self.ridge * gamma
            information = self._information(rate)
            step = np.asarray(np.linalg.solve(information, score), np.float64)
            gamma, eta, height = self._climb(gamma, step, height)
            if float(np.abs(score @ step)) < near * self.size.sum():
                break
        self.gamma, self.eta = gamma, eta
        self.rate = expit(eta)
        return information

    def _climb(self, gamma: Numbers, step: Numbers, height: float) -> tuple[Numbers, Numbers, float]:
        """The step, halved until the likelihood rises."""
        for _ in range(12):
            new = gamma + step
            eta = self.population.design.dot(new)
            found = float(self.events @ eta - self.size @ np.logaddexp(0, eta) - self.ridge @ new**2 / 2)
            if found >= height - 1e-9:
                return new, eta, max(found, height)
            step = step / 2
        return gamma, self.population.design.dot(gamma), height

    def _information(self, rate: Numbers) -> Numbers:
        return self.population.design.curvature(self.size * rate * (1 - rate)) + np.diag(self.ridge)

    @property
    def evidence(self) -> float:
        """The logarithm of the likelihood of the spread of what is drawn (Laplace), up to a constant."""
        likelihood = self.events @ self.eta - self.size @ np.logaddexp(0, self.eta)
        prior = (np.log(self.ridge[self.drawn]).sum() - self.ridge @ self.gamma**2) / 2
        return float(likelihood + prior - np.linalg.slogdet(self.information)[1] / 2)

    @cached_property
    def spread(self) -> Numbers:
        """The standard deviation of the outcome of each cell's decisions."""
        return np.sqrt(self.weight)

    @cached_property
    def correlation(self) -> float:
        """The correlation of two residuals of one letter, from 0 to 0.95."""
        place, cell, outcome = self.population.together
        if not place.size:
            return 0.0
        residual, spread = outcome - self.rate[cell], self.spread[cell]
        observed = (np.bincount(place, residual) ** 2).sum() - (residual**2).sum()
        possible = (np.bincount(place, spread) ** 2).sum() - (spread**2).sum()
        return float(np.clip(observed / possible, 0.0, 0.95)) if possible > 0 else 0.0

    @cached_property
    def by_letter(self) -> Matrix:
        """Of letters with several decisions the sums of their decisions' covariates, times their spread."""
        place, cell, _ = self.population.together
        letters = int(place[-1]) + 1 if place.size else 1
        return self.population.design.rows(self.spread[cell], place, cell, letters)

    @cached_property
    def between(self) -> Numbers:
        """The covariates' products between two decisions of one letter."""
        alone = self.population.design.curvature(self._together * self.weight)
        return np.asarray((self.by_letter.T @ self.by_letter).todense()) - alone


class Citing:
    """Which decisions of a population have which of ``keys``: ``decision[i]`` (ascending) has ``key[i]``."""

    def __init__(self, population: Population, decision: Ids, key: Ids, keys: int) -> None:
        self.population, self.decision, self.key, self.keys = population, decision, key, keys
        self.cells = _counted(population.cell[decision], key, (population.design.cells, keys))
        """How many decisions of each cell have each key."""
        self.count = np.bincount(key, minlength=keys).astype(np.float64)
        self.events = np.bincount(key, population.outcome[decision], minlength=keys)

    @cached_property
    def pairs(self) -> Pairs:
        """The keys with the cells that have them, each once, in the order of :attr:`cells`."""
        row = np.repeat(np.arange(self.keys), np.diff(self.cells.indptr))
        return Pairs(self.population.design, row, self.cells.indices.astype(np.int64), self.keys)

    @cached_property
    def _together(self) -> tuple[Ids, Ids, Ids, Pairs]:
        """Pairs in letters with several decisions: their letters, keys and cells."""
        kept = self.population.several[self.decision]
        decision, key = self.decision[kept], self.key[kept]
        cell = self.population.cell[decision]
        return self.population.place[decision], key, cell, Pairs(self.population.design, key, cell, self.keys)

    def by_letter(self, spread: Numbers) -> Matrix:
        """Letters with several decisions by keys, with the sums of the spread of their cells."""
        place, key, cell, _ = self._together
        letters = int(self.population.together[0].max(initial=0)) + 1
        return sparse.csr_array((spread[cell], (place, key)), shape=(letters, self.keys))

    def alone(self, weight: Numbers) -> tuple[Numbers, Numbers]:
        """Sums of the weights of cells over decisions in letters with several: by key, and by covariate."""
        _, _, cell, pairs = self._together
        weights = weight[cell]
        return pairs.total(weights), pairs.sums(weights)


def _counted(cell: Ids, key: Ids, shape: tuple[int, int]) -> Matrix:
    """Keys by cells, how often each pair occurs; a table by cell turned around is in order, unsorted."""
    by_cell = sparse.csr_array((np.ones(key.size), (cell, key)), shape=shape)
    found = sparse.csr_array(by_cell.tocsc().T)
    found.has_sorted_indices = True
    found.sum_duplicates()
    return found


class Scores:
    """What each key adds to a null model.

    ``score`` is the sum of residuals where the key is cited, ``information`` its variance if decisions were
    independent, ``variance`` that with letters as the unit; ``z`` and ``p_value`` are of the test that the
    key is not associated with the outcome, by the saddlepoint of the score's distribution (Dey, Schmidt,
    Abecasis and Lee, Am. J. Hum. Genet. 101, 2017, 37-49), for rare keys' scores are skewed.
    """

    def __init__(self, null: Null, citing: Citing) -> None:
        self.null, self.citing, self.keys = null, citing, citing.keys
        self.count, self.events = citing.count, citing.events
        pairs, cell = citing.pairs, citing.cells.indices
        self.score = self.events - pairs.total(citing.cells.data * null.rate[cell])
        weights = citing.cells.data * null.weight[cell]
        crossed = pairs.sums(weights)
        self.explained = null.inverse @ crossed.T
        """What the covariates tell of each key: columns of coefficients."""
        whole = pairs.total(weights)
        left = whole - np.einsum("kp,pk->k", crossed, self.explained)
        self.overlap = 1 - np.divide(left, whole, out=np.zeros(self.keys), where=whole > 0)
        """The share of a key's variance that the covariates tell already, from 0 to 1."""
        self.information = np.maximum(left, 1e-9)

    @cached_property
    def _cited(self) -> Matrix:
        return self.citing.by_letter(self.null.spread)

    @cached_property
    def _alone(self) -> tuple[Numbers, Numbers]:
        """The same of each decision alone, in letters that have several: of keys, and with covariates."""
        return self.citing.alone(self.null.weight)

    @cached_property
    def _crossed(self) -> Numbers:
        """Products of covariates and keys (a column) between two decisions of one letter."""
        crossed = np.asarray((self.null.by_letter.T @ self._cited).todense())
        return np.asarray(crossed - self._alone[1].T)

    @cached_property
    def variance(self) -> Numbers:
        """The variance of each score with letters as the unit."""
        alike = self.null.correlation
        if alike == 0:
            return np.asarray(self.information, np.float64)
        own = np.asarray(self._cited.multiply(self._cited).sum(axis=0)).ravel()
        between = own - self._alone[0]
        between -= 2 * np.einsum("pk,pk->k", self.explained, self._crossed)
        between += np.einsum("pk,pk->k", self.explained, self.null.between @ self.explained)
        return np.asarray(np.maximum(self.information + alike * between, 0.2 * self.information))

    @property
    def design_effect(self) -> Numbers:
        """By how much letters whose decisions are alike widen each score's variance."""
        return np.asarray(self.variance / self.information)

    @property
    def plain_z(self) -> Numbers:
        """Each score in its standard deviations."""
        z: Numbers = np.asarray(self.score / np.sqrt(self.variance), np.float64)
        return z

    @cached_property
    def z(self) -> Numbers:
        """The normal quantile with the same tail as the score."""
        z = self.plain_z.copy()
        far = np.flatnonzero((np.abs(z) > 1.0) & (self.overlap < 1 - 1e-6))
        if far.size:
            z[far] = self._saddlepoint(far)
        return z

    @property
    def p_value(self) -> Numbers:
        """Of the test that a key is not associated with the outcome, two-sided."""
        return np.asarray(np.minimum(1.0, 2 * ndtr(-np.abs(self.z))))

    def _saddlepoint(self, far: Ids) -> Numbers:
        cited = self.citing.cells[far]
        row = np.repeat(np.arange(far.size), np.diff(cited.indptr))
        size, cell = cited.data, cited.indices.astype(np.int64)
        # What the key has beyond the covariates, where it is cited; the rest is nearly normal.
        beyond = 1 - Pairs(self.null.population.design, row, cell, far.size).dot(self.explained[:, far].T)
        rate, eta = self.null.rate[cell], self.null.eta[cell]
        inside = np.bincount(row, size * rate * (1 - rate) * beyond**2, minlength=far.size)
        outside = np.maximum(self.information[far] - inside, 0.0)
        score, effect = self.score[far], self.design_effect[far]
        tilt = np.clip(score / self.information[far], -3, 3)
        for _ in range(30):
            tilted = expit(np.clip(eta + tilt[row] * beyond, -40, 40))
            slope = np.bincount(row, size * beyond * (tilted - rate), minlength=far.size) + tilt * outside
            curve = np.bincount(row, size * beyond**2 * tilted * (1 - tilted), minlength=far.size) + outside
            step = np.clip((score - slope) / np.maximum(curve, 1e-9), -1, 1)
            tilt = np.clip(tilt + step, -_FAR, _FAR)
            if np.all(np.abs(step) < 1e-8):
                break
        power = size * (
            np.logaddexp(0, eta + tilt[row] * beyond) - np.logaddexp(0, eta) - tilt[row] * beyond * rate
        )
        height = tilt * score - np.bincount(row, power, minlength=far.size) - tilt**2 * outside / 2
        w = np.sign(tilt) * np.sqrt(np.maximum(2 * height, 0) / effect)
        v = tilt * np.sqrt(np.maximum(curve, 1e-12) / effect)
        plain = self.plain_z[far]
        good = (w * v > 0) & (np.abs(w) > 0.1)
        ratio = np.where(good, v, 1.0) / np.where(good, w, 1.0)
        found = np.where(good, w + np.log(np.maximum(ratio, 1e-12)) / np.where(good, w, 1.0), plain)
        return np.asarray(np.where(found * plain > 0, found, 0.0))

    def covariance(self) -> Numbers:
        """The covariance of the keys' scores, letters as the unit, scaled to :attr:`variance`."""
        null = self.null
        population, keys = null.population, self.keys
        decision, key = self.citing.decision, self.citing.key
        cell = population.cell[decision]
        found = _products(decision, key, null.spread[cell], keys)
        found -= self.explained.T @ (null.information @ self.explained)
        if alike := null.correlation:
            kept = population.several[decision]
            decision, key, spread = decision[kept], key[kept], null.spread[cell[kept]]
            own = _products(population.place[decision], key, spread, keys)
            own -= _products(decision, key, spread, keys)
            half = self.explained.T @ self._crossed
            found += alike * (own - half - half.T + self.explained.T @ null.between @ self.explained)
        return np.asarray(found)


def _products(owner: Ids, key: Ids, weight: Numbers, keys: int) -> Numbers:
    """The sums of products of weights of pairs of keys with one owner; owners are ascending."""
    found = np.bincount(key * (keys + 1), weight**2, keys**2)
    at = np.arange(owner.size)
    for apart in range(1, owner.size):
        at = at[: np.searchsorted(at, owner.size - apart)]
        at = at[owner[at] == owner[at + apart]]
        if not at.size:
            break
        product = weight[at] * weight[at + apart]
        for one, other in ((at, at + apart), (at + apart, at)):
            found += np.bincount(key[one] * keys + key[other], product, keys**2)
    return np.asarray(found.reshape(keys, keys), np.float64)
