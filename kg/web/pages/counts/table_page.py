"""Pages of a form and some tables: outcomes, the two sides, trends, networks."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlencode

import polars as pl
from fastapi import Query, Request
from fastapi.responses import Response

from kg.analysis.filters import Filters
from kg.analysis.shown_columns import columns, printed, shown
from kg.cited.figure_address import Asked
from kg.cited.json_tables import row_of
from kg.web.drawings.saved import Drawing
from kg.web.pages import filter_form
from kg.web.pages.rendering import render
from kg.web.pages.values import counted, spaced
from kg.web.site import Site

_SHOWN = 200

Minimum = Annotated[int, Query(ge=1, le=1_000_000)]
MINIMA = [(n, counted(n, "decision")) for n in (1, 5, 10, 30, 100)]
"""The choices of the fewest decisions of a row."""

Choices = list[tuple[str, str, list[tuple[Any, str]], Any]]
"""The form beside its filters: name, words, options with their words (none: it is typed), the chosen one."""
Links = Mapping[str, tuple[str, str]]
"""Of a key that is shown: its words, and the path that they lead to."""


class About(NamedTuple):
    """A page: its titles, its path and that of its data, how its figures are read, and its own figure."""

    title: str
    heading: str
    path: str
    data: str
    help: str
    lead: str = ""
    verdict: str = ""
    figure: str = ""


class Picture(NamedTuple):
    """A drawing above the tables, and what is said of it."""

    title: str
    drawn: Drawing
    caption: str


def table(
    title: str,
    row: type,
    frame: pl.DataFrame,
    cite: Asked | None = None,
    *,
    links: Links | None = None,
    words: Mapping[str, str] | None = None,
    heads: Mapping[str, str] | None = None,
    folded: bool = False,
) -> dict[str, Any]:
    """A table for the page: its columns that tell something, and its first rows, each with its figure.

    Keys lead where ``links`` say, and are written as ``words`` say, columns are headed as ``heads`` say;
    ``folded``, the table is shown when it is opened.
    """
    cells = [cell for cell in shown(row) if frame.is_empty() or _tells(cell.named.name, frame)]
    shown_rows = frame.head(_SHOWN)
    known = {named.name: named.column for named in columns(row)}
    heads = heads or {}
    words = words or {}
    return {
        "title": title,
        "folded": folded,
        "heads": [
            (
                heads.get(cell.named.name, known[cell.named.name].words),
                known[cell.named.name].meaning,
                _right(cell.named.role),
            )
            for cell in cells
        ],
        "rows": [
            [
                (_right(cell.named.role), words.get(told := spaced(printed(cell, one) or ""), told or None))
                for cell in cells
            ]
            for one in shown_rows.iter_rows(named=True)
        ],
        "figures": [row_of(cite, row, one).address for one in shown_rows.iter_rows(named=True)]
        if cite
        else [],
        "links": links or {},
        "left": max(frame.height - _SHOWN, 0),
    }


def _tells(name: str, frame: pl.DataFrame) -> bool:
    """Whether a column has values, and not the same outcome of none or the same relation in all rows."""
    column = frame[name]
    if name == "modified":
        return bool(column.sum())
    return column.null_count() < frame.height and (name != "relation" or column.n_unique() > 1)


def _right(role: str) -> bool:
    return role not in {"key", "text"}


def page(
    request: Request,
    site: Site,
    filters: Filters,
    about: About,
    choices: Choices,
    again: Mapping[str, Any],
    tables: Sequence[Mapping[str, Any]],
    notes: Iterable[str],
    picture: Picture | None = None,
) -> Response:
    """The page of some tables; ``again`` are the values of the address beside the filters."""
    given = [(name, value) for name, value in again.items() if value != ""]
    given += filters.pairs()
    return render(
        request,
        "tables.html",
        about.path[1:],
        about=about,
        choices=choices,
        **filter_form.shown(site.index, filters),
        again=urlencode(given),
        tables=tables,
        picture=picture,
        notes=list(notes),
    )
