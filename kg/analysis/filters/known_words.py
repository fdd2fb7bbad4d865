"""The words that filters know from the vocabularies in ``ontology/``, whether or not a decision has them."""

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING

from kg.analysis.filters.ranges import Value
from kg.model import Side

if TYPE_CHECKING:
    from kg.reading.vocabulary.concepts import Concept

_CIRCUMSTANCE = "circumstance"


@cache
def folded(words: Callable[[], Iterable[str]]) -> Mapping[str, str]:
    """Each word by itself in lower case."""
    return {str(word).casefold(): str(word) for word in words()}


def _concepts(file: str) -> Collection["Concept"]:
    """The concepts of a file of ``ontology/``; those of two of its schemes can have one notation."""
    from kg.reading.vocabulary.concepts import read

    return read(file).values()


@cache
def _places() -> Mapping[str, "Concept"]:
    """What guidelines have, by notation."""
    return {concept.notation: concept for concept in _concepts("guidelines.ttl")}


def categories() -> list[str]:
    """Categories of service."""
    found = _concepts("services.ttl")
    return [c.preferred for c in found if not c.broader and c.notation != _CIRCUMSTANCE]


def subcategories() -> list[str]:
    """Subcategories of service, those of each category."""
    found = _concepts("services.ttl")
    return [c.preferred for c in found if c.notation.count("/") == 1 and c.broader != _CIRCUMSTANCE]


def body_parts() -> list[str]:
    """Body parts on any side and on each."""
    parts = [c.preferred for c in _concepts("body-parts.ttl") if not c.notation.startswith("side/")]
    return [*parts, *(f"{part}:{side}" for part in parts for side in Side)]


def grounds() -> list[str]:
    """Classes of grounds, met or not or either.

    Some schemes of cues share their notations.

    >>> len(grounds()) == 19 * 3 and {"red-flag:met", "red-flag"} <= {*grounds()}
    True
    """
    names = [c.notation for c in _concepts("grounds.ttl") if c.one("precedence") is not None]
    return [*names, *(f"{name}:{way}" for name in names for way in ("met", "not-met"))]


def drugs() -> list[str]:
    """Ingredients and classes of drugs."""
    return [c.preferred for c in _concepts("drugs.ttl")]


def specialties() -> list[str]:
    """Specialties of physicians."""
    return [c.preferred for c in _concepts("specialties.ttl")]


_STATES = (
    *("Alabama", "Alaska", "Arizona", "Arkansas", "California", "Colorado", "Connecticut", "Delaware"),
    *("District of Columbia", "Florida", "Georgia", "Hawaii", "Idaho", "Illinois", "Indiana", "Iowa"),
    *("Kansas", "Kentucky", "Louisiana", "Maine", "Maryland", "Massachusetts", "Michigan", "Minnesota"),
    *("Mississippi", "Missouri", "Montana", "Nebraska", "Nevada", "New Hampshire", "New Jersey"),
    *("New Mexico", "New York", "North Carolina", "North Dakota", "Ohio", "Oklahoma", "Oregon"),
    *("Pennsylvania", "Puerto Rico", "Rhode Island", "South Carolina", "South Dakota", "Tennessee"),
    *("Texas", "Utah", "Vermont", "Virginia", "Washington", "West Virginia", "Wisconsin", "Wyoming"),
)


def states() -> list[str]:
    """States that license physicians, as letters print them."""
    return [*_STATES]


def guidelines() -> list[str]:
    """Notations of works, editions, chapters and sections."""
    return list(_places())


def contains(value: Value, key: str) -> bool:
    """Whether a cited place is ``value``, or is an edition or chapter of it or a work under it.

    >>> contains("mtus", "chronic-pain/2009"), contains("odg", "acoem-2004")
    (True, False)
    """
    return value == key or value in _above(key)


@cache
def _above(notation: str) -> frozenset[str]:
    """What a work, edition or chapter is part of; a section stands for itself."""
    concept = _places().get(notation)
    if concept is None or not concept.broader or "Section" in concept.kinds:
        return frozenset()
    return _above(concept.broader) | {concept.broader}


def edition(key: str) -> str:
    """The year of an edition, by its notation; empty where it has none.

    >>> edition("chronic-pain/2009"), edition("acoem-2004"), edition("odg")
    ('2009', '2004', '')
    """
    from kg.graph.concept_notations import ONE_EDITION

    work, _, year = key.partition("/")
    return str(ONE_EDITION.get(work, year))
