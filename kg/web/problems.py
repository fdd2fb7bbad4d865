"""Errors as ``application/problem+json`` (RFC 9457), each with what to do."""

import logging
from http import HTTPStatus
from typing import Any, NamedTuple

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from kg.analysis.filters.choices import unknown
from kg.errors import (
    BaseError,
    ChoiceError,
    GoneError,
    IriError,
    KgError,
    LetterError,
    QueryError,
    QuestionError,
    SettingError,
    UnknownError,
)
from kg.graph import iri

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
_SHOWN = 200
"""Characters of an address that a problem repeats."""
_STATUS: dict[type[KgError], int] = {
    UnknownError: 404,
    GoneError: 410,
    ChoiceError: 422,
    SettingError: 422,
    IriError: 404,
    QueryError: 400,
    QuestionError: 422,
    LetterError: 404,
    BaseError: 503,
}


class Kind(NamedTuple):
    """A kind of problem: the last part of its IRI, its status, what it is called, and what to do about it."""

    name: str
    status: int
    title: str
    remedy: str

    @property
    def iri(self) -> str:
        """Its IRI, which this service answers."""
        return f"{iri.BASE}errors/{self.name}"


KINDS = (
    Kind("bad-request", 400, "Bad request", "Correct the address or the body at the place that is named."),
    Kind(
        "query-syntax", 400, "Query not understood", "Correct it at the line and column told; /query helps."
    ),
    Kind(
        "query-refused",
        400,
        "Query refused",
        "Leave out what is named: this server runs read-only queries on its own graph, within limits.",
    ),
    Kind("not-allowed", 403, "Not allowed", "Ask from an address that this server admits."),
    Kind(
        "not-found",
        404,
        "Not found",
        "Look up its name with /search or /api/suggest: nearby names are listed.",
    ),
    Kind("method", 405, "Method not allowed", "Use a method that the Allow header lists."),
    Kind(
        "format",
        406,
        "Format not available",
        "Ask for one of the formats that are named, with Accept or format=.",
    ),
    Kind("slow-request", 408, "Request too slow", "Send the whole request at once, or over a faster line."),
    Kind(
        "gone",
        410,
        "No longer available",
        "What is counted was removed; drop the generation from the address for the present figure.",
    ),
    Kind(
        "changed", 412, "Precondition failed", "Fetch it again: it has changed since, or If-Match is wrong."
    ),
    Kind(
        "too-large",
        413,
        "Too large",
        "Ask for less: a smaller limit, more filters, or the whole data from /download.",
    ),
    Kind("media-type", 415, "Media type not supported", "Send the body as one of the types that are named."),
    Kind("range", 416, "Range not available", "Ask for bytes within the length that Content-Range tells."),
    Kind(
        "value",
        422,
        "Invalid request",
        "Correct the parameter that is named; /api/docs lists each one's values and ranges.",
    ),
    Kind("too-many", 429, "Too many requests", "Wait for the seconds that Retry-After says; ask one by one."),
    Kind(
        "internal", 500, "Internal error", "Report it, with the time of day: the server's log has the rest."
    ),
    Kind(
        "not-here",
        501,
        "Not available on this server",
        "Ask a server that has the extra or the knowledge base that is named.",
    ),
    Kind("other-server", 502, "The other server failed", "Ask again; if it lasts, tell who runs the server."),
    Kind(
        "busy",
        503,
        "Temporarily unavailable",
        "Ask again after the seconds that Retry-After says, or after ten.",
    ),
    Kind("time-limit", 504, "Timed out", "Ask a narrower question, or run it on the data from /download."),
)
"""The kinds of problems; the first with a status is meant where no other is named."""
_BY_NAME = {kind.name: kind for kind in KINDS}
_BY_STATUS = {kind.status: kind for kind in reversed(KINDS)}


async def described(request: Request, name: str) -> Response:
    """A kind of problem, as the IRI of its type answers: what it is, and what to do.

    Raises:
        UnknownError: there is none of this name.
    """
    if name not in _BY_NAME:
        raise unknown("kind of problem", name, _BY_NAME)
    kind = _BY_NAME[name]
    if "text/html" in request.headers.get("accept", ""):
        return _page(request, f"{kind.title} ({kind.status})", kind.remedy)
    told = {"iri": kind.iri, "status": kind.status, "title": kind.title, "remedy": kind.remedy}
    return JSONResponse(told, headers={"Vary": "Accept"})


class ProblemError(Exception):
    """An answer that is a problem: a status, one sentence, and more members."""

    def __init__(
        self, status: int, detail: str, *, headers: dict[str, str] | None = None, **members: Any
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.members = status, detail, members
        self.headers = headers or {}


def response(
    status: int,
    detail: str,
    headers: dict[str, str] | None = None,
    *,
    kind: str | None = None,
    **members: Any,
) -> JSONResponse:
    """A problem as a response; ``kind`` names one of :data:`KINDS` where the status has several.

    >>> response(404, "there is no case X").body[:73]
    b'{"type":"https://w3id.org/imr-kg/errors/not-found","title":"Not found","s'
    """
    known = _BY_NAME[kind] if kind else _BY_STATUS.get(status)
    type_, title = (known.iri, known.title) if known else ("about:blank", HTTPStatus(status).phrase)
    body = {"type": type_, "title": title, "status": status, "detail": detail}
    return JSONResponse(
        body | members, status, headers={"Cache-Control": "no-store"} | (headers or {}), media_type=MEDIA_TYPE
    )


def install(app: FastAPI) -> None:
    """Make every error of ``app`` a problem, and a page where a person looks."""

    async def on_problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, ProblemError)
        return show(request, error.status, error.detail, error.headers, **error.members)

    async def on_known(request: Request, error: Exception) -> Response:
        status = next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), 400)
        # Where the base lies on this machine is nobody's business.
        place = f"{request.app.state.state.path}: "
        return show(request, status, str(error).removeprefix(place))

    async def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        headers = dict(error.headers or {})
        return show(request, error.status_code, _sentence(request, error, headers), headers)

    async def on_invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        found = error.errors()
        faults = [{"where": ".".join(map(str, fault["loc"])), "fault": fault["msg"]} for fault in found]
        first, kind = faults[0], found[0]["type"]
        fault = "the value does not have the expected format" if "pattern" in kind else first["fault"]
        return show(request, 422, f"{first['where']}: {fault}", errors=faults)

    async def on_fault(request: Request, error: Exception) -> Response:
        log.error("a request failed: %s %s", request.method, request.url.path, exc_info=error)
        return show(request, 500, "internal error; details are in the server log")

    app.add_api_route("/errors/{name}", described, include_in_schema=False)
    app.add_exception_handler(ProblemError, on_problem)
    app.add_exception_handler(KgError, on_known)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(Exception, on_fault)


def _sentence(request: Request, error: HTTPException, headers: dict[str, str]) -> str:
    """What is wrong, where the framework has no more to say than the name of the status."""
    if error.detail != HTTPStatus(error.status_code).phrase:
        return str(error.detail)
    path = request.url.path[:_SHOWN]
    if error.status_code == HTTPStatus.NOT_FOUND:
        return f"there is nothing at {path}"
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return f"{path} takes {headers.get('Allow', 'another method')}, not {request.method}"
    return str(error.detail)


def show(
    request: Request, status: int, detail: str, headers: dict[str, str] | None = None, **members: Any
) -> Response:
    """The problem as a page for a browser on a page's address, else as JSON."""
    accept = request.headers.get("accept", "")
    machine = request.url.path.startswith(("/api", "/sparql"))
    if machine or "text/html" not in accept:
        return response(status, detail, headers, **members)
    kind = _BY_STATUS.get(status)
    page = _page(
        request,
        kind.title if kind else HTTPStatus(status).phrase,
        f"{detail[:1].upper()}{detail[1:]}{'' if detail.endswith('.') else '.'}",
    )
    page.status_code = status
    page.headers.update(headers or {})
    return page


def _page(request: Request, title: str, detail: str) -> Response:
    root = request.scope.get("root_path", "")
    text = request.app.state.templates.get_template("problem.html").render(
        title=title, detail=detail, page="problem", generation="", url=lambda path: root + path
    )
    return Response(text, 200, {"Vary": "Accept"}, "text/html")
