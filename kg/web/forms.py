"""Pages about the base as a whole: search, what is known about it, the API's own page."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup, escape

from kg.analysis.drivers import HELP
from kg.analysis.search import CLOSE, OPEN
from kg.errors import BaseError, SettingError
from kg.web import labels
from kg.web.api import SiteDep
from kg.web.pages import render
from kg.web.site import PATIENCE

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/search")
def search(
    request: Request, site: SiteDep, q: Annotated[str, Query(max_length=200)] = "", offset: int = 0
) -> Response:
    """Nodes by their names, and letters by their words."""
    fault, hits = "", None
    nodes = site.suggestions.find(q, 12) if q.strip() else []
    if q.strip():
        try:
            hits = site.search.find(q, 10, max(0, min(offset, 10_000_000)), PATIENCE)
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
        items=[node for node in nodes if not node.node],
        rows=rows,
        total=hits.total if hits else 0,
        next=following,
        fault=fault,
    )


def _highlighted(snippet: str) -> Markup:
    """A snippet with its hits marked, and nothing else of it taken for markup."""
    return Markup(str(escape(snippet)).replace(OPEN, "<mark>").replace(CLOSE, "</mark>"))  # noqa: S704


@router.get("/about")
def about(request: Request, site: SiteDep) -> Response:
    """What is in the base, how much was understood, how figures are made, and the ontology."""
    found = site.coverage
    return render(
        request,
        "about.html",
        "about",
        about=site.base.about,
        history=site.base.history,
        figures=site.figures,
        coverage=found,
        fields=found.totals().to_dicts(),
        unresolved=found.unresolved.head(40).to_dicts(),
        problems=found.problems.to_dicts(),
        help=HELP,
        terms=labels.terms(),
        site=site,
    )


@router.get("/api/docs")
def api_docs(request: Request) -> Response:
    """The JSON API on one page, from its OpenAPI description."""
    description = request.app.openapi()
    calls = [
        {
            "path": path,
            "method": method.upper(),
            "summary": call.get("summary", ""),
            "description": call.get("description", ""),
            "parameters": call.get("parameters", []),
        }
        for path, methods in description["paths"].items()
        for method, call in methods.items()
    ]
    return render(request, "api.html", "api", calls=calls)
