"""``/api``: the knowledge base as JSON."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from kg import contract
from kg.analysis.drivers import HELP, STRATA
from kg.analysis.filters import Filters
from kg.analysis.index import LEVELS, PARTIES
from kg.analysis.related import WANTED
from kg.evidence import marks
from kg.web import negotiate, tables
from kg.web.cases import Wanted
from kg.web.links import address, case_node
from kg.web.problems import ProblemError
from kg.web.site import Site

router = APIRouter(prefix="/api", tags=["API"])

Limit = Annotated[int, Query(ge=1, le=1000, description="Most results to give.")]
Cursor = Annotated[str | None, Query(description="`next` of the page before.", max_length=200)]
Values = Annotated[list[str], Query(max_length=50)]
Format = Annotated[Literal["json", "csv"] | None, Query(description="Instead of the Accept header.")]


def site_of(request: Request) -> Site:
    """The generation that is served when the request begins."""
    site: Site = request.app.state.state.site
    return site


SiteDep = Annotated[Site, Depends(site_of)]


def filters_of(
    year: Annotated[list[str], Query(description="Years of decision: `2016` or `2014-2016`.")] = [],  # noqa: B006
    category: Values = [],  # noqa: B006
    subcategory: Values = [],  # noqa: B006
    body_part: Values = [],  # noqa: B006
    drug: Values = [],  # noqa: B006
    specialty: Values = [],  # noqa: B006
    edition: Annotated[list[str], Query(description="Year of the edition that is cited.")] = [],  # noqa: B006
    template: Values = [],  # noqa: B006
) -> Filters:
    """The decisions that a request is about."""
    return Filters.of(
        year=year,
        category=category,
        subcategory=subcategory,
        body_part=body_part,
        drug=drug,
        specialty=specialty,
        edition=edition,
        template=template,
    )


FiltersDep = Annotated[Filters, Depends(filters_of)]


def listing(site: Site, results: list[Any], total: int, following: str | None, **more: Any) -> dict[str, Any]:
    """A list as every address gives it."""
    return {"results": results, "total": total, "next": following, "generation": site.generation, **more}


def answer(request: Request, site: Site, content: Any) -> Response:
    """JSON with an ETag: the same address gives the same answer while the generation stays."""
    etag = site.etag(str(request.url), request.headers.get("accept", ""))
    headers = {"ETag": etag, "Vary": "Accept"}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return JSONResponse(content, headers=headers)


@router.get("/cases", summary="Cases that pass the filters")
def cases(
    request: Request,
    site: SiteDep,
    filters: FiltersDep,
    outcome: Annotated[list[Literal["upheld", "overturned", "modified"]], Query()] = [],  # noqa: B006
    guideline: Values = [],  # noqa: B006
    section: Values = [],  # noqa: B006
    page: Annotated[list[str], Query(description="`chronic-pain/2009/page/98`", max_length=50)] = [],  # noqa: B006
    party: Literal["reviewer", "claims_administrator", "any"] = "any",
    text: Annotated[str, Query(max_length=300, description="Words in the item, all of them.")] = "",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """Cases with an item that passes every filter given, by case number."""
    wanted = Wanted(filters, tuple(outcome), (*guideline, *section, *page), party, text)
    found = site.cases(wanted, limit, cursor)
    return answer(request, site, listing(site, found.rows, found.total, found.next))


@router.get("/cases/{case}", summary="One case: what its letter says")
def one_case(request: Request, site: SiteDep, case: str) -> Response:
    """The determination in the form of `kg schema`, with its IRI."""
    form = contract.to_json(site.base.determination(case))
    return answer(request, site, {"iri": address(case_node(case)), **form, "generation": site.generation})


@router.get("/cases/{case}/letter", summary="The letter's text with what was read where")
def letter(request: Request, site: SiteDep, case: str) -> Response:
    """Text, and marks with spans in characters of it; as plain text where that is asked for."""
    text = site.base.letter(case)
    kind = negotiate.best(request.headers.get("accept"), {"application/json": "json", "text/plain": "text"})
    if kind is None:
        raise ProblemError(406, "a letter can be had as application/json, text/plain")
    if kind == "text":
        return PlainTextResponse(text.encode("utf-8", "replace"))
    found = [
        {"span": [*m.span], "kind": m.kind.value, "node": m.node, "value": m.value}
        for m in marks(site.base.determination(case))
    ]
    return answer(request, site, {"case": case, "text": text, "marks": found, "generation": site.generation})


@router.get("/cases/{case}/related", summary="Cases like this one, with reasons")
async def related(
    request: Request,
    site: SiteDep,
    case: str,
    filters: FiltersDep,
    outcome: Annotated[str | None, Query(description=f"One of {', '.join(WANTED)}.")] = None,
    limit: Limit = 10,
    cursor: Cursor = None,
) -> Response:
    """The most alike first. `outcome=other` keeps those that went the other way."""
    found = site.related(case, outcome, limit, cursor, filters)
    rows = [
        {
            "case": row.case,
            "iri": address(case_node(row.case)),
            "score": row.score,
            "outcomes": row.outcomes,
            "shared": [
                {"kind": s.kind, "value": s.value, "share": s.share, "cases": s.cases} for s in row.shared
            ],
        }
        for row in found.rows
    ]
    return answer(
        request,
        site,
        listing(
            site,
            rows,
            site.related_count(case, outcome, filters),
            found.next,
            case=case,
            outcomes=found.outcomes,
        ),
    )


@router.get("/drivers", summary="What is cited where items are overturned")
def drivers(
    request: Request,
    site: SiteDep,
    filters: FiltersDep,
    level: Annotated[str, Query(description=f"One of {', '.join(LEVELS)}.")] = "page",
    party: Annotated[str, Query(description=f"One of {', '.join(PARTIES)}.")] = "reviewer",
    minimum: Annotated[int, Query(ge=1, le=1_000_000, description="Fewer decisions: counts only.")] = 10,
    strata: Annotated[str, Query(description=f"One of {', '.join(STRATA)}.")] = "category",
    limit: Limit = 1000,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    form: Annotated[Format, Query(alias="format")] = None,
) -> Response:
    """Associations, not causes: `help` and `notes` say how to read them."""
    table = site.drivers(level, party, filters, minimum, strata)
    wanted = form or negotiate.best(
        request.headers.get("accept"), {"application/json": "json", "text/csv": "csv"}
    )
    if wanted is None:
        raise ProblemError(406, "drivers can be had as application/json, text/csv")
    if wanted == "csv":
        frame = table.to_frame()
        return tables.download(f"drivers-{table.level}-{table.party}", frame.columns, frame.iter_rows())
    rows = table.table.slice(offset, limit).to_dicts()
    more = offset + limit < len(table)
    return answer(
        request,
        site,
        listing(
            site,
            rows,
            len(table),
            str(offset + limit) if more else None,
            level=table.level,
            party=table.party,
            filters={name: list(value) for name, value in table.filters.given().items()},
            minimum=table.minimum,
            decisions=table.decisions,
            upheld=table.upheld,
            overturned=table.overturned,
            modified=table.modified,
            notes=list(table.notes),
            help=HELP,
        ),
    )
