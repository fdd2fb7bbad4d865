"""Drawings of drivers as SVG text: a forest plot, and a strip with a cell for each page of a guideline.

The same table gives the same text. Nothing but SVG is used, so that a browser, a page and a paper
show it alike; colours can be told apart without red and green (after ColorBrewer's PuOr).
"""

from collections.abc import Callable, Iterable
from html import escape
from math import ceil, floor, log

from kg.analysis import labels
from kg.analysis.drivers import DriverRow, Drivers
from kg.analysis.filters import unknown
from kg.analysis.shown_columns import printed, shown

CAPTION = "Association, not causation: the reviewer chooses what to cite, and kinds of service differ."
LESS, MORE, NEUTRAL, FEW = "#542788", "#b35806", "#f7f7f7", "#d9d9d9"
DRAWN = "Filled: adjusted for covariates; hollow: crude. Lines: 95 % intervals."
_LEFT, _ROW, _PLOT = 330, 22, 460
_CELL, _ACROSS = 26, 30
_LONGEST = 40
_WIDEST = 1000.0
_TICKS = 9
_BEYOND = 1e9
_ALIKE = 0.179  # the luminance on which black and white have the same contrast
_FONT = "font-family='system-ui, sans-serif'"


def forest(found: Drivers, limit: int = 40, *, named: Callable[[str], str] | None = None) -> str:
    """The adjusted odds ratios of the ``limit`` most cited keys with their intervals, the strongest first.

    Keys without an adjusted odds ratio are drawn with the crude one, hollow. ``named`` names a key.
    """
    rows = [row for row in found.rows if _ratio(row) is not None][:limit]
    rows.sort(key=lambda row: (-(_ratio(row) or (0.0,))[0], row.key))
    low, high = _span(rows)
    height = 70 + _ROW * max(len(rows), 1) + 66
    body = [_text(20, 26, f"Odds ratio of overturning by {found.level}, cited by {_who(found.party)}", 16)]
    body.append(_text(20, 46, f"{found.decisions:,} decisions: {found.filters}", 12, "#555"))
    bottom = 70 + _ROW * len(rows)
    for tick in _ticks(low, high):
        at = _place(tick, low, high)
        body.append(_line(at, 60, at, bottom, "#333" if tick == 1 else "#ddd"))
        body.append(_text(at, bottom + 16, f"{tick:g}", 11, "#333", "middle"))
    for number, row in enumerate(rows):
        body += _forest_row(row, (named or _plain)(row.key), 70 + _ROW * number + _ROW / 2, low, high)
    if not rows:
        body.append(_text(20, 84, "No key has enough decisions for an odds ratio.", 13))
    body.append(_text(20, bottom + 38, DRAWN, 11, "#555"))
    body.append(_text(20, bottom + 54, CAPTION, 11, "#555"))
    return _svg(_LEFT + _PLOT + 170, height, f"Odds ratios by {found.level}", body)


def strip(found: Drivers, guideline: str) -> str:
    """Each page of one guideline's edition as a cell, coloured by its overturn rate against the base rate.

    ``guideline`` is its notation (``chronic-pain/2009``). The base rate is that of all decisions under the
    filters; pages below the minimum count are grey, pages that nobody cites are left white.

    Raises:
        UnknownError: no page of the table is of that guideline; the sentence names the nearest.
    """
    pages: dict[str, dict[int, DriverRow]] = {}
    for row in found.shown(1).rows:
        if row.page is not None:
            pages.setdefault(row.key.rsplit("/page/", 1)[0], {})[row.page] = row
    if guideline not in pages:
        raise unknown("guideline with cited pages", guideline, sorted(pages))
    cells, base = pages[guideline], found.overturned / max(found.decisions, 1)
    last = max(cells)
    height = 110 + ceil(last / _ACROSS) * _CELL + 20
    body = [_text(20, 26, f"{guideline}: overturn rate by page, cited by {_who(found.party)}", 16)]
    told = f"base rate {base:.1%} of {found.decisions:,} decisions: {found.filters}"
    body.append(_text(20, 46, told, 12, "#555"))
    for page in range(1, last + 1):
        across, down = (page - 1) % _ACROSS, (page - 1) // _ACROSS
        body += _cell(page, cells.get(page), found.minimum, base, 20 + across * _CELL, 62 + down * _CELL)
    bottom = 62 + ceil(last / _ACROSS) * _CELL
    body += _legend(bottom + 14)
    body.append(_text(20, bottom + 52, CAPTION, 11, "#555"))
    return _svg(40 + _ACROSS * _CELL, height, f"Overturn rate by page of {guideline}", body)


def _who(party: str) -> str:
    return {"any": "either party", "both": "both parties"}.get(party, f"the {party.replace('_', ' ')}")


def _ratio(row: DriverRow) -> tuple[float, float, float] | None:
    """The odds ratio to draw with its interval, a one-sided one beyond the axis."""
    for point, low, high in (
        (row.adjusted_odds_ratio, row.adjusted_low, row.adjusted_high),
        (row.odds_ratio, row.odds_ratio_low, row.odds_ratio_high),
    ):
        if low is not None or high is not None:
            top = _BEYOND if high is None else high
            return max(_BEYOND if point is None else point, 1 / _BEYOND), max(low or 0.0, 1 / _BEYOND), top
    return None


def _span(rows: Iterable[DriverRow]) -> tuple[float, float]:
    """The least and the greatest odds ratio of the axis, powers of two around 1."""
    ends = [end for row in rows if (found := _ratio(row)) for end in found]
    least = max(min([*ends, 0.5]), 1 / _WIDEST)
    most = min(max([*ends, 2.0]), _WIDEST)
    return 2.0 ** floor(log(least, 2)), 2.0 ** ceil(log(most, 2))


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers on the axis, 1 among them, so few that their labels stand apart.

    >>> _ticks(0.25, 8.0)
    [0.5, 1.0, 2.0, 5.0]
    >>> _ticks(2.0**-10, 1024.0)
    [0.001, 0.01, 0.1, 1.0, 10.0, 100.0, 1000.0]
    """
    decades = range(floor(log(low, 10)), ceil(log(high, 10)) + 1)

    def ticks(*steps: int) -> list[float]:
        found = (float(f"{step}e{decade}") for decade in decades for step in steps)
        return [tick for tick in found if low <= tick <= high]

    close = ticks(1, 2, 5)
    return close if len(close) <= _TICKS else ticks(1)


def _place(ratio: float, low: float, high: float) -> float:
    bounded = min(max(ratio, low), high)
    return _LEFT + _PLOT * (log(bounded) - log(low)) / (log(high) - log(low))


def _forest_row(row: DriverRow, name: str, middle: float, low: float, high: float) -> list[str]:
    point, least, most = _ratio(row) or (1.0, 1.0, 1.0)
    sure = least > 1 or most < 1
    colour = (MORE if point > 1 else LESS) if sure else "#666"
    fill = colour if row.adjusted_low is not None else "#fff"
    told = _told(row)
    at = _place(point, low, high)
    return [
        "<g>",
        f"<title>{escape(row.key)}: {told}, {row.decisions} decisions</title>",
        _text(_LEFT - 12, middle + 4, f"{labels.cut(name, _LONGEST)}  n={row.decisions}", 12, "#111", "end"),
        _line(_place(least, low, high), middle, _place(most, low, high), middle, colour),
        *(_text(_LEFT - 4, middle + 4, "◂", 11, colour) for _ in range(least < low)),
        *(_text(_LEFT + _PLOT - 4, middle + 4, "▸", 11, colour) for _ in range(most > high)),
        f"<circle cx='{at:.1f}' cy='{middle:.1f}' r='4' fill='{fill}' stroke='{colour}'/>",
        _text(_LEFT + _PLOT + 12, middle + 4, told, 12, colour),
        "</g>",
    ]


def _told(row: DriverRow) -> str:
    wanted = "adjusted_odds_ratio" if row.adjusted_low is not None else "odds_ratio"
    return next(printed(cell, row) or "" for cell in shown(DriverRow) if cell.named.name == wanted)


def _plain(key: str) -> str:
    return labels.brief(f"guideline/{key}")


def _cell(page: int, row: DriverRow | None, minimum: int, base: float, x: int, y: int) -> list[str]:
    colour, told = "#fff", "not cited"
    if row is not None and row.decisions < minimum:
        colour, told = FEW, f"{row.overturned} of {row.decisions} overturned: too few"
    elif row is not None:
        colour = _shade(row.overturn_rate or 0.0, base)
        told = f"{row.overturned} of {row.decisions} overturned, {row.overturn_rate:.1%}"
    size = _CELL - 2
    return [
        f"<g><title>page {page}: {told}</title>"
        f"<rect x='{x}' y='{y}' width='{size}' height='{size}' fill='{colour}' stroke='#bbb'/>"
        f"<text x='{x + size / 2:g}' y='{y + 16}' font-size='9' text-anchor='middle' "
        f"fill='{_ink(colour)}' {_FONT}>{page}</text></g>"
    ]


def _shade(rate: float, base: float) -> str:
    """Neutral at the base rate, full colour at four times its odds or a quarter."""
    bounded, middle = (min(max(value, 1e-4), 1 - 1e-4) for value in (rate, base))
    gap = log(bounded / (1 - bounded)) - log(middle / (1 - middle))
    strength = min(abs(gap) / log(4), 1.0)
    pure = MORE if gap > 0 else LESS
    mixed = (
        round(int(NEUTRAL[at : at + 2], 16) * (1 - strength) + int(pure[at : at + 2], 16) * strength)
        for at in (1, 3, 5)
    )
    return "#" + "".join(f"{part:02x}" for part in mixed)


def _ink(colour: str) -> str:
    """Black or white, whichever stands out more on ``colour`` (by the contrast of WCAG 2.2: at least 4.5)."""
    if len(colour) == 4:
        return "#000"
    red, green, blue = ((int(colour[at : at + 2], 16) / 255) ** 2.2 for at in (1, 3, 5))
    return "#000" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > _ALIKE else "#fff"


def _legend(y: int) -> list[str]:
    out, base = [], 0.1
    odds = base / (1 - base)
    shown = [
        (f"{factor:g} x", _shade(1 / (1 + 1 / (odds * factor)), base)) for factor in (0.25, 0.5, 1, 2, 4)
    ]
    for number, (label, colour) in enumerate([*shown, ("too few", FEW), ("not cited", "#fff")]):
        x = 20 + number * 84
        out.append(f"<rect x='{x}' y='{y}' width='16' height='16' fill='{colour}' stroke='#bbb'/>")
        out.append(_text(x + 22, y + 12, label, 11, "#333"))
    out.append(_text(20 + 7 * 84, y + 12, "odds relative to the base rate", 11, "#333"))
    return out


def _text(x: float, y: float, text: str, size: int, fill: str = "#111", anchor: str = "start") -> str:
    place = f"x='{x:.1f}' y='{y:.1f}' font-size='{size}' fill='{fill}' text-anchor='{anchor}'"
    return f"<text {place} {_FONT}>{escape(text)}</text>"


def _line(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    ends = f"x1='{x1:.1f}' y1='{y1:.1f}' x2='{x2:.1f}' y2='{y2:.1f}'"
    return f"<line {ends} stroke='{colour}' stroke-width='1.5'/>"


def _svg(width: float, height: float, title: str, body: list[str]) -> str:
    size = f"width='{width:g}' height='{height:g}' viewBox='0 0 {width:g} {height:g}'"
    lines = [f"<svg xmlns='http://www.w3.org/2000/svg' {size} role='img'>", f"<title>{escape(title)}</title>"]
    return "\n".join([*lines, "<rect width='100%' height='100%' fill='#fff'/>", *body, "</svg>"]) + "\n"
