"""What the vocabularies of specialties and services hold, by label."""

from collections.abc import Mapping
from functools import cache

from kg.reading.vocabulary.concepts import read
from kg.sampling.guide import fold

_CIRCUMSTANCE = "circumstance"


def specialty_concept(name: str) -> str | None:
    """The notation of a specialty by any of its labels, ``None`` where there is none.

    >>> specialty_concept("Family Practice") == specialty_concept("Family Medicine")
    True
    """
    return _specialties().get(fold(name))


@cache
def _specialties() -> Mapping[str, str]:
    known = read("specialties.ttl").values()
    return {fold(label): concept.notation for concept in known for label in concept.labels}


@cache
def categories() -> frozenset[str]:
    """The categories of service, as ``ontology/services.ttl`` labels them."""
    known = read("services.ttl").values()
    return frozenset(c.preferred for c in known if c.broader is None and c.notation != _CIRCUMSTANCE)
