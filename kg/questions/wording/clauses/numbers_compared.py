"""Words that compare numbers, rank by them, or only seem to: *losing ground to*, *ranked by disputes*."""

from collections.abc import Iterator

from kg.questions.beside import BESIDE
from kg.questions.vocabulary import Meaning


def found(text: str) -> Iterator[tuple[Meaning, int, int]]:
    """The phrases of a text, with their places; *more* that asks for further treatments compares nothing.

    >>> [m.type for m, _, _ in found("is ODG losing ground to ACOEM")]
    ['TREND', 'VERSUS']
    >>> [len([*found(text)]) for text in ("they keep refusing more PT", "granting more PT than MRI")]
    [1, 0]
    """
    for said in BESIDE.every("FOR_MORE", text) if not BESIDE.within("THAN", text) else ():
        yield Meaning("PASSED"), said.end() - len("more"), said.end()
    for mixed in BESIDE.every("OR_A_MIX", text):
        if BESIDE.within("ALL_UPHELD", text, 0, mixed.start()):
            word = BESIDE.within("MIXED", mixed[0])
            start = mixed.start() + (word.start() if word else 0)
            yield Meaning("VALUE", "letter", "mixed"), start, mixed.end()
    for filler in BESIDE.every("SAY", text):
        yield Meaning("IGNORED"), filler.start(), filler.end()
    for alike in BESIDE.every("AS_LIKELY", text):  # `as likely to be overturned as`
        yield Meaning("THAN"), alike.end() - len("as"), alike.end()
    for gaining in BESIDE.every("GAINS_ON", text):
        led = BESIDE.before("TO_ANOTHER", gaining[0], len(gaining[0]))
        middle = gaining.start() + led.start() if led and led.start() else gaining.end()
        yield Meaning("TREND"), gaining.start(), middle
        yield Meaning("VERSUS"), middle, gaining.end()
    for ranked in BESIDE.every("BY_NUMBER", text):
        yield Meaning("FREQUENT"), ranked.start(), ranked.end()
