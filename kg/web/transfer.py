"""How answers travel: ``HEAD`` as ``GET`` without its body, packed, in ranges, not again to who has them."""

import asyncio
import hashlib
import re
import zlib
from contextlib import suppress
from importlib import import_module
from typing import Any, NamedTuple

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.web import negotiate

_PACKED = (
    *("text/", "image/svg+xml", "application/json", "application/problem+json", "application/ld+json"),
    *("application/sparql-results+", "application/n-triples", "application/rdf+xml"),
    *("application/graphml+xml", "application/atom+xml", "application/sparql-query"),
)
"""How the media types begin whose bodies are packed."""
_LEAST = 1_000
"""Bytes of a body from which on it is packed."""
WHOLE = "kg.whole"
"""The key of a scope under which an application is told not to stream: length or a part is asked for."""
_RANGED = "text/csv"
"""The media type of which a range of bytes is given: readers of tables fetch what they need."""
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


def _zstd() -> Any:
    """The library for zstd, which Python has from 3.14 on; the extra ``zstd`` brings it to earlier ones."""
    for name in ("compression.zstd", "backports.zstd"):
        with suppress(ImportError):
            return import_module(name)
    return None


_ZSTD = _zstd()
PACKINGS = ("zstd", "gzip") if _ZSTD else ("gzip",)
"""How bodies can be packed, the one that is preferred first."""
_LEVELS = {"gzip": 1, "zstd": 3}  # of gzip, four fifths of what level 6 saves, in a third of its time


class Packing:
    """One body that is packed, piece by piece.

    >>> import gzip
    >>> packing = Packing("gzip")
    >>> gzip.decompress(packing.add(b"one, ") + packing.add(b"two") + packing.end())
    b'one, two'
    """

    def __init__(self, name: str) -> None:
        self._zstd = name == "zstd"
        level = _LEVELS[name]
        self._made: Any = (
            _ZSTD.ZstdCompressor(level)
            if self._zstd
            else zlib.compressobj(level, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
        )

    def add(self, piece: bytes) -> bytes:
        """What can be sent of all pieces so far, so that the client has them at once."""
        if self._zstd:
            return bytes(self._made.compress(piece, self._made.FLUSH_BLOCK))
        return bytes(self._made.compress(piece) + self._made.flush(zlib.Z_SYNC_FLUSH))

    def end(self) -> bytes:
        """The end of the body."""
        return bytes(self._made.flush())

    def whole(self, body: bytes) -> bytes:
        """A body that has one piece."""
        return bytes(self._made.compress(body) + self._made.flush())


class Transfer:
    """Answers ``HEAD`` wherever there is ``GET``, packs bodies, and tells a client that has one so."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method, whole = scope["method"], scope
        if method == "HEAD":
            scope = {**scope, "method": "GET"}
        headers = Headers(scope=scope)
        asked = _Part(headers["range"], headers.get("if-range")) if "range" in headers else None
        scope[WHOLE] = method == "HEAD" or asked is not None
        known = headers.get("if-none-match") if method in {"GET", "HEAD"} else None
        takes = negotiate.packing(headers.get("accept-encoding"), PACKINGS)
        try:
            await self._app(
                scope, receive, _Sending(send, method=method, takes=takes, known=known, asked=asked)
            )
        finally:
            if "route" in scope:  # which the log and the metrics name
                whole["route"] = scope["route"]


class _Part(NamedTuple):
    """The part of an answer that a request asks for, ``only_of`` the answer with a tag."""

    written: str
    only_of: str | None

    def wanted(self, etag: str | None) -> bool:
        """Whether a part is to be given of the answer with this tag (RFC 9110, 13.1.5)."""
        return self.only_of is None or self.only_of == etag


class _Sending:
    """Sends an answer's head with its first piece of body, for a whole body is packed before."""

    def __init__(
        self, send: Send, *, method: str, takes: str | None, known: str | None, asked: _Part | None
    ) -> None:
        self._send, self._method, self._takes, self._known, self._asked = send, method, takes, known, asked
        self._start: Message | None = None
        self._stream: Packing | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        if self._start is not None and message["type"] == "http.response.body":
            start, self._start = self._start, None
            message = await self._first(start, message)
            await self._send(start)
        elif self._stream is not None and message["type"] == "http.response.body":
            message = self._packed(self._stream, message)
        if self._method == "HEAD" and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)

    async def _first(self, start: Message, message: Message) -> Message:
        headers = MutableHeaders(raw=start["headers"])
        kind = headers.get("content-type", "")
        if message.get("more_body"):
            return self._begun(headers, message) if kind.startswith(_PACKED) else message
        body = message.get("body", b"")
        if start["status"] == 200 and self._method in {"GET", "HEAD"}:
            if kind.startswith(_PACKED) and "etag" not in headers and "content-encoding" not in headers:
                headers["ETag"] = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
            if self._known and "etag" in headers and negotiate.unchanged(self._known, headers["etag"]):
                start["status"] = 304
                for name in ("content-length", "content-type", "content-encoding"):
                    del headers[name]
                return {**message, "body": b""}
        if "content-encoding" in headers or not kind.startswith(_PACKED):
            return message
        if kind.startswith(_RANGED) and start["status"] == 200:
            headers["Accept-Ranges"] = "bytes"
            if self._asked and self._asked.wanted(headers.get("etag")):
                return {**message, "body": _ranged(start, headers, body, self._asked.written)}
        if len(body) < _LEAST:
            return message
        headers.add_vary_header("Accept-Encoding")
        if self._takes:
            body = await asyncio.to_thread(Packing(self._takes).whole, body)
            headers["Content-Encoding"], headers["Content-Length"] = self._takes, str(len(body))
            _weaken(headers)
        return {**message, "body": body}

    def _begun(self, headers: MutableHeaders, message: Message) -> Message:
        """The first piece of an answer that is sent in pieces; a file has a length and is sent as it is."""
        if "content-encoding" in headers or "content-length" in headers:
            return message
        headers.add_vary_header("Accept-Encoding")
        if self._takes is None:
            return message
        headers["Content-Encoding"] = self._takes
        _weaken(headers)
        self._stream = Packing(self._takes)
        return self._packed(self._stream, message)

    @staticmethod
    def _packed(stream: Packing, message: Message) -> Message:
        body = stream.add(message.get("body", b""))
        return {**message, "body": body if message.get("more_body") else body + stream.end()}


def _weaken(headers: MutableHeaders) -> None:
    """Make the tag one for the packed and the plain answer."""
    if (etag := headers.get("etag", "")).startswith('"'):
        headers["ETag"] = f"W/{etag}"


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
