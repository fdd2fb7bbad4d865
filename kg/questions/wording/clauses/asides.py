"""Clauses that ask who won, or whether the answer is one thing, and a source that is not told apart."""

from collections.abc import Iterator

from kg.questions.beside import BESIDE
from kg.questions.vocabulary import Meaning

_PLACES = ("chapter", "section", "page")


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
    yield from _developments(text)
    for fight in BESIDE.every("FIGHT_ABOUT", text):
        yield Meaning("WHICH"), fight.start(), fight.start() + len("what")
        last = fight.end() - len(fight[0].split()[-1])
        yield Meaning("OF_SUBCATEGORY"), fight.start() + len("what"), last
        yield Meaning("FREQUENT"), last, fight.end()
    for book in BESIDE.every("SAME_BOOK", text):
        level = next(name for name in _PLACES if name in book[0].lower())
        middle = book.start() + len(book[0].split()[0])
        yield Meaning("VALUE", "agreement_guideline", "same"), book.start(), middle
        yield Meaning("VALUE", f"agreement_{level}", "different"), middle, book.end()
    for safer in BESIDE.every("SAFER", text):
        yield Meaning("MOST"), safer.end() - len(safer[0].split()[-1]), safer.end()
    for alone in BESIDE.every("LITERATURE_ALONE", text):
        yield Meaning("NO_LITERATURE"), alone.start(), alone.end()


def _developments(text: str) -> Iterator[tuple[Meaning, int, int]]:
    """What began or came to an end, as numbers by year: *when did that die out*."""
    when = BESIDE.within("WHEN_DID", text)
    if when is None or (died := BESIDE.within("DIED_OUT", text, when.end())) is None:
        return
    yield Meaning("IGNORED" if BESIDE.within("OF_RATE", text) else "COUNT"), when.start(), when.end()
    yield Meaning("PERIOD"), died.start(), died.end()


def _compares(text: str, end: int) -> bool:
    """Whether two things stand before a place, of which it is asked which won."""
    return BESIDE.within("THAN", text, 0, end) is not None or " or " in text[:end].lower()
