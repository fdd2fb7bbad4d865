"""Read the dates that letters print."""

import calendar
import re
from datetime import date
from functools import lru_cache

from kg.reading.text.patterns import MONTH

_MONTHS = {calendar.month_name[number].lower()[:3]: number for number in range(1, 13)}
"""The months by their first three letters, which letters also print."""
_LAST_OF_CENTURY = 50
_NUMERIC = re.compile(r"(\d{1,2})\s?[/.-]\s?(\d{1,2})\s?[/.-]\s?(\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})[/-](\d{1,2})[/-](\d{1,2})")
_NAMED = re.compile(r"([A-Za-z]+)\.?\s+(\d{1,2})(?i:st|nd|rd|th)?,?\s+(\d{4})")
_DAY_FIRST = re.compile(r"(\d{1,2})(?i:st|nd|rd|th)?(?:\s+of)?[\s-]+([A-Za-z]+)\.?,?[\s-]+(\d{4})")
_MONTH = f"(?i:{MONTH})"
_NUMBERS = (
    r"\d{4}[\/-]\d{1,2}[\/-]\d{1,2}\b"
    r"|\d{1,2}\s?(?:[\/-]\s?\d{1,2}\s?[\/-]\s?(?:\d{4}|\d{2})|\.\s?\d{1,2}\s?\.\s?\d{4})\b"
    rf"|\d{{1,2}}(?i:st|nd|rd|th)?(?:\s+of)?[\s-]+{_MONTH},?[\s-]+\d{{4}}\b"
)
_WORDS = rf"{_MONTH}\s+\d{{1,2}}(?i:st|nd|rd|th)?,?\s+\d{{4}}\b"
PRINTED = rf"(?:{_NUMBERS}|{_WORDS})"
"""The expression of a date in a letter.

    2/25/2015   02-25-15   02.25.2015   2015-02-25   February 25th, 2015   FEB. 25 2015   25-Feb-2015
"""


# Letters of one month print the same few days.
@lru_cache(maxsize=4096)
def read_date(printed: str) -> date | None:
    """The date printed as month, day and year, or in ISO 8601; ``None`` where there is no such day.

    Two digits of a year are of this century up to 50, and of the last one from 51 on, as old injuries are.

    >>> read_date("10-13-16"), read_date("Feb. 25, 2015"), read_date("02/30/2016"), read_date("3/4/89")
    (datetime.date(2016, 10, 13), datetime.date(2015, 2, 25), None, datetime.date(1989, 3, 4))
    """
    if numeric := _NUMERIC.fullmatch(printed):
        month, day, year = numeric.groups()
        century = 0 if len(year) > 2 else 1900 if int(year) > _LAST_OF_CENTURY else 2000
        return _date(int(year) + century, int(month), int(day))
    if first := _YEAR_FIRST.fullmatch(printed):
        return _date(int(first[1]), int(first[2]), int(first[3]))
    if (named := _NAMED.fullmatch(printed)) and (number := _MONTHS.get(named[1].lower()[:3])):
        return _date(int(named[3]), number, int(named[2]))
    if (named := _DAY_FIRST.fullmatch(printed)) and (number := _MONTHS.get(named[2].lower()[:3])):
        return _date(int(named[3]), number, int(named[1]))
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
