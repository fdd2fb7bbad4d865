"""Pages about the base as a whole: what is known of it, the terms of its ontology, its API."""

import json
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from markupsafe import Markup

from kg.analysis import labels
from kg.analysis.drivers import HELP
from kg.cited.figure_tables import row_of_coverage
from kg.graph import terms
from kg.web import dataset_card, negotiate
from kg.web.linked import BaseDep
from kg.web.pages.rendering import render
from kg.web.parameters import SiteDep

CATALOGUED = (
    *("reviewer specialties", "category", "subcategory", "body parts", "drug"),
    *("claims administrator guideline", "claims administrator sections"),
    *("reviewer guideline", "reviewer sections"),
)
"""Fields whose values a catalogue knows, or does not."""

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


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
