"""Write a knowledge base, or some of its cases, in the formats of other tools.

All but workbooks and networks are streamed: memory stays flat in the number of letters.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain, groupby, islice
from typing import TYPE_CHECKING, BinaryIO

import pyoxigraph as ox

from kg import sheets
from kg.base.export_formats import QUOTED, Format
from kg.base.graphs import CATALOGUE, case_quads, open_read_only
from kg.base.store import KnowledgeBase
from kg.base.stored_columns import COLUMNS, FACTS, Kind
from kg.base.tables import arrow
from kg.errors import SettingError, UnknownError
from kg.graph import annotations, iri, jsonld
from kg.graph.vocab import SKOS

if TYPE_CHECKING:
    import networkx as nx
    from arro3.core import Array, RecordBatch

_RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_PREFIXES = {
    "imr": f"{iri.ONTOLOGY}#",
    "oa": "http://www.w3.org/ns/oa#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def export(
    base: KnowledgeBase,
    form: str,
    out: BinaryIO,
    cases: Iterable[str] | None = None,
    *,
    quotes: bool = False,
) -> None:
    """Write a base to ``out``, all of it or the cases given.

    With ``quotes``, N-Triples and Turtle hold an annotation for each fact that quotes the letter.

    Raises:
        SettingError: there is no such format.
        UnknownError: the base has no such case.
        BaseError: the base cannot be opened.
    """
    if form not in [*Format]:
        raise SettingError(f"expected a format ({', '.join(Format)}), found {form!r}")
    wanted = None if cases is None else list(dict.fromkeys(cases))
    for case in wanted or ():
        if case not in base:
            raise UnknownError(f"{base.path}: there is no case {case!r}")
    if quotes and form not in QUOTED:
        raise SettingError(f"quotes are written as {' or '.join(QUOTED)}, not as {form}")
    _WRITERS[Format(form)](base, out, wanted)
    if quotes:
        _quotes(base, out, base.cases() if wanted is None else wanted)


def _quotes(base: KnowledgeBase, out: BinaryIO, cases: Iterable[str]) -> None:
    """The annotations of cases as N-Triples, which is Turtle, too; a letter's text is read once for each."""
    for case in cases:
        found = annotations.n_triples(base.determination(case), base.letter(case))
        out.write(found.encode("utf-8", "replace"))


def _quads(store: ox.Store, cases: Iterable[str]) -> Iterator[ox.Quad]:
    return chain.from_iterable(case_quads(store, case) for case in cases)


def _n_triples(base: KnowledgeBase, out: BinaryIO, cases: list[str] | None) -> None:
    _rdf(base, out, cases, ox.RdfFormat.N_TRIPLES)


def _turtle(base: KnowledgeBase, out: BinaryIO, cases: list[str] | None) -> None:
    _rdf(base, out, cases, ox.RdfFormat.TURTLE, _PREFIXES)


def _rdf(
    base: KnowledgeBase,
    out: BinaryIO,
    cases: list[str] | None,
    form: ox.RdfFormat,
    prefixes: dict[str, str] | None = None,
) -> None:
    store = open_read_only(base.graph_folder)
    if cases is None:
        store.dump(out, form, from_graph=ox.DefaultGraph(), prefixes=prefixes)
    else:
        triples = (quad.triple for quad in _quads(store, cases))
        ox.serialize(triples, out, form, prefixes=prefixes)


def _json_ld(base: KnowledgeBase, out: BinaryIO, cases: list[str] | None) -> None:
    store = open_read_only(base.graph_folder)
    head = json.dumps(jsonld.context(), ensure_ascii=False)[:-1]
    out.write(f'{head}, "@graph": [\n'.encode())
    chosen = base.cases() if cases is None else cases
    letters = (jsonld.document(case, case_quads(store, case)) for case in chosen)
    for number, document in enumerate(chain(letters, _shared(base) if cases is None else ())):
        out.write(f"{',' if number else ''}{json.dumps(document, ensure_ascii=False)}\n".encode())
    out.write(b"]}\n")


def _shared(base: KnowledgeBase) -> Iterator[jsonld.Json]:
    """What letters share, the ontology and its catalogues: a document for each thing."""
    quads = ox.parse(path=base.folder / CATALOGUE, format=ox.RdfFormat.N_TRIPLES)
    for _, about in groupby(quads, lambda quad: quad.subject):
        yield jsonld.expanded(about)


def _parquet(base: KnowledgeBase, out: BinaryIO, cases: list[str] | None) -> None:
    arrow.write(base.rows("facts", cases), FACTS, out)


def _csv(base: KnowledgeBase, out: BinaryIO, cases: list[str] | None, *, bom: bool = False) -> None:
    out.write(sheets.BOM.encode() if bom else b"")
    plain = {name: Kind.TEXT if kind is Kind.TEXTS else kind for name, kind in FACTS.items()}
    out.write(arrow.csv(arrow.table((), plain), header=True))
    for rows in base.rows("facts", cases):
        columns = [_cells(rows, name, kind) for name, kind in FACTS.items()]
        out.write(arrow.csv(arrow.beside(columns, plain)))


def _cells(rows: "RecordBatch", name: str, kind: Kind) -> "Array":
    """A column as CSV has it: lists joined, and no text that a spreadsheet would compute."""
    if kind not in (Kind.TEXT, Kind.TEXTS):
        return rows.column(name)
    values = arrow.values(rows, name)
    if kind is Kind.TEXTS:
        values = [None if each is None else "; ".join(each) for each in values]
    elif not any(value is not None and value.startswith(sheets.FORMULA) for value in values):
        return rows.column(name)
    return arrow.column([sheets.safe(value) for value in values], Kind.TEXT)


def _xlsx(base: KnowledgeBase, out: BinaryIO, cases: list[str] | None) -> None:
    rows = islice(arrow.rows_of(base.rows("facts", cases)), sheets.MOST_ROWS + 1)
    meanings = {name: words for name, (_, words) in COLUMNS["facts"].items()}
    about = {"source": "kg export", "generation": base.generation, "cases": len(cases) if cases else None}
    out.write(sheets.write(sheets.Table("facts", list(meanings), rows, meanings, about), "xlsx"))


def _graphml(base: KnowledgeBase, out: BinaryIO, cases: list[str] | None) -> None:
    import networkx as nx

    nx.write_graphml(_network(base, cases), out)


def _gexf(base: KnowledgeBase, out: BinaryIO, cases: list[str] | None) -> None:
    import networkx as nx

    nx.write_gexf(_network(base, cases), out)


def _network(base: KnowledgeBase, cases: list[str] | None) -> "nx.MultiDiGraph[str]":
    """The triples of cases as nodes with attributes and edges with the property's name."""
    import networkx as nx

    store = open_read_only(base.graph_folder)
    network: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for quad in _quads(store, base.cases() if cases is None else cases):
        subject, name = _path(quad.subject), _local(quad.predicate)
        if isinstance(quad.object, ox.Literal):
            said = network.nodes[subject] if subject in network else {}
            value = _NOT_XML.sub("\ufffd", quad.object.value)
            network.add_node(subject, **{name: f"{said[name]}; {value}" if name in said else value})
        elif quad.predicate.value == _RDF_TYPE:
            network.add_node(subject, kind=_local(quad.object))
        else:
            network.add_edge(subject, _path(quad.object), key=name, property=name)
    for node, said in network.nodes(data=True):
        said["label"] = said.get("itemText") or _label(store, node) or node
    return network


def _path(term: ox.NamedNode | ox.BlankNode | ox.Triple) -> str:
    return str(term.value).removeprefix(iri.BASE) if isinstance(term, ox.NamedNode) else str(term)


def _local(term: ox.NamedNode | ox.BlankNode | ox.Triple) -> str:
    return re.split(r"[#/]", _path(term))[-1]


def _label(store: ox.Store, path: str) -> str | None:
    node = ox.NamedNode(f"{iri.BASE}{path}")
    found = next(store.quads_for_pattern(node, ox.NamedNode(SKOS.prefLabel), None), None)
    return found.object.value if found and isinstance(found.object, ox.Literal) else None


_WRITERS: dict[Format, Callable[[KnowledgeBase, BinaryIO, list[str] | None], None]] = {
    Format.N_TRIPLES: _n_triples,
    Format.TURTLE: _turtle,
    Format.JSON_LD: _json_ld,
    Format.PARQUET: _parquet,
    Format.CSV: _csv,
    Format.CSV_BOM: partial(_csv, bom=True),
    Format.XLSX: _xlsx,
    Format.GRAPHML: _graphml,
    Format.GEXF: _gexf,
}
