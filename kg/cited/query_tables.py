"""The figures of the named queries: those of each row, or of the only one."""

from collections.abc import Iterable, Mapping
from typing import Any

from kg import queries
from kg.cited.counted_letters import CountedLetters, Table
from kg.cited.wanted import Values, Wanted, joined
from kg.errors import SettingError
from kg.explore.topic import counted_row
from kg.queries import Query

_EVERY = "1000000"
"""What a query's own limit can be: a row is found wherever it stands."""
COUNTED = frozenset(("items", "upheld", "overturned", "modified"))
"""Columns of a query that counts outcomes, which has rates as well."""


def answered(letters: CountedLetters, asked: Wanted) -> Table:
    """The rows of a named query by what they are counted by.

    Raises:
        UnknownError: there is no such query.
        SettingError: it lists cases, or a parameter is not one that it takes.
    """
    query = queries.load(asked.query)
    if not query.figures:
        raise SettingError(f"{asked.query} lists what letters say; its rows are no figures")
    given = _given(asked.given.split("\n") if asked.given else ())
    if any(parameter.name == "limit" for parameter in query.parameters):
        given["limit"] = _EVERY
    rows = queries.run(letters.graph(), query, **given).dicts()
    if len(query.figures) == len(query.columns):
        return Table({}, figures(query, rows[0]) if rows else {})
    return Table({row_name(query, row): figures(query, row) for row in rows}, {"rows": len(rows)})


def row_name(query: Query, row: Mapping[str, Any]) -> str:
    """What a row is counted by, as an address has it; none where the query has one row alone."""
    return joined(row[column] for column in query.columns if column not in query.figures)


def figures(query: Query, row: Mapping[str, Any]) -> Values:
    """What of a row is counted or measured, with a rate where outcomes are counted."""
    values: dict[str, Any] = {column: row[column] for column in query.figures}
    if values.keys() >= COUNTED:
        rated = counted_row("", "", values["items"], values["overturned"])
        values |= {"overturn_rate": rated.rate, "rate_low": rated.low, "rate_high": rated.high}
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
