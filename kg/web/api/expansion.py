"""``/api/expand``: what is added to a graph that is shown, one step or many."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, BeforeValidator, Field

from kg.explore import drawing, layout
from kg.explore.neighbours import Links, Neighbour
from kg.web.api import openapi
from kg.web.api.cases import SiteDep

router = APIRouter(prefix="/api", tags=["API"], responses=openapi.PROBLEMS)


def _number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("must be a number")  # noqa: TRY004 - pydantic makes a refusal of it
    return value


Number = BeforeValidator(_number)
"""What JSON calls a number: 70.0 is a whole one, true and "70" are none."""
Name = Annotated[str, Field(max_length=400)]
Coordinate = Annotated[float, Field(allow_inf_nan=False), Number]
Place = Annotated[list[Coordinate], Field(min_length=2, max_length=2)]
MOST_STEPS = 50


class Step(BaseModel):
    """What to add: the nodes of one relation, of all, or those that are named."""

    node: str = Field(max_length=400, examples=["guideline/acoem-2004/12"])
    relation: str | None = Field(None, max_length=100, examples=["service"])
    offset: Annotated[int, Number] = Field(0, ge=0, le=10_000_000)
    limit: Annotated[int, Number] = Field(25, ge=1, le=50)
    nodes: list[Name] = Field(default_factory=list, max_length=50)


class Expansion(Step):
    """What to add to a graph that is shown, and where its nodes stand."""

    shown: dict[str, Place] = Field(default_factory=dict, max_length=drawing.MOST)


class Expansions(BaseModel):
    """Steps to take one after the other, such as those that a link tells."""

    steps: list[Step] = Field(max_length=MOST_STEPS)
    shown: dict[str, Place] = Field(default_factory=dict, max_length=drawing.MOST)


@router.post(
    "/expand",
    summary="Nodes and links that an expansion adds, with places",
    responses=openapi.answers(openapi.Thing),
)
def expand(site: SiteDep, wanted: Expansion) -> dict[str, Any]:
    """Places of new nodes around theirs; those shown stay. Of all relations where none is named."""
    shown = _known(site.links, wanted.shown)
    return _grown(site.links, shown, wanted, {}) | {"generation": site.generation}


@router.post(
    "/expansions",
    summary="The same for many steps at once",
    responses=openapi.answers(openapi.Thing),
)
def expansions(site: SiteDep, wanted: Expansions) -> dict[str, Any]:
    """One answer a step, each as if those before it were shown."""
    shown, rooms = _known(site.links, wanted.shown), dict[str, layout.Room]()
    results = [_grown(site.links, shown, step, rooms) for step in wanted.steps]
    return {"results": results, "generation": site.generation}


def _known(links: Links, shown: dict[str, list[float]]) -> dict[str, layout.Place]:
    return {name: (x, y) for name, (x, y) in shown.items() if links.has(name)}


def _grown(
    links: Links, shown: dict[str, layout.Place], step: Step, rooms: dict[str, layout.Room]
) -> dict[str, Any]:
    """What one step adds; it is added to ``shown``, too."""
    at = step.node
    shown.setdefault(at, (0.0, 0.0))
    found: list[Neighbour] = []
    if step.nodes:  # these, such as those of a path
        found = [Neighbour(name, "", 0) for name in step.nodes if links.has(name)]
        total = len(found)
    elif step.relation is None:
        relations = links.relations(at)
        share = max(2, step.limit // max(1, len(relations)))
        for relation in relations:
            nearest = links.neighbours(at, relation, 0, share + len(shown))[0]
            found += [near for near in nearest if near.node not in shown][:share]
        total = sum(relations.values())
    else:
        found, total = links.neighbours(at, step.relation, step.offset, step.limit)
    added = drawing.grown(links, shown, at, found, rooms)
    shown |= {node["id"]: (node["x"], node["y"]) for node in added.nodes}
    return {
        "nodes": added.nodes,
        "edges": added.edges,
        "total": total,
        "shown": min(step.offset + len(found), total),
        "full": len(shown) >= drawing.MOST,
    }
