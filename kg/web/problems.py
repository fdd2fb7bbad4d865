"""Errors as ``application/problem+json`` (RFC 9457), each with what to do."""

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

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


_TITLES = {
    400: "Bad request",
    404: "Page not found",
    405: "Method not allowed",
    406: "Format not available",
    410: "No longer available",
    422: "Invalid request",
    429: "Too many requests",
    500: "Internal error",
    501: "Not available on this server",
    503: "Temporarily unavailable",
    504: "Timed out",
}
"""What the page of a problem is headed by."""


class ProblemError(Exception):
    """An answer that is a problem: a status, one sentence, and more members."""

    def __init__(
        self, status: int, detail: str, *, headers: dict[str, str] | None = None, **members: Any
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.members = status, detail, members
        self.headers = headers or {}


def response(status: int, detail: str, headers: dict[str, str] | None = None, **members: Any) -> JSONResponse:
    """A problem as a response.

    >>> response(404, "there is no case X").body
    b'{"type":"about:blank","title":"Not Found","status":404,"detail":"there is no case X"}'
    """
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
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
    root = request.scope.get("root_path", "")
    text = request.app.state.templates.get_template("problem.html").render(
        title=_TITLES.get(status, HTTPStatus(status).phrase),
        detail=f"{detail[:1].upper()}{detail[1:]}{'' if detail.endswith('.') else '.'}",
        page="problem",
        generation="",
        url=lambda path: root + path,
    )
    return Response(text, status, headers, "text/html")
