"""Queries: the SPARQL editor, or a plain form where there is no script, and the named ones as questions."""

import asyncio
import json
from collections.abc import Iterable
from functools import cache
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlencode

import pyoxigraph as ox
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from kg import queries
from kg.analysis import labels
from kg.analysis.comparison import widening
from kg.cited.of_questions import of_query_row
from kg.cited.query_tables import COUNTED
from kg.errors import KgError, QueryError
from kg.explore import vendor
from kg.explore.case_lists import words
from kg.explore.topic import Row, tallied
from kg.graph import iri
from kg.web.middleware import EDITOR_POLICY
from kg.web.pages.rendering import render
from kg.web.problems import ProblemError
from kg.web.site import Site
from kg.web.sparql import guard, site_queries
from kg.web.sparql.protocol import client_of, collected
from kg.web.sparql.site_queries import as_value

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
    """A SPARQL editor with results as a table; the address contains the query."""
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
        found.append((known.summary or name, plain(text)))
    return found


def plain(text: str) -> str:
    """A query without the lines of its header."""
    return "\n".join(line for line in text.splitlines() if not line.startswith("#+")).strip()


_GROUPS = (
    ("Over time", ("year", "month", "days", "claim_age")),
    ("Grounds", ("ground", "documentation")),
    ("How decisions end", ("outcomes", "visits", "surgical", "compounds")),
    ("What is cited", ("basis", "section", "page", "citation", "disagreement", "title", "uncited")),
    ("Reviewers", ("reviewer", "specialt")),
    ("Letters and items", ("",)),
)
"""Groups with words of the names of their queries; the first that fits has a query."""


class Asked(NamedTuple):
    """A named query in the list: its name, and what it answers."""

    name: str
    summary: str


class Field(NamedTuple):
    """A parameter as a field: a list of options, or words of its type."""

    name: str
    value: str
    options: list[str]
    type: str


def group_of(name: str) -> str:
    """The group of a query.

    >>> group_of("outcomes_by_year"), group_of("outcomes_by_page"), group_of("mixed_cases")
    ('Over time', 'How decisions end', 'Letters and items')
    """
    return next(group for group, parts in _GROUPS if any(part in name for part in parts))


def listed(text: str) -> list[tuple[str, list[Asked]]]:
    """The queries whose question holds all words of a text, by group."""
    wanted = words(text)
    found: dict[str, list[Asked]] = {group: [] for group, _ in _GROUPS}
    for name in queries.names():
        summary = queries.load(name).summary
        if all(word in f"{name} {summary}".lower() for word in wanted):
            found[group_of(name)].append(Asked(name, summary))
    return [(group, ones) for group, ones in found.items() if ones]


@router.get("/questions")
def questions(request: Request, q: Annotated[str, Query(max_length=200)] = "") -> Response:
    """The named queries by group, or those whose question contains the given words."""
    return render(request, "questions.html", "questions", q=q, groups=listed(q))


@router.get("/questions/{name}")
async def question(request: Request, name: str) -> Response:
    """One named query: its parameters as fields, and its answer with rates and intervals."""
    known = await asyncio.to_thread(queries.load, name)
    given = {one: value for one, value in request.query_params.items() if value and one != "generation"}
    fault, text, columns, rows = "", "", list[str](), list[list[dict[str, str]]]()
    cites: list[str] = []
    wide: float | None = None
    missing = [p.name for p in known.parameters if p.default is None and p.name not in given]
    if not missing:
        try:
            text = plain(known.bind(given))
            columns, rows = _table("select", await site_queries.ask(request, text))
            if not request.app.state.settings.endpoint:
                cites = _cites(known, given, columns, rows[:_SHOWN])
                wide = await asyncio.to_thread(_widening, request.state.site)
            columns, rows = _unlabelled(columns, rows)
        except (ProblemError, QueryError) as error:
            fault = error.detail if isinstance(error, ProblemError) else str(error)
    return render(
        request,
        "question.html",
        "questions",
        name=name,
        summary=known.summary or name,
        fields=list(_fields(known, given)),
        missing=missing,
        fault=fault,
        columns=columns,
        rows=[(row, _rated(columns, row, wide)) for row in rows[:_SHOWN]],
        cites=cites,
        figures=known.figures,
        rated=set(columns) >= COUNTED,
        total=len(rows),
        limit=_limit(known, given),
        base=iri.BASE,
        name_of=labels.label,
        query=urlencode({"query": text}) if text else None,
    )


def _limit(known: queries.Query, given: dict[str, str]) -> int | None:
    """How many rows a query answers at most, where it has a limit."""
    wanted = [given.get(one.name, one.default) or "" for one in known.parameters if one.name == "limit"]
    return int(wanted[0]) if wanted and wanted[0].isdecimal() else None


def _cites(
    known: queries.Query, given: dict[str, str], columns: list[str], rows: list[list[dict[str, str]]]
) -> list[str]:
    """The address of the figures of each row; none where the query lists what letters say."""
    plain = ({name: as_value(term) for name, term in zip(columns, row, strict=True)} for row in rows)
    found = (of_query_row(known, given, row) for row in plain)
    return [figure.address for figure in found if figure]


def _unlabelled(
    columns: list[str], rows: list[list[dict[str, str]]]
) -> tuple[list[str], list[list[dict[str, str]]]]:
    """A table without the labels of the concepts in its first column, which are linked by name."""
    given = [n for n, name in enumerate(columns) if n and name in {"label", "title"}]
    if not given or not all(row[0]["type"] == "uri" for row in rows):
        return columns, rows
    kept = [n for n in range(len(columns)) if n not in given]
    return [columns[n] for n in kept], [[row[n] for n in kept] for row in rows]


def _widening(site: Site) -> float:
    """By how much letters widen an interval of this generation."""
    return site.kept("widening", lambda: widening(site.index))


def _rated(columns: list[str], row: list[dict[str, str]], wide: float | None) -> Row | None:
    """A row that counts outcomes, as a rate; with an interval where it is known how alike letters are."""
    if not set(columns) >= COUNTED:
        return None
    counts = {
        name: int(term["value"] or 0) for name, term in zip(columns, row, strict=True) if name in COUNTED
    }
    rate = tallied("", counts["items"], counts["overturned"], wide or 1.0)
    return rate if wide else rate._replace(low=None, high=None)


def _fields(known: queries.Query, given: dict[str, str]) -> Iterable[Field]:
    for one in known.parameters:
        options = one.type.split("|") if "|" in one.type else []
        yield Field(one.name, given.get(one.name, one.default or ""), options, one.type)
