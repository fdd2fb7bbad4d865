"""Whether the association of one key survives: its specifications, in the page and as a picture."""

from dataclasses import asdict
from typing import Annotated, Literal
from urllib.parse import quote

import polars as pl
from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from kg.analysis.decisions import LEVELS
from kg.analysis.driver_row.robustness import HELP, Pair, Robustness, SpecificationRow, level_of, robustness
from kg.analysis.shown_columns import schema
from kg.cited.figure_address import Asked
from kg.web.api.filter_parameters import FormFiltersDep
from kg.web.drawings import specifications
from kg.web.pages.counts import table_page
from kg.web.pages.drivers import named
from kg.web.pages.rendering import PARTY_WORDS, picture
from kg.web.pages.values import counted
from kg.web.parameters import SiteDep

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_CAPTION = (
    "Each line is the same comparison under another specification, with its 95 % interval; dashed: no "
    "association. The hollow point is the negative control."
)


@router.get("/robustness/{key:path}")
def of_key(
    request: Request,
    site: SiteDep,
    filters: FormFiltersDep,
    key: Annotated[str, Path(max_length=300)],
    party: Annotated[str, Query(max_length=30)] = "reviewer",
    form: Annotated[Literal["html", "svg"], Query(alias="format")] = "html",
) -> Response:
    """One key under all specifications, with the letters to read; its level is the one that has it."""
    level = level_of(site.index, key, party) or LEVELS[0]
    found = robustness(site.index, key, level, party, filters)
    drawn = specifications.chart(found.rows)
    if form == "svg":
        title = f"Odds ratio of overturning, {named(key)} cited against not cited"
        text = drawn.file(title, f"{found.verdict}; associations, not causes")
        return picture("robustness.svg", text)
    figure = Asked("specification", party, found.filters, level, key=key)
    about = table_page.About(
        f"Robustness: {named(key)}",
        f"Does the association of {named(key)} survive?",
        f"/robustness/{quote(key)}",
        f"/api/robustness/{quote(key)}",
        HELP,
        _counted(found),
        found.verdict,
        figure.address,
    )
    pairs = pl.DataFrame([asdict(pair) for pair in found.pairs], schema=schema(Pair))
    cases = [case for pair in found.pairs for case in (pair.overturned, pair.other)]
    return table_page.page(
        *(request, site, found.filters, about, [("party", "Cited by", [*PARTY_WORDS.items()], party)]),
        {"level": level, "party": party},
        [
            table_page.table("Specifications", SpecificationRow, found.to_frame(), figure),
            table_page.table(
                "Pairs of letters to read",
                Pair,
                pairs,
                links={case: (case, f"/cases/{case}") for case in cases},
            ),
        ],
        found.notes,
        table_page.Picture("Specifications side by side", drawn, _CAPTION)
        if any(row.odds_ratio is not None for row in found.rows)
        else None,
    )


def _counted(found: Robustness) -> str:
    """How many decisions cite the key, and the E-value of the adjusted odds ratio."""
    first = found.rows[0]
    said = f"{counted(first.decisions, 'decision')} in {counted(first.letters, 'letter')}"
    if found.lowest is not None and found.highest is not None:
        said += f", odds ratios {found.lowest:.2f} to {found.highest:.2f}"
    if found.e_value is not None and found.e_value_of_interval is not None:
        said += f", E-value {found.e_value:.2f} (of the interval {found.e_value_of_interval:.2f})"
    return said
