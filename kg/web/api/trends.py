"""``/api/trends``: outcomes by month, and what changes with an edition."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import Response

from kg.analysis.trends import HELP, ChangeRow, MonthRow, Trends, trends
from kg.cited.figure_address import Asked
from kg.web.api import openapi
from kg.web.api.answers import answer_types
from kg.web.api.cases import Limit, Offset, SiteDep
from kg.web.api.drivers import By
from kg.web.api.figure_links import cited
from kg.web.api.filter_parameters import FiltersDep
from kg.web.api.outcomes import table
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
    changed = trend_figure(found, "change")
    more: dict[str, Any] = {
        "key": key,
        "party": party,
        "filters": found.filters.written(),
        "changes": cited(site, changed, ChangeRow, map(asdict, found.changes)),
        "figure": site.cite(changed),
        "verdict": found.verdict,
        "notes": list(found.notes),
        "help": HELP,
    }

    figure = trend_figure(found, "month")
    return table(request, site, "trends", MonthRow, found.to_frame(), (limit, offset, form), more, figure)


def trend_figure(found: Trends, kind: str) -> Asked:
    """Months or changes as figures."""
    return Asked(kind, found.party, found.filters, key=found.key or "")
