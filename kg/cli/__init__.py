"""The ``kg`` command."""

import sys
from io import TextIOWrapper
from typing import Annotated

import typer

from kg.cli import (
    analysing,
    asking,
    building,
    comparing,
    exporting,
    keeping,
    parsing,
    querying,
    reading,
    serving,
)
from kg.cli.edge import app

ROOMS = (parsing, reading, building, keeping, asking, querying, analysing, comparing, exporting, serving)
"""Each adds its commands to ``app`` when it is imported."""

ORDER = (
    *("sample", "parse", "cite", "schema"),
    *("build", "stats", "show", "search", "query"),
    *("drivers", "related", "sides", "outcomes", "network"),
    *("correct", "remove", "verify", "validate"),
    *("export", "publish", "serve"),
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
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """California's Independent Medical Review letters as a knowledge graph."""


def main() -> None:
    """Run the command line; the entry point of ``kg``."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    app()
