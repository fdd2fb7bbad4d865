"""A query as the command line names it, with the values of its parameters."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import SettingError, SourceError, why

if TYPE_CHECKING:
    from kg.queries import Query


def values(given: Iterable[str]) -> dict[str, str]:
    """The parameters that were given as ``name=value``.

    >>> values(["page=acoem-2004/page/308"])
    {'page': 'acoem-2004/page/308'}

    Raises:
        SettingError: one has no equals sign.
    """
    found = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals:
            raise SettingError(f"expected a parameter as name=value, found {pair!r}")
        found[name] = value
    return found


def find(asked: str) -> "Query":
    """The query of that name, in that file, on standard input for ``-``, or SPARQL as it stands.

    Raises:
        UnknownError: there is no query of that name; the text names the nearest ones.
        SourceError: the file cannot be read.
        QueryError: its header has a fault.
    """
    from kg import queries

    if asked == "-":
        return queries.parse(sys.stdin.read(), "standard input")
    if "{" in asked:
        return queries.find(asked)
    path = Path(asked)
    if path.suffix != ".rq" and not path.is_file():
        return queries.load(asked)
    try:
        return queries.parse(path.read_text(encoding="utf-8"), asked)
    except (OSError, UnicodeDecodeError) as fault:
        raise SourceError(f"{asked}: cannot be read: {why(fault)}") from fault
