"""A graph that is shown, laid out again: by its links, by kind or by community, and who stands between."""

import math
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import networkx as nx

from kg.explore import layout

By = Literal["links", "kind", "community"]
_SPREAD = 320.0
_CELL = (190.0, 96.0)
_GAP = 130.0


class Arranged(NamedTuple):
    """Where each node stands, what it is grouped under, and its share of the shortest ways."""

    places: dict[str, layout.Place]
    groups: dict[str, str]
    between: dict[str, float]


def arranged(
    kinds: Mapping[str, str], edges: Sequence[tuple[str, str]], by: By, center: str | None = None
) -> Arranged:
    """Places for the nodes of ``kinds``, which are linked by ``edges``; the same for the same graph.

    By ``links`` what is linked stands near, around ``center``; by ``kind`` or ``community`` (Louvain)
    each group is a block of its own, the largest first.

    >>> arranged({"a": "page", "b": "page"}, [("a", "b")], "kind").places
    {'a': (0.0, 0.0), 'b': (190.0, 0.0)}
    """
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(sorted(kinds))
    inside = ((min(edge), max(edge)) for edge in edges if set(edge) <= kinds.keys())
    graph.add_edges_from(sorted(inside))
    between = {str(node): float(share) for node, share in nx.betweenness_centrality(graph).items()}
    groups = dict(kinds)
    if by == "community":
        found = sorted(nx.community.louvain_communities(graph, seed=1), key=lambda g: (-len(g), min(g)))
        groups = {node: f"community {n}" for n, several in enumerate(found, 1) for node in several}
    places = _blocks(groups, graph) if by != "links" else _by_links(graph, center)
    return Arranged(places, groups, between)


def _by_links(graph: "nx.Graph[str]", center: str | None) -> dict[str, layout.Place]:
    """What is linked near to each other, moved apart until nothing covers another."""
    if not graph:
        return {}
    middle = center if center is not None and center in graph else max(graph.nodes, key=graph.degree)
    start = {node: (math.cos(n), math.sin(n)) for n, node in enumerate(sorted(graph))}
    start[middle] = (0.0, 0.0)
    distance = 2 / math.sqrt(len(graph))
    drawn = nx.spring_layout(graph, pos=start, fixed=[middle], seed=1, iterations=60, k=distance)
    spread = _SPREAD * math.sqrt(len(graph)) / 2
    places = {node: (float(x) * spread * 1.4, float(y) * spread) for node, (x, y) in drawn.items()}
    return layout.settled(places, {middle}, {node: layout.Room(*_CELL, 20.0) for node in graph})


def _blocks(groups: Mapping[str, str], graph: "nx.Graph[str]") -> dict[str, layout.Place]:
    """Each group as a block of rows, in rows of blocks; what has most links comes first."""
    members: dict[str, list[str]] = {}
    for node in sorted(groups, key=lambda name: (-graph.degree(name), name)):
        members.setdefault(groups[node], []).append(node)
    widest = math.ceil(math.sqrt(len(groups) * 1.6)) * _CELL[0] * 1.2
    places: dict[str, layout.Place] = {}
    left, top, lowest = 0.0, 0.0, 0.0
    for block in sorted(members.values(), key=lambda several: (-len(several), several)):
        columns = math.ceil(math.sqrt(len(block)))
        width, height = columns * _CELL[0], math.ceil(len(block) / columns) * _CELL[1]
        if left and left + width > widest:
            left, top, lowest = 0.0, lowest + _GAP, 0.0
        for n, node in enumerate(block):
            places[node] = (left + n % columns * _CELL[0], top + n // columns * _CELL[1])
        left, lowest = left + width + _GAP, max(lowest, top + height)
    return places
