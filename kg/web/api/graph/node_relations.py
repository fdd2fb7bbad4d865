"""``/api/node``, ``neighbours``, ``path``, ``evidence``, ``export``: nodes and what links them."""

from dataclasses import replace
from typing import Annotated, Literal

from fastapi import Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from kg.analysis import labels
from kg.cited.figure_address import Asked
from kg.explore import drawing, edge_evidence
from kg.explore.neighbours import address
from kg.web.api import openapi
from kg.web.api.answers import answer_types, thing_types
from kg.web.api.answers.answering import answer, listing, paged
from kg.web.api.answers.figure_links import of_node
from kg.web.parameters import Limit, Offset, SiteDep

router = openapi.Router()

NodeName = Annotated[
    str, Query(max_length=400, description="An IRI without its base.", examples=["guideline/acoem-2004/12"])
]


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
