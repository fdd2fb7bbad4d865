"""How decisions end by what they have, and the two sides: tables in the page."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Annotated, Any
from urllib.parse import urlencode

import polars as pl
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from kg.analysis import sides as two_sides
from kg.analysis.cited.figure_address import Asked
from kg.analysis.columns import columns, printed, shown
from kg.analysis.decisions import LEVELS
from kg.analysis.filters import Filters
from kg.analysis.outcomes import GROUPINGS, HELP, KINDS, grouping
from kg.analysis.outcomes import outcomes as count
from kg.analysis.sides import AgreementRow, Effect, GroupAgreementRow, PairRow, Sides, SilentRow
from kg.web.api.cases import SiteDep
from kg.web.api.filter_parameters import FormFiltersDep
from kg.web.api.outcomes import group_figure, side_figure
from kg.web.pages import filter_form, values
from kg.web.pages.rendering import render
from kg.web.site import Site

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_SHOWN = 200
_MINIMA = [(n, values.counted(n, "decision")) for n in (1, 5, 10, 30, 100)]
_WORDS = {
    **{name: one.label for name, one in GROUPINGS.items()},
    "drift": "Year and edition",
    "quantities": "Quantity against the limit",
}
_NONE = ("", "nothing else")

Choices = list[tuple[str, str, list[tuple[Any, str]], Any]]
"""The form beside its filters: name, words, options with their words, and the chosen one."""
Minimum = Annotated[int, Query(ge=1, le=1_000_000)]
Name = Annotated[str, Query(max_length=20)]


@router.get("/outcomes")
def outcomes(
    request: Request,
    site: SiteDep,
    filters: FormFiltersDep,
    by: Name = "specialty",
    across: Name = "",
    party: Annotated[str, Query(max_length=30)] = "reviewer",
    minimum: Minimum = 10,
) -> Response:
    """Outcomes by specialty, service, drug, body part, licence, year and the like, with intervals."""
    second = across if across and by in GROUPINGS and across != by else None
    found = count(site.index, by, second, party, filters, minimum)
    choices: Choices = [
        ("by", "Count by", [(name, _WORDS[name]) for name in KINDS], by),
        ("across", "and by", [_NONE, *((name, _WORDS[name]) for name in GROUPINGS)], second or ""),
        ("minimum", "At least", _MINIMA, minimum),
    ]
    again = {"by": by, "across": second or "", "party": party, "minimum": minimum}
    about = ("Outcomes", f"How decisions end, by {found.title}", "/outcomes", "/api/outcomes")
    cite = partial(group_figure, found, by, second, party)
    tables = [_table("", found.row, found.to_frame(), cite)]
    return _page(request, site, found.filters, about, choices, again, tables, found.notes, HELP)


@router.get("/sides")
def sides(
    request: Request,
    site: SiteDep,
    filters: FormFiltersDep,
    level: Name = "page",
    by: Name = "",
    minimum: Minimum = 10,
) -> Response:
    """What the two parties cite for the same item, and how such items end."""
    found = two_sides.sides(site.index, level, filters, minimum, grouping(site.index, by or None))
    choices: Choices = [
        ("level", "Compare", [(name, f"{name}s") for name in LEVELS], level),
        ("by", "by", [_NONE, *((name, _WORDS[name]) for name in GROUPINGS)], by),
        ("minimum", "At least", _MINIMA, minimum),
    ]
    cite = partial(side_figure, found, by or None)
    tables = [
        _table(
            "How the citations stand to one another",
            AgreementRow,
            found.agreement,
            partial(side_figure, found, None),
        ),
        *([_table(f"By {_WORDS[by].lower()}", GroupAgreementRow, found.groups, cite)] if by else []),
        _table("What each party cites", PairRow, found.pairs, cite),
        _table(f"Without any {level}", SilentRow, found.silent),
    ]
    again = {"level": level, "by": by, "minimum": minimum}
    about = ("The two sides", f"The {level}s that the two parties cite for one item", "/sides", "/api/sides")
    notes = (*_effect(found), *found.notes)
    return _page(request, site, found.filters, about, choices, again, tables, notes, two_sides.HELP)


def _effect(found: Sides) -> Iterable[str]:
    """What the comparison of the two sides comes to, in sentences."""
    if found.same_share is not None:
        yield f"where both cite, {found.same_share:.1%} of what either cites is cited by both"
    if found.effect is not None:
        yield _told(found.effect)


def _told(effect: Effect) -> str:
    """The difference at equal covariates, with its interval."""
    counts = f"{effect.exposed:,} decisions whose reviewer cites more, {effect.unexposed:,} others"
    if effect.difference is None:
        return f"{counts}: their difference cannot be told from the covariates"
    low, high = effect.difference_low or 0.0, effect.difference_high or 0.0
    return (
        f"where the reviewer cites something that the administrator does not, overturning is "
        f"{effect.difference:+.1f} percentage points ({low:+.1f} to {high:+.1f}) off, at equal "
        f"covariates ({counts})"
    )


def _table(
    title: str, row: type, frame: pl.DataFrame, cite: Callable[[Mapping[str, Any]], Asked] | None = None
) -> dict[str, Any]:
    """A table for the page: its columns that have values, and its first rows, each with its figure."""
    cells = [
        cell for cell in shown(row) if frame.is_empty() or frame[cell.named.name].null_count() < frame.height
    ]
    words = {named.name: named.column for named in columns(row)}
    return {
        "title": title,
        "heads": [
            (words[cell.named.name].words, words[cell.named.name].meaning, cell.named.role != "key")
            for cell in cells
        ],
        "rows": [
            [(cell.named.role, cell.named.column.words, printed(cell, one)) for cell in cells]
            for one in frame.head(_SHOWN).iter_rows(named=True)
        ],
        "figures": [cite(one).address for one in frame.head(_SHOWN).iter_rows(named=True)] if cite else [],
        "left": max(frame.height - _SHOWN, 0),
    }


def _page(
    request: Request,
    site: Site,
    filters: Filters,
    about: tuple[str, str, str, str],
    choices: Choices,
    again: dict[str, Any],
    tables: list[dict[str, Any]],
    notes: Iterable[str],
    told: str,
) -> Response:
    """The page of some tables; ``about`` is its title, its heading, its address and that of its data."""
    title, heading, path, data = about
    given = [(name, value) for name, value in again.items() if value != ""]
    given += [(name, value) for name, several in filters.written().items() for value in several]
    return render(
        request,
        "tables.html",
        path[1:],
        title=title,
        heading=heading,
        path=path,
        data=data,
        told=str(filters) if filters.given() else "",
        choices=choices,
        controls=list(filter_form.controls(site.index, filters)),
        again=urlencode(given),
        tables=tables,
        notes=list(notes),
        help=told,
    )
