"""Read a question in words: its phrases, then what they mean together.

``grammar/question.lark`` reads the sequence of phrases; what no phrase holds is not guessed at: the
question is refused, with the words that were not understood.
"""

import calendar
import re
from functools import cache
from typing import Any

from lark import Token, Tree
from lark.exceptions import UnexpectedInput

from kg.analysis.filters import FILTERS
from kg.errors import QuestionError
from kg.questions import vocabulary
from kg.questions.asked import Asked, Phrase, Plan
from kg.questions.question import Question
from kg.questions.vocabulary import Meaning
from kg.reading.text.grammars import Lexeme, TypedGrammar
from kg.reading.vocabulary.phrases import Words, words

LONGEST = 2_000
"""Characters of a question; a longer text is none."""

_CASE = r"\bCM\s?-?(?P<year>[0-9]{2})-?(?P<number>[0-9]{1,7})\b"
_CONDITION = rf'\b(?P<name>{"|".join(FILTERS)})(?P<no>!?)=(?:"(?P<quoted>[^"]+)"|(?P<plain>[^\s"]+))'
_EXACT = re.compile(f"{_CASE}|{_CONDITION}", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_NUMBERS = dict(
    zip(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
        map(str, range(1, 11)),
        strict=True,
    )
)
_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_ARTICLES = {"the", "a", "an"}
_RANGE = re.compile(r"\s*(?:-|–|\.\.)\s*")


def _shape(tree: Tree[Any]) -> Plan:
    """The parts of a question: a rule's name and its tokens (or inner parts), by position."""

    def part(node: Any) -> Any:
        if isinstance(node, Token):
            return (node.type, node.value)
        return (str(node.data), [part(child) for child in node.children])

    return [part(child) for child in tree.children]


@cache
def grammar() -> TypedGrammar[Plan]:
    """The grammar of questions."""
    found = {
        name: f"<{name}>" for name in ("VALUE", "GUIDE", "UNKNOWN", "MONTH")
    }  # by the reader, not by words
    return TypedGrammar(vocabulary.GRAMMAR, _shape, words=found)


def tokens(text: str) -> list[Phrase]:
    """The phrases of a question, in order, without those that say nothing."""
    found: list[Phrase] = []
    start = 0
    for exact in _EXACT.finditer(text):
        found += _phrases(text, start, exact.start())
        found.append(Phrase(*_exact(exact), exact[0], exact.start(), exact.end()))
        start = exact.end()
    return [*found, *_phrases(text, start, len(text))]


def _exact(found: re.Match[str]) -> tuple[str, Meaning]:
    """What a case number, or a condition such as ``drug="Opioids"``, means."""
    if found["year"]:
        return "CASE", Meaning("CASE", value=f"CM{found['year']}-{int(found['number']):07d}")
    value = found["quoted"] or found["plain"]
    return "VALUE", Meaning("VALUE", found["name"].lower(), value, negated=bool(found["no"]))


def _phrases(text: str, start: int, end: int) -> list[Phrase]:
    read = words(text, start, end)
    found: list[Phrase] = []
    at, citing = 0, False
    while at < len(read.folded):
        phrase, at = _next(text, read, at, citing=citing)
        if phrase.type == "IGNORED":
            citing = citing and phrase.printed.lower() in _ARTICLES
            continue
        if found and phrase.type in {"YEAR", "NUMBER"} and found[-1].type == phrase.type:
            gap = text[found[-1].end : phrase.start]
            if _RANGE.fullmatch(gap):
                found.append(Phrase("TO", Meaning("TO"), gap, found[-1].end, phrase.start))
        found.append(phrase)
        citing = phrase.type in {"CITE", "OF_SECTION"} or (citing and phrase.type == "OR")
    return found


def _next(text: str, read: Words, at: int, *, citing: bool) -> tuple[Phrase, int]:
    """The phrase that begins with word ``at``, and the word after it."""
    word = read.folded[at]
    token, value = "", word
    if _YEAR.fullmatch(word):
        token = "YEAR"
    elif word.isdecimal() and len(word) <= 3:
        token = "NUMBER"
    elif (printed := read.matches[at][0].lower()) in _NUMBERS:
        token, value = "NUMBER", _NUMBERS[printed]
    elif word in _MONTHS and at + 1 < len(read.folded) and _YEAR.fullmatch(read.folded[at + 1]):
        token, value = "MONTH", str(_MONTHS[word])
    if token:
        return _phrase(text, read, at, at + 1, Meaning(token, value=value)), at + 1
    table = vocabulary.cited() if citing else vocabulary.phrases()
    if found := table.longest(read.folded, at):
        return _phrase(text, read, at, found.after, found.meaning), found.after
    if (other := table.respelled([word])[0]) != word and (found := table.longest([other], 0)):
        return _phrase(text, read, at, at + 1, found.meaning), at + 1
    return _phrase(text, read, at, at + 1, Meaning("UNKNOWN")), at + 1


def _phrase(text: str, read: Words, first: int, after: int, meaning: Meaning) -> Phrase:
    span = read.span(first, after)
    return Phrase(meaning.type, meaning, span.of(text), span.start, span.end)


def read_question(text: str) -> Question:
    """What a question asks.

    >>> read_question("topical analgesics by year").reading
    'figures overturned | subcategory=Topical Analgesics | by year'

    Raises:
        QuestionError: words of it mean nothing here, or together they ask nothing that can be answered.
    """
    if len(text) > LONGEST:
        raise QuestionError(f"the question has {len(text)} characters; at most {LONGEST} are read")
    phrases = tokens(text)
    if unknown := [phrase.printed for phrase in phrases if phrase.type == "UNKNOWN"]:
        raise QuestionError("not understood: " + ", ".join(f"“{word}”" for word in dict.fromkeys(unknown)))
    if not phrases:
        raise QuestionError("nothing is asked")
    lexemes = [Lexeme(phrase.type, phrase.start, phrase.end) for phrase in phrases]
    plan = _planned(lexemes, phrases)
    return Asked(phrases).read(plan)


def _planned(lexemes: list[Lexeme], phrases: list[Phrase]) -> Plan:
    try:
        return grammar().plan(lexemes)
    except UnexpectedInput as error:
        at = getattr(getattr(error, "token", None), "value", None)
        near = phrases[at].printed if isinstance(at, int) else "the end"
        raise QuestionError(f"the question cannot be followed at “{near}”") from error
