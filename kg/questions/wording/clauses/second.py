"""Questions after a first one of which a reading has no part: *and what do they ask for*."""

from collections.abc import Iterator

from kg.questions.beside import BESIDE
from kg.questions.vocabulary import Meaning, Phrase

_NOTHING = {"WHICH", "IN", "SHOW", "WHO"}
"""Types of phrases that ask, and say nothing of what."""


def silent(text: str, phrases: list[Phrase]) -> Iterator[Phrase]:
    """The clauses that ask something of which no phrase tells, each as a phrase that is passed over.

    >>> [said.printed for said in silent("how many are there, and what do they ask for?", [])]
    ['and what do they ask for']
    """
    for clause in BESIDE.every("SECOND_CLAUSE", text):
        begins, ends = clause.start(), clause.end()
        within = {phrase.type for phrase in phrases if phrase.start < ends and phrase.end > begins}
        before = any(phrase.start < begins for phrase in phrases) or not phrases
        if before and within <= _NOTHING:
            printed = clause[0].strip(" ,;.?!")
            start = text.index(printed, begins)
            yield Phrase("PASSED", Meaning("PASSED"), printed, start, start + len(printed))
