"""One list of columns for each kind of row that is shown: the row's type, with what each field means.

A row is a frozen dataclass whose fields are annotated with a :class:`Column`. Its frame, CSV, data cube,
page, command, OpenAPI and reference are made from :func:`columns` of it, so that a column is added in one
place.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_type_hints

import polars as pl

Role = Literal["key", "count", "figure", "low", "high", "text"]


@dataclass(frozen=True, slots=True)
class Column:
    """What a column is: its heading, its meaning, its unit, and its role in a row.

    A ``low`` or ``high`` is an end of the 95 % interval of the figure before it.
    """

    words: str
    meaning: str
    role: Role = "figure"
    unit: str = ""
    form: str = "{:.2f}"
    """How a figure is printed for a person."""


@dataclass(frozen=True, slots=True)
class Named:
    """A column with the name and type of its field."""

    name: str
    kind: Any
    column: Column

    @property
    def role(self) -> Role:
        """The column's role."""
        return self.column.role

    @property
    def dtype(self) -> pl.DataType:
        """Its type in a frame."""
        return _DTYPES.get(self.kind, pl.String())


_DTYPES: dict[Any, pl.DataType] = {
    int: pl.Int64(),
    float: pl.Float64(),
    bool: pl.Boolean(),
    date: pl.Date(),
    list[int]: pl.List(pl.Int64()),
    list[str]: pl.List(pl.String()),
}


@cache
def columns(row: type) -> tuple[Named, ...]:
    """The columns of a row's type, keys first, and else in the order of its fields.

    >>> from kg.analysis.drivers import DriverRow
    >>> [named.name for named in columns(DriverRow)][:2]
    ['key', 'guideline']
    """
    hints = get_type_hints(row, include_extras=True)
    found = []
    for field in fields(row):
        kind, column = get_args(hints[field.name])
        plain = [part for part in get_args(kind) if part is not NoneType]
        found.append(Named(field.name, plain[0] if NoneType in get_args(kind) else kind, column))
    return tuple(sorted(found, key=lambda named: named.role != "key"))


def schema(row: type) -> dict[str, pl.DataType]:
    """The columns of a row's frame with their types, in order."""
    return {named.name: named.dtype for named in columns(row)}


def shaped(row: type, frame: pl.DataFrame) -> pl.DataFrame:
    """A frame with the row's columns in order, each in its type."""
    return frame.select(pl.col(name).cast(kind) for name, kind in schema(row).items())


def names(row: type, *roles: Role) -> tuple[str, ...]:
    """The names of a row's columns, those of some roles only if any are named."""
    return tuple(named.name for named in columns(row) if not roles or named.role in roles)


def meanings(row: type) -> dict[str, str]:
    """What each column of a row means, as a sentence.

    >>> from kg.analysis.trends import MonthRow
    >>> meanings(MonthRow)["overturn_rate"]
    'Share of the decisions overturned, as share.'
    """
    said = {
        named.name: ", as ".join(filter(None, (named.column.meaning, named.column.unit)))
        for named in columns(row)
    }
    return {name: f"{words[:1].upper()}{words[1:]}." for name, words in said.items()}


@dataclass(frozen=True, slots=True)
class Shown:
    """What a person sees in one place of a table: a value, with its interval if it has one."""

    named: Named
    low: str | None = None
    high: str | None = None


@cache
def shown(row: type) -> tuple[Shown, ...]:
    """The columns as a person sees them, the ends of intervals beside their figures."""
    found: list[Shown] = []
    for named in columns(row):
        if named.role == "low":
            found[-1] = Shown(found[-1].named, named.name, found[-1].high)
        elif named.role == "high":
            found[-1] = Shown(found[-1].named, found[-1].low, named.name)
        else:
            found.append(Shown(named))
    return tuple(found)


def printed(cell: Shown, row: Any) -> str | None:
    """The cell of a row as text; an interval without an upper end says "or more".

    Without a figure there is nothing to print, but for an interval with one end.
    """
    row = row if isinstance(row, Mapping) else {name: getattr(row, name) for name in names(type(row))}
    value, form = row[cell.named.name], cell.named.column.form
    if cell.low is None or cell.high is None:
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, list | tuple):
            return "; ".join(map(str, value))
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, bool):
            return "yes" if value else "no"
        if cell.named.name in {"p_value", "q_value"}:
            return chance(value, form)
        return f"{value:,}" if isinstance(value, int) else form.format(value)
    low, high = row[cell.low], row[cell.high]
    if low is None and high is None:
        return None
    end = (
        f"{form.format(low or 0.0)} or more"
        if high is None
        else f"{form.format(low or 0.0)} to {form.format(high)}"
    )
    return end if value is None else f"{form.format(value)} ({end})"


def chance(value: float, form: str = "{:.3f}") -> str:
    """A p or q value, never as a zero that it is not.

    >>> chance(0.0421), chance(0.00002), chance(0.004, "{:.2g}")
    ('0.042', '< 0.001', '0.004')
    """
    words = form.format(value)
    return words if float(words) or not value else "< 0.001"


SHARE = "share"

Letters = Annotated[int, Column("Letters", "letters with such a decision", "count")]
Decisions = Annotated[int, Column("Decisions", "decisions, each of one disputed item", "count")]
Overturned = Annotated[int, Column("Overturned", "of these, overturned", "count")]


@dataclass(frozen=True, slots=True)
class Counted:
    """The columns of every row that counts decisions by their outcomes."""

    letters: Letters
    decisions: Decisions
    upheld: Annotated[int, Column("Upheld", "of these, upheld", "count")]
    overturned: Overturned
    modified: Annotated[int, Column("Modified", "of these, modified", "count")]
    overturn_rate: Annotated[
        float | None, Column("Rate", "share of the decisions overturned", unit=SHARE, form="{:.1%}")
    ]
    rate_low: Annotated[float | None, Column("", "lower end of the rate", "low", SHARE)]
    rate_high: Annotated[float | None, Column("", "upper end of the rate", "high", SHARE)]
