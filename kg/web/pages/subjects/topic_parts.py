"""What every page about something has: what each party cites, years, flow, and what shares its decisions."""

import hashlib
from collections.abc import Iterable
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import Query, Request
from fastapi.responses import Response

from kg import sheets
from kg.analysis.driver_row import odds_ratios
from kg.analysis.driver_row.odds_ratios import Compared, OddsRatios
from kg.analysis.drivers import DriverRow
from kg.analysis.reasons.ground_rates import of_decisions
from kg.analysis.shown_columns import meanings
from kg.explore import crossed, drawing, topic
from kg.explore.incidence import Ids
from kg.explore.topic import Row, Sides
from kg.model import Party
from kg.reading.vocabulary.catalogue import guidelines
from kg.web import table_files
from kg.web.drawings import alluvial, years
from kg.web.drawings.saved import Drawing
from kg.web.pages import rendering
from kg.web.pages.rendering import PARTY_WORDS
from kg.web.pages.values import counted
from kg.web.site import Site

Form = Literal["html", sheets.Form, "years.svg", "flow.svg"]
"""A page, its figures as a table, or one of its pictures."""
Side = Annotated[Literal["reviewer", "claims_administrator", "any"], Query()]
"""Whose citations a page is about."""
COUNTED = {
    "decisions": "Decisions, each of one disputed item.",
    "overturned": "Of these, overturned.",
    "rate": "Share of the decisions overturned.",
    "low": "Lower end of the 95 % interval of the rate; its unit is the letter.",
    "high": "Upper end of the interval.",
}
"""What the columns of :class:`~kg.explore.topic.Row` mean that count."""
_COLUMNS = {
    "party": "Who cites.",
    "cited": "What is cited, as a node of the graph.",
    "label": "Its name.",
    **COUNTED,
    **{name: meanings(DriverRow)[name] for name in odds_ratios.FIGURES},
}
_SERVICES = 12
_GUIDELINE = "guideline/"


def place(party: str, notation: str) -> tuple[str, str]:
    """The parameter that lists the decisions in which a party cites a place.

    >>> place("reviewer", "acoem-2004/12"), place("any", "acoem-2004/12")
    (('place', 'reviewer:acoem-2004/12'), ('place', 'acoem-2004/12'))
    """
    return ("place", notation if party == "any" else f"{party}:{notation}")


class Parts:
    """What a page says of the decisions ``found``, beside those of ``base``; ``kind`` is what it is about."""

    def __init__(self, site: Site, found: Ids, base: Row, kind: str, title: str) -> None:
        self.site, self.found, self.base, self.kind, self.title = site, found, base, kind, title
        links = site.links
        self.level = "section" if topic.cited(links, found, Party.REVIEWER) else "page"
        self.cited = {party: topic.cited(links, found, party, self.level) for party in Party}
        self.compared = {party: self._compared(party) for party in Party}
        self.years, self.undated = topic.by_year(links, found)

    def _compared(self, party: Party) -> Compared:
        """The odds ratios of what a party cites, by node; the population is these decisions."""
        nodes = [one.node for one in self.cited[party]]
        key = ("odds ratios", self.level, party, hashlib.sha256(self.found.tobytes()).digest())
        return self.site.kept(
            key,
            lambda: odds_ratios.odds_ratios(
                self.site.index,
                self.level,
                party.value,
                self.found,
                [node[len(_GUIDELINE) :] for node in nodes],
            ),
        )

    def odds_ratios(self, party: str, node: str) -> OddsRatios:
        """Those of a place that a party cites."""
        return self.compared[Party(party)].by_key[node.removeprefix(_GUIDELINE)]

    def chart(self) -> Drawing:
        """Rates by year, with changes of edition."""
        return years.chart(self.years, self.base.rate or 0.0, guidelines().changes)

    def ways(self) -> crossed.Flow:
        """Services, what the reviewer cites, outcomes."""
        return crossed.flow(self.site.links, self.found, self.level, _SERVICES)

    def picture(self, found: crossed.Flow) -> Drawing:
        """The flow as a drawing."""
        return alluvial.draw(found, ("service", f"{self.level} that the reviewer cites", "outcome"))

    def saved(self, request: Request, form: str, name: str, title: str) -> Response:
        """The figures or a picture as a file."""
        if table_files.is_file(form):
            return table_files.download(request, self.site, form, name, _COLUMNS, self._rows())
        drawn = self.chart() if form == "years.svg" else self.picture(self.ways())
        told = f"{counted(len(self.found), 'decision')}, generation {self.site.generation}; not causes"
        return rendering.picture(f"{name}-{form}", drawn.file(title, told))

    def _rows(self) -> Iterable[tuple[Any, ...]]:
        for party, rows in self.cited.items():
            yield from ((party.value, *one, *self.odds_ratios(party.value, one.node)) for one in rows)

    def context(
        self, address: list[tuple[str, str]], again: list[tuple[str, str]], adjusted: str | None = None
    ) -> dict[str, Any]:
        """What the template needs: ``address`` is this page's own, ``again`` that of its list of cases.

        ``adjusted`` are the filters that the table of odds ratios takes for the same decisions.
        """
        links = self.site.links
        matrix: Sides = topic.sides(links, self.found, self.level)
        flowing = self.ways()
        shared = [(name, topic.sharing(links, self.found, name)) for name in topic.KINDS if name != self.kind]
        return {
            "level": self.level,
            "adjusted": adjusted,
            "sides": [
                (party.value, PARTY_WORDS[party.value], rows, self.compared[party].told)
                for party, rows in self.cited.items()
            ],
            "odds_ratios": self.odds_ratios,
            "has_odds": lambda party: any(
                one.crude is not None for one in self.compared[Party(party)].by_key.values()
            ),
            "matrix": matrix,
            "years": self.years,
            "undated": self.undated,
            "chart": self.chart().inline() if self.years else "",
            "charted": any(row.decisions >= drawing.FEW for row in self.years),
            "changes": guidelines().changes,
            "flow": flowing,
            "flowing": self.picture(flowing).inline(),
            "stated": of_decisions(self.site.index, self.found, self.title),
            "shared": shared,
            "shade": lambda cell: shade(cell.overturned, cell.decisions, self.base.rate or 0.0),
            "base": self.base,
            "again": urlencode(again),
            "files": {
                form: f"?{urlencode([*address, ('format', form)])}"
                for form in ("csv", "xlsx", "years.svg", "flow.svg")
            },
        }


def shade(overturned: int, decisions: int, base: float) -> str:
    """The style of a rate's colour, ``r0`` (far below the base rate) to ``r5``; ``rn`` for too few."""
    color = drawing.rate_color(overturned, decisions, base)
    return f"r{drawing.SCALE.index(color)}" if color in drawing.SCALE else "rn"


def verdict(whole: Row, base: Row) -> str:
    """One sentence about a rate beside that of all decisions.

    >>> verdict(Row("", "", 40, 2, 0.05, 0.0138, 0.165), Row("", "", 400, 80, 0.2, 0.16, 0.24))
    '5.0 % of 40 decisions were overturned (95 % interval 1.4 to 16.5 %), less often than all (20.0 %).'
    >>> verdict(Row("", "", 3, 2, 2 / 3, 0.2, 0.9), Row("", "", 400, 80, 0.2, 0.16, 0.24))
    '2 of 3 decisions were overturned: too few for a rate; 20.0 % of all.'
    """
    if whole.rate is None or whole.low is None or whole.high is None or base.rate is None:
        return "No decision matches these filters."
    if whole.decisions < drawing.FEW:
        verb = "was" if whole.decisions == 1 else "were"
        told = f"{whole.overturned:,} of {counted(whole.decisions, 'decision')} {verb} overturned"
        return f"{told}: too few for a rate; {100 * base.rate:.1f} % of all."
    how = "about as often as"
    if whole.low > base.rate or whole.high < base.rate:
        how = "more often than" if whole.low > base.rate else "less often than"
    interval = f"95 % interval {100 * whole.low:.1f} to {100 * whole.high:.1f} %"
    rate = f"{100 * whole.rate:.1f} % of {counted(whole.decisions, 'decision')} were overturned"
    return f"{rate} ({interval}), {how} all ({100 * base.rate:.1f} %)."
