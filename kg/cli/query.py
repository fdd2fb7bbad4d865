"""``kg query``: SPARQL on a knowledge base, or on a server that holds one."""

import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kg.cli import query_parameters
from kg.cli.command import DEFAULT_KB, Kb, command, print_file, say, table
from kg.errors import QueryError, SettingError

if TYPE_CHECKING:
    import pyoxigraph as ox

    Answer = ox.QuerySolutions | ox.QueryBoolean | Iterable[ox.Triple]
    """Rows, yes or no, or the triples of CONSTRUCT and DESCRIBE."""

_WHOLE = "http://www.w3.org/2001/XMLSchema#integer"


class Form(StrEnum):
    """How the answer to a query is printed."""

    TABLE = "table"
    CSV = "csv"
    CSV_BOM = "csv-bom"
    XLSX = "xlsx"
    JSON = "json"
    XML = "xml"
    TSV = "tsv"
    TTL = "ttl"
    NT = "nt"


@command(
    "kg query",
    "kg query outcomes_by_page --format csv",
    "kg query cases_citing_page -p page=chronic-pain/2009/page/98",
    'kg query "SELECT (COUNT(*) AS ?triples) { ?s ?p ?o }"',
    "kg query outcomes_by_section --endpoint http://127.0.0.1:7878/query",
)
def query(
    asked: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME|SPARQL|FILE.rq|-", help="A named query, SPARQL, a file, or - for standard input."
        ),
    ] = None,
    kb: Kb = DEFAULT_KB,
    parameters: Annotated[
        list[str] | None,
        typer.Option("--parameter", "-p", metavar="NAME=VALUE", help="Value of a query parameter."),
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="Output format.")] = Form.TABLE,
    endpoint: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Query a SPARQL server that holds a published knowledge base."),
    ] = None,
) -> None:
    """Query the knowledge base in SPARQL: SELECT, ASK, CONSTRUCT or DESCRIBE.

    Without an argument, lists the named queries and their parameters. A server's user and password are
    read from KG_PUBLISH_USER and KG_PUBLISH_PASSWORD.
    """
    if asked is None:
        _list_queries()
        return
    found, given = query_parameters.find(asked), query_parameters.values(parameters or ())
    bound = found.bind(given)
    if endpoint is not None:
        _print_answer(_ask_server(endpoint, bound), form)
        return
    from kg.base.graphs import open_read_only
    from kg.base.store import KnowledgeBase

    with KnowledgeBase.open(kb) as base:
        graph = open_read_only(base.graph_folder)
        _print_answer(_answered(base.folder, graph, bound), form, base.generation)
        for name, node in found.nodes(given).items():
            if not _ask_base(graph, f"ASK {{ {{ {node} ?p ?o }} UNION {{ ?s ?p {node} }} }}"):
                say(f"parameter {name}: {given[name]!r} does not occur in {kb}")


def _list_queries() -> None:
    from kg import queries

    rows = []
    for name in queries.names():
        found = queries.load(name)
        takes = ", ".join(
            f"{p.name} ({p.type})" if p.default is None else f"{p.name} ({p.type}, {p.default})"
            for p in found.parameters
        )
        rows.append((name, found.summary, takes))
    table(("query", "what it answers", "parameters"), rows)


def _answered(generation: Path, graph: "ox.Store", text: str) -> "Answer":
    """The answer to a query, which is kept if nothing is given to it."""
    import pyoxigraph as ox

    from kg.analysis.prepared import query_answers

    if not query_answers.is_kept(text):
        return _ask_base(graph, text)
    form = ox.QueryResultsFormat.JSON
    kept = query_answers.read(generation, text)
    if kept is None:
        answer = _ask_base(graph, text)
        if not isinstance(answer, ox.QuerySolutions | ox.QueryBoolean):
            return answer
        kept = answer.serialize(format=form) or b""
        query_answers.write(generation, text, kept)
    return ox.parse_query_results(kept, form)


def _ask_base(graph: "ox.Store", text: str) -> "Answer":
    from kg.graph.entailed import rewritten
    from kg.graph.sparql import check_graphs
    from kg.graph.syntax import explained

    try:
        check_graphs(text)
        # The text goes to Oxigraph's own engine: rdflib would fetch what SERVICE and FROM name.
        with suppress(SyntaxError):  # a fault is told with its place in the text as it was given
            return graph.query(rewritten(text))
        return graph.query(text)
    except SyntaxError as fault:
        raise QueryError(f"this is not SPARQL: {explained(fault.msg, text)}") from fault
    except (OSError, ValueError, RuntimeError) as fault:
        raise QueryError(f"the query could not be answered: {fault}") from fault


def _ask_server(endpoint: str, text: str) -> "Answer":
    import pyoxigraph as ox

    from kg.base.publish import Endpoint
    from kg.graph.entailed import rewritten

    try:
        result = Endpoint(endpoint).graph.query(rewritten(text))
    except (OSError, ValueError) as fault:
        raise QueryError(f"{endpoint}: the query could not be answered: {fault}") from fault
    if result.type in ("CONSTRUCT", "DESCRIBE"):
        lines = result.graph.serialize(format="nt") if result.graph is not None else ""
        return [quad.triple for quad in ox.parse(lines, ox.RdfFormat.N_TRIPLES)]
    rows = result.serialize(format="json") or b""
    return ox.parse_query_results(rows, ox.QueryResultsFormat.JSON)


def _print_answer(answer: "Answer", form: Form, generation: str | None = None) -> None:
    import pyoxigraph as ox

    forms: dict[Form, Any]
    if isinstance(answer, ox.QuerySolutions | ox.QueryBoolean):
        results = ox.QueryResultsFormat
        kind = "SELECT and ASK"
        forms = {Form.CSV: results.CSV, Form.JSON: results.JSON, Form.XML: results.XML, Form.TSV: results.TSV}
    else:
        kind = "CONSTRUCT and DESCRIBE"
        forms = {Form.TTL: ox.RdfFormat.TURTLE, Form.NT: ox.RdfFormat.N_TRIPLES}
    if form is Form.TABLE:
        _print_table(answer)
        return
    if form in (Form.CSV_BOM, Form.XLSX) and isinstance(answer, ox.QuerySolutions | ox.QueryBoolean):
        _print_sheet(answer, form, generation)
        return
    if form not in forms:
        known = ", ".join(["table", *forms, *([Form.CSV_BOM, Form.XLSX] if Form.CSV in forms else ())])
        raise SettingError(f"the format of {kind} is one of {known}, found {form.value}")
    sys.stdout.flush()
    if isinstance(answer, ox.QuerySolutions | ox.QueryBoolean):
        answer.serialize(sys.stdout.buffer, forms[form])
    else:
        ox.serialize(answer, sys.stdout.buffer, forms[form])
    if sys.stdout.isatty():
        print()  # some forms end without a line end


def _print_sheet(answer: "ox.QuerySolutions | ox.QueryBoolean", form: Form, generation: str | None) -> None:
    """The rows for a spreadsheet: numbers and days are such, IRIs are whole."""
    import pyoxigraph as ox

    if isinstance(answer, ox.QueryBoolean):
        print_file(form, ["answer"], [[bool(answer)]], generation)
        return
    columns = [variable.value for variable in answer.variables]
    print_file(form, columns, ([_value(term) for term in row] for row in answer), generation)


def _value(term: Any) -> Any:
    """A term as a cell of a sheet."""
    kind = getattr(getattr(term, "datatype", None), "value", "").rpartition("#")[2]
    makers: dict[str, Callable[[str], Any]] = {"integer": int, "decimal": float, "double": float}
    make = makers.get(kind, date.fromisoformat if kind == "date" else str)
    return None if term is None else make(getattr(term, "value", str(term)))


def _print_table(answer: "Answer") -> None:
    import pyoxigraph as ox

    if isinstance(answer, ox.QueryBoolean):
        print("yes" if answer else "no")
        return
    if isinstance(answer, ox.QuerySolutions):
        columns = [variable.value for variable in answer.variables]
        rows = [_cells(row) for row in answer]
    else:
        columns = ["subject", "predicate", "object"]
        rows = [_cells((t.subject, t.predicate, t.object)) for t in answer]
    table(columns, rows)
    say(f"{len(rows):,} row{'' if len(rows) == 1 else 's'}")


def _cells(terms: Iterable[Any]) -> list[object]:
    """Terms as cells: whole numbers as such, our own IRIs without their base."""
    from kg.graph import iri

    def shown(term: Any) -> object:
        if term is None:
            return None
        if getattr(getattr(term, "datatype", None), "value", None) == _WHOLE:
            return int(term.value)
        return str(getattr(term, "value", term)).removeprefix(iri.BASE)

    return [shown(term) for term in terms]
