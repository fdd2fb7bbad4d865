"""The strip of a guideline's pages as a picture to be saved."""

from collections.abc import Iterable
from typing import NamedTuple

from markupsafe import Markup

from kg.web.drawings.saved import Drawing

_CELL, _HIGH, _ROW = 22, 64, 112
_WIDE = 900
_OPACITY = (0.45, 0.75, 1.0)


class Bar(NamedTuple):
    """A page: its number, colour (``None``: grey), how sure that is from 0 to 2, height, and sign."""

    number: int
    shade: int | None
    certain: int
    height: int
    sign: str


def draw(runs: Iterable[tuple[str, list[Bar]]], words: str) -> Drawing:
    """Runs of pages with their names over them, as many in a line as it holds; the rest on the next."""
    parts, x, y = list[Markup](), 8, 30
    for name, bars in runs:
        width = max(_CELL * len(bars), 70)
        if x > 8 and x + width > _WIDE:
            x, y = 8, y + _ROW
        most = max(4, width // 6)
        told = name if len(name) <= most else f"{name[: most - 1].rstrip()}…"
        parts.append(Markup('<text x="{}" y="{}">{}</text>').format(x, y - 6, told))
        for bar in bars:
            if x + _CELL > _WIDE:
                x, y = 8, y + _ROW
            parts.append(_bar(bar, x, y))
            x += _CELL
        x += max(width - _CELL * len(bars), 0) + 10
    return Drawing(Markup("").join(parts), _WIDE, y + _HIGH + 30, words, "pages")


def _bar(bar: Bar, x: int, y: int) -> Markup:
    high = round(_HIGH * bar.height / 40, 1)
    shade = "rn" if bar.shade is None else f"r{bar.shade}"
    sign = Markup('<text x="{}" y="{}" text-anchor="middle">{}</text>').format(x + 10, y + 12, bar.sign)
    return Markup(
        '<rect class="{}" opacity="{}" x="{}" y="{}" width="{}" height="{}"/>{}'
        '<text x="{}" y="{}" text-anchor="middle">{}</text>'
    ).format(
        *(shade, _OPACITY[bar.certain], x, y + _HIGH - high, _CELL - 2, high),
        *(sign if bar.sign else "", x + 10, y + _HIGH + 14, bar.number),
    )
