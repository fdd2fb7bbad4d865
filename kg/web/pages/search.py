"""Search results: nodes by name, and letters by their words."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup, escape

from kg.analysis.search import CLOSE, OPEN
from kg.errors import BaseError, SettingError
from kg.web.pages.rendering import render
from kg.web.parameters import SiteDep

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/search")
def search(
    request: Request, site: SiteDep, q: Annotated[str, Query(max_length=200)] = "", offset: int = 0
) -> Response:
    """Search results: nodes by name, and letters by their words."""
    fault, hits = "", None
    nodes = site.suggestions.find(q, 12) if q.strip() else []
    if q.strip():
        try:
            hits = site.search.find(q, 10, max(0, min(offset, 10_000_000)))
        except (SettingError, BaseError) as error:
            fault = str(error)
    rows = [(hit.case, _highlighted(hit.snippet)) for hit in hits.rows] if hits else []
    following = f"?{urlencode({'q': q, 'offset': hits.next})}" if hits and hits.next else None
    return render(
        request,
        "search.html",
        "search",
        q=q,
        nodes=[node for node in nodes if node.node],
        treatments=site.suggestions.treatments(q),
        nearest=site.suggestions.nearest(q) if q.strip() else None,
        rows=rows,
        total=hits.total if hits else 0,
        next=following,
        fault=fault,
    )


def _highlighted(snippet: str) -> Markup:
    """A snippet with its hits marked, and nothing else of it taken for markup."""
    return Markup(str(escape(snippet)).replace(OPEN, "<mark>").replace(CLOSE, "</mark>"))  # noqa: S704
