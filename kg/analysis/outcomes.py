"""Who decides what and how: specialties by service, drift by year and edition, quantities against limits."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from kg.analysis.decisions import Index, Mask
from kg.analysis.filters import Filters, choose
from kg.analysis.sides import with_rates

SERVICES = ("category", "subcategory", "drug_class", "drug")
DRIFT = ("year", "edition")


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Outcomes by some columns: ``by`` names them, ``table`` counts, with the overturn rate's interval.

    ``notes`` are sentences that a reader needs beside the table.
    """

    by: tuple[str, ...]
    filters: Filters
    table: pl.DataFrame
    notes: tuple[str, ...] = ()

    def to_frame(self) -> pl.DataFrame:
        """The table: the columns of ``by``, decisions, each outcome, overturn rate and its interval."""
        return self.table


def specialties(
    index: Index, service: str = "category", filters: Filters | None = None, minimum: int = 10
) -> Outcomes:
    """Outcomes by the reviewer's specialty and the kind of service; rows with the minimum count.

    A reviewer with two specialties counts for both.

    Raises:
        UnknownError: there is no such kind of service or filter value; the sentence names the nearest.
    """
    choose("kind of service", service, SERVICES)
    wanted = filters or Filters()
    chosen = index.chosen(wanted, "any")
    held, kinds = index.valued("specialties").within(chosen), index.valued(service)
    kind = np.full(len(index), -1)
    kind[kinds.decision] = kinds.value
    served = kind[held.decision] >= 0
    frame = pl.DataFrame(
        {
            "specialty": pl.Series(held.names, dtype=pl.String).gather(held.value[served]),
            service: pl.Series(kinds.names, dtype=pl.String).gather(kind[held.decision][served]),
            "decision": held.decision[served],
        }
    )
    by = ("specialty", service)
    return Outcomes(by, wanted, _counted(index, frame, by, minimum), index.left_out)


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
    names = cited.keys["key"].gather(cited.key)
    frame = pl.DataFrame(
        {
            "year": year.gather(rows),
            "edition": names.extend(pl.Series([None] * int(silent.sum()), dtype=pl.String)),
            "decision": rows,
        }
    )
    table = _counted(index, frame, DRIFT, 1).sort(*DRIFT, nulls_last=True)
    return Outcomes(DRIFT, wanted, table, index.left_out)


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
    by = ("quantity_unit", "requested")
    table = _counted(index, rows.select(unit, requested.alias("requested"), "decision"), by, minimum)
    told = f"{rows.height} decisions tell both what is requested and, in the same unit, what is recommended"
    return Outcomes(by, wanted, table, (told, *index.left_out))


def _mask(index: Index, chosen: Mask | None) -> pl.Series:
    return pl.Series(np.ones(len(index), bool) if chosen is None else chosen)


def _counted(index: Index, frame: pl.DataFrame, by: tuple[str, ...], minimum: int) -> pl.DataFrame:
    """The rows of ``frame``, each a decision with what it is counted by, as a table with rates."""
    kept = frame.with_columns(size=pl.len().over(by)).filter(pl.col("size") >= minimum).sort("decision")
    kept = kept.with_columns(row=pl.struct(by).rank("dense") - 1)
    names = kept.unique("row").sort("row").select(by)
    table = with_rates(index, names, kept["decision"].to_numpy(), kept["row"].cast(pl.Int32).to_numpy())
    return table.sort("decisions", *by, descending=[True] + [False] * len(by), nulls_last=True)
