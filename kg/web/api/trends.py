"""``/api/trends``: outcomes by month, and what changes with an edition."""

from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import Response

from kg.analysis.trends import MonthRow, trends
from kg.cited.json_tables import of_trends
from kg.web.api import openapi
from kg.web.api.answers import answer_types
from kg.web.api.drivers import By
from kg.web.api.filter_parameters import FiltersDep
from kg.web.api.outcomes import table
from kg.web.parameters import Limit, Offset, SiteDep
from kg.web.table_files import FILES, FormDep

router = openapi.Router()


@router.get(
    "/trends",
    summary="Outcomes by month, with level and slope at each change of edition",
    responses=openapi.answers(openapi.listing_of(MonthRow, "figure", base=answer_types.OfTrends), *FILES),
)
def monthly(
    request: Request,
    site: SiteDep,
    form: FormDep,
    filters: FiltersDep,
    key: Annotated[
        str | None,
        Query(
            max_length=300,
            description="What the party cites: a page, section, chapter, edition or guideline.",
            examples=["chronic-pain/2009/page/98"],
        ),
    ] = None,
    party: By = "reviewer",
    limit: Limit = 1000,
    offset: Offset = 0,
) -> Response:
    """Months in `results`, level and slopes in `changes`: letters are the unit; `help` says how to read."""
    found = trends(site.index, key, party, filters)
    return table(request, site, "trends", of_trends(found, site.cite), (limit, offset, form))
