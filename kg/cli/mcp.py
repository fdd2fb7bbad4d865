"""``kg mcp``: a door for agents over standard input and output."""

from typing import TYPE_CHECKING

from kg.cli.command import DEFAULT_KB, Kb, command
from kg.errors import SettingError

if TYPE_CHECKING:
    from fastapi import FastAPI


@command("kg mcp --kb kb")
def mcp(kb: Kb = DEFAULT_KB) -> None:
    """Serve the Model Context Protocol on standard input and output, for an agent that starts this command.

    The tools are those of `/mcp` of `kg serve`; they only read.
    Needs the extra: pip install "imr-kg[agents]".
    """
    import asyncio
    from importlib.util import find_spec

    from kg.web.app import create_app

    if find_spec("mcp") is None:
        raise SettingError('kg mcp needs the extra: pip install "imr-kg[agents]"')
    asyncio.run(_serve(create_app(kb)))


async def _serve(app: "FastAPI") -> None:
    from kg.web.agents.server import server

    async with app.router.lifespan_context(app):
        await server(app).run_stdio_async()
