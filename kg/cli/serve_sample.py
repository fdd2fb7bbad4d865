"""``kg serve``, ``kg mcp`` and ``kg sample``: a server to look at, a door for agents, letters to try."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kg.cli.command import DEFAULT_KB, STOPPED, Kb, command, say
from kg.errors import ExtraError, SettingError

if TYPE_CHECKING:
    from kg.web.settings import Settings


@command(
    "kg serve",
    "kg serve --kb kb --port 8080 --time-limit 5",
    "kg serve --endpoint http://127.0.0.1:7878/query",
    "kg serve --endpoint http://127.0.0.1:7878/query --kb kb",
)
def serve(
    kb: Annotated[
        Path | None, typer.Option("--kb", help="Directory of the knowledge base; default: kb.")
    ] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on; default: 127.0.0.1.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; default: 8000.")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes for visitors' SPARQL queries.")] = None,
    time_limit: Annotated[float | None, typer.Option(help="Time limit of a query, in seconds.")] = None,
    root_path: Annotated[
        str | None, typer.Option(help="Path prefix under which a reverse proxy serves the site.")
    ] = None,
    endpoint: Annotated[
        str | None, typer.Option(metavar="URL", help="SPARQL server that holds the published graph.")
    ] = None,
) -> int:
    """Serve the knowledge base: pages, graph view, JSON API and SPARQL endpoint.

    With --endpoint, all queries go to another SPARQL server; without --kb, only the pages and responses
    that need nothing but the graph are available. Its user and password are read from KG_PUBLISH_USER and
    KG_PUBLISH_PASSWORD.

    Options not given are read from the environment (KG_PORT and so on), then from the defaults.
    """
    from kg.base.publish import Endpoint
    from kg.base.store import KnowledgeBase
    from kg.web import server

    settings = _settings(
        host=host,
        port=port,
        workers=workers,
        time_limit=time_limit,
        root_path=root_path,
        endpoint=endpoint,
    )
    if settings.endpoint:
        Endpoint(settings.endpoint).ask("ASK {}", "*/*", seconds=10, most=100_000)
    else:
        kb = kb or DEFAULT_KB
    if kb is not None:
        with KnowledgeBase.open(kb):  # what is wrong with it is said before an address is taken
            pass
    server.serve(kb, settings, lambda at: say(f"Open {at} in a browser; Ctrl-C stops the server."))
    return STOPPED  # uvicorn serves until Ctrl-C, and ends SIGTERM by that signal


def _settings(**given: object) -> "Settings":
    """What was given on the command line, over what the environment says."""
    from pydantic import ValidationError

    from kg.web.settings import Settings

    options: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    try:
        return Settings(**options)
    except ValidationError as error:
        fault = error.errors()[0]
        raise SettingError(
            f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}, found {fault['input']!r}"
        ) from error


@command("kg mcp --kb kb")
def mcp(kb: Kb = DEFAULT_KB) -> None:
    """Serve the Model Context Protocol on standard input and output, for an agent that starts this command.

    The tools are those of `/mcp` of `kg serve`; they are read-only.
    Requires the extra: pip install "imr-kg[agents]".
    """
    try:
        from kg.web.agents import tool_server
        from kg.web.app import create_app
    except ModuleNotFoundError as fault:
        raise ExtraError("kg mcp requires the extra: pip install 'imr-kg[agents]'") from fault

    tool_server.serve(create_app(kb))


@command(
    "kg sample --letters 200 --into sample",
    "kg sample --letters 10000 --seed 7 --template pages --effects effects.csv --into sample",
)
def sample(
    into: Annotated[Path, typer.Option(metavar="DIR", help="Directory for letters/ and truth.jsonl.")],
    letters: Annotated[int, typer.Option(metavar="N", help="Number of letters.")] = 100,
    seed: Annotated[int, typer.Option(help="The same seed gives the same letters.")] = 1,
    template: Annotated[str, typer.Option(help="Letter template: pages, sections, mixed, ...")] = "mixed",
    effects: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.csv",
            help="Odds ratios of overturning: kind,key,odds_ratio. Kinds are page, section, category, "
            "specialty, subcategory, year, edition, keys, letter (SD of the log odds that a letter's items "
            "share) and modified (modified share of items that are not overturned).",
        ),
    ] = None,
) -> None:
    """Generate synthetic letters in the real layouts, with the expected `kg parse` output of each."""
    from kg.sample import sample as make

    made = make(letters, seed, into, template, effects)
    share = f" ({made.overturned / made.items:.1%})" if made.items else ""
    say(
        f"{made.letters:,} letters with {made.items:,} items, {made.overturned:,} overturned{share}, "
        f"in {made.folder}"
    )
