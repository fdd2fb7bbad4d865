"""The graph that a person sees: a neighbourhood, drawn through pyvis."""

import math
import textwrap
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from kg.analysis import labels
from kg.explore import item_groups, layout
from kg.explore.neighbours import FEATURES, Links, Neighbour

if TYPE_CHECKING:
    from pyvis.network import Network

TEMPLATES = Path(__file__).with_name("templates")
MOST = 300
"""Nodes that are shown at once, at most."""
FEW = 10
"""Fewer decisions than this say nothing about a rate; such a node is grey."""

_SHAPES = {
    "page": "square",
    "section": "dot",
    "chapter": "hexagon",
    "edition": "hexagon",
    "service": "diamond",
    "drug": "star",
    "body part": "triangleDown",
    "specialty": "triangle",
    "item": "box",
    "case": "ellipse",
    "ground": "database",
}
OUTCOME_SIGNS = {"upheld": "■", "overturned": "▲", "modified": "◆"}
# Blue to orange, told apart by people who do not see red and green; grey is for too few.
SCALE = ("#2b6ca3", "#6fa3cc", "#b9cfdf", "#e3cfb0", "#dd9a4e", "#b65d12")
GREY = "#a9adb3"
INK = "#15191d"  # on a tinted box, in the light and in the dark
_OPTIONS: dict[str, Any] = {
    "physics": {"enabled": False},
    "interaction": {"hover": True, "multiselect": True, "keyboard": False, "tooltipDelay": 150},
    "nodes": {
        "font": {"size": 15, "face": "system-ui, sans-serif", "multi": False, "strokeWidth": 4},
        "borderWidth": 1,
    },
    "edges": {
        "smooth": False,
        "color": {"color": "#9aa3ab", "inherit": False},
        "width": 1,
        "selectionWidth": 1,
    },
}


@dataclass(frozen=True, slots=True)
class View:
    """What is shown: nodes with their places, and the links among them."""

    nodes: list[dict[str, Any]]
    edges: list[dict[str, Any]]

    def __add__(self, other: "View") -> "View":
        """Both, where ``other`` is what was added."""
        return View(self.nodes + other.nodes, self.edges + other.edges)


def around(links: Links, node: str, depth: int = 1, each: int = 5, most: int = 46) -> View:
    """A node and the most relevant of each of its relations, and of theirs down to ``depth`` steps.

    The items of a case are always followed one step further.

    Raises:
        UnknownError: the base has no such node.
    """
    most += 30 * (depth - 1)
    nearest = _first(_most_relevant(links, node, each), {node}, most - 1)
    drawn, followed = _fanned(links, {node: (0.0, 0.0)}, node, nearest, node), {node}
    for step in range(1, 3):
        deeper = [one["id"] for one in drawn.nodes if one["id"] not in followed and one["kind"] != "group"]
        if step >= depth:
            deeper = [name for name in deeper if node.startswith("case/") and "/item/" in name]
        for name in deeper:
            shown = {one["id"]: (one["x"], one["y"]) for one in drawn.nodes}
            room = most - len(shown)
            if room <= 0:
                break
            followed.add(name)
            added = _first(_most_relevant(links, name, 3 if "/item/" in name else 1), set(shown), room)
            drawn = drawn + _fanned(links, shown, name, added, node)
    return _seated(drawn, layout.seated(_places(drawn), node))


class Grown(NamedTuple):
    """What an expansion adds, and where those nodes come to stand that were shown."""

    added: View
    moved: dict[str, layout.Place]


def grown(
    links: Links,
    shown: Mapping[str, layout.Place],
    at: str,
    added: Sequence[Neighbour],
    center: str | None = None,
    fixed: Collection[str] = (),
) -> Grown:
    """What ``added`` adds to the nodes ``shown``, around the node ``at``; those move apart for it.

    The ``center`` and what is ``fixed`` stay. With a center, each new node says how the decisions end
    that it has together with it.
    """
    drawn = _fanned(links, shown, at, added, center)
    middle = center if center is not None and center in shown else at
    places = layout.seated(dict(shown) | _places(drawn), middle, fixed)
    moved = {name: places[name] for name, place in shown.items() if places[name] != place}
    return Grown(_seated(drawn, places), moved if drawn.nodes else {})


def _places(drawn: View) -> dict[str, layout.Place]:
    return {one["id"]: (one["x"], one["y"]) for one in drawn.nodes}


def _seated(drawn: View, places: Mapping[str, layout.Place]) -> View:
    """The same view, with its nodes at other places."""
    nodes = [one | dict(zip("xy", places[one["id"]], strict=True)) for one in drawn.nodes]
    return View(nodes, drawn.edges)


def _most_relevant(links: Links, node: str, each: int) -> list[Neighbour]:
    """The first of each relation; more decisions than can be told apart are one group."""
    found: list[Neighbour] = []
    for relation, total in links.relations(node).items():
        if item_groups.of_items(relation) and total > item_groups.MOST_SINGLE:
            if each > 1:  # further out they would be mere crowd
                found.append(Neighbour(item_groups.name_of(relation, node, {}), relation, total))
        else:
            found += links.neighbours(node, relation, 0, each)[0]
    return found


def _first(found: Sequence[Neighbour], shown: set[str], most: int) -> list[Neighbour]:
    """Of ``found`` what leads to the first ``most`` nodes that are not shown, or to shown ones."""
    new = [node for node in dict.fromkeys(n.node for n in found) if node not in shown][: max(0, most)]
    return [neighbour for neighbour in found if neighbour.node in new or neighbour.node in shown]


def _fanned(
    links: Links,
    shown: Mapping[str, layout.Place],
    at: str,
    added: Sequence[Neighbour],
    center: str | None,
) -> View:
    """What ``added`` adds to the nodes ``shown``, in a fan around the node ``at``."""
    new = [n for n in dict.fromkeys(a.node for a in added) if n not in shown]
    new = new[: max(0, MOST - len(shown))]
    listed = [*shown, *new]
    edges = dict.fromkeys(links.between(listed), 1)
    joined = {frozenset((one, other)) for one, other, _ in edges}
    for neighbour in added:
        other = neighbour.node
        if neighbour.relation and other in listed and other != at and frozenset((at, other)) not in joined:
            edges[at, other, neighbour.relation] = neighbour.weight
            joined.add(frozenset((at, other)))
    fresh = [*([at] if len(shown) == 1 else []), *new]
    places = layout.fanned(shown, at, new)
    touching = set(fresh)
    return View(
        [_node(links, node, center) | dict(zip("xy", places[node], strict=True)) for node in fresh],
        [
            _edge(links, one, other, relation, weight)
            for (one, other, relation), weight in edges.items()
            if one in touching or other in touching
        ],
    )


def _node(links: Links, node: str, center: str | None = None) -> dict[str, Any]:
    """A node as it is drawn, with what it has together with the node in the center."""
    if node.startswith(item_groups.PREFIX):
        return item_groups.of_name(links, node)
    kind = links.kind_of(node)
    figures = links.figures(links.decisions(node))
    base = links.base_rate
    name = labels.label(node) if kind == "ground" else labels.short(node)
    fields: dict[str, Any] = {"kind": kind, "decisions": figures.decisions, "overturned": figures.overturned}
    if center is not None and center != node and kind not in {"item", "case"}:
        fields |= _together(links, node, center)
    if kind == "item":
        outcome = links.outcome(node)
        name = links.text(node)
        text = f"{_folded(name)}\n{OUTCOME_SIGNS[outcome]} {outcome}"
        color = {"upheld": SCALE[1], "overturned": SCALE[4], "modified": SCALE[3]}[outcome]
        fields["outcome"] = outcome
        fields |= links.told(node)
    elif kind == "case":
        name = node.removeprefix("case/")
        text, color = name, SCALE[2]
    else:
        known = figures.decisions >= FEW
        rate = (
            f"{100 * (figures.rate or 0):.0f} % of {figures.decisions:,}"
            if known
            else f"{figures.overturned} of {figures.decisions}"
        )
        shown = labels.edition(node) if kind == "edition" else name
        name = labels.brief(node) if node.startswith("guideline/") else name
        text, color = f"{_folded(shown)}\n{rate}", rate_color(figures.overturned, figures.decisions, base)
    if kind == "edition":
        fields["borderWidth"] = 4  # a chapter's shape with a thick line
    if kind in {"item", "case"}:
        fields["font"] = {"color": INK, "strokeWidth": 0}
    size = 8 + 3 * math.log1p(figures.decisions)
    return fields | {
        "id": node,
        "label": text,
        "title": f"{kind}: {labels.label(node) if kind in FEATURES else name}",
        "name": name,
        "shape": _SHAPES[kind],
        "size": round(min(size, 32), 1),
        "color": color,
    }


def _together(links: Links, node: str, center: str) -> dict[str, Any]:
    """How the decisions end that a node and the center have both, where there are any."""
    both = np.intersect1d(links.decisions(node), links.decisions(center), assume_unique=True)
    if not len(both):
        return {}
    figures = links.figures(both)
    return {
        "together": figures.decisions,
        "together_overturned": figures.overturned,
        "together_color": rate_color(figures.overturned, figures.decisions, links.base_rate),
    }


def name_of(links: Links, node: str) -> str:
    """What a node is called where it stands alone."""
    if "/item/" in node:
        return links.text(node)
    return node.removeprefix("case/") if node.startswith("case/") else labels.label(node)


def _folded(name: str) -> str:
    r"""A name on at most two short lines; a number stays with its word.

    >>> _folded("Chronic Pain Medical Treatment Guidelines"), _folded("Chronic Pain 2009, p. 98")
    ('Chronic Pain Medical\nTreatment Guidelines', 'Chronic Pain 2009,\np.\xa098')
    """
    held = name.replace(" p. ", " p.\xa0").replace(" ch. ", " ch.\xa0")
    return "\n".join(textwrap.wrap(held, 22, max_lines=2, placeholder=" …"))


def rate_color(overturned: int, decisions: int, base: float) -> str:
    """The colour of a rate of overturning against the base rate; grey where there are too few.

    >>> rate_color(1, 3, 0.12) == GREY
    True
    >>> rate_color(60, 100, 0.12) == SCALE[-1]
    True
    """
    if decisions < FEW:
        return GREY
    return odds_color((overturned + base) / (decisions + 1), base)  # so the odds are finite


def odds_color(rate: float, base: float) -> str:
    """The colour of a rate between 0 and 1 against the base rate; grey where that is 0 or 1."""
    if not 0 < base < 1:
        return GREY
    log_odds_ratio = math.log(rate / (1 - rate)) - math.log(base / (1 - base))
    edges = (-0.7, -0.25, 0.0, 0.25, 0.7)
    return SCALE[sum(log_odds_ratio >= edge for edge in edges)]


def _edge(links: Links, one: str, other: str, relation: str, weight: int) -> dict[str, Any]:
    """A link as it is drawn; between two features, with how the decisions end that have both."""
    shared: dict[str, Any] = {}
    if not any(end.startswith(("case/", item_groups.PREFIX)) for end in (one, other)):
        both = np.intersect1d(links.decisions(one), links.decisions(other), assume_unique=True)
        figures = links.figures(both)
        shared = {"decisions": figures.decisions, "overturned": figures.overturned}
    return {
        "from": one,
        "to": other,
        "relation": relation,
        **shared,
        "title": f"{relation}: {weight} decisions" if weight > 1 else relation,
        "width": round(1 + math.log1p(weight) / 2, 2),
        "dashes": relation == "cited by the claims administrator",
    }


def network_of(view: View) -> "Network":
    """The pyvis network of a view."""
    from pyvis.network import Network  # late: it takes half a second, for IPython

    network = Network(directed=True, cdn_resources="local")  # directed: else each edge scans all others
    network.options = dict(_OPTIONS)
    for node in view.nodes:
        network.add_node(node["id"], **{k: v for k, v in node.items() if k != "id"})
    for edge in view.edges:
        rest = {k: v for k, v in edge.items() if k not in {"from", "to", "arrows"}}
        network.add_edge(edge["from"], edge["to"], arrows="", **rest)
    return network


def html(view: View) -> str:
    """The graph as a piece of a page: the place to draw in, and the data, no script that runs inline."""
    network = network_of(view)
    network.set_template_dir(str(TEMPLATES), "graph.html")
    drawn: str = network.generate_html(notebook=False)
    return drawn
