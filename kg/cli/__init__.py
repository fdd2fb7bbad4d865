"""The ``kg`` command."""

import gc
import os
import sys
from io import TextIOWrapper
from typing import Annotated

import typer

from kg.cli import (
    ask_check,
    build,
    cite_schema,
    drivers_related,
    export_publish,
    parse,
    query,
    serve_sample,
    show_search_stats,
    sides_outcomes_network,
    verify_correct_remove,
)
from kg.cli.command import app

ROOMS = (
    parse,
    cite_schema,
    build,
    verify_correct_remove,
    show_search_stats,
    query,
    ask_check,
    drivers_related,
    sides_outcomes_network,
    export_publish,
    serve_sample,
)
"""Each adds its commands to ``app`` when it is imported."""

ORDER = (
    *("sample", "parse", "cite", "schema"),
    *("build", "stats", "show", "search", "sentences", "ask", "check", "query"),
    *("drivers", "related", "sides", "outcomes", "grounds", "trends", "network"),
    *("correct", "remove", "verify", "validate"),
    *("figure", "deposit", "export", "publish", "serve", "mcp"),
)
"""The commands as ``kg --help`` lists them: the way that a letter goes."""

app.registered_commands.sort(key=lambda command: ORDER.index(command.name or ""))


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(version("imr-kg"))
        raise typer.Exit


@app.callback()
def _kg(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """California's Independent Medical Review letters as a knowledge graph."""


def main() -> None:
    """Run the command line; the entry point of ``kg``."""
    # Analyses take two threads themselves; their matrices are small, and further threads would only wait.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # What a command loads stays: to look for garbage among it again and again took a quarter of its start.
    gc.freeze()
    gc.set_threshold(50_000, 20, 10)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    app()
