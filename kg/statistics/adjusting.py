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
from scipy.special import expit, ndtr, ndtri

from kg.statistics.intervals import Numbers

Ids = NDArray[np.int64]
Matrix = sparse.csr_array

RIDGE = 1e-3
"""The precision of the prior on a covariate's log odds ratio: so weak that it only keeps them finite."""
_FAR = 30.0
_SPREADS = 20
_LEAST_SPREAD = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Population:
    """Decisions at risk: how each ended (1 or 0), its letter (ascending) and its cell of covariates.

    ``design`` has a row for each cell; its first column is 1 everywhere. The log odds of the columns that are
    ``drawn`` are taken as drawn around zero, with a spread that is estimated: kinds of one category, say.
    """

    outcome: Numbers
    letter: Ids
    cell: Ids
    design: Matrix
    drawn: NDArray[np.bool_] | None = None

    @property
    def letters(self) -> int:
        """How many letters there are."""
        return int(np.count_nonzero(np.diff(self.letter, prepend=-1)))


class Null:
    """The model of the covariates alone, for a population.

    ``spread`` is the variance of the log odds of columns that are drawn; not given, it is estimated.
    """

    def __init__(self, population: Population, spread: float | None = None) -> None:
        self.population = population
        design = population.design
        cells, self.width = design.shape
        self.size = np.bincount(population.cell, minlength=cells).astype(np.float64)
        self.events = np.bincount(population.cell, population.outcome, minlength=cells)
        self.ridge = np.full(self.width, RIDGE)
        self.ridge[0] = 0.0
        share = float(self.events.sum() / max(self.size.sum(), 1.0))
        self.gamma = np.zeros(self.width)
        self.gamma[0] = np.log(share / (1 - share))
        self.drawn = np.flatnonzero(population.drawn) if population.drawn is not None else np.zeros(0, int)
        if self.drawn.size and spread is None:
            self._estimate(self.drawn)
        elif spread is not None:
            self.ridge[self.drawn] = 1 / spread
        self._fit()
        self.weight = self.rate * (1 - self.rate)
        self.information = self._information(self.rate)
        self.inverse = np.linalg.inv(self.information)

    def _estimate(self, drawn: Ids) -> None:
        """Estimate the spread of what is drawn (Schall, Biometrika 78, 1991, 719-727)."""
        spread = 0.25
        for _ in range(_SPREADS):
            self.ridge[drawn] = 1 / spread
            self._fit()
            left = np.diag(np.linalg.inv(self._information(self.rate)))[drawn].sum() / spread
            told = max(drawn.size - float(left), 0.05)
            new = float(np.clip((self.gamma[drawn] ** 2).sum() / told, _LEAST_SPREAD, 9.0))
            if abs(np.log(new / spread)) < 0.02:
                break
            spread = new

    def _fit(self) -> None:
        """Climb to the maximum of the penalised likelihood."""
        design, gamma, height = self.population.design, self.gamma, -np.inf
        for _ in range(100):
            rate = expit(design @ gamma)
            score = design.T @ (self.events - self.size * rate) - self.ridge * gamma
            step = np.asarray(np.linalg.solve(self._information(rate), score), np.float64)
            gamma, height = self._climb(gamma, step, height)
            if float(np.abs(score @ step)) < 1e-16 * self.size.sum():
                break
        self.gamma = gamma
        self.eta = design @ gamma
        self.rate = expit(self.eta)

    def _climb(self, gamma: Numbers, step: Numbers, height: float) -> tuple[Numbers, float]:
        """The step, halved until the likelihood rises."""
        for _ in range(12):
            new = gamma + step
            eta = self.population.design @ new
            found = float(self.events @ eta - self.size @ np.logaddexp(0, eta) - self.ridge @ new**2 / 2)
            if found >= height - 1e-9:
                return new, max(found, height)
            step = step / 2
        return gamma, height

    def _information(self, rate: Numbers) -> Numbers:
        return self.curvature(self.size * rate * (1 - rate)) + np.diag(self.ridge)

    def curvature(self, weight: Numbers) -> Numbers:
        """``Z' W Z`` for weights of the cells."""
        design = self.population.design
        scaled = design.multiply(weight[:, None]).tocsr()
        return np.asarray((design.T @ scaled).todense())

    @property
    def evidence(self) -> float:
        """The logarithm of the likelihood of the spread of what is drawn (Laplace), up to a constant."""
        likelihood = self.events @ self.eta - self.size @ np.logaddexp(0, self.eta)
        prior = (np.log(self.ridge[self.drawn]).sum() - self.ridge @ self.gamma**2) / 2
        return float(likelihood + prior - np.linalg.slogdet(self.information)[1] / 2)

    @cached_property
    def residual(self) -> Numbers:
        """What each decision's outcome is above its rate."""
        return np.asarray(self.population.outcome - self.rate[self.population.cell])

    @cached_property
    def spread(self) -> Numbers:
        """The standard deviation of each decision's outcome."""
        return np.asarray(np.sqrt(self.weight)[self.population.cell])

    @cached_property
    def several(self) -> NDArray[np.bool_]:
        """Which decisions are of a letter with more than one."""
        letter = self.population.letter
        same = letter[1:] == letter[:-1]
        found = np.zeros(letter.size, bool)
        found[1:] |= same
        found[:-1] |= same
        return found

    @cached_property
    def correlation(self) -> float:
        """The correlation of two residuals of one letter, from 0 to 0.95."""
        rows = self.several
        if not rows.any():
            return 0.0
        place = _ranks(self.population.letter[rows])
        residual, spread = self.residual[rows], self.spread[rows]
        observed = (np.bincount(place, residual) ** 2).sum() - (residual**2).sum()
        possible = (np.bincount(place, spread) ** 2).sum() - (spread**2).sum()
        return float(np.clip(observed / possible, 0.0, 0.95)) if possible > 0 else 0.0


def _ranks(letter: Ids) -> Ids:
    """Ascending numbers as 0, 1, 2 ..."""
    return np.cumsum(np.diff(letter, prepend=letter[:1]) != 0)


class Scores:
    """What each key adds to a null model: ``decision[i]`` of the population cites key ``key[i]``.

    ``score`` is the sum of residuals where the key is cited, ``information`` its variance if decisions were
    independent, ``variance`` that with letters as the unit; ``z`` and ``p_value`` are of the test that the
    key is not associated with the outcome, by the saddlepoint of the score's distribution (Dey, Schmidt,
    Abecasis and Lee, Am. J. Hum. Genet. 101, 2017, 37-49), for rare keys' scores are skewed.
    """

    def __init__(self, null: Null, decision: Ids, key: Ids, keys: int) -> None:
        self.null, self.decision, self.key, self.keys = null, decision, key, keys
        cell = null.population.cell[decision]
        cells = null.size.size
        ones = np.ones(decision.size)
        self.cited = sparse.csr_array((ones, (key, cell)), shape=(keys, cells))
        self.cited.sum_duplicates()
        self.count = np.bincount(key, minlength=keys).astype(np.float64)
        self.events = np.bincount(key, null.population.outcome[decision], minlength=keys)
        self.score = np.bincount(key, null.residual[decision], minlength=keys)
        weighted = self.cited.multiply(null.weight[None, :]).tocsr()
        crossed = np.asarray((weighted @ null.population.design).todense())
        self.explained = null.inverse @ crossed.T
        """What the covariates tell of each key: columns of coefficients."""
        whole = np.asarray(weighted.sum(axis=1)).ravel()
        left = whole - np.einsum("kp,pk->k", crossed, self.explained)
        self.overlap = 1 - np.divide(left, whole, out=np.zeros(keys), where=whole > 0)
        """The share of a key's variance that the covariates tell already, from 0 to 1."""
        self.information = np.maximum(left, 1e-9)

    @cached_property
    def _letters(self) -> tuple[Matrix, Matrix, Matrix, Matrix]:
        """Of letters with several decisions: sums of spread, then of residuals, by key and by covariate."""
        null = self.null
        rows = null.several
        place = np.zeros(rows.size, np.int64)
        place[rows] = _ranks(null.population.letter[rows]) if rows.any() else 0
        letters = int(place.max(initial=0)) + 1
        kept = rows[self.decision]
        decision, key = self.decision[kept], self.key[kept]
        where, shape = (place[decision], key), (letters, self.keys)
        at = np.flatnonzero(rows)
        found: list[Matrix] = []
        for value in (null.spread, null.residual):
            found.append(sparse.csr_array((value[decision], where), shape=shape))
            summed = sparse.csr_array(
                (value[at], (place[at], null.population.cell[at])), shape=(letters, null.size.size)
            )
            found.append(sparse.csr_array(summed @ null.population.design))
        return found[0], found[1], found[2], found[3]

    def _beyond(self, own: Numbers, crossed: Numbers, square: Numbers) -> Numbers:
        """Sums of squares of the keys beyond what the covariates tell of them."""
        told = np.einsum("pk,pk->k", self.explained, square @ self.explained)
        return np.asarray(own - 2 * np.einsum("pk,pk->k", self.explained, crossed) + told)

    def _squared(self, cited: Matrix, covariates: Matrix) -> Numbers:
        """For each key the sum over letters of the square of what it has beyond the covariates."""
        own = np.asarray(cited.multiply(cited).sum(axis=0)).ravel()
        crossed = np.asarray((covariates.T @ cited).todense())
        square = np.asarray((covariates.T @ covariates).todense())
        return self._beyond(own, crossed, square)

    @cached_property
    def _alone(self) -> Numbers:
        """The information of decisions in letters with several."""
        rows = self.null.several
        kept = rows[self.decision]
        spread = self.null.spread
        decision, key = self.decision[kept], self.key[kept]
        own = np.bincount(key, spread[decision] ** 2, minlength=self.keys).astype(np.float64)
        cell = self.null.population.cell
        weights = sparse.csr_array((spread[decision] ** 2, (key, cell[decision])), shape=self.cited.shape)
        crossed = np.asarray((weights @ self.null.population.design).todense()).T
        size = np.bincount(cell[rows], minlength=self.null.size.size) * self.null.weight
        square = self.null.curvature(size)
        return self._beyond(own, crossed, square)

    @cached_property
    def variance(self) -> Numbers:
        """The variance of each score with letters as the unit."""
        alike = self.null.correlation
        if alike == 0:
            return np.asarray(self.information, np.float64)
        cited, covariates, _, _ = self._letters
        together = self._squared(cited, covariates)
        return np.asarray(
            np.maximum(self.information + alike * (together - self._alone), 0.2 * self.information)
        )

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
        cited = self.cited[far]
        row = np.repeat(np.arange(far.size), np.diff(cited.indptr))
        size, cell = cited.data, cited.indices.astype(np.int64)
        design = self.null.population.design
        # What the key has beyond the covariates, where it is cited; the rest is nearly normal.
        explained = self.explained[:, far]
        beyond = 1 - _rows_dot(design, cell, explained, row)
        rate = self.null.rate[cell]
        inside = np.bincount(row, size * rate * (1 - rate) * beyond**2, minlength=far.size)
        outside = np.maximum(self.information[far] - inside, 0.0)
        score, effect = self.score[far], self.design_effect[far]
        tilt = np.clip(score / self.information[far], -3, 3)
        for _ in range(30):
            tilted = expit(np.clip(self.null.eta[cell] + tilt[row] * beyond, -40, 40))
            slope = np.bincount(row, size * beyond * (tilted - rate), minlength=far.size) + tilt * outside
            curve = np.bincount(row, size * beyond**2 * tilted * (1 - tilted), minlength=far.size) + outside
            step = np.clip((score - slope) / np.maximum(curve, 1e-9), -1, 1)
            tilt = np.clip(tilt + step, -_FAR, _FAR)
            if np.all(np.abs(step) < 1e-8):
                break
        eta = self.null.eta[cell]
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
        spread = self.null.spread
        rows = self.null.population.outcome.size
        weighted = sparse.csr_array(
            (spread[self.decision], (self.decision, self.key)), shape=(rows, self.keys)
        )
        whole = np.asarray((weighted.T @ weighted).todense())
        crossed = self.null.information @ self.explained
        found = whole - self.explained.T @ crossed
        alike = self.null.correlation
        if alike:
            cited, covariates, _, _ = self._letters
            kept = self.null.several[self.decision]
            part = sparse.csr_array(
                (spread[self.decision[kept]], (self.decision[kept], self.key[kept])), shape=(rows, self.keys)
            )
            own = np.asarray((cited.T @ cited - part.T @ part).todense())
            cell = self.null.population.cell
            summed = np.asarray((covariates.T @ cited).todense())
            weights = sparse.csr_array(
                (spread[self.decision[kept]] ** 2, (self.key[kept], cell[self.decision[kept]])),
                shape=self.cited.shape,
            )
            summed = summed - np.asarray((weights @ self.null.population.design).todense()).T
            size = np.bincount(cell[self.null.several], minlength=self.null.size.size) * self.null.weight
            square = np.asarray((covariates.T @ covariates).todense()) - self.null.curvature(size)
            half = self.explained.T @ summed
            found = found + alike * (own - half - half.T + self.explained.T @ square @ self.explained)
        return np.asarray(found)


def _rows_dot(design: Matrix, cell: Ids, coefficients: Numbers, column: Ids) -> Numbers:
    """``design[cell[i]] @ coefficients[:, column[i]]`` for each i."""
    start, stop = design.indptr[cell], design.indptr[cell + 1]
    width = stop - start
    out = np.zeros(cell.size)
    for step in range(int(width.max(initial=0))):
        live = np.flatnonzero(width > step)
        at = start[live] + step
        out[live] += design.data[at] * coefficients[design.indices[at], column[live]]
    return out


def quantile(p_value: float) -> float:
    """The normal quantile with ``p_value`` above it."""
    return float(-ndtri(p_value))
