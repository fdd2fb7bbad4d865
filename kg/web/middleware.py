"""Headers of every answer, and its figures."""

import time
from collections.abc import Callable
from urllib.parse import quote

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.web.problems import response

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
    " font-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What a page may do: nothing from elsewhere, no inline script, no ``eval``."""

EDITOR_POLICY = POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
"""The same for the query editor, whose component sets style elements of its own."""

_FIXED = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Answers:
    """Adds the security headers, the generation, and tells ``observe`` about each request."""

    def __init__(
        self, app: ASGIApp, generation: Callable[[], str], observe: Callable[[Scope, int, float], None]
    ) -> None:
        self._app, self._generation, self._observe = app, generation, observe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        named = {name for name, _ in scope["headers"]}
        if {b"content-length", b"transfer-encoding"} <= named:  # two lengths: one may be a smuggler's
            refusal = response(400, "a body has one length", {"Connection": "close"})
            await refusal(scope, receive, send)
            return
        # One for all that see the request, also where a copy of it is passed on.
        scope.setdefault("state", {})
        started, status = time.perf_counter(), 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(raw=message.setdefault("headers", []))
                for name, value in _FIXED.items():
                    headers.setdefault(name, value)
                site = scope["state"].get("site")  # the one that answers, also while another is put in place
                headers.setdefault("KG-Generation", quote(site.generation if site else self._generation()))
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            self._observe(scope, status, time.perf_counter() - started)
