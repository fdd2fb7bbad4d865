"""The words of the letter behind each fact, as Web Annotations (https://www.w3.org/TR/annotation-model/).

They are made on demand and kept in no base: quotes of all that is read take five times the triples of
a letter.
Each annotation of a letter lies under its case IRI and has a selector by quote and one by position.
"""

from collections.abc import Iterator

from rdflib.namespace import RDF, RDFS, XSD

from kg.evidence import Mark, marks
from kg.graph import iri
from kg.graph.triples import escaped
from kg.graph.vocab import OA
from kg.model import Determination

_AROUND = 32
"""Characters before and after a quote, which tell it from others alike."""


def n_triples(determination: Determination, text: str) -> str:
    """The annotations of a letter as N-Triples text, one for each mark of :func:`kg.evidence.marks`.

    Raises:
        IriError: the determination has no case number.
    """
    case = determination.case_number or ""
    return "".join(line for mark in marks(determination) for line in _annotation(case, mark, text))


def _annotation(case: str, mark: Mark, text: str) -> Iterator[str]:
    subject = iri.annotation(case, mark.node)
    start, end = mark.span.start, mark.span.end
    says = f"{mark.kind.value}: {mark.value}" if mark.value else mark.kind.value
    yield f"<{subject}> <{RDF.type}> <{OA.Annotation}> .\n"
    yield f'<{subject}> <{RDFS.label}> "{escaped(says)}" .\n'
    yield f"<{subject}> <{OA.hasBody}> <{about(case, mark.node)}> .\n"
    yield f"<{subject}> <{OA.hasTarget}> <{subject}#target> .\n"
    yield f"<{subject}#target> <{OA.hasSource}> <{iri.case(case)}> .\n"
    yield f"<{subject}#target> <{OA.hasSelector}> <{subject}#quote> .\n"
    yield f"<{subject}#target> <{OA.hasSelector}> <{subject}#position> .\n"
    yield f"<{subject}#quote> <{RDF.type}> <{OA.TextQuoteSelector}> .\n"
    yield f'<{subject}#quote> <{OA.exact}> "{escaped(text[start:end])}" .\n'
    yield f'<{subject}#quote> <{OA.prefix}> "{escaped(text[max(0, start - _AROUND) : start])}" .\n'
    yield f'<{subject}#quote> <{OA.suffix}> "{escaped(text[end : end + _AROUND])}" .\n'
    yield f"<{subject}#position> <{RDF.type}> <{OA.TextPositionSelector}> .\n"
    yield f'<{subject}#position> <{OA.start}> "{start}"^^<{XSD.integer}> .\n'
    yield f'<{subject}#position> <{OA.end}> "{end}"^^<{XSD.integer}> .\n'


def about(case: str, node: str) -> str:
    """The IRI of what a mark tells about: the node itself, or the nearest one that it lies under.

    >>> about("CM16-0000001", "item/2/reviewer/citation/1/section/1")
    'https://w3id.org/imr-kg/case/CM16-0000001/item/2/reviewer/citation/1'
    >>> about("CM16-0000001", "patient.age"), about("CM16-0000001", "reviewer/specialties/1")
    ('https://w3id.org/imr-kg/case/CM16-0000001', 'https://w3id.org/imr-kg/case/CM16-0000001/reviewer')
    """
    parts = node.split("/")
    while parts:
        found = f"{iri.case(case)}/{'/'.join(parts)}"
        if iri.is_ours(found):
            return found
        parts.pop()
    return iri.case(case)
