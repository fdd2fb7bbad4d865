"""A request for ``therapy`` alone, of which the letter may tell the kind."""

from msgspec.structs import replace

from kg.model import DisputedItem, GuidelineField, Service, Span
from kg.reading.requests.services import catalogue
from kg.reading.vocabulary.phrases import words as words_of

_BARE = ("Therapies", "Therapies")
_PHYSICAL = ("Rehabilitation", "Physical Therapy/Occupational Therapy (PT/OT)")
_OTHERS = frozenset(
    [
        ("Rehabilitation", "Acupuncture"),
        ("Rehabilitation", "Chiropractic"),
        ("Psych Services", "Therapies"),
        ("Therapies", "Other Therapies"),
    ]
)
"""What else ``therapy`` may be short for."""
_SECTION = "physical medicine"
_POSTSURGICAL = "postsurgical"
"""The guideline of the MTUS that is about physical medicine after surgery, and nothing else."""


def as_told(item: DisputedItem, text: str, rationale: Span | None, *fields: GuidelineField) -> DisputedItem:
    """The item; one for ``therapy`` alone is of physical therapy where the reasons say that it is.

    They do where a party cites what the MTUS says on physical medicine, or the rationale names physical or
    occupational therapy and no other kind. Else it stays the Division's Therapies, also after a surgery.
    """
    if item.service is None or (item.service.category, item.service.subcategory) != _BARE:
        return item
    if not (any(map(_cites_it, fields)) or (rationale is not None and _names_it(text, rationale))):
        return item
    return replace(item, service=Service(*_PHYSICAL, item.service.span))


def _cites_it(field: GuidelineField) -> bool:
    return any(
        citation.guideline == _POSTSURGICAL
        or any(section.title.lower().startswith(_SECTION) for section in citation.sections)
        for citation in field.citations
    )


def _names_it(text: str, rationale: Span) -> bool:
    """Whether the rationale names physical or occupational therapy, and no therapy of another kind."""
    found = catalogue()[0].find(words_of(text, rationale.start, rationale.end).folded)
    named = {each.meaning.service for each in found}
    return _PHYSICAL in named and not named & _OTHERS
