"""``/api/ask``: a question in words, and what can follow while it is typed."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field

from kg.questions.answers import ask as answered
from kg.questions.complete import complete
from kg.questions.reading import LONGEST
from kg.web.api import answer_types, openapi
from kg.web.api.cases import SiteDep, answer, listing

router = APIRouter(prefix="/api", tags=["API"], responses=openapi.PROBLEMS)

Text = Annotated[str, Query(min_length=1, max_length=LONGEST, examples=["overturn rate of opioids by year"])]


Value = str | int | float | bool | list[str] | list[float] | None


class Answered(openapi.Thing):
    """How a question was understood, and its answer."""

    question: str
    reading: str = Field(description="The interpretation, in a short notation.")
    canonical: str = Field(description="A question with the same interpretation.")
    echo: str = Field(description="The interpretation, as a sentence.")
    sparql: str | None = Field(description="The query that counts the same decisions.")
    value: dict[str, Value] = Field(description="Counts, letters, and the rate with its interval.")
    rows: list[dict[str, Value]] = Field(description="The same for each value of what is asked by.")
    path: str | None = Field(description="The page with details.")
    figure: str | None = Field(description="The address to cite, where all conditions are filters.")
    notes: list[str]


@router.get("/ask", summary="Answer a question in words", responses=openapi.answers(Answered))
def ask(request: Request, site: SiteDep, q: Text) -> Response:
    """The answer says how the question was understood; what is not understood is 422 with the words."""
    found = answered(site.analyses, q)
    more = {"generation": site.generation, "figure": site.cite(found.figure) if found.figure else None}
    return answer(request, site, found.to_dict() | more)


@router.get(
    "/complete",
    summary="Completions of a question",
    responses=openapi.answers(answer_types.Continuations),
)
def completions(
    request: Request, site: SiteDep, q: Text, limit: Annotated[int, Query(ge=1, le=50)] = 8
) -> Response:
    """Longer texts that can be asked, with how many decisions their conditions leave."""
    rows = [{"text": one.text, "decisions": one.decisions} for one in complete(site.index, q, limit)]
    return answer(request, site, listing(site, rows, len(rows), None))
