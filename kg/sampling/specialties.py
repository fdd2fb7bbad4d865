"""What the catalogues of specialties and services hold, by label."""

from functools import cache

import pyoxigraph

from kg import resources
from kg.sampling.guide import fold

_SKOS = "http://www.w3.org/2004/02/skos/core#"
_LABELS = frozenset(_SKOS + name for name in ("prefLabel", "altLabel", "hiddenLabel"))


def specialty_concept(name: str) -> str | None:
    """The notation of a specialty by any of its labels, ``None`` where there is none.

    >>> specialty_concept("Family Practice") == specialty_concept("Family Medicine")
    True
    """
    return _specialties().get(fold(name))


@cache
def _specialties() -> dict[str, str]:
    path = resources.folder("ontology") / "specialties.ttl"
    return {
        fold(quad.object.value): quad.subject.value.rpartition("/")[2]
        for quad in pyoxigraph.parse(path=str(path))
        if quad.predicate.value in _LABELS
    }


@cache
def categories() -> frozenset[str]:
    """The categories of service, as ``ontology/services.ttl`` labels them."""
    path = resources.folder("ontology") / "services.ttl"
    return frozenset(
        quad.object.value
        for quad in pyoxigraph.parse(path=str(path))
        if quad.predicate.value == _SKOS + "prefLabel" and _is_category(quad.subject.value)
    )


def _is_category(iri: str) -> bool:
    """Whether it is ``.../service/`` and a name, without a subcategory's second name."""
    above, _, name = iri.rpartition("/")
    return above.endswith("/service") and name != "circumstance"
