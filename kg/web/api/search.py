"""``/api/search`` and ``/api/suggest``: letters by their words, and things by their names."""

import re
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Query, Request
from fastapi.responses import Response

from kg.cited.figure_address import Asked
from kg.explore import json_answers
from kg.explore.row_types import HitRow
from kg.questions.complete import complete
from kg.questions.question_reader import read_question
from kg.web.api import openapi
from kg.web.api.answers import answer_types, brief_types
from kg.web.api.answers.answering import answer, listing
from kg.web.api.answers.figure_links import completion_figure, suggestion_figure
from kg.web.parameters import Offset, SiteDep
from kg.web.site import Site

router = openapi.Router()

Words = Annotated[
    str,
    Query(
        min_length=1,
        max_length=200,
        pattern=r"[A-Za-z0-9]",
        description="Words, or a phrase in quotes.",
        examples=["lumbar epidural"],
    ),
]


@router.get(
    "/search",
    summary="Full-text search of the letters",
    responses=openapi.answers(openapi.listing_of(HitRow, base=answer_types.Found)),
)
def search(
    request: Request,
    site: SiteDep,
    q: Words,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    offset: Offset = 0,
) -> Response:
    """Letters that hold all the words; `hits` are ranges of the snippet, in characters."""
    told = json_answers.hits(site.generation, site.search.find(q, limit, offset))
    return answer(request, site, told | {"figure": site.cite(Asked("search", q=q))})


_QUESTIONS = 3
"""Questions that are offered under the things of a name."""
_WORD = re.compile(r"\w+")


def _questions(site: Site, text: str) -> list[dict[str, Any]]:
    """Questions that a text can go on to, in its own words; of those that mean the same, the first."""
    typed = [word.casefold() for word in _WORD.findall(text)]
    found: dict[tuple[str, tuple[str, ...]], dict[str, Any]] = {}
    for one in complete(site.index, text, 4 * _QUESTIONS):
        words = [word.casefold() for word in _WORD.findall(one.text)]
        if all(any(word.startswith(start) for word in words) for start in typed):
            figure = completion_figure(site, one)
            told = {"node": "", "label": one.text, "kind": "question", "decisions": one.decisions}
            told |= {"path": f"/ask?q={quote(one.text)}", "figure": figure}
            found.setdefault((figure, read_question(one.text).by), told)
    return list(found.values())[:_QUESTIONS]


@router.get(
    "/suggest",
    summary="Autocomplete suggestions",
    responses=openapi.answers(answer_types.Suggestions, short=brief_types.BriefFound),
)
def suggest(
    request: Request, site: SiteDep, q: Words, limit: Annotated[int, Query(ge=1, le=50)] = 10
) -> Response:
    """Cases, guidelines, sections, pages, items, services, drugs and specialties by their names."""
    rows = [
        {**one._asdict(), "figure": suggestion_figure(site, one)} for one in site.suggestions.find(q, limit)
    ]
    rows += _questions(site, q)
    return answer(request, site, listing(site, rows, len(rows), None))
