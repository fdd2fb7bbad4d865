"""Templates filled: what every page of the service shares."""

from functools import partial
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kg.analysis.related.rows import plain
from kg.analysis.shown_columns import chance, columns
from kg.explore import drawing, marking
from kg.explore.row_types import CaseRow
from kg.web.pages import values
from kg.web.site import Site

TEMPLATES = Path(__file__).parents[1] / "templates"
PARTY_WORDS = {
    "reviewer": "the reviewer",
    "claims_administrator": "the claims administrator",
    "any": "either party",
    "both": "both parties",
}
"""Each choice of a party in words, in the order of :data:`kg.analysis.decisions.PARTIES`."""
ONE_PARTY = [(name, words) for name, words in PARTY_WORDS.items() if name != "both"]
"""The choices of whose citations are listed, where both parties need not cite the same."""


def environment() -> Environment:
    """Templates that escape what they print, and refuse names that are not there."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["number"] = values.number
    made.filters["counted"] = values.counted
    made.filters["ratio"] = values.ratio
    made.filters["chance"] = chance
    made.filters["ground"] = partial(plain, "ground")
    made.globals["few"] = drawing.FEW
    made.globals["case_heads"] = [
        (named.name, named.column.words)
        for named in columns(CaseRow)
        if named.name not in {"iri", "positions", "outcomes"}
    ]
    made.globals["anchor"] = marking.anchor
    return made


def picture(name: str, text: str) -> Response:
    """An SVG picture as a file to keep."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, headers=headers, media_type="image/svg+xml")


def render(request: Request, template: str, page: str, **given: Any) -> HTMLResponse:
    """A filled page."""
    root = request.scope.get("root_path", "")
    site: Site = getattr(request.state, "site", request.app.state.state.site)
    text = request.app.state.templates.get_template(template).render(
        page=page, generation=site.generation, url=lambda path: root + path, **given
    )
    return HTMLResponse(text, headers={"Cache-Control": "no-cache", "Vary": "Accept"})
