"""``/api/ask``: a question in words, and what can follow while it is typed."""

from typing import Annotated, Literal

from fastapi import Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from kg.cited.of_questions import told as with_figures
from kg.model import Party
from kg.questions.answers import MOST_ROWS
from kg.questions.answers import ask as answered
from kg.questions.complete import complete
from kg.questions.question import Kind
from kg.questions.question_reader import LONGEST
from kg.web.api import openapi
from kg.web.api.answers import answer_types, brief_types
from kg.web.api.answers.answering import answer, listing
from kg.web.api.answers.figure_links import completion_figure
from kg.web.parameters import Limit, Offset, SiteDep

router = openapi.Router()

Text = Annotated[str, Query(min_length=1, max_length=LONGEST, examples=["overturn rate of opioids by year"])]


class AskedValues(BaseModel):
    """Values of a filter that are asked for together."""

    filter: str
    values: list[str]
    asked: str = Field(description="The words that say so.")


class Condition(AskedValues):
    """What the decisions that count have, or have not."""

    negated: bool


class Respelled(BaseModel):
    """A word that was taken for another."""

    written: str
    read: str


class Answered(openapi.Thing):
    """How a question was understood, and its answer."""

    question: str
    reading: str = Field(description="The interpretation, in a short notation.")
    canonical: str = Field(description="A question with the same interpretation.")
    kind: Literal[tuple(kind.value for kind in Kind)]  # type: ignore[valid-type]
    outcome: answer_types.Outcome | None
    conditions: list[Condition]
    by: list[str] = Field(description="What the answer is split by.")
    party: Literal[tuple(party.value for party in Party)]  # type: ignore[valid-type]
    measure: str | None = Field(description="What is averaged.")
    part: list[AskedValues] = Field(description="What has a share of the decisions under the conditions.")
    case: str | None
    groups: list[AskedValues] = Field(description="What is compared.")
    order: str | None
    limit: int | None
    respelled: list[Respelled]
    passed_over: list[str] = Field(description="Words of the question that were not taken into account.")
    echo: str = Field(description="The interpretation, as a sentence.")
    sparql: str | None = Field(description="The query that counts the same decisions.")
    value: dict[str, answer_types.Value] = Field(
        description="Counts, letters, and the rate with its interval."
    )
    rows: list[dict[str, answer_types.Value]] = Field(
        description="The same for each value of what is asked by."
    )
    path: str | None = Field(description="The page with details.")
    figure: str = Field(description="The address to cite; each row of figures has its own.")
    total: int = Field(description="Number of rows on all pages.")
    next: str | None = Field(description="Offset of the next page; null on the last page.")
    notes: list[str]


@router.get(
    "/ask",
    summary="Answer a question in words",
    responses=openapi.answers(Answered, short=brief_types.BriefAsked),
)
def ask(request: Request, site: SiteDep, q: Text, limit: Limit = MOST_ROWS, offset: Offset = 0) -> Response:
    """The answer says how the question was understood; what is not understood is 422 with the words."""
    found = answered(site.analyses, q)
    return answer(request, site, with_figures(found, site.cite, site.generation, limit, offset))


@router.get(
    "/complete",
    summary="Completions of a question",
    responses=openapi.answers(answer_types.Continuations),
)
def completions(
    request: Request, site: SiteDep, q: Text, limit: Annotated[int, Query(ge=1, le=50)] = 8
) -> Response:
    """Longer texts that can be asked, with how many decisions their conditions leave."""
    rows = [
        {"text": one.text, "decisions": one.decisions, "figure": completion_figure(site, one)}
        for one in complete(site.index, q, limit)
    ]
    return answer(request, site, listing(site, rows, len(rows), None))
