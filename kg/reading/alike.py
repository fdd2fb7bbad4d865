"""The form of a sentence, in which names, sides, numbers and dates are set apart.

Sentences that letters repeat differ in who asks, for which side, how often and when: two sentences with one
form are nearly alike.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b

from kg.model import Side
from kg.reading.requests.amounts import NUMBERS

_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september", "october"),
    *("november", "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov"),
    "dec",
)
_TITLES = ("dr", "mr", "mrs", "ms")
_NOT_COUNTED = {"other", "single"}
_SPELLED = tuple(word for word in NUMBERS if word not in _NOT_COUNTED)
_SIDES = tuple(f"{side.value}{ending}" for side in Side for ending in ("", "ly"))

# What a word may be part of; the places of the words that a sentence has are looked for, and no others.
_KIND = {
    **dict.fromkeys(_MONTHS, "month"),
    **dict.fromkeys(_TITLES, "title"),
    **dict.fromkeys(_SPELLED, "number"),
    **dict.fromkeys(_SIDES, "side"),
}
_SPECIAL = frozenset(_KIND)
_WORD = re.compile("[a-z]+")
_NAMED = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|DR|MR|MRS|MS)\b\.? (?:[A-Z][\w'’-]*\.? ?\b)+")
_NUMERIC = re.compile(
    r"(?P<date>\d{1,4}(?P<mark>[/-])\d{1,2}(?P=mark)\d{2,4}\b)"  # 3/14/2015, 2015-03-14
    r"|(?P<number>\d+(?:[.,/]\d+)*(?:st|nd|rd|th)?)"
)
_RANGE = re.compile(r"\(number\) ?(?:-|–|to) ?\(number\)")


def form(sentence: str) -> str:
    """A sentence, its white space folded, without what differs where sentences are nearly alike.

    >>> form("On 3/14/2015 Dr. Roe asked for 12 sessions for the left knee.")
    'on (date) (name) asked for (number) sessions for the (side) knee.'
    >>> form("Eight to ten visits are allowed.") == form("6-8 visits are allowed.")
    True
    >>> form("It may have begun in May 2015, or on June 3rd, 2015.")
    'it may have begun in (date), or on (date).'
    """
    told = sentence.lower()
    if special := _SPECIAL.intersection(_WORD.findall(told)):
        kinds = {_KIND[word] for word in special}
        if "title" in kinds:
            told = _NAMED.sub(_kept_space, sentence).lower()
        for kind in ("month", "side", "number"):
            if kind in kinds:
                words = tuple(sorted(word for word in special if _KIND[word] == kind))
                told = _places(kind, words).sub("(date)" if kind == "month" else f"({kind})", told)
    told = _NUMERIC.sub(lambda found: f"({found.lastgroup})" if found["number"] else "(date)", told)
    return _RANGE.sub("(number)", told)


def _kept_space(found: re.Match[str]) -> str:
    return "(name) " if found.group().endswith(" ") else "(name)"


@lru_cache(maxsize=1 << 12)
def _places(kind: str, words: tuple[str, ...]) -> re.Pattern[str]:
    """Where some words of a kind stand: a month with a day or a year beside it."""
    one = rf"\b(?:{'|'.join(_longest_first(words))})\b"
    if kind != "month":
        return re.compile(one)
    day = r"\d{1,2}(?:st|nd|rd|th)?"
    return re.compile(rf"\b{day} {one}\.?,? \d{{4}}\b|{one}\.? {day},? \d{{4}}\b|{one}\.?,? \d{{4}}\b")


def _longest_first(words: Iterable[str]) -> list[str]:
    return sorted(words, key=len, reverse=True)


def digest(text: str) -> int:
    """A number for a text, such that different texts share one with a chance of one in 2**64.

    >>> digest("a") == digest("a") != digest("b")
    True
    """
    made = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(made, "big", signed=True)
