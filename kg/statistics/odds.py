"""The odds ratio and the difference that a key is associated with, covariates held equal.

For many keys at once: the logistic model of the covariates and one key, its maximum, and the interval of
those log odds ratios whose score is within 1.96 standard deviations (letters as the unit). The score
interval is Wilson's with covariates: it needs no event, and is then one-sided. The difference is what the
outcome's rate among decisions that cite the key is above the rate that the model expects of the same
decisions if they did not cite it; it moves with the odds ratio, so that both intervals say the same.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from kg.statistics.adjusting import Null, Scores
from kg.statistics.design import AT_A_TIME, Ids, Matrix, Pairs, parts
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
_LAST, _LAST_CERTAIN = 1e-5, 2e-3
"""Steps after which none follows. With much information the next would be of half the square, two millionths.

With little, or where covariates nearly tell the key, steps can shrink slowly.
"""
_BENT = 1e-5
"""A line is drawn anew where it may be off by so much of a log odds ratio."""
_DRAWN = 10
Flags = NDArray[np.bool_]


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

    @property
    def apart(self) -> NDArray[np.bool_]:
        """Of each, whether its interval has 1 outside; what has no figure is not apart."""
        return (self.odds_low > 1) | (self.odds_high < 1)


def odds(scores: Scores) -> Odds:
    """Fit each key beside the covariates of its null model; ``nan`` where they tell the key, or nearly."""
    out = np.full((6, scores.keys), np.nan)
    told = (scores.overlap < TOLD) & (scores.count > 0)
    often = scores.count > _WIDE * scores.null.population.outcome.size
    own = told & (often | (scores.overlap > _OVERLAP))
    _ = scores.design_effect  # once, for all threads
    size = scores.citing.size
    wide, narrow = np.flatnonzero(own), np.flatnonzero(told & ~own)
    each = [*parts(wide, size[wide] + scores.null.width**2), *parts(narrow, size[narrow])]
    with ThreadPoolExecutor(AT_A_TIME) as threads:
        figures = threads.map(lambda part: _Profiles.of(scores, part, own=bool(own[part[0]])).figures(), each)
        for part, found in zip(each, figures, strict=True):
            out[:, part] = found
    return Odds(*out)


@dataclass(slots=True, eq=False)
class _Profiles:
    """Some keys, each in a model of its own beside the covariates.

    ``beta`` is the log odds ratio, ``delta`` how far the covariates' coefficients are from the null model's.
    Decisions that cite a key are evaluated exactly at each step. The scores of the others are a line in
    ``delta``: the null model's, or one that is drawn anew at the maximum. With ``own`` whole cells that cite
    a key are evaluated exactly, and each key has its own information matrix of the covariates, ``inverse``
    being its inverse; else the null model's is near enough: the key is cited in few of many decisions.
    """

    null: Null
    cells: Matrix
    own: bool
    pairs: Pairs
    events: Numbers
    count: Numbers
    effect: Numbers
    beta: Numbers
    delta: Numbers
    tangent: Numbers
    rest: Numbers
    """The covariates' scores at ``around`` of what is not evaluated exactly, and how they fall from there."""
    around: Numbers
    line: Numbers
    inverse: Numbers
    rise: Numbers
    """The odds of each pair in the null model."""
    known: tuple[Numbers, Numbers, Numbers]
    """Coefficients, of each pair how far they move the log odds, and the odds that they lead to."""

    @classmethod
    def of(cls, scores: Scores, keys: Ids, *, own: bool) -> "_Profiles":
        """The keys, near their null model."""
        null, cells = scores.null, scores.citing.cells[keys]
        pairs = Pairs.of(null.population.design, cells)
        size, width, place = keys.size, null.width, pairs.cell
        beta = np.clip(scores.score[keys] / scores.information[keys], -2, 2)
        delta, rise = np.zeros((size, width)), null.odds.take(place)
        found = cls(
            null,
            cells,
            own,
            pairs,
            scores.events[keys].astype(np.float64),
            scores.count[keys],
            scores.design_effect[keys],
            beta=beta,
            delta=delta,
            tangent=np.zeros((size, width)),
            rest=np.zeros((size, width)),
            around=np.zeros((size, width)),
            line=np.broadcast_to(null.information, (size, width, width)),
            inverse=np.broadcast_to(null.inverse, (size, width, width)),
            rise=rise,
            known=(delta, np.zeros(place.size), rise),
        )
        if own:
            rate = null.rate[place]
            found.rest = -found._sums_of_cells(rate)
            found.line = found.line + found._curves(-found._whole * rate * (1 - rate))
        return found

    @property
    def _whole(self) -> Numbers:
        """Of each pair the decisions of its cell, where whole cells are evaluated exactly."""
        return self.null.size[self.cells.indices] if self.own else np.zeros(self.cells.nnz)

    def _sums_of_cells(self, rate: Numbers) -> Numbers:
        """The covariates' scores of whole cells at a rate."""
        cell = self.cells.indices
        return self.pairs.sums(self.null.events[cell] - self.null.size[cell] * rate)

    def _curves(self, weight: Numbers) -> Numbers:
        """Of each key ``Z' W Z`` over its cells."""
        start, cell = self.cells.indptr, self.cells.indices.astype(np.int64)
        curve = self.null.population.design.curvature
        return np.array([curve(weight[i:j], cell[i:j]) for i, j in pairwise(start)])

    def _only(self, kept: Ids) -> "_Profiles":
        """Some of the keys, for further steps."""
        number = np.full(self.beta.size, -1)
        number[kept] = np.arange(kept.size)
        inside = number[self.pairs.row] >= 0
        cells = self.cells[kept]
        pairs = Pairs(
            self.null.population.design,
            number[self.pairs.row[inside]],
            cells.indices.astype(np.int64),
            kept.size,
        )
        names = ("events", "count", "effect", "beta", "delta", "tangent", "rest", "around")
        values = {name: getattr(self, name)[kept] for name in names}
        for name in ("line", "inverse"):
            values[name] = getattr(self, name)[kept if self.own else slice(0, kept.size)]
        same = values["delta"] if self.known[0] is self.delta else np.zeros(0)
        known = same, self.known[1][inside], self.known[2][inside]
        return replace(self, cells=cells, pairs=pairs, rise=self.rise[inside], known=known, **values)

    def _moving(self, delta: Numbers) -> tuple[Numbers, Numbers]:
        """Of each pair how far coefficients move its log odds, and its odds if the key is not cited."""
        if self.known[0] is not delta:
            moved = self.pairs.dot(delta)
            self.known = delta, moved, self._odds(moved)
        return self.known[1:]

    def _odds(self, moved: Numbers) -> Numbers:
        odds = np.clip(moved, -40, 40)
        np.exp(odds, out=odds)
        odds *= self.rise
        return odds

    def _rates(self, beta: Numbers, delta: Numbers) -> tuple[Numbers, Numbers]:
        """Of each pair the rate if the key is cited, and if not."""
        return self._shares(beta, self._moving(delta)[1])

    def _shares(self, beta: Numbers, odds: Numbers) -> tuple[Numbers, Numbers]:
        cited = self.pairs.each(np.exp(beta))
        cited *= odds
        cited /= cited + 1
        return cited, odds / (odds + 1)

    def _invert(self, cited: Numbers, not_cited: Numbers) -> None:
        """The keys' own information matrices of the covariates, inverted."""
        if self.own:
            size = self.cells.data
            weight = (self._whole - size) * not_cited * (1 - not_cited) + size * cited * (1 - cited)
            self.inverse = np.asarray(np.linalg.inv(self.line + self._curves(weight)), np.float64)

    def _gap(self, delta: Numbers, cited: Numbers, not_cited: Numbers) -> Numbers:
        """The covariates' scores."""
        moved = delta - self.around
        fallen = np.einsum("kp,kpq->kq", moved, self.line) if self.own else moved @ self.null.information
        left: Numbers = self.cells.data * (not_cited - cited)
        if self.own:
            left = np.asarray(left + self.null.events[self.cells.indices] - self._whole * not_cited)
        return np.asarray(self.rest - fallen + self.pairs.sums(left))

    def _solved(self, right: Numbers) -> Numbers:
        """Of each key the information matrix's solution."""
        found = np.einsum("kp,kpq->kq", right, self.inverse) if self.own else right @ self.null.inverse
        return np.asarray(found, np.float64)

    def _redraw(self) -> bool:
        """Draw the lines that are too rough anew, exactly where the coefficients are; whether any was."""
        null, design = self.null, self.null.population.design
        moved, weight = self._moving(self.delta)[0], self.cells.data
        if self.around.any():
            moved = self.pairs.dot(self.delta - self.around)
        bent = self.pairs.total(weight * moved**2) / self.count
        spread = np.einsum(
            "kp,kp->k", self.delta - self.around, (self.delta - self.around) @ null.information
        )
        bent = np.maximum(bent, spread / (null.size @ null.weight)) / 2
        rough = np.flatnonzero(bent > _BENT)
        if not rough.size:
            return False
        part = self._only(rough) if rough.size < self.beta.size else self
        rest, line = np.zeros(part.delta.shape), []
        for key, delta in enumerate(part.delta):
            rate = expit(null.eta + design.dot(delta))
            rest[key] = design.sums(null.events - null.size * rate) - null.ridge * (null.gamma + delta)
            if self.own:
                line.append(design.curvature(null.size * rate * (1 - rate)) + np.diag(null.ridge))
        if self.own:
            _, rate = part._rates(part.beta, part.delta)
            rest -= part._sums_of_cells(rate)
            self.line[rough] = np.array(line) - part._curves(part._whole * rate * (1 - rate))
        self.rest[rough], self.around[rough] = rest, part.delta
        return True

    def _stepped(self, beta: Numbers, delta: Numbers, steps: int) -> Numbers:
        """The covariates' coefficients after some of Newton's steps at ``beta``."""
        for number in range(steps):
            cited, not_cited = self._rates(beta, delta)
            if not number:
                self._invert(cited, not_cited)
            delta = delta + np.clip(self._solved(self._gap(delta, cited, not_cited)), -2, 2)
        return delta

    def _settle(self, beta: Numbers, delta: Numbers, steps: int) -> tuple[Numbers, Numbers, Numbers]:
        """The covariates' coefficients at ``beta``, the key's score there and its information."""
        delta = self._stepped(beta, delta, steps)
        return delta, *self._standing(self._rates(beta, delta)[0])

    def _standing(self, cited: Numbers) -> tuple[Numbers, Numbers]:
        """The key's score and its information; keeps how the covariates' coefficients follow it."""
        score = self.events - self.pairs.total(self.cells.data * cited)
        weight = self.cells.data * cited * (1 - cited)
        crossed = self.pairs.sums(weight)
        self.tangent = self._solved(crossed)
        information = self.pairs.total(weight) - np.einsum("kp,kp->k", crossed, self.tangent)
        return score, np.maximum(information, 1e-12)

    def _climb(self, inverted: int = 3) -> None:
        """Newton's steps for the key and the covariates together, the first with new information matrices."""
        for number in range(60):
            cited, not_cited = self._rates(self.beta, self.delta)
            if number < inverted:
                self._invert(cited, not_cited)
            weight = self.cells.data * cited * (1 - cited)
            crossed = self.pairs.sums(weight)
            solved = self._solved(crossed)
            gap = self._gap(self.delta, cited, not_cited)
            score = (
                self.events - self.pairs.total(self.cells.data * cited) - np.einsum("kp,kp->k", solved, gap)
            )
            information = self.pairs.total(weight) - np.einsum("kp,kp->k", solved, crossed)
            step = np.clip(score / np.maximum(information, 1e-9), -1, 1)
            step = np.clip(self.beta + step, -_FAR, _FAR) - self.beta
            self.beta = self.beta + step
            moved = self._solved(gap) - step[:, None] * solved
            self.delta = self.delta + np.clip(moved, -2, 2)
            last = np.where(information < _CERTAIN, _LAST, _LAST_CERTAIN)
            moving = np.flatnonzero(np.abs(step) >= (_LAST if self.own else last))
            if moving.size * 2 < step.size:
                break
        else:
            return
        if moving.size:
            part = self._only(moving)
            part._climb(1)
            self.beta[moving] = part.beta
            self.delta = self.delta.copy()  # the odds known are of what it was
            self.delta[moving] = part.delta

    def figures(self) -> Numbers:
        """Rows: odds ratio, its ends, difference, its ends."""
        self._climb()
        for _ in range(_DRAWN):
            if not self._redraw():
                break
            self._climb(1)
        cited, not_cited = self._rates(self.beta, self.delta)
        _, information = self._standing(cited)
        none = (self.events == 0) | (self.beta < 0.5 - _FAR)
        every = (self.events == self.count) | (self.beta > _FAR - 0.5)
        error = np.sqrt(self.effect / information)
        follows = self.pairs.dot(self.tangent)
        lows, highs = (self._end(side, information, error, none, every, follows) for side in (-1, 1))
        lows[0][none], highs[0][every] = -np.inf, np.inf
        top = np.where(none, -np.inf, np.where(every, np.inf, self.beta))
        found = [np.exp(np.where(np.isfinite(x) | (x < 0), x, np.nan)) for x in (top, lows[0], highs[0])]
        difference = (self.events - self.pairs.total(self.cells.data * not_cited)) / self.count
        # Where no decision is overturned, or each, an end is the difference itself, found in another way.
        ends = np.minimum(lows[1], difference), np.maximum(highs[1], difference)
        figures = np.array([*found, difference, *ends])
        figures[:, ~(none | every) & (information < _BARE)] = np.nan
        return figures

    def _difference(self, beta: Numbers, odds: Numbers) -> Numbers:
        cited, not_cited = self._shares(beta, odds)
        return self.pairs.total(self.cells.data * (cited - not_cited)) / self.count

    def _end(
        self, side: int, information: Numbers, error: Numbers, none: Flags, every: Flags, follows: Numbers
    ) -> tuple[Numbers, Numbers]:
        """The log odds ratio and the difference where the interval ends below (-1) or above (1)."""
        edge, shut = none | every, none if side < 0 else every
        thin = ~shut & (edge | (information < _CERTAIN))
        at = np.where(edge, 0.0, np.clip(self.beta + side * Z * error, -_FAR, _FAR))
        at = np.where(shut, side * _FAR, at)
        step = np.where(shut, 0.0, at - self.beta)
        # All but the thin are so near the maximum that the tangent tells how the coefficients move.
        moved = self._moving(self.delta)[0] - self.pairs.each(np.clip(step, -2, 2)) * follows
        difference = self._difference(at, self._odds(moved))
        if thin.any():
            part, open_ = self._only(np.flatnonzero(thin)), edge[thin]
            delta = part._moved(part.delta, step[thin])
            delta = np.where(open_[:, None], 0.0, delta)  # the null model, where the ratio is 1
            at[thin], delta = part._followed(side, at[thin], delta, open_)
            delta = part._stepped(at[thin], delta, 1)
            difference[thin] = part._difference(at[thin], part._moving(delta)[1])
        return at, difference

    def _followed(self, side: int, at: Numbers, delta: Numbers, edge: Flags) -> tuple[Numbers, Numbers]:
        """Where the score is 1.96 standard deviations, from ``at`` on.

        The score in its standard deviations is nearly a straight line in the log odds ratio, which is
        followed from the maximum; without events its logarithm is.
        """
        for _ in range(12):
            delta, score, found = self._settle(at, delta, 1)
            reached = np.clip(-side * score / (Z * np.sqrt(self.effect * found)), 0.25, 4.0)
            new = np.where(edge, at - side * 2 * np.log(reached), self.beta + (at - self.beta) / reached)
            new = np.clip(new, -_FAR, _FAR)
            delta, at = self._moved(delta, new - at), new
            moving = np.flatnonzero(np.abs(reached - 1) >= 1e-5)
            if moving.size * 2 < at.size:
                break
        else:
            return at, delta
        if moving.size:
            part = self._only(moving)
            delta = delta.copy()  # the odds known are of what it was
            at[moving], delta[moving] = part._followed(side, at[moving], delta[moving], edge[moving])
        return at, delta

    def _moved(self, delta: Numbers, step: Numbers) -> Numbers:
        """The covariates' coefficients after a ``step`` of the key's, along the tangent."""
        return np.asarray(delta - np.clip(step, -2, 2)[:, None] * self.tangent)
