"""One term of the ontology as a page shows it."""

from typing import NamedTuple

from kg.errors import UnknownError
from kg.graph import entailed, iri
from kg.graph.sparql import RDF_TYPE

_RDFS, _OWL = "http://www.w3.org/2000/01/rdf-schema#", "http://www.w3.org/2002/07/owl#"
_SKOS, _SOURCE = "http://www.w3.org/2004/02/skos/core#", "http://purl.org/dc/terms/source"


class Term(NamedTuple):
    """A class or property; ``rows`` are what is said of it, in words, with the IRIs that it names."""

    name: str
    address: str
    label: str
    definition: str
    status: str
    rows: tuple[tuple[str, tuple[str, ...]], ...]


def described(name: str) -> Term:
    """What the ontology says of one of its terms.

    >>> described("itemOf").status[:8], described("outcome").status
    ('Entailed', 'Stated in the graph of a base where a letter says it.')

    Raises:
        UnknownError: there is no such term.
    """
    said = entailed.said()
    address = f"{iri.ONTOLOGY}#{name}"
    if address not in said:
        raise UnknownError(f"the ontology has no term {name[:100]!r}")
    about = said[address]
    path = entailed.properties().get(address)
    if address in entailed.PARTLY_STATED:
        status = f"Stated of some nodes and entailed of others; queries find it as {path}."
    elif path is not None:
        status = f"Entailed, not stated; queries find it as {path}."
    elif address in entailed.classes():
        status = "Entailed, not stated; queries find its members through its sub-classes."
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
        ("note", about[f"{_SKOS}scopeNote"]),
        ("source", about[_SOURCE]),
    )
    label, definition = ((*about[key], "")[0] for key in (f"{_RDFS}label", f"{_SKOS}definition"))
    return Term(name, address, label, definition, status, tuple((n, tuple(v)) for n, v in rows if v))
