"""What other things are held equal: the null model of covariates, and what each key adds to it.

Decisions with equal covariates are one *cell*. The null model is a logistic regression of the outcome on the
covariates alone; from it every key at once has its score, its information after the covariates, and the
variance of its score where decisions of one letter are alike (a common correlation of residuals, estimated
from the letters with several decisions, by which each score's variance is widened).
"""

from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

import numpy as np
from scipy.special import ndtr

from kg.statistics.design import AT_A_TIME, Design, Ids, Pairs, parts
from kg.statistics.intervals import Numbers
from kg.statistics.population import Citing as Citing
from kg.statistics.population import Population as Population

RIDGE = 1e-3
"""The precision of the prior on a covariate's log odds ratio: so weak that it only keeps them finite."""
_FAR = 30.0
_SPREADS = 20
_LEAST_SPREAD = 1e-3
_NEAR, _AT = 1e-8, 1e-14
"""How near the maximum, in log likelihood a decision: while a spread is sought, and then."""
_MANY_CELLS = 20_000
"""Cells above which a fit is first made of their left halves, from where the whole one has few steps."""


def _rate_and_log(eta: Numbers) -> tuple[Numbers, Numbers]:
    """The rate at log odds, and the logarithm of one and the odds; scipy's take five times as long.

    >>> _rate_and_log(np.array([-800.0, 0.0, 800.0]))[0].tolist()
    [0.0, 0.5, 1.0]
    """
    less = np.abs(eta)
    np.exp(np.negative(less, out=less), out=less)
    log = np.log1p(less)
    log += np.maximum(eta, 0)
    rate = np.where(eta < 0, less, 1.0)
    less += 1
    rate /= less
    return rate, log


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
        self.design = population.design
        self.size, self.events = population.sizes
        self.ridge = np.full(self.width, RIDGE)
        self.ridge[0] = 0.0
        share = float(self.events.sum() / max(self.size.sum(), 1.0))
        self.rate, self._fitted = np.zeros(0), np.zeros(0)
        self.gamma = np.zeros(self.width)
        self.gamma[0] = np.log(share / (1 - share))
        if start is not None:
            self.gamma = start
        self.drawn = np.flatnonzero(population.drawn) if population.drawn is not None else np.zeros(0, int)
        if self.drawn.size and spread is None:
            self._estimate(self.drawn, self._roughly(self.drawn) if self.design.cells > _MANY_CELLS else 0.25)
        elif spread is not None:
            self.ridge[self.drawn] = 1 / spread
        self._fit(_AT)
        self.weight = self.rate * (1 - self.rate)
        self.information = self._information(self.rate)
        self.inverse = np.linalg.inv(self.information)

    def _roughly(self, drawn: Ids) -> float:
        """The spread of what is drawn, and the coefficients, where the right halves tell nothing."""
        whole = self.design, self.size, self.events
        self.design, of_left = Design.of(self.design.left), self.design.of_left
        self.size, self.events = (
            np.bincount(of_left, each, self.design.cells).astype(np.float64) for each in whole[1:]
        )
        spread = self._estimate(drawn, 0.25)
        self.design, self.size, self.events = whole
        self._fitted = np.zeros(0)
        return spread

    def _estimate(self, drawn: Ids, spread: float) -> float:
        """Estimate the spread of what is drawn, from one on (Schall, Biometrika 78, 1991, 719-727)."""
        for _ in range(_SPREADS):
            self.ridge[drawn] = 1 / spread
            information = self._fit(_NEAR)
            left = np.diag(np.linalg.inv(information))[drawn].sum() / spread
            told = max(drawn.size - float(left), 0.05)
            new = float(np.clip((self.gamma[drawn] ** 2).sum() / told, _LEAST_SPREAD, 9.0))
            if abs(np.log(new / spread)) < 0.02:
                break
            spread = new
        return spread

    def _fit(self, near: float) -> Numbers:
        """Climb to the maximum of the penalised likelihood; the information just before it."""
        design, gamma, height = self.design, self.gamma, -np.inf
        # As a rule a fit begins where the last one ended.
        rate = self.rate if gamma is self._fitted else _rate_and_log(design.dot(gamma))[0]
        for _ in range(100):
            score = design.sums(self.events - self.size * rate) - self.ridge * gamma
            information = self._information(rate)
            step = np.asarray(np.linalg.solve(information, score), np.float64)
            gamma, eta, rate, height = self._climb(gamma, step, height)
            if float(np.abs(score @ step)) < near * self.size.sum():
                break
        self.gamma, self.eta, self.rate, self._fitted = gamma, eta, rate, gamma
        return information

    def _climb(self, gamma: Numbers, step: Numbers, height: float) -> tuple[Numbers, Numbers, Numbers, float]:
        """The step, halved until the likelihood rises."""
        for _ in range(12):
            new = gamma + step
            eta = self.design.dot(new)
            rate, log = _rate_and_log(eta)
            found = float(self.events @ eta - self.size @ log - self.ridge @ new**2 / 2)
            if found >= height - 1e-9:
                return new, eta, rate, max(found, height)
            step = step / 2
        eta = self.design.dot(gamma)
        return gamma, eta, _rate_and_log(eta)[0], height

    def _information(self, rate: Numbers) -> Numbers:
        return self.design.curvature(self.size * rate * (1 - rate)) + np.diag(self.ridge)

    @property
    def evidence(self) -> float:
        """The logarithm of the likelihood of the spread of what is drawn (Laplace), up to a constant."""
        likelihood = self.events @ self.eta - self.size @ _rate_and_log(self.eta)[1]
        prior = (np.log(self.ridge[self.drawn]).sum() - self.ridge @ self.gamma**2) / 2
        return float(likelihood + prior - np.linalg.slogdet(self.information)[1] / 2)

    @cached_property
    def odds(self) -> Numbers:
        """The odds of each cell."""
        return np.exp(np.clip(self.eta, -40, 40))

    @cached_property
    def spread(self) -> Numbers:
        """The standard deviation of the outcome of each cell's decisions."""
        return np.sqrt(self.weight)

    @cached_property
    def correlation(self) -> float:
        """The correlation of two residuals of one letter, from 0 to 0.95."""
        at = np.flatnonzero(self.population.several)
        if not at.size:
            return 0.0
        place, cell = self.population.place[at], self.population.cell[at]
        residual, spread = self.population.outcome[at] - self.rate[cell], self.spread[cell]
        observed = (np.bincount(place, residual) ** 2).sum() - (residual**2).sum()
        possible = (np.bincount(place, spread) ** 2).sum() - (spread**2).sum()
        return float(np.clip(observed / possible, 0.0, 0.95)) if possible > 0 else 0.0

    @cached_property
    def between(self) -> Numbers:
        """The covariates' products between two decisions of one letter."""
        population, design = self.population, self.population.design
        if design.cells == 1:
            return design.curvature(self.spread**2) * int(population.many.sum())
        spread = self.spread[population.cell]
        one, other = population.neighbours
        weights = spread[one] * spread[other]
        one, other = population.cell[one], population.cell[other]
        found = np.zeros((self.width, self.width))
        for half, of in design.halves:
            # Rows of the half beside the covariates of the other decision.
            found += np.asarray(half.T @ Pairs(design, of[one], other, half.shape[0]).sums(weights))
        return found + found.T


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
        self.score, whole = np.zeros(self.keys), np.zeros(self.keys)
        crossed = np.zeros((self.keys, null.width))
        with ThreadPoolExecutor(AT_A_TIME) as threads:
            each = parts(np.arange(self.keys), citing.size)
            for part, found in zip(each, threads.map(self._sums, each), strict=True):
                self.score[part], whole[part], crossed[part] = found
        self.explained = null.inverse @ crossed.T
        """What the covariates tell of each key: columns of coefficients."""
        left = whole - np.einsum("kp,pk->k", crossed, self.explained)
        self.overlap = 1 - np.divide(left, whole, out=np.zeros(self.keys), where=whole > 0)
        """The share of a key's variance that the covariates tell already, from 0 to 1."""
        self.information = np.maximum(left, 1e-9)

    def _sums(self, keys: Ids) -> tuple[Numbers, Numbers, Numbers]:
        """Of some keys: the score, its variance before the covariates, and its products with these."""
        null, cells = self.null, self.citing.cells[keys]
        pairs = Pairs.of(null.population.design, cells)
        weights = cells.data * null.weight[pairs.cell]
        score = self.events[keys] - pairs.total(cells.data * null.rate[pairs.cell])
        return score, pairs.total(weights), pairs.sums(weights)

    @cached_property
    def _crossed(self) -> Numbers:
        """Products of covariates and keys (a column) between two decisions of one letter."""
        return self.citing.beside(self.null.spread).T

    @cached_property
    def variance(self) -> Numbers:
        """The variance of each score with letters as the unit."""
        alike = self.null.correlation
        if alike == 0:
            return np.asarray(self.information, np.float64)
        between = self.citing.between(self.null.spread)
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
        for part in parts(far, self.citing.size[far]):
            z[part] = self._saddlepoint(part)
        return z

    @property
    def p_value(self) -> Numbers:
        """Of the test that a key is not associated with the outcome, two-sided."""
        return np.asarray(np.minimum(1.0, 2 * ndtr(-np.abs(self.z))))

    def _saddlepoint(self, far: Ids) -> Numbers:
        cited = self.citing.cells[far]
        pairs = Pairs.of(self.null.population.design, cited)
        size, cell = cited.data, pairs.cell
        # What the key has beyond the covariates, where it is cited; the rest is nearly normal.
        beyond = 1 - pairs.dot(self.explained[:, far].T)
        rate, odds, weight = self.null.rate[cell], self.null.odds[cell], size * beyond
        inside = pairs.total(weight * beyond * rate * (1 - rate))
        outside = np.maximum(self.information[far] - inside, 0.0)
        score, effect = self.score[far], self.design_effect[far]
        tilt = np.clip(score / self.information[far], -3, 3)
        for _ in range(30):
            tilted = odds * np.exp(np.clip(pairs.each(tilt) * beyond, -500, 500))
            tilted /= tilted + 1
            slope = pairs.total(weight * (tilted - rate)) + tilt * outside
            curve = pairs.total(weight * beyond * tilted * (1 - tilted)) + outside
            step = np.clip((score - slope) / np.maximum(curve, 1e-9), -1, 1)
            tilt = np.clip(tilt + step, -_FAR, _FAR)
            if np.all(np.abs(step) < 1e-5):  # the next would be of the square
                break
        power = pairs.each(tilt) * beyond
        power = size * (np.log1p(rate * np.expm1(np.clip(power, -500, 500))) - power * rate)
        height = tilt * score - pairs.total(power) - tilt**2 * outside / 2
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
        decision, key = self.citing.each
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
