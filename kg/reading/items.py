"""Read a disputed item: what is really in dispute, and what it requests."""

from kg.model import DisputedItem, Problem, ProblemKind, Service, Span
from kg.reading import bodyparts, services
from kg.reading.phrases import words as words_of
from kg.reading.wording import tidy


def read_item(text: str, start: int, end: int) -> tuple[DisputedItem, tuple[Problem, ...]]:
    """The disputed item printed in ``text[start:end]``."""
    printed = tidy(text[start:end])
    words = words_of(text, start, end)
    found = services.catalogue()[0].find(words.folded)
    retrospective, around = services.circumstances(found)
    request = services.request(found, words, "%" in printed or "percent" in printed)
    return DisputedItem(
        printed,
        Span(start, end),
        printed,
        Span(start, end),
        None,
        None,
        request.service or Service("Other", None, Span(start, end)),
        bodyparts.body_parts(words),
        None,
        request.drug,
        retrospective,
        around,
    ), ()
