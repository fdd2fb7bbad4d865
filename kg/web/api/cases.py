"""``/api/cases``: lists of cases, and one case with its letter and the quotes behind it."""

from typing import Annotated, Any, Literal

import pyoxigraph as ox
from fastapi import Query, Request
from fastapi.responses import PlainTextResponse, Response
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
from kg.web.api.answers.answering import answer, listing
from kg.web.api.filter_parameters import FiltersDep
from kg.web.parameters import CaseNumber, Limit, SiteDep
from kg.web.problems import ProblemError
from kg.web.sparql import service_description
from kg.web.sparql.service_description import RDF_TYPES

router = openapi.Router()

Values = list[Annotated[str, Field(max_length=300)]]


def _several(told: str, example: str | None = None) -> Any:
    return Query(max_length=50, description=told, examples=[[example]] if example else None)


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
