"""Who decides what and how: specialties by service, drift by year and edition, quantities against limits."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import polars as pl

from kg.analysis.columns import (
    Column,
    Counted,
    names,
    shaped,
)
from kg.analysis.decisions import Index, Mask
from kg.analysis.filters import Filters
from kg.analysis.sides import with_rates


@dataclass(frozen=True, slots=True)
class SpecialtyRow(Counted):
    """How the decisions of reviewers of one specialty on one category of service end."""

    specialty: Annotated[str, Column("Specialty", "the reviewer's specialty", "key")]
    category: Annotated[str, Column("Category", "category of service", "key")]


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
        str, Column("Requested", "within, to twice or beyond twice what is recommended", "key")
    ]


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Outcomes by the keys of ``row``, the type of the table's rows.

    ``notes`` are sentences that a reader needs beside the table.
    """

    row: type
    filters: Filters
    table: pl.DataFrame
    notes: tuple[str, ...] = ()

    @property
    def by(self) -> tuple[str, ...]:
        """What is counted by."""
        return names(self.row, "key")

    def to_frame(self) -> pl.DataFrame:
        """The table: the columns of ``by``, decisions, each outcome, overturn rate and its interval."""
        return self.table


def specialties(index: Index, filters: Filters | None = None, minimum: int = 10) -> Outcomes:
    """Outcomes by the reviewer's specialty and the category of service; rows with the minimum count.

    A reviewer with two specialties counts for both.

    Raises:
        UnknownError: there is no such filter value; the sentence names the nearest.
    """
    wanted = filters or Filters()
    chosen = index.chosen(wanted, "any")
    held, kinds = index.valued("specialties").within(chosen), index.valued("category")
    kind = np.full(len(index), -1)
    kind[kinds.decision] = kinds.value
    served = kind[held.decision] >= 0
    frame = pl.DataFrame(
        {
            "specialty": pl.Series(held.names, dtype=pl.String).gather(held.value[served]),
            "category": pl.Series(kinds.names, dtype=pl.String).gather(kind[held.decision][served]),
            "decision": held.decision[served],
        }
    )
    return Outcomes(SpecialtyRow, wanted, _counted(index, frame, SpecialtyRow, minimum), index.left_out)


def drift(index: Index, party: str = "reviewer", filters: Filters | None = None) -> Outcomes:
    """Outcomes by the year of the decision and the edition that a party cites, in time's order.

    Decisions that cite no edition have none; those that cite two count for both.

    Raises:
        UnknownError: there is no such party or filter value; the sentence names the nearest.
    """
    wanted = filters or Filters()
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
    table = _counted(index, frame, DriftRow, 1).sort("year", "edition", nulls_last=True)
    return Outcomes(DriftRow, wanted, table, index.left_out)


def quantities(index: Index, filters: Filters | None = None, minimum: int = 10) -> Outcomes:
    """Outcomes by how the requested quantity stands to the recommended one, where both were read in one unit.

    Requested quantities are ``within``, ``to twice`` or ``beyond twice`` the greatest amount that the
    rationale says is recommended.

    Raises:
        UnknownError: there is no such filter value; the sentence names the nearest.
    """
    wanted = filters or Filters()
    amounts = index.columns("quantity_unit", "quantity_max", "recommended_unit", "recommended_max")
    rows = amounts.with_columns(decision=pl.Series(np.arange(len(index), dtype=np.int32)))
    rows = rows.filter(_mask(index, index.chosen(wanted, "any")))
    unit = pl.col("quantity_unit").cast(pl.String)
    rows = rows.filter(unit == pl.col("recommended_unit").cast(pl.String), pl.col("recommended_max") > 0)
    share = pl.col("quantity_max") / pl.col("recommended_max")
    requested = pl.lit("beyond twice")
    for most, name in ((2, "to twice"), (1, "within")):
        requested = pl.when(share <= most).then(pl.lit(name)).otherwise(requested)
    counted = rows.select(unit, requested.alias("requested"), "decision")
    table = _counted(index, counted, QuantityRow, minimum)
    told = f"{rows.height} decisions tell both what is requested and, in the same unit, what is recommended"
    return Outcomes(QuantityRow, wanted, table, (told, *index.left_out))


def _mask(index: Index, chosen: Mask | None) -> pl.Series:
    return pl.Series(np.ones(len(index), bool) if chosen is None else chosen)


def _counted(index: Index, frame: pl.DataFrame, row: type, minimum: int) -> pl.DataFrame:
    """The rows of ``frame``, each a decision with what it is counted by, as a table with rates."""
    by = names(row, "key")
    kept = frame.with_columns(size=pl.len().over(by)).filter(pl.col("size") >= minimum).sort("decision")
    kept = kept.with_columns(row=pl.struct(by).rank("dense") - 1)
    keys = kept.unique("row").sort("row").select(by)
    table = with_rates(index, keys, kept["decision"].to_numpy(), kept["row"].cast(pl.Int32).to_numpy())
    return shaped(row, table).sort("decisions", *by, descending=[True] + [False] * len(by), nulls_last=True)
