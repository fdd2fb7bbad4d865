"""The strip of a guideline's pages: which go with what outcome, how surely, and what is cited of each."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np

from kg.analysis import labels
from kg.analysis.drivers import DriverRow, Drivers
from kg.analysis.shown_columns import chance, meanings
from kg.explore.neighbours import Links
from kg.web.pages.values import counted, ratio

_MOST_PAGES = 700
_HEIGHT = 34
STEPS = (0.5, 0.8, 1.0, 1.25, 2.0)
"""Adjusted odds ratios at which the colour of a page changes."""
_SURE = 0.05
_SHARE = 0.5
"""A page has the name of a section that at least so many of its decisions cite."""


class Cell(NamedTuple):
    """A page of a strip: ``shade`` is its colour's number, ``None`` without an adjusted estimate.

    ``certain`` is 0 where chance may have made the difference, 1 where the 95 % interval leaves it out, 2
    where it stands when many tests are taken into account, too.
    """

    number: int
    notation: str
    row: DriverRow | None
    shade: int | None
    certain: int
    height: int
    name: str
    says: str

    @property
    def sign(self) -> str:
        """An arrow where the difference to the others is sure."""
        if self.certain < 2 or self.row is None:
            return ""
        return "▲" if (self.row.adjusted_odds_ratio or 0) > 1 else "▼"


class Run(NamedTuple):
    """Pages that follow one another: of one section, or of none that is cited (``cells`` is empty)."""

    first: int
    last: int
    name: str
    cells: list[Cell]


class Strip(NamedTuple):
    """An edition or chapter with its pages."""

    notation: str
    label: str
    runs: list[Run]
    confidence: str | None


def names(links: Links, edition: str) -> dict[int, str]:
    """What the pages of an edition are called: the section that most decisions cite that cite the page.

    Where letters name no sections, as before 2016, it is the section of the catalogue, if there is one only.
    """
    pages, sections = links.kinds["page"], links.kinds["section"]
    own = np.array(
        [node.startswith((f"guideline/{edition}/", f"guideline/{edition}#")) for node in sections.nodes]
    )
    printed: dict[int, list[str]] = {}
    for concept in labels.concepts().values():
        if concept.broader == f"guideline/{edition}" and concept.first and concept.last:
            for number in range(concept.first, concept.last + 1):
                printed.setdefault(number, []).append(concept.label)
    found = {number: several[0] for number, several in printed.items() if len(several) == 1}
    for key, node in enumerate(pages.nodes):
        if not node.startswith(f"guideline/{edition}/page/"):
            continue
        decisions = pages.any.having(key)
        counts = sections.any.counts(decisions) * own if len(own) else np.zeros(0, np.int64)
        if len(counts) and counts.max() >= max(1, _SHARE * len(decisions)):
            found[int(node.rpartition("/")[2])] = labels.short(sections.nodes[int(counts.argmax())])
    return found


def runs(table: Drivers, edition: str, first: int, last: int, called: dict[int, str]) -> list[Run]:
    """The pages ``first`` to ``last`` of an edition, those that are not cited folded into one run each."""
    rows = {row.page: row for row in table.rows if row.key.startswith(f"{edition}/page/")}
    most = max((row.decisions for row in rows.values()), default=1)
    every = [
        _cell(n, f"{edition}/page/{n}", rows.get(n), most, called.get(n, "")) for n in range(first, last + 1)
    ]
    found = []
    for (there, name), several in groupby(
        every, key=lambda cell: (cell.row is not None, cell.name if cell.row else "")
    ):
        run = list(several)
        found.append(Run(run[0].number, run[-1].number, name, run if there else []))
    return found


def _cell(number: int, notation: str, row: DriverRow | None, most: int, name: str) -> Cell:
    told = f"Page {number}{', ' if name else ''}{name}: {says(row) if row else 'not cited'}"
    if row is None:
        return Cell(number, notation, None, None, 0, 0, name, told)
    height = max(3, round(_HEIGHT * math.log1p(row.decisions) / math.log1p(most)))
    return Cell(number, notation, row, shade(row), certain(row), height, name, told)


def shade(row: DriverRow) -> int | None:
    """The number of the colour of an adjusted odds ratio, 0 (below the first of the steps) to 5."""
    if row.adjusted_odds_ratio is None:
        return None
    return sum(row.adjusted_odds_ratio >= step for step in STEPS)


def certain(row: DriverRow) -> int:
    """How surely a key differs: 0 may be chance, 1 by its own interval, 2 among many tests."""
    if row.adjusted_odds_ratio is None:
        return 0
    if row.q_value is not None and row.q_value < _SURE:
        return 2
    apart = (row.adjusted_low or 0.0) > 1 or (row.adjusted_high is not None and row.adjusted_high < 1)
    return 1 if apart else 0


def says(row: DriverRow) -> str:
    """The figures of a row in words."""
    items = f"{row.overturned:,} of {counted(row.decisions)} overturned"
    if row.overturn_rate is None or row.rate_low is None or row.rate_high is None:
        return f"{items}, too few for a rate"
    told = (
        f"{items}, {100 * row.overturn_rate:.1f} % ({100 * row.rate_low:.1f} to {100 * row.rate_high:.1f} %)"
    )
    if row.adjusted_odds_ratio is not None:
        low = ratio(row.adjusted_low or 0.0)
        high = "no limit" if row.adjusted_high is None else ratio(row.adjusted_high)
        told += f"; adjusted odds ratio {ratio(row.adjusted_odds_ratio)} ({low} to {high})"
    if row.q_value is None:
        return told
    words = chance(row.q_value)
    return f"{told}, q {words if words.startswith('<') else f'= {words}'}"


def strips(links: Links, notation: str, table: Drivers) -> list[Strip]:
    """The strips of a guideline: its own pages, or those of its chapters or editions."""
    edition, _, page = notation.partition("/page/")
    beneath = [c for c in labels.concepts().values() if c.broader == f"guideline/{edition}"]
    chapters = [c for c in beneath if c.first and c.node.rpartition("/")[2].isdecimal()]
    if page and chapters:  # the chapter that holds the page
        at = int(page)
        chapters = [c for c in chapters if c.first and c.last and c.first <= at <= c.last]
    called = cache(partial(names, links))  # chapters of one edition share them
    found = [_strip(called, c.node.removeprefix("guideline/"), table) for c in chapters] or [
        _strip(called, edition, table)
    ]
    if found == [None]:
        editions = [
            c.node.removeprefix("guideline/") for c in beneath if not c.first and c.node.count("/") > 1
        ]
        found = [_strip(called, name, table) for name in editions]
    kept = [strip for strip in found if strip and any(run.cells for run in strip.runs)]
    return sorted(kept, key=lambda s: (s.runs[0].first, s.notation))


def _strip(called: Callable[[str], dict[int, str]], notation: str, table: Drivers) -> Strip | None:
    """The pages of a place, from the catalogue or, of a whole edition, from what is cited."""
    concept = labels.concepts().get(f"guideline/{notation}")
    edition = edition_of(notation)
    first, last = (concept.first, concept.last) if concept else (None, None)
    if not (first and last) and notation == edition:
        cited = [row.page for row in table.rows if row.page and row.key.startswith(f"{edition}/page/")]
        known = [c.last for c in labels.concepts().values() if c.broader == f"guideline/{edition}" and c.last]
        first, last = 1, max(cited, default=0) and max(*cited, *known, 1)
    if not (first and last):
        return None
    shown = runs(table, edition, first, min(last, first + _MOST_PAGES), called(edition))
    sure = concept.confidence if concept else None
    chapter = notation.rpartition("/")[2] if concept and concept.first and edition != notation else ""
    name = labels.short(f"guideline/{notation}")
    return Strip(notation, f"{chapter}. {name}" if chapter.isdecimal() else name, shown, sure)


def edition_of(notation: str) -> str:
    """The edition that a place's pages are numbered in.

    >>> edition_of("acoem-2004/12"), edition_of("chronic-pain/2009/facet-blocks")
    ('acoem-2004', 'chronic-pain/2009')
    """
    work, _, rest = notation.partition("/")
    year = rest.partition("/")[0]
    return f"{work}/{year}" if year.isdecimal() and len(year) == 4 else work


_COUNTED = {
    "decisions": "decisions",
    "overturned": "overturned",
    "rate": "overturn_rate",
    "low": "rate_low",
    "high": "rate_high",
    **{name: name for name in ("adjusted_odds_ratio", "adjusted_low", "adjusted_high", "q_value")},
}
"""Columns of a file of pages, with those of a driver's row."""
COLUMNS = {
    "page": "Page that is cited.",
    "section": "Section that its letters cite.",
    **{name: meanings(DriverRow)[of] for name, of in _COUNTED.items()},
}
"""The columns of a file of pages, with their meanings."""


def rows(several: Iterable[Strip]) -> Iterator[tuple[Any, ...]]:
    """The pages that are cited, as rows of a file with :data:`COLUMNS`."""
    for cell in cells(several):
        if row := cell.row:
            yield cell.notation, cell.name, *(getattr(row, name) for name in _COUNTED.values())


def cells(several: Iterable[Strip]) -> Sequence[Cell]:
    """The pages of some strips that are cited, in order."""
    return [cell for strip in several for run in strip.runs for cell in run.cells]
