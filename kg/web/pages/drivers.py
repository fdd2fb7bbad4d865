"""What goes with overturning: the table of drivers as a forest plot, in the page and as a file."""

from collections.abc import Iterable
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup, escape

from kg import queries
from kg.analysis.columns import printed, shown
from kg.analysis.decisions import LEVELS, PARTIES
from kg.analysis.drivers import HELP, DriverRow, Drivers
from kg.analysis.filters import Filters
from kg.errors import QueryError, UnknownError
from kg.explore import labels
from kg.web.api.cases import SiteDep
from kg.web.api.filter_parameters import FormFiltersDep
from kg.web.pages import filter_form, values
from kg.web.pages.rendering import PARTY_WORDS, render
from kg.web.site import Site

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_SHOWN = 200
_DRAWN = 60  # rows of the plot that is saved
_ASKED = {"page": "page", "section": "section", "chapter": None, "guideline": None}
"""The levels that a named query answers, with its parameter for one row."""

_CELLS = tuple(
    cell
    for cell in shown(DriverRow)
    if cell.named.role in {"figure", "text"} and cell.named.name not in {"overturn_rate", "overlap"}
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
    minimum: Minimum = 10,
) -> Response:
    """Which places go with which outcomes, as a forest plot beside the figures.

    Without a ``level`` it is the finest that has a rate: letters from mid-2016 on cite no pages.
    """
    level = level or _finest(site, party, filters, minimum)
    table = site.drivers(level, party, filters, minimum)
    most = most_of(table.rows[:_SHOWN])
    rows = [_row(table, row, most) for row in table.rows[:_SHOWN]]
    kept = [(name, value) for name, values in filters.written().items() for value in values]
    again = urlencode([("level", level), ("party", party), ("minimum", minimum), *kept])
    return render(
        request,
        "drivers.html",
        "drivers",
        table=table,
        rows=rows,
        heads=[(cell.named.column.words, cell.named.column.meaning) for cell in _CELLS],
        sets=[
            (one, [(labels.label(f"guideline/{key.key}"), key.key, key.probability) for key in one.keys])
            for one in table.sets
        ],
        total=len(table),
        party=PARTY_WORDS[table.party],
        told=str(filters) if filters.given() else "",
        help=HELP,
        choices=_choices(table),
        controls=list(filter_form.controls(site.index, table.filters)),
        filtered=urlencode([("party", table.party), *kept]),
        asked=not filters.given() and table.level in _ASKED and table.party != "both",
        axis=axis(_base(table), most),
        csv=f"api/drivers?{again}&format=csv",
        svg=f"drivers.svg?{again}",
        json=f"api/drivers?{again}",
    )


def _row(table: Drivers, row: DriverRow, most: float) -> dict[str, Any]:
    """What the page shows of a row."""
    return {
        "key": row.key,
        "decisions": row.decisions,
        "overturn_rate": row.overturn_rate,
        "label": labels.label(f"guideline/{row.key}"),
        "plot": plot(row, _base(table), most),
        "cells": [(getattr(row, cell.named.name), printed(cell, row)) for cell in _CELLS],
    }


def _finest(site: Site, party: str, filters: Filters, minimum: int) -> str:
    """The finest level of which a row has a rate; pages, where none has."""
    for level in LEVELS:
        rows = site.drivers(level, party, filters, minimum).rows
        if any(row.overturn_rate is not None for row in rows):
            return level
    return LEVELS[0]


def _choices(table: Drivers) -> list[tuple[str, str, list[tuple[Any, str]], Any]]:
    """The form beside its filters: name, words, options with their words, and the chosen one."""
    return [
        ("level", "Count by", [(name, name) for name in LEVELS], table.level),
        ("party", "Cited by", [(name, PARTY_WORDS[name]) for name in PARTIES], table.party),
        ("minimum", "At least", [(n, values.counted(n)) for n in (1, 5, 10, 30, 100)], table.minimum),
    ]


@router.get("/drivers/query")
def behind(level: Level, key: Annotated[str, Query(max_length=400)], party: PartyName) -> Response:
    """The SPARQL query that gives the counts of one row, in the editor."""
    if level not in _ASKED:
        raise UnknownError(f"there is no query for the level {level!r}")
    query, given = queries.load(f"outcomes_by_{level}"), {"party": party}
    parameter = _ASKED[level]
    try:
        text = query.bind(given | {parameter: key} if parameter else given)
    except QueryError:  # a title that no concept stands for: the query for all of them
        text = query.bind(given)
    plain = "\n".join(line for line in text.splitlines() if not line.startswith("#+")).strip()
    return RedirectResponse(f"../query?{urlencode({'query': plain})}", 303)


@router.get("/drivers.svg")
def saved(
    site: SiteDep,
    filters: FormFiltersDep,
    level: Level = "page",
    party: PartyName = "reviewer",
    minimum: Minimum = 10,
) -> Response:
    """The forest plot as a file: the most cited rows that have a rate."""
    table = site.drivers(level, party, filters, minimum)
    rows = [row for row in table.rows if row.overturn_rate is not None][:_DRAWN]
    base, most = _base(table), most_of(table.rows[:_SHOWN])
    told = f" with {filters}" if filters.given() else ""
    head = f"Overturned where {PARTY_WORDS[table.party]} cites the {table.level}{told}"
    parts = [
        Markup('<text x="8" y="22" font-size="15" font-weight="600">{}</text>').format(head),
        Markup(
            '<text x="8" y="40" fill="#555">Share of items with 95 % interval; dashed: {} of all {}</text>'
        ).format(_percent(base), f"{table.decisions:,} items; associations, not causes"),
    ]
    for number, row in enumerate(rows):
        y = 66 + 22 * number
        low, rate, high = (
            round(400 + 300 * min((v or 0) / most, 1), 1)
            for v in (row.rate_low, row.overturn_rate, row.rate_high)
        )
        words = f"{_percent(row.overturn_rate or 0)} of {row.decisions:,}"
        parts.append(
            Markup(
                '<text x="8" y="{}">{}</text><path d="M{} {}H{}" stroke="#59626c" stroke-width="1.5"/>'
                '<circle cx="{}" cy="{}" r="4" fill="#1f5a8c"/><text x="712" y="{}">{}</text>'
            ).format(y + 4, _short(row), low, y, high, rate, y, y + 4, words)
        )
    end, at = 66 + 22 * len(rows), round(400 + 300 * min(base / most, 1), 1)
    parts.append(Markup('<path d="M{} 50V{}" stroke="#59626c" stroke-dasharray="3 3"/>').format(at, end))
    size = Markup('viewBox="0 0 840 {0}" width="840" height="{0}"').format(end + 12)
    body = Markup("").join(parts)
    text = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">'
        f'<title>{escape(head)}</title><rect width="100%" height="100%" fill="#fff"/>{body}</svg>'
    )
    headers = {"Content-Disposition": 'attachment; filename="drivers.svg"'}
    return Response(text, headers=headers, media_type="image/svg+xml")


def _short(row: DriverRow) -> str:
    name = labels.label(f"guideline/{row.key}")
    return name if len(name) <= 58 else f"{name[:57]}…"


def _base(table: Drivers) -> float:
    """The share of all decisions that was overturned."""
    return table.overturned / table.decisions if table.decisions else 0.0


def most_of(rows: Iterable[DriverRow]) -> float:
    """The end of the scale of the rates."""
    return max((row.rate_high or 0 for row in rows), default=1) or 1


def _percent(rate: float) -> str:
    return f"{100 * rate:.1f} %"


def _at(value: float, most: float) -> float:
    return round(180 * min(value / most, 1) + 4, 1)


def plot(row: DriverRow, base: float, most: float) -> Markup:
    """A rate with its interval as a small drawing, on a scale of 0 to ``most``."""
    if row.overturn_rate is None or row.rate_low is None or row.rate_high is None:
        return Markup('<span class="none">too few</span>')
    low, rate, high, mean = (_at(v, most) for v in (row.rate_low, row.overturn_rate, row.rate_high, base))
    words = f"{_percent(row.overturn_rate)}, interval {_percent(row.rate_low)} to {_percent(row.rate_high)}"
    return Markup(
        '<svg class="forest" viewBox="0 0 188 20" role="img" aria-label="{}">'
        '<path class="axis" d="M4 10H184"/><path class="base" d="M{} 1V19"/><path class="ci" d="M{} 10H{}"/>'
        '<circle class="dot" cx="{}" cy="10" r="4"/></svg>'
    ).format(words, mean, low, high, rate)


def axis(base: float, most: float) -> Markup:
    """The scale above the drawings: nothing, the base rate, the highest."""
    mean = _at(base, most)
    close = mean < 40 or mean > 140
    middle = (
        ""
        if close
        else Markup('<text x="{}" y="12" text-anchor="middle">{}</text>').format(mean, _percent(base))
    )
    return Markup(
        '<svg class="forest" viewBox="0 0 188 16" aria-hidden="true"><text x="4" y="12">0</text>{}'
        '<text x="184" y="12" text-anchor="end">{}</text></svg>'
    ).format(middle, f"{100 * most:.0f} %")
