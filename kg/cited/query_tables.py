"""The figures of the named queries: those of each row, or of the only one."""

from collections.abc import Iterable, Mapping
from typing import Any

from kg import queries
from kg.analysis.comparison import widening
from kg.cited.counted_letters import CountedLetters, Table
from kg.cited.wanted import Values, Wanted, joined
from kg.errors import SettingError
from kg.explore.topic import tallied
from kg.queries import Query

COUNTED = frozenset(("items", "upheld", "overturned", "modified"))
"""Columns of a query that counts outcomes, which has rates as well."""


def answered(letters: CountedLetters, asked: Wanted) -> Table:
    """The rows of a named query by what they are counted by.

    Raises:
        UnknownError: there is no such query.
        SettingError: it lists cases, or a parameter is not one that it takes.
    """
    query = queries.load(asked.query).unlimited()
    if not query.figures:
        raise SettingError(f"{asked.query} lists what letters say; its rows are no figures")
    given = _given(asked.given.split("\n") if asked.given else ())
    given.pop("limit", None)  # a row is found wherever it stands
    rows = queries.run(letters.graph(), query, **given).dicts()
    wide = letters.analysed("widening", lambda: widening(letters.index)) if rated(query) else 1.0
    if len(query.figures) == len(query.columns):
        return Table({}, figures(query, rows[0], wide) if rows else {})
    return Table({row_name(query, row): figures(query, row, wide) for row in rows}, {"rows": len(rows)})


def row_name(query: Query, row: Mapping[str, Any]) -> str:
    """What a row is counted by, as an address has it; none where the query has one row alone."""
    return joined(row[column] for column in query.columns if column not in query.figures)


def rated(query: Query) -> bool:
    """Whether a query counts outcomes, so that its rows have rates."""
    return COUNTED.issubset(query.figures)


def figures(query: Query, row: Mapping[str, Any], wide: float) -> Values:
    """What of a row is counted or measured, with a rate where outcomes are counted.

    The rate's interval is widened by ``wide`` for letters, see :func:`kg.analysis.comparison.widening`.
    """
    values: dict[str, Any] = {column: row[column] for column in query.figures}
    if rated(query):
        rate = tallied("", values["items"], values["overturned"], wide)
        values |= {"overturn_rate": rate.rate, "rate_low": rate.low, "rate_high": rate.high}
    return values


def _given(pairs: Iterable[str]) -> dict[str, str]:
    """Parameters and their values.

    Raises:
        SettingError: one is given without a value or twice.
    """
    found: dict[str, str] = {}
    for pair in pairs:
        parameter, equals, value = pair.partition("=")
        if not equals or parameter in found:
            raise SettingError(f"given: expected each parameter once as name=value, found {pair!r}")
        found[parameter] = value
    return found
