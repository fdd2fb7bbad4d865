"""What relates one decision to another: the kinds of evidence, what each weighs, and how it is read.

The weights are set by what a kind tells, not fitted. What is requested counts whole; what follows from it
(a category from its subcategory) or refines it (a side) by half; page, section and chapter tell of one
citation, and each counts a quarter; so does a condition; the rest of the clinical situation, the grounds
that the reviewer states and the reviewer's specialty tell less of the request.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import polars as pl

from kg.analysis.decisions import Ids, Index
from kg.model import Party

REQUEST, CITATION, CLINICAL, REVIEW = "request", "citation", "clinical", "review"


class Pairs(NamedTuple):
    """Which decision has which value: decision ``decision[i]`` has ``values[value[i]]``."""

    decision: Ids
    value: Ids
    values: list[str]


class Kind(NamedTuple):
    """A kind of feature; ``pending`` ones are known before a review."""

    name: str
    evidence: str
    weight: float
    pending: bool
    read: Callable[[Index], Pairs]


def _column(name: str) -> Callable[[Index], Pairs]:
    def read(index: Index) -> Pairs:
        found = index.valued(name)
        return Pairs(found.decision, found.value, list(found.names))

    return read


def _cited(level: str, party: Party) -> Callable[[Index], Pairs]:
    def read(index: Index) -> Pairs:
        found = index.cited(level, party.value)
        return Pairs(found.decision, found.key, found.keys["key"].to_list())

    return read


def _computed(*columns: str, by: Callable[[], pl.Expr]) -> Callable[[Index], Pairs]:
    """Pairs of an expression over some columns; a decision for which it is null has none."""

    def read(index: Index) -> Pairs:
        rows = index.columns(*columns).select(value=by()).with_row_index("decision")
        if isinstance(rows.schema["value"], pl.List):
            rows = rows.explode("value", empty_as_null=True, keep_nulls=True).unique(maintain_order=True)
        rows = rows.drop_nulls()
        names = rows["value"].unique().sort()
        table = pl.DataFrame({"value": names}).with_row_index("place")
        joined = rows.join(table, on="value", how="left", maintain_order="left")
        decision, place = (joined[name].cast(pl.Int32).to_numpy() for name in ("decision", "place"))
        return Pairs(decision, place, names.to_list())

    return read


def _parts() -> pl.Expr:
    """The parts that the item names, or else those that were injured, without their sides."""
    named = pl.when(pl.col("body_parts").list.len() > 0).then("body_parts").otherwise("injured_parts")
    return named.list.eval(pl.element().str.split(":").list.first()).list.unique(maintain_order=True)


def _sides() -> pl.Expr:
    return pl.col("body_parts").list.eval(pl.element().filter(pl.element().str.contains(":")))


def _amount() -> pl.Expr:
    """The unit, and the amount to the nearest power of two."""
    power = pl.col("quantity_max").clip(1).log(2).round().cast(pl.Int32)
    near = pl.lit(2).pow(power).cast(pl.Int64).cast(pl.String)
    return pl.when(pl.col("quantity_max") > 0).then(
        pl.format("about {} {}", near, pl.col("quantity_unit").cast(pl.String))
    )


def _injured() -> pl.Expr:
    """The parts that the summary names, without their sides."""
    return (
        pl.col("injured_parts")
        .list.eval(pl.element().str.split(":").list.first())
        .list.unique(maintain_order=True)
    )


def _since_injury() -> pl.Expr:
    """How long the injury lay back: an acute, a subacute, a chronic or an old one."""
    days = (pl.col("decision_date") - pl.col("date_of_injury")).dt.total_days()
    named = pl.lit("more than three years")
    for most, words in reversed(
        ((180, "up to six months"), (365, "up to a year"), (1096, "up to three years"))
    ):
        named = pl.when(days <= most).then(pl.lit(words)).otherwise(named)
    return pl.when(days >= 0).then(named)


def _age() -> pl.Expr:
    decade = (pl.col("age") // 10 * 10).cast(pl.String)
    return pl.when(pl.col("age").is_not_null()).then(pl.concat_str(decade, pl.lit("s")))


KINDS = (
    Kind("category", REQUEST, 1 / 2, True, _column("category")),
    Kind("subcategory", REQUEST, 1, True, _column("subcategory")),
    Kind("drug_class", REQUEST, 1, True, _column("drug_class")),
    Kind("drug", REQUEST, 1, True, _column("drug")),
    Kind("body_part", REQUEST, 1, True, _computed("body_parts", "injured_parts", by=_parts)),
    Kind("side", REQUEST, 1 / 2, True, _computed("body_parts", by=_sides)),
    Kind("quantity", REQUEST, 1 / 4, True, _computed("quantity_max", "quantity_unit", by=_amount)),
    *(
        Kind(f"{name}_{level}", CITATION, 1 / 4, name == "denial", _cited(level, party))
        for name, party in (("denial", Party.CLAIMS_ADMINISTRATOR), ("reviewer", Party.REVIEWER))
        for level in ("page", "section", "chapter")
    ),
    Kind("condition", CLINICAL, 1 / 4, True, _column("conditions")),
    Kind("injured_part", CLINICAL, 1 / 8, True, _computed("injured_parts", by=_injured)),
    Kind("earlier_treatment", CLINICAL, 1 / 8, True, _column("earlier_treatments")),
    Kind(
        "since_injury", CLINICAL, 1 / 16, True, _computed("decision_date", "date_of_injury", by=_since_injury)
    ),
    Kind("age", CLINICAL, 1 / 16, True, _computed("age", by=_age)),
    Kind("ground", REVIEW, 1 / 8, False, _column("grounds")),
    Kind("specialty", REVIEW, 1 / 16, False, _column("specialties")),
)
"""Every kind of feature, the request's first."""

NAMES = tuple(kind.name for kind in KINDS)
KIN = ("subcategory", "drug_class")
"""What two requests of one kind share at least one of."""


def kinds_of(mode: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which of :data:`KINDS` count in a mode."""
    return np.array([kind.pending or mode == "precedent" for kind in KINDS])
