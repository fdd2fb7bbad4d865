"""``/api/grounds`` and ``/api/sentences``: what reviewers state, and how often."""

from typing import Annotated, Literal

from fastapi import Query, Request
from fastapi.responses import Response

from kg.analysis.reasons.ground_rates import BY, GroundRow, grounds
from kg.analysis.reasons.stock_sentences import StockRow
from kg.cited.json_tables import of_grounds, of_sentences
from kg.web.api import openapi
from kg.web.api.answers import answer_types, brief_types
from kg.web.api.drivers import By
from kg.web.api.filter_parameters import FiltersDep
from kg.web.api.outcomes import table
from kg.web.parameters import Limit, Offset, SiteDep
from kg.web.table_files import FILES, FormDep

router = openapi.Router()


@router.get(
    "/grounds",
    summary="Grounds stated by reviewers, by citation or request",
    responses=openapi.answers(
        openapi.listing_of(GroundRow, "figure", base=answer_types.OfGrounds),
        *FILES,
        short=brief_types.BriefGrounds,
    ),
)
def stated(
    request: Request,
    site: SiteDep,
    form: FormDep,
    filters: FiltersDep,
    by: Annotated[Literal[BY], Query(description="Grouping of the grounds.")] = "all",  # type: ignore[valid-type]
    key: Annotated[
        str | None,
        Query(
            max_length=300,
            description="Only this page, section, drug, ..., with a summary sentence.",
            examples=["chronic-pain/2009/page/98"],
        ),
    ] = None,
    party: By = "reviewer",
    minimum: Annotated[
        int, Query(ge=1, le=1_000_000, description="Fewest decisions for a row to be reported.")
    ] = 10,
    limit: Limit = 100,
    offset: Offset = 0,
) -> Response:
    """Shares of the upheld and of the overturned decisions that state each; letters are the unit.

    They describe what is written: no causes, and nothing is predicted from them.
    """
    found = grounds(site.index, by, key, party, filters, minimum)
    return table(request, site, "grounds", of_grounds(found, by, key, party), (limit, offset, form))


@router.get(
    "/sentences",
    summary="Sentences that appear in several letters",
    responses=openapi.answers(openapi.listing_of(StockRow, "figure", base=answer_types.OfSentences), *FILES),
)
def sentences(
    request: Request,
    site: SiteDep,
    form: FormDep,
    filters: FiltersDep,
    alike: Annotated[
        bool, Query(description="Ignore differences in names, sides, numbers and dates.")
    ] = False,
    minimum: Annotated[
        int, Query(ge=2, le=1_000_000, description="Fewest letters that a sentence must appear in.")
    ] = 2,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    offset: Offset = 0,
) -> Response:
    """Word for word or nearly alike, those of the most letters first; `verdict` is how much is stock."""
    found = site.stock_sentences(filters, alike=alike, minimum=minimum, limit=limit, offset=offset)
    return table(request, site, "sentences", of_sentences(found, minimum, offset), (limit, offset, form))
