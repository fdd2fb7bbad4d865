"""Cut a text into sentences, and read each phrase by phrase with ``grammar/claim.lark``.

The vocabularies are those of questions (:mod:`kg.questions.vocabulary`); what no phrase holds is ``UNKNOWN``.
"""

import calendar
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import NamedTuple

from lark.exceptions import UnexpectedInput

from kg.questions import vocabulary
from kg.questions.meaning.asked_dates import Plan
from kg.questions.vocabulary import Meaning, Phrase
from kg.reading.text.grammars import Lexeme, TypedGrammar, nested
from kg.reading.text.number_words import words_of
from kg.reading.vocabulary.phrases import Found, Words, words

GRAMMAR = "claim.lark"

_ABBREVIATED = (
    r"(?<!\b[pP])(?<!\b[pP]p)(?<!\bpg)(?<!\b[cC]h)(?<!\b[nN]o)(?<!\bvs)(?<!\bv)(?<!\b[cC]hap)(?<!\bcf)"
)
_ABBREVIATED += (
    r"(?<!\bDr)(?<!\be\.g)(?<!\bi\.e)(?<!\bapprox)(?<!\bca)(?<!\bSt)(?<!\bsec)(?<!\bet al)(?<!\b[A-Z])"
)
_END = re.compile(rf"{_ABBREVIATED}[.!?]+[\"”’)\]]*(?=\s|$)|;(?=\s)|\n\s*\n|\n(?=\s*(?:[-*•]|\d+[.)])\s)")
_BULLET = re.compile(r"[\s\-*•]*(?:\(?\d{1,3}[.)]\s+)?")

_MONTH = "|".join(
    [*calendar.month_name[1:], *(rf"{name}\.?" for name in calendar.month_abbr[1:]), r"Sept\.?"]
)
_EXACT = re.compile(
    rf"""\bCM[\s_-]*(?P<year>[0-9]{{2}})[\s_-]*(?P<number>[0-9]{{1,8}})\b
    | (?P<percent>\b[0-9]+(?:\.[0-9]+)?)\s*(?:%|per\s?cent\b|percent\b)
    | (?P<iso>\b[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}\b)
    | \b(?P<us>[0-9]{{1,2}}/[0-9]{{1,2}}/(?:[0-9]{{4}}|[0-9]{{2}}))\b
    | \b(?P<month>{_MONTH})\s+(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<of>[0-9]{{4}})\b
    | \b(?:the\s+)?(?P<day2>[0-9]{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?
        (?P<month2>{_MONTH}),?\s+(?P<of2>[0-9]{{4}})\b
    | (?P<count>\b[0-9]{{1,3}}(?:,[0-9]{{3}})+\b | \b(?!(?:19|20)[0-9]{{2}}\b)[0-9]{{4,9}}\b)
    | [“"](?P<quoted>[^”"\n]{{3,600}})[”"]""",
    re.VERBOSE | re.IGNORECASE,
)
_FRACTIONS = {
    **dict.fromkeys(("half", "a half", "one half", "half of", "one half of"), 0.5),
    **dict.fromkeys(("a third", "one third"), 1 / 3),
    **dict.fromkeys(("a quarter", "one quarter", "a fourth", "one fourth"), 0.25),
    "two thirds": 2 / 3,
    "three quarters": 0.75,
    "three fourths": 0.75,
    "a fifth": 0.2,
    "one fifth": 0.2,
    "two fifths": 0.4,
    "three fifths": 0.6,
    "four fifths": 0.8,
    "a sixth": 1 / 6,
    "one sixth": 1 / 6,
    "an eighth": 0.125,
    "one eighth": 0.125,
    "a tenth": 0.1,
    "one tenth": 0.1,
    "nine tenths": 0.9,
}
"""What a fraction in words is; ``grammar/claim.lark`` has the same words."""
_UNITS = words_of(*range(1, 11))
_MONTHS = {name.lower(): n for n, name in enumerate(calendar.month_name) if name}
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_SPELLED = words_of(*range(11, 20), *range(20, 100, 10))
_RANGE = re.compile(r"\s*(?:-|–|—|\.\.|to|through|thru)\s*")
_LISTED = re.compile(r"\s*(?:,|&|,?\s*and)\s*")
_COUNTS = re.compile(
    r"\s*(?:\(|%|were\b|was\b|are\b|of\b|out of\b|in\b|percent|decision|item|request|letter|case|upheld)"
)
"""What follows a number that counts, and is no page."""
_NUMBER = {"NUMBER", "COUNT"}
_COUNTED = {*_NUMBER, "PERCENT", "FRACTION"}
_MERELY = {"only", "just", "merely", "a mere", "barely"}
_PLACED = {"GUIDE", "OF_CHAPTER", "OF_PAGE", "OF_SECTION"}
_TRANSPARENT = {"guideline", "treatment guideline", "medical treatment guideline", "the", "a", "an"}
"""After these a title still stands that a word of citing opened."""


class Sentence(NamedTuple):
    """A sentence of a text and its place."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Read:
    """A sentence as phrases, and the parts that the grammar makes of them."""

    sentence: Sentence
    phrases: tuple[Phrase, ...]
    plan: Plan

    def has(self, *types: str) -> bool:
        """Whether a phrase of one of the types stands in it."""
        return any(phrase.type in types for phrase in self.phrases)

    @property
    def pieces(self) -> list["Piece"]:
        """The parts of the plan, each with its phrases."""
        return [_piece(name, inner) for name, inner in self.plan]

    def of(self, first: int, after: int) -> str:
        """The words from phrase ``first`` up to, not including, ``after``."""
        return self.sentence.text[self.phrases[first].start : self.phrases[after - 1].end]


class Piece(NamedTuple):
    """A part of the plan: phrases ``first`` up to, not including, ``after``; a word's type is its kind."""

    kind: str
    first: int
    after: int
    inner: Plan

    def numbers(self) -> list[tuple[str, int]]:
        """Its phrases by type and position."""
        return list(_flat(self.inner))


def _piece(name: str, inner: Plan) -> Piece:
    at = [position for _, position in _flat(inner)]
    return Piece(inner[0][0] if name == "word" else name, at[0], at[-1] + 1, inner)


def _flat(inner: Plan) -> Iterator[tuple[str, int]]:
    for name, within in inner:
        if isinstance(within, int):
            yield name, within
        else:
            yield from _flat(within)


def sentences(text: str) -> Iterator[Sentence]:
    """The sentences of a text, without bullets and numbers before them.

    >>> [one.text for one in sentences("1. It cites p. 98. CM17-1 was upheld!")]
    ['It cites p. 98.', 'CM17-1 was upheld!']
    """
    start = 0
    for end in [*(found.end() for found in _END.finditer(text)), len(text)]:
        bullet = _BULLET.match(text, start, end)
        first = bullet.end() if bullet else start
        printed = text[first:end].rstrip()
        if re.search(r"[^\W\d_]", printed):
            yield Sentence(printed, first, first + len(printed))
        start = end


@cache
def grammar() -> TypedGrammar[Plan]:
    """The grammar of claims."""
    found = {name: f"<{name}>" for name in ("VALUE", "GUIDE", "UNKNOWN", "MONTH", "QUOTED")}
    return TypedGrammar(GRAMMAR, nested, words=found)


def read(sentence: Sentence, known: Iterable[tuple[int, int]] = ()) -> Read:
    """A sentence as phrases and parts; words that cannot be followed are parts by themselves.

    What stands at the places ``known`` is taken as one quotation each, of two that begin alike the longer.
    """
    longest = sorted(known, key=lambda place: (place[0], -place[1]))
    phrases = tuple(_settled(list(_tokens(sentence.text, longest)), sentence.text))
    lexemes = [Lexeme(phrase.type, phrase.start, phrase.end) for phrase in phrases]
    try:
        plan = grammar().plan(lexemes)
    except UnexpectedInput:
        plan = [("word", [(phrase.type, at)]) for at, phrase in enumerate(phrases)]
    return Read(sentence, phrases, plan)


def _tokens(text: str, known: list[tuple[int, int]]) -> Iterator[Phrase]:
    start = 0
    for first, end in known:
        if first >= start:
            yield from _within(text, start, first)
            yield Phrase("QUOTED", Meaning("QUOTED", value=text[first:end]), text[first:end], first, end)
            start = end
    yield from _within(text, start, len(text))


def _within(text: str, start: int, end: int) -> Iterator[Phrase]:
    for exact in _EXACT.finditer(text, start, end):
        if (meant := _exact(exact)) is None:
            continue
        yield from _phrases(text, start, exact.start())
        yield Phrase(*meant, exact[0], exact.start(), exact.end())
        start = exact.end()
    yield from _phrases(text, start, end)


def _exact(found: re.Match[str]) -> tuple[str, Meaning] | None:
    """What is written in figures, by its form."""
    if found["year"]:
        return "CASE", Meaning("CASE", value=f"CM{found['year']}-{int(found['number']):07d}")
    if found["percent"]:
        return "PERCENT", Meaning("PERCENT", value=found["percent"])
    if found["count"]:
        return "COUNT", Meaning("COUNT", value=found["count"].replace(",", ""))
    if found["quoted"]:
        return "QUOTED", Meaning("QUOTED", value=found["quoted"])
    day = _day(found)
    return ("DAY", Meaning("DAY", value=day.isoformat())) if day else None


def _day(found: re.Match[str]) -> date | None:
    try:
        if found["iso"]:
            return date.fromisoformat(found["iso"])
        if found["us"]:
            month, day, year = map(int, found["us"].split("/"))
            return date(year + (2000 if year < 100 else 0), month, day)
        month_name = found["month"] or found["month2"]
        month = [name.lower() for name in calendar.month_abbr].index(month_name[:3].lower())
        return date(int(found["of"] or found["of2"]), month, int(found["day"] or found["day2"]))
    except ValueError:
        return None


def _phrases(text: str, start: int, end: int) -> Iterator[Phrase]:
    said = words(text, start, end)
    at, citing, named = 0, False, False
    while at < len(said.folded):
        printed = said.matches[at][0].lower()
        if named and (own := vocabulary.specialties().longest(said.folded, at)):
            span = said.span(at, own.after)
            yield Phrase("VALUE", own.meaning, span.of(text), span.start, span.end)
            at, named = own.after, False
            continue
        phrase, after = _next(text, said, at, citing=citing)
        if phrase.type in {"UNKNOWN", "NUMBER"} and printed in _SPELLED:
            phrase, after = _spelled(text, said.folded, phrase, at, after)
        if phrase.type == "NUMBER" and (fraction := _fraction(said.folded, at)):
            meaning = Meaning("FRACTION", value=phrase.printed)
            after = fraction.after
            span = said.span(at, after)
            phrase = Phrase("FRACTION", meaning, span.of(text), span.start, span.end)
        if phrase.type == "LESS_THAN" and printed == "under" and not _counts(said.folded, after):
            phrase = phrase._replace(type="CITE")
        at = after
        named = phrase.type == "SPECIALIST" or (named and phrase.printed.lower() in _TRANSPARENT)
        if phrase.type == "SPECIALIST":
            if phrase.printed.lower().startswith(("reviewer", "physician reviewer")):
                yield phrase._replace(type="REVIEWER")
            continue
        if phrase.type == "IGNORED":
            citing = citing and phrase.printed.lower() in _TRANSPARENT
            continue
        yield phrase
        if phrase.type == "OUT_OF":
            continue
        citing = phrase.type in {"CITE", "OF_SECTION"} or (citing and phrase.type == "AND")


def _next(text: str, said: Words, at: int, *, citing: bool) -> tuple[Phrase, int]:
    """The phrase that begins with word ``at``, and the word after it."""
    word, printed = said.folded[at], said.matches[at][0].lower()
    meaning, after = Meaning("UNKNOWN"), at + 1
    table = vocabulary.cited(GRAMMAR) if citing else vocabulary.phrases(GRAMMAR)
    if _YEAR.fullmatch(word):
        meaning = Meaning("YEAR", value=word)
    elif word.isdecimal() and len(word) <= 3:
        meaning = Meaning("NUMBER", value=word)
    elif printed in _UNITS:
        meaning = Meaning("NUMBER", value=str(_UNITS[printed]))
    elif word in _MONTHS and at + 1 < len(said.folded) and _YEAR.fullmatch(said.folded[at + 1]):
        meaning = Meaning("MONTH", value=str(_MONTHS[word]))
    elif found := table.longest(said.folded, at):
        meaning, after = found.meaning, found.after
    span = said.span(at, after)
    return Phrase(meaning.type, meaning, span.of(text), span.start, span.end), after


def _counts(folded: list[str], at: int) -> bool:
    """Whether a number begins at a word."""
    return at < len(folded) and (folded[at][0].isdigit() or _fraction(folded, at) is not None)


def _fraction(folded: list[str], at: int) -> Found[Meaning] | None:
    """A fraction that begins with a number in words (``one third``)."""
    found = vocabulary.phrases(GRAMMAR).longest(folded, at)
    return found if found and found.meaning.type == "FRACTION" else None


def _spelled(text: str, folded: list[str], phrase: Phrase, at: int, after: int) -> tuple[Phrase, int]:
    """A number in words from eleven to ninety-nine."""
    value = _SPELLED[folded[at]]
    if value >= 20 and after < len(folded) and folded[after] in _UNITS:
        value, after = value + _UNITS[folded[after]], after + 1
        end = phrase.end + re.match(r"[\s-]*\w+", text[phrase.end :]).end()  # type: ignore[union-attr]
        phrase = phrase._replace(printed=text[phrase.start : end], end=end)
    return phrase._replace(type="NUMBER", meaning=Meaning("NUMBER", value=str(value))), after


def _settled(found: list[Phrase], text: str) -> Iterator[Phrase]:
    """The phrases with those that depend on their neighbours settled."""
    for at, phrase in enumerate(found):
        before = found[at - 1] if at else None
        after = found[at + 1] if at + 1 < len(found) else None
        if before and before.type in _NUMBER and phrase.type in _NUMBER:
            gap = text[before.end : phrase.start]
            listed = _LISTED.fullmatch(gap) and not _COUNTS.match(text, phrase.end)
            kind = "TO" if _RANGE.fullmatch(gap) else "ALSO" if listed else None
            if kind:
                yield Phrase(kind, Meaning(kind), gap, before.end, phrase.start)
        yield from _settle(phrase, before, after, text)


def _settle(phrase: Phrase, before: Phrase | None, after: Phrase | None, text: str) -> Iterator[Phrase]:
    numbered = bool(before and after and before.type in _NUMBER and after.type in _NUMBER)
    kind = phrase.type
    if kind in {"AND", "TO"} and numbered:
        listed = text[before.end : after.start]  # type: ignore[union-attr]
        if _LISTED.fullmatch(listed) or _RANGE.fullmatch(listed):
            yield phrase._replace(type="ALSO" if kind == "AND" else "TO")
            return
    if kind == "OUT_OF" and not numbered:
        placed = before and after and before.type in {"NUMBER", "GUIDE"} and after.type in {*_PLACED, "YEAR"}
        if not placed:
            yield phrase._replace(type="OF")
    elif (kind in {"TO", "ALSO"} and not numbered) or (kind == "BY" and not _is(after, "ADMIN")):
        yield phrase._replace(type="OF")
    elif kind == "OF_SECTION" and before and before.type == "GUIDE" and not _is(after, "GUIDE"):
        return
    elif (kind in {"OF_CHAPTER", "OF_PAGE"} and not (after and after.type == "NUMBER")) or (
        kind == "OF_SECTION" and not (after and after.type == "GUIDE")
    ):
        yield phrase._replace(type="UNKNOWN")
    elif kind == "QUALIFIER" and phrase.printed.lower() in _MERELY and after and after.type in _COUNTED:
        return
    elif kind == "MONTH" and not (after and after.type == "YEAR"):
        yield phrase._replace(type="UNKNOWN")
    else:
        yield phrase


def _is(phrase: Phrase | None, kind: str) -> bool:
    return phrase is not None and phrase.type == kind


def fraction(printed: str) -> float:
    """What a fraction in words is.

    >>> fraction("Two thirds of"), fraction("half")
    (0.6666666666666666, 0.5)
    """
    plain = " ".join(printed.lower().replace("-", " ").split()).removesuffix(" of")
    return _FRACTIONS[plain]
