"""The page of stock sentences: how often each stands in rationales, with which outcomes, whose text it is."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from kg.analysis import labels
from kg.analysis.reasons.stock_sentences import HELP, StockRow
from kg.cited.json_tables import row_of, sentence_figure
from kg.web.api.filter_parameters import FormFiltersDep
from kg.web.pages import filter_form
from kg.web.pages.rendering import render
from kg.web.parameters import SiteDep
from kg.web.site import SENTENCES

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_MINIMA = (2, 3, 5, 10, 30, 100)


@router.get("/sentences")
def sentences(
    request: Request,
    site: SiteDep,
    filters: FormFiltersDep,
    alike: bool = False,
    minimum: Annotated[int, Query(ge=2, le=1_000_000)] = 2,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Response:
    """Sentences that appear in several letters, most frequent first."""
    found = site.stock_sentences(filters, alike=alike, minimum=minimum, limit=SENTENCES, offset=offset)
    given = found.filters.pairs()
    given += [("alike", "true")] if alike else []
    given += [("minimum", str(minimum))] if minimum != _MINIMA[0] else []
    rows = found.to_frame().to_dicts()
    cite = sentence_figure(found, minimum)
    for row in rows:
        row["figure"] = row_of(cite, StockRow, row).address
        row["from"] = labels.label(f"guideline/{row['guideline']}") if row["guideline"] else ""
    return render(
        request,
        "sentences.html",
        "sentences",
        rows=rows,
        total=found.total,
        verdict=found.verdict,
        figure=cite.address,
        notes=list(found.notes),
        alike=alike,
        minimum=minimum,
        minima=_MINIMA,
        offset=offset,
        before=_page(given, offset - SENTENCES) if offset else None,
        next=_page(given, offset + SENTENCES) if offset + SENTENCES < found.total else None,
        again=urlencode([*given, ("limit", "1000")]),
        **filter_form.shown(site.index, filters),
        help=HELP,
    )


def _page(given: list[tuple[str, str]], offset: int) -> str:
    """The address of another page of the same list.

    >>> _page([("alike", "true")], 25), _page([], -3)
    ('?alike=true&offset=25', '?')
    """
    return f"?{urlencode([*given, *([('offset', str(offset))] if offset > 0 else [])])}"
