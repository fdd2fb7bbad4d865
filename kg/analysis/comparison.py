"""Decisions with a key against those without it, among those that could have it: one for all tables.

A *key* is whatever decisions have: a page that is cited, a specialty, a service. All figures of a key are of
the same comparison (with it against without it), in the same population, and have letters as their unit.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kg.analysis.covariates import Held, combined, held
from kg.analysis.decisions import Cited, Ids, Index, Mask
from kg.analysis.prepared.freed_memory import keep_freed_memory
from kg.statistics import intervals
from kg.statistics.adjusting import Citing, Null, Population, Scores
from kg.statistics.design import Design, Pairs
from kg.statistics.intervals import Numbers
from kg.statistics.odds import TOLD, Odds, odds
from kg.statistics.single_effects import CredibleSet, credible_sets, single_effects

TESTED = 10
"""A key is compared if at least so many decisions have it and so many do not."""
_COINCIDE = 0.7
_SPREADS = (1e-3, 0.01, 0.06, 0.4)
"""Variances of the log odds of kinds of service, of which the likeliest is taken beside single effects.

The wider the spread, the less is left for single effects to tell.
"""

Asked = TypeVar("Asked")


@dataclass(frozen=True, eq=False)
class Comparison:
    """``decision[i]``, at risk, has key ``key[i]`` of ``keys``; each pair once, by decision.

    ``adjust`` names what is held equal. Figures of keys that are not compared are ``nan``.
    """

    index: Index
    risk: Mask
    decision: Ids
    key: Ids
    keys: int
    adjust: tuple[str, ...]
    _cited: NDArray[np.int64] | None = field(default=None, repr=False)

    @classmethod
    def counted(
        cls, index: Index, decision: Ids, key: Ids, keys: int, among: Mask | None = None
    ) -> "Comparison":
        """Keys whose decisions are counted, nothing held equal.

        How alike the decisions of a letter are is estimated ``among`` these, or else among all with a key.
        """
        inside = np.zeros(len(index), bool) if among is None else among
        if among is None:
            inside[decision] = True
        return cls(index, inside, decision, key, keys, ())

    @classmethod
    def of_cited(
        cls, index: Index, cited: Cited, adjust: tuple[str, ...], only: Sequence[str] | None = None
    ) -> "Comparison":
        """What is cited, among the decisions that cite something of the level; or ``only`` some keys of it.

        Each key is compared by itself: its figures are the same with others and without them.
        """
        risk = np.zeros(len(index), bool)
        risk[cited.decision] = True
        if only is None:
            return cls(index, risk, cited.decision, cited.key, cited.keys.height, adjust)
        place = dict(zip(only, range(len(only)), strict=True))
        line = np.array([place.get(key, -1) for key in cited.keys["key"]], np.int32)[cited.key]
        number = np.bincount(cited.decision, minlength=len(index))
        kept = line >= 0
        return cls(index, risk, cited.decision[kept], line[kept], len(only), adjust, number)

    @cached_property
    def decisions(self) -> Population:
        """The decisions at risk, all alike."""
        at = np.flatnonzero(self.risk)
        outcome = (self.index.outcome[at] == 1).astype(np.float64)
        alike = Design.of(sparse.csr_array(np.ones((1, 1))))
        return Population(outcome, self.index.letter[at].astype(np.int64), np.zeros(at.size, np.int64), alike)

    @cached_property
    def held(self) -> Held:
        """The decisions at risk with their covariates."""
        cited = self._cited
        if cited is None:
            cited = np.bincount(self.decision, minlength=len(self.index))
        rows = np.flatnonzero(self.risk)
        found = combined(self.index, rows, cited, self.adjust)
        size = np.bincount(found.cell, minlength=found.left.size)
        return held(found, size, self.decisions, found.cell)

    @cached_property
    def place(self) -> NDArray[np.int64]:
        """The place among the decisions at risk of the decision of each pair."""
        return np.asarray((np.cumsum(self.risk) - 1)[self.decision])

    @cached_property
    def by_letter(self) -> sparse.csr_array:
        """How many decisions of each letter (a row) have each key."""
        letters = int(self.index.letter[-1]) + 1 if len(self.index) else 1
        pairs = (self.index.letter[self.decision], self.key)
        return sparse.csr_array((np.ones(self.key.size), pairs), shape=(letters, self.keys))

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """Decisions by key (a row) and outcome."""
        cells = self.key.astype(np.int64) * 3 + self.index.outcome[self.decision]
        return np.bincount(cells, minlength=3 * self.keys).reshape(-1, 3)

    @cached_property
    def letters(self) -> NDArray[np.int64]:
        """How many letters have each key."""
        return np.bincount(self.by_letter.indices, minlength=self.keys)

    @cached_property
    def squares(self) -> NDArray[np.int64]:
        """The squares of how many decisions of a letter have each key, added up."""
        return np.asarray(self.by_letter.multiply(self.by_letter).sum(axis=0)).ravel().astype(np.int64)

    @cached_property
    def tested(self) -> NDArray[np.int64]:
        """The keys that are compared."""
        size = int(self.risk.sum())
        outcome = self.index.outcome[self.risk] == 1
        if not size or outcome.all() or not outcome.any():
            return np.zeros(0, np.int64)
        count = self.counts.sum(1)
        return np.flatnonzero((count >= TESTED) & (count <= size - TESTED))

    @cached_property
    def crude_null(self) -> Null:
        """The model of one rate for all decisions at risk."""
        return Null(self.decisions)

    @cached_property
    def null(self) -> Null:
        """The model of the covariates alone."""
        return Null(self.held.population)

    def _citing(self, population: Population) -> Citing:
        """Which decisions at risk have which of the compared keys."""
        return Citing(population, *compared(self.place, self.key, self.tested, self.keys), self.tested.size)

    @cached_property
    def citing(self) -> Citing:
        """Which decisions at risk have which of the compared keys, beside their covariates."""
        return self._citing(self.held.population)

    @cached_property
    def scores(self) -> Scores:
        """What each compared key adds to the covariates."""
        return Scores(self.null, self.citing)

    @cached_property
    def odds(self) -> Odds:
        """Adjusted odds ratios and differences of the compared keys."""
        return odds(self.scores)

    @cached_property
    def crude_scores(self) -> Scores:
        """What each compared key adds to one rate for all."""
        return Scores(self.crude_null, self._citing(self.crude_null.population))

    def figures(self, meanwhile: Callable[[], Asked]) -> tuple[dict[str, Numbers], Asked]:
        """All figures of every key, and what ``meanwhile`` answers; two threads share the work."""
        keep_freed_memory()
        with ThreadPoolExecutor(1) as second:
            if self.tested.size:
                beside = second.submit(self._of_letters)
                self._number_cells()
                beside.result()
                counted = second.submit(self._count_cells)
                _ = self.held, counted.result()  # what both threads go on from
                second.submit(self._prepared)
            plain = second.submit(lambda: self.rates() | self.crude())
            if self.tested.size:
                _ = self.null.correlation, plain.result()  # after what the same thread prepared
                _ = self.scores.variance
            adjusted = second.submit(self.adjusted)
            if self.tested.size:
                _ = self.scores.z
            answer = meanwhile()
            return plain.result() | adjusted.result(), answer

    def _of_letters(self) -> None:
        """Find what decisions have other decisions beside them."""
        _ = self.decisions.place, self.decisions.many

    def _number_cells(self) -> None:
        """Number the cells, where they are prepared."""

    def _count_cells(self) -> None:
        """Count what needs nothing but the decisions, where it is counted."""

    def _prepared(self) -> None:
        """Count what the keys' variances are sums of."""
        if self.crude_null.correlation:  # as a rule, there is then some beside covariates too
            _ = self.citing.others

    def rates(self) -> dict[str, Numbers]:
        """The rate of overturned decisions of every key, with its interval."""
        count, overturned = self.counts.sum(1).astype(np.float64), self.counts[:, 1].astype(np.float64)
        effect = self.design_effect()
        low, high = intervals.wilson(overturned / effect, count / effect)
        return {"overturn_rate": intervals.ratio(overturned, count), "rate_low": low, "rate_high": high}

    def unlike(self) -> Numbers:
        """The q-value of every compared key: that its decisions end like the others, nothing held equal."""
        out = np.full(self.keys, np.nan)
        if self.tested.size:
            out[self.tested] = intervals.benjamini_hochberg(self.crude_scores.p_value)
        return out

    def design_effect(self) -> Numbers:
        """By how much letters widen the variance of each key's rate.

        Where all decisions ended alike nothing tells how alike those of one letter are: they are taken for
        wholly alike.
        """
        outcome, count = self.index.outcome[self.risk] == 1, self.counts.sum(1)
        alike = 1.0 if outcome.all() or not outcome.any() else self.crude_null.correlation
        return np.asarray(1 + alike * (self.squares / np.maximum(count, 1) - (count > 0)))

    def crude(self) -> dict[str, Numbers]:
        """The crude odds ratio of every compared key, with its interval."""
        out = {
            name: np.full(self.keys, np.nan) for name in ("odds_ratio", "odds_ratio_low", "odds_ratio_high")
        }
        if not self.tested.size:
            return out
        scores = self.crude_scores
        events = float(scores.null.events.sum())
        whole = intervals.Tables.of(
            scores.events.astype(np.float64), scores.count, events, float(self.risk.sum())
        )
        effect = np.maximum(scores.design_effect, 1e-3)
        parts = (whole.both / effect, whole.exposed / effect, whole.events / effect, whole.size / effect)
        low, high = intervals.score_interval(intervals.Tables(*parts))
        for name, values in zip(out, (whole.odds_ratio(), low, high), strict=True):
            out[name][self.tested] = values
        return out

    def adjusted(self) -> dict[str, Numbers]:
        """The difference in percentage points and the odds ratio at equal covariates, p and q, overlap."""
        names = (
            *("difference", "difference_low", "difference_high", "adjusted_odds_ratio"),
            *("adjusted_low", "adjusted_high", "p_value", "q_value", "overlap"),
        )
        out = {name: np.full(self.keys, np.nan) for name in names}
        if not self.tested.size:
            return out
        found, scores = self.odds, self.scores
        apart = np.where(np.isnan(found.difference), np.nan, 1.0)
        p_value = scores.p_value * apart
        values = (
            *(100 * part for part in (found.difference, found.difference_low, found.difference_high)),
            *(found.odds, found.odds_low, found.odds_high),
            *(p_value, intervals.benjamini_hochberg(p_value), np.clip(scores.overlap, 0, 1)),
        )
        for name, part in zip(out, values, strict=True):
            out[name][self.tested] = part
        return out

    @cached_property
    def _effects(self) -> tuple[Null, tuple[CredibleSet, ...]]:
        """The null model and the sets that tell the outcomes best together.

        What kinds of service seem to differ by may be the effects of pages that are cited for them, and the
        other way round: of several spreads of the kinds the likeliest is taken, together with the effects
        that are found beside it.
        """
        if not self.null.drawn.size:
            return self.null, self._found(self.null)[1]
        best, most = -np.inf, np.inf
        found: tuple[Null, tuple[CredibleSet, ...]] = (self.null, ())
        for spread in _SPREADS:
            null = Null(self.held.population, spread, self.null.gamma)
            if null.evidence + most <= best:
                continue
            strength, sets = self._found(null)
            most = min(most, strength)
            if null.evidence + strength > best:
                best, found = null.evidence + strength, (null, sets)
        return found

    def _found(self, null: Null) -> tuple[float, tuple[CredibleSet, ...]]:
        """How much single effects add to the evidence of a null model, and their credible sets."""
        scores = Scores(null, self.citing)
        usable = np.flatnonzero(scores.overlap < TOLD)
        if not usable.size:
            return 0.0, ()
        covariance = scores.covariance()[np.ix_(usable, usable)]
        spread = np.sqrt(np.maximum(np.diag(covariance), 1e-12))
        correlation = covariance / spread[:, None] / spread[None, :]
        fitted = single_effects(scores.z[usable], correlation, scores.information[usable])
        return float(fitted.strength.sum()), tuple(
            CredibleSet(self.tested[usable[one.keys]], one.probability, one.strength, one.purity)
            for one in credible_sets(fitted, correlation)
        )

    def sets(self) -> tuple[CredibleSet, ...]:
        """The credible sets among the compared keys, which they number."""
        return self._effects[1] if self.tested.size else ()

    def beside(self, keys: list[int]) -> Odds:
        """The odds ratios of some keys in one model, beside one another and the covariates."""
        parts = [self._beside(key, [other for other in keys if other != key]) for key in keys]
        names = ("odds", "odds_low", "odds_high", "difference", "difference_low", "difference_high")
        return Odds(*(np.array([getattr(part, name)[0] for part in parts]) for name in names))

    def _beside(self, key: int, others: list[int]) -> Odds:
        population = self.held.population
        null = self._effects[0]
        if others:
            cell, design, drawn = population.cell, population.design, population.drawn
            for other in others:
                has = np.zeros(cell.size, np.int64)
                has[self.place[self.key == other]] = 1
                design, cell = design.beside(cell, has)
                drawn = None if drawn is None else np.append(drawn, False)
            spread = 1 / float(null.ridge[null.drawn[0]]) if null.drawn.size else None
            null = Null(population.divided(cell, design, drawn), spread)
        place = self.place[self.key == key]
        return odds(Scores(null, Citing(null.population, place, np.zeros(place.size, np.int64), 1)))

    def coincidences(self) -> dict[int, str]:
        """Of keys that nearly coincide with a covariate, a sentence that says so."""
        if not self.tested.size:
            return {}
        scores, design = self.scores, self.held.population.design
        may = np.flatnonzero(scores.overlap > _COINCIDE / 2)
        cells = self.citing.cells[may]
        have = Pairs.of(design, cells).sums(cells.data)
        whole = design.sums(scores.null.size)
        said: dict[int, str] = {}
        for number, inside in zip(may, have, strict=True):
            near = np.minimum(inside / np.maximum(whole, 1), inside / scores.count[number])
            near[0] = 0
            best = int(near.argmax())
            if near[best] >= _COINCIDE:
                said[int(self.tested[number])] = (
                    f"of {int(whole[best]):,} decisions with {self.held.names[best]!r} "
                    f"{int(inside[best]):,} have it"
                )
        return said


def compared(
    place: NDArray[np.int64], key: Ids, tested: NDArray[np.int64], keys: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of pairs of a decision's place and one of ``keys`` those of ``tested`` ones, by their numbers.

    >>> [part.tolist() for part in compared(np.array([0, 0, 1]), np.array([2, 0, 2]), np.array([2]), 3)]
    [[0, 1], [0, 0]]
    """
    number = np.full(keys, -1)
    number[tested] = np.arange(tested.size)
    kept = number[key] >= 0
    return place[kept], number[key[kept]]


def widening(index: Index) -> float:
    """By how much letters widen the variance of a rate of all decisions: for counts that know no letters.

    A decision of few others of its letter is widened too much by it, never too little on the whole.
    """
    if not len(index):
        return 1.0
    every = np.arange(len(index), dtype=np.int32)
    counted = Comparison.counted(index, every, np.zeros(len(index), np.int32), 1)
    return float(counted.design_effect()[0])
