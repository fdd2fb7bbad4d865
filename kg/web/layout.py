"""Where the nodes of a neighbourhood stand: fans around the node they belong to, kept apart.

Physics in the browser takes seconds and never stands still; here nodes that stand keep their
places, and new ones come around theirs, sorted by kind, and are moved off whatever they cover.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Place = tuple[float, float]

_RINGS = (230.0, 350.0, 470.0)
_PASSES = 80
_PAD = (14.0, 10.0)


def size(label: str) -> Place:
    """About how much room a node with this label takes, in the graph's units.

    >>> size("p. 98")
    (60.0, 62.0)
    """
    lines = label.split("\n")
    return (max(60.0, 7.4 * max(map(len, lines)) + 12), 30.0 + 16 * (len(lines) + 1))


def around(
    shown: Mapping[str, Place], at: str, new: Sequence[str], labels: Mapping[str, str]
) -> dict[str, Place]:
    """Places for the nodes ``new`` around ``at``; those ``shown`` stay where they are.

    >>> sorted(around({"a": (0.0, 0.0)}, "a", ["b"], {"a": "a", "b": "b"}))
    ['a', 'b']
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
        places[node] = (x + 1.45 * reach * math.cos(angle), y + 0.85 * reach * math.sin(angle))
    return _apart(places, set(shown), labels)


def _apart(places: dict[str, Place], fixed: set[str], labels: Mapping[str, str]) -> dict[str, Place]:
    """The same places, moved until no two nodes cover each other, or nearly so."""
    names = list(places)
    at = np.array([places[name] for name in names])
    room = np.array([size(labels.get(name, name)) for name in names]) / 2
    need = room[:, None, :] + room[None, :, :] + np.array(_PAD)
    free = np.array([name not in fixed for name in names])
    order = np.arange(len(names))
    sign = np.where(order[:, None] < order[None, :], -1.0, 1.0)  # where two stand on one spot
    for _ in range(_PASSES):
        push = _push(at, need, sign)
        if not push.any():
            break
        at[free] += 0.5 * push[free]
    return {name: (round(float(x), 1), round(float(y), 1)) for name, (x, y) in zip(names, at, strict=True)}


def _push(
    at: NDArray[np.float64], need: NDArray[np.float64], sign: NDArray[np.float64]
) -> NDArray[np.float64]:
    """How far each node has to go, along the axis on which it covers another the least."""
    apart = at[:, None, :] - at[None, :, :]
    over = need - np.abs(apart)
    covers = (over > 0).all(axis=2)
    covers = covers & ~np.eye(len(at), dtype=bool)
    sideways = over[:, :, 0] * 0.6 < over[:, :, 1]
    direction = np.where(apart == 0, sign[:, :, None], np.sign(apart))
    move = np.zeros_like(at)
    move[:, 0] = np.where(covers & sideways, over[:, :, 0] * direction[:, :, 0], 0).sum(axis=1)
    move[:, 1] = np.where(covers & ~sideways, over[:, :, 1] * direction[:, :, 1], 0).sum(axis=1)
    return np.clip(move, -120, 120)
