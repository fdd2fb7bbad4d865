"""How decisions end by what they have, and the two sides: tables in the page."""

from collections.abc import Iterable
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from kg.analysis import labels
from kg.analysis import sides as two_sides
from kg.analysis.decisions import LEVELS
from kg.analysis.outcomes import GROUPINGS, HELP, KINDS, grouping
from kg.analysis.outcomes import outcomes as count
from kg.analysis.sides import AgreementRow, Effect, GroupAgreementRow, PairRow, Sides, SilentRow
from kg.cited.figure_address import Asked
from kg.cited.json_tables import side_figure
from kg.web.api.filter_parameters import FormFiltersDep
from kg.web.pages.counts import table_page
from kg.web.pages.counts.table_page import Choices, table
from kg.web.pages.drivers import guideline_path, named
from kg.web.pages.rendering import PARTY_WORDS
from kg.web.parameters import SiteDep
from kg.web.site import Site

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_WORDS = {
    **{name: one.label for name, one in GROUPINGS.items()},
    "drift": "Year and edition",
    "quantities": "Quantity against the recommended amount",
}
_NONE = ("", "nothing else")
_KINDS = {
    "specialty": "specialty",
    "category": "service",
    "subcategory": "service",
    "drug": "drug",
    "body_part": "body part",
}
"""Groupings whose values are topics, with their kinds."""

Name = Annotated[str, Query(max_length=20)]


@router.get("/outcomes")
def outcomes(
    request: Request,
    site: SiteDep,
    filters: FormFiltersDep,
    by: Name = "specialty",
    across: Name = "",
    party: Annotated[str, Query(max_length=30)] = "reviewer",
    minimum: table_page.Minimum = 10,
) -> Response:
    """Outcomes by specialty, service, drug, body part, licence, year and so on, with intervals."""
    second = across if across and by in GROUPINGS and across != by else None
    found = count(site.index, by, second, party, filters, minimum)
    choices: Choices = [
        ("by", "Count by", [(name, _WORDS[name]) for name in KINDS], by),
        ("across", "and by", [_NONE, *((name, _WORDS[name]) for name in GROUPINGS)], second or ""),
        ("minimum", "At least", table_page.MINIMA, minimum),
    ]
    again = {"by": by, "across": second or "", "party": party, "minimum": minimum}
    heading = f"How decisions end, by {found.title}"
    about = table_page.About("Outcomes", heading, "/outcomes", "/api/outcomes", HELP)
    cite = Asked("group", party, found.filters, by=by, across=second or "")
    heads = {"value": _headed(by), "across": _headed(second or by)}
    made = [
        table_page.table("", found.row, found.to_frame(), cite, heads=heads, links=_pages(site, by, second))
    ]
    return table_page.page(request, site, found.filters, about, choices, again, made, found.notes)


@router.get("/sides")
def sides(
    request: Request,
    site: SiteDep,
    filters: FormFiltersDep,
    level: Name = "page",
    by: Name = "",
    minimum: table_page.Minimum = 10,
) -> Response:
    """Citations of the two parties for the same item, with outcomes."""
    found = two_sides.sides(site.index, level, filters, minimum, grouping(site.index, by or None))
    choices: Choices = [
        ("level", "Compare", [(name, f"{name}s") for name in LEVELS], level),
        ("by", "by", [_NONE, *((name, _WORDS[name]) for name in GROUPINGS)], by),
        ("minimum", "At least", table_page.MINIMA, minimum),
    ]
    cite, silent = side_figure(found, "agreement", by), side_figure(found, "silent", None)
    made = [
        table(
            "Agreement of the citations",
            AgreementRow,
            found.agreement,
            side_figure(found, "agreement", None),
        ),
        *([table(f"By {_WORDS[by].lower()}", GroupAgreementRow, found.groups, cite)] if by else []),
        table(
            "What each party cites",
            PairRow,
            found.pairs,
            side_figure(found, "pairs", None),
            links={
                key: (named(key), guideline_path(key))
                for party in ("administrator", "reviewer")
                for key in found.pairs[party]
            },
        ),
        table(f"Without any {level}", SilentRow, found.silent, silent, words=PARTY_WORDS),
    ]
    again = {"level": level, "by": by, "minimum": minimum}
    heading = f"{level.capitalize()}s that the two parties cite for the same item"
    about = table_page.About("Agreement of the parties", heading, "/sides", "/api/sides", two_sides.HELP)
    figure = side_figure(found, "agreement", None).address
    about = about._replace(verdict="; ".join(_effect(found)), figure=figure)
    notes = found.notes
    return table_page.page(request, site, found.filters, about, choices, again, made, notes)


def _headed(by: str) -> str:
    """The head of a column of values.

    >>> _headed("body_part")
    'Body part'
    """
    return by.replace("_", " ").capitalize()


def _pages(site: Site, *groupings: str | None) -> table_page.Links:
    """The pages of values by which decisions are counted, where these have pages."""
    kinds = {_KINDS[by] for by in groupings if by in _KINDS}
    nodes = [node for kind in kinds for node in site.links.kinds[kind].nodes]
    return {name: (name, f"/topics/{quote(node)}") for node in nodes for name in [labels.label(node)]}


def _effect(found: Sides) -> Iterable[str]:
    """What the comparison of the two sides comes to, in sentences."""
    if found.same_share is not None:
        yield f"where both cite, {100 * found.same_share:.1f} % of what either cites is cited by both"
    if found.effect is not None:
        yield _told(found.effect)


def _told(effect: Effect) -> str:
    """The difference at equal covariates, with its interval."""
    counts = f"{effect.exposed:,} decisions whose reviewer cites more, {effect.unexposed:,} others"
    if effect.difference is None:
        return f"{counts}: their difference cannot be separated from the covariates"
    low, high = effect.difference_low or 0.0, effect.difference_high or 0.0
    return (
        "where the reviewer cites something that the administrator does not, the overturn rate differs by "
        f"{effect.difference:+z.1f} percentage points ({low:+z.1f} to {high:+z.1f}) at equal covariates "
        f"({counts})"
    )
