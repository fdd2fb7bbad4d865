"""``/api/drivers``: the table of drivers, as RDF Data Cube observations too, and what is behind each row."""

from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import Path, Query, Request
from fastapi.responses import Response

from kg import sheets
from kg.analysis import cube
from kg.analysis.covariates import ADJUST, NOTHING
from kg.analysis.decisions import LEVELS, PARTIES
from kg.analysis.driver_row.row_query import sparql
from kg.analysis.drivers import HELP, DriverRow
from kg.analysis.shown_columns import meanings
from kg.cited.json_tables import driver_figure, of_drivers
from kg.resources import code_version
from kg.web import negotiate, table_files
from kg.web.api import openapi
from kg.web.api.answers import answer_types, brief_types
from kg.web.api.answers.answering import answer, listing, paged
from kg.web.api.filter_parameters import FiltersDep
from kg.web.parameters import Limit, Offset, SiteDep
from kg.web.problems import ProblemError

router = openapi.Router()

Level = Annotated[str, openapi.one_of(LEVELS)]
By = Annotated[str, openapi.one_of(PARTIES)]
Minimum = Annotated[int, Query(ge=1, le=1_000_000, description="Fewest decisions for a row to be shown.")]
Adjust = Annotated[
    str | None,
    Query(max_length=200, description=f"Covariates to adjust for: {NOTHING}, or some of {','.join(ADJUST)}."),
]

_FORMS = {
    "application/json": "json",
    **{kind: form for form, kind in sheets.MEDIA_TYPES.items() if form != "csv-bom"},
    "text/turtle": "ttl",
    "application/n-triples": "nt",
}
_CUBES = {"ttl": cube.turtle, "nt": cube.n_triples}


@router.get(
    "/drivers",
    summary="Associations between citations and outcomes",
    responses=openapi.answers(
        openapi.listing_of(DriverRow, "about", "figure", base=answer_types.OfDrivers),
        *list(_FORMS)[1:],
        short=brief_types.BriefDrivers,
    ),
)
def drivers(
    request: Request,
    site: SiteDep,
    filters: FiltersDep,
    level: Level = "page",
    party: By = "reviewer",
    minimum: Minimum = 10,
    adjust: Adjust = None,
    limit: Limit = 1000,
    offset: Offset = 0,
    form: Annotated[
        Literal["json", sheets.Form, "ttl", "nt"] | None,
        Query(alias="format", description=table_files.TOLD),
    ] = None,
) -> Response:
    """Associations, not causes: `help` and `notes` say how to read them.

    As Turtle or N-Triples they are RDF Data Cube observations. `about` of a row leads to what is behind it.
    """
    wanted = form or negotiate.best(request.headers.get("accept"), _FORMS)
    if wanted is None:
        raise ProblemError(406, f"available formats: {', '.join(_FORMS)}")
    table = site.drivers(level, party, filters, minimum, adjust)
    told = of_drivers(table)
    if table_files.is_file(wanted):
        name, cells = f"drivers-{table.level}-{table.party}", table.to_frame().iter_rows()
        return table_files.download(request, site, wanted, name, meanings(DriverRow), cells, told.told)
    if write := _CUBES.get(wanted):
        media_type = next(name for name, short in _FORMS.items() if short == wanted)
        text = write(table, site.generation, code_version())
        return Response(text, media_type=media_type, headers={"Vary": "Accept"})
    return answer(request, site, told.page(site.generation, site.cite, limit, offset))


@router.get(
    "/drivers/{key:path}",
    summary="One row of the drivers: its cases, and the SPARQL query that counts it",
    responses=openapi.answers(answer_types.DriverCases),
)
def driver(
    request: Request,
    site: SiteDep,
    filters: FiltersDep,
    key: Annotated[str, Path(max_length=300, examples=["chronic-pain/2009/page/98"])],
    level: Level = "page",
    party: By = "reviewer",
    minimum: Minimum = 10,
    adjust: Adjust = None,
    limit: Limit = 1000,
    offset: Offset = 0,
) -> Response:
    """The case numbers; `sparql` can be sent to `/sparql` as it is and counts the same decisions as `row`.

    It is null where the graph does not hold what a filter keeps (`rationale`).
    """
    table = site.drivers(level, party, filters, minimum, adjust)
    cases = table.cases(key)
    row = asdict(table.row(key))
    page, following = paged(cases, limit, offset)
    row["figure"] = site.cite(driver_figure(table, key))
    more = {"row": row, "sparql": sparql(table, key) if table.filters.stated else None, "help": HELP}
    return answer(request, site, listing(site, page, len(cases), following, **more))
