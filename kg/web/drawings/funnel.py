"""A funnel of drivers: how many decisions a key has against its adjusted odds ratio.

The bands are where 95 and 99.8 % of the ratios of keys without an association are expected, at the precision
that keys with so many decisions have here. Colour and name of a point are those of its own test, which also
knows its letters and covariates: a key may lie beyond a band by its count and within it by its test.
"""

from collections.abc import Callable, Iterable
from math import ceil, exp, floor, inf, isfinite, log
from typing import NamedTuple

import numpy as np
from markupsafe import Markup, escape

from kg.analysis import labels
from kg.analysis.drivers import DriverRow

Namer = Callable[[str], str]

TAILS = (0.05, 0.002)
BANDS = (1.959964, 3.090232)
"""Standard errors to each side of 95 and of 99.8 % of a normal distribution."""
WIDTH, HEIGHT = 720, 380
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 16, 14, 40
_LABELS = 10
_LONGEST = 34
_LETTER = 6.0
"""Mean width of a letter of a label."""
_STEPS = 24
_MOST = log(50)
"""Estimates beyond 50 and below 1/50 are drawn there."""
_DRAWN = 250
_FEW = 8
_FITTED = 4
_STYLE = (
    ".head{font-size:15px;font-weight:600}.band{fill:#1f5a8c;fill-opacity:.09}.grid{stroke:#dedbd3}"
    ".one{stroke:#59626c;stroke-dasharray:3 3}circle{fill:#a9adb3;stroke:#fff}"
    ".more.s1,.more.s2{fill:#a8500a}.less.s1,.less.s2{fill:#2b6ca3}"
)


class Point(NamedTuple):
    """A compared key: ``effect`` is the logarithm of its adjusted odds ratio, infinite at an edge."""

    row: DriverRow
    decisions: int
    effect: float

    @property
    def beyond(self) -> int:
        """How many of the two bands the key's own test is beyond."""
        return sum((self.row.p_value or 0.0) < tail for tail in TAILS)

    @property
    def ratio(self) -> str:
        """The adjusted odds ratio in words."""
        return "without an upper limit" if self.effect == inf else f"{exp(self.effect):.2f}"


class Funnel(NamedTuple):
    """The points, the most cited first; a standard error is about ``spread * decisions**power``."""

    points: list[Point]
    spread: float = 1.0
    power: float = -0.5

    def error(self, decisions: float) -> float:
        """The standard error that a key with so many decisions has on the whole."""
        return float(self.spread * decisions**self.power)

    def shown(self) -> list[Point]:
        """The points that are drawn: where they are many, those that stand out and the most cited."""
        return list(dict.fromkeys([*self.outstanding(), *self.points]))[:_DRAWN]

    def outstanding(self) -> list[Point]:
        """The points whose own test is beyond the wider band, the surest first."""
        found = [point for point in self.points if point.beyond == len(TAILS)]
        return sorted(found, key=lambda point: (point.row.p_value, point.row.key))

    def labelled(self) -> list[Point]:
        """The points that are named: those that stand out, or all where they are very few."""
        return self.points if len(self.points) <= _FEW else self.outstanding()

    def told(self) -> str:
        """What a reader has to know of the points; empty where all are drawn at their ratio."""
        said = []
        if len(self.points) > _DRAWN:
            said.append(
                f"{_DRAWN} of {len(self.points):,} are drawn: those beyond chance, then the most cited."
            )
        at = [sum(point.effect == end for point in self.shown()) for end in (-inf, inf)]
        for count, every, edge in zip(at, ("none", "all"), ("lower", "upper"), strict=True):
            if count:
                said.append(
                    f"{count:,} at the {edge} edge (triangle{'s' if count > 1 else ''}): "
                    f"{every} of the decisions overturned, so the estimate has no {edge} limit."
                )
        return " ".join(said)


def funnel(rows: Iterable[DriverRow]) -> Funnel:
    """The compared keys of a table, and how widely ratios scatter by their decisions.

    The standard errors, those of the intervals, are fitted by a power of the decisions. A key of which no
    decision is overturned, or every one, has an interval with one end and stands at an edge.
    """
    points, counted, errors = [], [], []
    for row in rows:
        if row.p_value is None:
            continue
        points.append(Point(row, row.decisions, _effect(row)))
        if row.adjusted_low and row.adjusted_high:
            counted.append(row.decisions)
            errors.append((log(row.adjusted_high) - log(row.adjusted_low)) / (2 * BANDS[0]))
    counts = np.log(counted)
    if len(set(counts)) < _FITTED:
        spread = float(np.median(errors * np.exp(counts / 2))) if counted else 1.0
        return Funnel(points, spread)
    power, spread = np.polyfit(counts, np.log(errors), 1)
    return Funnel(points, float(np.exp(spread)), min(float(power), 0.0))


def _effect(row: DriverRow) -> float:
    """The logarithm of the ratio, bounded if it is an estimate; one that has no end is infinite."""
    if row.adjusted_odds_ratio is None:
        return inf
    return min(max(log(row.adjusted_odds_ratio), -_MOST), _MOST) if row.adjusted_odds_ratio else -inf


def draw(found: Funnel, named: Namer, linked: Namer) -> Markup:
    """The funnel; each point leads to ``linked`` of its key. Empty where nothing is compared."""
    if not found.points:
        return Markup("")
    scale = _Scale(found)
    shown = found.shown()
    marks = Markup("").join(_mark(point, scale, named, linked) for point in shown[::-1])
    words = f"Funnel of {len(shown)} keys, {len(found.outstanding())} beyond chance"
    return Markup(
        '<svg class="funnel" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="group" '
        'aria-label="{}">{}</svg>'
    ).format(WIDTH, HEIGHT, words, _bands(found, scale) + _axes(scale) + marks + _labels(found, scale, named))


def saved(found: Funnel, named: Namer, head: str, told: str) -> str:
    """The funnel as a file: with its title, what it shows, what is to be known of its points, its colours."""
    scale = _Scale(found) if found.points else None
    body = Markup('<text x="8" y="20" class="head">{}</text><text x="8" y="38">{}</text>').format(head, told)
    if scale:
        marks = Markup("").join(_mark(p, scale, named, None) for p in found.shown()[::-1])
        inner = _bands(found, scale) + _axes(scale) + marks + _labels(found, scale, named)
        body += Markup('<g transform="translate(0 48)">{}</g>').format(inner)
        body += Markup('<text x="8" y="{}" font-size="10">{}</text>').format(HEIGHT + 62, found.told())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT + 68}" width="{WIDTH}" '
        f'font-family="sans-serif" font-size="12"><title>{escape(head)}</title><style>{_STYLE}</style>'
        f'<rect width="100%" height="100%" fill="#fff"/>{body}</svg>'
    )


class _Scale:
    """Where counts and ratios stand in the picture, both on logarithmic scales."""

    def __init__(self, found: Funnel) -> None:
        counts = [point.decisions for point in found.points]
        self.least, self.most = min(counts) * 0.85, max(counts) * 1.25
        widest = max((abs(point.effect) for point in found.points if isfinite(point.effect)), default=0.0)
        self.reach = max(log(2), widest * 1.12)

    def x(self, decisions: float) -> float:
        share = (log(decisions) - log(self.least)) / (log(self.most) - log(self.least))
        return round(_LEFT + share * (WIDTH - _LEFT - _RIGHT), 1)

    def y(self, effect: float) -> float:
        bounded = min(max(effect, -self.reach), self.reach)
        return round(_TOP + (self.reach - bounded) / (2 * self.reach) * (HEIGHT - _TOP - _BOTTOM), 1)

    def counts(self) -> list[int]:
        """Round numbers of decisions, so few that they stand apart."""
        decades = range(floor(log(self.least, 10)), ceil(log(self.most, 10)) + 1)
        found = [step * 10**decade for decade in decades for step in (1, 2, 5) if decade >= 0]
        return [one for one in found if self.least <= one <= self.most]

    def ratios(self) -> list[float]:
        """Round odds ratios, those below 1 the inverse of those above."""
        ends = [one for one in (2, 5, 10, 20) if log(one) <= self.reach]
        return [*(1 / one for one in ends[::-1]), 1.0, *map(float, ends)]


def _bands(found: Funnel, scale: _Scale) -> Markup:
    """The two bands around no association, the wider beneath."""
    made = Markup("")
    steps = np.exp(np.linspace(log(scale.least), log(scale.most), _STEPS))
    for number, band in reversed(list(enumerate(BANDS))):
        ends = [(scale.x(n), band * found.error(n)) for n in steps]
        above = " ".join(f"{x} {scale.y(end)}" for x, end in ends)
        below = " ".join(f"{x} {scale.y(-end)}" for x, end in ends[::-1])
        made += Markup('<path class="band b{}" d="M{}L{}Z"/>').format(number, above, below)
    return made


def _axes(scale: _Scale) -> Markup:
    end, bottom = WIDTH - _RIGHT, HEIGHT - _BOTTOM
    made = Markup("")
    for ratio in scale.ratios():
        y = scale.y(log(ratio))
        words = f"{ratio:g}" if ratio >= 1 else f"1/{1 / ratio:g}"
        made += Markup(
            '<path class="{}" d="M{} {}H{}"/><text x="{}" y="{}" text-anchor="end">{}</text>'
        ).format("one" if ratio == 1 else "grid", _LEFT, y, end, _LEFT - 6, y + 4, words)
    for count in scale.counts():
        made += Markup('<text x="{}" y="{}" text-anchor="middle">{}</text>').format(
            scale.x(count), bottom + 15, f"{count:,}"
        )
    return made + Markup(
        '<text x="{}" y="{}" text-anchor="end">decisions that cite it →</text>'
        '<text transform="translate(16 {}) rotate(-90)" text-anchor="middle">adjusted odds ratio</text>'
    ).format(end, HEIGHT - 6, (bottom + _TOP) / 2)


def _mark(point: Point, scale: _Scale, named: Namer, linked: Namer | None) -> Markup:
    """A point, which opens what it stands for."""
    side = ("less", "more")[point.effect > 0]
    ended = f"{point.row.overturned:,} of {point.decisions:,} overturned"
    told = f"{named(point.row.key)}: {ended}, adjusted odds ratio {point.ratio}"
    x, y = scale.x(point.decisions), scale.y(point.effect)
    if isfinite(point.effect):
        shape = Markup('<circle class="{} s{}" cx="{}" cy="{}" r="5"><title>{}</title></circle>')
        made = shape.format(side, point.beyond, x, y, told)
    else:
        corners = f"M{x} {y}l-6 {-8 if point.effect < 0 else 8}h12Z"
        shape = Markup('<path class="point {} s{}" d="{}"><title>{}</title></path>')
        made = shape.format(side, point.beyond, corners, told)
    return (
        Markup('<a href="{}" aria-label="{}">{}</a>').format(linked(point.row.key), told, made)
        if linked
        else made
    )


def _labels(found: Funnel, scale: _Scale, named: Namer) -> Markup:
    """Names beside the points that are labelled, those left out that would lie over another or a point."""
    taken: list[tuple[float, float, float, float]] = []
    spots = [(scale.x(p.decisions), scale.y(p.effect)) for p in found.points]
    made = Markup("")
    for point in found.labelled():
        x, y = scale.x(point.decisions), scale.y(point.effect)
        words = labels.cut(named(point.row.key), _LONGEST)
        wide = _LETTER * len(words)
        for left, anchor in ((x + 9, "start"), (x - 9 - wide, "end")):
            box = (left, y - 8, left + wide, y + 6)
            free = box[0] > _LEFT and box[2] < WIDTH and not any(_over(box, one) for one in taken)
            if free and not any(
                box[0] - 4 < a < box[2] + 4 and box[1] - 2 < b < box[3] + 2 for a, b in spots
            ):
                taken.append(box)
                made += Markup('<text class="name" x="{}" y="{}" text-anchor="{}">{}</text>').format(
                    round(left if anchor == "start" else x - 9, 1), y + 4, anchor, words
                )
                break
        if len(taken) == _LABELS:
            break
    return made


def _over(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
