"""The named queries of ``ontology/queries/``: what each answers and takes, and how it is asked.

A query file opens with lines that say so:

    #+ summary: Which cases cite a page?
    #+ parameter: page guideline
    #+ parameter: limit integer [100]
    #+ columns: case, item, outcome
    #+ figures: items, share
    SELECT * { VALUES $page { UNDEF } ?citation imr:citesPage $page . ... } LIMIT 100

``figures`` are the columns that are counted or measured; the others say of what, so that a row has a name.
A parameter has a name, a type and perhaps a default. The text is SPARQL as it stands: it holds a default, or
``UNDEF``, in a block ``VALUES $name { ... }``, and that of ``limit`` and ``offset`` after these keywords.
Types: ``iri`` (absolute, or relative to the base IRI), ``case`` (a case number), a concept scheme (a notation
or an IRI; pages are under ``guideline``), ``string``, ``integer``, ``decimal``, ``boolean``, ``date``, or the
values allowed, joined by ``|``. The value ``any``, where allowed or the default, restricts nothing.
"""

import difflib
import re
from collections import namedtuple
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib import import_module
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

from rdflib import Graph
from rdflib.query import Result
from rdflib.term import BNode, Literal, Node

from kg import resources
from kg.errors import IriError, QueryError, SettingError, UnknownError, extras
from kg.graph import iri
from kg.graph.entailed import rewritten
from kg.graph.sparql import check_graphs, tokens
from kg.graph.syntax import explained
from kg.graph.triples import escaped

if TYPE_CHECKING:
    import polars as pl

FOLDER = "queries"
ANY = "any"

Value = str | int | float | bool | date | None  # in an answer; an IRI is text, None is unbound
# rdflib's parser is not thread-safe, and one failure breaks it for good: one query at a time.
_LOCK = Lock()

_HEADER = re.compile(r"#\+[ \t]*(\w+):[ \t]*(.*?)[ \t]*\r?$", re.MULTILINE)
_PARAMETER = re.compile(r"(\w+)[ \t]+([\w|-]+)(?:[ \t]+\[([^\]]*)\])?")
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\\x7f]*")
_TEXT = re.compile(r"[\s{}]")  # what a SPARQL text has and a name has not
_SIMPLE_TYPES = ("iri", "case", "string", "integer", "decimal", "boolean", "date")


class HasGraph(Protocol):
    """A knowledge base, as far as queries need one."""

    @property
    def graph(self) -> Graph:
        """The triples."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a query takes: ``default`` is its printed form, ``None`` where a value must be given."""

    name: str
    type: str
    default: str | None = None

    def term(self, value: object) -> str:
        """``value`` as a SPARQL term.

        >>> Parameter("page", "guideline").term("acoem-2004/page/308")
        '<https://w3id.org/imr-kg/guideline/acoem-2004/page/308>'
        >>> Parameter("limit", "integer").term("20")
        '20'

        Raises:
            QueryError: the value is not of the parameter's type.
        """
        if value == ANY and (self.default == ANY or ANY in self.type.split("|")):
            return "UNDEF"
        try:
            return _term(self.type, value)
        except (ValueError, InvalidOperation, IriError) as fault:
            raise QueryError(
                f"parameter {self.name}: expected {_said(self.type)}, found {value!r}"
            ) from fault


@dataclass(frozen=True, slots=True)
class Query:
    """A query with its header; ``pieces`` is its text, cut where parameters stand."""

    name: str
    text: str
    summary: str
    parameters: tuple[Parameter, ...]
    columns: tuple[str, ...]
    pieces: tuple[str, ...]
    """Text and names of parameters in turn, text first and last, without the values that the text holds."""
    figures: tuple[str, ...] = ()
    """The columns that are counted or measured; a query that lists cases has none."""

    def bind(self, values: Mapping[str, object] | None = None) -> str:
        """The SPARQL text with the parameters' values in their places.

        Raises:
            QueryError: a parameter is missing, unknown or not of its type.
        """
        given = dict(values or {})
        terms = {}
        for parameter in self.parameters:
            value = given.pop(parameter.name, parameter.default)
            if value is None:
                raise QueryError(
                    f"{self.name}: give the parameter {parameter.name} ({_said(parameter.type)})"
                )
            terms[parameter.name] = parameter.term(value)
        if given:
            known = ", ".join(parameter.name for parameter in self.parameters) or "none"
            raise QueryError(f"{self.name}: no parameter {', '.join(sorted(given))}; it takes: {known}")
        return "".join(terms[piece] if place % 2 else piece for place, piece in enumerate(self.pieces))

    def unlimited(self) -> "Query":
        r"""The same query with all of its rows, if it has a parameter ``limit``.

        >>> parse("#+ parameter: limit integer [5]\nSELECT ?s { ?s a:c ?o } LIMIT 5").unlimited().bind()
        '#+ parameter: limit integer [5]\nSELECT ?s { ?s a:c ?o }'
        """
        if "limit" not in self.pieces[1::2]:
            return self
        at = 2 * self.pieces[1::2].index("limit") + 1
        before = self.pieces[at - 1].rstrip().removesuffix("LIMIT").rstrip()
        pieces = (*self.pieces[: at - 1], before + self.pieces[at + 1], *self.pieces[at + 2 :])
        return replace(self, pieces=pieces, parameters=tuple(p for p in self.parameters if p.name != "limit"))

    def nodes(self, values: Mapping[str, object]) -> dict[str, str]:
        """The parameters among ``values`` that name a node of the graph, as IRIs in angle brackets."""
        terms = {p.name: p.term(values[p.name]) for p in self.parameters if p.name in values}
        return {name: term for name, term in terms.items() if term.startswith("<")}


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows of a query as plain Python values; each is a named tuple, ``row.items`` by its column.

    An ASK query has one row with one value, ``answer``; CONSTRUCT and DESCRIBE have a row for
    each triple.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]

    def __iter__(self) -> Iterator[tuple[Value, ...]]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def dicts(self) -> list[dict[str, Value]]:
        """The rows as mappings from column to value."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def to_polars(self) -> "pl.DataFrame":
        """The rows as a polars frame."""
        with extras():
            import polars as pl
        rows = [tuple(row) for row in self.rows]
        return pl.DataFrame(rows, schema=list(self.columns), orient="row", infer_schema_length=None)

    def to_pandas(self) -> Any:
        """The rows as a pandas frame.

        Raises:
            SettingError: pandas is not installed, which this package does without.
        """
        try:
            pandas = import_module("pandas")
        except ImportError as fault:
            raise SettingError("to_pandas needs pandas: pip install pandas") from fault
        return pandas.DataFrame([tuple(row) for row in self.rows], columns=list(self.columns))


def names() -> tuple[str, ...]:
    """The names of all queries, sorted.

    >>> "outcomes_by_page" in names()
    True
    """
    return tuple(sorted(path.stem for path in (resources.folder("ontology") / FOLDER).glob("*.rq")))


@cache
def load(name: str) -> Query:
    """The query of that name.

    >>> load("cases_citing_page").parameters[0]
    Parameter(name='page', type='guideline', default=None)

    Raises:
        UnknownError: there is none; the text names the nearest ones.
        QueryError: its header has a fault.
    """
    if name not in names():
        near = ", ".join(difflib.get_close_matches(name, names(), n=3)) or ", ".join(names())
        raise UnknownError(f"there is no query {name!r}; there are: {near}")
    return parse(resources.text("ontology", f"{FOLDER}/{name}.rq"), name)


def parse(text: str, name: str = "query") -> Query:
    r"""A query from its text; a text without header takes no parameters.

    >>> parse("#+ parameter: limit integer [5]\nSELECT * {?s ?p ?o} LIMIT 5").bind({"limit": 7})
    '#+ parameter: limit integer [5]\nSELECT * {?s ?p ?o} LIMIT 7'

    Raises:
        QueryError: the header has a fault: an unknown type, a parameter twice or never used.
    """
    text = iri.rebased(text)
    header: dict[str, list[str]] = {}
    for key, value in _HEADER.findall(text):
        header.setdefault(key, []).append(value)
    parameters = tuple(_parameter(line, name) for line in header.get("parameter", []))
    declared = {parameter.name for parameter in parameters}
    pieces = _cut(text, declared)
    if len(declared) != len(parameters) or not declared <= set(pieces[1::2]):
        raise QueryError(
            f"{name}: each parameter is declared once and stands in VALUES $name {{ ... }} or after LIMIT"
        )
    columns, figures = (_columns(header.get(key, [])) for key in ("columns", "figures"))
    if not set(figures) <= set(columns):
        raise QueryError(f"{name}: figures are some of its columns")
    return Query(name, text, " ".join(header.get("summary", [])), parameters, columns, pieces, figures)


def _columns(lines: list[str]) -> tuple[str, ...]:
    return tuple(filter(None, re.split(r"\s*,\s*", ", ".join(lines))))


def find(query: str) -> Query:
    """A query by its name, or a SPARQL text.

    >>> find("outcomes").name, find("ASK { ?s ?p ?o }").name
    ('outcomes', 'the query')

    Raises:
        UnknownError: there is no query of that name; the text names the nearest ones.
        QueryError: the text's header has a fault.
    """
    return parse(query, "the query") if _TEXT.search(query) else load(query)


def run(base: HasGraph | Graph, query: str | Query, /, **parameters: object) -> Answer:
    """Ask a query, by its name or as parsed, and give its rows.

    Raises:
        UnknownError: there is no query of that name.
        QueryError: a parameter is missing, unknown or not of its type, or the text is not SPARQL.
    """
    query = load(query) if isinstance(query, str) else query
    text = query.bind(parameters)
    graph = base if isinstance(base, Graph) else base.graph
    if hasattr(base, "graph_folder"):  # a base on disk; another server may have named graphs
        check_graphs(text)
    with _LOCK:  # plain text, because a prepared query is evaluated by rdflib, 30 times slower
        try:
            with suppress(SyntaxError):  # a fault is told with its place in the text as it was given
                return _answer(graph.query(rewritten(text)))
            return _answer(graph.query(text))
        except SyntaxError as fault:
            raise QueryError(f"{query.name}: {explained(fault.msg, text)}") from fault
        except ValueError as fault:
            raise QueryError(f"{query.name}: {fault}") from fault


def _answer(result: Result) -> Answer:
    if result.type == "ASK":
        return Answer(("answer",), ((bool(result.askAnswer),),))
    if result.type in ("CONSTRUCT", "DESCRIBE"):
        triples = result.graph if result.graph is not None else ()
        rows = tuple(sorted(tuple(str(_plain(term)) for term in triple) for triple in triples))
        return _named(("subject", "predicate", "object"), rows)
    columns = tuple(str(variable) for variable in result.vars or ())
    return _named(columns, (tuple(_plain(term) for term in row) for row in result))  # type: ignore[union-attr]


def _named(columns: tuple[str, ...], rows: Iterable[tuple[Value, ...]]) -> Answer:
    row = namedtuple("Row", columns, rename=True)  # type: ignore[misc]  # columns are known when asked
    return Answer(columns, tuple(row._make(values) for values in rows))


def _plain(term: Node | None) -> Value:
    """An rdflib term as a plain value."""
    if term is None:
        return None
    if isinstance(term, BNode):
        return f"_:{term}"
    if isinstance(term, Literal):
        value = term.toPython()
        if isinstance(value, Decimal):
            return float(value)
        return value if type(value) in (int, float, bool, date) else str(term)
    return str(term)


def _parameter(line: str, name: str) -> Parameter:
    found = _PARAMETER.fullmatch(line)
    if not found:
        raise QueryError(f"{name}: expected 'parameter: name type [default]', found {line!r}")
    parameter = Parameter(found[1], found[2], found[3])
    known = "|" in parameter.type or parameter.type in (*_SIMPLE_TYPES, *iri.SCHEMES)
    if not known:
        raise QueryError(f"{name}: parameter {parameter.name} has the unknown type {parameter.type!r}")
    if parameter.default not in (None, ANY):
        parameter.term(parameter.default)
    return parameter


def _cut(text: str, declared: set[str]) -> tuple[str, ...]:
    """The text, cut at the values of declared parameters: ``VALUES $name { here }``, ``LIMIT here``."""
    pieces: list[str] = []
    begin = 0
    found = list(tokens(text))
    for place, keyword in enumerate(found[:-1]):
        token = found[place + 1]
        if keyword.is_keyword("LIMIT", "OFFSET") and token.kind == "number":
            name, start, end = keyword.text.lower(), token.start, token.end
        elif keyword.is_keyword("VALUES") and token.text.startswith("$"):
            brackets = [t for t in found[place + 2 :] if t.text in ("{", "}")][:2]
            if len(brackets) < 2:
                continue
            inside = text[brackets[0].end : brackets[1].start]
            margins = (len(inside) - len(inside.lstrip()), len(inside) - len(inside.rstrip()))
            name, start, end = token.text[1:], brackets[0].end + margins[0], brackets[1].start - margins[1]
        else:
            continue
        if name in declared:
            pieces += text[begin:start], name
            begin = end
    return (*pieces, text[begin:])


def _term(kind: str, value: Any) -> str:
    """A value as a SPARQL term.

    Raises:
        ValueError, InvalidOperation, IriError: it is not of that kind.
    """
    if "|" in kind:
        if str(value) not in kind.split("|"):
            raise ValueError(value)
        return f'"{escaped(str(value))}"'
    if kind == "string":
        return f'"{escaped(str(value))}"'
    if kind == "integer":
        return str(int(str(value)))
    if kind == "decimal":
        number = Decimal(str(value))
        if not number.is_finite():
            raise ValueError(value)
        return f"{number:f}" if "." in f"{number:f}" else f"{number:f}.0"
    if kind == "boolean":
        return {"true": "true", "false": "false"}.get(str(value).lower()) or _wrong(value)
    if kind == "date":
        return f'"{date.fromisoformat(str(value))}"^^<http://www.w3.org/2001/XMLSchema#date>'
    return f"<{_iri(kind, str(value))}>"


def _iri(kind: str, value: str) -> str:
    absolute = _IRI.fullmatch(value) is not None and value.startswith(("http:", "https:", "urn:"))
    if absolute:
        return value
    if kind == "case":
        return iri.case(value)
    path = value if kind == "iri" else f"{kind}/{value}"
    return path_iri if _IRI.fullmatch(path_iri := f"{iri.BASE}{path}") else _wrong(value)


def _wrong(value: object) -> str:
    raise ValueError(value)


def _said(kind: str) -> str:
    """The type in words, for an error."""
    if "|" in kind:
        return "one of " + ", ".join(kind.split("|"))
    if kind in _SIMPLE_TYPES:
        return {"iri": "an IRI", "case": "a case number", "date": "a date such as 2016-12-31"}.get(
            kind, f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
        )
    return f"a {kind}'s IRI or notation"
