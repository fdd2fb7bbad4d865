"""The two sides of a decision: what the claims administrator cites, what the reviewer cites, how it ended."""

from dataclasses import dataclass, field
from typing import Annotated

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kg.analysis.comparison import TESTED, Comparison
from kg.analysis.covariates import USUAL
from kg.analysis.decisions import OUTCOMES, Cited, Ids, Index, Mask, Valued
from kg.analysis.filters import Filters, check_minimum
from kg.analysis.shown_columns import (
    Column,
    Counted,
    Decisions,
    schema,
    shaped,
)
from kg.model import Party

HELP = (
    "Compares the parties' citations for the same item. The odds ratio shows whether decisions whose "
    "reviewer cites something that the administrator does not are overturned more often, among decisions in "
    "which both parties cite something. It is an association only: a reviewer who finds for the worker may "
    "search further."
)

AGREEMENT = ("same", "overlap", "different", "reviewer only", "administrator only", "neither")
"""How the parties' citations of one item stand to one another."""


@dataclass(frozen=True, slots=True)
class AgreementRow(Counted):
    """How the decisions end in which the parties' citations stand so to one another."""

    agreement: Annotated[str, Column("Agreement", "how the parties' citations compare", "key")]


@dataclass(frozen=True, slots=True)
class GroupAgreementRow(Counted):
    """The same, of the decisions that have one value of a grouping."""

    value: Annotated[str, Column("Value", "value of the grouping", "key")]
    agreement: Annotated[str, Column("Agreement", "how the parties' citations compare", "key")]


@dataclass(frozen=True, slots=True)
class PairRow(Counted):
    """How the decisions end in which one party cites one key and the other another."""

    administrator: Annotated[str, Column("Administrator", "what the claims administrator cites", "key")]
    reviewer: Annotated[str, Column("Reviewer", "what the reviewer cites", "key")]


@dataclass(frozen=True, slots=True)
class SilentRow:
    """How often a party cites nothing of the level."""

    party: Annotated[str, Column("Party", "reviewer or claims_administrator", "key")]
    decisions: Decisions
    silent: Annotated[int, Column("Silent", "of these, those in which the party cites nothing", "count")]


@dataclass(frozen=True, slots=True)
class Effect:
    """Overturning where the reviewer cites something that the administrator does not, against where not.

    ``difference`` is in percentage points, at equal covariates as the adjusted odds ratio; intervals are 95 %
    and have letters as their unit.
    """

    exposed: int
    unexposed: int
    difference: float | None
    difference_low: float | None
    difference_high: float | None
    odds_ratio: float | None
    low: float | None
    high: float | None
    adjusted_odds_ratio: float | None
    adjusted_low: float | None
    adjusted_high: float | None
    p_value: float | None


@dataclass(frozen=True, eq=False)
class Sides:
    """How the citations of the two sides stand to one another, and how the decisions end.

    ``agreement`` has a row for each of :data:`AGREEMENT`, ``pairs`` one for each (administrator's key,
    reviewer's key), ``silent`` one for each party: decisions, and those in which it cites nothing of
    the level. ``groups`` has the rows of ``agreement`` for each value of the grouping that was asked for.
    ``effect`` is ``None`` where fewer than :data:`~kg.analysis.comparison.TESTED` have or lack the
    difference; ``notes`` then says so. ``minimum`` is the least number of decisions of the pairs and groups
    that are shown.
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
    groups: pl.DataFrame = field(repr=False)
    notes: tuple[str, ...] = ()

    def to_frame(self) -> pl.DataFrame:
        """The table of agreement with outcomes."""
        return self.agreement


def sides(
    index: Index,
    level: str = "page",
    filters: Filters | None = None,
    minimum: int = 10,
    grouping: Valued | None = None,
) -> Sides:
    """Compare what the two parties cite, decision by decision; by a ``grouping``, for each of its values.

    Raises:
        UnknownError: there is no such level or filter value; the sentence names the nearest.
        SettingError: ``minimum`` is less than 1.
    """
    check_minimum(minimum)
    wanted = index.resolved(filters or Filters())
    chosen = index.chosen(wanted, "any")
    everything = np.ones(len(index), bool) if chosen is None else chosen
    ours, theirs, both = (index.cited(level, party).within(chosen) for party in _PARTIES)
    reviewer, administrator, shared = (_number(index, cited) for cited in (ours, theirs, both))
    kind = _kind(reviewer, administrator, shared)
    comparable = everything & (reviewer > 0) & (administrator > 0)
    either = (reviewer + administrator - shared)[comparable]
    effect, why = _effect(index, comparable, reviewer > shared)
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
            },
            schema(SilentRow),
        ),
        effect,
        float((shared[comparable] / either).mean()) if either.size else None,
        _groups(index, kind, grouping.within(chosen) if grouping else None, minimum),
        (*index.notes(wanted, "any"), *why, *index.left_out),
    )


_PARTIES = (Party.REVIEWER.value, Party.CLAIMS_ADMINISTRATOR.value, "both")
_Counts = NDArray[np.int64]


def agreement(index: Index, level: str) -> NDArray[np.int64]:
    """The place in :data:`AGREEMENT` of each decision of ``index``: how the parties' citations compare."""
    return _kind(*(_number(index, index.cited(level, party)) for party in _PARTIES))


def _number(index: Index, cited: Cited) -> _Counts:
    """How many things each decision cites."""
    return np.bincount(cited.decision, minlength=len(index))


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
    rows = np.flatnonzero(chosen).astype(np.int32)
    table = with_rates(index, pl.DataFrame({"agreement": AGREEMENT}), rows, kind[rows].astype(np.int32))
    return shaped(AgreementRow, table)


def _groups(index: Index, kind: NDArray[np.int64], grouping: Valued | None, minimum: int) -> pl.DataFrame:
    """The agreement of each value's decisions, in the order of values and agreements."""
    if grouping is None:
        return pl.DataFrame(schema=schema(GroupAgreementRow))
    cell = grouping.value.astype(np.int64) * len(AGREEMENT) + kind[grouping.decision]
    used, row = np.unique(cell, return_inverse=True)
    named = pl.DataFrame(
        {
            "value": [grouping.names[number] for number in used // len(AGREEMENT)],
            "agreement": [AGREEMENT[number] for number in used % len(AGREEMENT)],
        },
        schema={"value": pl.String, "agreement": pl.String},
    )
    table = with_rates(index, named, grouping.decision, row.astype(np.int32))
    return shaped(GroupAgreementRow, table.filter(pl.col("decisions") >= minimum))


def with_rates(
    index: Index, names: pl.DataFrame, decision: Ids, row: Ids, among: Mask | None = None
) -> pl.DataFrame:
    """Beside ``names`` what has been counted of the pairs of decision and row, as in every table.

    Letters, decisions, each outcome, and the rate with its interval, for which letters are the unit. How
    alike the decisions of a letter are is estimated ``among`` these, or else among all that have a row.
    """
    compared = Comparison.counted(index, decision, row, names.height, among)
    counts = {"letters": compared.letters, "decisions": compared.counts.sum(1)}
    counts |= dict(zip(OUTCOMES, compared.counts.T, strict=True))
    figures = [pl.Series(name, values).fill_nan(None) for name, values in compared.rates().items()]
    return names.hstack(pl.DataFrame(counts)).with_columns(figures)


def _pairs(index: Index, theirs: Cited, ours: Cited, minimum: int) -> pl.DataFrame:
    """Outcomes by what the administrator and what the reviewer cites, the commonest pairs first."""
    sides = [
        pl.LazyFrame({"decision": cited.decision, name: cited.key})
        for name, cited in (("administrator", theirs), ("reviewer", ours))
    ]
    both = ("administrator", "reviewer")
    joined = sides[0].join(sides[1], on="decision")
    joined = joined.sort("decision", *both)
    found = joined.with_columns(row=pl.struct(both).rank("dense") - 1).collect()
    kinds = found.unique("row").sort("row")
    names = kinds.select(
        theirs.keys["key"].gather(kinds["administrator"]).alias("administrator"),
        ours.keys["key"].gather(kinds["reviewer"]).alias("reviewer"),
    )
    table = with_rates(index, names, found["decision"].to_numpy(), found["row"].cast(pl.Int32).to_numpy())
    table = table.filter(pl.col("decisions") >= minimum)
    ordered = table.sort("decisions", "administrator", "reviewer", descending=[True, False, False])
    return shaped(PairRow, ordered)


def _effect(index: Index, comparable: Mask, other: Mask) -> tuple[Effect | None, list[str]]:
    """The effect, or why there is none."""
    exposed = np.flatnonzero(other & comparable).astype(np.int32)
    unexposed = int(comparable.sum()) - exposed.size
    equal = tuple(name for name in USUAL if name != "keys")
    compared = Comparison(index, comparable, exposed, np.zeros(exposed.size, np.int32), 1, equal)
    if not compared.tested.size:
        ended = np.unique(index.outcome[comparable] == 1)
        few = (
            f"of {int(comparable.sum()):,} decisions in which both parties cite something, the reviewer "
            f"cites more in {exposed.size:,}"
        )
        why = (
            f"and each group needs {TESTED}"
            if min(exposed.size, unexposed) < TESTED
            else f"and {'all' if ended.all() else 'none'} are overturned"
        )
        return None, [f"{few}, {why}: no comparison"]
    found = compared.crude() | compared.adjusted()
    names = (
        *("difference", "difference_low", "difference_high", "odds_ratio", "odds_ratio_low"),
        *("odds_ratio_high", "adjusted_odds_ratio", "adjusted_low", "adjusted_high", "p_value"),
    )
    figures = [float(found[name][0]) if np.isfinite(found[name][0]) else None for name in names]
    return Effect(exposed.size, unexposed, *figures), []
