"""The W3C's evaluation, syntax and result-format tests, each asked over HTTP.

Queries are sent with a ``BASE`` line, because their relative IRIs are relative to their files.
"""

import csv
import io
from collections import defaultdict
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from conftest_web import generation
from fastapi.testclient import TestClient
from rdflib import RDF, BNode, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.compare import isomorphic

from kg.web.app import create_app
from kg.web.settings import Settings

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
RS = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/result-set#")

FOLDERS = [
    *(
        "aggregates",
        "bind",
        "bindings",
        "cast",
        "construct",
        "csv-tsv-res",
        "exists",
        "functions",
        "grouping",
    ),
    *("json-res", "negation", "project-expression", "property-path", "subquery", "syntax-query"),
]
RESULTS = {".srx": "xml", ".srj": "json", ".csv": "csv", ".tsv": "tsv"}

# Test and cause. All are Oxigraph's, asked without HTTP it answers the same: the HTTP layer adds none.
_BY_VALUE = "numbers are kept by value, so 1.0e6 is not written back as it was"
_TAGGED = "GROUP_CONCAT keeps the language tag that all values share"
_ABSENT = "a path of no step from a node that no triple has is not found"
KNOWN: dict[str, str] = {
    "csv03": _BY_VALUE,
    "tsv03": _BY_VALUE,
    "agg-empty-group-count-graph": "a group without rows is not counted for each named graph",
    "graph": "a named graph of a pattern is not bound within EXISTS and VALUES",
    "graph-minus": "the variable of an outer GRAPH counts as shared in MINUS",
    "bnode01": "BNODE(text) gives one node for equal texts of several rows",
    "test_4": "it runs, and calls a function that nobody has: a syntax test is asked for its syntax alone",
    "agg-groupconcat-04": _TAGGED,
    "agg-groupconcat-06": _TAGGED,
    "zero_or_more_set_end": _ABSENT,
    "zero_or_more_set_start": _ABSENT,
    "zero_or_one_set_end": _ABSENT,
    "zero_or_one_set_start": _ABSENT,
}


def _quads(files: list[tuple[str, str | None]]) -> list[ox.Quad]:
    found = []
    for address, graph in files:
        path = address.removeprefix("file://")
        form = {".rdf": ox.RdfFormat.RDF_XML, ".nt": ox.RdfFormat.N_TRIPLES}.get(
            Path(path).suffix, ox.RdfFormat.TURTLE
        )
        name = ox.NamedNode(graph) if graph else ox.DefaultGraph()
        quads = ox.parse(path=path, format=form, base_iri=address)
        found += [ox.Quad(quad.subject, quad.predicate, quad.object, name) for quad in quads]
    return found


def _tests(manifest: Graph) -> list[Any]:
    entries = next(manifest.objects(None, MF.entries))
    return list(Collection(manifest, entries))


def _asked(manifest: Graph, test: Any) -> tuple[str, tuple[tuple[str, str | None], ...]]:
    """The query file of a test, and its data."""
    action = manifest.value(test, MF.action)
    query = manifest.value(action, QT.query)
    if query is None:
        return str(action), ()
    data = [(str(file), None) for file in manifest.objects(action, QT.data)]
    data += [(str(file), str(file)) for file in manifest.objects(action, QT.graphData)]
    return str(query), tuple(sorted(data, key=str))


def _fault(client: TestClient, manifest: Graph, test: Any, query: str) -> str | None:
    """What is wrong with the answer to a test."""
    kind = set(manifest.objects(test, RDF.type))
    text = Path(query.removeprefix("file://")).read_text(encoding="utf-8")
    expected = manifest.value(test, MF.result)
    suffix = Path(str(expected)).suffix if expected else ""
    accept = {".csv": "text/csv", ".tsv": "text/tab-separated-values", ".srj": "application/json"}.get(
        suffix, "application/sparql-results+xml, text/turtle"
    )
    answer = client.post(
        "/sparql",
        content=f"BASE <{query}>\n{text}".encode(),
        headers={"Content-Type": "application/sparql-query", "Accept": accept},
    )
    if MF.NegativeSyntaxTest11 in kind:
        return None if answer.status_code == 400 else f"accepted: {answer.status_code}"
    if MF.PositiveSyntaxTest11 in kind and "there is no such graph" in answer.text:
        return None  # it is SPARQL, and refused for what it asks
    if answer.status_code != 200:
        return f"{answer.status_code} {answer.text[:200]}"
    if expected is None or MF.PositiveSyntaxTest11 in kind:
        return None
    if suffix == ".csv":
        right = Path(str(expected).removeprefix("file://")).read_bytes().decode()
        return None if _csv(right) == _csv(answer.text) else answer.text[:300]
    if answer.headers["content-type"].startswith("text/turtle"):
        right_graph = Graph().parse(str(expected).removeprefix("file://"))
        return (
            None
            if isomorphic(right_graph, Graph().parse(data=answer.text, format="turtle"))
            else answer.text[:300]
        )
    form = {"text/tab-separated-values": "tsv", "application/json": "json"}.get(accept, "xml")
    return _compared(
        _expected(str(expected).removeprefix("file://")),
        ox.parse_query_results(answer.content, format=ox.QueryResultsFormat.from_extension(form)),
    )


def _csv(text: str) -> list[dict[str, str]]:
    """The rows by column; which label a blank node has says nothing."""
    rows = csv.DictReader(io.StringIO(text))
    plain = [{k: "_:" if v.startswith("_:") else v for k, v in row.items()} for row in rows]
    return sorted(plain, key=lambda row: sorted(row.items()))


def _expected(path: str) -> Any:
    if Path(path).suffix in RESULTS:
        form = ox.QueryResultsFormat.from_extension(RESULTS[Path(path).suffix])
        return ox.parse_query_results(path=path, format=form)
    return Graph().parse(path)


def _compared(right: Any, got: Any) -> str | None:
    if isinstance(right, ox.QueryBoolean):
        return None if isinstance(got, ox.QueryBoolean) and bool(right) == bool(got) else "the other truth"
    wanted = _of_set(right) if isinstance(right, Graph) else _as_graph(right)
    found = _as_graph(got)
    return (
        None if isomorphic(wanted, found) else f"{len(found)} instead of {len(wanted)}: {sorted(found)[:4]}"
    )


def _as_graph(rows: Any) -> Graph:
    """A result as a graph with a node for each row, so that blank nodes compare by their place."""
    graph, names = Graph(), [variable.value for variable in rows.variables]
    for solution in rows:
        row = BNode()
        graph.add((row, RDF.type, RS.ResultSolution))
        for name in names:
            if solution[name] is not None:
                graph.add((row, URIRef(f"v:{name}"), _term(solution[name])))
    return graph


def _term(term: Any) -> Any:
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    plain = term.datatype.value == "http://www.w3.org/2001/XMLSchema#string"
    kind = None if term.language or plain else URIRef(term.datatype.value)
    return _by_value(Literal(term.value, lang=term.language or None, datatype=kind))


def _by_value(literal: Literal) -> Literal:
    """Numbers that are equal, alike: the engine keeps values, not how they were written."""
    kind = str(literal.datatype or "").rpartition("#")[2]
    if kind in {"decimal", "double", "float", "integer"} and literal.value is not None:
        return Literal(f"{float(literal.value):.9g} {kind}")
    return literal


def _of_set(graph: Graph) -> Graph:
    found = Graph()
    for solution in graph.objects(None, RS.solution):
        row = BNode()
        found.add((row, RDF.type, RS.ResultSolution))
        for binding in graph.objects(solution, RS.binding):
            value = graph.value(binding, RS.value)
            value = _by_value(value) if isinstance(value, Literal) else value
            found.add((row, URIRef(f"v:{graph.value(binding, RS.variable)}"), value))
    return found


@pytest.mark.long
@pytest.mark.parametrize("folder", FOLDERS)
def test_folder(shared: Path, root: Path, folder: str):
    path = shared / "w3c/sparql/sparql11" / folder / "manifest.ttl"
    manifest = Graph().parse(path.resolve())
    groups = defaultdict(list)
    for test in _tests(manifest):
        query, data = _asked(manifest, test)
        groups[data].append((test, query))
    failed, count = {}, 0
    for number, (data, tests) in enumerate(groups.items(), 2):
        generation(root, f"{number:06d}", _quads(list(data)))
        with TestClient(create_app(root, Settings(workers=1, time_limit=10))) as client:
            for test, query in tests:
                count += 1
                if fault := _fault(client, manifest, test, query):
                    failed[str(test).rpartition("#")[2]] = fault
    assert count
    assert sorted(f"{name}: {fault}" for name, fault in failed.items() if name not in KNOWN) == []
    assert not set(KNOWN) & {str(t).rpartition("#")[2] for t in _tests(manifest)} - set(failed)
