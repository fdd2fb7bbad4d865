"""How answers travel: ``HEAD`` as ``GET`` without its body, packed by gzip, or a range of a table."""

import asyncio
import gzip
import re
from typing import NamedTuple

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.web import negotiate

_PACKED = (
    *("text/", "image/svg+xml", "application/json", "application/problem+json", "application/ld+json"),
    *("application/sparql-results+", "application/n-triples", "application/rdf+xml"),
    "application/graphml+xml",
)
"""How the media types begin whose bodies are packed."""
_LEAST = 1_000
"""Bytes of a body from which on it is packed."""
WHOLE = "kg.whole"
"""The key of a scope under which an application is told not to stream: length or a part is asked for."""
_RANGED = "text/csv"
"""The media type of which a range of bytes is given: readers of tables fetch what they need."""
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
_LEVEL = 1  # four fifths of what level 6 saves, in a third of its time


class Transfer:
    """Answers ``HEAD`` wherever there is ``GET``, and packs bodies that are sent whole."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        head = scope["method"] == "HEAD"
        if head:
            scope = {**scope, "method": "GET"}
        headers = Headers(scope=scope)
        takes = negotiate.packed(headers.get("accept-encoding"))
        asked = _Part(headers["range"], headers.get("if-range")) if "range" in headers else None
        scope[WHOLE] = head or asked is not None
        await self._app(scope, receive, _Sending(send, head=head, packing=takes, asked=asked))


class _Part(NamedTuple):
    """The part of an answer that a request asks for, ``only_of`` the answer with a tag."""

    written: str
    only_of: str | None

    def wanted(self, etag: str | None) -> bool:
        """Whether a part is to be given of the answer with this tag (RFC 9110, 13.1.5)."""
        return self.only_of is None or self.only_of == etag


class _Sending:
    """Sends an answer's head with its first piece of body, for a whole body is packed before."""

    def __init__(self, send: Send, *, head: bool, packing: bool, asked: _Part | None) -> None:
        self._send, self._head, self._packing, self._asked = send, head, packing, asked
        self._start: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        if self._start is not None and message["type"] == "http.response.body":
            start, self._start = self._start, None
            message = await self._first(start, message)
            await self._send(start)
        if self._head and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)

    async def _first(self, start: Message, message: Message) -> Message:
        headers = MutableHeaders(raw=start["headers"])
        kind = headers.get("content-type", "")
        if message.get("more_body") or "content-encoding" in headers or not kind.startswith(_PACKED):
            return message
        body = message.get("body", b"")
        if kind.startswith(_RANGED) and start["status"] == 200:
            headers["Accept-Ranges"] = "bytes"
            if self._asked and self._asked.wanted(headers.get("etag")):
                return {**message, "body": _ranged(start, headers, body, self._asked.written)}
        if len(body) < _LEAST:
            return message
        headers.add_vary_header("Accept-Encoding")
        if self._packing:
            body = await asyncio.to_thread(gzip.compress, body, _LEVEL, mtime=0)
            headers["Content-Encoding"], headers["Content-Length"] = "gzip", str(len(body))
            if (etag := headers.get("etag", "")).startswith('"'):
                headers["ETag"] = f"W/{etag}"  # weak: the same for the packed and the plain answer
        return {**message, "body": body}


def _ranged(start: Message, headers: MutableHeaders, body: bytes, asked: str) -> bytes:
    """The part of a body that is asked for (RFC 9110, 14.2); a form that is not understood asks for all."""
    if (found := _RANGE.fullmatch(asked.replace(" ", ""))) is None or not any(found.groups()):
        return body
    size = len(body)
    if found[1]:
        first, last = int(found[1]), min(int(found[2]) if found[2] else size - 1, size - 1)
    else:  # the last bytes
        first, last = max(0, size - int(found[2])), size - 1
    if first > last:
        start["status"], part = 416, b""
        headers["Content-Range"] = f"bytes */{size}"
    else:
        start["status"], part = 206, body[first : last + 1]
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    headers["Content-Length"] = str(len(part))
    return part
