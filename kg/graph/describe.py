"""What letters share and only point at, as N-Triples text: cited pages and the runs that read letters."""

import re
from collections.abc import Iterable

from rdflib.namespace import RDF, XSD

from kg.graph import iri
from kg.graph.triples import escaped
from kg.graph.vocab import IMR

_CITED_PAGE = re.compile(rf"<{re.escape(IMR.citesPage)}> <([^>]*)>")


def cited_pages(n_triples: str) -> set[str]:
    """The IRIs of the pages that the triples of letters cite.

    >>> line = f"<{iri.citation('A', 1, 'reviewer', 1)}> <{IMR.citesPage}> <{iri.page('acoem-2004', 308)}> ."
    >>> cited_pages(line)
    {'https://w3id.org/imr-kg/guideline/acoem-2004/page/308'}
    """
    return set(_CITED_PAGE.findall(n_triples))


def pages(iris: Iterable[str]) -> str:
    """The triples that say of each page its number and its edition, in the order of the IRIs.

    >>> print(pages([iri.page("acoem-2004", 308)]).splitlines()[1])
    ... # doctest: +ELLIPSIS
    <https://.../guideline/acoem-2004/page/308> <https://.../ontology#pageNumber> "308"^^<...#integer> .

    Raises:
        IriError: one is not the IRI of a page.
    """
    lines = []
    for page in sorted(iris):
        place = iri.read(page)
        edition = iri.concept("guideline", place.name)
        lines.append(
            f"<{page}> <{RDF.type}> <{IMR.Page}> .\n"
            f'<{page}> <{IMR.pageNumber}> "{place.number}"^^<{XSD.integer}> .\n'
            f"<{page}> <{IMR.pageOf}> <{edition}> .\n"
        )
    return "".join(lines)


def run(version: str) -> str:
    """The triples that describe the reading of letters by one version of the reader."""
    subject = f"<{iri.run(version)}>"
    return (
        f"{subject} <{RDF.type}> <{IMR.ReadingRun}> .\n"
        f'{subject} <{IMR.readerVersion}> "{escaped(version)}" .\n'
    )
