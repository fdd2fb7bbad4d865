"""A determination's triples as one JSON-LD tree, pleasant to read, with ``ontology/context.jsonld``."""

import json
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any

import pyoxigraph as ox

from kg import resources
from kg.graph import iri

Json = dict[str, Any]

_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_XSD = "http://www.w3.org/2001/XMLSchema#"


@cache
def context() -> Json:
    """The context: what the keys of a document mean."""
    found: Json = json.loads(iri.rebased(resources.text("ontology", "context.jsonld")))
    return found


def document(case_number: str, quads: Iterable[ox.Quad | ox.Triple]) -> Json:
    """The triples of one case as a tree: the determination, in it its items, in them their citations.

    Put it beside a ``@context`` (:func:`context`), and a JSON-LD processor reads the same triples back.
    """
    about: dict[str, list[tuple[str, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]]] = defaultdict(
        list
    )
    for quad in quads:
        if isinstance(quad.subject, ox.NamedNode):
            about[quad.subject.value].append((quad.predicate.value, quad.object))
    return _node(iri.case(case_number), about)


def expanded(quads: Iterable[ox.Quad | ox.Triple]) -> Json:
    """The triples of one subject as a node with whole IRIs, as JSON-LD is without a context."""
    node: Json = {}
    for quad in quads:
        node["@id"] = str(getattr(quad.subject, "value", quad.subject))
        value = quad.object
        if quad.predicate.value == _TYPE:
            node.setdefault("@type", []).append(str(getattr(value, "value", value)))
            continue
        said: Json
        if isinstance(value, ox.Literal):
            kind = {"@language": value.language} if value.language else {"@type": value.datatype.value}
            said = {"@value": value.value, **kind}
        else:
            said = {"@id": str(getattr(value, "value", value))}
        node.setdefault(quad.predicate.value, []).append(said)
    return node


def _node(subject: str, about: dict[str, list[tuple[str, Any]]]) -> Json:
    values: dict[str, list[Any]] = defaultdict(list)
    for predicate, value in about[subject]:
        key, _ = _keys()[predicate]
        if predicate == _TYPE:
            values[key].append(value.value.removeprefix(f"{iri.ONTOLOGY}#"))
        elif isinstance(value, ox.Literal):
            values[key].append(_literal(value))
        elif value.value in about:
            values[key].append(_node(value.value, about))
        else:
            values[key].append(_short(value.value))
    node: Json = {"id": _short(subject)}
    for key in _order():
        if key in values:
            found = sorted(values[key], key=_sorting)
            node[key] = found[0] if len(found) == 1 and key in _single() else found
    return node


def _literal(value: ox.Literal) -> str | int | bool:
    kind = value.datatype.value.removeprefix(_XSD)
    if kind == "integer":
        return int(value.value)
    return value.value == "true" if kind == "boolean" else value.value


def _short(value: str) -> str:
    return f"kg:{value.removeprefix(iri.BASE)}" if value.startswith(iri.BASE) else value


def _sorting(value: Any) -> tuple[int, str]:
    """Items by their position, all else by its text."""
    if isinstance(value, dict):
        name = str(value["id"])
        return len(name), name
    return 0, str(value)


@cache
def _keys() -> dict[str, tuple[str, bool]]:
    """The key of each property, and whether it holds one value."""
    terms = context()["@context"]
    keys = {_TYPE: ("type", True)}
    for key, entry in terms.items():
        target = entry["@id"] if isinstance(entry, dict) else str(entry)
        prefix, _, name = target.partition(":")
        if prefix in ("imr", "oa") and not name.startswith("//"):
            many = isinstance(entry, dict) and "@container" in entry
            keys[f"{terms[prefix]}{name}"] = (key, not many)
    return keys


@cache
def _single() -> frozenset[str]:
    return frozenset(key for key, single in _keys().values() if single)


@cache
def _order() -> tuple[str, ...]:
    """Keys as a reader wants them: what it is first, what lies in it last."""
    first = ("type", "caseNumber", "position", "itemText", "outcome")
    last = (
        "start",
        "end",
        "review",
        "disputedItem",
        "claimsAdministratorCitation",
        "reviewerCitation",
        "rationale",
        "mention",
        "ground",
        "problem",
    )
    keys = [key for key, _ in _keys().values() if key not in (*first, *last)]
    return (*first, *sorted(keys), *last)
