"""The protocol: an MCP server whose tools ask the application."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import wraps
from importlib.metadata import version
from inspect import signature
from typing import Annotated, Any

from fastapi import FastAPI
from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from mcp.types import CallToolResult, TextContent, ToolAnnotations
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from kg.web.agents.tools import Tools
from kg.web.api.answers.brief import Brief

_MOST_BYTES = 262_144
"""Of a request."""
_ABOUT = """\
Independent Medical Review decisions of California's workers' compensation: for each disputed treatment
the guideline pages that the insurer's denial and the reviewer cite, the reviewer's reasons, and the
outcome: upheld (the denial stands) or overturned. Begin with ask for a count or rate, find for a name,
drivers for what goes with overturning, decisions and decision to read letters, related for requests like
one's own, query for SPARQL. Give the number of decisions, the interval and the address with each figure:
they are associations, not predictions.
"""


def server(app: ASGIApp) -> MCPServer[None]:
    """An MCP server over ``app``, with its tools; none of them changes anything."""
    handlers, level = list(logging.root.handlers), logging.root.level
    made: MCPServer[None] = MCPServer(
        "imr-kg", title="Independent Medical Review", instructions=_ABOUT, version=version("imr-kg")
    )
    logging.root.handlers[:] = handlers  # where logs go is for the program to say, not for the protocol
    logging.root.setLevel(level)
    reads = ToolAnnotations(read_only_hint=True, destructive_hint=False, open_world_hint=False)
    for tool in Tools(app).all():
        made.add_tool(_compact(tool), annotations=reads, structured_output=True)
    return made


def _compact(tool: Callable[..., Awaitable[Brief]]) -> Callable[..., Awaitable[CallToolResult]]:
    """``tool``, whose answer as text takes no more room than as an object; the SDK would indent it."""

    @wraps(tool)
    async def call(**given: Any) -> CallToolResult:
        answer = await tool(**given)
        text = TextContent(type="text", text=answer.model_dump_json())
        return CallToolResult(content=[text], structured_content=answer.model_dump(mode="json"))

    taken = signature(tool)
    returned = Annotated[CallToolResult, taken.return_annotation]
    call.__signature__ = taken.replace(return_annotation=returned)  # type: ignore[attr-defined]
    return call


def routes(made: MCPServer[None]) -> list[BaseRoute]:
    """The one route ``/mcp``, without sessions: each request is answered by itself, as JSON."""
    return list(
        made.streamable_http_app(
            streamable_http_path="/mcp",
            json_response=True,
            stateless_http=True,
            max_request_body_size=_MOST_BYTES,
            transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
        ).routes
    )


def serve(app: FastAPI) -> None:
    """Serve the tools on standard input and output until it ends."""

    async def run() -> None:
        async with app.router.lifespan_context(app):
            await server(app).run_stdio_async()

    asyncio.run(run())
