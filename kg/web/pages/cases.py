"""The page of a case: its letter with what was read of it marked, and similar cases."""

import gzip

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, Response

from kg.analysis.filters import choose
from kg.analysis.reasons.stock_sentences import share
from kg.analysis.related.features import MODES
from kg.explore import marking
from kg.explore.neighbours import case_node
from kg.web import negotiate
from kg.web.pages import values
from kg.web.pages.rendering import render
from kg.web.parameters import SiteDep
from kg.web.site import Site

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/cases/{case}")
async def one_case(
    request: Request, site: SiteDep, case: str, mode: str = MODES[0], stock: bool = False
) -> Response:
    """A letter with its extracted values marked, its decisions, and similar cases in one of two modes.

    It takes some milliseconds, less than it costs to hand it to a thread and wait for its turn; with
    ``stock``, which dims the sentences that other letters have, it takes longer.
    """
    case, mode = site.base.spelled(case), choose("mode", mode, MODES)
    key = f"{case} {mode} {stock}"
    etag = f"W/{site.etag('case page', key)}"  # weak: the same for the packed and the plain page
    headers = {"ETag": etag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if negotiate.unchanged(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=headers)

    def made() -> bytes:
        return site.pages.get(key, lambda: bytes(_case_page(request, site, case, mode, stock=stock).body))

    page = (
        await run_in_threadpool(made) if stock else made()
    )  # the sentences of all letters are looked through
    if negotiate.packed(request.headers.get("accept-encoding")):
        headers["Content-Encoding"] = "gzip"
    else:
        page = gzip.decompress(page)
    return Response(page, headers=headers, media_type="text/html")


def _case_page(request: Request, site: Site, case: str, mode: str, *, stock: bool) -> Response:
    asked = site.asked_case(case)
    determination, text = site.base.determination(case), site.base.letter(case)
    repeated = site.repeated(case) if stock else ()
    return render(
        request,
        "case.html",
        "cases",
        case=case,
        node=case_node(case),
        header=values.header(determination),
        decisions=[values.decision(case, n, d) for n, d in enumerate(determination.decisions, 1)],
        problems=determination.problems,
        letter=marking.html(marking.pieces(determination, text, repeated)),
        stock=stock,
        stock_share=share(repeated) if stock else "",
        legend=values.LEGEND,
        mode=mode,
        related=site.analyses.related(asked, None, 5, mode=mode),
        other=site.analyses.related(asked, "other", 5, mode=mode),
    )
