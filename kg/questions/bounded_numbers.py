"""Numbers of a question, and how they are bounded: *at least 12*, *two dozen or fewer*, *> 45*."""

from collections.abc import Mapping
from itertools import product

from kg.questions.facets.letter_values import DATES
from kg.questions.vocabulary import either, singular_or_plural
from kg.reading.text.number_words import words_of
from kg.reading.text.terminal_search import Terminals

WORDS = words_of(*range(1, 21), *range(30, 100, 10))
"""Numbers below a hundred that are one word."""
NUMBERS = WORDS | {
    "hundred": 100,
    "a hundred": 100,
    "one hundred": 100,
}
"""Numbers of days, items and decisions that are written as words."""
_TENS, _ONES = words_of(*range(20, 100, 10)), words_of(*range(1, 10))
AMOUNTS = {
    **WORDS,
    **{f"{ten} {one}": _TENS[ten] + _ONES[one] for ten, one in product(_TENS, _ONES)},
    "dozen": 12,
    "a dozen": 12,
    "two dozen": 24,
    "three dozen": 36,
}
"""Ages and amounts that are: `over fifty`, `more than a dozen visits`."""
_PARTS = {"third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
FRACTIONS = {
    **dict.fromkeys(("half", "a half", "one half"), 50),
    **{f"{one} {part}": round(100 / of) for part, of in _PARTS.items() for one in ("a", "one")},
    **{
        f"{said} {part}s": round(100 * number / of)
        for part, of in _PARTS.items()
        for said, number in {"two": 2, "three": 3, "four": 4, "nine": 9}.items()
        if number < of
    },
}
"""Shares that are, in percent."""
BOUNDS = ("OVER", "AT_LEAST", "UNDER", "AT_MOST", "OR_MORE", "OR_LESS")


def _words() -> Mapping[str, str]:
    """The words that ``question-measured.lark`` declares."""
    plural = (*BOUNDS, "VISITS", "UNITS", "HOURS", "AGED", "OF_AGE", "WORKERS")
    ended = "|".join(map(either, ("IS_OVERTURNED", "IS_UPHELD", "IS_MODIFIED", "DENIAL")))
    said = {f"_{name}": singular_or_plural(name) for name in plural}
    said |= {f"_{name.upper()}": singular_or_plural(f"AT_{name.upper()}") for name in ("time", *DATES)}
    said |= {"_ENDED": ended, "_FRACTION": _any(FRACTIONS), "_NUMBER": f"[0-9]{{1,4}}|{_any(NUMBERS)}"}
    said["_AMOUNT"] = rf"[0-9]{{1,4}}|(?:{_any(AMOUNTS)})(?![\w-])"
    return {name: f"(?:{pattern})".replace("/", r"\/") for name, pattern in said.items()}


def _any(numbers: Mapping[str, int]) -> str:
    words = "|".join(sorted(numbers, key=len, reverse=True))
    return words.replace(" ", r"[\s-]+")


MEASURED = Terminals("question-measured.lark", _words)
"""Words that count, by the names of their terminals."""


def amounts_of(stretch: str) -> list[int]:
    """The numbers of a stretch.

    >>> amounts_of("three to 12")
    [3, 12]
    """
    found = (number[0].lower() for number in MEASURED.every("NUMBER", stretch))
    return [NUMBERS.get(word) or int(word) for word in found]


def bound(stretch: str) -> str:
    """How the number of a stretch is bounded: by what is said first, and at most.

    >>> bound("no more than 12"), bound("12 or more"), bound("12")
    ('AT_MOST', 'OR_MORE', '')
    """
    said = {name: MEASURED.within(name, stretch) for name in BOUNDS}
    found = {name: (one.start(), -one.end()) for name, one in said.items() if one}
    return min(found, key=lambda name: found[name]) if found else ""


def bounded(stretch: str, number: int, step: float = 1) -> str:
    """The range that the number of a stretch means, as a filter writes it.

    >>> bounded("no more than 12", 12), bounded("over half", 50, 0.01)
    ('..12', '50.01..')
    """
    by = bound(stretch)
    if by == "OVER":
        return f"{number + step:g}.."
    if by == "UNDER":
        return f"..{number - step:g}"
    return f"{number}.." if by in {"AT_LEAST", "OR_MORE"} else f"..{number}" if by else f"{number}"
