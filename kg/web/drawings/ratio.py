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
    ends = [2.0]
    for row in rows:
        ratio = row.adjusted_odds_ratio
        ends += [max(one, 1 / one) for one in (ratio, row.adjusted_low, row.adjusted_high) if one and ratio]
    end = 2.0
    while end < min(max(ends), _MOST):
        end *= 2
    return end


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
    bounded = min(max(ratio, 1 / end), end)
    return round(94 + _HALF * log(bounded) / log(end), 1)
