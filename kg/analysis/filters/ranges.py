"""How a filter's values are written: words, and ranges of years, days or numbers."""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from kg.errors import SettingError


@dataclass(frozen=True, slots=True)
class Range:
    """What lies from ``first`` to ``last``, both included: years or days, which sort as they are written.

    >>> str(Range("2014", "2016")), str(Range("2016", "2016")), str(Range("2016-01-01", "2016-06-30"))
    ('2014-2016', '2016', '2016-01-01..2016-06-30')
    """

    first: str
    last: str

    def __contains__(self, found: object) -> bool:
        return self.first <= str(found) <= self.last

    @property
    def reversed(self) -> bool:
        """Whether it ends before it begins."""
        return self.first > self.last

    def __str__(self) -> str:
        if self.first == self.last:
            return self.first
        return f"{self.first}{'..' if '-' in self.first else '-'}{self.last}"


@dataclass(frozen=True, slots=True)
class Numbers(Range):
    """Numbers from ``first`` to ``last``, both included; an empty end is open.

    >>> 12.0 in Numbers("6", "12"), 13 in Numbers("6", "12"), 13 in Numbers("13", "")
    (True, False, True)
    >>> str(Numbers("6", "12")), str(Numbers("13", "")), str(Numbers("", "6")), str(Numbers("60", "60"))
    ('6-12', '13..', '..6', '60')
    """

    @property
    def least(self) -> float:
        """The first number, minus infinity where the beginning is open."""
        return float(self.first or "-inf")

    @property
    def most(self) -> float:
        """The last number, infinity where the end is open."""
        return float(self.last or "inf")

    def __contains__(self, found: object) -> bool:
        return self.least <= float(str(found)) <= self.most

    @property
    def reversed(self) -> bool:
        """Whether it ends before it begins."""
        return self.least > self.most

    def __str__(self) -> str:
        if self.first == self.last:
            return self.first
        return f"{self.first}{'-' if self.first and self.last else '..'}{self.last}"


Value = str | Range


@dataclass(frozen=True, slots=True)
class Kind:
    """A way to write values: a regular expression for the whole, and what it means."""

    pattern: str
    form: str
    """How a value is to be written, for the error."""
    meaning: Callable[[str], Value]
    order: Callable[[str], object] = str
    """What values are sorted by."""

    def read(self, name: str, given: str) -> Value:
        """The value ``given`` to the filter called ``name``.

        Raises:
            SettingError: it is empty, not written so, or a range that is reversed.
        """
        text = given.strip()
        if not text:
            raise SettingError(f"the filter {name} has an empty value; give {self.form}, or leave it out")
        if not re.fullmatch(self.pattern, text):
            raise SettingError(f"{name} {given!r} is not {self.form}")
        try:
            value = self.meaning(text)
        except ValueError as error:
            raise SettingError(f"{name} {given!r} is not {self.form}: {error}") from error
        if isinstance(value, Range) and value.reversed:
            raise SettingError(f"{name} {given!r} is reversed: a range runs from the earlier to the later")
        return value


def _years(text: str) -> Range:
    first, to, last = re.split(r"(\.\.|-|$)", text, maxsplit=1)
    return Range(first or "0001", last if to and last else "9999" if to else first)


def _days(text: str) -> Range:
    first, to, last = text.partition("..")
    return Range(_day(first, 1) if first else "0001-01-01", _day(last if to else first, -1))


def _day(text: str, end: int) -> str:
    """The first (1) or last (-1) day of a year, month or day.

    >>> _day("2016", 1), _day("2016-02", -1), _day("2016-02-03", -1), _day("", -1)
    ('2016-01-01', '2016-02-29', '2016-02-03', '9999-12-31')
    """
    year, month, day = (*map(int, (text or "9999").split("-")), 0, 0)[:3]
    month = month or (1 if end == 1 else 12)
    day = day or (1 if end == 1 else calendar.monthrange(year, month)[1])
    return date(year, month, day).isoformat()


def _numbers(text: str) -> Numbers:
    first, to, last = re.split(r"(\.\.|-|$)", text, maxsplit=1)
    return Numbers(plain(first), plain(last) if to else plain(first))


def plain(number: str) -> str:
    """A number without zeros that say nothing.

    >>> plain("012"), plain("0"), plain("12.50"), plain("")
    ('12', '0', '12.5', '')
    """
    return f"{float(number):g}" if number else ""


_YEAR, _DAY = "[0-9]{4}", "[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?"

WORD = Kind(r"[\s\S]{1,300}", "a word or a phrase of at most 300 characters", str)
PHRASE = Kind(r"[\s\S]{0,150}\w[\s\S]{0,149}", "a word or a phrase of at most 300 characters", str)
YEARS = Kind(
    rf"{_YEAR}((-|\.\.){_YEAR}|\.\.)?|\.\.{_YEAR}",
    "a year such as 2016 or a range such as 2014-2016",
    _years,
)
DAYS = Kind(
    rf"{_DAY}(\.\.({_DAY})?)?|\.\.{_DAY}",
    "a day, month or year such as 2016-06 or a range such as 2016-01-01..2016-06-30",
    _days,
)
_NUMBER = r"[0-9]{1,6}(\.[0-9]{1,2})?"
NUMBERS = Kind(
    rf"{_NUMBER}((-|\.\.){_NUMBER}|\.\.)?|\.\.{_NUMBER}",
    "a number such as 12 or a range such as 6-12 or 13..",
    _numbers,
    float,
)
