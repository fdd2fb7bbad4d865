"""The home page: search, the main finding, and questions to start from."""

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from kg.analysis.filters import Filters
from kg.cited.json_tables import driver_figure
from kg.explore.neighbours import Figures
from kg.web.pages import drivers
from kg.web.pages.rendering import render
from kg.web.parameters import SiteDep
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
