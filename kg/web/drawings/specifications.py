"""The odds ratio of one key under each specification, on one scale."""

from collections.abc import Sequence

from markupsafe import Markup

from kg.analysis.driver_row.robustness import CONTROL, SpecificationRow
from kg.web.drawings import ratio
from kg.web.drawings.saved import Drawing

_LEFT, _TOP, _ROW, _WIDE, _FIGURES = 180, 26, 24, 420, 130
_MOST = 64.0
"""How far the scale goes at most from 1: intervals beyond end at its edge."""


def chart(rows: Sequence[SpecificationRow]) -> Drawing:
    """A line for each specification that has an odds ratio; dashed: no association; the control is hollow."""
    drawn = [row for row in rows if row.odds_ratio is not None]
    end = ratio.end_of((one for row in drawn for one in (row.odds_ratio, row.low, row.high)), _MOST)
    floor = _TOP + _ROW * len(drawn)

    def x(odds: float) -> float:
        return round(_LEFT + _WIDE / 2 * (1 + ratio.place(odds, end)), 1)

    tick = Markup('<path class="{}" d="M{} {}V{}"/><text x="{}" y="14" text-anchor="middle">{}</text>')
    parts = [
        tick.format("base" if odds == 1 else "grid", x(odds), _TOP - 6, floor, x(odds), words)
        for odds, words in ((1 / end, f"1/{end:g}"), (1.0, "1"), (end, f"{end:g}"))
    ]
    for number, row in enumerate(drawn):
        odds = row.odds_ratio or 1.0
        high = end if row.high is None else row.high
        y = _TOP + _ROW * number + _ROW / 2
        told = f"{odds:.2f} ({row.low or 0.0:.2f} to {'no limit' if row.high is None else f'{row.high:.2f}'})"
        parts.append(
            Markup(
                '<text class="name" x="{}" y="{}" text-anchor="end">{}</text>'
                '<path class="ci" d="M{} {}H{}"/><circle class="dot{}" cx="{}" cy="{}" r="4"/>'
                '<text x="{}" y="{}">{}</text>'
            ).format(
                *(_LEFT - 12, y + 4, row.specification, x(row.low or 0.0), y, x(high)),
                *(" control" if row.specification == CONTROL else "", x(odds), y),
                *(_LEFT + _WIDE + 14, y + 4, told),
            )
        )
    words = "Odds ratio under each specification; the table below lists the figures"
    return Drawing(Markup("").join(parts), _LEFT + _WIDE + _FIGURES, floor + 8, words, "years")
