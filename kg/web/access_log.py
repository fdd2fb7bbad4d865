"""A line of JSON for each request, where ``KG_ACCESS_LOG`` asks for it."""

import json
import logging
import sys
from datetime import UTC, datetime

from starlette.types import Scope

log = logging.getLogger(__name__)


def start() -> None:
    """Write the lines to standard output, apart from what the server says of itself."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("%(message)s"))
    log.handlers = [handler]
    log.propagate = False
    log.setLevel(logging.INFO)


def write(scope: Scope, status: int, seconds: float) -> None:
    """Write the line of one request that took ``seconds``."""
    log.info(line(scope, status, seconds, datetime.now(UTC)))


def line(scope: Scope, status: int, seconds: float, ended: datetime) -> str:
    """What one request was, as an object of JSON on one line; ``milliseconds`` until its end.

    >>> scope = {"method": "GET", "path": "/cases", "query_string": b"year=2017", "client": ("127.0.0.1", 5)}
    >>> line(scope, 200, 0.0123, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))[:72]
    '{"time":"2026-01-02T03:04:05.000+00:00","client":"127.0.0.1","method":"G'
    """
    client = scope.get("client")
    told = {
        "time": ended.isoformat(timespec="milliseconds"),
        "client": client[0] if client else "",
        "method": scope["method"],
        "path": scope["path"],
        "query": scope["query_string"].decode("latin-1"),
        "route": getattr(scope.get("route"), "path", ""),
        "status": status,
        "milliseconds": round(seconds * 1000, 1),
    }
    return json.dumps(told, separators=(",", ":"))
