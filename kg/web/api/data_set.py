"""``/api`` and ``/api/stats``: the data set, and how much of the letters was read."""

from fastapi import Request
from fastapi.responses import Response

from kg.cited.figure_address import Asked
from kg.cited.json_tables import of_coverage
from kg.web.api import openapi
from kg.web.api.answers import thing_types
from kg.web.api.answers.answering import answer
from kg.web.parameters import Limit, SiteDep

router = openapi.Router()


@router.get("/", summary="About the data set", responses=openapi.answers(thing_types.DataSet))
def dataset(request: Request, site: SiteDep) -> Response:
    """Counts, years, the reader that made it, and where to ask."""
    counts = site.figures
    return answer(
        request,
        site,
        {
            "name": "imr-kg",
            "generation": site.generation,
            "about": site.base.about,
            "decisions": counts.decisions,
            "upheld": counts.upheld,
            "overturned": counts.overturned,
            "modified": counts.modified,
            "years": site.years,
            "sparql": "/sparql",
            "openapi": "/api/openapi.json",
            "figure": site.cite(Asked("outcomes", "any")),
        },
    )


@router.get("/stats", summary="Extraction coverage", responses=openapi.answers(thing_types.Coverage))
def stats(request: Request, site: SiteDep, limit: Limit = 1000) -> Response:
    """Per field what was read, resolved, unresolved and absent; unresolved wordings by frequency.

    `limit` holds for each of the lists.
    """
    return answer(request, site, of_coverage(site.coverage, site.generation, site.cite, limit))
