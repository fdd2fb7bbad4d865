"""A heat map: the colour of a square is its rate, its size how many decisions it stands for."""

from collections.abc import Callable
from math import sqrt

from markupsafe import Markup

from kg.analysis import labels
from kg.explore import drawing
from kg.explore.crossed import Heat, Spot
from kg.explore.topic import Row
from kg.web.drawings.saved import Drawing

_SIDE, _GAP = 30, 2
_LEFT, _TOP = 270, 222
_LETTERS, _ABOVE = 40, 40
_LETTER = 6.7
"""Mean width of a letter."""
_SLOPE = 0.75
"""Of a letter's width, what a name above a column rises by."""

Linked = Callable[[Row, Row], str]


def draw(found: Heat, linked: Linked, words: str) -> Drawing:
    """The map; a square leads to the decisions that it counts."""
    step = _SIDE + _GAP
    left = _room([labels.cut(row.label, _LETTERS) for row in found.rows], _LEFT, 1.0)
    top = _room([labels.cut(column.label, _ABOVE) for column in found.columns], _TOP, _SLOPE)
    most = max((spot.decisions for cells in found.cells for spot in cells), default=1) or 1
    parts = []
    for n, column in enumerate(found.columns):
        x = left + n * step + _SIDE / 2 + 4
        parts.append(
            Markup('<text transform="translate({} {}) rotate(-48)" text-anchor="start">{}</text>').format(
                x, top - 8, labels.cut(column.label, _ABOVE)
            )
        )
    for m, (row, cells) in enumerate(zip(found.rows, found.cells, strict=True)):
        y = top + m * step
        parts.append(
            Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(
                left - 8, y + _SIDE / 2 + 4, labels.cut(row.label, _LETTERS)
            )
        )
        parts.append(
            Markup('<path class="grid" d="M{} {}h{}"/>').format(
                left, y + _SIDE / 2, step * len(found.columns)
            )
        )
        parts += [
            _square(row, column, spot, left + n * step, y, most, found.base, linked)
            for n, (column, spot) in enumerate(zip(found.columns, cells, strict=True))
            if spot.decisions
        ]
    width = left + step * len(found.columns) + 150
    return Drawing(Markup("").join(parts), width, top + step * len(found.rows) + 6, words, "squares")


def _room(names: list[str], most: int, share: float) -> int:
    """How much room names need before a map, or above it.

    >>> _room(["Pain Medicine"], 270, 1.0), _room(["Pain Medicine"] * 2, 184, 0.75), _room([], 270, 1.0)
    (107, 85, 20)
    """
    return min(most, round(20 + _LETTER * share * max(map(len, names), default=0)))


def _square(
    row: Row, column: Row, spot: Spot, x: float, y: float, most: int, base: float, linked: Linked
) -> Markup:
    side = round(max(6.0, _SIDE * sqrt(spot.decisions / most)), 1)
    inset = (_SIDE - side) / 2
    told = f"{row.label}, {column.label}: {spot.overturned:,} of {spot.decisions:,} overturned"
    return Markup(
        '<a href="{}" aria-label="{}"><rect class="{}" x="{}" y="{}" width="{}" height="{}">'
        "<title>{}</title></rect></a>"
    ).format(
        linked(row, column),
        told,
        shade(spot, base),
        round(x + inset, 1),
        round(y + inset, 1),
        side,
        side,
        told,
    )


def shade(spot: Spot, base: float) -> str:
    """The style of a cell's colour, by its shrunken rate; ``rn`` where there is no base rate.

    >>> shade(Spot(200, 120, 0.58), 0.1), shade(Spot(1, 1, 0.12), 0.1)
    ('r5', 'r3')
    """
    color = drawing.odds_color(spot.rate, base)
    return f"r{drawing.SCALE.index(color)}" if color in drawing.SCALE else "rn"
