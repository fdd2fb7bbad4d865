"""``/api`` beyond cases: what is cited and by whom, search, the graph's neighbourhoods."""

import re
from dataclasses import replace
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from kg.analysis import labels
from kg.analysis.shown_columns import meanings
from kg.cited.figure_address import Asked
from kg.cited.json_tables import of_coverage
from kg.explore import drawing, edge_evidence, json_answers
from kg.explore.neighbours import address
from kg.explore.row_types import FeatureRow, HitRow
from kg.graph import iri
from kg.questions.complete import complete
from kg.questions.question_reader import read_question
from kg.web import table_files
from kg.web.api import openapi
from kg.web.api.answers import answer_types, brief_types, thing_types
from kg.web.api.cases import Limit, Offset, SiteDep, answer, listing, paged
from kg.web.api.figure_links import completion_figure, of_node, suggestion_figure
from kg.web.site import Site
from kg.web.table_files import FILES, FormDep

router = openapi.Router()

Words = Annotated[
    str,
    Query(
        min_length=1,
        max_length=200,
        pattern=r"[A-Za-z0-9]",
        description="Words, or a phrase in quotes.",
        examples=["lumbar epidural"],
    ),
]
NodeName = Annotated[
    str, Query(max_length=400, description="An IRI without its base.", examples=["guideline/acoem-2004/12"])
]
FEATURES = openapi.answers(openapi.listing_of(FeatureRow, "figure"), *FILES)


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


@router.get(
    "/search",
    summary="Full-text search of the letters",
    responses=openapi.answers(openapi.listing_of(HitRow, base=answer_types.Found)),
)
def search(
    request: Request,
    site: SiteDep,
    q: Words,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    offset: Offset = 0,
) -> Response:
    """Letters that hold all the words; `hits` are ranges of the snippet, in characters."""
    told = json_answers.hits(site.generation, site.search.find(q, limit, offset))
    return answer(request, site, told | {"figure": site.cite(Asked("search", q=q))})


_QUESTIONS = 3
"""Questions that are offered under the things of a name."""
_WORD = re.compile(r"\w+")


def _questions(site: Site, text: str) -> list[dict[str, Any]]:
    """Questions that a text can go on to, in its own words; of those that mean the same, the first."""
    typed = [word.casefold() for word in _WORD.findall(text)]
    found: dict[tuple[str, tuple[str, ...]], dict[str, Any]] = {}
    for one in complete(site.index, text, 4 * _QUESTIONS):
        words = [word.casefold() for word in _WORD.findall(one.text)]
        if all(any(word.startswith(start) for word in words) for start in typed):
            figure = completion_figure(site, one)
            told = {"node": "", "label": one.text, "kind": "question", "decisions": one.decisions}
            told |= {"path": f"/ask?q={quote(one.text)}", "figure": figure}
            found.setdefault((figure, read_question(one.text).by), told)
    return list(found.values())[:_QUESTIONS]


@router.get(
    "/suggest",
    summary="Autocomplete suggestions",
    responses=openapi.answers(answer_types.Suggestions, short=brief_types.BriefFound),
)
def suggest(
    request: Request, site: SiteDep, q: Words, limit: Annotated[int, Query(ge=1, le=50)] = 10
) -> Response:
    """Cases, guidelines, sections, pages, items, services, drugs and specialties by their names."""
    rows = [
        {**one._asdict(), "figure": suggestion_figure(site, one)} for one in site.suggestions.find(q, limit)
    ]
    rows += _questions(site, q)
    return answer(request, site, listing(site, rows, len(rows), None))


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


@router.get(
    "/node",
    summary="One node of the graph: figures and relations",
    responses=openapi.answers(thing_types.Node),
)
def node(request: Request, site: SiteDep, node: NodeName) -> Response:
    """Its kind and label, how its decisions ended, and how many nodes each relation leads to."""
    links = site.links
    return answer(
        request,
        site,
        {
            "node": node,
            "iri": address(node),
            "kind": links.kind_of(node),
            "label": drawing.name_of(links, node),
            **links.figures(links.decisions(node))._asdict(),
            "relations": links.relations(node),
            "figure": of_node(site, node),
            "generation": site.generation,
        },
    )


@router.get(
    "/neighbours",
    summary="Nodes reached by one relation",
    responses=openapi.answers(answer_types.Neighbours),
)
def neighbours(
    request: Request,
    site: SiteDep,
    node: NodeName,
    relation: Annotated[str, Query(max_length=100, examples=["service"])],
    limit: Annotated[int, Query(ge=1, le=100)] = 25,
    offset: Offset = 0,
) -> Response:
    """The most relevant first."""
    found, total = site.links.neighbours(node, relation, offset, limit)
    asked = Asked("neighbour", node=node, relation=relation)
    rows = [
        {
            "node": n.node,
            "label": labels.label(n.node),
            "decisions": n.weight,
            "figure": site.cite(replace(asked, row=n.node)),
        }
        for n in found
    ]
    following = str(offset + limit) if offset + limit < total else None
    more = {"relation": relation, "figure": site.cite(asked)}
    return answer(request, site, listing(site, rows, total, following, **more))


@router.get("/path", summary="A shortest path between two nodes", responses=openapi.answers(answer_types.Way))
def path(
    request: Request, site: SiteDep, one: NodeName, other: NodeName, limit: Limit = 100, offset: Offset = 0
) -> Response:
    """Its nodes in order, none where there is no way of at most six steps."""
    way = [{"node": name, "label": drawing.name_of(site.links, name)} for name in site.links.path(one, other)]
    page, following = paged(way, limit, offset)
    return answer(request, site, listing(site, page, len(way), following))


@router.get(
    "/evidence",
    summary="The sentences behind a link of a disputed item",
    responses=openapi.answers(answer_types.Evidences),
)
def evidence_of(
    request: Request,
    site: SiteDep,
    item: Annotated[str, Query(max_length=400, examples=["case/CM16-0000001/item/1"])],
    node: NodeName,
    limit: Limit = 100,
    offset: Offset = 0,
) -> Response:
    """Where the item's letter says so, with the sentence around it and the place to show it."""
    rows = edge_evidence.sentences(site.base, site.links, item, node)
    page, following = paged(rows, limit, offset)
    return answer(request, site, listing(site, page, len(rows), following))


class Shown(BaseModel):
    """The nodes of a graph that is shown."""

    nodes: list[Annotated[str, Field(max_length=400)]] = Field(max_length=drawing.MOST)


@router.post(
    "/export/{form}",
    summary="The displayed graph as GraphML or Turtle",
    responses=openapi.files("application/graphml+xml", "text/turtle"),
)
def export(site: SiteDep, form: Literal["graphml", "ttl"], shown: Shown) -> Response:
    """Nodes and the links among them; Turtle has what the letters say about the items shown."""
    nodes = [name for name in dict.fromkeys(shown.nodes) if site.links.has(name)]
    if form == "graphml":
        return Response(edge_evidence.graphml(site.links, nodes), media_type="application/graphml+xml")
    return Response(edge_evidence.turtle(site.base, nodes), media_type="text/turtle")
