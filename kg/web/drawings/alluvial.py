"""Decisions from services over what is cited to outcomes, as bands as wide as they are many."""

from markupsafe import Markup

from kg.analysis import labels
from kg.analysis.decisions import OUTCOMES
from kg.explore.crossed import Flow, Way
from kg.web.drawings.saved import Drawing

_HIGH, _GAP, _TOP = 420, 13, 26
_BAR = 8
_LEFT, _RIGHT = 255, 165  # room for counts of six digits
_FIRST, _SECOND = 290, 350
_LETTER = 7.0
"""Mean width of a letter."""
_LETTERS = (30, 38, 20)
_SIGNS = {"upheld": "■", "overturned": "▲", "modified": "◆"}

Spot = tuple[float, float]


def draw(found: Flow, heads: tuple[str, str, str]) -> Drawing:
    """The flow; the heads name its columns."""
    if not found.decisions:
        return Drawing(Markup(""), _RIGHT, 0, "No decision", "alluvial")
    left = _room([_named(label, count, 0) for _, label, count in found.columns[0]])
    at = (left, left + _FIRST, left + _FIRST + _SECOND)
    tallest = max(len(column) for column in found.columns)
    high = max(_HIGH, 30 * tallest)
    unit = (high - _GAP * (tallest - 1)) / found.decisions
    spots = [_spots([count for *_, count in column], unit, high) for column in found.columns]
    # The outcome of a way of the first half is not one: it is drawn plain.
    parts = [
        *_bands(found.first, spots[0], spots[1], at[0], at[1], unit, None),
        *_bands(
            found.second, spots[1], spots[2], at[1], at[2], unit, [name for _, name, _ in found.columns[2]]
        ),
    ]
    for column, (lines, x) in enumerate(zip(found.columns, at, strict=True)):
        parts.append(
            Markup('<text x="{}" y="14" {} class="name">{}</text>').format(
                x + (0 if column else _BAR),
                Markup('text-anchor="start"') if column else Markup('text-anchor="end"'),
                heads[column],
            )
        )
        parts += [
            _line(label, count, x, spot, column)
            for (_, label, count), spot in zip(lines, spots[column], strict=True)
        ]
    words = f"{found.decisions:,} decisions by service, citation and outcome; the table lists the figures"
    return Drawing(Markup("").join(parts), at[2] + _RIGHT, _TOP + high + 8, words, "alluvial")


def _room(names: list[str]) -> int:
    """How far from the edge the names to the left of a column end.

    >>> _room(["Injection 20"]), _room(["Physical Therapy/Occupational… 4,500"])
    (104, 255)
    """
    return min(_LEFT, round(20 + _LETTER * max(map(len, names))))


def _spots(counts: list[int], unit: float, high: float) -> list[Spot]:
    """Top and height of each line of a column, which stands in the middle."""
    total = sum(counts) * unit + _GAP * (len(counts) - 1)
    y, found = _TOP + (high - total) / 2, []
    for count in counts:
        found.append((y, count * unit))
        y += count * unit + _GAP
    return found


def _bands(
    ways: list[Way],
    left: list[Spot],
    right: list[Spot],
    x: float,
    end: float,
    unit: float,
    kinds: list[str] | None,
) -> list[Markup]:
    out, into = [top for top, _ in left], [top for top, _ in right]
    made = []
    for way in ways:
        wide = way.decisions * unit
        y, z = out[way.one] + wide / 2, into[way.other] + wide / 2
        out[way.one] += wide
        into[way.other] += wide
        kind = kinds[way.other] if kinds else "plain"
        middle = (x + _BAR + end) / 2
        made.append(
            Markup('<path class="way {}" stroke-width="{}" d="M{} {}C{} {} {} {} {} {}"/>').format(
                kind,
                round(max(wide, 0.5), 2),
                x + _BAR,
                round(y, 1),
                middle,
                round(y, 1),
                middle,
                round(z, 1),
                end,
                round(z, 1),
            )
        )
    return made


def _line(label: str, count: int, x: float, spot: Spot, column: int) -> Markup:
    top, high = spot
    kind, told = f" {label}" if label in OUTCOMES else "", _named(label, count, column)
    side, anchor = (x - 6, "end") if column == 0 else (x + _BAR + 6, "start")
    return Markup(
        '<rect class="node{}" x="{}" y="{}" width="{}" height="{}"><title>{}: {}</title></rect>'
        '<text x="{}" y="{}" text-anchor="{}">{}</text>'
    ).format(
        kind,
        x,
        round(top, 1),
        _BAR,
        round(max(high, 1), 1),
        label,
        f"{count:,}",
        side,
        round(top + high / 2 + 4, 1),
        anchor,
        told,
    )


def _named(label: str, count: int, column: int) -> str:
    """A line's name, as long as its column has room for, and its count."""
    most, words = _LETTERS[column], f"{_SIGNS[label]} {label}" if label in OUTCOMES else label
    return f"{labels.cut(words, most)} {count:,}"
