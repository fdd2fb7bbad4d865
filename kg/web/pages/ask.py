"""The page that answers a question in words; its address is the question."""

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup

from kg.analysis import labels
from kg.analysis.related.rows import plain
from kg.cited.of_questions import of_answer, of_row
from kg.errors import KgError
from kg.explore import drawing
from kg.explore.topic import Row
from kg.model import Outcome
from kg.questions import answers
from kg.questions.changes import changes
from kg.questions.examples import nearest
from kg.questions.facets import facet_table
from kg.questions.question import OF_ONE_CASE, Kind, Question
from kg.questions.question_reader import LONGEST, read_question
from kg.reading.vocabulary.catalogue import guidelines
from kg.web.drawings import years
from kg.web.pages.rendering import render
from kg.web.parameters import SiteDep

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_COUNTS = ("decisions", "letters", "upheld", "overturned", "modified")
_PLACES = {"page", "section", "chapter", "guideline", "key", "administrator", "reviewer"}
_CITED = ("key", "administrator", "reviewer")
"""The columns of places of guidelines, by their notations."""
_INTERVALS = {
    "overturn_rate": ("rate_low", "rate_high"),
    "adjusted_odds_ratio": ("adjusted_low", "adjusted_high"),
}
"""The columns that hold the ends of a figure's 95 % interval."""
_AGREEMENT = {
    "same": "both cite the same {}s",
    "overlap": "they share some of the {}s",
    "different": "both cite {}s, and none of them the same",
    "reviewer only": "only the reviewer cites a {}",
    "administrator only": "only the claims administrator cites a {}",
    "neither": "neither cites a {}",
}


@router.get("/ask")
def ask(request: Request, site: SiteDep, q: Annotated[str, Query(max_length=LONGEST)] = "") -> Response:
    """The answer to a question with its interpretation, or the words that could not be interpreted."""
    fault, answer = "", None
    if q.strip():
        try:
            question = read_question(q)
            if question.kind in OF_ONE_CASE and not (question.where or question.outcome):
                root = request.scope.get("root_path", "")
                return RedirectResponse(f"{root}{answers.path(question)}", 303)
            answer = answers.answer(site.analyses, question, q)
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
        figure=of_answer(answer).address if answer else None,
        figures=[(one := of_row(answer, row)) and one.address for row in answer.rows] if answer else [],
        parts=_parts(answer.question) if answer else [],
        columns=_columns(answer) if answer else [],
        unit=_unit(answer.question) if answer else "",
        headings=_headings(answer.question) if answer else {},
        places=[_addresses(row) for row in answer.rows] if answer else [],
        rows=[_row(row) for row in answer.rows] if answer else [],
        query=f"query?{urlencode({'query': answer.sparql})}" if answer and answer.sparql else None,
        json=f"api/ask?{urlencode({'q': q})}",
        chart=_chart(answer) if answer else "",
        agreement=_agreement(answer) if answer else [],
        intervals=_INTERVALS,
    )


def _chart(answer: answers.Answer) -> Markup:
    """The rates by year, where the answer is split by years alone."""
    asked = answer.question
    if asked.split != ("year",) or asked.groups or asked.kind not in {Kind.FIGURES, Kind.TREND, Kind.PARTS}:
        return Markup("")
    name = "part" if asked.kind is Kind.PARTS else (asked.outcome or Outcome.OVERTURNED).value
    rows = [
        Row(*(str(row["year"]),) * 2, row["decisions"], row[name], row["rate"], row["low"], row["high"])
        for row in sorted(answer.rows, key=lambda row: int(row["year"]))
    ]
    if not any(row.decisions >= drawing.FEW for row in rows):
        return Markup("")
    share = "Share" if asked.kind is Kind.PARTS else f"Share {name}"
    return years.chart(rows, answer.value.get("rate") or 0.0, guidelines().changes, share).inline()


def _agreement(answer: answers.Answer) -> list[dict[str, Any]]:
    """How the parties' citations compare, and how these decisions end; of an answer on both parties."""
    if answer.question.kind is not Kind.SIDES:
        return []
    level = str(answer.question.level)
    return [row | {"words": _AGREEMENT[row["agreement"]].format(level)} for row in answer.value["agreement"]]


class Part(NamedTuple):
    """A part of the echo: how it is now, and what it can become, each with its address."""

    now: str
    others: list[tuple[str, str]]


def _parts(question: Question) -> list[Part]:
    """Each part of the question as a control that changes it."""
    found: dict[tuple[str, str], Part] = {}
    for change in changes(question):
        part = found.setdefault((change.part, change.now), Part(change.now, []))
        part.others.append((change.words, "ask?" + urlencode({"q": change.question.words})))
    return list(found.values())


def _columns(answer: answers.Answer) -> list[str]:
    own = [name for name in ("group", *answer.question.split) if answer.rows and name in answer.rows[0]]
    if answer.question.kind in {Kind.FIGURES, Kind.TREND}:
        return [*own, *_COUNTS, "rate"]
    if answer.question.kind is Kind.GROUNDS:
        return [*own, "ground", "stated", "share", "all"]
    if answer.question.kind in {Kind.MEASURE, Kind.PARTS}:
        counts = ("measured", "mean", "median", "least", "greatest", "decisions", "letters", "part", "rate")
        return [name for name in (*own, *counts) if answer.rows and name in (*own, *answer.rows[0])]
    if answer.question.kind in OF_ONE_CASE:
        shown = ("case", "decision_date", "item", "outcome", "text")
        return [name for name in shown if answer.rows and name in answer.rows[0]]
    if answer.question.kind is Kind.CASES:
        listed = ["case", "decision_date", "item", "outcome", _unit(answer.question), "text"]
        return [name for name in listed if answer.rows and name in answer.rows[0]]
    kept = (
        *("key", "administrator", "reviewer", "decisions", "letters", "overturned", "overturn_rate"),
        *("adjusted_odds_ratio", "q_value"),
    )
    return [name for name in kept if answer.rows and name in answer.rows[0]]


def _unit(question: Question) -> str:
    """What the numbers are of that a list of cases goes by, such as days."""
    return facet_table.FACETS[question.measure].unit if question.measure else ""


def _headings(question: Question) -> dict[str, str]:
    """The headings of columns that say less by their names."""
    return {
        "key": question.level or "",
        "of them": "number",
        "administrator": "claims administrator",
        "q_value": "q",
        "adjusted_odds_ratio": "adjusted odds ratio",
    }


def _addresses(row: Mapping[str, Any]) -> dict[str, str]:
    """The pages of the places of guidelines that a row names."""
    cited = {name: row[name] for name in _CITED if isinstance(row.get(name), str)}
    return {name: f"/guidelines/{place.replace('#', '%23')}" for name, place in cited.items()}


def _row(row: Any) -> dict[str, Any]:
    """A row with places of guidelines and grounds by their names."""
    return {name: _named(name, value) if isinstance(value, str) else value for name, value in row.items()}


def _named(name: str, value: str) -> str:
    if name in _PLACES:
        return labels.label(f"guideline/{value}")
    return plain("ground", value) if name == "ground" else value
