"""The query page: a SPARQL editor, or a plain form where there is no script, and the answer as a table."""

import asyncio
import json
from functools import cache
from typing import Annotated, Any
from urllib.parse import urlencode

import pyoxigraph as ox
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from kg import queries
from kg.analysis import labels
from kg.errors import KgError, QueryError
from kg.explore import vendor
from kg.graph import iri
from kg.web.middleware import EDITOR_POLICY
from kg.web.pages.rendering import render
from kg.web.problems import ProblemError
from kg.web.sparql import guard
from kg.web.sparql.protocol import client_of, collected

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_SHOWN = 500
_EMBEDDED = 200_000  # bytes of an answer that the page hands to the editor, so that it need not ask again
_FORMS = {"graph": ("ttl", "nt", "jsonld"), "": ("csv", "tsv", "json", "xml")}
_MEDIA_TYPES = {"graph": "application/n-triples", "": "application/sparql-results+json"}
_SKOS = "http://www.w3.org/2004/02/skos/core#"
PREFIXES = {
    "imr": f"{iri.ONTOLOGY}#",
    "outcome": f"{iri.BASE}outcome/",
    "guideline": f"{iri.BASE}guideline/",
    "service": f"{iri.BASE}service/",
    "drug": f"{iri.BASE}drug/",
    "body-part": f"{iri.BASE}body-part/",
    "specialty": f"{iri.BASE}specialty/",
    "case": f"{iri.BASE}case/",
    "skos": _SKOS,
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_KNOWN = ("prefLabel", "altLabel", "notation", "broader", "inScheme")
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


@router.get("/query")
async def query(request: Request, query: Annotated[str, Query(max_length=32_768)] = "") -> Response:
    """An editor for SPARQL whose answer comes as a table; the address holds the query."""
    columns: list[str] = []
    rows: list[list[dict[str, str]]] = []
    fault, text, kind, body = "", query.replace("\r\n", "\n"), "", b""
    if text.strip():
        try:
            guard.check(text)
            kind, body = await collected(request, text, client_of(request))
            columns, rows = _table(kind, body)
        except (ProblemError, QueryError) as error:
            fault = error.detail if isinstance(error, ProblemError) else str(error)
    form = "graph" if kind == "graph" else ""
    page = render(
        request,
        "query.html",
        "query",
        text=text or _START,
        asked=bool(text.strip()),
        columns=columns,
        rows=rows[:_SHOWN],
        total=len(rows),
        forms=_FORMS[form],
        answer=_embedded(_MEDIA_TYPES[form], body),
        editor=vendor.has_editor(),
        words=_words(request),
        fault=fault,
        examples=await asyncio.to_thread(_examples),
        encoded=urlencode({"query": text}),
        limit=request.app.state.settings.time_limit,
        base=iri.BASE,
    )
    page.headers["Content-Security-Policy"] = EDITOR_POLICY
    return page


def _embedded(media_type: str, body: bytes) -> dict[str, str] | None:
    """An answer as the editor's table takes it, where it is small."""
    if not body or len(body) > _EMBEDDED:
        return None
    return {"type": media_type, "content": body.decode("utf-8", "replace")}


def _words(request: Request) -> dict[str, Any]:
    """What the editor knows: where to ask, our prefixes, our terms. It asks no one else."""
    kinds = {term["name"]: term["kind"] for term in labels.terms()}
    ours = f"{iri.ONTOLOGY}#"
    rdf, rdfs = PREFIXES["rdf"], PREFIXES["rdfs"]
    return {
        "endpoint": request.scope.get("root_path", "") + "/sparql",
        "base": iri.BASE,
        "prefixes": PREFIXES,
        "classes": [ours + name for name, kind in kinds.items() if kind == "Class"]
        + [f"{_SKOS}Concept", f"{_SKOS}ConceptScheme"],
        "properties": [ours + name for name, kind in kinds.items() if kind.endswith("Property")]
        + [_SKOS + name for name in _KNOWN]
        + [f"{rdf}type", f"{rdfs}label"],
    }


def _table(kind: str, body: bytes) -> tuple[list[str], list[list[dict[str, str]]]]:
    """Columns and rows of any kind of answer, each cell a term."""
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


@cache
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
