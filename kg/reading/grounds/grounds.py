"""Read the grounds that a rationale states."""

import re
from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct

from kg.model import Ground, Outcome, Span
from kg.reading.grounds.by_words import Key, word_judge
from kg.reading.grounds.cues import Candidate, candidates, may_be_cue
from kg.reading.grounds.frames import Sentence, denies, framed, worded
from kg.reading.grounds.judging import (
    Context,
    applies,
    can_state,
    denies_of_patient,
    fits,
    judge,
    likelihood,
    measured,
)
from kg.reading.grounds.sentences import sentences, told
from kg.reading.grounds.wording import fold, places, words_and_gaps
from kg.reading.text.folding import tidy

_SURER = 0.05
"""How much surer a later sentence must be to stand for a ground in place of the first."""
_LAST = 3
_MARKS = '"“”'
_MARK = re.compile(f"[{_MARKS}]")
_QUOTE = re.compile(r'(?P<opens>(?<![^\s(\[])["“](?=\S))|["”](?!\w)')
_SHORTEST_QUOTATION = 60
"""Characters of a quotation of more than a term."""
_PIVOTS = (
    *("this case", "the case of", "this patient", "injured worker", "claimant", "the patient"),
    *("documentation", "however", "requested"),
)
_PIVOT = re.compile(
    r"(?i:\b(?:in\s+this\s+case|in\s+the\s+case\s+of|this\s+patient|injured\s+worker|claimant|the\s+patient"
    r"|documentation\s+(?:available|submitted|provided)|however|the\s+requested)\b)"
)
OTHER = "other"
"""The class of what fits none."""
_SHORTEST_NAME = 3
_LONGEST = 2_000
"""Characters of the longest sentence that is read: a longer one is a table or damage."""


class Judged(Struct, frozen=True, gc=False):
    """A candidate of a sentence with the sum of the weights that it has wherever the sentence stands."""

    candidate: Candidate
    total: float


class Stated(Struct, frozen=True, gc=False):
    """A sentence of a rationale with its candidates by part, and the sums of what its words can state."""

    sentence: Sentence
    parts: tuple[tuple[Judged, ...], ...]
    by_words: dict[Key, float]
    may_say: bool
    """Whether its words alone can state a ground, at some place."""
    fits_no_class: bool = False


_NO_SENTENCE = Sentence((), (), (), 0, frozenset())
_NOTHING = Stated(_NO_SENTENCE, (), {}, may_say=False)
_MOST_OF_PLACE = 4.0
"""What a place in a rationale adds to a sum at most."""


@lru_cache(maxsize=1 << 14)
def _stated(text: str) -> Stated:
    """What a sentence can state, by itself: letters repeat sentences word for word."""
    read = worded(text)
    by_words = word_judge().likely(read.words, read.groups)
    may_say = max(by_words.values(), default=-_MOST_OF_PLACE) > -_MOST_OF_PLACE
    if not (may_say or may_be_cue(read.groups) or denies(read.groups)):
        return Stated(_NO_SENTENCE, (), by_words, may_say)  # most sentences: their frame does not matter
    told = framed(text, read)
    if not can_state(told):
        return Stated(told, (), by_words, may_say=False)
    may_say = may_say and bool(told.marks) and "standard" not in told.marks
    if not (may_be_cue(read.groups) or denies(read.groups)):
        return Stated(told, (), by_words, may_say)
    parts, lasting, any_cue = [], judge().lasting, False
    for found in candidates(told):
        any_cue = any_cue or bool(found)
        seen: set[tuple[str, bool]] = set()
        judged = []
        for rank, each in enumerate(found):
            key = each.cue.ground, each.cue.met
            if key not in seen:
                seen.add(key)
                if applies(told, each):
                    judged.append(Judged(each, lasting(told, each, rank)))
        if judged:
            parts.append(tuple(judged))
    return Stated(told, tuple(parts), by_words, may_say, not any_cue and denies_of_patient(told))


@lru_cache(maxsize=1 << 14)
def _comes_to_patient(sentence: str) -> bool:
    """Whether a sentence can be the first that is about the patient."""
    small = sentence.lower()  # a search for each word is faster than one for all
    return any(words in small for words in _PIVOTS) and _PIVOT.search(sentence) is not None


def _quotations(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The long quotations, one within another included; a mark that is not closed quotes nothing.

    >>> text = '5" of "snow" and "' + "a long quotation " * 4 + '."'
    >>> [text[first:last][:7] for first, last in _quotations(text, 0, len(text))]
    ['"a long']
    """
    if not any(text.find(mark, start, end) >= 0 for mark in _MARKS):
        return
    opened: list[int] = []
    for found in _MARK.finditer(text, start, end):  # a search for one of few signs is fast
        mark = _QUOTE.match(text, found.start(), end)
        if mark is None:
            continue
        if mark["opens"]:
            opened.append(mark.start())
        elif opened and mark.end() - (first := opened.pop()) > _SHORTEST_QUOTATION:
            yield first, mark.end()


@lru_cache(maxsize=1 << 12)
def _names(item: str) -> frozenset[str]:
    """The words that name an item."""
    words = (word for word, _ in words_and_gaps(fold(item)))
    return frozenset(word for word in words if len(word) >= _SHORTEST_NAME and not word[0].isdigit())


class Surroundings:
    """What surrounds the sentences of one rationale."""

    def __init__(self, text: str, start: int, end: int, item: str, outcome: Outcome | None) -> None:
        self.places = sentences(text, start, end)
        self.said = told(text, start, end)
        self._text = text, start, end
        self._names = _names(item)
        self._upheld = outcome is not Outcome.OVERTURNED and outcome is not Outcome.MODIFIED
        self._quoted: list[tuple[int, int]] | None = None
        self._pivot = -1

    def _first_of_patient(self) -> int:
        """The number of the sentence in which the rationale first comes to the patient."""
        said = enumerate(self.said)
        return next((n for n, sentence in said if _comes_to_patient(sentence)), len(self.said))

    def of(self, n: int) -> Context:
        """The context of the sentence with number ``n``."""
        if self._quoted is None:  # found when first asked for: many rationales state nothing
            self._quoted, self._pivot = list(_quotations(*self._text)), self._first_of_patient()
        first, last = self.places[n]
        return Context(
            self._upheld,
            self._names,
            bool(self._quoted) and any(a <= first and last <= b + 2 for a, b in self._quoted),
            self._pivot <= n,
            n == 0,
            n >= len(self.places) - _LAST,
        )


def read_grounds(text: str, start: int, end: int, item: str, outcome: Outcome | None) -> tuple[Ground, ...]:
    """The grounds that the rationale ``text[start:end]`` states for ``item``, in the order of the text.

    The span of a ground is its sentence, or the part of it that says so where the sentence is long. Some
    are of classes that are not read surely enough to be shown (``measured(ground).is_sure``): among them
    ``other``, of sentences that deny something of this patient in words that fit no class.

    >>> text = "MRI is for red flags. There is no evidence of red flags or of failed conservative care."
    >>> [(each.ground, each.met) for each in read_grounds(text, 0, len(text), "MRI", Outcome.UPHELD)]
    [('red-flag', False), ('conservative-care', False)]
    """
    best: dict[tuple[str, bool], tuple[float, Ground]] = {}
    others: list[Ground] = []
    around = Surroundings(text, start, end, item, outcome)
    for n, (said, (first, last)) in enumerate(zip(around.said, around.places, strict=True)):
        stated = _stated(said) if last - first <= _LONGEST else _NOTHING
        if not (stated.parts or stated.fits_no_class or stated.may_say):
            continue
        context = around.of(n)
        if stated.fits_no_class and context.pivoted and not context.quoted:
            others.append(Ground(OTHER, met=False, quote=said, span=Span(first, last), likelihood=0.0))
        for key, (chance, each) in _found(stated, context).items():
            if key not in best or chance > best[key][0] + _SURER:
                span = Span(first, last)
                if each is not None:
                    span = _quoted(text, stated.sentence, each, first, last)
                best[key] = chance, Ground(*key, tidy(span.of(text)), span, round(chance, 2))
    return tuple(sorted([*(ground for _, ground in best.values()), *others], key=lambda each: each.span))


def _found(stated: Stated, context: Context) -> dict[Key, tuple[float, Candidate | None]]:
    """What a sentence states at its place: by its cues where its words allow, or by its words alone."""
    found: dict[Key, tuple[float, Candidate | None]] = {}
    for judged in stated.parts:
        likeliest = _likeliest(stated.sentence, judged, context)
        if likeliest is not None:
            chance, each = likeliest
            key = each.cue.ground, each.cue.met
            if key in stated.by_words and (key not in found or chance > found[key][0] + _SURER):
                found[key] = chance, each
    if context.quoted or not stated.may_say:
        return found
    at_place = word_judge().at(context)
    for key, total in stated.by_words.items():
        if (total := total + at_place[key]) > 0 and key not in found:
            chance = likelihood(total)
            if chance >= measured(key[0]).by_words:
                found[key] = chance, None
    return found


def too_long(text: str, start: int, end: int) -> list[Span]:
    """The sentences of the rationale ``text[start:end]`` that are too long to be read for grounds."""
    if end - start <= _LONGEST:
        return []
    return [Span(first, last) for first, last in sentences(text, start, end) if last - first > _LONGEST]


def _likeliest(
    told: Sentence, judged: tuple[Judged, ...], context: Context
) -> tuple[float, Candidate] | None:
    best, chosen, passing = 0.0, None, judge().passing
    for each in judged:
        if fits(told, each.candidate, context):
            total = each.total + passing(told, each.candidate, context)
            if chosen is None or total > best:
                best, chosen = total, each.candidate
    if chosen is None or (chance := likelihood(best)) < measured(chosen.cue.ground).least:
        return None
    return chance, chosen


_QUOTE_WORDS = 45


def _quoted(text: str, told: Sentence, candidate: Candidate, first: int, last: int) -> Span:
    """The words that say so: the sentence, or of a long one the part and what denies it."""
    if len(told.words) <= _QUOTE_WORDS:
        return Span(first, last)
    begins, ends = candidate.part.first, candidate.part.after
    begins = min(begins, candidate.used[0].first)
    if candidate.part.reached or ends - begins < _QUOTE_WORDS // 2:
        begins = max(0, min(begins, candidate.used[-1].after - _QUOTE_WORDS // 2))
    ends = max(candidate.used[-1].after, min(ends, begins + _QUOTE_WORDS))
    where = places(fold(text[first:last]))
    return Span(first + where[begins][0], first + where[ends - 1][1])
