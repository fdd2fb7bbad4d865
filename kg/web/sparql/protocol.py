"""``/sparql``: the SPARQL 1.1 Protocol, queries only (https://www.w3.org/TR/sparql11-protocol/)."""

import asyncio
import hashlib
import logging
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, NamedTuple, TypeVar
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.types import Receive, Scope, Send

from kg.errors import QueryError
from kg.graph.entailed import rewritten
from kg.graph.sparql import graphs, no_such
from kg.graph.syntax import explained
from kg.web import negotiate
from kg.web.problems import ProblemError
from kg.web.settings import Settings
from kg.web.sparql import guard, service_description
from kg.web.sparql.lanes import Answer, Frame, Lane, RefusalError
from kg.web.transfer import WHOLE

T = TypeVar("T")

log = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False)  # the protocol has its own description, on an empty GET

SOLUTIONS = {
    "application/sparql-results+json": "json",
    "application/json": "json",
    "application/sparql-results+xml": "xml",
    "application/xml": "xml",
    "text/xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
}
GRAPHS = {
    "text/turtle": "ttl",
    "application/n-triples": "nt",
    "text/plain": "nt",
    "application/rdf+xml": "rdf",
    "application/xml": "rdf",
    "application/ld+json": "jsonld",
    "application/json": "jsonld",
}
_MEDIA_TYPES = {form: media_type for media_type, form in reversed((SOLUTIONS | GRAPHS).items())} | {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
    "nt": "application/n-triples",
}
_FORMS = {"select": SOLUTIONS, "ask": SOLUTIONS, "graph": GRAPHS}
_TEXT = {"csv", "tsv", "ttl", "nt"}
_METHODS = "GET, HEAD, POST, OPTIONS"
_FORM_TYPE, _QUERY_TYPE = "application/x-www-form-urlencoded", "application/sparql-query"
_WHOLE = 0.03  # a result that is whole so soon after its first part is sent with its length, or refused


class ClientGoneError(Exception):
    """Nobody waits for this answer any more."""


class Asked(NamedTuple):
    """What a request asks: the query and the dataset that the protocol names."""

    query: str
    default_graphs: list[str]
    named_graphs: list[str]

    def job(self, request: Request, settings: Settings) -> dict[str, object]:
        """The order to a worker."""
        accept = _asked_format(request) or request.headers.get("accept")
        named = bool(self.default_graphs or self.named_graphs)
        return {
            "query": rewritten(self.query),
            "written": self.query,
            "base": str(request.url.replace(query="", fragment="")),
            "graphs": [*graphs(self.query), *self.default_graphs, *self.named_graphs],
            "default_graph": self.default_graphs if named else None,
            "named_graphs": self.named_graphs if named else None,
            "formats": {kind: negotiate.best(accept, offered) for kind, offered in _FORMS.items()},
            "max_bytes": settings.result_bytes,
            "max_rows": settings.result_rows,
        }


def _asked_format(request: Request) -> str | None:
    """The media types of ``?format=csv``, for links that a person follows."""
    wanted = request.query_params.get("format", "")
    found = [kind for offered in (SOLUTIONS, GRAPHS) for kind, form in offered.items() if form == wanted]
    return ", ".join(found) or None


@router.api_route("/sparql", methods=["GET", "HEAD", "POST"])
@router.api_route("/sparql/", methods=["GET", "HEAD", "POST"])
async def endpoint(request: Request) -> Response:
    """Answer a query, or return the service description if there is none."""
    settings: Settings = request.app.state.settings
    await request.app.state.state.asked_for(request)
    asked = await _read(request, settings)
    if asked is None:
        return service_description.service(request)
    try:
        guard.check(asked.query)
    except QueryError as error:
        raise ProblemError(400, str(error), kind="query-refused") from error
    etag = _etag(request, asked)
    if request.method != "POST" and negotiate.unchanged(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers={"ETag": etag})
    lane: Lane = request.app.state.state.visitors
    try:
        return await _until_gone(request, _answer(request, lane, asked))
    except ClientGoneError:
        return Response(status_code=499)
    except RefusalError as refusal:
        raise await _refused(refusal, settings) from refusal


async def _answer(request: Request, lane: Lane, asked: Asked) -> Response:
    job = asked.job(request, request.app.state.settings)
    answer: Answer = await request.app.state.state.ask(request, lane, job, client_of(request))
    try:
        response = await _respond(
            answer, {"ETag": _etag(request, asked)}, asked.query, whole=request.scope.get(WHOLE, False)
        )
    except BaseException:
        answer.cancel()
        raise
    return response


async def collected(request: Request, query: str, client: str) -> tuple[str, bytes]:
    """A visitor's query answered whole for a page: its kind, and SPARQL JSON or N-Triples.

    Raises:
        ProblemError: as a request to ``/sparql`` would be refused.
    """
    settings: Settings = request.app.state.settings
    lane: Lane = request.app.state.state.visitors
    job = Asked(query, [], []).job(request, settings)
    job["formats"] = {"select": "json", "ask": "json", "graph": "nt"}
    try:
        answer: Answer = await request.app.state.state.ask(request, lane, job, client)
    except RefusalError as refusal:
        raise await _refused(refusal, settings) from refusal
    parts, kind = [], ""
    try:
        while (frame := await answer.next()).kind in "HD":
            if frame.kind == "H":
                kind = frame.fields()["kind"]
            else:
                parts.append(frame.payload)
    finally:
        answer.cancel()
    if frame.kind == "X":
        raise _problem(frame, query)
    return kind, b"".join(parts)


async def _refused(refusal: RefusalError, settings: Settings) -> ProblemError:
    """A refusal for load, held back so that asking again at once costs the asker more than us."""
    await asyncio.sleep(settings.refusal_delay)
    whose = " from your address" if refusal.status == 429 else ""
    return ProblemError(
        refusal.status,
        f"too many queries are waiting{whose}",
        headers={"Retry-After": str(refusal.retry_after)},
    )


@router.options("/sparql")
@router.options("/sparql/")
def methods() -> Response:
    """The methods allowed at this address."""
    return Response(
        status_code=204, headers={"Allow": _METHODS, "Accept-Post": f"{_QUERY_TYPE}, {_FORM_TYPE}"}
    )


def client_of(request: Request) -> str:
    """Who asks, for fair shares: the address, which a trusted proxy may have told."""
    return request.client.host if request.client else "unknown"


async def _read(request: Request, settings: Settings) -> Asked | None:
    """What is asked; ``None`` for a plain GET.

    Raises:
        ProblemError: the request is not one of the protocol's three forms.
    """
    pairs = _pairs(request.scope["query_string"])
    if request.method != "POST":
        return _asked(pairs, settings) if pairs else None
    media_type, _, parameters = request.headers.get("content-type", "").partition(";")
    media_type = media_type.strip().lower()
    if media_type == "application/sparql-update":
        raise ProblemError(403, "this server does not accept updates")
    if media_type not in {_FORM_TYPE, _QUERY_TYPE}:
        raise ProblemError(
            415, f"send the query as {_QUERY_TYPE} or {_FORM_TYPE}", headers={"Accept-Post": _QUERY_TYPE}
        )
    charset = parameters.lower().partition("charset=")[2].strip(' "')
    if charset and charset not in {"utf-8", "utf8"}:
        raise ProblemError(415, f"unsupported charset {charset}, use UTF-8")
    # A form may write each byte with three.
    body = await read_body(request, 3 * settings.query_bytes + 4096, settings.body_time)
    if media_type == _FORM_TYPE:
        return _asked(pairs + _pairs(body), settings)
    return _asked([*pairs, ("query", _decode(body))], settings)


async def read_body(request: Request, limit: int, seconds: float) -> bytes:
    """A request's body of at most ``limit`` bytes that comes within ``seconds``.

    Raises:
        ProblemError: it is larger (413) or slower (408), or compressed (415).
    """
    if request.headers.get("content-encoding", "identity") != "identity":
        raise ProblemError(
            415, "compressed request bodies are not supported", headers={"Accept-Encoding": "identity"}
        )
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > limit:
                    raise ProblemError(
                        413, f"the request body exceeds {limit} bytes", headers={"Connection": "close"}
                    )
    except TimeoutError as error:
        raise ProblemError(408, "the request body timed out", headers={"Connection": "close"}) from error
    return bytes(body)


def _decode(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProblemError(400, f"byte {error.start} of the text is not UTF-8") from error


def _pairs(raw: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            _decode(raw), keep_blank_values=True, errors="strict", max_num_fields=200, separator="&"
        )
    except UnicodeDecodeError as error:
        raise ProblemError(400, "a parameter is not UTF-8") from error
    except ValueError as error:
        raise ProblemError(400, "there are more than 200 parameters") from error


def _asked(pairs: list[tuple[str, str]], settings: Settings) -> Asked:
    values: dict[str, list[str]] = {}
    for key, value in pairs:
        values.setdefault(key, []).append(value)
    if any(key in values for key in ("update", "using-graph-uri", "using-named-graph-uri")):
        raise ProblemError(403, "this server does not accept updates")
    queries = values.get("query", [])
    if len(queries) != 1:
        raise ProblemError(400, f"expected one parameter named query, found {len(queries)}")
    if len(queries[0].encode("utf-8", "replace")) > settings.query_bytes:
        raise ProblemError(413, f"the query is larger than {settings.query_bytes} bytes")
    if "\x00" in queries[0]:
        raise ProblemError(400, "the query contains a null character")
    graphs = (values.get("default-graph-uri", []), values.get("named-graph-uri", []))
    if sum(map(len, graphs)) > 100:
        raise ProblemError(400, "there are more than 100 graphs")
    return Asked(queries[0], *graphs)


def _etag(request: Request, asked: Asked) -> str:
    """The tag of the answer of the generation that gave it, or of the one that is served."""
    state = request.app.state.state
    site = getattr(request.state, "site", state.site)
    parts = (state.graph_version(site), request.headers.get("accept", ""), *map(str, asked))
    return f'"{hashlib.sha256(chr(0).join(parts).encode("utf-8", "replace")).hexdigest()[:24]}"'


async def _until_gone(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """What ``work`` gives, unless the client goes away first.

    Raises:
        ClientGoneError: it did.
    """
    task, gone = asyncio.ensure_future(work), asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ClientGoneError
        return task.result()
    finally:
        task.cancel()
        gone.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _respond(answer: Answer, headers: dict[str, str], query: str, *, whole: bool) -> Response:
    """A response whose status is sure: whole where it is small or wanted so, else streamed.

    Raises:
        ProblemError: the query failed before anything of its result was there.
    """
    head = await answer.next()
    if head.kind == "X":
        raise _problem(head, query)
    form = head.fields()["format"]
    media_type = _MEDIA_TYPES[form] + ("; charset=utf-8" if form in _TEXT else "")
    parts: list[bytes] = []
    with suppress(TimeoutError):
        async with asyncio.timeout(None) as patience:
            while (frame := await answer.next()).kind == "D":
                parts.append(frame.payload)
                if patience.when() is None and not whole:
                    patience.reschedule(asyncio.get_running_loop().time() + _WHOLE)
    if frame.kind == "X":
        raise _problem(frame, query)
    if frame.kind == "E":
        return Response(b"".join(parts), headers=headers, media_type=media_type)
    return StreamedResponse(answer, b"".join(parts), headers=headers, media_type=media_type)


class StreamedResponse(Response):
    """A whole result that is sent in chunks; should its worker die meanwhile, it gets no final chunk."""

    def __init__(self, answer: Answer, begun: bytes, *, headers: dict[str, str], media_type: str) -> None:
        super().__init__(None, headers=headers, media_type=media_type)
        del self.headers["content-length"]
        self._answer, self._begun = answer, begun

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the result; the worker is freed when the client goes away."""
        gone = asyncio.ensure_future(_gone(Request(scope, receive)))
        gone.add_done_callback(lambda _: self._answer.cancel())
        try:
            await send(
                {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
            )
            await send({"type": "http.response.body", "body": self._begun, "more_body": True})
            while (frame := await self._answer.next()).kind == "D":
                await send({"type": "http.response.body", "body": frame.payload, "more_body": True})
            if frame.kind == "E":
                await send({"type": "http.response.body", "body": b"", "more_body": False})
            else:
                log.warning("a result was broken off: %s", frame.fields()["error"])
        finally:
            gone.cancel()
            self._answer.cancel()


def _problem(frame: Frame, query: str) -> ProblemError:
    """What a worker's error about a query is to a client."""
    fields = frame.fields()
    match fields.pop("error"):
        case "syntax":
            fault = explained(fields["message"], query)
            return ProblemError(400, str(fault), kind="query-syntax", line=fault.line, column=fault.column)
        case "unknown-graph":
            return ProblemError(400, no_such(fields["graph"]), kind="query-refused")
        case "not-acceptable":
            offered = ", ".join(_FORMS[fields["kind"]])
            return ProblemError(406, f"available formats of this result: {offered}")
        case "time-limit":
            return ProblemError(504, f"the query did not end in {fields['seconds']:g} s; ask for less")
        case "too-large":
            return ProblemError(
                413,
                f"the result has too many {fields['limit']}; use LIMIT and OFFSET, "
                "or download everything from /download",
            )
        case "died":
            return ProblemError(400, "the query exceeds the limit of memory or nesting", kind="query-refused")
        case "endpoint":
            return ProblemError(502, fields["message"])
        case _:
            return ProblemError(400, fields["message"])
