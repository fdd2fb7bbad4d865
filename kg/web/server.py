"""Run the app with uvicorn, closing connections that only wait."""

import asyncio
import logging
import time
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from kg.web.app import create_app
from kg.web.settings import Settings

log = logging.getLogger(__name__)


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


def serve(base_path: str | Path, host: str | None = None, port: int | None = None, **options: Any) -> None:
    """Serve the knowledge base at ``base_path`` until SIGTERM or SIGINT.

    ``options`` are fields of :class:`~kg.web.settings.Settings`; what is not given comes from the
    environment.

    Raises:
        BaseError: there is no knowledge base at ``base_path``.
        pydantic.ValidationError: an option has a value that cannot be used.
    """
    given = {"host": host, "port": port, **options}
    settings = Settings(**{name: value for name, value in given.items() if value is not None})
    app = create_app(Path(base_path), settings)

    class Protocol(PatientProtocol):
        head_time, read_time = settings.head_time, settings.read_time

    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
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
