"""Strengths of drugs, and how long something is rented or tried, as questions write them."""

import re
from collections.abc import Iterator

from kg.questions import vocabulary
from kg.questions.vocabulary import Meaning
from kg.reading.text.number_words import words_of
from kg.reading.vocabulary.phrases import words

_AMOUNT = r"[0-9]{1,4}(?:\.[0-9]{1,3})?"
_FORMS = r"(?:patch(?:es)?|gels?|creams?|ointments?|lotions?|solutions?|topicals?|sprays?|drops|compounds?)"
_WEIGHED = re.compile(
    rf"(?<![\w./#-])(?P<amount>{_AMOUNT})(?:\s?-?mg)?(?P<other>\s?[/-]\s?{_AMOUNT})?[\s-]?(?P<unit>mg|mcg|ml)s?\b"
    r"(?!\s*(?:/|per\b|an?\b|each\b|every\b|dail|of\b|MED|MME|morphine|total|or\s+(?:more|less|over|under|above|below|higher|lower)))",
    re.IGNORECASE,
)
_COMBINED = re.compile(
    rf"(?<![\w./#-])(?P<amount>{_AMOUNT})\s?/\s?(?P<other>[1-9](?:00|25|50|75))(?![\w/.-])", re.IGNORECASE
)
_DILUTED = re.compile(
    rf"(?<![\w./#-])(?P<amount>{_AMOUNT})\s?(?:%|percent)(?=\s+{_FORMS}\b)"
    rf"|(?<=[a-z]\s)(?P<after>{_AMOUNT})\s?%",
    re.IGNORECASE,
)
_FORM_BEFORE = re.compile(rf"\b{_FORMS}\s+$", re.IGNORECASE)
_BOUNDED = re.compile(
    r"(?:\b(?:over|above|under|below|than|least|most|exceed\w*|up\s+to|to|between|and|pages?|pp?\.?|chapters?)|[<>≤≥])\s*$",
    re.IGNORECASE,
)
"""Before a number these make it a range of amounts, or the place of a guideline: no strength."""
_BARE = re.compile(
    r"(?<=[a-z]\s)(?P<amount>[0-9]{1,3})(?![\w.,/%-])(?!\s*(?:[#%/>–-]|mg|mcg|tab|pill|cap|unit|day|week|month|year|time|case|letter|decision"
    r"|visit|session|patch|hour|or\b|to\b|and\s+[0-9]|through|per\b|a\b|each|most|least|more|less|item|request))",
    re.IGNORECASE,
)
"""A number after a drug, such as `ibuprofen 800`."""
_COUNTS = {word: str(number) for word, number in words_of(*range(1, 7)).items()}
_REFILLS = re.compile(rf"\b(?P<n>[1-9][0-9]?|{'|'.join(_COUNTS)})\s+refills?\b", re.IGNORECASE)
_LASTING = re.compile(
    r"\b(?P<n>[0-9]{1,3}|an?|one|two|three|six)[\s-](?P<unit>day|week|month|year)s?[\s-](?:home[\s-])?(?P<what>trial|rental|supply)\b",
    re.IGNORECASE,
)


def found(text: str) -> Iterator[tuple[Meaning, int, int]]:
    """Strengths and durations of a text, with their places.

    >>> [m.value for m, _, _ in found("Norco 10/325 or 7.5-325 mg, Lidoderm patch 5%, Cymbalta 30mg")]
    ['7.5/325', '30 mg', '10/325', '5%']
    >>> [m.value for m, _, _ in found("TENS unit, 30-day trial")]
    ['30 day trial']
    >>> list(found("over 100 mg, 80 mg per day, page 98/100, more than 50% upheld"))
    []
    """
    for pattern in (_WEIGHED, _COMBINED):
        for said in pattern.finditer(text):
            if _BOUNDED.search(text, max(said.start() - 12, 0), said.start()):
                continue
            other = re.sub(r"[\s/-]", "", said["other"] or "")
            unit = f" {said['unit'].lower()}" if pattern is _WEIGHED and not other else ""
            value = said["amount"] + (f"/{other}" if other else "") + unit
            yield Meaning("VALUE", "strength", value), said.start(), said.end()
    for said in _DILUTED.finditer(text):
        bounded = _BOUNDED.search(text, max(said.start() - 12, 0), said.start())
        if said["amount"] or (_follows_drug(text[max(said.start() - 60, 0) : said.start()]) and not bounded):
            value = f"{said['amount'] or said['after']}%"
            yield Meaning("VALUE", "strength", value), said.start(), said.end()
    for said in _BARE.finditer(text):
        if _follows_drug(text[max(said.start() - 60, 0) : said.start()], form=False):
            yield Meaning("VALUE", "strength", said["amount"]), said.start(), said.end()
    for said in _REFILLS.finditer(text):
        if not _BOUNDED.search(text, max(said.start() - 12, 0), said.start()):
            yield (
                Meaning("VALUE", "refills", _COUNTS.get(said["n"].lower(), said["n"])),
                said.start(),
                said.end(),
            )
    for said in _LASTING.finditer(text):
        value = f"{said['n']} {said['unit']} {said['what']}".lower()
        yield Meaning("VALUE", "item_words", value), said.start(), said.end()


def _follows_drug(before: str, *, form: bool = True) -> bool:
    """Whether a text ends with a drug, or with a ``form`` that drugs have: *Lidoderm*, *patches*."""
    read = words(before).folded
    found = (
        vocabulary.phrases().longest(read, len(read) - count) for count in range(1, min(3, len(read)) + 1)
    )
    drug = any(one and one.after == len(read) and one.meaning.name == "drug" for one in found)
    return drug or (form and _FORM_BEFORE.search(before) is not None)
