"""``/figures/...``: a figure that can be cited, as a page, JSON, Turtle, words, BibTeX and CSL-JSON."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import PlainTextResponse, Response

from kg.analysis import cube
from kg.cited import figure_citations
from kg.cited.citable import Figure
from kg.cited.figure_address import Asked
from kg.cited.figure_kinds import KINDS
from kg.web import negotiate
from kg.web.api import openapi
from kg.web.api.answers.answering import answer
from kg.web.pages.rendering import render
from kg.web.parameters import ServedDep
from kg.web.problems import ProblemError

router = APIRouter(tags=["API"], responses=openapi.PROBLEMS, generate_unique_id_function=openapi.operation)

_CSL = "application/vnd.citationstyles.csl+json"
_FORMS = {
    "text/html": "html",
    "application/json": "json",
    "text/turtle": "ttl",
    "application/n-triples": "nt",
    "application/x-bibtex": "bibtex",
    _CSL: "csl",
    "text/plain": "text",
}


class CitedFigure(openapi.Thing):
    """A figure of a generation, or why it cannot be given again, beside what it is now."""

    address: str
    kind: str
    about: str
    generation: str
    inputs: str
    letters: int
    values: dict[str, float | int | str | None] | None
    says: str
    served: str
    now: dict[str, float | int | str | None] | None
    rest: dict[str, float | int | str | None] | None
    added: int
    changed: int
    removed: int
    lost: int


@router.get(
    "/figures/{kind}",
    summary="A citable figure, reproduced",
    responses=openapi.only(CitedFigure, *list(_FORMS)[:1], *list(_FORMS)[2:]),
)
def figure(
    request: Request,
    site: ServedDep,
    kind: str,
    form: Annotated[
        Literal["html", "json", "ttl", "nt", "bibtex", "csl", "text"] | None,
        Query(alias="format", description="Output format; overrides the Accept header."),
    ] = None,
) -> Response:
    """The kinds are those of the addresses that rows carry as `figure`, each with its own parameters.

    `generation` and `inputs` name the letters that are counted. Where these were removed or changed since,
    the answer says how many, and what the figure is now.
    """
    wanted = form or negotiate.best(request.headers.get("accept"), _FORMS)
    if wanted is None:
        raise ProblemError(406, f"available formats: {', '.join(_FORMS.values())}")
    given = [(name, value) for name, value in request.query_params.multi_items() if name != "format"]
    found = site.figure(Asked.of(kind, given))
    if wanted == "html":
        return _page(request, found)
    if wanted == "json":
        return answer(request, site, found.to_dict())
    media_type = next(name for name, short in _FORMS.items() if short == wanted)
    written = _written(found, wanted, _root(request))
    return PlainTextResponse(written, media_type=media_type, headers={"Vary": "Accept"})


def _root(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _written(found: Figure, form: str, root: str) -> str:
    if form in {"ttl", "nt"}:
        triples = figure_citations.n_triples(found)
        return cube.as_turtle(triples) if form == "ttl" else triples
    return {
        "bibtex": figure_citations.bibtex,
        "csl": figure_citations.csl,
        "text": figure_citations.text,
    }[form](found, root)


def _page(request: Request, found: Figure) -> Response:
    columns = [("then", found.values), ("letters left", found.rest), ("now", found.now)]
    shown = [(name, values) for name, values in columns if values is not None]
    return render(
        request,
        "figure.html",
        "figure",
        found=found,
        title=KINDS[found.asked.kind].words,
        about=found.to_dict()["about"],
        columns=shown,
        names=list(dict.fromkeys(name for _, values in shown for name in values)),
        text=figure_citations.text(found, _root(request)),
        forms=[("json", "JSON"), ("ttl", "Turtle"), ("bibtex", "BibTeX"), ("csl", "CSL-JSON")],
    )
