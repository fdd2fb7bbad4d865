"""Read a question in words: its phrases, then what they mean together.

``grammar/question.lark`` reads the sequence of phrases; what no phrase holds is not guessed at: the
question is refused, with the words that were not understood.
"""

import calendar
import contextlib
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from lark.exceptions import UnexpectedInput

from kg.errors import QuestionError
from kg.questions import vocabulary
from kg.questions.examples import nearest
from kg.questions.meaning import intent
from kg.questions.meaning.asked import Asked, Plan
from kg.questions.question import Question
from kg.questions.vocabulary import Meaning, Phrase
from kg.questions.wording import (
    cut_phrases,
    exact_conditions,
    measured_words,
    numbers,
    rationale_words,
    strengths,
    turns,
)
from kg.questions.wording.guideline_places import is_section
from kg.questions.wording.spelling import spelling
from kg.reading.text.grammars import Lexeme, TypedGrammar, nested
from kg.reading.text.number_words import words_of
from kg.reading.vocabulary.phrases import Found, Words, words

LONGEST = 2_000
"""Characters of a question; a longer text is none."""

_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_NUMBERS = {word: str(number) for word, number in words_of(*range(1, 11)).items()}
_MONTHS = {
    name.lower(): number
    for names in (calendar.month_name, calendar.month_abbr)
    for number, name in enumerate(names)
    if name
} | {"sept": 9}
_ORDINAL = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)")
_NUMBERED = {"OF_CHAPTER": "AT_CHAPTER", "OF_PAGE": "AT_PAGE"}
_ARTICLES = {"the", "a", "an"}
_BEFORE_DATES = _ARTICLES | {"end", "of"}
_PARTS = {"q1", "q2", "q3", "q4", "h1", "h2", "first", "second", "third", "fourth"}
_BREAKS = {"by", "per", "which", "how", "what", "versus", "vs"}
_KEPT = {("prior", "to"), *(("already", done) for done in ("provided", "received", "performed", "done"))}
"""Adverbs that say something before what follows."""
_WORKS = {"odg", "acoem", "mtus"}
_LEADING = {"IN", "BY", "NOT", "OR"}
"""What goes with a phrase that follows it."""
_TELLING = {"RATE", "VALUE", "GUIDE", "IS_OVERTURNED", "IS_UPHELD", "IS_MODIFIED", "DENIAL", "CASE", "YEAR"}
"""What a question is about, without one of which a shorter one is no nearer than an example."""
_TIDY, _STRAY = re.compile(r"\s+"), re.compile(r"\s[^\w\s#&]+(?=\s)")
ABSENT = {
    "NO_ADVICE": "letters neither advise nor foretell; how such decisions ended can be asked",
    "NO_PROVIDER": "letters name no treating physician; “specialist” with a specialty asks about reviewers",
    "NO_PAYER": "letters name no insurer, employer, lawyer or judge",
    "NO_PLACE": "letters name no place",
    "NO_CLOCK": "dates are asked for by year, month or day, such as “since 2015”",
    "NO_MONEY": "letters state no costs",
}
"""Why a question with such a word cannot be answered."""
_TITLED = {"section", "heading", "topic"}
_PARTED = re.compile(r"[,;:]")
_RANGE = re.compile(r"\s*(?:-|–|\.\.)\s*")


_FOUND = ("VALUE", "GUIDE", "UNKNOWN", "MONTH", "DAY", "TIME", "MEASURE", "HAVING", "PART")


@cache
def grammar() -> TypedGrammar[Plan]:
    """The grammar of questions."""
    found = {name: f"<{name}>" for name in (*_FOUND, *_NUMBERED.values())}  # by the reader, not by words
    return TypedGrammar(vocabulary.GRAMMAR, nested, words=found)


def tokens(text: str) -> list[Phrase]:
    """The phrases of a question, in order, without those that say nothing."""
    found: list[Phrase] = []
    start = 0
    said = [*exact_conditions.found(text), *_counting(text)]
    for exact in sorted(said, key=lambda phrase: (phrase.start, -phrase.end)):
        if exact.start >= start:
            found += _phrases(text, start, exact.start)
            found += [exact] if exact.type != "IGNORED" else []
            start = exact.end
    return cut_phrases.settled(text, turns.turned(text, [*found, *_phrases(text, start, len(text))]))


def _counting(text: str) -> Iterator[Phrase]:
    """Numbers of something."""
    for meaning, start, end in (
        *rationale_words.found(text),
        *measured_words.found(text),
        *strengths.found(text),
        *numbers.found(text),
    ):
        yield Phrase(meaning.type, meaning, text[start:end], start, end)


def _phrases(text: str, start: int, end: int) -> list[Phrase]:
    read = _without_adverbs(words(text, start, end))
    respelled = spelling()
    folded = [respelled(word) for word in vocabulary.as_written(read)]
    found: list[Phrase] = []
    at, citing = 0, False
    while at < len(folded):
        phrase, after = _next(text, read, folded, at, citing=citing)
        ignored = phrase.type == "IGNORED"
        number = text[phrase.end :].lstrip()[:1].isdecimal()
        if folded[at:after] == ["to"] and not number and not _is_dated(folded, after):
            ignored = True
        if ignored and folded[at:after] == ["on"] and _goes_on(text, read, found, after):
            phrase, ignored = phrase._replace(type="ONWARD"), False
        at = after
        if ignored:
            citing = citing and phrase.printed.lower() in (_ARTICLES | {"of"})
            continue
        if found and phrase.type == "NUMBER" and found[-1].type in _NUMBERED:
            found[-1] = found[-1]._replace(type=_NUMBERED[found[-1].type])
        if found and phrase.type in {"YEAR", "NUMBER"} and found[-1].type == phrase.type:
            gap = text[found[-1].end : phrase.start]
            if _RANGE.fullmatch(gap):
                found.append(Phrase("TO", Meaning("TO"), gap, found[-1].end, phrase.start))
        if phrase.type == "NUMBER" and [one.type for one in found[-2:]] == ["NUMBER", "OR"]:
            found.pop()  # `page 98 or 99`
        if phrase.type == "GUIDE" and found and found[-1].type == "OF_SECTION":
            phrase, at = _after_comma(text, read, folded, found[-1], (phrase, at))
        found.append(phrase)
        # `sections on opioids` cites no title, `sections of Knee 2004` does.
        following = text[phrase.end :].lstrip().lower()
        several = phrase.printed.lower().endswith("sections") and not following.startswith("of ")
        cites = phrase.type in {"CITE", "OF_SECTION", "OF_PAGE"} and not (several or following[:1] == ",")
        citing = cites or (citing and phrase.type == "OR")
    return found


def _after_comma(
    text: str, read: Words, folded: list[str], section: Phrase, found: tuple[Phrase, int]
) -> tuple[Phrase, int]:
    """What stands after *section* and a comma as no section: *the same section, knee surgery*."""
    phrase, _ = found
    if "," not in text[section.end : phrase.start]:
        return found
    first = next(at for at, match in enumerate(read.matches) if match.start() == phrase.start)
    return _next(text, read, folded, first, citing=False)


def _without_adverbs(read: Words) -> Words:
    """The words without adverbs that say nothing, also within phrases: *was simply not tried yet*."""
    said = vocabulary.adverbs()
    kept = [
        at
        for at, word in enumerate(read.folded)
        if word not in said or (word, *read.folded[at + 1 : at + 2]) in _KEPT
    ]
    return Words([read.folded[at] for at in kept], [read.matches[at] for at in kept])


def _is_dated(folded: list[str], at: int) -> bool:
    """Whether a date or number begins with word ``at``, but for articles: *to* is else no end of a range."""
    while at < len(folded) and folded[at] in _BEFORE_DATES:
        at += 1
    return at < len(folded) and (folded[at] in _MONTHS or folded[at] in _PARTS or folded[at][0].isdecimal())


def _goes_on(text: str, read: Words, found: list[Phrase], after: int) -> bool:
    """Whether *on* after a date says that there is no end: *from 2013 on*, and not *from 2013 on opioids*."""
    if not found or found[-1].type not in {"YEAR", "DAY"}:
        return False
    if after == len(read.folded):
        return True
    gap = text[read.matches[after - 1].end() : read.matches[after].start()]
    return "," in gap or read.folded[after] in _BREAKS


def _next(text: str, read: Words, folded: list[str], at: int, *, citing: bool) -> tuple[Phrase, int]:
    """The phrase that begins with word ``at``, and the word after it."""
    word = folded[at]
    token, value = "", word
    printed = read.matches[at][0].lower()
    if _YEAR.fullmatch(word):
        token = "YEAR"
    elif word.isdecimal() and len(word) <= 3:
        token = "NUMBER"
    elif printed in _NUMBERS and not _is_phrase(folded, at):
        token, value = "NUMBER", _NUMBERS[printed]
    elif (ordinal := _ORDINAL.fullmatch(word)) and any(near in _MONTHS for near in _around(folded, at)):
        token, value = "NUMBER", ordinal[1]
    elif printed == "others":
        token = "OTHERS"
    elif word in _MONTHS and _in_a_year(folded, at):
        token, value = "MONTH", str(_MONTHS[word])
    if token:
        return _phrase(text, read, at, at + 1, Meaning(token, value=value)), at + 1
    if title := _before_section(read, folded, at):
        return _phrase(text, read, at, title.after + 1, title.meaning), title.after + 1
    table = vocabulary.cited() if citing else vocabulary.phrases()
    found = _longest(folded, at, citing=citing)
    parted = found and (found.meaning.type == "VALUE" or word in _WORKS)
    if found and parted and (comma := _comma(text, read, at, found.after)):
        found = table.longest(folded[:comma], at)  # `ankle or foot, surgery`, `cites ODG, lumbar MRI`
    if found:
        return _phrase(text, read, at, found.after, found.meaning), found.after
    other = spelling()(word, known_too=True)  # a misspelling that the vocabularies know in phrases
    if other != word and (found := table.longest([other], 0)):
        return _phrase(text, read, at, at + 1, found.meaning), at + 1
    return _phrase(text, read, at, at + 1, Meaning("UNKNOWN")), at + 1


def _longest(folded: list[str], at: int, *, citing: bool) -> Found[Meaning] | None:
    """The longest phrase, with plurals in *-ies* as singulars where that makes it longer or a thing."""
    found = _as_folded(folded, at, citing=citing)
    if not any(word.endswith("ie") for word in folded[at : at + 5]):
        return found
    other = _as_folded([f"{w[:-2]}y" if w.endswith("ie") else w for w in folded], at, citing=citing)
    if other and (found is None or other.after > found.after or found.meaning.type == "VALUE"):
        return other  # `spine surgeries`
    return found


def _as_folded(folded: list[str], at: int, *, citing: bool) -> Found[Meaning] | None:
    """The longest phrase; after a word of citing a title, but not where a longer one is a ground."""
    plain = vocabulary.phrases().longest(folded, at)
    cited = vocabulary.cited().longest(folded, at) if citing else None
    ground = plain and cited and plain.meaning.name == "ground" and plain.after > cited.after
    found = plain if ground or not cited else cited
    if found and found.meaning.type == "IGNORED":
        for inner in range(at + 1, found.after):
            told = vocabulary.phrases().longest(folded, inner)
            goes_on = told and told.after > found.after
            if told and goes_on and (told.meaning.type.startswith("IS_") or told.meaning.type == "VALUE"):
                return vocabulary.phrases().longest(
                    folded[:inner], at
                )  # `side with UR`, `in general surgery`
    return found


def _before_section(read: Words, folded: list[str], at: int) -> Found[Meaning] | None:
    """A title that begins with word ``at`` and the word for it: *Weaning of Medications section*."""
    found = vocabulary.cited().longest(folded, at)
    if found is None or found.after >= len(folded) or read.matches[found.after][0].lower() not in _TITLED:
        return None
    return found if found.meaning.type == "GUIDE" and is_section(found.meaning.value) else None


def _comma(text: str, read: Words, at: int, after: int) -> int | None:
    """The word after the first comma or colon within words ``at`` up to ``after``."""
    pairs = ((one, read.matches[one].end(), read.matches[one + 1].start()) for one in range(at, after - 1))
    return next((one + 1 for one, end, start in pairs if _PARTED.search(text, end, start)), None)


def _in_a_year(folded: list[str], at: int) -> bool:
    """Whether a year follows a month, or another month that a year follows: *March 1 to June 30 2015*."""
    after = folded[at + 1 : at + 7]
    near = any(_YEAR.fullmatch(word) for word in after[:2])
    return near or (any(map(_YEAR.fullmatch, after)) and any(word in _MONTHS for word in after))


def _is_phrase(folded: list[str], at: int) -> bool:
    """Whether a phrase of several words begins with a number: ``two sides``."""
    found = vocabulary.phrases().longest(folded, at)
    return found is not None and found.after > at + 1


def _around(folded: list[str], at: int) -> list[str]:
    """The words beside word ``at``, without *of*: ``3rd of March``, ``March 3rd``."""
    return [word for word in folded[max(at - 1, 0) : at + 3] if word != "of"]


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
    try:
        return _read(text, phrases)
    except QuestionError as error:
        near = answerable(text, phrases)
        raise QuestionError(f"{error}; the nearest question that can be answered: “{near}”") from error


def answerable(text: str, phrases: list[Phrase]) -> str:
    """The nearest question that is read: what is left without words that are not understood, or an example.

    >>> answerable("overturn rate in Los Angeles by year", tokens("overturn rate in Los Angeles by year"))
    'overturn rate by year'
    """
    left, start = [], 0
    for at, phrase in enumerate(phrases):
        if phrase.type in ABSENT or phrase.type == "UNKNOWN":
            leading = at and phrases[at - 1].type in _LEADING
            left.append(text[start : phrases[at - 1].start if leading else phrase.start])
            start = phrase.end
    lost = sum(phrase.type in ABSENT or phrase.type == "UNKNOWN" for phrase in phrases)
    if start and 2 * lost <= len(phrases):
        shorter = _TIDY.sub(" ", _STRAY.sub(" ", " ".join([*left, text[start:]]))).strip(" ,;:-")
        with contextlib.suppress(QuestionError):
            shorter_phrases = tokens(shorter)
            if any(phrase.type in _TELLING for phrase in shorter_phrases):
                _read(shorter, shorter_phrases)
                return shorter
    return nearest(text, 1)[0]


def _read(text: str, phrases: list[Phrase]) -> Question:
    if absent := next((phrase for phrase in phrases if phrase.type in ABSENT), None):
        raise QuestionError(f"“{absent.printed}”: {ABSENT[absent.type]}")
    if unknown := [phrase.printed for phrase in phrases if phrase.type == "UNKNOWN"]:
        raise QuestionError("not understood: " + ", ".join(f"“{word}”" for word in dict.fromkeys(unknown)))
    if not phrases:
        raise QuestionError("the question is empty")
    asked = _asked(text, phrases)
    respelled = tuple(
        (phrase.printed, known)
        for phrase in phrases
        if phrase.meaning.name != "rationale" and (known := _respelled(phrase.printed))
    )
    if cut := cut_phrases.cut(text, phrases):
        whole, part = cut
        asked, of = _asked(text, whole), _asked(text, part)
        asked.part += [*of.conditions, *([of.later] if of.later else [])]
        asked.loose += of.loose  # kinds of thing beside what is of the part
        asked.seen |= of.seen & {"MOST", "LEAST", "WHICH", "MATTER"}
    return replace(intent.question(asked), respelled=respelled)


def _asked(text: str, phrases: list[Phrase]) -> Asked:
    """What the phrases say, one part after the other."""
    lexemes = [Lexeme(phrase.type, phrase.start, phrase.end) for phrase in phrases]
    return Asked(text, phrases).read(_planned(lexemes, phrases))


def _respelled(printed: str) -> str:
    """A phrase as it is spelled right, empty where it was."""
    folded = words(printed).folded
    right = [spelling()(word) for word in folded]
    return " ".join(right) if right != folded else ""


def _planned(lexemes: list[Lexeme], phrases: list[Phrase]) -> Plan:
    try:
        return grammar().plan(lexemes)
    except UnexpectedInput as error:
        at = getattr(getattr(error, "token", None), "value", None)
        near = phrases[at].printed if isinstance(at, int) else "the end"
        raise QuestionError(f"the question cannot be followed at “{near}”") from error
