"""The notations of what letters name: guidelines in an edition or chapter, and services."""

from collections.abc import Mapping

from kg.graph import iri
from kg.model import Citation, Service

UNPAGED = frozenset({"other", "mtus-other"})
"""Guidelines that stand for many sources: a page number says nothing without its source."""
ONE_EDITION: Mapping[str, int] = {"acoem-2004": 2004, "elbow-2007": 2007}
"""The years of works that have one edition, and so no year in their notation."""


def guideline_notation(citation: Citation) -> str:
    """The notation of the most precise guideline concept that a citation prints.

    >>> from kg.model import Span
    >>> guideline_notation(Citation(False, "odg", None, "Knee & Leg", (), (), None, Span(0, 0)))
    'odg/knee-and-leg'
    >>> guideline_notation(Citation(True, "chronic-pain", 2016, None, (), (), None, Span(0, 0)))
    'chronic-pain/2016'
    """
    if citation.chapter is not None:
        return f"{citation.guideline}/{iri.slug(str(citation.chapter).replace('&', 'and'))}"
    return edition_notation(citation)


def edition_notation(citation: Citation) -> str:
    """The notation of the edition that a citation's pages belong to, or of the work."""
    year = citation.edition if citation.edition is not None else citation.inferred_edition
    if year is None or citation.guideline in ONE_EDITION:
        return citation.guideline
    return f"{citation.guideline}/{year}"


def service_notation(service: Service) -> str:
    """The notation of a service: its subcategory, or its category where that is all.

    >>> from kg.model import Span
    >>> service_notation(Service("Pharmaceuticals", "Opioids", Span(0, 0)))
    'pharmaceuticals/opioids'
    """
    category = iri.slug(service.category)
    return f"{category}/{iri.slug(service.subcategory)}" if service.subcategory else category
