"""Outcomes by month, and what changes with an edition, in the page and as a picture."""

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Literal

import polars as pl
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from kg.analysis import trends as by_month
from kg.analysis.shown_columns import schema
from kg.analysis.trends import ChangeRow, MonthRow, Trends
from kg.cited.json_tables import trend_figure
from kg.web.api.filter_parameters import FormFiltersDep
from kg.web.drawings import months
from kg.web.drawings.saved import Drawing
from kg.web.pages.counts import table_page
from kg.web.pages.drivers import named
from kg.web.pages.rendering import PARTY_WORDS, picture
from kg.web.pages.values import counted
from kg.web.parameters import SiteDep

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_CAPTION = (
    "Each point is a month with its 95 % interval; dashed across is the rate of all of them, dotted down a "
    "change of edition. Months with fewer than ten decisions stand in the table alone."
)


@router.get("/trends")
def trends(
    request: Request,
    site: SiteDep,
    filters: FormFiltersDep,
    key: Annotated[str, Query(max_length=300)] = "",
    party: Annotated[str, Query(max_length=30)] = "reviewer",
    form: Annotated[Literal["html", "svg"], Query(alias="format")] = "html",
) -> Response:
    """Rates by month, with level and slope at each change of edition: of all, of a service, or of a key."""
    found = by_month.trends(site.index, key or None, party, filters)
    what = f" that cite {named(key)}" if key else ""
    drawn = _drawn(found)
    if form == "svg":
        told = f"{counted(_decisions(found), 'decision')}{f' with {filters}' if filters.given() else ''}"
        text = drawn.file(f"Overturned by month, decisions{what}", f"{told}; not causes")
        return picture("trends.svg", text)
    about = table_page.About(
        "Trends",
        f"How decisions{what} end, by month",
        "/trends",
        "/api/trends",
        by_month.HELP,
        (f"{PARTY_WORDS[party]} cites it: " if key else "") + _counts(found),
        found.verdict,
        trend_figure(found, "change").address,
    )
    choices: table_page.Choices = [
        ("key", "Cited", [], key),
        ("party", "by", [*PARTY_WORDS.items()], party),
    ]
    return table_page.page(
        *(request, site, found.filters, about, choices, {"key": key, "party": party}),
        [
            table_page.table(
                "View as table",
                MonthRow,
                found.months,
                trend_figure(found, "month"),
                folded=True,
            ),
            *([_changes(found)] if found.changes else []),
        ],
        found.notes,
        table_page.Picture("By month", drawn, _CAPTION) if found.months.height else None,
    )


def _changes(found: Trends) -> dict[str, Any]:
    """The table of changes of edition."""
    frame = pl.DataFrame([asdict(row) for row in found.changes], schema=schema(ChangeRow))
    return table_page.table("Changes of edition", ChangeRow, frame, trend_figure(found, "change"))


def _decisions(found: Trends) -> int:
    return int(found.months["decisions"].sum())


def _counts(found: Trends) -> str:
    """How many decisions are counted."""
    letters = counted(int(found.months["letters"].sum()), "letter")
    overturned = int(found.months["overturned"].sum())
    return f"{counted(_decisions(found), 'dated decision')} in {letters}, {overturned:,} overturned"


def _drawn(found: Trends) -> Drawing:
    decisions = _decisions(found)
    base = int(found.months["overturned"].sum()) / decisions if decisions else None
    return months.chart(found.rows, base, [date.fromisoformat(row.change) for row in found.changes])
