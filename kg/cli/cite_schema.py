"""``kg cite`` and ``kg schema``: a guideline field to JSON, and the form that letters have in it."""

import json
import sys
from collections.abc import Iterator
from typing import Annotated

import typer

from kg import contract
from kg.cli.command import command


@command("kg schema > determination.schema.json")
def schema() -> None:
    """Print the JSON Schema of the output of `kg parse`."""
    print(json.dumps(contract.schema(), indent=2, ensure_ascii=False))


@command(
    'kg cite "Decision based on MTUS Low Back Complaints 2004, Section(s): Special Studies."',
    "kg cite - < fields.txt > citations.jsonl",
)
def cite(
    text: Annotated[str, typer.Argument(help="A guideline field; - reads one per line from standard input.")],
) -> None:
    """Parse guideline fields into basis and citations, one JSON object per field."""
    from kg.reading.citing.citations import read_field

    for line in _lines() if text == "-" else [text]:
        field, problems = read_field(line)
        print(contract.line(contract.field_to_json(field, problems)))


def _lines() -> Iterator[str]:
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", "replace").rstrip("\r\n")
