"""How decisions end by what they have: a specialty, a service, a drug, a body part, a licence, a year.

Also drift by year and edition, and quantities against limits. Letters are the unit of every interval.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import polars as pl

from kg.analysis.decisions import PARTIES, Index, Mask, Valued, places
from kg.analysis.filters import FILTERS, Filter, Filters, check_minimum, choose
from kg.analysis.filters.ranges import DAYS, NUMBERS, YEARS
from kg.analysis.shown_columns import (
    Column,
    Counted,
    names,
    shaped,
)
from kg.analysis.sides import with_rates
from kg.errors import SettingError

GROUPINGS: Mapping[str, Filter] = {
    name: one for name, one in FILTERS.items() if one.columns and one.kind not in (DAYS, NUMBERS)
}
"""What outcomes are counted by: a row counts what the filter of the same name keeps with its value.

Days and numbers are no groups: each would be a row of few decisions.
"""
KINDS = (*GROUPINGS, "drift", "quantities")
"""What :func:`outcomes` counts by: a grouping, year and edition, or quantities against limits."""

HELP = (
    "Counts of the decisions under the filters, one row per value; a decision with several values, such as "
    "a reviewer with two specialties, counts for each. 95 % intervals treat the letter as the unit. Rates "
    "are not adjusted: services, years and reviewers differ together. For comparisons adjusted for "
    "covariates, see the associations of guidelines with outcomes (drivers)."
)
"""What a reader has to know about the tables."""


@dataclass(frozen=True, slots=True)
class GroupRow(Counted):
    """How the decisions end that have one value, or one value and another across it."""

    value: Annotated[str, Column("Value", "value of the grouping", "key")]
    across: Annotated[str | None, Column("Across", "value of the second grouping, if any", "key")]


@dataclass(frozen=True, slots=True)
class DriftRow(Counted):
    """How the decisions of one year end in which the party cites one edition, or none."""

    year: Annotated[int | None, Column("Year", "year of the decision", "key")]
    edition: Annotated[
        str | None, Column("Edition", "edition that the party cites; none: it cites none", "key")
    ]


@dataclass(frozen=True, slots=True)
class QuantityRow(Counted):
    """How the decisions end whose requested quantity stands so to the recommended one."""

    quantity_unit: Annotated[str, Column("Unit", "unit of both quantities", "key")]
    requested: Annotated[
        str, Column("Requested", "within the recommended quantity, up to twice or more than twice", "key")
    ]


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Outcomes by the keys of ``row``, the type of the table's rows.

    ``title`` says in words what is counted by, ``notes`` are sentences that a reader needs beside the table.
    """

    row: type
    filters: Filters
    table: pl.DataFrame
    title: str
    notes: tuple[str, ...] = ()

    def to_frame(self) -> pl.DataFrame:
        """The table: what is counted by, letters, decisions, each outcome, overturn rate and its interval."""
        return self.table


def outcomes(
    index: Index,
    by: str,
    across: str | None = None,
    party: str = "reviewer",
    filters: Filters | None = None,
    minimum: int = 10,
) -> Outcomes:
    """Outcomes by one of :data:`KINDS`; by a grouping, ``across`` may name a second one.

    Only rows with the ``minimum`` count are reported. ``party`` is the one whose editions ``drift`` counts
    and whose citations the filters on guidelines mean.

    Raises:
        UnknownError: there is no such grouping, party or filter value; the sentence names the nearest.
        SettingError: ``minimum`` is less than 1, or ``across`` is given where it cannot be.
    """
    choose("grouping of outcomes", by, KINDS)
    choose("party", party, PARTIES)
    check_minimum(minimum)
    if across is not None:
        choose("grouping", across, tuple(GROUPINGS))
        if across == by or by not in GROUPINGS:
            raise SettingError(f"outcomes by {by} cannot be counted across {across}")
    wanted = index.resolved(filters or Filters())
    if by == "drift":
        return drift(index, party, wanted, minimum)
    if by == "quantities":
        return quantities(index, party, wanted, minimum)
    return _grouped(index, by, across, party, wanted, minimum)


def grouped(index: Index, by: str, chosen: Mask | None = None) -> Valued:
    """The decisions and their values of one of :data:`GROUPINGS`, of those ``chosen``.

    A value is what the filter of the same name takes: a body part without its side has the decisions of
    every side.
    """
    one = GROUPINGS[by]
    found: list[tuple[pl.Series, pl.Series]] = []
    for column in one.columns:
        valued = index.valued(column).within(chosen)
        groups = [one.choices([name]) for name in valued.names]
        width = np.array([len(group) for group in groups], np.int64)
        flat = pl.Series([value for group in groups for value in group], dtype=pl.String)
        start = np.cumsum(width) - width
        times = width[valued.value]
        at = np.repeat(start[valued.value] - (np.cumsum(times) - times), times) + np.arange(times.sum())
        found.append((pl.Series(np.repeat(valued.decision, times)), flat.gather(at)))
    decision, value = (pl.concat([pair[part] for pair in found]) for part in (0, 1))
    pairs = pl.DataFrame({"decision": decision, "value": value}).unique().sort("decision", "value")
    known = pairs["value"].unique().sort()
    number = places(pairs["value"], known)
    return Valued(pairs["decision"].cast(pl.Int32).to_numpy(), number, tuple(known))


def grouping(index: Index, by: str | None) -> Valued | None:
    """The values of one of :data:`GROUPINGS`, none without a name.

    Raises:
        ChoiceError: there is no such grouping; the sentence names the nearest.
    """
    return None if by is None else grouped(index, choose("grouping", by, tuple(GROUPINGS)))


def _grouped(
    index: Index, by: str, across: str | None, party: str, wanted: Filters, minimum: int
) -> Outcomes:
    chosen = index.chosen(wanted, party)
    frame, notes = None, []
    for name, column in ((by, "value"), (across, "across")):
        if name is None:
            continue
        found = grouped(index, name, chosen)
        values = pl.Series(found.names, dtype=pl.String).gather(found.value)
        part = pl.DataFrame({"decision": found.decision, column: values})
        frame = part if frame is None else frame.join(part, on="decision")
        notes += _without(index, name, chosen, found)
    assert frame is not None  # by is given
    if across is None:
        frame = frame.with_columns(across=pl.lit(None, pl.String))
    table, hidden = _counted(index, frame, GroupRow, minimum)
    if GROUPINGS[by].kind is YEARS:
        table = table.sort("value", "decisions", "across", descending=[False, True, False])
    words = [name.replace("_", " ") for name in (by, across) if name]
    notes = [*index.notes(wanted, party), *notes, *hidden, *index.left_out]
    return Outcomes(GroupRow, wanted, table, " and ".join(words), tuple(notes))


def _without(index: Index, name: str, chosen: Mask | None, found: Valued) -> list[str]:
    """A sentence on the decisions that have no value."""
    left = np.ones(len(index), bool) if chosen is None else chosen.copy()
    left[found.decision] = False
    if not left.any():
        return []
    decisions, letters = int(left.sum()), int(np.unique(index.letter[left]).size)
    told = f"{decisions:,} decision{'s' * (decisions != 1)} in {letters:,} letter{'s' * (letters != 1)}"
    return [f"not counted, without a {name.replace('_', ' ')}: {told}"]


def drift(index: Index, party: str, wanted: Filters, minimum: int) -> Outcomes:
    """Outcomes by the year of the decision and the edition that a party cites, in time's order.

    Decisions that cite no edition have none; those that cite two count for both.
    """
    chosen = index.chosen(wanted, party)
    cited = index.cited("edition", party).within(chosen)
    year = index.columns("year")["year"]
    everything = np.ones(len(index), bool) if chosen is None else chosen
    silent = everything.copy()
    silent[cited.decision] = False
    rows = np.concatenate((cited.decision, np.flatnonzero(silent)))
    editions = cited.keys["key"].gather(cited.key)
    frame = pl.DataFrame(
        {
            "year": year.gather(rows),
            "edition": editions.extend(pl.Series([None] * int(silent.sum()), dtype=pl.String)),
            "decision": rows,
        }
    )
    table, hidden = _counted(index, frame, DriftRow, minimum)
    table = table.sort("year", "edition", nulls_last=True)
    notes = (*index.notes(wanted, party), *hidden, *index.left_out)
    return Outcomes(DriftRow, wanted, table, "year and edition", notes)


def quantities(index: Index, party: str, wanted: Filters, minimum: int) -> Outcomes:
    """Outcomes by how the requested quantity stands to the recommended one, where both were read in one unit.

    Requested quantities are ``within``, ``to twice`` or ``beyond twice`` the greatest amount that the
    rationale says is recommended.
    """
    amounts = index.columns("quantity_unit", "quantity_max", "recommended_unit", "recommended_max")
    rows = amounts.with_columns(decision=pl.Series(np.arange(len(index), dtype=np.int32)))
    rows = rows.filter(_mask(index, index.chosen(wanted, party)))
    unit = pl.col("quantity_unit").cast(pl.String)
    rows = rows.filter(unit == pl.col("recommended_unit").cast(pl.String), pl.col("recommended_max") > 0)
    share = pl.col("quantity_max") / pl.col("recommended_max")
    requested = pl.lit("beyond twice")
    for most, name in ((2, "to twice"), (1, "within")):
        requested = pl.when(share <= most).then(pl.lit(name)).otherwise(requested)
    counted = rows.select(unit, requested.alias("requested"), "decision")
    table, hidden = _counted(index, counted, QuantityRow, minimum)
    told = f"{rows.height} decisions state both the requested and, in the same unit, the recommended quantity"
    notes = (told, *index.notes(wanted, party), *hidden, *index.left_out)
    return Outcomes(QuantityRow, wanted, table, "requested against recommended quantity", notes)


def _mask(index: Index, chosen: Mask | None) -> pl.Series:
    return pl.Series(np.ones(len(index), bool) if chosen is None else chosen)


def _counted(index: Index, frame: pl.DataFrame, row: type, minimum: int) -> tuple[pl.DataFrame, list[str]]:
    """The rows of ``frame``, each a decision with what it is counted by, as a table with rates.

    Rows with fewer decisions than the ``minimum`` are left out, and a sentence says how many they are.
    """
    by = names(row, "key")
    whole = frame.with_columns(row=pl.struct(by).rank("dense") - 1).sort("decision")
    keys = whole.unique("row").sort("row").select(by)
    table = with_rates(index, keys, whole["decision"].to_numpy(), whole["row"].cast(pl.Int32).to_numpy())
    shown = shaped(row, table).filter(pl.col("decisions") >= minimum)
    hidden = table.height - shown.height
    rows = "1 row" if hidden == 1 else f"{hidden:,} rows"
    said = [f"not shown (fewer than {minimum:,} decisions): {rows}"] if hidden else []
    return shown.sort("decisions", *by, descending=[True] + [False] * len(by), nulls_last=True), said
