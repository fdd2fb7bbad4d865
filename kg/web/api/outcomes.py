"""``/api/outcomes``, ``/api/sides`` and ``/api/network``: outcomes by what decisions have, and links."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal, Union

from fastapi import Query, Request
from fastapi.responses import Response
from pydantic.json_schema import SkipJsonSchema

from kg.analysis import network as links
from kg.analysis import sides as two_sides
from kg.analysis.network import LinkRow
from kg.analysis.outcomes import GROUPINGS, KINDS, DriftRow, GroupRow, QuantityRow, grouping
from kg.analysis.outcomes import outcomes as count
from kg.analysis.shown_columns import meanings
from kg.analysis.sides import AgreementRow, GroupAgreementRow, PairRow, SilentRow
from kg.cited.json_tables import JsonTable, of_network, of_outcomes, of_sides
from kg.web import table_files
from kg.web.api import openapi
from kg.web.api.answers import answer_types
from kg.web.api.answers.answering import answer
from kg.web.api.drivers import By, Level, Minimum
from kg.web.api.filter_parameters import FiltersDep
from kg.web.parameters import Limit, Offset, SiteDep
from kg.web.site import Site
from kg.web.table_files import FILES, FormDep

router = openapi.Router()

Grouping = Annotated[str | SkipJsonSchema[None], openapi.one_of(GROUPINGS, ": a grouping", max_length=20)]


def listings(base: type[openapi.Listing], *rows: type) -> Any:
    """A page of a list whose rows are one of several types, by what is asked."""
    return Union[tuple(openapi.listing_of(row, "figure", base=base) for row in rows)]  # noqa: UP007 - of a tuple


@router.get(
    "/outcomes",
    summary="Outcomes by specialty, service, drug, body part, licence, year and so on",
    responses=openapi.answers(listings(answer_types.OfOutcomes, GroupRow, DriftRow, QuantityRow), *FILES),
)
def outcomes(
    request: Request,
    site: SiteDep,
    form: FormDep,
    filters: FiltersDep,
    by: Annotated[str, openapi.one_of(KINDS, max_length=20)] = "specialty",
    across: Grouping = None,
    party: By = "reviewer",
    minimum: Minimum = 10,
    limit: Limit = 1000,
    offset: Offset = 0,
) -> Response:
    """Letters are the unit of the intervals; a row counts what the filter named `by` keeps with its value."""
    found = count(site.index, by, across, party, filters, minimum)
    told = of_outcomes(found, by, across, party, minimum)
    return table(request, site, f"outcomes-{by}", told, (limit, offset, form))


@router.get(
    "/sides",
    summary="Citations of the two parties for the same item, with outcomes",
    responses=openapi.answers(
        listings(answer_types.OfSides, AgreementRow, GroupAgreementRow, PairRow, SilentRow), *FILES
    ),
)
def sides(
    request: Request,
    site: SiteDep,
    form: FormDep,
    filters: FiltersDep,
    level: Level = "page",
    show: Annotated[
        Literal["agreement", "pairs", "silent"],
        Query(description="Agreement, outcomes by what each party cites, or how often each cites nothing."),
    ] = "agreement",
    by: Grouping = None,
    minimum: Minimum = 10,
    limit: Limit = 1000,
    offset: Offset = 0,
) -> Response:
    """Letters are the unit; `effect` compares items whose reviewer cites more than the administrator."""
    found = two_sides.sides(site.index, level, filters, minimum, grouping(site.index, by))
    return table(request, site, f"sides-{level}", of_sides(found, show, by, minimum), (limit, offset, form))


@router.get(
    "/network",
    summary="Citations that occur together, or with services or specialties",
    responses=openapi.answers(openapi.listing_of(LinkRow, "figure", base=answer_types.OfNetwork), *FILES),
)
def network(
    request: Request,
    site: SiteDep,
    form: FormDep,
    filters: FiltersDep,
    kind: Annotated[str, openapi.one_of(links.KINDS, max_length=20)] = "together",
    level: Level = "page",
    party: By = "reviewer",
    minimum: Minimum = 10,
    q: Annotated[float, Query(ge=0, le=2, description="Omit links with a greater q-value.")] = 0.05,
    limit: Limit = 1000,
    offset: Offset = 0,
) -> Response:
    """Links in `results`, the strongest first, and their `nodes`; letters count, both degrees are held."""
    found = links.network(site.index, kind, level, party, filters, minimum, q)
    told = of_network(found, minimum, q, site.cite, limit, offset)
    return table(request, site, f"network-{kind}", told, (limit, offset, form))


def table(request: Request, site: Site, name: str, found: JsonTable, page: tuple[int, int, str]) -> Response:
    """Rows as a list with what is said of them, or as a file; ``page`` is limit, offset and form."""
    limit, offset, form = page
    if table_files.is_file(form):
        rows: Iterable[tuple[Any, ...]] = found.frame.iter_rows()
        about = {**found.told, "figure": site.cite(found.whole)}
        return table_files.download(request, site, form, name, meanings(found.row), rows, about)
    return answer(request, site, found.page(site.generation, site.cite, limit, offset))
