"""``/api``: the knowledge base as JSON."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any, Literal, TypeVar, cast
from urllib.parse import urlencode

import pyoxigraph as ox
from fastapi import Depends, Path, Query, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from pydantic import Field

from kg.cited.figure_address import Asked
from kg.evidence import marks
from kg.explore import json_answers
from kg.explore.case_lists import CURSOR as CASE_CURSOR
from kg.explore.case_lists import Wanted, write_cursor
from kg.explore.row_types import CaseRow
from kg.graph import annotations as quotes
from kg.graph import jsonld
from kg.graph.triples import n_triples
from kg.web import negotiate
from kg.web.api import openapi
from kg.web.api.answers import answer_types, brief, brief_types, thing_types
from kg.web.api.filter_parameters import FiltersDep
from kg.web.parameters import taken
from kg.web.problems import ProblemError
from kg.web.site import Site
from kg.web.sparql import service_description
from kg.web.sparql.service_description import RDF_TYPES

router = openapi.Router()
T = TypeVar("T")

CaseNumber = Annotated[str, Path(examples=["CM16-0000001"])]
Offset = Annotated[int, Query(ge=0, le=10_000_000)]
Limit = Annotated[int, Query(ge=1, le=1000, description="Maximum number of results.")]
Cursor = Annotated[str | None, Query(description="The `next` of the previous page.", max_length=300)]
Values = list[Annotated[str, Field(max_length=300)]]


def _several(told: str, example: str | None = None) -> Any:
    return Query(max_length=50, description=told, examples=[[example]] if example else None)


async def served(request: Request) -> Site:
    """The generation that is served when the request begins; no thread is asked for it."""
    site: Site = request.app.state.state.served(request)
    return site


async def site_of(
    request: Request,
    generation: Annotated[
        str | None,
        Query(
            pattern="^[0-9]{6,9}$",
            description="An earlier generation, if still stored; by default the current one.",
            examples=["000001"],
        ),
    ] = None,
) -> Site:
    """The generation that is asked for, or the one that is served when the request begins."""
    site = await (request.app.state.state.asked_for(request) if generation else served(request))
    return cast("Site", site)


ServedDep = Annotated[Site, Depends(served)]
SiteDep = Annotated[Site, Depends(site_of)]


def listing(site: Site, results: list[Any], total: int, following: str | None, **more: Any) -> dict[str, Any]:
    """A list as every address gives it."""
    return json_answers.listing(site.generation, results, total, following, **more)


def _next(request: Request, following: str) -> str:
    """The address of the following page, relative to that of this one."""
    name = "cursor" if "cursor" in taken(request.scope["route"].dependant) else "offset"
    given = [pair for pair in request.query_params.multi_items() if pair[0] != name]
    return f"?{urlencode([*given, (name, following)])}"


def paged(rows: Sequence[T], limit: int, offset: int) -> tuple[list[T], str | None]:
    """A page of rows, and the offset of the next one.

    >>> paged("abcde", 2, 2), paged("abcde", 2, 4)
    ((['c', 'd'], '4'), (['e'], None))
    """
    following = offset + limit
    return list(rows[offset:following]), str(following) if following < len(rows) else None


def _offset_after(request: Request, kept: Sequence[Any]) -> str:
    """Where a list goes on whose pages begin at an ``offset``."""
    return str(int(request.query_params.get("offset", 0)) + len(kept))


def answer(
    request: Request,
    site: Site,
    content: Any,
    media_type: str = "application/json",
    after: brief.After | None = None,
) -> Response:
    """JSON with an ETag: the same address gives the same answer while the generation stays.

    The short form is made of the full one; where it holds fewer rows, it goes on at the ``offset`` that
    follows, or where ``after`` says.
    """
    if brief.asked(request):
        content = brief.shown(request, content, after or partial(_offset_after, request))
    etag = site.etag(str(request.url), request.headers.get("accept", ""))
    headers = {"ETag": etag, "Vary": "Accept"}
    if request.method != "POST" and (following := isinstance(content, dict) and content.get("next")):
        headers["Link"] = f'<{_next(request, str(following))}>; rel="next"'
    if negotiate.unchanged(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=headers)
    return JSONResponse(content, headers=headers, media_type=media_type)


@router.get(
    "/cases",
    summary="Cases that match the filters",
    responses=openapi.answers(
        openapi.listing_of(CaseRow, base=answer_types.Cases), short=brief_types.BriefCases
    ),
)
def cases(
    request: Request,
    site: SiteDep,
    filters: FiltersDep,
    outcome: Annotated[list[Literal["upheld", "overturned", "modified"]], Query()] = [],  # noqa: B006
    section: Annotated[Values, _several("Cited sections, such as acoem-2004/12/special-studies.")] = [],  # noqa: B006
    page: Annotated[Values, _several("Cited pages.", "chronic-pain/2009/page/98")] = [],  # noqa: B006
    party: Literal["reviewer", "claims_administrator", "any", "both"] = "any",
    text: Annotated[
        str,
        Query(
            max_length=300, description="Words that the item contains; stop words such as “of” are ignored."
        ),
    ] = "",
    limit: Limit = 50,
    cursor: Annotated[
        str | None, Query(pattern=CASE_CURSOR, max_length=300, description="The `next` of the previous page.")
    ] = None,
) -> Response:
    """Cases with an item that passes every filter given, by case number."""
    wanted = Wanted(filters, tuple(outcome), (*section, *page), party, text)
    found = site.cases(wanted, limit, cursor)
    notes = list(site.index.notes(filters, party))
    figure = site.cite(list_figure(wanted))
    told = listing(site, found.rows, found.total, found.next, notes=notes, figure=figure)
    return answer(request, site, told, after=lambda kept: write_cursor(kept[-1]["case"]) if kept else cursor)


def list_figure(wanted: Wanted) -> Asked:
    """The decisions of a list of cases as a figure."""
    return Asked(
        "cases",
        wanted.party,
        wanted.filters,
        outcome="\n".join(wanted.outcomes),
        place="\n".join(wanted.places),
        about="\n".join(wanted.about),
        text=wanted.text,
        undated="true" if wanted.undated else "",
    )


@router.get(
    "/cases/{case}",
    summary="One case, as extracted from its letter",
    responses=openapi.answers(openapi.Case, "application/ld+json", short=brief_types.BriefLetter),
)
def one_case(request: Request, site: SiteDep, case: CaseNumber) -> Response:
    """The determination in the form of `kg schema`, with its IRI; in JSON-LD its triples as a tree."""
    offered = {"application/json": "json", "application/ld+json": "jsonld"}
    kind = negotiate.best(request.headers.get("accept"), offered)
    if kind is None:
        raise ProblemError(406, f"available formats: {', '.join(offered)}")
    case = site.base.spelled(case)
    if kind == "jsonld":
        determination = site.base.determination(case)
        quads = ox.parse(n_triples(determination), format=ox.RdfFormat.N_TRIPLES)
        tree = {"@context": jsonld.context()["@context"], **jsonld.document(case, quads)}
        return answer(request, site, tree, "application/ld+json")
    text = {"text": site.base.letter(case)} if brief.asked(request) else {}
    return answer(request, site, json_answers.case(site.base, case) | text)


@router.get(
    "/cases/{case}/letter",
    summary="The letter's text with the position of each extracted value",
    responses=openapi.only(thing_types.LetterText, "text/plain"),
)
def letter(request: Request, site: SiteDep, case: CaseNumber) -> Response:
    """Text, and marks with spans in characters of it; as plain text where that is asked for."""
    case = site.base.spelled(case)
    text = site.base.letter(case)
    kind = negotiate.best(request.headers.get("accept"), {"application/json": "json", "text/plain": "text"})
    if kind is None:
        raise ProblemError(406, "available formats: application/json, text/plain")
    if kind == "text":
        return PlainTextResponse(text.encode("utf-8", "replace"))
    found = [
        {"span": [m.span.start, m.span.end], "kind": m.kind.value, "node": m.node, "value": m.value}
        for m in marks(site.base.determination(case))
    ]
    return answer(request, site, {"case": case, "text": text, "marks": found, "generation": site.generation})


@router.get(
    "/cases/{case}/annotations",
    summary="The source text of each fact, as Web Annotations",
    responses=openapi.files(*RDF_TYPES),
)
def annotations(request: Request, site: SiteDep, case: CaseNumber) -> Response:
    """Each thing that was read, with a selector by quote and one by position."""
    case = site.base.spelled(case)
    triples = quotes.n_triples(site.base.determination(case), site.base.letter(case))
    response = service_description.rdf(request, triples)
    response.headers["ETag"] = site.etag(str(request.url), request.headers.get("accept", ""))
    return response
