"""Where the nodes of a neighbourhood stand: each on a seat of its own, around the node in the center.

Physics in the browser takes seconds and never stands still, and leaves names on top of each other. Here
seats lie in staggered rows, each with room for a node and its name, and nodes take the seats that are
nearest to where they come from: what stands already moves by small steps when something is added.
"""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

Place = tuple[float, float]

_RINGS = (180.0, 275.0, 370.0)
CELL = (200.0, 105.0)
"""Width and height of a seat: room for a node with a name of two lines and a figure under it."""
_ASPECT = 1.46  # of what is seen, less its margins


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


def seated(places: Mapping[str, Place], center: str, fixed: Collection[str] = ()) -> dict[str, Place]:
    """Each node on a seat of its own, near its place in ``places``; the ``center`` and ``fixed`` stay.

    The seats fill what is seen of a wide window, from the center outwards.

    >>> seated({"a": (0.0, 0.0), "b": (1.0, 0.0), "c": (0.0, 9.0)}, "a")
    {'a': (0.0, 0.0), 'b': (104.0, -112.0), 'c': (-93.0, -108.0)}
    """
    held = {name: place for name, place in places.items() if name in fixed or name == center}
    free = sorted(places.keys() - held.keys())
    if not free:
        return dict(places)
    middle = np.array(places.get(center, (0.0, 0.0)))
    seats = np.array(list(_seats(len(free), (float(middle[0]), float(middle[1])), held.values())))
    at = np.array([places[name] for name in free]) - middle
    spread = np.sqrt(np.mean((seats - middle) ** 2, axis=0) / np.maximum(np.mean(at**2, axis=0), 1e-9))
    far: NDArray[np.float64] = (at * spread + middle)[:, None, :] - seats[None, :, :]
    rows, columns = linear_sum_assignment((far**2).sum(axis=2))
    taken = {
        free[row]: (float(round(seats[seat, 0])), float(round(seats[seat, 1])))
        for row, seat in zip(rows, columns, strict=True)
    }
    return {name: taken.get(name, place) for name, place in places.items()}


def _seats(count: int, middle: Place, held: Collection[Place]) -> Iterator[Place]:
    """The ``count`` seats nearest to ``middle`` in staggered rows, none on what is ``held``."""
    reach = math.ceil(math.sqrt((count + 9 * len(held)) * _ASPECT * CELL[1] / CELL[0])) + 2
    rows = math.ceil(reach * CELL[0] / CELL[1] / _ASPECT) + 2
    every = [
        (middle[0] + (column + (row % 2) / 2) * CELL[0] + aside, middle[1] + row * CELL[1] + below)
        for row in range(-rows, rows + 1)
        for column in range(-reach, reach + 1)
        if row or abs(column) > 1  # the center has room for a longer name
        for aside, below in [_off_line(3 * row + 5 * column)]
    ]
    every = [
        (x, y)
        for x, y in every
        if all(abs(x - left) > 0.85 * CELL[0] or abs(y - top) > 0.85 * CELL[1] for left, top in held)
    ]

    def outwards(seat: Place) -> float:
        across, down = abs(seat[0] - middle[0]) / _ASPECT, abs(seat[1] - middle[1])
        return round(math.hypot(across**2, down**2), 3)  # a rectangle with round corners

    yield from sorted(every, key=lambda seat: (outwards(seat), seat))[:count]


def _off_line(number: int) -> Place:
    """A small way off, so that lines from the center to several seats do not run over each other."""
    return round(7 * math.cos(2.4 * number)), round(9 * math.sin(2.4 * number))


By = Literal["links", "kind", "community"]
_GAP = 90.0


class Arranged(NamedTuple):
    """Where each node stands, what it is grouped under, and its share of the shortest ways."""

    places: dict[str, Place]
    groups: dict[str, str]
    between: dict[str, float]


def arranged(
    kinds: Mapping[str, str],
    edges: Sequence[tuple[str, str]],
    by: By,
    center: str | None = None,
    alike: Sequence[tuple[str, str, float]] = (),
) -> Arranged:
    """Places for the nodes of ``kinds``, which are linked by ``edges``; the same for the same graph.

    By ``links`` what is linked stands near, around ``center``; by ``kind`` or ``community`` (Louvain)
    each group is a block of its own, the largest first. Communities are those of ``alike``, where it is
    given: pairs of nodes, and how much they go together; the others of its nodes stand with the center.

    >>> arranged({"a": "page", "b": "page"}, [("a", "b")], "kind").places
    {'a': (0.0, 0.0), 'b': (200.0, 0.0)}
    """
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(sorted(kinds))
    inside = ((min(edge), max(edge)) for edge in edges if set(edge) <= kinds.keys())
    graph.add_edges_from(sorted(inside))
    between = {str(node): float(share) for node, share in nx.betweenness_centrality(graph).items()}
    groups = dict(kinds)
    if by == "community":
        found = _communities(graph, alike)
        groups = {node: f"community {n}" for n, several in enumerate(found, 1) for node in several}
    places = _blocks(groups, graph) if by != "links" else _by_links(graph, center)
    return Arranged(places, groups, between)


def _communities(graph: "nx.Graph[str]", alike: Sequence[tuple[str, str, float]]) -> list[set[str]]:
    """The communities of a graph (Louvain), the largest first."""
    if not alike:
        found = list(nx.community.louvain_communities(graph, seed=1))
    else:
        weighted: nx.Graph[str] = nx.Graph()
        weighted.add_weighted_edges_from(sorted(alike))
        found = list(nx.community.louvain_communities(weighted, seed=1))
        found += [alone] if (alone := set(graph) - set(weighted)) else []
    return sorted(map(set, found), key=lambda several: (-len(several), min(several)))


def _by_links(graph: "nx.Graph[str]", center: str | None) -> dict[str, Place]:
    """What is linked near to each other, each node on a seat of its own."""
    if not graph:
        return {}
    middle = center if center is not None and center in graph else max(graph.nodes, key=graph.degree)
    start = {node: (math.cos(n), math.sin(n)) for n, node in enumerate(sorted(graph))}
    start[middle] = (0.0, 0.0)
    distance = 2 / math.sqrt(len(graph))
    drawn = nx.spring_layout(graph, pos=start, fixed=[middle], seed=1, iterations=60, k=distance)
    return seated({node: (float(x), float(y)) for node, (x, y) in drawn.items()}, middle)


def _blocks(groups: Mapping[str, str], graph: "nx.Graph[str]") -> dict[str, Place]:
    """Each group as a block of rows, in rows of blocks; what has most links comes first."""
    members: dict[str, list[str]] = {}
    for node in sorted(groups, key=lambda name: (-graph.degree(name), name)):
        members.setdefault(groups[node], []).append(node)
    blocks = sorted(members.values(), key=lambda several: (-len(several), several))
    widest = range(1, max(map(len, blocks), default=1) + 12)
    return min((_shelved(blocks, columns * CELL[0]) for columns in widest), key=_shrunk)


def _shelved(blocks: Sequence[Sequence[str]], widest: float) -> dict[str, Place]:
    """Blocks beside each other as far as ``widest``, then under them."""
    places: dict[str, Place] = {}
    left, top, lowest = 0.0, 0.0, 0.0
    for block in blocks:
        columns = math.ceil(math.sqrt(len(block)))
        width, height = columns * CELL[0], math.ceil(len(block) / columns) * CELL[1]
        if left and left + width > widest:
            left, top, lowest = 0.0, lowest + _GAP, 0.0
        for n, node in enumerate(block):
            places[node] = (left + n % columns * CELL[0], top + n // columns * CELL[1])
        left, lowest = left + width + _GAP / 2, max(lowest, top + height)
    return places


def _shrunk(places: Mapping[str, Place]) -> float:
    """How much places have to shrink, to be seen at once."""
    across, down = (max((place[axis] for place in places.values()), default=0.0) for axis in (0, 1))
    return max((across + CELL[0]) / _ASPECT, down + CELL[1])
