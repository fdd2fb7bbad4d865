"""``/api/related``: decisions and cases like a case of the base, a letter, or a request."""

import json
from collections.abc import Iterator
from functools import partial
from itertools import chain
from typing import Annotated, Any

from fastapi import Depends, Query, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, Field, model_validator
from pydantic.json_schema import SkipJsonSchema

from kg.analysis.filters import Filters
from kg.analysis.related.features import MODES
from kg.analysis.related.outside import LONGEST, request
from kg.analysis.related.rankings import CURSOR, WANTED, AskedCase, Related, cursor_after
from kg.cited.json_tables import of_related
from kg.errors import LetterError, SettingError, UnknownError
from kg.model import Determination
from kg.reading.letter import read_letter
from kg.web.api import openapi
from kg.web.api.answers import answer_types, brief, brief_types
from kg.web.api.answers.answering import answer
from kg.web.api.filter_parameters import FiltersDep
from kg.web.parameters import CaseNumber, Limit, SiteDep
from kg.web.problems import ProblemError
from kg.web.site import Site

router = openapi.Router()

NDJSON = "application/x-ndjson"
MOST = 100
"""Questions of one request, at most."""
MOST_ITEMS = 500
"""Items of all of them together, at most."""
_LETTER = 200_000

Mode = Annotated[str, openapi.one_of(MODES, ": compare everything, or only what is known before a review")]
Outcome = Annotated[str | SkipJsonSchema[None], openapi.one_of(WANTED)]


def as_json(site: Site, found: Related, filters: Filters, outcome: str | None, **more: Any) -> dict[str, Any]:
    """A list of related cases as every address gives it, with its figures if the case is of the base."""
    cite = site.cite if found.case in site.features.cases else None
    notes = site.index.notes(filters, "any")
    return of_related(found, (filters, outcome), notes, site.generation, cite, **more)


@router.get(
    "/cases/{case}/related",
    summary="Cases similar to this one, with reasons",
    responses=openapi.answers(answer_types.RelatedCases, short=brief_types.BriefRelated),
)
async def related(
    request: Request,
    site: SiteDep,
    case: CaseNumber,
    filters: FiltersDep,
    outcome: Outcome = None,
    mode: Mode = "precedent",
    limit: Limit = 10,
    cursor: Annotated[
        str | None, Query(pattern=CURSOR, description="The `next` of the previous page.")
    ] = None,
) -> Response:
    """The most similar first, through their items.

    `outcome=other` keeps requests of the same kind (subcategory or drug class) that went the other way.
    """
    asked = site.asked_case(case)
    found = site.analyses.related(asked, outcome, limit, cursor, filters=filters, mode=mode)
    told = as_json(site, found, filters, outcome)
    return answer(request, site, told, after=partial(cursor_after, cursor))


class Question(BaseModel, extra="forbid"):
    """A case of the base, a letter's text, or the items of a request with what is known of the worker."""

    case: str | None = Field(None, max_length=200, examples=["CM16-0000001"])
    letter: str | None = Field(None, max_length=_LETTER)
    items: list[Annotated[str, Field(max_length=LONGEST)]] | None = Field(
        None, min_length=1, max_length=50, examples=[["MRI of the left knee"]]
    )
    summary: str = Field("", max_length=LONGEST, description="A clinical summary, with `items`.")

    @model_validator(mode="after")
    def one(self) -> "Question":
        """One of the three, and a summary only beside items."""
        given = [name for name in ("case", "letter", "items") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("use one of case, letter or items")
        if self.summary and self.items is None:
            raise ValueError("summary requires items")
        return self


class Questions(BaseModel, extra="forbid"):
    """What is asked, up to a hundred at once."""

    questions: list[Question] = Field(min_length=1, max_length=MOST)


@router.post(
    "/related",
    summary="Cases similar to several letters, requests or cases",
    responses={200: {"content": {NDJSON: {"schema": {"type": "string"}}}}},
    dependencies=[Depends(brief.view_of)],
)
def many(
    asking: Request,
    site: SiteDep,
    asked: Questions,
    filters: FiltersDep,
    outcome: Outcome = None,
    mode: Mode = "precedent",
    limit: Annotated[int, Query(ge=1, le=100, description="Maximum number of cases per query.")] = 10,
) -> StreamingResponse:
    """A line of JSON for each question, in order, as `/api/cases/{case}/related` answers, streamed.

    With `view=brief` each line is a short form.

    All is read before the first line: a question that cannot be read is an error.
    """
    cases = questions(site, asked.questions)
    if (items := sum(len(case.items) for case in cases)) > MOST_ITEMS:
        raise ProblemError(422, f"at most {MOST_ITEMS} items per request, found {items}")
    each = site.analyses.related_each(cases, outcome, limit, filters=filters, mode=mode)
    first = next(each)  # an option that is not one is an error

    def lines() -> Iterator[bytes]:
        for number, found in enumerate(chain([first], each)):
            told = as_json(site, found, filters, outcome, question=number)
            if brief.asked(asking):
                told = brief.of(brief_types.BriefRelated, told, brief.address(asking))
            yield json.dumps(told, ensure_ascii=False).encode() + b"\n"

    return StreamingResponse(lines(), media_type=NDJSON)


def questions(site: Site, asked: list[Question]) -> list[AskedCase]:
    """What is asked, as cases to compare with.

    Raises:
        ProblemError: a letter or item cannot be read, with the number of the question.
        UnknownError: there is no such case.
    """
    read: dict[int, tuple[Determination, str]] = {}
    found: dict[int, AskedCase] = {}
    for number, question in enumerate(asked):
        try:
            if question.letter is not None:
                read[number] = (read_letter(question.letter), question.letter)
            elif question.items is not None:
                read[number] = (request(question.items, question.summary), "")
            else:
                found[number] = site.asked_case(question.case or "")
        except (LetterError, SettingError, UnknownError) as error:
            status = 404 if isinstance(error, UnknownError) else 422
            raise ProblemError(status, f"question {number}: {error}") from error
    found |= dict(zip(read, site.asked(list(read.values())), strict=True)) if read else {}
    return [found[number] for number in range(len(asked))]
