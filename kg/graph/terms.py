"""One term of the ontology as a page shows it."""

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from kg import resources
from kg.errors import UnknownError
from kg.graph import entailed, iri
from kg.graph.sparql import RDF_TYPE

_RDFS, _OWL = "http://www.w3.org/2000/01/rdf-schema#", "http://www.w3.org/2002/07/owl#"
_SKOS, _SOURCE = "http://www.w3.org/2004/02/skos/core#", "http://purl.org/dc/terms/source"


_ELSEWHERE = "not in the graph of a base"
"""What the note of a term says that is documented and no base has."""


class Term(NamedTuple):
    """A class or property; ``rows`` are what is said of it, in words, with the IRIs that it names.

    ``name`` is written with its prefix, ``query`` finds the first of what has it.
    """

    name: str
    address: str
    label: str
    definition: str
    status: str
    query: str
    rows: tuple[tuple[str, tuple[str, ...]], ...]


@cache
def prefixes() -> Mapping[str, str]:
    """The prefixes of the file of the ontology."""
    text = iri.rebased(resources.text("ontology", "imr.ttl"))
    return dict(re.findall(r"^@prefix ([a-z]+): <([^>]+)> \.$", text, re.MULTILINE))


@cache
def names() -> Mapping[str, str]:
    """Every documented class and property by its IRI, as it is written with a prefix.

    >>> names()["http://purl.org/dc/terms/hasPart"]
    'dcterms:hasPart'
    """
    spaces = sorted(((space, prefix) for prefix, space in prefixes().items()), key=lambda one: -len(one[0]))
    written = {}
    for term in entailed.said():
        found = next(((space, prefix) for space, prefix in spaces if term.startswith(space)), None)
        if found and term != found[0]:
            written[term] = f"{found[1]}:{term.removeprefix(found[0])}"
    return written


def described(name: str) -> Term:
    """What the ontology says of one of its terms.

    >>> described("itemOf").status[:8], described("outcome").status
    ('Entailed', 'Stated in the graph of a base where a letter says it.')
    >>> described("dcterms:hasPart").status[:8]
    'Entailed'

    Raises:
        UnknownError: there is no such term.
    """
    said = entailed.said()
    prefix, colon, local = name.rpartition(":")
    space = prefixes().get(prefix, "") if colon else f"{iri.ONTOLOGY}#"
    address = f"{space}{local}"
    if address not in names():
        raise UnknownError(f"the ontology has no term {name[:100]!r}")
    about = said[address]
    written = names()[address]
    path = entailed.properties().get(address)
    notes = about[f"{_SKOS}scopeNote"]
    if address in entailed.PARTLY_STATED:
        status = f"Stated of some nodes and entailed of others; queries find it as {path}."
    elif path is not None:
        status = f"Entailed, not stated; queries find it as {path}."
    elif address in entailed.classes():
        status = "Entailed, not stated; queries find its members through its sub-classes."
    elif any(_ELSEWHERE in note for note in notes):
        status = f"Neither stated nor entailed. {notes[0]}"
    elif notes and notes[0].startswith("Entailed"):
        status = notes[0]
    else:
        status = "Stated in the graph of a base where a letter says it."
    rows = (
        ("kind", about[RDF_TYPE]),
        ("domain", about[f"{_RDFS}domain"]),
        ("range", about[f"{_RDFS}range"]),
        ("sub-property of", about[f"{_RDFS}subPropertyOf"]),
        ("sub-class of", [over for over in about[f"{_RDFS}subClassOf"] if ":" in over]),
        ("inverse of", about[f"{_OWL}inverseOf"]),
        ("example", about[f"{_SKOS}example"]),
        ("note", notes),
        ("source", about[_SOURCE]),
    )
    label, definition = ((*about[key], "")[0] for key in (f"{_RDFS}label", f"{_SKOS}definition"))
    pattern = f"?x {written} ?y" if any("Property" in kind for kind in about[RDF_TYPE]) else f"?x a {written}"
    query = f"PREFIX {written.partition(':')[0]}: <{space}>\nSELECT * {{ {pattern} }} LIMIT 10"
    told = tuple((n, tuple(v)) for n, v in rows if v)
    return Term(written, address, label, definition, status, query, told)
