"""``/api/queries``: the named queries, each with its rows."""

import asyncio
import dataclasses
from collections.abc import Mapping
from inspect import signature
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from kg import queries
from kg.analysis.prepared.query_answers import counting
from kg.cited.of_questions import of_query_row
from kg.web import table_files
from kg.web.api import openapi
from kg.web.api.answers import answer_types, brief_types
from kg.web.api.answers.answering import answer, listing, paged
from kg.web.parameters import Limit, Offset, SiteDep
from kg.web.site import Site
from kg.web.sparql import site_queries
from kg.web.table_files import FILES, FormDep

router = openapi.Router()


@router.get(
    "/queries",
    summary="The named queries",
    responses=openapi.answers(answer_types.NamedQueries, short=brief_types.BriefNamedQueries),
)
def named_queries(request: Request, site: SiteDep, limit: Limit = 1000, offset: Offset = 0) -> Response:
    """What each answers and takes; its SPARQL is at `/api/queries/NAME/text`."""
    rows = []
    for name in queries.names():
        query = queries.load(name)
        rows.append(
            {
                "name": name,
                "summary": query.summary,
                "parameters": [dataclasses.asdict(parameter) for parameter in query.parameters],
                "columns": query.columns,
            }
        )
    page, following = paged(rows, limit, offset)
    return answer(request, site, listing(site, page, len(rows), following))


@router.get(
    "/queries/{name}/text",
    summary="The SPARQL of a named query",
    responses=openapi.files("application/sparql-query"),
)
def query_text(name: str) -> Response:
    """The query as it stands, with the defaults of its parameters."""
    return Response(queries.load(name).text, media_type="application/sparql-query")


async def _answered(
    request: Request,
    site: Site,
    name: str,
    form: str,
    given: dict[str, Any],
    page: tuple[int, int] = (0, 0),
) -> Response:
    """Rows of a named query, of which ``page`` is limit and offset; a file has all.

    A query that has a limit of its own is asked for one row more than the page shows, and its rows are
    counted where there are more.

    Raises:
        UnknownError: there is none.
        QueryError: a parameter is missing, unknown or not of its type.
    """
    query = queries.load(name)
    limit, offset = page
    most = min(offset + limit + 1, _MOST) if _limited(query) and form == "json" else None
    columns, rows, total = await _all_of(request, query, given, most)
    site = request.state.site
    if table_files.is_file(form):
        about = {"query": name, "summary": query.summary, "parameters": given}
        cells = [list(row.values()) for row in rows]
        return await asyncio.to_thread(table_files.download, request, site, form, name, columns, cells, about)
    shown, following = paged(rows, limit, offset)
    if not request.app.state.settings.endpoint:  # the figures of a base are counted in its own graph
        asked = {one: value for one, value in given.items() if one in request.query_params}
        shown = await asyncio.to_thread(_with_figures, site, query, asked, shown)
    return answer(request, site, listing(site, shown, total, following, columns=columns))


def _with_figures(
    site: Site, query: queries.Query, given: dict[str, Any], rows: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Rows that count something, each with its address; those that list what letters say as they are."""
    found = [(row, of_query_row(query, given, row)) for row in rows]
    return [row if figure is None else {**row, "figure": site.cite(figure)} for row, figure in found]


def _counting(query: queries.Query, given: Mapping[str, Any]) -> str:
    """The SPARQL text that counts all rows of a query, a SELECT."""
    return counting(query.unlimited().bind({name: value for name, value in given.items() if name != "limit"}))


async def _all_of(
    request: Request, query: queries.Query, given: dict[str, Any], most: int | None
) -> tuple[list[str], list[dict[str, Any]], int]:
    """Columns, rows (``most``, where that is said) and how many rows there are, all of one generation."""
    while True:
        limit = {} if most is None else {"limit": most}
        columns, rows = await site_queries.rows(request, query.bind(given | limit))
        site, total = request.state.site, len(rows)
        if most is not None and total >= most:
            _, [counted] = await site_queries.rows(request, _counting(query, given))
            total = int(counted["rows"])
        if request.state.site is site:  # else a new generation came between the two
            return columns, rows, total


_MOST = 1_000_000
"""What a query's own limit can be."""


def _limited(query: queries.Query) -> bool:
    """Whether a query has a limit of its own."""
    return any(parameter.name == "limit" for parameter in query.parameters)


def _named(name: str) -> None:
    """Serve one named query, with its parameters as its file declares them."""
    query = queries.load(name)

    async def ask(request: Request, site: Site, form: str, offset: int, limit: int, **given: Any) -> Response:
        own = {"limit": limit} if _limited(query) else {}
        return await _answered(request, site, name, form, given | own, (limit, offset))

    def first(
        request: Request, site: SiteDep, form: FormDep, offset: Offset = 0, limit: Limit = 1000
    ) -> None:
        """What each takes, and a limit where it has none of its own."""

    taken = list(signature(first).parameters.values())[: -1 if _limited(query) else None]
    call = openapi.as_call(name, ask, openapi.arguments(query, taken))
    router.add_api_route(
        f"/queries/{name}",
        call,
        operation_id=f"query_{name}",
        summary=query.summary,
        responses=openapi.answers(answer_types.rows_of(query), *FILES, short=brief_types.BriefRows),
    )


for _name in queries.names():
    _named(_name)


@router.get("/queries/{name}", include_in_schema=False)
async def named_query(request: Request, site: SiteDep, name: str) -> Response:
    """The error about a query that is not there."""
    return await _answered(request, site, name, "json", {})
