"""Run the app with uvicorn, closing connections that only wait."""

import asyncio
import logging
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from kg.errors import KgError, why
from kg.web.app import create_app
from kg.web.settings import Settings

log = logging.getLogger(__name__)


class ServeError(KgError):
    """The server cannot be started."""


class PatientProtocol(H11Protocol):
    """HTTP/1.1 whose patience has an end: uvicorn alone waits for a request's head for ever.

    A connection on which no whole request head arrives within ``head_time`` is closed, and one
    whose client takes nothing of what was sent for ``read_time`` is cut.
    """

    head_time = 5.0
    read_time = 30.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a head, and to watch the client read."""
        super().connection_made(transport)
        self._heads, self._unread, self._since = 0, 0, time.monotonic()
        self._wait = self.loop.call_later(self.head_time, self._no_head)
        self._watch = self.loop.call_later(self.read_time, self._no_reader)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._wait.cancel()
        self._watch.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take data; the first of a next request starts the clock for its head."""
        begun = self.scope
        idle = begun is None or (self.cycle is not None and self.cycle.response_complete)
        super().data_received(data)
        if self.scope is not begun:
            self._wait.cancel()
        elif idle and begun is not None and (self._wait.cancelled() or self._wait.when() < self.loop.time()):
            self._wait = self.loop.call_later(self.head_time, self._no_head)

    def _no_head(self) -> None:
        if not self.transport.is_closing():
            self.transport.abort()

    def _no_reader(self) -> None:
        """Cut a connection whose send buffer did not shrink since the last look."""
        unread = self.transport.get_write_buffer_size()
        if unread and unread == self._unread:
            self.transport.abort()
            return
        self._unread = unread
        self._watch = self.loop.call_later(self.read_time, self._no_reader)


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 is any free one.

    Raises:
        ServeError: the address is none of this machine's, or another program has it.
    """
    try:
        kind, *_, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        # The protocol is named so that asyncio sends the second part of an answer at once (TCP_NODELAY).
        listening = socket.socket(kind, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(place)
        except OSError:
            listening.close()
            raise
    except (OSError, UnicodeError) as fault:
        told = f"cannot listen on {host}:{port}: {why(fault)}; give another --host or --port"
        raise ServeError(told) from fault
    return listening


class Server(uvicorn.Server):
    """A server that tells its address once it answers."""

    def __init__(self, config: uvicorn.Config, told: Callable[[str], None]) -> None:
        super().__init__(config)
        self._told = told

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        if self.started and sockets:
            host, port = sockets[0].getsockname()[:2]
            host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - all addresses: one of them
            self._told(f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/")


def serve(base_path: str | Path | None, settings: Settings, told: Callable[[str], None] = log.info) -> None:
    """Serve the knowledge base at ``base_path`` until SIGTERM or SIGINT; ``told`` gets its address.

    Without ``base_path`` the graph is on the server that the settings name, and there is nothing else.

    Raises:
        BaseError: there is no knowledge base at ``base_path``.
        ServeError: it cannot listen, or its query processes cannot be started.
    """
    listening = listen(settings.host, settings.port)
    sys.setswitchinterval(0.001)  # seconds: an answer waits so long for a thread that computes

    class Protocol(PatientProtocol):
        head_time, read_time = settings.head_time, settings.read_time

    with listening:
        config = uvicorn.Config(
            create_app(None if base_path is None else Path(base_path), settings),
            http=Protocol,
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            root_path=settings.root_path,
            proxy_headers=True,
            forwarded_allow_ips=settings.trusted_proxies,
            limit_concurrency=settings.connections,
            backlog=1024,
            timeout_keep_alive=15,
            timeout_graceful_shutdown=int(settings.drain_time),
            h11_max_incomplete_event_size=65_536,
        )
        server = Server(config, told)
        with suppress(KeyboardInterrupt):
            server.run([listening])
    if not server.started:
        raise ServeError("the server could not be started; see the error above")
