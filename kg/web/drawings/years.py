"""Rates by year with their intervals, and where editions of the guidelines came into force."""

from datetime import date

from markupsafe import Markup

from kg.explore import drawing
from kg.explore.topic import Row
from kg.web.drawings.saved import Drawing

_ACROSS = 64
_LEFT = 48
_TOP, _FLOOR = 26, 116


def chart(
    years: list[Row], base: float, changes: tuple[date, ...] = (), of: str = "Overturn rate"
) -> Drawing:
    """Rates by year; dashed across: the rate of all decisions, down: a change of edition.

    ``of`` says which rate it is; ``overturned`` of a row is what it counts.

    A change stands at its place within its year; those outside the years are left out.
    """
    most = max([base, *(one.high or 0 for one in years if one.decisions >= drawing.FEW)], default=1) or 1

    def at(rate: float) -> float:
        return round(_FLOOR - (_FLOOR - _TOP) * min(rate / most, 1), 1)

    width = _LEFT + _ACROSS * len(years)
    parts = [
        Markup('<path class="axis" d="M20 {}H{}"/><path class="base" d="M20 {}H{}"/>').format(
            _FLOOR, width, at(base), width
        )
    ]
    parts += [_change(day, int(years[0].node)) for day in changes if _inside(day, years)]
    for number, one in enumerate(years):
        x = _LEFT + _ACROSS * number
        parts.append(
            Markup(
                '<text x="{}" y="{}" text-anchor="middle">{}</text>'
                '<text x="{}" y="{}" text-anchor="middle">{}</text>'
            ).format(x, _FLOOR + 18, one.label, x, _FLOOR + 32, f"{one.overturned:,}/{one.decisions:,}")
        )
        if one.decisions >= drawing.FEW and one.rate is not None:
            parts.append(
                Markup('<path class="ci" d="M{} {}V{}"/><circle class="dot" cx="{}" cy="{}" r="4"/>').format(
                    x, at(one.low or 0), at(one.high or 0), x, at(one.rate)
                )
            )
    words = f"{of} by year; the table below lists the figures"
    return Drawing(Markup("").join(parts), width + 8, _FLOOR + 40, words, "years")


def _inside(day: date, years: list[Row]) -> bool:
    return bool(years) and int(years[0].node) <= day.year <= int(years[-1].node)


def _change(day: date, first: int) -> Markup:
    """A change of edition; a year's figures stand in its middle."""
    share = (day - date(day.year, 1, 1)).days / 366
    x = round(_LEFT + _ACROSS * (day.year - first + share - 0.5), 1)
    return Markup(
        '<path class="change" d="M{} {}V{}"/><text x="{}" y="12" text-anchor="middle">{}</text>'
    ).format(x, _TOP - 10, _FLOOR, x, day.strftime("%b %Y"))
