"""The model drawn from ``ontology/imr.ttl``: each class with its properties, as SVG."""

from collections import defaultdict
from collections.abc import Iterator
from html import escape
from typing import NamedTuple

from kg import turtle

_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_OWL = "http://www.w3.org/2002/07/owl#"
_WIDTH, _LINE, _HEAD = 230, 16, 26

# Where each class is drawn: left and top edge.
_PLACES = {
    "Determination": (20, 20),
    "Review": (20, 330),
    "Reviewer": (20, 430),
    "DisputedItem": (420, 20),
    "Rationale": (420, 750),
    "ReadingRun": (420, 820),
    "Citation": (820, 20),
    "Page": (820, 330),
    "GuidelineConcept": (1220, 20),
}
_PARENTS = {"GuidelineSection": "GuidelineConcept", "Chapter": "GuidelineConcept"}
_SIZE = (1470, 890)
# Said with a term of another vocabulary.
_ALSO = {"GuidelineConcept": ["skos:broader: GuidelineConcept"]}

Box = tuple[int, int, int, int]
"""Left, top, width, height."""


class Property(NamedTuple):
    """A property with the class it is said of and the class or type of its values."""

    name: str
    domain: str
    range: str


def properties(text: str) -> list[Property]:
    """The properties of the drawn classes, but for inverse ones and those that only gather others."""
    said = turtle.statements(text)
    gathering = {parent for about in said.values() for parent in about[f"{_RDFS}subPropertyOf"]}
    found = []
    for term, about in said.items():
        domain, values = about[f"{_RDFS}domain"], about[f"{_RDFS}range"]
        if not domain or not values or about[f"{_OWL}inverseOf"]:
            continue
        if term in gathering and "bodyPart" not in term:
            continue
        owner, value = _local(domain[0]), _local(values[0])
        owner, value = _PARENTS.get(owner, owner), _PARENTS.get(value, value)
        if owner in _PLACES:
            found.append(Property(_local(term), owner, value))
    return sorted(found)


def svg(text: str) -> str:
    """The picture: boxes with what has a plain value or a concept, arrows between the boxes."""
    found = properties(text)
    arrows: dict[tuple[str, str], list[str]] = defaultdict(list)
    lines: dict[str, list[str]] = defaultdict(list)
    for each in found:
        if each.range in _PLACES:
            arrows[each.domain, each.range].append(each.name)
        else:
            lines[each.domain].append(f"{each.name}: {each.range}")
    for name, more in _ALSO.items():
        lines[name] += more
    boxes = {name: (*place, _WIDTH, _HEAD + _LINE * len(lines[name])) for name, place in _PLACES.items()}
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIZE[0]} {_SIZE[1]}" role="img"'
            ' aria-label="The classes of the ontology and how they point to each other"'
            ' font-family="sans-serif" font-size="12">',
            '<defs><marker id="tip" viewBox="0 0 10 10" refX="10" refY="5" markerWidth="8" markerHeight="8"'
            ' orient="auto"><path d="M0 0 10 5 0 10z" fill="#456"/></marker></defs>',
            *(_arrow(boxes[one], boxes[other], names) for (one, other), names in sorted(arrows.items())),
            *(line for name in _PLACES for line in _box(name, boxes[name], lines[name])),
            "</svg>\n",
        ]
    )


def _box(name: str, box: Box, lines: list[str]) -> Iterator[str]:
    left, top, width, height = box
    size = f'width="{width}" height="{height + 6}"'
    yield f'<rect x="{left}" y="{top}" {size} rx="4" fill="#fff" stroke="#456"/>'
    yield f'<text x="{left + 8}" y="{top + 18}" font-weight="bold" fill="#123">{escape(name)}</text>'
    for number, line in enumerate(lines, 1):
        yield f'<text x="{left + 8}" y="{top + 18 + _LINE * number}" fill="#345">{escape(line)}</text>'


def _arrow(one: Box, other: Box, names: list[str]) -> str:
    """A line from border to border, its names beside the middle."""
    if other[0] <= one[0] + one[2]:  # below
        middle = one[0] + one[2] // 2
        start, end = (middle, one[1] + one[3] + 6), (middle, other[1])
        x, anchor = middle + 6, "start"
    else:
        start, end = _levels(one, other)
        x, anchor = (start[0] + end[0]) // 2, "middle"
    y = (start[1] + end[1]) // 2 - 5
    path = f'<path d="M{start[0]} {start[1]} {end[0]} {end[1]}" stroke="#456" marker-end="url(#tip)"/>'
    return path + "".join(
        f'<text x="{x}" y="{y - 14 * number}" text-anchor="{anchor}" fill="#064">{escape(name)}</text>'
        for number, name in enumerate(reversed(names))
    )


def _levels(one: Box, other: Box) -> tuple[tuple[int, int], tuple[int, int]]:
    """Where a line to a box on the right leaves and arrives: level, if the boxes are side by side."""
    right, left = one[0] + one[2], other[0]
    if other[1] > one[1] + one[3]:
        return (right, one[1] + one[3] - 10), (left, other[1] + 14)
    if other[1] + other[3] < one[1]:
        return (right, one[1] + 14), (left, other[1] + other[3] - 10)
    level = max(one[1], other[1]) + 40
    return (right, level), (left, level)


def _local(term: str) -> str:
    return term.replace("#", "/").rpartition("/")[2]
