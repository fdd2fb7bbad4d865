"""The conditions that a text names, in the words of ``ontology/conditions.ttl``."""

from functools import cache

from kg.model import Condition
from kg.reading.vocabulary.phrases import Phrases, Words, concepts


@cache
def catalogue() -> Phrases[str]:
    """The phrases for conditions, each with the notation of its concept.

    Raises:
        CatalogueError: the catalogue is faulty.
    """
    among = concepts("conditions.ttl").values()
    return Phrases((label, concept.notation) for concept in among for label in concept.labels)


def conditions(found: Words) -> tuple[Condition, ...]:
    """The conditions that ``found`` words name, in order, each once.

    >>> from kg.reading.vocabulary.phrases import words as words_of
    >>> [each.concept for each in conditions(words_of("therapy for a neck sprain and sciatica"))]
    ['sprain', 'radiculopathy']
    """
    named: dict[str, Condition] = {}
    for each in catalogue().find(found.folded):
        named.setdefault(each.meaning, Condition(each.meaning, found.span(each.first, each.after)))
    return tuple(named.values())
