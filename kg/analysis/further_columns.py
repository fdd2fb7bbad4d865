"""What letters state beside the columns of the index: their dates, and on what each party relies."""

from collections.abc import Callable, Sequence

import polars as pl

from kg.errors import UnknownError
from kg.model import Party

LETTER_DATES = ("date_assigned", "ur_denial_date", "application_received")
"""Columns of the table of determinations."""
BASES = {f"basis_{party.value}": party for party in Party}
"""A column for each party: the kind of source that it relied on for the decision's item."""
OF_ITEMS = (
    "associated_surgical_service",
    "retrospective",
    "refills_max",
    "frequency_max",
    "period_min",
    "period_unit",
)
"""Columns of the facts that the index does not keep."""
FURTHER = (*LETTER_DATES, *BASES, *OF_ITEMS)

Scan = Callable[[], pl.LazyFrame]


def further_columns(
    reading: Callable[[Sequence[str]], pl.DataFrame],
    decided: Callable[[], pl.DataFrame],
    facts: Scan,
    letters: Scan | None,
    names: Sequence[str],
) -> pl.DataFrame:
    """Columns of an index's decisions; those of :data:`FURTHER` are read from the base's tables.

    ``decided`` has each decision's case and item.

    Raises:
        UnknownError: a date is asked for where there is no table of letters.
    """
    own = [name for name in names if name not in FURTHER]
    if len(own) == len(names):
        return reading(names)
    # Views of mapped files have no order to rely on: each decision's row is joined by case and item.
    keys = decided()
    found = [reading(own)] if own else []
    if dates := [name for name in names if name in LETTER_DATES]:
        if letters is None:
            raise UnknownError("the dates of letters are not at hand")
        table = letters().select("case", *dates).collect().unique("case")
        found.append(keys.select("case").join(table, on="case", how="left", maintain_order="left")[dates])
    for name in names:
        if name in BASES or name in OF_ITEMS:
            rows = facts()
            if name in BASES:
                rows = rows.filter(pl.col("party") == BASES[name].value)
            column = pl.col("basis" if name in BASES else name).alias(name)
            table = rows.select("case", "item", column).collect().unique(["case", "item"])
            found.append(
                keys.join(table, on=["case", "item"], how="left", maintain_order="left").select(name)
            )
    return pl.concat(found, how="horizontal").select(names)
