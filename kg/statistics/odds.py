"""The odds ratio and the difference that a key is associated with, covariates held equal.

For many keys at once: the logistic model of the covariates and one key, its maximum, and the interval of
those log odds ratios whose score is within 1.96 standard deviations (letters as the unit). The score
interval is Wilson's with covariates: it needs no event, and is then one-sided. The difference is what the
outcome's rate among decisions that cite the key is above the rate that the model expects of the same
decisions if they did not cite it; it moves with the odds ratio, so that both intervals say the same.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from kg.statistics.adjusting import Ids, Matrix, Scores
from kg.statistics.intervals import Numbers, Z

_FAR = 12.0
_CERTAIN = 150.0
"""The information from which an interval is taken from the maximum and its standard error."""
TOLD = 0.98
"""The share of a key's variance from which on the covariates tell the key, and it has no figures."""
_BARE = 0.1
"""Information under which decisions say nothing of a key beside its covariates."""
_OVERLAP = 0.3
_WIDE = 0.03
"""Keys of a greater overlap, or cited in a greater share, have an information matrix of their own."""


@dataclass(frozen=True, slots=True, eq=False)
class Odds:
    """Of each key the odds ratio and the difference of rates (a share), with 95 % intervals.

    An odds ratio is 0 where no decision that cites the key has the outcome, and ``nan`` where all have;
    ``odds_high`` is then ``nan`` too: there is no upper end.
    """

    odds: Numbers
    odds_low: Numbers
    odds_high: Numbers
    difference: Numbers
    difference_low: Numbers
    difference_high: Numbers


def odds(scores: Scores) -> Odds:
    """Fit each key beside the covariates of its null model; ``nan`` where they tell the key, or nearly."""
    out = np.full((6, scores.keys), np.nan)
    told = (scores.overlap < TOLD) & (scores.count > 0)
    wide = scores.count > _WIDE * scores.null.population.outcome.size
    own = wide | (scores.overlap > _OVERLAP)
    many = scores.information > _CERTAIN
    parts = [np.array([key]) for key in np.flatnonzero(told & own & many)]
    parts += _chunks(scores, np.flatnonzero(told & own & ~many))
    for part in parts:
        out[:, part] = _Profiles(scores, part, own=True).figures()
    for part in _chunks(scores, np.flatnonzero(told & ~own)):
        out[:, part] = _Profiles(scores, part, own=False).figures()
    return Odds(*out)


def _chunks(scores: Scores, keys: Ids) -> list[Ids]:
    """Keys in parts whose cells and covariates by keys fit into some tens of megabytes."""
    null = scores.null
    size = max(1, 4_000_000 // max(null.size.size, null.width**2, 1))
    return [keys[start : start + size] for start in range(0, keys.size, size)]


class _Profiles:
    """Some keys, each in a model of its own beside the covariates.

    ``beta`` is the log odds ratio, ``delta`` how far the covariates' coefficients are from the null model's.
    Cells that cite a key are evaluated exactly at each step, the others by a line that is drawn anew at the
    maximum. With ``own`` each key has its own information matrix at each step, else that of the null model,
    which is near enough where a key is cited in few of many decisions.
    """

    def __init__(self, scores: Scores, keys: Ids, *, own: bool) -> None:
        self.null = null = scores.null
        cited = scores.cited[keys]
        self.keys = keys.size
        self.row = np.repeat(np.arange(self.keys), np.diff(cited.indptr))
        self.size, self.cell = cited.data, cited.indices.astype(np.int64)
        self.eta = null.eta[self.cell]
        self.column, self.value = _padded(null.population.design, self.cell)
        self.flat = self.row[:, None] * null.width + self.column
        self.events, self.count = scores.events[keys], scores.count[keys]
        self.none, self.every = self.events == 0, self.events == self.count
        self.effect = scores.design_effect[keys]
        self.own = own
        self.inverse = np.broadcast_to(null.inverse, (self.keys, null.width, null.width))
        self.shape = (self.keys, null.width)
        # Cells that cite the key are evaluated whole where a key has its own matrix, else only their change.
        self.whole = null.size[self.cell] if own else np.zeros(self.cell.size)
        self.ended = null.events[self.cell] if own else np.zeros(self.cell.size)
        rate = expit(self.eta)
        self.around = np.zeros(self.shape)
        self.rest = -self._spread(self.ended - self.whole * rate)
        self.line = np.broadcast_to(null.information, self.inverse.shape)
        if own:
            self.line = self.line - self._curvature(self.whole * rate * (1 - rate))
        self.beta = np.clip(scores.score[keys] / scores.information[keys], -2, 2)
        self.delta = np.zeros(self.shape)
        self.tangent = np.zeros(self.shape)

    def _spread(self, weights: Numbers) -> Numbers:
        """Sums of the pairs' weights by key and covariate."""
        parts = (weights[:, None] * self.value).ravel()
        flat = np.bincount(self.flat.ravel(), parts, minlength=self.keys * self.null.width)
        return np.asarray(flat.reshape(self.shape), np.float64)

    def _rates(self, beta: Numbers, delta: Numbers) -> tuple[Numbers, Numbers]:
        """Of each pair the rate if the key is cited, and if not."""
        eta = np.clip(self.eta + (self.value * delta.ravel()[self.flat]).sum(1), -40, 40)
        return expit(eta + beta[self.row]), expit(eta)

    def _sum(self, weights: Numbers) -> Numbers:
        return np.asarray(np.bincount(self.row, weights, minlength=self.keys), np.float64)

    def _curvature(self, weight: Numbers) -> Numbers:
        """Of each key ``Z' W Z`` over its cells."""
        width = self.null.width
        if self.keys == 1:
            return self.null.curvature(_summed(self.cell, weight, self.null.size.size))[None]
        products = weight[:, None, None] * self.value[:, :, None] * self.value[:, None, :]
        place = self.flat[:, :, None] * width + self.column[:, None, :]
        added = np.bincount(place.ravel(), products.ravel(), minlength=self.keys * width**2)
        return np.asarray(added.reshape(self.keys, width, width))

    def _invert(self, cited: Numbers, not_cited: Numbers) -> None:
        """The keys' own information matrices of the covariates, inverted."""
        if self.own:
            weight = (self.whole - self.size) * not_cited * (1 - not_cited) + self.size * cited * (1 - cited)
            self.inverse = np.linalg.inv(self.line + self._curvature(weight))

    def _gap(self, delta: Numbers, cited: Numbers, not_cited: Numbers) -> Numbers:
        """The covariates' scores."""
        moved = self.rest - np.einsum("kp,kpq->kq", delta - self.around, self.line)
        left = self.ended - (self.whole - self.size) * not_cited - self.size * cited
        return np.asarray(moved + self._spread(left))

    def _redraw(self) -> None:
        """Evaluate all cells exactly where the coefficients are now."""
        null = self.null
        design = null.population.design
        rate = expit(np.clip(null.eta[:, None] + design @ self.delta.T, -40, 40))
        score = design.T @ (null.events[:, None] - null.size[:, None] * rate)
        _, not_cited = self._rates(self.beta, self.delta)
        self.rest = (
            score.T
            - null.ridge * (null.gamma + self.delta)
            - self._spread(self.ended - self.whole * not_cited)
        )
        self.around = self.delta.copy()
        if self.keys == 1 and self.own:
            rate = rate[:, 0]
            weight = self.whole * not_cited * (1 - not_cited)
            line = null.curvature(null.size * rate * (1 - rate)) + np.diag(null.ridge)
            self.line = line[None] - self._curvature(weight)

    def _settle(self, beta: Numbers, delta: Numbers, steps: int) -> tuple[Numbers, Numbers, Numbers]:
        """The covariates' coefficients at ``beta``, the key's score there and its information."""
        for _ in range(steps):
            cited, not_cited = self._rates(beta, delta)
            self._invert(cited, not_cited)
            gap = self._gap(delta, cited, not_cited)
            delta = delta + np.clip(np.einsum("kp,kpq->kq", gap, self.inverse), -2, 2)
        cited, _ = self._rates(beta, delta)
        score = self.events - self._sum(self.size * cited)
        weight = self.size * cited * (1 - cited)
        crossed = self._spread(weight)
        self.tangent = np.einsum("kp,kpq->kq", crossed, self.inverse)
        information = self._sum(weight) - np.einsum("kp,kp->k", crossed, self.tangent)
        return delta, score, np.maximum(information, 1e-12)

    def _climb(self) -> None:
        """Newton's steps for the key and the covariates together."""
        for _ in range(60):
            cited, not_cited = self._rates(self.beta, self.delta)
            self._invert(cited, not_cited)
            weight = self.size * cited * (1 - cited)
            crossed = self._spread(weight)
            solved = np.einsum("kp,kpq->kq", crossed, self.inverse)
            gap = self._gap(self.delta, cited, not_cited)
            score = self.events - self._sum(self.size * cited) - np.einsum("kp,kp->k", solved, gap)
            information = self._sum(weight) - np.einsum("kp,kp->k", solved, crossed)
            step = np.clip(score / np.maximum(information, 1e-9), -1, 1)
            step = np.clip(self.beta + step, -_FAR, _FAR) - self.beta
            self.beta = self.beta + step
            moved = np.einsum("kp,kpq->kq", gap, self.inverse) - step[:, None] * solved
            self.delta = self.delta + np.clip(moved, -2, 2)
            if np.abs(step).max() < 1e-7:
                break

    def figures(self) -> Numbers:
        """Rows: odds ratio, its ends, difference, its ends."""
        self._climb()
        for _ in range(2):
            self._redraw()
            self._climb()
        delta, _, information = self._settle(self.beta, self.delta, 1)
        self.none |= self.beta < 0.5 - _FAR
        self.every |= self.beta > _FAR - 0.5
        none, every = self.none, self.every
        error = np.sqrt(self.effect / information)
        lows, highs = (self._end(side, information, error) for side in (-1, 1))
        lows[0][none], highs[0][every] = -np.inf, np.inf
        top = np.where(none, -np.inf, np.where(every, np.inf, self.beta))
        found = [np.exp(np.where(np.isfinite(x) | (x < 0), x, np.nan)) for x in (top, lows[0], highs[0])]
        _, not_cited = self._rates(self.beta, delta)
        difference = (self.events - self._sum(self.size * not_cited)) / self.count
        figures = np.array([*found, difference, lows[1], highs[1]])
        figures[:, ~(none | every) & (information < _BARE)] = np.nan
        return figures

    def _difference(self, beta: Numbers, delta: Numbers) -> Numbers:
        cited, not_cited = self._rates(beta, delta)
        return self._sum(self.size * (cited - not_cited)) / self.count

    def _end(self, side: int, information: Numbers, error: Numbers) -> tuple[Numbers, Numbers]:
        """The log odds ratio and the difference where the interval ends below (-1) or above (1).

        The score in its standard deviations is nearly a straight line in the log odds ratio, which is
        followed from the maximum; without events its logarithm is.
        """
        edge = self.none | self.every
        shut = self.none if side < 0 else self.every
        thin = ~shut & (edge | (information < _CERTAIN))
        at = np.where(edge, 0.0, np.clip(self.beta + side * Z * error, -_FAR, _FAR))
        at = np.where(shut, side * _FAR, at)
        delta = self._moved(self.delta, np.where(shut, 0.0, at - self.beta))
        delta = np.where((edge & ~shut)[:, None], 0.0, delta)  # the null model, where the ratio is 1
        for _ in range(12 if thin.any() else 0):
            delta, score, found = self._settle(at, delta, 1)
            reached = -side * score / (Z * np.sqrt(self.effect * found))
            reached = np.clip(np.where(thin, reached, 1.0), 0.25, 4.0)
            new = np.where(edge, at - side * 2 * np.log(reached), self.beta + (at - self.beta) / reached)
            new = np.clip(np.where(thin, new, at), -_FAR, _FAR)
            delta, at = self._moved(delta, new - at), new
            if np.abs(reached - 1).max() < 1e-3:
                break
        delta, _, _ = self._settle(at, delta, 2)
        return at, self._difference(at, delta)

    def _moved(self, delta: Numbers, step: Numbers) -> Numbers:
        """The covariates' coefficients after a ``step`` of the key's, along the tangent."""
        return np.asarray(delta - np.clip(step, -2, 2)[:, None] * self.tangent)


def _summed(place: Ids, weight: Numbers, size: int) -> Numbers:
    return np.asarray(np.bincount(place, weight, size), np.float64)


def _padded(design: Matrix, cell: Ids) -> tuple[Ids, Numbers]:
    """The columns and values of the design in each of some cells, in rows of equal width."""
    start, width = design.indptr[:-1], np.diff(design.indptr)
    most = int(width.max(initial=1))
    step = np.arange(most)
    inside = step[None, :] < width[:, None]
    at = np.where(inside, start[:, None] + step[None, :], 0)
    columns, values = np.where(inside, design.indices[at], 0), np.where(inside, design.data[at], 0.0)
    return columns[cell].astype(np.int64), values[cell]
