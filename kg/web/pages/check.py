"""The page that checks the claims of a pasted text."""

from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, Response

from kg.claims.check import LONGEST
from kg.claims.check import check as checked
from kg.claims.claim import Checked
from kg.errors import KgError
from kg.web.pages.rendering import render
from kg.web.parameters import SiteDep
from kg.web.problems import ProblemError

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
_MOST_BYTES = 4 * LONGEST


def _page(asked: Request, text: str, fault: str, found: Checked | None) -> Response:
    return render(asked, "check.html", "check", text=text, fault=fault, found=found, longest=LONGEST)


@router.get("/check")
def form(asked: Request) -> Response:
    """The empty form."""
    return _page(asked, "", "", None)


@router.post("/check")
async def check(asked: Request, site: SiteDep) -> Response:
    """The claims of a pasted text, which is not stored.

    Raises:
        ProblemError: with 413 where more is pasted than is checked at once.
    """
    body = b""
    async for part in asked.stream():
        body += part
        if len(body) > _MOST_BYTES:
            raise ProblemError(413, f"the text is larger than {_MOST_BYTES:,} bytes")
    given = parse_qs(body.decode("utf-8", "replace"), max_num_fields=10)
    text = given.get("text", [""])[0]
    try:
        found = await run_in_threadpool(checked, site.citable, text)
    except KgError as error:
        return _page(asked, text, str(error), None)
    return _page(asked, text, "" if found.claims else "No sentence contains a case number or a figure", found)
