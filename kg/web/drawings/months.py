"""Rates by month with their intervals, and where editions of the guidelines came into force."""

from collections.abc import Iterable
from datetime import date

from markupsafe import Markup

from kg.analysis.trends import MonthRow
from kg.explore import drawing
from kg.web.drawings.saved import Drawing

_LEFT, _TOP, _FLOOR = 46, 26, 186
_WIDE = 860
"""What the months fill, if they are neither few nor many."""
_LEAST, _MOST = 6.0, 26.0


def chart(months: Iterable[MonthRow], base: float | None, changes: Iterable[date] = ()) -> Drawing:
    """Rates by month; dashed across: the rate of all of them, down: a change of edition.

    Months with too few decisions for a rate have none here; their counts stand in the table.
    """
    rows = list(months)
    if not rows:
        return Drawing(Markup(""), _LEFT, _FLOOR, "", "years")
    first, last = _number(rows[0].month), _number(rows[-1].month)
    step = min(max(_WIDE / (last - first + 1), _LEAST), _MOST)
    width = round(_LEFT + step * (last - first + 1) + 8, 1)
    drawn = [row for row in rows if row.decisions >= drawing.FEW and row.overturn_rate is not None]
    most = _round_above(max([base or 0.0, *(row.rate_high or 0.0 for row in drawn)]))

    def x(number: float) -> float:
        return round(_LEFT + step * (number - first + 0.5), 1)

    def y(rate: float) -> float:
        return round(_FLOOR - (_FLOOR - _TOP) * min(rate / most, 1), 1)

    line = Markup('<path class="axis" d="M{} {}H{}"/><text x="{}" y="{}" text-anchor="end">{:g} %</text>')
    parts = [
        line.format(_LEFT, y(share), width, _LEFT - 6, y(share) + 4, round(100 * share, 1))
        for share in (0.0, most / 2, most)
    ]
    if base is not None:
        parts.append(Markup('<path class="base" d="M{} {}H{}"/>').format(_LEFT, y(base), width))
    parts += [_year(year, x(12 * year) - step / 2) for year in range(-(-first // 12), last // 12 + 1)]
    for day in changes:
        place = x(12 * day.year + day.month - 1) - step / 2
        parts.append(
            Markup(
                '<path class="change" d="M{} {}V{}"/><text x="{}" y="12" text-anchor="middle">{}</text>'
            ).format(place, _TOP - 10, _FLOOR, place, day.strftime("%b %Y"))
        )
    for row in drawn:
        at = x(_number(row.month))
        parts.append(
            Markup(
                '<path class="ci" d="M{} {}V{}"/><circle class="dot" cx="{}" cy="{}" r="3">'
                "<title>{}: {:,} of {:,} overturned</title></circle>"
            ).format(
                *(at, y(row.rate_low or 0.0), y(row.rate_high or 0.0), at, y(row.overturn_rate or 0.0)),
                *(row.month, row.overturned, row.decisions),
            )
        )
    words = "Overturned by month; the table beneath has the figures"
    return Drawing(Markup("").join(parts), width, _FLOOR + 24, words, "years")


def _number(month: str) -> int:
    """The number of a month since the year 0.

    >>> _number("2016-12") - _number("2015-12")
    12
    """
    return 12 * int(month[:4]) + int(month[5:7]) - 1


def _round_above(share: float) -> float:
    """A round share that is not less, of which half is round, too."""
    return next((end for end in (0.1, 0.2, 0.4, 0.6, 0.8) if share <= end), 1.0)


def _year(year: int, place: float) -> Markup:
    return Markup('<path class="axis" d="M{} {}v5"/><text x="{}" y="{}">{}</text>').format(
        place, _FLOOR, place + 2, _FLOOR + 16, year
    )
