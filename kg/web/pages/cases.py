"""The pages of cases, the home page and the graph: each reads a request, asks the site, fills a template."""

import gzip
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup

from kg.analysis import labels
from kg.analysis.filters import Filters, choose
from kg.analysis.reasons.stock_sentences import share
from kg.analysis.related.features import MODES
from kg.cited.json_tables import driver_figure
from kg.explore import drawing, item_groups, marking
from kg.explore.neighbours import Figures, case_node
from kg.web import negotiate
from kg.web.api.cases import SiteDep
from kg.web.drawings import graph as still
from kg.web.pages import drivers, values
from kg.web.pages.rendering import render
from kg.web.site import Site

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


QUESTIONS = (
    "which services are overturned most",
    "what do the two parties cite for physical therapy",
    "topical analgesics by year",
    "opioids from 2014 to 2016 by year",
    "which specialties overturn most",
    "why were epidural injections overturned",
    "how often do both parties cite the same section",
    "how often are decisions overturned that cite page 98",
    "how often are decisions overturned that cite chapter 12",
    "are expedited reviews overturned more often than standard ones",
    "how many decisions have no date",
    "list overturned decisions on acupuncture",
)
"""Questions to start from, one of each kind that analysts ask."""


@router.get("/")
def home(request: Request, site: SiteDep) -> Response:
    """The home page: search, the main finding as a picture, and example questions."""
    years = site.index.decisions["year"].drop_nulls()
    differs = site.drivers(drivers.finest(site), "reviewer", Filters(), drivers.USUAL)
    return render(
        request,
        "home.html",
        "home",
        letters=len(site.base),
        figures=Figures(len(site.index), *_outcomes(site)),
        years=(years.min(), years.max()) if len(years) else None,
        known=_known(site),
        questions=[(f"{one[0].upper()}{one[1:]}?", f"/ask?{urlencode({'q': one})}") for one in QUESTIONS],
        table=differs,
        figure=driver_figure(differs).address,
        picture=drivers.picture(differs, request.scope.get("root_path", "")),
    )


def _known(site: Site) -> float | None:
    """The share of the guidelines and sections cited that a catalogue knows."""
    rows = [row for row in site.coverage.totals() if row.field.endswith(("guideline", "sections"))]
    read = sum(row.read for row in rows)
    return sum(row.resolved for row in rows) / read if read else None


def _outcomes(site: Site) -> tuple[int, int, int]:
    codes = site.index.outcome
    return int((codes == 0).sum()), int((codes == 1).sum()), int((codes == 2).sum())


@router.get("/cases/{case}")
async def one_case(
    request: Request, site: SiteDep, case: str, mode: str = MODES[0], stock: bool = False
) -> Response:
    """A letter with its extracted values marked, its decisions, and similar cases in one of two modes.

    It takes some milliseconds, less than it costs to hand it to a thread and wait for its turn; with
    ``stock``, which dims the sentences that other letters have, it takes longer.
    """
    case, mode = site.base.spelled(case), choose("mode", mode, MODES)
    key = f"{case} {mode} {stock}"
    etag = f"W/{site.etag('case page', key)}"  # weak: the same for the packed and the plain page
    headers = {"ETag": etag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if negotiate.unchanged(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=headers)

    def made() -> bytes:
        return site.pages.get(key, lambda: bytes(_case_page(request, site, case, mode, stock=stock).body))

    page = (
        await run_in_threadpool(made) if stock else made()
    )  # the sentences of all letters are looked through
    if negotiate.packed(request.headers.get("accept-encoding")):
        headers["Content-Encoding"] = "gzip"
    else:
        page = gzip.decompress(page)
    return Response(page, headers=headers, media_type="text/html")


def _case_page(request: Request, site: Site, case: str, mode: str, *, stock: bool) -> Response:
    asked = site.asked_case(case)
    determination, text = site.base.determination(case), site.base.letter(case)
    repeated = site.repeated(case) if stock else ()
    return render(
        request,
        "case.html",
        "cases",
        case=case,
        node=case_node(case),
        header=values.header(determination),
        decisions=[values.decision(case, n, d) for n, d in enumerate(determination.decisions, 1)],
        problems=determination.problems,
        letter=marking.html(marking.pieces(determination, text, repeated)),
        stock=stock,
        stock_share=share(repeated) if stock else "",
        legend=values.LEGEND,
        mode=mode,
        related=site.analyses.related(asked, None, 5, mode=mode),
        other=site.analyses.related(asked, "other", 5, mode=mode),
    )


@router.get("/explore")
def explore(
    request: Request,
    site: SiteDep,
    node: Annotated[str | None, Query(max_length=400)] = None,
    depth: Annotated[int, Query(ge=1, le=3)] = 1,
) -> Response:
    """The graph around a node, or suggested nodes to start from."""
    if not node:
        return render(request, "explore.html", "explore", node=None, starts=_starts(site))
    links = site.links
    shown = drawing.around(links, node, depth)
    return render(
        request,
        "explore.html",
        "explore",
        node=node,
        kind=links.kind_of(node),
        label=drawing.name_of(links, node),
        graph=Markup(drawing.html(shown)),  # noqa: S704 - pyvis fills our template, which escapes its data
        view=shown,
        still=still.draw(shown, f"{len(shown.nodes)} connected nodes, listed in the table below").inline(),
        figures=links.figures(links.decisions(node)),
        relations=links.relations(node),
        most=drawing.MOST,
        letters=len(site.base),
        choices=item_groups.choices(links, links.decisions(node)),
        depth=depth,
        base=site.figures.rate,
    )


def _starts(site: Site) -> list[dict[str, str]]:
    """The most cited place of each kind, and the most frequent service and drug."""
    found = []
    for kind in site.links.kinds.values():
        totals = kind.any.totals()
        if len(totals):
            node = kind.nodes[int(totals.argmax())]
            found.append(
                {"node": node, "label": labels.label(node), "more": f"{kind.name}, {totals.max():,} items"}
            )
    return found
