"""Words of the rationale that a question asks for: `whose rationale mentions fear avoidance`.

What is quoted, or follows *rationale mentions* or *the words*, is taken as it stands. After *mention* alone,
as in `letters that mention an opioid agreement`, it is taken so only if the vocabularies do not know it all:
`decisions mentioning the knee` asks for the part of the body.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from kg.questions import vocabulary
from kg.questions.vocabulary import Meaning, either, keywords
from kg.questions.wording.spelling import spelling
from kg.reading.vocabulary.phrases import words

_MOST_WORDS = 8
_QUOTED = r"(?:[\"“”«»][^\"“”«»\n|]{1,150}[\"“”«»]|(?<!\w)['‘’`][^'‘’`\n|]{1,150}['‘’`](?!\w))"
_ARTICLES = r"(?:(?:the|a|an|any|some|that|his|her|their)\s+)*"
_NOT = r"(?:(?:do|does|did)(?:\s+not|n['’]?t)|never|not|no|without)"
_WORD = re.compile(r"[^\W_]+(?:['’/-][^\W_]+)*")
_JOINED = re.compile(r"\s*,?\s*\b(?P<how>and/or|or|and)\s+", re.IGNORECASE)
_STARTS = re.compile(rf"\s*(?:{_ARTICLES}(?:of|about)?\s*)", re.IGNORECASE)
_DATED = re.compile(r"\s*(?:the\s+)?(?:19|20)[0-9]{2}\b", re.IGNORECASE)
_NAMES = ("VALUE", "GUIDE", "OF_", "IGNORED", "ADVERB", "OR", "NOT")
"""What names things, or says nothing; a phrase of another type is no name for what is mentioned."""
_BEFORE_CONDITIONS = {"for", "in", "on", "from", "with", "among", "after", "before", "under", "at"}
"""Before a condition or a date, these end the words: *mentions weaning for opioids in 2015*."""
_CONDITIONS = {"VALUE", "GUIDE", "MONTH", "SIDES", "PARTY", "SHOW", "DAY"}


class _Piece(NamedTuple):
    """Words that are asked for, as they stand, with how they are joined to those before."""

    value: str
    start: int
    end: int
    joined: str


def found(text: str) -> Iterator[tuple[Meaning, int, int]]:
    """The words of rationales that a text asks for, each with its place and what leads to it.

    >>> [(m.value, m.negated) for m, _, _ in found("whose rationale mentions fear avoidance by year")]
    [('fear avoidance', False)]
    >>> [(m.value, m.negated) for m, _, _ in found("letters that never mention 'home exercise' or 'gym'")]
    [('home exercise|gym', True)]
    >>> [m.value for m, _, _ in found("rationale mentions weaning and an opioid agreement, overturned")]
    ['weaning', 'opioid agreement']
    >>> list(found("decisions mentioning the knee"))
    []
    >>> [(m.name, m.value) for m, _, _ in found("items that mention fluoroscopy, by year")]
    [('item_words', 'fluoroscopy')]
    """
    at = 0
    while lead := _lead().search(text, at):
        at = lead.end()
        pieces = list(_pieces(text, lead))
        start = lead.start()
        for several in _alternatives(pieces):
            value = "|".join(piece.value for piece in several)
            at = several[-1].end
            where = _where().match(text, at) if several[-1] is pieces[-1] else None
            at = where.end() if where else at
            of_item = lead["item"] and not where
            name = "item_words" if of_item else "rationale"
            yield Meaning("VALUE", name, value, negated=bool(lead["no"])), min(start, several[0].start), at
            start = len(text)
    for pattern in _passive():
        for said in pattern.finditer(text):
            value = _plain(said["words"])
            if said["words"] != value or said["where"] or _is_unknown(value):
                meaning = Meaning("VALUE", "rationale", value, negated=bool(said["no"]))
                yield meaning, said.start("words"), said.end()


def _alternatives(pieces: list[_Piece]) -> Iterator[list[_Piece]]:
    """The pieces, those that *or* joins together."""
    several: list[_Piece] = []
    for piece in pieces:
        if several and piece.joined == "and":
            yield several
            several = []
        several.append(piece)
    if several:
        yield several


@cache
def _lead() -> re.Pattern[str]:
    """What leads to the words: *rationale does not mention the phrase*."""
    of_text, mentions, writes, called = map(either, ("OF_TEXT", "MENTIONS", "WRITES", "OF_WORDS"))
    return re.compile(
        rf"\b(?:(?P<item>{either('OF_ITEM_TEXT')})\s+|(?P<of_text>{of_text})\s+|(?P<reviewer>reviewers?)\s+)?"
        rf"(?:(?:that|which|who|also|ever|explicitly|specifically)\s+){{0,2}}"
        rf"(?:(?P<no>{_NOT})\s+)?(?:(?:ever|even|explicitly)\s+)?"
        rf"(?:(?:(?P<mentions>{mentions})|(?P<writes>{writes}|quot(?:e|es|ing)(?=\s*[\"“])))\b(?:\s*:?\s*{_ARTICLES}(?P<called>{called})\b)?"
        rf"|(?:with\s+{_ARTICLES}(?:{called})\b|\b(?:{called})(?=\s+(?:like|such\s+as)\s*[\"“]))(?P<with>))"
        r"(?:\s+(?:like|such\s+as)(?=\s*[\"“]))?(?:\s*:)?",
        re.IGNORECASE,
    )


@cache
def _where() -> re.Pattern[str]:
    """What says again that words stand in the rationale."""
    return re.compile(rf"\s+(?:anywhere\s+)?in\s+{_ARTICLES}(?:{either('OF_TEXT')})\b", re.IGNORECASE)


@cache
def _passive() -> tuple[re.Pattern[str], ...]:
    """Words before what says that they are mentioned: *is "fear avoidance" mentioned in the rationale*."""
    where = rf"\s+(?:anywhere\s+)?(?:in|by)\s+{_ARTICLES}(?:{either('OF_TEXT')})\b"
    is_ = rf"\s+(?:(?:is|are|was|were)\s+)?(?P<no>{_NOT}\s+)?(?:ever\s+)?"
    said = (
        r"(?:mentioned|brought\s+up|discussed|written|used|found|appears?|appearing|shows?\s+up|comes?\s+up)"
    )
    plain = r"[^\W_]+(?:[\s-]+[^\W_]+){0,4}?"
    return (
        re.compile(rf"(?P<words>{_QUOTED})(?:{is_}{said})?(?P<where>{where})", re.IGNORECASE),
        re.compile(rf"(?P<words>{_QUOTED}){is_}{said}\b(?P<where>)", re.IGNORECASE),
        re.compile(
            rf"\b(?:is|are|was|were)\s+(?P<no>not\s+)?{_ARTICLES}(?P<words>{plain})\s+(?:ever\s+)?"
            rf"(?:mentioned|brought\s+up|discussed)\b(?P<where>{where})?",
            re.IGNORECASE,
        ),
    )


def _pieces(text: str, lead: re.Match[str]) -> Iterator[_Piece]:
    """The words that follow what leads to them, none where they are no words of the rationale."""
    quoted = re.compile(rf"\s*({_QUOTED})")
    at, joined = lead.end(), ""
    while said := quoted.match(text, at):
        yield _Piece(_plain(said[1]), said.start(1), said.end(), joined)
        link = _JOINED.match(text, said.end())
        at, joined = (link.end(), link["how"].lower()) if link else (said.end(), ",")
        if not link and not text[at:].lstrip().startswith(","):
            break
        at = at if link else text.index(",", at) + 1
    if at > lead.end() or not text[lead.end() : lead.end() + 1].isspace():
        return
    of_item = lead["item"] and lead["mentions"]
    surely = lead["called"] or lead["with"] is not None or lead["of_text"] or of_item
    maybe = lead["mentions"] or lead["reviewer"]
    pieces = list(_unquoted(text, lead.end()))
    if pieces and (surely or (maybe and any(_is_unknown(piece.value) for piece in pieces))):
        yield from pieces


def _unquoted(text: str, at: int) -> Iterator[_Piece]:
    """Words up to a mark, or to words that say something else of the decisions."""
    joined = ""
    ends = _ends()
    while at < len(text):
        begun = _STARTS.match(text, at)
        start = begun.end() if begun else at
        end, at, link = start, start, None
        for number, word in enumerate(_WORD.finditer(text, start)):
            gap = text[at : word.start()]
            leads = number == 0 and word[0].lower() in _BEFORE_CONDITIONS
            if (gap.strip() and number) or number > _MOST_WORDS or leads or _is_end(text, word, ends):
                break
            if link := (_JOINED.match(text, word.start() - 1) if number else None):
                break
            end = at = word.end()
        if end == start or (number := len(_WORD.findall(text, start, end))) > _MOST_WORDS:
            return
        yield _Piece(text[start:end], start, end, joined)
        if link is None or _begins_other(text, link.end(), ends):
            return
        joined, at = link["how"].lower(), link.end()


@cache
def _ends() -> frozenset[str]:
    return frozenset(keywords()["TEXT_ENDS"])


def _is_end(text: str, word: re.Match[str], ends: frozenset[str]) -> bool:
    """Whether a word is none of those that are asked for."""
    said = word[0].lower()
    if said in ends:
        return True
    return said in _BEFORE_CONDITIONS and (
        _begins_condition(text, word.end()) or _where().match(text, word.start() - 1) is not None
    )


def _begins_condition(text: str, at: int) -> bool:
    """Whether a date, or what a vocabulary knows, follows."""
    following = words(re.sub(rf"^\s*{_ARTICLES}", "", text[at : at + 60])).folded
    if _DATED.match(text, at) or not following:
        return bool(_DATED.match(text, at))
    known = vocabulary.phrases().longest(following, 0)
    return known is not None and known.meaning.type in _CONDITIONS


def _begins_other(text: str, at: int, ends: frozenset[str]) -> bool:
    """Whether what follows *and* is no more of the words: *mention red flags and are overturned*."""
    word = _WORD.search(text, at)
    return word is None or word[0].lower() in ends or word[0].lower() in _BEFORE_CONDITIONS


def _is_unknown(said: str) -> bool:
    """Whether a word of it names nothing that is known, and none asks what letters do not say."""
    folded = words(said).folded
    respelled = spelling()
    table, at, unknown = vocabulary.phrases(), 0, False
    while at < len(folded):
        phrase = table.longest(folded, at) or table.longest([respelled(folded[at])], 0)
        if phrase is not None and phrase.meaning.type.startswith("NO_"):
            return False
        unknown |= phrase is None or not phrase.meaning.type.startswith(_NAMES)
        at += max(1, phrase.after - phrase.first if phrase is not None else 1)
    return unknown


def _plain(said: str) -> str:
    """Words without the marks that quote them."""
    return said.strip("\"“”«»'‘’`").strip()
