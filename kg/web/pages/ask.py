"""The page that answers a question in words; its address is the question."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kg.errors import KgError
from kg.explore import labels
from kg.questions import answers, echo
from kg.questions.complete import nearest
from kg.questions.question import Kind, Question
from kg.questions.reading import LONGEST, read_question
from kg.web.api.cases import SiteDep
from kg.web.pages.rendering import render

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_COUNTS = ("decisions", "letters", "upheld", "overturned", "modified")
_OWN_PAGE = {Kind.CASE, Kind.WHY, Kind.RELATED, Kind.CONTRAST}
_PLACES = {"page", "section", "chapter", "guideline", "key"}


@router.get("/ask")
def ask(request: Request, site: SiteDep, q: Annotated[str, Query(max_length=LONGEST)] = "") -> Response:
    """The answer with how the question was understood, or what was not."""
    fault, answer = "", None
    if q.strip():
        try:
            question = read_question(q)
            if question.kind in _OWN_PAGE:
                root = request.scope.get("root_path", "")
                return RedirectResponse(f"{root}{answers.path(question)}", 303)
            answer = answers.answer(site.index, question, q)
        except KgError as error:
            fault = str(error)
    return render(
        request,
        "ask.html",
        "ask",
        q=q,
        fault=fault,
        near=nearest(q, 4),
        answer=answer,
        parts=_parts(answer.question) if answer else [],
        columns=_columns(answer) if answer else [],
        rows=[_row(row) for row in answer.rows] if answer else [],
        query=f"query?{urlencode({'query': answer.sparql})}" if answer and answer.sparql else None,
        json=f"api/ask?{urlencode({'q': q})}",
    )


def _parts(question: Question) -> list[tuple[str, str]]:
    """Each condition in words, with the address of the question without it."""
    return [
        (echo.told(condition, question.party), "ask?" + urlencode({"q": question.without(number).words}))
        for number, condition in enumerate(question.where)
    ]


def _columns(answer: answers.Answer) -> list[str]:
    own = [name for name in ("group", *answer.question.by) if answer.rows and name in answer.rows[0]]
    if answer.question.kind in {Kind.FIGURES, Kind.TREND}:
        return [*own, *_COUNTS, "rate"]
    if answer.question.kind is Kind.GROUNDS:
        return ["ground", "stated", "share", "all"]
    kept = ("key", "administrator", "reviewer", "decisions", "overturned", "overturn_rate")
    return [name for name in kept if answer.rows and name in answer.rows[0]]


def _row(row: Any) -> dict[str, Any]:
    """A row with places of guidelines by their names."""
    return {
        name: labels.label(f"guideline/{value}") if name in _PLACES and isinstance(value, str) else value
        for name, value in row.items()
    }
