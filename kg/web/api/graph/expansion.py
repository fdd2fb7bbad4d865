"""``/api/expand``: what is added to a graph that is shown, one step or many."""

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, BeforeValidator, Field, StrictBool

from kg.explore import drawing, item_groups, layout
from kg.explore.incidence import Ids, correlated
from kg.explore.neighbours import Links, Neighbour
from kg.web.api import openapi
from kg.web.api.answers import thing_types
from kg.web.parameters import SiteDep

router = openapi.Router()


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
    filter: dict[str, Name] = Field(
        default_factory=dict,
        max_length=5,
        description=f"Only what decisions with all of these have: {', '.join(item_groups.FILTERS)}.",
    )
    single: StrictBool = Field(
        default=False, description="Show each decision as a node, even where there are many."
    )
    center: Name | None = Field(None, description="The node with which joint decisions are counted.")


class Expansion(Step):
    """What to add to a graph that is shown, and where its nodes stand."""

    shown: dict[str, Place] = Field(default_factory=dict, max_length=drawing.MOST)
    fixed: list[Name] = Field(
        default_factory=list, max_length=drawing.MOST, description="Nodes that keep their places."
    )


class Expansions(BaseModel):
    """Steps to take one after the other, such as those that a link tells."""

    steps: list[Step] = Field(max_length=MOST_STEPS)
    shown: dict[str, Place] = Field(default_factory=dict, max_length=drawing.MOST)
    fixed: list[Name] = Field(
        default_factory=list, max_length=drawing.MOST, description="Nodes that keep their places."
    )


@router.post(
    "/expand",
    summary="Nodes and links added by an expansion, with positions",
    responses=openapi.only(thing_types.GrownGraph),
)
def expand(site: SiteDep, wanted: Expansion) -> dict[str, Any]:
    """Places of new nodes, and of those shown that move for them. Of all relations where none is named."""
    shown = _known(site.links, wanted.shown)
    return _grown(site.links, shown, wanted, wanted.fixed) | {"generation": site.generation}


@router.post(
    "/expansions",
    summary="Nodes and links added by several expansions",
    responses=openapi.only(thing_types.GrownSteps),
)
def expansions(site: SiteDep, wanted: Expansions) -> dict[str, Any]:
    """One answer a step, each as if those before it were shown."""
    shown = _known(site.links, wanted.shown)
    results = [_grown(site.links, shown, step, wanted.fixed) for step in wanted.steps]
    return {"results": results, "generation": site.generation}


def _known(links: Links, shown: dict[str, list[float]]) -> dict[str, layout.Place]:
    kept = {name: (x, y) for name, (x, y) in shown.items() if links.has(name)}
    return kept | {name: (x, y) for name, (x, y) in shown.items() if item_groups.known(links, name)}


def _grown(links: Links, shown: dict[str, layout.Place], step: Step, fixed: list[str]) -> dict[str, Any]:
    """What one step adds, and what moves for it; ``shown`` is brought up to date."""
    shown.setdefault(step.node, (0.0, 0.0))
    found, total, groups = _found(links, shown, step)
    center = step.center if step.center and links.has(step.center) else None
    added, moved = drawing.grown(links, shown, step.node, found, center, fixed)
    shown |= moved | {node["id"]: (node["x"], node["y"]) for node in added.nodes}
    new = {node["id"] for node in added.nodes}
    single = [near for near in found if near.node not in groups]
    return {
        "nodes": [node | groups.get(node["id"], {}) for node in added.nodes],
        "edges": added.edges,
        "moved": moved,
        "groups": [one for name, one in groups.items() if name not in new],
        "total": total,
        "shown": min(step.offset + len(single), total),
        "order": _order(step.relation),
        "full": len(shown) >= drawing.MOST,
    }


def _order(relation: str | None) -> str:
    """What comes first, in words."""
    if relation is None:
        return "the most relevant of each relation"
    return "the most typical first" if item_groups.of_items(relation) else "the most relevant first"


def _found(
    links: Links, shown: dict[str, layout.Place], step: Step
) -> tuple[list[Neighbour], int, dict[str, dict[str, Any]]]:
    """What a step leads to, how much there is, and the groups by name with what is left in them."""
    if step.nodes:  # these, such as those of a path
        named = [Neighbour(name, "", 0) for name in step.nodes if links.has(name)]
        return named, len(named), {}
    within = item_groups.picked(links, step.filter)
    if step.relation is not None:
        return _of_relation(links, step, step.relation, within)
    found: list[Neighbour] = []
    groups: dict[str, dict[str, Any]] = {}
    relations = links.relations(step.node)
    share = max(2, step.limit // max(1, len(relations)))
    for relation in relations:
        if item_groups.of_items(relation):
            near, _, made = _of_relation(links, step, relation, within)
            groups |= made
        else:
            near, _ = links.neighbours(step.node, relation, 0, share + len(shown), within)
        found += [one for one in near if one.node not in shown][:share]
    return found, sum(relations.values()), groups


def _of_relation(
    links: Links, step: Step, relation: str, within: Ids | None
) -> tuple[list[Neighbour], int, dict[str, dict[str, Any]]]:
    """What one relation leads to; many decisions are a group until they are wanted one by one."""
    found, total = links.neighbours(step.node, relation, step.offset, step.limit, within)
    if not item_groups.of_items(relation) or total <= item_groups.MOST_SINGLE:
        return found, total, {}
    if step.single:
        left = links.of_relation(step.node, relation, within)[step.offset + step.limit :]
    else:  # they are counted, whatever their order
        left = links.led_to(step.node, relation, within)
    group = item_groups.group(links, relation, step.node, left, step.filter)
    name = str(group["id"])
    return found if step.single else [Neighbour(name, relation, total)], total, {name: group}


class Arrangement(BaseModel):
    """A graph that is shown, and how to lay it out."""

    nodes: list[Name] = Field(max_length=drawing.MOST, examples=[["guideline/acoem-2004/12"]])
    edges: list[tuple[Name, Name]] = Field(default_factory=list, max_length=20_000)
    by: layout.By = Field("links", description="What stands together.")
    center: Name | None = Field(None, description="What stays in the middle.")


@router.post(
    "/arrange",
    summary="Positions for a displayed graph",
    responses=openapi.only(thing_types.Arranged),
)
def arrange(site: SiteDep, wanted: Arrangement) -> dict[str, Any]:
    """By links, kind or community; with the share of shortest ways that lead over each node.

    A community is of nodes that decisions have together beyond chance, among those of the center.
    """
    links = site.links
    single = [name for name in wanted.nodes if links.has(name)]
    kinds = {name: links.kind_of(name) for name in single}
    kinds |= {name: "group" for name in wanted.nodes if item_groups.known(links, name)}
    alike = _alike(links, single, wanted.center) if wanted.by == "community" else []
    found = layout.arranged(kinds, wanted.edges, wanted.by, wanted.center, alike)
    return {
        "places": found.places,
        "groups": found.groups,
        "between": found.between,
        "generation": site.generation,
    }


def _alike(links: Links, names: Sequence[str], center: str | None) -> list[tuple[str, str, float]]:
    """Which nodes have the same decisions beyond chance: of those of the center, else of all."""
    around = center is not None and links.has(center)
    among = links.decisions(center) if around and center is not None else np.arange(len(links.index))
    others = [name for name in names if name != center]
    phi = correlated([links.decisions(name) for name in others], among)
    return [(others[i], others[j], float(phi[i, j])) for i, j in np.argwhere(np.triu(phi, 1) > 0).tolist()]
