"""How the API answers: JSON with its ETag, lists in pages, and where each goes on."""

from collections.abc import Sequence
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import JSONResponse, Response

from kg.explore import json_answers
from kg.web import negotiate
from kg.web.api.answers import brief
from kg.web.parameters import taken
from kg.web.site import Site

T = TypeVar("T")


def listing(site: Site, results: list[Any], total: int, following: str | None, **more: Any) -> dict[str, Any]:
    """A list as every address gives it."""
    return json_answers.listing(site.generation, results, total, following, **more)


def _next(request: Request, following: str) -> str:
    """The address of the following page, relative to that of this one."""
    name = "cursor" if "cursor" in taken(request.scope["route"].dependant) else "offset"
    given = [pair for pair in request.query_params.multi_items() if pair[0] != name]
    return f"?{urlencode([*given, (name, following)])}"


def paged(rows: Sequence[T], limit: int, offset: int) -> tuple[list[T], str | None]:
    """A page of rows, and the offset of the next one.

    >>> paged("abcde", 2, 2), paged("abcde", 2, 4)
    ((['c', 'd'], '4'), (['e'], None))
    """
    following = offset + limit
    return list(rows[offset:following]), str(following) if following < len(rows) else None


def _offset_after(request: Request, kept: Sequence[Any]) -> str:
    """Where a list goes on whose pages begin at an ``offset``."""
    return str(int(request.query_params.get("offset", 0)) + len(kept))


def answer(
    request: Request,
    site: Site,
    content: Any,
    media_type: str = "application/json",
    after: brief.After | None = None,
) -> Response:
    """JSON with an ETag: the same address gives the same answer while the generation stays.

    The short form is made of the full one; where it holds fewer rows, it goes on at the ``offset`` that
    follows, or where ``after`` says.
    """
    if brief.asked(request):
        content = brief.shown(request, content, after or partial(_offset_after, request))
    etag = site.etag(str(request.url), request.headers.get("accept", ""))
    headers = {"ETag": etag, "Vary": "Accept"}
    if request.method != "POST" and (following := isinstance(content, dict) and content.get("next")):
        headers["Link"] = f'<{_next(request, str(following))}>; rel="next"'
    if negotiate.unchanged(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=headers)
    return JSONResponse(content, headers=headers, media_type=media_type)
