"""Read the dates that letters print."""

import calendar
import re
from datetime import date
from functools import lru_cache

_MONTHS = {calendar.month_name[number].lower(): number for number in range(1, 13)}
_NUMERIC = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_NAMED = re.compile(r"([A-Za-z]+)\s+(\d{1,2}),?\s+(\d{4})")


# Letters of one month print the same few days.
@lru_cache(maxsize=4096)
def read_date(printed: str) -> date | None:
    """The date printed as month, day and year, or in ISO 8601; ``None`` where there is no such day.

    Two digits of a year are of this century: the oldest letter is of 2013.

    >>> read_date("10-13-16"), read_date("February 25, 2015"), read_date("02/30/2016")
    (datetime.date(2016, 10, 13), datetime.date(2015, 2, 25), None)
    """
    if numeric := _NUMERIC.fullmatch(printed):
        month, day, year = numeric.groups()
        return _date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
    if first := _YEAR_FIRST.fullmatch(printed):
        return _date(int(first[1]), int(first[2]), int(first[3]))
    if (named := _NAMED.fullmatch(printed)) and (number := _MONTHS.get(named[1].lower())):
        return _date(int(named[3]), number, int(named[2]))
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
