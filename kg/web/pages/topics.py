"""A page for each service, drug, body part and specialty: one form for all."""

from typing import Annotated, Any, Literal
from urllib.parse import urlencode

import numpy as np
from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup

from kg.analysis import labels
from kg.analysis.reasons.ground_rates import of_decisions
from kg.explore import drawing, topic
from kg.explore.case_lists import Wanted
from kg.explore.topic import Row
from kg.model import Party
from kg.web import csv_tables
from kg.web.api.cases import SiteDep
from kg.web.api.filter_parameters import FormFiltersDep
from kg.web.pages import filter_form
from kg.web.pages.rendering import PARTY_WORDS, render
from kg.web.pages.values import counted

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
_COLUMNS = ("party", "cited", "label", "decisions", "overturned", "rate", "low", "high")


@router.get("/topics/{node:path}")
def one_topic(
    request: Request,
    site: SiteDep,
    filters: FormFiltersDep,
    node: Annotated[str, Path(max_length=300)],
    form: Annotated[Literal["html", "csv"], Query(alias="format")] = "html",
) -> Response:
    """How the decisions about something end, and what each party cites for them."""
    links = site.links
    kind = topic.kind_of(links, node)
    chosen = site.index.chosen(filters, "any")
    found = site.decisions(Wanted(filters, about=(node,)))
    every = np.arange(len(site.index)) if chosen is None else np.flatnonzero(chosen)
    level = "section" if topic.cited(links, found, Party.REVIEWER) else "page"
    sides = {party: topic.cited(links, found, party, level) for party in Party}
    if form == "csv":
        rows = [(party.value, one.node, *one[1:]) for party, ones in sides.items() for one in ones]
        return csv_tables.download(node.replace("/", "-"), _COLUMNS, rows)
    base = topic.row(links, "", "all", every)
    whole = topic.row(links, node, labels.label(node), found)
    years, undated = topic.by_year(links, found)
    listed = site.cases(Wanted(filters, about=(node,)), 10, None)
    given = [(k, v) for k, v in request.query_params.multi_items() if k in filters.given()]
    again = urlencode([("about", node), *given])
    return render(
        request,
        "topic.html",
        "topic",
        **_told(node, whole, base),
        kind=kind,
        controls=list(filter_form.controls(site.index, filters)),
        told=str(filters) if filters.given() else "",
        figures=links.figures(found),
        years=years,
        undated=undated,
        chart=chart(years, base.rate or 0.0),
        level=level,
        sides=[(party.value, PARTY_WORDS[party.value], rows) for party, rows in sides.items()],
        stated=of_decisions(site.index, found, labels.label(node)),
        matrix=topic.sides(links, found, level),
        shared=[(name, topic.sharing(links, found, name)) for name in topic.KINDS if name != kind],
        cases=listed,
        again=again,
        csv=f"?{urlencode([*given, ('format', 'csv')])}",
    )


def _told(node: str, whole: Row, base: Row) -> dict[str, Any]:
    """What a page says of its topic beside all decisions."""
    return {
        "node": node,
        "title": whole.label,
        "path": [(name, labels.label(name)) for name in topic.broader(node)],
        "verdict": verdict(whole, base),
        "base": base,
        "shade": lambda cell: shade(cell.overturned, cell.decisions, base.rate or 0.0),
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
        return "No decision passes these filters."
    if whole.decisions < drawing.FEW:
        told = f"{whole.overturned:,} of {counted(whole.decisions, 'decision')} were overturned"
        return f"{told}: too few for a rate; {100 * base.rate:.1f} % of all."
    how = "about as often as"
    if whole.low > base.rate or whole.high < base.rate:
        how = "more often than" if whole.low > base.rate else "less often than"
    interval = f"95 % interval {100 * whole.low:.1f} to {100 * whole.high:.1f} %"
    rate = f"{100 * whole.rate:.1f} % of {counted(whole.decisions, 'decision')} were overturned"
    return f"{rate} ({interval}), {how} all ({100 * base.rate:.1f} %)."


def chart(years: list[Row], base: float) -> Markup:
    """Rates by year with their intervals as a drawing; dashed: the rate of all decisions."""
    most = max([base, *(one.high or 0 for one in years if one.decisions >= drawing.FEW)], default=1) or 1
    across, parts = 64, []

    def at(rate: float) -> float:
        return round(104 - 90 * min(rate / most, 1), 1)

    for number, one in enumerate(years):
        x = 48 + across * number
        parts.append(
            Markup(
                '<text x="{}" y="122" text-anchor="middle">{}</text>'
                '<text x="{}" y="136" text-anchor="middle">{}</text>'
            ).format(x, one.label, x, f"{one.overturned:,}/{one.decisions:,}")
        )
        if one.decisions >= drawing.FEW and one.rate is not None:
            parts.append(
                Markup('<path class="ci" d="M{} {}V{}"/><circle class="dot" cx="{}" cy="{}" r="4"/>').format(
                    x, at(one.low or 0), at(one.high or 0), x, at(one.rate)
                )
            )
    width = 48 + across * len(years)
    line = Markup('<path class="axis" d="M20 104H{}"/><path class="base" d="M20 {}H{}"/>').format(
        width, at(base), width
    )
    return Markup(
        '<svg class="years" viewBox="0 0 {} 144" width="{}" role="img" aria-label="Overturned by year; '
        'the table beneath has the figures">{}{}</svg>'
    ).format(width + 8, width + 8, line, Markup("").join(parts))
