"""An adjusted odds ratio with its interval as a small drawing, on a scale that the rows of a table share."""

from collections.abc import Iterable
from math import log

from markupsafe import Markup

from kg.analysis.drivers import DriverRow

_MOST = 16.0
"""Where the widest scale ends."""
_HALF = 92


def reach(rows: Iterable[DriverRow]) -> float:
    """The odds ratio at the end of the scale, a power of two: the other end is its inverse."""
    parts = [
        (row.adjusted_odds_ratio, row.adjusted_low, row.adjusted_high)
        for row in rows
        if row.adjusted_odds_ratio
    ]
    return end_of((one for part in parts for one in part), _MOST)


def end_of(ratios: Iterable[float | None], most: float) -> float:
    """The end of a scale that holds some ratios and their inverses: a power of two, up to ``most``.

    >>> end_of([1.5, None, 0.2], 64), end_of([], 64), end_of([500], 64)
    (8.0, 2.0, 64.0)
    """
    widest = max((max(one, 1 / one) for one in ratios if one), default=2.0)
    end = 2.0
    while end < min(widest, most):
        end *= 2
    return end


def place(ratio: float, end: float) -> float:
    """Where a ratio stands on a scale from -1 to 1, those beyond it at its end.

    >>> place(1.0, 4.0), place(8.0, 4.0), place(0.0, 4.0)
    (0.0, 1.0, -1.0)
    """
    return log(min(max(ratio, 1 / end), end)) / log(end)


def plot(row: DriverRow, end: float) -> Markup:
    """The drawing of a row; without an adjusted odds ratio, words."""
    ratio = row.adjusted_odds_ratio
    if ratio is None:
        return Markup('<span class="none">not compared</span>')
    low, high = (row.adjusted_low or 0.0), row.adjusted_high
    told = f"{low:.2f} or more" if high is None else f"{low:.2f} to {high:.2f}"
    sure = "" if low <= 1 <= (high or end) else " more" if ratio > 1 else " less"
    return Markup(
        '<svg class="forest" viewBox="0 0 188 20" role="img" aria-label="{}">'
        '<path class="axis" d="M2 10H186"/><path class="base" d="M94 1V19"/><path class="ci" d="M{} 10H{}"/>'
        '<circle class="dot{}" cx="{}" cy="10" r="4"/></svg>'
    ).format(
        f"adjusted odds ratio {ratio:.2f}, interval {told}",
        _at(low, end),
        186 if high is None else _at(high, end),
        sure,
        _at(ratio, end),
    )


def axis(end: float) -> Markup:
    """The scale above the drawings."""
    return Markup(
        '<svg class="forest" viewBox="0 0 188 16" aria-hidden="true"><text x="2" y="12">1/{}</text>'
        '<text x="94" y="12" text-anchor="middle">1</text>'
        '<text x="186" y="12" text-anchor="end">{}</text></svg>'
    ).format(f"{end:g}", f"{end:g}")


def _at(ratio: float, end: float) -> float:
    """Where a ratio stands, those beyond the scale at its end.

    >>> _at(1.0, 4.0), _at(8.0, 4.0), _at(0.0, 4.0)
    (94.0, 186.0, 2.0)
    """
    return round(94 + _HALF * place(ratio, end), 1)
