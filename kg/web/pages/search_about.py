"""Pages about the base as a whole: search, what is known about it, the API's own page."""

import json
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from markupsafe import Markup, escape

from kg.analysis import labels
from kg.analysis.drivers import HELP
from kg.analysis.search import CLOSE, OPEN
from kg.cited.figure_tables import row_of_coverage
from kg.errors import BaseError, SettingError
from kg.graph import terms
from kg.web import dataset_card, negotiate
from kg.web.api.cases import SiteDep
from kg.web.linked import BaseDep
from kg.web.pages.rendering import render

CATALOGUED = (
    *("reviewer specialties", "category", "subcategory", "body parts", "drug"),
    *("claims administrator guideline", "claims administrator sections"),
    *("reviewer guideline", "reviewer sections"),
)
"""Fields whose values a catalogue knows, or does not."""

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


@router.get("/about")
def about(request: Request, site: SiteDep, base: BaseDep) -> Response:
    """About the knowledge base: contents, extraction coverage, methods and the ontology.

    As JSON-LD it is the data set's schema.org description, which the page holds, too.
    """
    found, card = site.coverage, dataset_card.structured(site.base, base)
    headers = {"Link": _signposts(base, card), "Vary": "Accept"}
    offered = {"text/html": "html", "application/ld+json": "jsonld"}
    if negotiate.best(request.headers.get("accept"), offered) == "jsonld":
        return JSONResponse(card, headers=headers, media_type="application/ld+json")
    page = render(
        request,
        "about.html",
        "about",
        about=site.base.about,
        history=site.base.history,
        figures=site.figures,
        coverage=found,
        fields=[row._asdict() for row in found.totals()],
        catalogued=CATALOGUED,
        unresolved=[
            row
            | {"place": labels.label(f"guideline/{row['guideline']}") if row["guideline"] else ""}
            | {"name": row_of_coverage(row)}
            for row in (each._asdict() for each in found.unresolved[:40])
        ],
        problems=[row._asdict() for row in found.problems],
        help=HELP,
        terms=labels.terms(),
        site=site,
        # In a script element nothing is escaped; "<" would end it.
        card=Markup(json.dumps(card, ensure_ascii=False).replace("<", "\\u003c")),  # noqa: S704
    )
    page.headers.update(headers)
    return page


def _signposts(base: str, card: dict[str, Any]) -> str:
    """Where programs go from the landing page (https://signposting.org/FAIR/)."""
    links = [
        f'<{card["@id"]}>; rel="cite-as"',
        f'<{base}/.well-known/void>; rel="describedby"; type="text/turtle"',
        f'<{base}/about>; rel="describedby"; type="application/ld+json"',
        f'<{card["license"]}>; rel="license"',
        '<https://schema.org/Dataset>; rel="type"',
        '<https://schema.org/AboutPage>; rel="type"',
        *(
            f'<{file["contentUrl"]}>; rel="item"; type="{file["encodingFormat"]}"'
            for file in card["distribution"]
        ),
    ]
    return ", ".join(links)


@router.get("/terms/{name}")
def term(request: Request, name: str) -> Response:
    """One term of the ontology: its definition, domain, values and an example."""
    term = terms.described(name)
    return render(request, "term.html", "about", term=term, names=terms.names())


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
            "parameters": [_told(one) for one in call.get("parameters", [])],
        }
        for path, methods in description["paths"].items()
        for method, call in methods.items()
    ]
    return render(request, "api.html", "api", calls=calls)


def _told(parameter: dict[str, Any]) -> tuple[str, str]:
    """A parameter's name, and what it takes in words.

    >>> _told({"name": "limit", "schema": {"type": "integer", "minimum": 1, "maximum": 9, "default": 5}})
    ('limit', 'A number, from 1 to 9; else 5.')
    >>> several = {"type": "array", "examples": [["9"]]}
    >>> _told({"name": "page", "description": "Pages, such as 9.", "schema": several})
    ('page', 'Pages, such as 9; may be repeated.')
    """
    schema = parameter.get("schema", {})
    schema = next((one for one in schema.get("anyOf", []) if one.get("type") != "null"), {}) | schema
    one = schema.get("items", schema)
    words = [parameter.get("description", "").replace("`", "").rstrip(".")]
    if "enum" in one:
        words.append(f"one of {', '.join(map(str, one['enum']))}")
    elif one.get("type") == "integer" and not words[0]:
        words.append("a number")
    if "minimum" in one and "maximum" in one:
        words.append(f"from {one['minimum']:,} to {one['maximum']:,}")
    examples = parameter.get("examples") or one.get("examples") or schema.get("examples") or []
    if isinstance(examples, list) and examples:
        first = examples[0][0] if isinstance(examples[0], list) else examples[0]
        if not words[0].endswith(f"such as {first}"):
            words.append(f"such as {first}")
    told = ", ".join(filter(None, words)) or "text"
    if schema.get("type") == "array":
        told += "; may be repeated"
    default = f"; else {schema['default']}" if schema.get("default") not in (None, [], "") else ""
    return parameter["name"], f"{told[0].upper()}{told[1:]}{default}."
