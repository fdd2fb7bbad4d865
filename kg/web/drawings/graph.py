"""The graph of a page as it stands before any script runs: what a browser without scripts shows."""

from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from kg.explore.drawing import View
from kg.web.drawings.saved import Drawing

_MARGIN = (120.0, 60.0)
_LINE = 15
_BOX = 75


def draw(view: View, words: str) -> Drawing:
    """Nodes where the layout has put them, with their names, each leading to the graph around it."""
    if not view.nodes:
        return Drawing(Markup(""), 0, 0, words, "still")
    at = {node["id"]: (node["x"], node["y"]) for node in view.nodes}
    left = min(x for x, _ in at.values()) - _MARGIN[0]
    top = min(y for _, y in at.values()) - _MARGIN[1]
    width = max(x for x, _ in at.values()) + _MARGIN[0] - left
    height = max(y for _, y in at.values()) + 2 * _MARGIN[1] - top
    lines = [
        Markup('<path class="grid" d="M{} {}L{} {}"/>').format(
            *(
                round(place - origin, 1)
                for end in ends
                for place, origin in zip(at[end], (left, top), strict=True)
            )
        )
        for edge in view.edges
        if (ends := (edge["from"], edge["to"]))[0] in at and ends[1] in at
    ]
    marks = [_mark(node, round(node["x"] - left, 1), round(node["y"] - top, 1)) for node in view.nodes]
    return Drawing(Markup("").join([*lines, *marks]), round(width), round(height), words, "still")


def _mark(node: dict[str, Any], x: float, y: float) -> Markup:
    rows = str(node["label"]).split("\n")
    boxed = node["shape"] in {"box", "ellipse"}
    first = y - _LINE * (len(rows) - 1) / 2 + 4 if boxed else y + node["size"] + 14
    shape = (
        Markup('<rect fill="{}" x="{}" y="{}" width="{}" height="{}" rx="5"/>').format(
            node["color"], x - _BOX, y - 12 * len(rows), 2 * _BOX, 24 * len(rows)
        )
        if boxed
        else Markup('<circle fill="{}" cx="{}" cy="{}" r="{}"/>').format(node["color"], x, y, node["size"])
    )
    text = Markup("").join(
        Markup('<text x="{}" y="{}" text-anchor="middle">{}</text>').format(
            x, round(first + _LINE * n, 1), row
        )
        for n, row in enumerate(rows)
    )
    return Markup('<a href="?node={}">{}</a>').format(quote(node["id"], safe="/"), shape + text)
