"""Words of the rationale that a question asks for: `whose rationale mentions fear avoidance`.

What is quoted, or follows *rationale mentions* or *the words*, is taken as it stands. After *mention* alone,
as in `letters that mention an opioid agreement`, it is taken so only if the vocabularies do not know it all:
`decisions mentioning the knee` asks for the part of the body.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from kg.questions import vocabulary
from kg.questions.vocabulary import Meaning, either, keywords
from kg.questions.wording.grounds.ground_forms import FORMS, SAID
from kg.questions.wording.spelling import spelling
from kg.reading.text.terminal_search import Terminals
from kg.reading.vocabulary.phrases import words

_MOST_WORDS = 8
_WORD = re.compile(r"[^\W_]+(?:['’/-][^\W_]+)*")
_NAMES = ("VALUE", "GUIDE", "OF_", "IGNORED", "ADVERB", "OR", "NOT")
"""What names things, or says nothing; a phrase of another type is no name for what is mentioned."""
_BEFORE_CONDITIONS = {"for", "in", "on", "from", "with", "among", "after", "before", "under", "at"}
"""Before a condition or a date, these end the words: *mentions weaning for opioids in 2015*."""
_CONDITIONS = {"VALUE", "GUIDE", "MONTH", "SIDES", "PARTY", "SHOW", "DAY"}


def _words() -> Mapping[str, str]:
    """The words that ``question-rationale.lark`` declares."""
    names = ("OF_TEXT", "OF_ITEM_TEXT", "MENTIONS", "WRITES", "OF_WORDS")
    return {f"_{name}": f"(?:{either(name)})" for name in names}


TOLD = Terminals("question-rationale.lark", _words)
"""What leads to the words and follows them, by the names of their terminals."""


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
    while lead := TOLD.within("LEAD", text, at):
        at = lead.end()
        pieces = list(_pieces(text, lead))
        negated = TOLD.within("NOT", lead[0]) is not None
        start = lead.start()
        for several in _alternatives(pieces):
            value = "|".join(piece.value for piece in several)
            at = several[-1].end
            where = TOLD.after("IN_TEXT", text, at) if several[-1] is pieces[-1] else None
            at = where.end() if where else at
            of_item = TOLD.after("OF_ITEM_TEXT", lead[0], 0) and not where
            name = "item_words" if of_item else "rationale"
            yield Meaning("VALUE", name, value, negated=negated), min(start, several[0].start), at
            start = len(text)
    yield from _mentioned(text)


def _mentioned(text: str) -> Iterator[tuple[Meaning, int, int]]:
    """Words before what says that they are mentioned: *is "fear avoidance" mentioned in the rationale*."""
    for said in TOLD.every("QUOTED_MENTIONED", text):
        if quoted := TOLD.after("QUOTED", said[0], 0):
            negated = TOLD.within("NOT", said[0], quoted.end()) is not None
            yield Meaning("VALUE", "rationale", _plain(quoted[0]), negated=negated), said.start(), said.end()
    for said in TOLD.every("PLAIN_MENTIONED", text):
        led = TOLD.after("WHETHER", said[0], 0)
        mentioned = TOLD.within("MENTIONED", said[0])
        if led and mentioned:
            value = said[0][led.end() : mentioned.start()].strip()
            if TOLD.within("BY_TEXT", said[0], mentioned.end()) or _is_unknown(value):
                negated = TOLD.within("NOT", led[0]) is not None
                yield (
                    Meaning("VALUE", "rationale", value, negated=negated),
                    said.start() + led.end(),
                    said.end(),
                )


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


def _pieces(text: str, lead: re.Match[str]) -> Iterator[_Piece]:
    """The words that follow what leads to them, none where they are no words of the rationale."""
    at, joined = lead.end(), ""
    while said := TOLD.after("QUOTED", text, at):
        yield _Piece(_plain(said[0].strip()), said.end() - len(said[0].lstrip()), said.end(), joined)
        link = TOLD.after("JOINED", text, said.end())
        at, joined = (link.end(), _how(link)) if link else (said.end(), ",")
        if not link and not text[at:].lstrip().startswith(","):
            break
        at = at if link else text.index(",", at) + 1
    if at > lead.end() or not text[lead.end() : lead.end() + 1].isspace():
        return
    item, of_text, reviewer = (
        TOLD.after(name, lead[0], 0) for name in ("OF_ITEM_TEXT", "OF_TEXT", "REVIEWER")
    )
    whose = item or of_text
    mentions = TOLD.within("MENTIONS", lead[0], whose.end() if whose else 0)
    surely = (not item and of_text) or (item and mentions)
    surely = surely or TOLD.within("OF_WORDS", lead[0], whose.end() if whose else 0)
    maybe = mentions or reviewer
    pieces = list(_unquoted(text, lead.end()))
    if not surely and any(_states_ground(text, piece) for piece in pieces):
        return
    if pieces and (surely or (maybe and any(_is_unknown(piece.value) for piece in pieces))):
        yield from pieces


def _states_ground(text: str, piece: _Piece) -> bool:
    """Whether a ground is said in words that begin there: *the reviewer said improvement was not shown*."""
    return any(
        said.start() < piece.end
        for form in SAID
        if (said := FORMS.within(form, text, piece.start)) is not None
    )


def _unquoted(text: str, at: int) -> Iterator[_Piece]:
    """Words up to a mark, or to words that say something else of the decisions."""
    joined = ""
    ends = _ends()
    while at < len(text):
        start = at
        for terminal in ("ARTICLES", "ABOUT"):
            begun = TOLD.after(terminal, text, start)
            start = begun.end() if begun else start
        start += len(text[start:]) - len(text[start:].lstrip())
        end, at, link = start, start, None
        for number, word in enumerate(_WORD.finditer(text, start)):
            gap = text[at : word.start()]
            leads = number == 0 and word[0].lower() in _BEFORE_CONDITIONS
            if (gap.strip() and number) or number > _MOST_WORDS or leads or _is_end(text, word, ends):
                break
            if link := (TOLD.after("JOINED", text, word.start() - 1) if number else None):
                break
            end = at = word.end()
        if end == start or (number := len(_WORD.findall(text, start, end))) > _MOST_WORDS:
            return
        yield _Piece(text[start:end], start, end, joined)
        if link is None or _begins_other(text, link.end(), ends):
            return
        joined, at = _how(link), link.end()


_ENDED = {"upheld", "overturned", "modified", "denied", "approved", "granted", "reversed"}
"""Words for how decisions ended, after which none of what is mentioned follows: *in upheld decisions*."""


@cache
def _ends() -> frozenset[str]:
    return frozenset(keywords()["TEXT_ENDS"])


def _is_end(text: str, word: re.Match[str], ends: frozenset[str]) -> bool:
    """Whether a word is none of those that are asked for."""
    said = word[0].lower()
    if said in ends:
        return True
    following = _WORD.search(text, word.end())
    return said in _BEFORE_CONDITIONS and (
        (following is not None and following[0].lower() in _ENDED)
        or _begins_condition(text, word.end())
        or TOLD.after("IN_TEXT", text, word.start() - 1) is not None
    )


def _begins_condition(text: str, at: int) -> bool:
    """Whether a date, or what a vocabulary knows, follows."""
    articles = TOLD.after("ARTICLES", text, at)
    following = words(text[articles.end() if articles else at : at + 60]).folded
    dated = TOLD.after("DATED", text, at)
    if dated or not following:
        return bool(dated)
    known = vocabulary.phrases().longest(following, 0)
    return known is not None and known.meaning.type in _CONDITIONS


def _how(link: re.Match[str]) -> str:
    """How words are joined to those before."""
    return link[0].strip(" ,").lower()


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
