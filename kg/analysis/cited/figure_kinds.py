"""The kinds of figures that can be cited: what each takes, the letters that it counts, and its values."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import polars as pl

from kg.analysis.columns import names
from kg.analysis.decisions import OUTCOMES, Index, Mask
from kg.analysis.drivers import DriverRow
from kg.analysis.drivers import drivers as driver_table
from kg.analysis.filters import Filters, unknown
from kg.analysis.outcomes import grouping, outcomes
from kg.analysis.sides import AgreementRow, GroupAgreementRow, PairRow, sides, with_rates
from kg.analysis.trends import citing, trends
from kg.errors import ChoiceError

Values = Mapping[str, float | int | str | None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a figure is of: its kind, whose citations count, which decisions, and the row of a table.

    ``row`` names the row of a table (:func:`named`), ``key`` is what the decisions of
    a trend cite, ``by`` and ``across`` are what is counted by. ``parts`` are further filters, each
    by one of :data:`PARTS`.
    """

    kind: str
    party: str = "reviewer"
    filters: Filters = field(default_factory=Filters)
    level: str = "page"
    row: str = ""
    key: str = ""
    by: str = ""
    across: str = ""
    adjust: str = ""
    parts: tuple[tuple[str, Filters], ...] = ()
    generation: str = ""
    inputs: str = ""

    def part(self, name: str) -> Filters:
        """The filters of a use, none where none are given."""
        return dict(self.parts).get(name, Filters())


NOT = "not"
SIDES = ("one", "other")
PARTS = (NOT, *(part for side in SIDES for part in (side, f"{side}-{NOT}")))
"""Filters that decisions must not pass, and those that the two sides of a comparison pass, or not."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of figure: what it takes, what its row is, which decisions it counts, and its values."""

    takes: tuple[str, ...]
    row: str
    counted: Callable[[Index, Wanted], Mask]
    values: Callable[[Index, Wanted], Values]
    words: str
    parts: tuple[str, ...] = ()


def named(row: type, values: Mapping[str, Any]) -> str:
    """The name of a row of a table: what it is counted by, as it is written in an address, none for nothing.

    >>> from kg.analysis.outcomes import GroupRow
    >>> named(GroupRow, {"value": "Pain Medicine", "across": "MRI", "decisions": 12})
    'Pain Medicine|MRI'
    """
    told = ["none" if values[name] is None else str(values[name]) for name in names(row, "key")]
    while len(told) > 1 and told[-1] == "none":
        told.pop()
    return "|".join(told)


# --- the decisions that are counted ------------------------------------------------------------------


def _passing(index: Index, asked: Wanted) -> Mask:
    return _meeting(index, asked.party, asked.filters, asked.part(NOT))


def _meeting(index: Index, party: str, filters: Filters, others: Filters) -> Mask:
    """The decisions that pass ``filters``, and none of the ``others``."""
    chosen = index.chosen(filters, party)
    found = np.ones(len(index), bool) if chosen is None else chosen.copy()
    for name, values in others.given().items():
        passing = index.chosen(Filters.of(**{name: values}), party)
        found &= np.zeros(len(index), bool) if passing is None else ~passing
    return found


def _of_side(index: Index, asked: Wanted, side: str) -> Mask:
    met = _meeting(index, asked.party, asked.part(side), asked.part(f"{side}-{NOT}"))
    return _passing(index, asked) & met


def _of_either(index: Index, asked: Wanted) -> Mask:
    return _of_side(index, asked, "one") | _of_side(index, asked, "other")


def _of_any(index: Index, asked: Wanted) -> Mask:
    chosen = index.chosen(asked.filters, "any")
    return np.ones(len(index), bool) if chosen is None else chosen


def _of_trend(index: Index, asked: Wanted) -> Mask:
    found = _passing(index, asked)
    return found & citing(index, asked.key, asked.party) if asked.key else found


def _at_risk(index: Index, asked: Wanted) -> Mask:
    found = np.zeros(len(index), bool)
    found[index.cited(asked.level, asked.party).within(_passing(index, asked)).decision] = True
    return found


# --- their values ------------------------------------------------------------------------------------


def _outcomes(index: Index, asked: Wanted) -> Values:
    return _counted(index, _passing(index, asked))


def _counted(index: Index, mask: Mask) -> Values:
    decision = np.flatnonzero(mask).astype(np.int32)
    table = with_rates(index, pl.DataFrame({"all": [""]}), decision, np.zeros(decision.size, np.int32))
    return {name: value for name, value in table.to_dicts()[0].items() if name != "all"}


def _comparison(index: Index, asked: Wanted) -> Values:
    sides = {side: _counted(index, _of_side(index, asked, side)) for side in SIDES}
    rates = [values["overturn_rate"] for values in sides.values()]
    one, other = (rate if isinstance(rate, float) else None for rate in rates)
    return {f"{side}_{name}": value for side, values in sides.items() for name, value in values.items()} | {
        "difference": None if one is None or other is None else 100 * (one - other)
    }


_DRIVER = (
    "letters",
    "decisions",
    *OUTCOMES,
    *(n for n in names(DriverRow, "figure", "low", "high") if n not in {"probability", "credible_set"}),
)


def _driver(index: Index, asked: Wanted) -> Values:
    adjust = asked.adjust or None
    table = driver_table(index, asked.level, asked.party, asked.filters, 1, adjust=adjust, sets=False).table
    rows = {row["key"]: row for row in table.to_dicts()}
    return {name: value for name, value in _row(asked, "row", rows).items() if name in _DRIVER}


def _month(index: Index, asked: Wanted) -> Values:
    found = trends(index, asked.key or None, asked.party, asked.filters)
    return _row(asked, "month", {row["month"]: row for row in found.months.to_dicts()})


def _change(index: Index, asked: Wanted) -> Values:
    found = trends(index, asked.key or None, asked.party, asked.filters)
    return _row(asked, "change", {row.change: asdict(row) for row in found.changes})


def _group(index: Index, asked: Wanted) -> Values:
    found = outcomes(index, asked.by, asked.across or None, asked.party, asked.filters, 1)
    return _of_table(asked, found.row, found.table)


def _agreement(index: Index, asked: Wanted) -> Values:
    found = sides(index, asked.level, asked.filters, 1, grouping(index, asked.by or None))
    if asked.by:
        return _of_table(asked, GroupAgreementRow, found.groups)
    return _of_table(asked, AgreementRow, found.agreement)


def _pair(index: Index, asked: Wanted) -> Values:
    return _of_table(asked, PairRow, sides(index, asked.level, asked.filters, 1).pairs)


def _of_table(asked: Wanted, row: type, table: pl.DataFrame) -> Values:
    return _row(asked, "row", {named(row, values): values for values in table.to_dicts()}, names(row, "key"))


def _row(
    asked: Wanted, what: str, rows: Mapping[str, Mapping[str, Any]], keys: tuple[str, ...] = ()
) -> Values:
    if asked.row not in rows:
        raise unknown(what, asked.row, rows, ChoiceError)
    return {name: value for name, value in rows[asked.row].items() if name not in {what, *keys}}


KINDS: Mapping[str, Kind] = {
    "outcomes": Kind(("party",), "", _passing, _outcomes, "Outcomes of decisions", (NOT,)),
    "comparison": Kind(("party",), "", _of_either, _comparison, "Outcomes of two groups of decisions", PARTS),
    "driver": Kind(
        ("level", "party", "row", "adjust"),
        "what is cited",
        _at_risk,
        _driver,
        "Association of what is cited with outcomes",
    ),
    "month": Kind(
        ("party", "key", "row"), "a month such as 2016-03", _of_trend, _month, "Outcomes of one month"
    ),
    "change": Kind(
        ("party", "key", "row"),
        "a day such as 2016-07-28",
        _of_trend,
        _change,
        "Change of outcomes at an edition",
    ),
    "group": Kind(
        ("by", "across", "party", "row"),
        "the value that is counted by, or two with | between them",
        _passing,
        _group,
        "Outcomes by what decisions have",
    ),
    "agreement": Kind(
        ("level", "by", "row"),
        "how the citations stand to one another, such as same, after a value that is counted by",
        _of_any,
        _agreement,
        "Outcomes by agreement of both parties' citations",
    ),
    "pair": Kind(
        ("level", "row"),
        "what the administrator and what the reviewer cites, with | between them",
        _of_any,
        _pair,
        "Outcomes by what both parties cite",
    ),
}
"""Every kind of figure by name."""
