"""The two sides of a decision: what the claims administrator cites, what the reviewer cites, how it ended."""

from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kg.analysis.covariates import adjusting
from kg.analysis.decisions import OUTCOMES, Cited, Index, Mask
from kg.analysis.filters import Filters
from kg.model import Party
from kg.statistics import intervals
from kg.statistics.penalised import fit

HELP = (
    "The parties' citations of one item are compared by what they share. The odds ratio says whether "
    "decisions whose reviewer cites something that the administrator does not end more often as overturned, "
    "among those in which both cite something: an association only, for a reviewer who finds for the worker "
    "may look further."
)

AGREEMENT = ("same", "overlap", "different", "reviewer only", "administrator only", "neither")
"""How the parties' citations of one item stand to one another."""


@dataclass(frozen=True, slots=True)
class Effect:
    """Odds ratios of overturning where the reviewer cites something that the administrator does not."""

    exposed: int
    unexposed: int
    odds_ratio: float | None
    low: float | None
    high: float | None
    mh_odds_ratio: float | None
    mh_low: float | None
    mh_high: float | None
    adjusted_odds_ratio: float | None
    adjusted_low: float | None
    adjusted_high: float | None


@dataclass(frozen=True, eq=False)
class Sides:
    """How the citations of the two sides stand to one another, and how the decisions end.

    ``agreement`` has a row for each of :data:`AGREEMENT`, ``pairs`` one for each (administrator's key,
    reviewer's key), ``silent`` one for each party: decisions, and those in which it cites nothing of
    the level. ``effect`` is ``None`` where fewer than the minimum count have or lack the difference.
    """

    level: str
    filters: Filters
    minimum: int
    agreement: pl.DataFrame
    pairs: pl.DataFrame = field(repr=False)
    silent: pl.DataFrame
    effect: Effect | None
    same_share: float | None
    """The mean over decisions in which both cite of what both cite among what either cites."""

    def to_frame(self) -> pl.DataFrame:
        """The table of agreement with outcomes."""
        return self.agreement


def sides(index: Index, level: str = "page", filters: Filters | None = None, minimum: int = 10) -> Sides:
    """Compare what the two parties cite, decision by decision.

    Raises:
        UnknownError: there is no such level or filter value; the sentence names the nearest.
    """
    wanted = filters or Filters()
    chosen = index.chosen(wanted, "any")
    everything = np.ones(len(index), bool) if chosen is None else chosen
    ours, theirs, both = (index.cited(level, party).within(chosen) for party in _PARTIES)
    reviewer, administrator, shared = (
        np.bincount(cited.decision, minlength=len(index)) for cited in (ours, theirs, both)
    )
    kind = _kind(reviewer, administrator, shared)
    comparable = everything & (reviewer > 0) & (administrator > 0)
    either = (reviewer + administrator - shared)[comparable]
    return Sides(
        level,
        wanted,
        minimum,
        _agreement(index, kind, everything),
        _pairs(index, theirs, ours, minimum),
        pl.DataFrame(
            {
                "party": [Party.REVIEWER.value, Party.CLAIMS_ADMINISTRATOR.value],
                "decisions": [int(everything.sum())] * 2,
                "silent": [int((everything & (count == 0)).sum()) for count in (reviewer, administrator)],
            }
        ),
        _effect(index, comparable, reviewer > shared, minimum),
        float((shared[comparable] / either).mean()) if either.size else None,
    )


_PARTIES = (Party.REVIEWER.value, Party.CLAIMS_ADMINISTRATOR.value, "both")
_Counts = NDArray[np.int64]


def _kind(reviewer: _Counts, administrator: _Counts, shared: _Counts) -> NDArray[np.int64]:
    """The place in :data:`AGREEMENT` of each decision."""
    tests = (
        (reviewer > 0) & (shared == reviewer) & (shared == administrator),
        shared > 0,
        (reviewer > 0) & (administrator > 0),
        reviewer > 0,
        administrator > 0,
    )
    return np.select(tests, range(len(tests)), len(tests))


def _agreement(index: Index, kind: NDArray[np.int64], chosen: Mask) -> pl.DataFrame:
    cells = np.bincount(kind[chosen] * 3 + index.outcome[chosen], minlength=3 * len(AGREEMENT)).reshape(-1, 3)
    return with_rates(pl.DataFrame({"agreement": AGREEMENT}), cells)


def with_rates(names: pl.DataFrame, cells: NDArray[np.int64]) -> pl.DataFrame:
    """Beside ``names`` the decisions, each outcome's count, and the overturn rate with its interval."""
    size, overturned = cells.sum(1).astype(np.float64), cells[:, 1].astype(np.float64)
    low, high = intervals.wilson(overturned, size)
    rates = {"overturn_rate": intervals.ratio(overturned, size), "rate_low": low, "rate_high": high}
    counts = {"decisions": cells.sum(1)} | dict(zip(OUTCOMES, cells.T, strict=True))
    figures = [pl.Series(name, values).fill_nan(None) for name, values in rates.items()]
    return names.hstack(pl.DataFrame(counts)).with_columns(figures)


def _pairs(index: Index, theirs: Cited, ours: Cited, minimum: int) -> pl.DataFrame:
    """Outcomes by what the administrator and what the reviewer cites, the commonest pairs first."""
    sides = [
        pl.LazyFrame({"decision": cited.decision, name: cited.key})
        for name, cited in (("administrator", theirs), ("reviewer", ours))
    ]
    decided = pl.LazyFrame({"decision": np.arange(len(index), dtype=np.int32), "outcome": index.outcome})
    counted = (
        sides[0]
        .join(sides[1], on="decision")
        .join(decided, on="decision")
        .group_by("administrator", "reviewer")
        .agg(*((pl.col("outcome") == code).sum().alias(name) for code, name in enumerate(OUTCOMES)))
        .filter(pl.sum_horizontal(OUTCOMES) >= minimum)
        .collect()
    )
    names = counted.select(
        theirs.keys["key"].gather(counted["administrator"]).alias("administrator"),
        ours.keys["key"].gather(counted["reviewer"]).alias("reviewer"),
    )
    table = with_rates(names, counted.select(OUTCOMES).cast(pl.Int64).to_numpy())
    return table.sort("decisions", "administrator", "reviewer", descending=[True, False, False])


def _effect(index: Index, comparable: Mask, other: Mask, minimum: int) -> Effect | None:
    exposed = other[comparable]
    if min(exposed.sum(), (~exposed).sum()) < minimum:
        return None
    overturned = (index.outcome == 1)[comparable]
    counts = np.array([float((exposed & overturned).sum())]), np.array([float(exposed.sum())])
    tables = intervals.Tables.of(*counts, float(overturned.sum()), float(overturned.size))
    low, high = intervals.score_interval(tables)
    figures = [tables.odds_ratio()[0], low[0], high[0], *_pooled(index, comparable, exposed, overturned)]
    figures += [np.nan] * 3
    if 0 < overturned.sum() < overturned.size:
        columns = adjusting(index, comparable, minimum, exposed)
        fitted = fit(columns, overturned, index.letter[comparable].astype(np.int64), 1)
        figures[-3:] = np.exp([fitted.log_odds[0], fitted.low[0], fitted.high[0]])
    finite = [float(value) if np.isfinite(value) else None for value in figures]
    return Effect(int(exposed.sum()), int((~exposed).sum()), *finite)


def _pooled(index: Index, comparable: Mask, exposed: Mask, overturned: Mask) -> list[float]:
    stratum, number = index.strata("category")
    by = [
        np.bincount(stratum[comparable][part], minlength=number).astype(np.float64)
        for part in (exposed & overturned, exposed, overturned, np.ones(exposed.size, bool))
    ]
    pooled = intervals.mantel_haenszel(by[0][None], by[1][None], by[2], by[3])
    return [float(part[0]) for part in (pooled.odds_ratio, pooled.low, pooled.high)]
