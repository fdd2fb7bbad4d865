"""Clauses that ask who won, or whether the answer is one thing, and a source that is not told apart."""

from collections.abc import Iterator

from kg.questions.beside import BESIDE
from kg.questions.vocabulary import Meaning


def found(text: str) -> Iterator[tuple[Meaning, int, int]]:
    """The clauses of a text, with their places.

    >>> [m.type for m, _, _ in found("UR cited ODG and the reviewer the MTUS, who won?")]
    ['EACH_OUTCOME']
    >>> [m.type for m, _, _ in found("which specialty decides most MRIs, and is it radiology")]
    ['PASSED']
    >>> [m.type for m, _, _ in found("decisions that rest on medical literature alone")]
    ['NO_LITERATURE']
    """
    if (won := BESIDE.within("WHO_WON", text)) and not _compares(text, won.start()):
        yield Meaning("EACH_OUTCOME"), won.start(), won.end()
    if (asked := BESIDE.within("IS_IT", text)) and BESIDE.within("WHICH_KIND", text, 0, asked.start()):
        yield Meaning("PASSED"), asked.start() + len(asked[0]) - len(asked[0].lstrip(" ,;.?-–")), asked.end()
    for alone in BESIDE.every("LITERATURE_ALONE", text):
        yield Meaning("NO_LITERATURE"), alone.start(), alone.end()


def _compares(text: str, end: int) -> bool:
    """Whether two things stand before a place, of which it is asked which won."""
    return BESIDE.within("THAN", text, 0, end) is not None or " or " in text[:end].lower()
