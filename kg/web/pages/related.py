"""The page that compares a pasted request with the decisions of the base."""

from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, Response

from kg.analysis.related.outside import LONGEST, request
from kg.analysis.related.rankings import Related
from kg.errors import SettingError
from kg.web.pages.rendering import render
from kg.web.parameters import SiteDep
from kg.web.problems import ProblemError
from kg.web.site import Site

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
_MOST_ITEMS = 20
_MOST_BYTES = 8 * LONGEST


def _page(asked: Request, items: str, summary: str, fault: str, lists: list[Related]) -> Response:
    other, related = lists or (None, None)
    return render(
        asked,
        "related.html",
        "related",
        items=items,
        summary=summary,
        fault=fault,
        other=other,
        related=related,
    )


@router.get("/related")
def form(asked: Request) -> Response:
    """The empty form."""
    return _page(asked, "", "", "", [])


@router.post("/related")
async def related(asked: Request, site: SiteDep) -> Response:
    """Decisions similar to a pasted request, without regard to what reviewers wrote.

    Raises:
        ProblemError: with 413 where more is pasted than a request holds.
    """
    body = b""
    async for part in asked.stream():
        body += part
        if len(body) > _MOST_BYTES:
            raise ProblemError(413, f"the request is larger than {_MOST_BYTES:,} bytes")
    given = parse_qs(body.decode("utf-8", "replace"), max_num_fields=10)
    items, summary = (given.get(name, [""])[0] for name in ("items", "summary"))
    lines = [line.strip() for line in items.splitlines() if line.strip()]
    try:
        lists = await run_in_threadpool(_lists, site, lines, summary[:LONGEST])
    except SettingError as error:
        return _page(asked, items, summary, str(error), [])
    return _page(asked, items, summary, "", lists)


def _lists(site: Site, lines: list[str], summary: str) -> list[Related]:
    if len(lines) > _MOST_ITEMS:
        raise SettingError(f"paste at most {_MOST_ITEMS} items, one per line")
    [case] = site.asked([(request(lines, summary), "")])
    return [site.analyses.related(case, outcome, 10, mode="pending") for outcome in ("other", None)]
