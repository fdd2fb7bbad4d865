"""What is associated with overturning: a funnel above the table of drivers, in the page and as files."""

from typing import Annotated, Any, Literal, NamedTuple
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup

from kg import queries
from kg.analysis import labels, plots
from kg.analysis.decisions import LEVELS
from kg.analysis.drivers import HELP, DriverRow, Drivers, EffectSet
from kg.analysis.filters import Filters
from kg.analysis.shown_columns import Shown, printed, shown
from kg.cited.json_tables import driver_figure
from kg.errors import QueryError, UnknownError
from kg.web.api.filter_parameters import FormFiltersDep
from kg.web.drawings import funnel, ratio
from kg.web.pages import filter_form, rendering, sorting
from kg.web.pages.counts import table_page
from kg.web.pages.query import plain
from kg.web.pages.rendering import PARTY_WORDS, render
from kg.web.pages.sorting import SURE
from kg.web.pages.values import spaced
from kg.web.parameters import SiteDep
from kg.web.site import Site

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

USUAL = 10
"""Decisions of a row that is shown, where nobody says otherwise."""
_SHOWN = 200
_ENOUGH = 8
"""Rows that are compared, from which on a level is shown where nobody says which."""
_BANDS = "bands: 95 % and 99.8 % of points without any association; associations, not causes"
_ASKED = {"page": "page", "section": "section", "chapter": None, "guideline": None}
"""The levels that a named query answers, with its parameter for one row."""

_CELLS = tuple(
    cell
    for cell in shown(DriverRow)
    if cell.named.role in {"figure", "text"} and cell.named.name not in {"overturn_rate", "overlap", "remark"}
)
"""The columns beside key, decisions and rate, which have a place of their own."""

Level = Annotated[str, Query(max_length=20)]
PartyName = Annotated[str, Query(max_length=30)]
Minimum = Annotated[int, Query(ge=1, le=1_000_000)]


@router.get("/drivers")
def drivers(
    request: Request,
    site: SiteDep,
    filters: FormFiltersDep,
    level: Annotated[str | None, Query(max_length=20)] = None,
    party: PartyName = "reviewer",
    minimum: Minimum = USUAL,
    sort: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """Associations of guideline locations with outcomes: a funnel, and a table, significant ones first.

    Without a ``level`` it leads to the finest with enough rows: letters from mid-2016 on cite no pages.
    """
    if level is None:
        given = [(name, value) for name, value in request.query_params.multi_items() if name != "level"]
        found = finest(site, party, filters, minimum)
        return RedirectResponse(f"?{urlencode([('level', found), *given])}", 307)
    table = site.drivers(level, party, filters, minimum)
    order = sorting.read(sort)
    kept = filters.pairs()
    again = urlencode([("level", level), ("party", party), ("minimum", minimum), *kept])
    root = request.scope.get("root_path", "")
    return render(
        request,
        "drivers.html",
        "drivers",
        table=table,
        figure=driver_figure(table).address,
        **_listed(table, order),
        heads=sorting.heads(_CELLS, order, again),
        order=order,
        sets=[_set(number, one) for number, one in enumerate(table.sets, 1)],
        party=PARTY_WORDS[table.party],
        told=str(filters) if filters.given() else "",
        help=HELP,
        choices=_choices(table),
        controls=list(filter_form.controls(site.index, table.filters)),
        filtered=urlencode([("party", table.party), *kept]),
        asked=not filters.given() and table.level in _ASKED and table.party != "both",
        picture=picture(table, root),
        again=again,
    )


class Picture(NamedTuple):
    """A funnel, empty where nothing is compared, and what its caption says of its points."""

    drawn: Markup
    told: str


def picture(table: Drivers, root: str) -> Picture:
    """The funnel of a table, its points leading to the pages of what they stand for."""
    found = funnel.funnel(table.rows)
    return Picture(funnel.draw(found, named, lambda key: f"{root}{guideline_path(key)}"), found.told())


def named(key: str) -> str:
    """What is cited, as sentences and tables call it."""
    return labels.brief(f"guideline/{key}")


def guideline_path(key: str) -> str:
    """The path of the page of what is cited."""
    return f"/guidelines/{quote(key)}"


def _listed(table: Drivers, order: sorting.Order) -> dict[str, Any]:
    """The rows of the page: those that are compared, in order, and in one line those that are not."""
    compared = [row for row in table.rows if row.q_value is not None]
    few = [row for row in table.rows if row.q_value is None]
    shown = sorting.ordered(compared, order)[:_SHOWN]
    end = ratio.reach(shown)
    rows = [_row(row, end) | {"figure": driver_figure(table, row.key).address} for row in shown]
    return {
        "rows": rows,
        "filled": {name for row in rows for name, _, words in row["cells"] if words is not None},
        "sure": sum((row.q_value or 0.0) < SURE for row in compared),
        "compared": len(compared),
        "few": [(row.key, named(row.key), row.overturned, row.decisions) for row in few[:_SHOWN]],
        "few_total": (len(few), sum(row.overturned for row in few), sum(row.decisions for row in few)),
        "axis": ratio.axis(end),
    }


def _row(row: DriverRow, end: float) -> dict[str, Any]:
    """What the page shows of a row."""
    return {
        "key": row.key,
        "sure": (row.q_value or 0.0) < SURE,
        "decisions": row.decisions,
        "overturned": row.overturned,
        "overturn_rate": row.overturn_rate,
        "label": labels.label(f"guideline/{row.key}"),
        "short": named(row.key),
        "remark": row.remark,
        "plot": ratio.plot(row, end),
        "cells": [(cell.named.name, cell.named.column.words, _printed(cell, row)) for cell in _CELLS],
    }


def _printed(cell: Shown, row: DriverRow) -> str | None:
    words = printed(cell, row)
    return None if words is None else spaced(words)


def _set(number: int, one: EffectSet) -> dict[str, Any]:
    """A credible set as the page shows it."""
    return {
        "number": number,
        "one": one,
        "keys": [(named(key.key), key.key, key.probability) for key in one.keys],
    }


def finest(site: Site, party: str = "reviewer", filters: Filters | None = None, minimum: int = USUAL) -> str:
    """The finest level with enough rows to compare; where no level has so many, the one with most.

    Two pages of hundreds make no picture and no verdict, where the sections above them can be compared.
    """
    most, found = -1, LEVELS[0]
    for level in LEVELS:
        rows = site.drivers(level, party, filters or Filters(), minimum).rows
        compared = sum(row.q_value is not None for row in rows)
        if compared >= _ENOUGH:
            return level
        if compared > most:
            most, found = compared, level
    return found


def _choices(table: Drivers) -> list[tuple[str, str, list[tuple[Any, str]], Any]]:
    """The form beside its filters: name, words, options with their words, and the chosen one."""
    return [
        ("level", "Count by", [(name, name) for name in LEVELS], table.level),
        ("party", "Cited by", [*PARTY_WORDS.items()], table.party),
        (
            "minimum",
            "At least",
            table_page.MINIMA,
            table.minimum,
        ),
    ]


@router.get("/drivers/query")
def behind(level: Level, key: Annotated[str, Query(max_length=400)], party: PartyName) -> Response:
    """The SPARQL query that counts one row, in the editor."""
    if level not in _ASKED:
        raise UnknownError(f"there is no query for the level {level!r}")
    query, given = queries.load(f"outcomes_by_{level}"), {"party": party}
    parameter = _ASKED[level]
    try:
        text = query.bind(given | {parameter: key} if parameter else given)
    except QueryError:  # a title that no concept stands for: the query for all of them
        text = query.bind(given)
    return RedirectResponse(f"../query?{urlencode({'query': plain(text)})}", 303)


@router.get("/drivers.svg")
def saved(
    site: SiteDep,
    filters: FormFiltersDep,
    level: Level = "page",
    party: PartyName = "reviewer",
    minimum: Minimum = USUAL,
    picture: Literal["funnel", "forest"] = "forest",
) -> Response:
    """The forest plot of the odds ratios, or the funnel, as an SVG file."""
    table = site.drivers(level, party, filters, minimum)
    if picture == "forest":
        text = plots.forest(table, named=named)
    else:
        head = f"Adjusted odds ratio of overturning by {table.level}, cited by {PARTY_WORDS[table.party]}"
        told = f"{table.decisions:,} decisions{f' with {filters}' if filters.given() else ''}; {_BANDS}"
        text = funnel.saved(funnel.funnel(table.rows), named, head, told)
    return rendering.picture(f"drivers-{picture}.svg", text)
