"""``kg ask`` and ``kg check``: a question in words, and the claims of a text."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from kg.cli.command import (
    DEFAULT_KB,
    DONE,
    FAULTS,
    Form,
    Kb,
    Printed,
    command,
    is_file,
    print_file,
    print_json,
    say,
    table,
)
from kg.errors import SettingError

_FIGURES = (
    *("measured", "mean", "median", "least", "greatest", "part", "part_letters"),
    *("decisions", "letters", "upheld", "overturned", "modified", "rate", "low", "high"),
)

_CHECKED = ("claim", "part", "words", "verdict", "in the base")


@command(
    'kg ask "overturn rate of physical therapy by year"',
    'kg ask "are opioids overturned more often than NSAIDs" --format json',
)
def ask(
    question: Annotated[list[str], typer.Argument(help="The question; quotes are not needed.")],
    kb: Kb = DEFAULT_KB,
    form: Printed = Form.TABLE,
    sparql: Annotated[bool, typer.Option("--sparql", help="Print the SPARQL behind the answer.")] = False,
) -> None:
    """Answer a question in words, and show its interpretation."""
    import json

    from kg.analysis.cache import Analyses
    from kg.base.store import KnowledgeBase
    from kg.cited.citable import Citable
    from kg.cited.of_questions import told as with_figures
    from kg.questions import answers

    with KnowledgeBase.open(kb) as base:
        analyses = Analyses.of(base)
        answer = answers.ask(analyses, " ".join(question))
        cite = Citable.of(base, analyses).cite
        told = with_figures(answer, cite, base.generation) if form is Form.JSON else {}
    if sparql:
        print(answer.sparql or "")
    elif form is Form.JSON:
        print(json.dumps(told, ensure_ascii=False, indent=1, default=str))
    elif is_file(form):
        rows = answer.rows or (answer.value,)
        names = list(dict.fromkeys(name for row in rows for name in row))
        cells = [[row.get(name) for name in names] for row in rows]
        print_file(form, names, cells, base.generation, question=answer.echo, notes=answer.notes)
    else:
        say(answer.echo)
        if answer.value and "difference" not in answer.value:
            table([name for name in _FIGURES if name in answer.value], [_shown(answer.value)], "")
        if answer.rows:
            columns = list(answer.rows[0])
            table(columns, [[_cell(row[name]) for name in columns] for row in answer.rows], "")
        for note in answer.notes:
            say(note)


def _shown(value: Any) -> list[Any]:
    return [_cell(value[name]) for name in _FIGURES if name in value]


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return f"{value:.3f}" if isinstance(value, float) else value


@command(
    'kg check "CM16-0000001 upheld an MRI citing ACOEM chapter 12."',
    "kg check brief.txt --format json",
    "kg check - < brief.txt",
)
def check(
    text: Annotated[list[str], typer.Argument(help="A text, a text file, or - for standard input.")],
    kb: Kb = DEFAULT_KB,
    form: Printed = Form.TABLE,
) -> int:
    """Check the claims in a text, part by part; exits with 1 if a part differs."""
    from kg.analysis.cache import Analyses
    from kg.base.store import KnowledgeBase
    from kg.cited.citable import Citable
    from kg.claims.check import check as checked

    with KnowledgeBase.open(kb) as base:
        found = checked(Citable.of(base, Analyses.of(base)), _read(" ".join(text)))
    rows = [
        [number, part.kind, part.text, part.verdict.value, part.says]
        for number, claim in enumerate(found.claims, 1)
        for part in claim.parts
    ]
    if form is Form.JSON:
        print_json(found.to_dict())
    elif is_file(form):
        print_file(form, _CHECKED, rows, base.generation)
    else:
        table(_CHECKED, rows)
        say(", ".join(f"{number} {name}" for name, number in found.counts.items() if number) or "no claims")
    return FAULTS if found.counts["differs"] else DONE


def _read(given: str) -> str:
    """The text that is given, or that a file or standard input holds."""
    if given == "-":
        return sys.stdin.buffer.read().decode("utf-8", "replace")
    path = Path(given)
    try:
        is_file = len(given) < 4_096 and path.is_file()
    except (OSError, ValueError):  # a text that no path can be
        return given
    if not is_file:
        return given
    data = path.read_bytes()
    if b"\0" in data:
        raise SettingError(f"{given} is not a text file")
    return data.decode("utf-8", "replace")
