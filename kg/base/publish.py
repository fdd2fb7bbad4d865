"""A base on another server: its triples sent there, and its named queries asked there.

Credentials come from the environment, ``KG_PUBLISH_USER`` and ``KG_PUBLISH_PASSWORD``, and are sent only
where the server asks for them.
"""

import http.client
import logging
import os
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import IO
from urllib.parse import SplitResult, urlencode, urlsplit

from pyoxigraph import DefaultGraph, RdfFormat
from rdflib import Graph
from rdflib.plugins.stores.sparqlstore import SPARQLStore

from kg.base.graphs import open_read_only
from kg.base.store import KnowledgeBase
from kg.errors import BaseError, SettingError

log = logging.getLogger(__name__)

USER, PASSWORD = "KG_PUBLISH_USER", "KG_PUBLISH_PASSWORD"

_CHUNK = 4 << 20  # bytes of a request to a graph store
_UPDATE_LINES = 1000  # triples of an update: Virtuoso compiles no longer ones
_PROTOCOLS = ("store", "update")


@dataclass(frozen=True, slots=True)
class Published:
    """What was sent where: number of triples and requests, and by which protocol."""

    to: str
    graph: str | None
    triples: int
    requests: int
    protocol: str


def publish(
    base: KnowledgeBase,
    to: str,
    *,
    graph: str | None = None,
    protocol: str | None = None,
    replace: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
) -> Published:
    """Send all triples of ``base`` to a SPARQL 1.1 server.

    ``to`` is the address of its Graph Store Protocol (``http://host:7878/store``), or of its SPARQL Update,
    which is taken where the address ends in ``update`` or ``sparql`` and ``protocol`` (``store`` or
    ``update``) does not say otherwise. ``graph`` names the graph there, else it is the default graph.
    The triples are added to those that are there; ``replace`` deletes these first. An Oxigraph server is
    asked to load them in bulk. ``on_progress`` is told how many triples of how many are sent.

    Raises:
        SettingError: the address or protocol cannot be used.
        BaseError: the server refuses, or is not there.
    """
    address = _checked(to)
    if protocol is None:
        protocol = "update" if address.path.rstrip("/").endswith(("update", "sparql")) else "store"
    if protocol not in _PROTOCOLS:
        raise SettingError(f"protocol {protocol!r}: expected one of {', '.join(_PROTOCOLS)}")
    server = _Server(to, graph)
    total, sent, requests = int(base.about["triples"]), 0, 0
    send = server.update if protocol == "update" else server.post
    if replace:
        server.clear(protocol)
    for lines in _chunks(base, _UPDATE_LINES if protocol == "update" else None):
        send(lines)
        sent, requests = sent + lines.count(b"\n"), requests + 1
        if on_progress:
            on_progress(sent, total)
    return Published(to, graph, sent, requests, protocol)


class TooLargeError(Exception):
    """An answer is larger than it may be: of ``bytes`` or ``rows``."""


@dataclass(frozen=True)
class Endpoint:
    """A SPARQL 1.1 query endpoint that holds a published base; named queries run on it as on a base."""

    url: str

    @cached_property
    def graph(self) -> Graph:
        """The triples there, as an rdflib graph that sends each query."""
        user, password = os.environ.get(USER), os.environ.get(PASSWORD)
        auth = (user, password) if user and password else None
        return Graph(store=SPARQLStore(self.url, returnFormat="json", auth=auth))

    def ask(
        self,
        query: str,
        accept: str,
        *,
        seconds: float,
        most: int,
        default_graphs: Iterable[str] = (),
        named_graphs: Iterable[str] = (),
    ) -> tuple[str, bytes]:
        """The answer to a query as it comes: its media type, and at most ``most`` bytes.

        Raises:
            SettingError: the address cannot be used.
            TooLargeError: the answer has more bytes.
            TimeoutError: it is not there after ``seconds``.
            BaseError: the server refuses, or cannot be reached.
        """
        _checked(self.url)
        form = [("query", query)]
        form += [("default-graph-uri", graph) for graph in default_graphs]
        form += [("named-graph-uri", graph) for graph in named_graphs]
        request = urllib.request.Request(self.url, urlencode(form).encode(), {"Accept": accept})  # noqa: S310
        end = time.monotonic() + seconds
        try:
            with _opener(self.url).open(request, timeout=seconds) as answer:
                return str(answer.headers.get("Content-Type", "")), _read(answer, most, end)
        except urllib.error.HTTPError as fault:
            raise _refused(_shown(self.url), fault) from fault
        except TimeoutError:
            raise
        except OSError as fault:
            if isinstance(getattr(fault, "reason", None), TimeoutError):
                raise TimeoutError from fault
            raise BaseError(f"{_shown(self.url)}: the server cannot be reached: {fault}") from fault


class _Server:
    """Requests to one graph on a server."""

    def __init__(self, address: str, graph: str | None) -> None:
        self._address, self._graph = address, graph
        self._open = _opener(address).open
        self._bulk = False

    def clear(self, protocol: str) -> None:
        """Delete what the graph holds."""
        if protocol == "store":
            self._request("PUT", self._store(), b"", "text/turtle")
        else:
            self._send_update(
                f"CLEAR SILENT {f'GRAPH <{self._graph}>' if self._graph else 'DEFAULT'}".encode()
            )

    def post(self, lines: bytes) -> None:
        """Add N-Triples by the Graph Store Protocol; they are Turtle, which every server reads."""
        self._request("POST", self._store(), lines, "text/turtle")

    def update(self, lines: bytes) -> None:
        """Add N-Triples by SPARQL Update."""
        first, last = (f"GRAPH <{self._graph}> {{".encode(), b"}") if self._graph else (b"", b"")
        self._send_update(b"INSERT DATA { " + first + b"\n" + lines + last + b"}")

    def _send_update(self, text: bytes) -> None:
        self._request("POST", self._address, text, "application/sparql-update")

    def _store(self) -> str:
        query = urlencode({"graph": self._graph}) if self._graph else "default"
        bulk = "&no_transaction&lenient" if self._bulk else ""
        return f"{self._address}{'&' if '?' in self._address else '?'}{query}{bulk}"

    def _request(self, method: str, url: str, data: bytes, kind: str) -> None:
        request = urllib.request.Request(url, data, {"Content-Type": kind}, method=method)  # noqa: S310 - checked
        try:
            with self._open(request, timeout=600) as answer:
                # Oxigraph alone has a bulk loader behind the protocol.
                self._bulk = str(answer.headers.get("Server", "")).startswith("Oxigraph")
        except urllib.error.HTTPError as fault:
            raise _refused(self._address, fault) from fault
        except OSError as fault:
            raise BaseError(f"{self._address}: the server cannot be reached: {fault}") from fault


def _chunks(base: KnowledgeBase, most: int | None) -> Iterator[bytes]:
    """The triples as N-Triples text, in pieces of whole lines, ``most`` lines at a time."""
    reading, writing = os.pipe()
    store = open_read_only(base.graph_folder)

    def dump() -> None:
        try:
            store.dump(f"/dev/fd/{writing}", RdfFormat.N_TRIPLES, from_graph=DefaultGraph())
        except OSError as fault:
            log.debug("the dump ended early: %s", fault)
        finally:
            os.close(writing)

    thread = threading.Thread(target=dump, name="dump", daemon=True)
    thread.start()
    with os.fdopen(reading, "rb") as file:
        yield from _cut(file, most)
    thread.join()


def _cut(file: IO[bytes], most: int | None) -> Iterator[bytes]:
    if most is None:
        while lines := file.readlines(_CHUNK):
            yield b"".join(lines)
        return
    lines = []
    for line in file:
        lines.append(line)
        if len(lines) == most:
            yield b"".join(lines)
            lines = []
    if lines:
        yield b"".join(lines)


def _checked(address: str) -> SplitResult:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise SettingError(f"{_shown(address)}: expected an http address without user and password")
    return parts


def _opener(address: str) -> urllib.request.OpenerDirector:
    """What opens ``address``, with user and password where the server asks for them."""
    answering: list[urllib.request.BaseHandler] = []
    if (user := os.environ.get(USER)) and (password := os.environ.get(PASSWORD)):
        known = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        known.add_password(None, address, user, password)
        answering += (urllib.request.HTTPDigestAuthHandler(known), urllib.request.HTTPBasicAuthHandler(known))
    return urllib.request.build_opener(*answering)


def _read(answer: http.client.HTTPResponse, most: int, end: float) -> bytes:
    """A body that comes in time, and is not too large."""
    body = bytearray()
    while part := answer.read1(1 << 16):
        body += part
        if len(body) > most:
            raise TooLargeError("bytes")
        if time.monotonic() > end:
            raise TimeoutError
    return bytes(body)


def _refused(address: str, fault: urllib.error.HTTPError) -> BaseError:
    said = fault.read(300).decode("utf-8", "replace").strip()
    wants = f"; set {USER} and {PASSWORD}" if fault.code in (401, 403) else ""
    return BaseError(f"{address}: the server answered {fault.code} {fault.reason}: {said}{wants}")


def _shown(address: str) -> str:
    """The address without a password."""
    parts = urlsplit(address)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
