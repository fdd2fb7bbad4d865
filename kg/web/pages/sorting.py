"""The order of the table of drivers, which stands in the address of its page."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from kg.analysis.drivers import DriverRow
from kg.analysis.shown_columns import Shown
from kg.errors import UnknownError

SURE = 0.05
"""A row is sure whose q-value is below."""
_OWN = {"key": "Name", "decisions": "Decisions", "overturn_rate": "Overturned"}
_BY = {*_OWN, "difference", "odds_ratio", "adjusted_odds_ratio", "p_value", "q_value"} | {
    "probability",
    "credible_set",
}


class Order(NamedTuple):
    """A column to sort by, ``None`` for the sure rows first, and whether the largest come first."""

    column: str | None = None
    descending: bool = False

    @property
    def words(self) -> str:
        """The order in words.

        >>> Order().words
        'differences beyond chance first (q below 0.05), then most cited'
        >>> Order("overturn_rate", descending=True).words
        'sorted by overturn rate, largest first'
        """
        if self.column is None:
            return f"differences beyond chance first (q below {SURE}), then most cited"
        end = "" if self.column == "key" else f", {'largest' if self.descending else 'smallest'} first"
        column = self.column.replace("_value", "-value").replace("_", " ").replace("key", "name")
        return f"sorted by {column}{end}"


class Head(NamedTuple):
    """The head of a column, the address that sorts by it, and how it is sorted now, as ARIA has it."""

    name: str
    words: str
    meaning: str
    again: str | None
    sorted: str | None


def read(text: str) -> Order:
    """The order that an address asks for: a column, the largest first if a minus stands before it.

    >>> read("-difference")
    Order(column='difference', descending=True)

    Raises:
        UnknownError: there is no such column to sort by.
    """
    column = text.removeprefix("-")
    if text and column not in _BY:
        raise UnknownError(f"rows cannot be sorted by {column!r}: available are {', '.join(sorted(_BY))}")
    return Order(column, text.startswith("-")) if text else Order()


def ordered(rows: Iterable[DriverRow], order: Order) -> list[DriverRow]:
    """All rows in an order; those without the figure last."""
    if order.column is None:
        return sorted(rows, key=_usual)
    column, listed = order.column, list(rows)
    given = [row for row in listed if getattr(row, column) is not None]
    lacking = [row for row in listed if getattr(row, column) is None]
    return [*sorted(given, key=lambda row: getattr(row, column), reverse=order.descending), *lacking]


def _usual(row: DriverRow) -> tuple[bool, float, str]:
    sure = row.q_value is not None and row.q_value < SURE
    return not sure, (row.p_value or 0.0) if sure else -row.decisions, row.key


def heads(cells: Sequence[Shown], order: Order, again: str) -> list[Head]:
    """The heads of a table: its own columns, then ``cells``."""
    own = [(name, words, "") for name, words in _OWN.items()]
    rest = [(cell.named.name, cell.named.column.words, cell.named.column.meaning) for cell in cells]
    return [_head(*one, order, again) for one in (*own, *rest)]


def _head(name: str, words: str, meaning: str, order: Order, again: str) -> Head:
    if name not in _BY:
        return Head(name, words, meaning, None, None)
    here = order.column == name
    first = "" if name in {"key", "p_value", "q_value", "credible_set"} else "-"
    turned = ("" if order.descending else "-") if here else first
    told = ("descending" if order.descending else "ascending") if here else None
    return Head(name, words, meaning, f"?{again}&sort={turned}{name}", told)
