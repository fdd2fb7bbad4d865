"""The words for numbers and for units of time, with what they amount to, from ``grammar/amounts.tsv``."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from kg import resources
from kg.model import TimeUnit
from kg.reading.text.terminals import pattern_of

_ROWS = [
    (kind, words.split(), float(amount))
    for kind, words, amount in (
        line.split("\t") for line in resources.text("grammar", "amounts.tsv").splitlines()[1:]
    )
]
_NUMBERS, _TIMES, _OTHER, _DAILY, _WEEKLY = "number", "times", "every", "daily", "weekly"

NUMBERS: Mapping[str, float] = {
    word: amount for kind, words, amount in _ROWS if kind in (_NUMBERS, _TIMES, _OTHER) for word in words
}
"""What each word for a number, or a number of times, amounts to."""

DAYS: Mapping[str, float] = {kind: amount for kind, _, amount in _ROWS if kind.isupper() and amount}
"""The days in each unit of time that is no part of one, by the name of its terminal."""


_A_PERIOD: Mapping[str, float] = {
    word.replace(".", ""): amount
    for kind, words, amount in _ROWS
    if kind in (_DAILY, _WEEKLY)
    for word in words
}

OFTEN = frozenset(
    {*_A_PERIOD, "daily", "nightly", "bedtime", "weekly", "monthly", "quarterly", "yearly", "annually"}
)
"""Words without a number that say how often, as phrases are folded."""


def terminals() -> Mapping[str, str]:
    """The expressions of the terminals that ``quantity.lark`` declares."""
    words = {kind: [word for each, said, _ in _ROWS if each == kind for word in said] for kind, *_ in _ROWS}
    once = pattern_of(words[_TIMES])
    units = {kind: said for kind, said in words.items() if kind.isupper()}
    return {
        "_NUMBER": _numbers(words[_NUMBERS]),
        "_OTHER": pattern_of(words[_OTHER]),
        "ONCE.5": rf"{once}(?:\s+(?:or|to)\s+{once})?",
        "DAILY.5": pattern_of(words[_DAILY]),
        "WEEKLY.5": pattern_of(words[_WEEKLY]),
        "_TIME": pattern_of([word for said in units.values() for word in said]),
        **{f"{kind}.2": pattern_of(said) for kind, said in units.items()},
    }


HUNDRED = "hundred"
TENS = frozenset(word for word, amount in NUMBERS.items() if amount in range(20, 100, 10))
UNITS = frozenset(word for kind, words, amount in _ROWS for word in words if kind == _NUMBERS and amount < 10)


def _numbers(words: Iterable[str]) -> str:
    """The expression of numbers in words: ``two``, ``twenty-four``, ``one hundred and twenty``."""
    ten, unit, hundred = pattern_of(sorted(TENS)), pattern_of(sorted(UNITS)), pattern_of([HUNDRED])
    small = rf"(?:{ten}[ -]{unit}|{pattern_of(words)})"
    return rf"(?:{small}(?:[ -]{hundred})?(?:(?<=[Dd])(?i:\s+and)?\s+{small})?)"


@lru_cache(maxsize=256)
def days(printed: str) -> float:
    """The days in a printed unit of time; none in hours.

    >>> days("Wks"), days("month"), days("hr")
    (7.0, 28.0, 0.0)
    """
    return next(
        amount for kind, words, amount in _ROWS if kind.isupper() and re.fullmatch(pattern_of(words), printed)
    )


def times_a_period(printed: str) -> float:
    """How often a day, or a week, a printed abbreviation says.

    >>> times_a_period("B.I.D."), times_a_period("tid")
    (2.0, 3.0)
    """
    return _A_PERIOD[printed.replace(".", "").lower()]


TIME_UNITS: Mapping[str, TimeUnit] = {unit.name: unit for unit in TimeUnit}
"""The unit of time of each terminal that names one."""


@lru_cache(maxsize=256)
def time_unit(printed: str) -> TimeUnit:
    """A printed unit of time.

    >>> time_unit("Wks").value
    'week'
    """
    return next(
        TIME_UNITS[kind]
        for kind, words, _ in _ROWS
        if kind.isupper() and re.fullmatch(pattern_of(words), printed)
    )
