"""``/api/outcomes``, ``/api/sides`` and ``/api/network``: outcomes by what decisions have, and links."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Annotated, Any, Literal, Union

import polars as pl
from fastapi import Query, Request
from fastapi.responses import Response
from pydantic.json_schema import SkipJsonSchema

from kg.analysis import network as links
from kg.analysis import sides as two_sides
from kg.analysis.columns import meanings
from kg.analysis.network import LinkRow, Network, NodeRow
from kg.analysis.outcomes import GROUPINGS, HELP, KINDS, DriftRow, GroupRow, QuantityRow, grouping
from kg.analysis.outcomes import outcomes as count
from kg.analysis.sides import AgreementRow, GroupAgreementRow, PairRow, Sides, SilentRow
from kg.cited.figure_address import Asked
from kg.web import table_files
from kg.web.api import openapi
from kg.web.api.answers import answer_types
from kg.web.api.cases import Limit, Offset, SiteDep, answer, listing
from kg.web.api.drivers import By, Level, Minimum
from kg.web.api.figure_links import cited
from kg.web.api.filter_parameters import FiltersDep
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
    more: dict[str, Any] = {"by": by, "across": across, "party": party, "minimum": minimum, "help": HELP}
    more |= {"filters": found.filters.written(), "notes": list(found.notes)}
    more["figure"] = site.cite(Asked("outcomes", party, found.filters))
    figure = Asked("group", party, found.filters, by=by, across=across or "")
    return table(
        request, site, f"outcomes-{by}", found.row, found.to_frame(), (limit, offset, form), more, figure
    )


_SHOWN = {"agreement": AgreementRow, "pairs": PairRow, "silent": SilentRow}


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
    row, frame = (GroupAgreementRow, found.groups) if by else (_SHOWN[show], getattr(found, show))
    more: dict[str, Any] = {
        "level": level,
        "show": show,
        "by": by,
        "minimum": minimum,
        "help": two_sides.HELP,
    }
    more |= {"filters": found.filters.written(), "notes": list(found.notes), "same_share": found.same_share}
    more["effect"] = None if found.effect is None else asdict(found.effect)
    figure = side_figure(found, "agreement" if by else show, by)
    more["figure"] = site.cite(side_figure(found, "agreement", by))
    return table(request, site, f"sides-{level}", row, frame, (limit, offset, form), more, figure)


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
    frame = found.to_frame()
    linked = pl.concat(frame.slice(offset, limit)[end] for end in ("source", "target"))
    nodes = found.nodes()
    more: dict[str, Any] = {"kind": kind, "level": level, "party": party, "minimum": minimum, "q": q}
    more |= {"filters": found.filters.written(), "notes": list(found.notes), "help": links.HELP}
    figure = link_figure(found, minimum, q)
    shown = nodes.filter(pl.col("node").is_in(linked.implode())).to_dicts()
    more |= {"nodes": cited(site, replace(figure, kind="linked"), NodeRow, shown)}
    more |= {"communities": list(found.communities), "figure": site.cite(figure)}
    return table(request, site, f"network-{kind}", LinkRow, frame, (limit, offset, form), more, figure)


def side_figure(found: Sides, show: str, by: str | None) -> Asked:
    """A table of the two sides as figures; ``show`` is that of the API."""
    kind = {"agreement": "agreement", "pairs": "pair", "silent": "silent"}[show]
    own = by or "" if kind == "agreement" else ""
    return Asked(kind, "any", found.filters, found.level, by=own)


def link_figure(found: Network, minimum: int, q: float) -> Asked:
    """A network as figures."""
    of = Asked("link", found.party, found.filters, found.level, links=found.kind)
    return replace(of, minimum=str(minimum), q=str(q))


def table(
    request: Request,
    site: Site,
    name: str,
    row: type,
    frame: pl.DataFrame,
    page: tuple[int, int, str],
    more: dict[str, Any],
    figure: Asked,
) -> Response:
    """Rows as a list with what is said of them, or as a file; ``page`` is limit, offset and form.

    ``figure`` says which table they are of, so that each carries the address to cite.
    """
    limit, offset, form = page
    if table_files.is_file(form):
        rows: Iterable[tuple[Any, ...]] = frame.iter_rows()
        return table_files.download(request, site, form, name, meanings(row), rows, more)
    following = str(offset + limit) if offset + limit < frame.height else None
    rows_ = cited(site, figure, row, frame.slice(offset, limit).to_dicts())
    return answer(request, site, listing(site, rows_, frame.height, following, **more))
