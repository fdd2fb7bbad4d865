"""``/api/robustness``: one row of the drivers under several specifications."""

from typing import Annotated

from fastapi import Path, Request
from fastapi.responses import Response

from kg.analysis.driver_row.robustness import robustness
from kg.cited.json_tables import of_robustness
from kg.web.api import openapi
from kg.web.api.answers import answer_types
from kg.web.api.drivers import By, Level
from kg.web.api.filter_parameters import FiltersDep
from kg.web.api.outcomes import table
from kg.web.parameters import Limit, Offset, SiteDep
from kg.web.table_files import FILES, FormDep

router = openapi.Router()


@router.get(
    "/robustness/{key:path}",
    summary="One row of the drivers under several specifications",
    responses=openapi.answers(answer_types.Specifications, *FILES),
)
def specifications(
    request: Request,
    site: SiteDep,
    form: FormDep,
    filters: FiltersDep,
    key: Annotated[str, Path(max_length=300, examples=["chronic-pain/2009/page/98"])],
    level: Level = "page",
    party: By = "reviewer",
    limit: Limit = 100,
    offset: Offset = 0,
) -> Response:
    """Specifications in `results`, with the E-value, a negative control and `pairs` of letters to read."""
    found = robustness(site.index, key, level, party, filters)
    return table(request, site, "robustness", of_robustness(found), (limit, offset, form))
