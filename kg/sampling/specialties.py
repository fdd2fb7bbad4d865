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
    category = pyoxigraph.NamedNode("https://w3id.org/imr-kg/ontology#ServiceCategory")
    quads = list(pyoxigraph.parse(path=str(path)))
    top = {quad.subject for quad in quads if quad.object == category}
    return frozenset(
        quad.object.value
        for quad in quads
        if quad.subject in top and quad.predicate.value == _SKOS + "prefLabel"
    )
