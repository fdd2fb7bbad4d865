"""Where the nodes of a neighbourhood stand: fans around the node they belong to, kept apart.

Physics in the browser takes seconds and never stands still; here nodes that stand keep their
places, and new ones come around theirs, sorted by kind, and are moved off whatever they cover.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Literal, NamedTuple

import networkx as nx
import numpy as np
from numpy.typing import NDArray

Place = tuple[float, float]

_RINGS = (180.0, 275.0, 370.0)
_PASSES = 80
_REACH = 400.0
_PAD = (14.0, 10.0)


class Room(NamedTuple):
    """How much room a node takes, in the graph's units; its middle lies ``below`` its place."""

    wide: float
    high: float
    below: float


def room(label: str, radius: float) -> Room:
    """About the room of a node of this size whose label stands under it; 0 for one that is its label's box.

    >>> room("p. 98", 10)
    Room(wide=60.0, high=40.0, below=10.0)
    """
    lines = label.split("\n")
    wide, text = 7.4 * max(map(len, lines)) + 12, 16.0 * len(lines)
    if not radius:
        return Room(max(60.0, wide), text + 14, 0.0)
    return Room(max(60.0, wide, 2 * radius), 2 * radius + text + 4, text / 2 + 2)


def fanned(shown: Mapping[str, Place], at: str, new: Sequence[str]) -> dict[str, Place]:
    """Places for the nodes ``new`` in a fan around ``at``, whatever they cover; those ``shown`` stay.

    >>> fanned({"a": (0.0, 0.0)}, "a", ["b"])
    {'a': (0.0, 0.0), 'b': (0.0, -153.0)}
    """
    places = dict(shown)
    if not new:
        return places
    x, y = shown.get(at, (0.0, 0.0))
    alone = len(shown) <= 1
    outward = math.atan2(y, x) if (x, y) != (0.0, 0.0) else -math.pi / 2
    span = 2 * math.pi if alone else math.pi * 1.1
    rings = _RINGS[: 1 if len(new) <= 8 else 2 if len(new) <= 20 else 3]
    for number, node in enumerate(new):
        angle = outward + span * ((number + 0.5) / len(new) - 0.5)
        reach = rings[number % len(rings)]
        sideways, upwards = 1.45 * reach * math.cos(angle), 0.85 * reach * math.sin(angle)
        places[node] = (round(x + sideways, 1), round(y + upwards, 1))
    return places


def settled(
    places: Mapping[str, Place], fixed: Collection[str], rooms: Mapping[str, Room]
) -> dict[str, Place]:
    """The same places, moved until no two nodes cover each other, or nearly so; those ``fixed`` stay.

    >>> settled({"a": (0.0, 0.0), "b": (1.0, 0.0)}, {"a"}, {"a": room("a", 9), "b": room("b", 9)})
    {'a': (0.0, 0.0), 'b': (74.0, 0.0)}
    """
    if all(name in fixed for name in places):
        return dict(places)
    names = _near(places, fixed)
    taken = [rooms[name] for name in names]
    below = np.array([(0.0, one.below) for one in taken])
    at = np.array([places[name] for name in names]) + below
    half = np.array([(one.wide, one.high) for one in taken]) / 2
    free = np.flatnonzero([name not in fixed for name in names])
    need = half[free, None, :] + half[None, :, :] + np.array(_PAD)
    order = np.arange(len(names))
    sign = np.where(free[:, None] < order[None, :], -1.0, 1.0)  # where two stand on one spot
    sign[free[:, None] == order[None, :]] = 0.0  # nothing covers itself
    for _ in range(_PASSES):
        push = _push(at[free], at, need, sign)
        if not push.any():
            break
        at[free] += 0.5 * push
    at -= below
    moved = {name: (round(float(x), 1), round(float(y), 1)) for name, (x, y) in zip(names, at, strict=True)}
    return dict(places) | {name: moved[name] for name in names if name not in fixed}


def _near(places: Mapping[str, Place], fixed: Collection[str]) -> list[str]:
    """The nodes that are free, and the fixed ones that these could come to cover."""
    free = [place for name, place in places.items() if name not in fixed]
    (left, top), (right, bottom) = ([pick(axis) for axis in zip(*free, strict=True)] for pick in (min, max))
    return [
        name
        for name, (x, y) in places.items()
        if left - _REACH <= x <= right + _REACH and top - _REACH <= y <= bottom + _REACH
    ]


def _push(
    free: NDArray[np.float64], at: NDArray[np.float64], need: NDArray[np.float64], sign: NDArray[np.float64]
) -> NDArray[np.float64]:
    """How far each free node has to go, along the axis on which it covers another the least."""
    apart = free[:, None, :] - at[None, :, :]
    over = need - np.abs(apart)
    covers = (over[:, :, 0] > 0) & (over[:, :, 1] > 0) & (sign != 0)
    sideways = over[:, :, 0] * 0.6 < over[:, :, 1]
    direction = np.where(apart == 0, sign[:, :, None], np.sign(apart))
    move = np.zeros_like(free)
    move[:, 0] = np.where(covers & sideways, over[:, :, 0] * direction[:, :, 0], 0).sum(axis=1)
    move[:, 1] = np.where(covers & ~sideways, over[:, :, 1] * direction[:, :, 1], 0).sum(axis=1)
    return np.clip(move, -120, 120)


By = Literal["links", "kind", "community"]
_SPREAD = 320.0
_CELL = (190.0, 96.0)
_GAP = 130.0


class Arranged(NamedTuple):
    """Where each node stands, what it is grouped under, and its share of the shortest ways."""

    places: dict[str, Place]
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


def _by_links(graph: "nx.Graph[str]", center: str | None) -> dict[str, Place]:
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
    return settled(places, {middle}, {node: Room(*_CELL, 20.0) for node in graph})


def _blocks(groups: Mapping[str, str], graph: "nx.Graph[str]") -> dict[str, Place]:
    """Each group as a block of rows, in rows of blocks; what has most links comes first."""
    members: dict[str, list[str]] = {}
    for node in sorted(groups, key=lambda name: (-graph.degree(name), name)):
        members.setdefault(groups[node], []).append(node)
    widest = math.ceil(math.sqrt(len(groups) * 1.6)) * _CELL[0] * 1.2
    places: dict[str, Place] = {}
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
