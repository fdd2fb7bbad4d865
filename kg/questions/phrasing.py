"""The phrases of a question: the longest of the grammar and the vocabularies, and numbers of something."""

import calendar
import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from kg.questions import vocabulary
from kg.questions.bounded_numbers import WORDS
from kg.questions.vocabulary import Meaning, Phrase
from kg.questions.wording import (
    cut_phrases,
    exact_conditions,
    measured_words,
    numbers,
    parties,
    rationale_words,
    strengths,
    turns,
)
from kg.questions.wording.clauses import asides, names, numbers_compared
from kg.questions.wording.cut_phrases import PARTS_OF_YEAR
from kg.questions.wording.endings import letter_endings
from kg.questions.wording.grounds import ground_forms, untried
from kg.questions.wording.guideline_places import is_section
from kg.questions.wording.spelling import form_of_known, spelling
from kg.reading.vocabulary.concepts import read as read_concepts
from kg.reading.vocabulary.phrases import Found, Words, words

_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_NUMBERS = {word: str(number) for word, number in WORDS.items()}
_MONTHS = {
    name.lower(): number
    for names in (calendar.month_name, calendar.month_abbr)
    for number, name in enumerate(names)
    if name
} | {"sept": 9}
_ORDINAL = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)")
NUMBERED = {"OF_CHAPTER": "AT_CHAPTER", "OF_PAGE": "AT_PAGE"}
_ARTICLES = {"the", "a", "an"}
_BEFORE_DATES = _ARTICLES | {"end", "of"}
_PARTS = {"q1", "q2", "q3", "q4", "h1", "h2", "first", "second", "third", "fourth"}
_BREAKS = {"by", "per", "which", "how", "what", "versus", "vs"}
_NOTHING = {"IGNORED", "PASSED", "ADVERB"}
"""What is no part of a reading."""
_KEPT = {("prior", "to"), *(("already", done) for done in ("provided", "received", "performed", "done"))}
"""Adverbs that say something before what follows."""
_WORKS = {"odg", "acoem", "mtus"}
_TITLED = {"section", "heading", "topic"}
_PARTED = re.compile(r"[,;:]")

_RANGES = {
    "YEAR": {"YEAR", "DAY", "MONTH", "NUMBER", *PARTS_OF_YEAR},
    "DAY": {"DAY", "YEAR", "MONTH"},
    "MONTH": {"MONTH"},
    "NUMBER": {"NUMBER"},
    **dict.fromkeys(PARTS_OF_YEAR, PARTS_OF_YEAR),
}
"""What can be the other end of a range, by what is at the first."""
_MOST_YEARS = 20
_PART_OF_YEAR = re.compile(
    r"(?P<before>q[1-4]|h[12])?(?P<year>(?:19|20)[0-9]{2})(?(before)|(?P<part>q[1-4]|h[12]))"
)
_RANGE = re.compile(r"\s*(?:-|–|\.\.)\s*")


class Said(NamedTuple):
    """The phrases of a question, in order, and those that say something of which a reading has no part."""

    phrases: list[Phrase]
    passed_over: list[Phrase]


def tokens(text: str) -> list[Phrase]:
    """The phrases of a question, in order, without those that say nothing, each as what it means there."""
    return settled(text, said(text).phrases)


def settled(text: str, phrases: list[Phrase]) -> list[Phrase]:
    """Phrases as what they mean beside one another."""
    return cut_phrases.settled(text, turns.turned(text, list(phrases)))


def said(text: str) -> Said:
    """The phrases of a question as each is by itself."""
    found: list[Phrase] = []
    passed_over: list[Phrase] = []
    start = 0
    exactly = [*exact_conditions.found(text), *_counting(text)]
    for exact in sorted(exactly, key=lambda phrase: (phrase.start, -phrase.end)):
        if exact.start >= start:
            found += _phrases(text, start, exact.start, passed_over)
            passed_over += [exact] if exact.type == "PASSED" else []
            found += [exact] if exact.type not in _NOTHING else []
            start = exact.end
    found += _phrases(text, start, len(text), passed_over)
    return Said(_with_ranges(text, found), passed_over)


def _counting(text: str) -> Iterator[Phrase]:
    """Numbers of something."""
    for meaning, start, end in (
        *rationale_words.found(text),
        *letter_endings.found(text),
        *ground_forms.found(text),
        *untried.found(text),
        *parties.silent(text),
        *measured_words.found(text),
        *strengths.found(text),
        *numbers.found(text),
        *numbers_compared.found(text),
        *asides.found(text),
        *((Meaning("IGNORED"), *place) for place in names.asking(text)),
    ):
        yield Phrase(meaning.type, meaning, text[start:end], start, end)


def _phrases(text: str, start: int, end: int, passed_over: list[Phrase]) -> list[Phrase]:
    """The phrases between two places, those that are passed over into a list of their own."""
    whole = words(text, start, end)
    read = _without_adverbs(whole)
    passed_over += _named_adverbs(whole)
    respelled = spelling()
    folded = [respelled(word) for word in vocabulary.as_written(read)]
    found: list[Phrase] = []
    at, citing = 0, False
    while at < len(folded):
        if part := _PART_OF_YEAR.fullmatch(folded[at]):  # `2016Q1`
            found += _part_of_year(read.matches[at].start(), part)
            at += 1
            continue
        phrase, after = _next(text, read, folded, at, citing=citing)
        passed_over += [phrase] if phrase.type == "PASSED" else []
        ignored = phrase.type in _NOTHING
        number = text[phrase.end :].lstrip()[:1].isdecimal()
        if folded[at:after] == ["to"] and not number and not _is_dated(folded, after):
            ignored = True
        if ignored and folded[at:after] == ["on"] and _goes_on(text, read, found, after):
            phrase, ignored = phrase._replace(type="ONWARD"), False
        at = after
        cites = bool(found) and found[-1].type == "CITE"
        ignored |= phrase.type == "EVIDENCE" and phrase.printed.lower() == "anything" and not cites
        if ignored:
            citing = citing and phrase.printed.lower() in (_ARTICLES | {"of"})
            continue
        if found and phrase.type == "NUMBER" and found[-1].type in NUMBERED:
            found[-1] = found[-1]._replace(type=NUMBERED[found[-1].type])
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


def _with_ranges(text: str, phrases: list[Phrase]) -> list[Phrase]:
    """The phrases, a dash between two dates or numbers as what says that a range goes on.

    A number of two digits after a year is the later year that it is short for: *2014-17*.
    """
    found: list[Phrase] = []
    for phrase in phrases:
        before = found[-1] if found else phrase
        gap = text[before.end : phrase.start]
        if _RANGE.fullmatch(gap) and phrase.type in _RANGES.get(before.type, ()):
            year = f"{before.meaning.value[:2]}{phrase.printed}"
            short = phrase.type == "NUMBER" and before.type == "YEAR"
            if short and not _follows(before.meaning.value, year):
                found.append(phrase)
                continue
            found.append(Phrase("TO", Meaning("TO"), gap, before.end, phrase.start))
            phrase = phrase._replace(type="YEAR", meaning=Meaning("YEAR", value=year)) if short else phrase
        found.append(phrase)
    return found


def _follows(year: str, later: str) -> bool:
    """Whether what stands after a year and a dash can be the end of a range of years."""
    return len(later) == len(year) and later.isdecimal() and 0 < int(later) - int(year) <= _MOST_YEARS


def _part_of_year(start: int, part: re.Match[str]) -> list[Phrase]:
    """The quarter or the half, and the year, of one word: *2016Q1*, *Q12016*."""
    name = (part["part"] or part["before"]).upper()
    year = part["year"]
    end = start + len(part[0])
    return [
        Phrase(name, Meaning(name), part[0], start, end),
        Phrase("YEAR", Meaning("YEAR", value=year), year, end, end),
    ]


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
    return Words([read.folded[at] for at in kept], lambda: [read.matches[at] for at in kept])


def _named_adverbs(read: Words) -> Iterator[Phrase]:
    """Adverbs that say something of which a reading has no part, each a phrase: *previously approved*."""
    said = vocabulary.adverbs() & set(vocabulary.keywords()["PASSED"])
    for at, word in enumerate(read.folded):
        if word in said and (word, *read.folded[at + 1 : at + 2]) not in _KEPT:
            match = read.matches[at]
            yield Phrase("PASSED", Meaning("PASSED"), match[0], match.start(), match.end())


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
        token = "YEAR" if printed[4:] != "s" else "UNKNOWN"  # `the 1990s` are ten years
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
    parted = parted and not (found and _has_comma(read.span(at, found.after).of(text), found.meaning))
    if found and parted and (comma := _comma(text, read, at, found.after)):
        found = table.longest(folded[:comma], at)  # `ankle or foot, surgery`, `cites ODG, lumbar MRI`
    if found:
        return _phrase(text, read, at, found.after, found.meaning), found.after
    other = spelling()(word, known_too=True)  # a misspelling that the vocabularies know in phrases
    if other != word and (found := table.longest([other], 0)):
        return _phrase(text, read, at, at + 1, found.meaning), at + 1
    return _phrase(text, read, at, at + 1, Meaning(form_of_known(printed) or "UNKNOWN")), at + 1


def _has_comma(printed: str, meaning: Meaning) -> bool:
    """Whether a comma is part of the name of a specialty: *Endocrinology, Diabetes and Metabolism*."""
    return meaning.name == "specialty" and "," in printed and printed.lower().startswith(_with_comma())


@cache
def _with_comma() -> tuple[str, ...]:
    labels = (label.lower() for c in read_concepts("specialties.ttl").values() for label in c.labels)
    return tuple(label for label in labels if "," in label)


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
    nothing = plain and cited and cited.meaning.type in _NOTHING and plain.after > cited.after
    found = plain if ground or nothing or not cited else cited
    if found and found.meaning.type in _NOTHING:
        for inner in range(at + 1, found.after):
            told = vocabulary.phrases().longest(folded, inner)
            goes_on = told and told.after > found.after
            if told and goes_on and told.meaning.type not in _NOTHING:
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
