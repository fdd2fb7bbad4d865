"""``/api/guidelines``, ``specialties``, ``services``, ``drugs``, ``body-parts``: what decisions have."""

from typing import Annotated, Any, Literal

from fastapi import Path, Query, Request
from fastapi.responses import Response

from kg.analysis.shown_columns import meanings
from kg.explore.row_types import FeatureRow
from kg.graph import iri
from kg.web import table_files
from kg.web.api import openapi
from kg.web.api.answers import thing_types
from kg.web.api.answers.answering import answer, listing, paged
from kg.web.api.answers.figure_links import of_node
from kg.web.parameters import Limit, Offset, SiteDep
from kg.web.site import Site
from kg.web.table_files import FILES, FormDep

router = openapi.Router()

FEATURES = openapi.answers(openapi.listing_of(FeatureRow, "figure"), *FILES)


@router.get(
    "/guidelines", summary="Guidelines, chapters, sections and pages that are cited", responses=FEATURES
)
def guidelines(
    request: Request,
    site: SiteDep,
    form: FormDep,
    kind: Annotated[Literal["edition", "chapter", "section", "page"] | None, Query()] = None,
    limit: Limit = 100,
    offset: Offset = 0,
) -> Response:
    """With how many decisions either party cites each for, and how those ended; most cited first."""
    kinds = [kind] if kind else ["edition", "chapter", "section", "page"]
    rows = sorted((row for k in kinds for row in site.cited(k)), key=lambda row: -row["decisions"])
    return _listed(request, site, rows, limit, offset, form, "guidelines")


@router.get(
    "/guidelines/{notation:path}",
    summary="One guideline, chapter, section or page",
    responses=openapi.answers(thing_types.Place),
)
def guideline(
    request: Request,
    site: SiteDep,
    notation: Annotated[str, Path(max_length=300, examples=["chronic-pain/2009/page/98"])],
    limit: Limit = 1000,
) -> Response:
    """Its figures by party, what it is part of, and its parts with theirs, `limit` of each kind."""
    found = site.place(notation)
    parts = {name: _figured(site, found[name][:limit]) for name in ("pages", "sections", "chapters")}
    cited = {
        party: {**counts, "figure": of_node(site, f"guideline/{notation}", party)}
        for party, counts in found["cited"].items()
    }
    return answer(request, site, {**found, **parts, "cited": cited, "generation": site.generation})


def _figured(site: Site, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Features, each with the address of its figures."""
    return [row | {"figure": of_node(site, row["iri"].removeprefix(iri.BASE))} for row in rows]


def _features(path: str, kind: str, words: str) -> None:
    """Serve the list of one kind of feature."""

    def features(
        request: Request,
        site: SiteDep,
        form: FormDep,
        limit: Limit = 100,
        offset: Offset = 0,
    ) -> Response:
        """With how many decisions have each, and how those ended; most frequent first."""
        rows = sorted(site.cited(kind), key=lambda row: -row["decisions"])
        return _listed(request, site, rows, limit, offset, form, path)

    router.add_api_route(
        f"/{path}", features, name=path, operation_id=path, summary=words, responses=FEATURES
    )


_features("specialties", "specialty", "Reviewers' specialties")
_features("services", "service", "Services by category and subcategory")
_features("drugs", "drug", "Drugs by ingredient")
_features("body-parts", "body part", "Body parts")


def _listed(
    request: Request,
    site: Site,
    rows: list[dict[str, Any]],
    limit: int,
    offset: int,
    form: str,
    name: str,
) -> Response:
    if table_files.is_file(form):
        cells = [list(row.values()) for row in rows]
        return table_files.download(request, site, form, name, meanings(FeatureRow), cells)
    page, following = paged(rows, limit, offset)
    return answer(request, site, listing(site, _figured(site, page), len(rows), following))
