"""Pages that ask: search, the query editor, what is known about the base, the API's own page."""

import asyncio
import json
from typing import Annotated, Any
from urllib.parse import urlencode

import pyoxigraph as ox
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup, escape

from kg import queries, resources
from kg.analysis.drivers import HELP
from kg.analysis.search import CLOSE, OPEN
from kg.errors import BaseError, KgError, QueryError, SettingError
from kg.graph import iri
from kg.web import guard
from kg.web.api import SiteDep
from kg.web.pages import render
from kg.web.problems import ProblemError
from kg.web.site import PATIENCE
from kg.web.sparql import client_of, collected

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_SHOWN = 500
_START = f"""PREFIX imr: <{iri.ONTOLOGY}#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

# The pages that reviewers cite most, with how the items end
SELECT ?page (COUNT(DISTINCT ?item) AS ?items) (SUM(?yes) AS ?overturned)
WHERE {{
  {{ SELECT DISTINCT ?page ?item ?yes WHERE {{
    ?item imr:reviewerCitation/imr:citesPage ?page ; imr:outcome ?outcome .
    BIND(IF(?outcome = <{iri.BASE}outcome/overturned>, 1, 0) AS ?yes)
  }} }}
}}
GROUP BY ?page
ORDER BY DESC(?items)
LIMIT 20
"""


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


@router.get("/query")
async def query(request: Request, query: Annotated[str, Query(max_length=32_768)] = "") -> Response:
    """A form for SPARQL whose answer comes as a table; the address holds the query."""
    columns: list[str] = []
    rows: list[list[dict[str, str]]] = []
    fault, text, more = "", query.replace("\r\n", "\n"), False
    if text.strip():
        try:
            columns, rows = await _table(request, text)
        except (ProblemError, QueryError) as error:
            fault = error.detail if isinstance(error, ProblemError) else str(error)
    more = len(rows) > _SHOWN
    return render(
        request,
        "query.html",
        "query",
        text=text or _START,
        asked=bool(text.strip()),
        columns=columns,
        rows=rows[:_SHOWN],
        total=len(rows),
        more=more,
        fault=fault,
        examples=await asyncio.to_thread(_examples),
        encoded=urlencode({"query": text}),
        limit=request.app.state.settings.time_limit,
        base=iri.BASE,
    )


async def _table(request: Request, text: str) -> tuple[list[str], list[list[dict[str, str]]]]:
    """Columns and rows of any kind of query, each cell a term."""
    guard.check(text)
    kind, body = await collected(request, text, client_of(request))
    if kind == "graph":
        triples = ox.parse(body, format=ox.RdfFormat.N_TRIPLES)
        return ["subject", "predicate", "object"], [
            [_term(quad.subject), _term(quad.predicate), _term(quad.object)] for quad in triples
        ]
    result: dict[str, Any] = json.loads(body)
    if "boolean" in result:
        return ["answer"], [[{"type": "literal", "value": "yes" if result["boolean"] else "no"}]]
    columns = result["head"]["vars"]
    unbound = {"type": "none", "value": ""}
    return columns, [[row.get(name, unbound) for name in columns] for row in result["results"]["bindings"]]


def _term(term: object) -> dict[str, str]:
    kind = "uri" if isinstance(term, ox.NamedNode) else "literal"
    return {"type": kind, "value": str(getattr(term, "value", term))}


def _examples() -> list[tuple[str, str]]:
    """The named queries that need no parameter: what they answer, and their text."""
    found = []
    for name in queries.names():
        known = queries.load(name)
        try:
            text = known.bind()
        except KgError:
            continue
        plain = "\n".join(line for line in text.splitlines() if not line.startswith("#+")).strip()
        found.append((known.summary or name, plain))
    return found


@router.get("/about")
def about(request: Request, site: SiteDep) -> Response:
    """What is in the base, how much was understood, how figures are made, and the ontology."""
    found = site.coverage
    return render(
        request,
        "about.html",
        "about",
        about=site.base.about,
        coverage=found,
        fields=found.totals().to_dicts(),
        unresolved=found.unresolved.head(40).to_dicts(),
        problems=found.problems.to_dicts(),
        help=HELP,
        terms=_terms(),
        site=site,
    )


def _terms() -> list[dict[str, str]]:
    """The ontology's own classes and properties: name, kind, label, definition."""
    wanted = {
        "http://www.w3.org/2000/01/rdf-schema#label": "label",
        "http://www.w3.org/2004/02/skos/core#definition": "definition",
        "http://www.w3.org/2000/01/rdf-schema#comment": "definition",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#type": "kind",
    }
    found: dict[str, dict[str, str]] = {}
    for quad in ox.parse(resources.text("ontology", "imr.ttl"), format=ox.RdfFormat.TURTLE):
        subject, key = str(getattr(quad.subject, "value", "")), wanted.get(quad.predicate.value)
        place, _, name = subject.partition("#")
        if key and name and place == f"{iri.DEFAULT_BASE}ontology":
            value = str(getattr(quad.object, "value", ""))
            found.setdefault(name, {"name": name}).setdefault(
                key, value.rpartition("#")[2] if key == "kind" else value
            )
    return sorted((term for term in found.values() if "label" in term), key=lambda term: term["name"])


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
