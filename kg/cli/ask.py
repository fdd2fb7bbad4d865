"""``kg ask``: a question in words."""

from typing import Annotated, Any

import typer

from kg.cli.command import DEFAULT_KB, Form, Kb, Printed, command, say, table

_FIGURES = ("decisions", "letters", "upheld", "overturned", "modified", "rate", "low", "high")


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

    import polars as pl

    from kg.analysis.cache import Analyses
    from kg.base.store import KnowledgeBase
    from kg.questions import answers

    with KnowledgeBase.open(kb) as base:
        answer = answers.ask(Analyses.of(base), " ".join(question))
    if sparql:
        print(answer.sparql or "")
    elif form is Form.JSON:
        print(json.dumps(answer.to_dict(), ensure_ascii=False, indent=1, default=str))
    elif form is Form.CSV:
        rows = [
            {name: "; ".join(value) if isinstance(value, list) else value for name, value in row.items()}
            for row in answer.rows or (answer.value,)
        ]
        print(pl.DataFrame(rows, infer_schema_length=None).write_csv(), end="")
    else:
        say(answer.echo)
        if answer.value:
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
