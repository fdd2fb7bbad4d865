"""What letters share and only point at, as N-Triples text: cited pages and the runs that read letters."""

import re
from collections.abc import Iterable

from rdflib.namespace import RDF, XSD

from kg.graph import iri
from kg.graph.triples import escaped
from kg.graph.vocab import IMR

# To the end of the line: a literal, which may hold any words, ends with a quotation mark.
_POINTED_TO = re.compile(
    rf"<(?:{re.escape(IMR.citesPage)}|{re.escape(IMR.readBy)})> <([^>]*)> \.(?:\n|$)".encode()
)
# From a literal on, a search is ten times as fast: the subject is what stands before it on the line.
_DESCRIBED = re.compile(rf"> <(?:{re.escape(IMR.pageOf)}|{re.escape(IMR.readerVersion)})> ".encode())


def pointed_to(n_triples: bytes) -> set[str]:
    """The IRIs of the pages and runs that the triples of letters point to.

    >>> line = f"<{iri.citation('A', 1, 'reviewer', 1)}> <{IMR.citesPage}> <{iri.page('acoem-2004', 308)}> ."
    >>> pointed_to(line.encode())
    {'https://w3id.org/imr-kg/guideline/acoem-2004/page/308'}
    >>> pointed_to(f'<{iri.case("A")}> <{IMR.caseNumber}> "A <{IMR.citesPage}> <b> ." .'.encode())
    set()
    """
    return {found.decode() for found in set(_POINTED_TO.findall(n_triples))}


def described(n_triples: bytes) -> set[str]:
    """The IRIs of the pages and runs that a text describes.

    >>> described(descriptions([iri.run("0.1.0")]).encode())
    {'https://w3id.org/imr-kg/run/0.1.0'}
    """
    ends = [found.start() for found in _DESCRIBED.finditer(n_triples)]
    found = {n_triples[n_triples.rfind(b"\n", 0, end) + len("\n<") : end] for end in ends}
    return {subject.decode() for subject in found if b">" not in subject}


def descriptions(iris: Iterable[str]) -> str:
    """The triples that say of each page its number and edition, of each run its version; in order.

    >>> print(descriptions([iri.page("acoem-2004", 308)]).splitlines()[1])
    ... # doctest: +ELLIPSIS
    <https://.../guideline/acoem-2004/page/308> <https://.../ontology#pageNumber> "308"^^<...#integer> .

    Raises:
        IriError: one is not the IRI of a page or run.
    """
    return "".join(_description(subject, iri.read(subject)) for subject in sorted(iris))


def _description(subject: str, place: iri.Place) -> str:
    if place.kind == "run":
        return (
            f"<{subject}> <{RDF.type}> <{IMR.ReadingRun}> .\n"
            f'<{subject}> <{IMR.readerVersion}> "{escaped(place.name)}" .\n'
        )
    return (
        f"<{subject}> <{RDF.type}> <{IMR.Page}> .\n"
        f'<{subject}> <{IMR.pageNumber}> "{place.number}"^^<{XSD.integer}> .\n'
        f"<{subject}> <{IMR.pageOf}> <{iri.concept('guideline', place.name)}> .\n"
    )
