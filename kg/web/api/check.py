"""``/api/check``: the claims of a text, each part with its verdict."""

from typing import Any

from fastapi import Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from kg.claims.check import LONGEST, MOST
from kg.claims.check import check as checked
from kg.claims.claim import Verdict
from kg.web.api import openapi
from kg.web.api.answers import brief_types
from kg.web.api.answers.answering import answer, paged
from kg.web.parameters import Limit, Offset, SiteDep

router = openapi.Router()

VERDICTS = ", ".join(Verdict)


class Text(BaseModel, extra="forbid"):
    """A sentence, paragraph or brief."""

    text: str = Field(
        min_length=1,
        max_length=LONGEST,
        examples=["CM16-0000001 upheld an MRI citing ACOEM chapter 12."],
    )


class CheckedPart(BaseModel):
    """One checkable part of a claim."""

    kind: str = Field(description="What it is about, such as outcome, item, citation, count or rate.")
    text: str
    verdict: Verdict
    says: str = Field(description="What the letters say, or why the part is not checked.")
    truth: Any = Field(None, description="The value in the letters.")
    quote: str | None = Field(None, description="The letter's words.")
    path: str | None = Field(None, description="The page that shows it.")
    figure: str | None = Field(None, description="The address of the figure that it was compared with.")


class CheckedClaim(BaseModel):
    """A sentence; its verdict is the worst of its parts, in the order of the verdicts."""

    text: str
    start: int
    end: int
    case: str | None
    verdict: Verdict
    parts: list[CheckedPart]


class CheckedText(openapi.Thing):
    """The claims of a text, in order."""

    counts: dict[str, int] = Field(description="How many claims have each verdict.")
    claims: list[CheckedClaim]
    total: int = Field(description="Number of claims on all pages.")
    next: str | None = Field(description="Offset of the next page; null on the last page.")


@router.post(
    "/check",
    summary="Check the claims of a text",
    responses=openapi.answers(CheckedText, short=brief_types.BriefChecked),
)
def check(request: Request, site: SiteDep, asked: Text, limit: Limit = MOST, offset: Offset = 0) -> Response:
    """Sentences about cases, counts and rates are compared with the letters, part by part.

    What is not read is *not checked*, with the reason.
    """
    told = checked(site.citable, asked.text).to_dict()
    page, following = paged(told["claims"], limit, offset)
    more = {"claims": page, "total": len(told["claims"]), "next": following}
    return answer(request, site, told | more)
