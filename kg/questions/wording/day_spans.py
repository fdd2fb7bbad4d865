"""Days of dates that questions name, and two spans of days as one condition."""

import calendar
import re
from datetime import date, timedelta

from kg.errors import QuestionError
from kg.questions.question import Condition

_AND_BETWEEN = re.compile(r"[0-9](?:\s*(?:,|,?\s*and)\s*(?:in\s+)?|\s+)[0-9]", re.IGNORECASE)
_PARTS_OF_YEAR = {"Q1": (1, 3), "Q2": (4, 6), "Q3": (7, 9), "Q4": (10, 12), "H1": (1, 6), "H2": (7, 12)}


def day_span(values: dict[str, str]) -> tuple[str, str]:
    """First and last day of a date, from the values of its tokens; of a start or an end that day.

    >>> day_span({"YEAR": "2016"}), day_span({"END": "", "YEAR": "2016"})
    (('2016-01-01', '2016-12-31'), ('2016-12-31', '2016-12-31'))
    """
    if day := values.get("DAY"):
        return day, day
    if end := next((name for name in ("START", "END") if name in values), None):
        first_day, last_day = day_span({name: value for name, value in values.items() if name != end})
        return (first_day, first_day) if end == "START" else (last_day, last_day)
    year = int(values["YEAR"])
    first, last = next((months for part, months in _PARTS_OF_YEAR.items() if part in values), (1, 12))
    if "MONTH" in values:
        first = last = int(values["MONTH"])
    days = calendar.monthrange(year, last)[1]
    if number := values.get("NUMBER"):
        if not 1 <= int(number) <= days:
            raise QuestionError(f"“{number}” is not a day of {calendar.month_name[first]} {year}")
        return f"{year}-{first:02d}-{int(number):02d}", f"{year}-{first:02d}-{int(number):02d}"
    return f"{year}-{first:02d}-01", f"{year}-{last:02d}-{days}"


def day_before(day: str) -> str:
    """The day before a day, as ISO 8601 writes them."""
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def day_after(day: str) -> str:
    """The day after a day."""
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def both_spans(text: str, old: Condition, span: str, *, either: bool) -> Condition:
    """Two spans of dates as one condition: either of them after *or*, else what they share."""
    if either or (
        _AND_BETWEEN.search(text) and ".." not in {old.values[0][-2:], span[:2], span[-2:], old.values[0][:2]}
    ):
        return Condition(old.name, tuple(dict.fromkeys((*old.values, span))), asked=f"{old.asked}, {span}")
    if len(old.values) > 1:
        raise QuestionError(f"the dates {old.asked} and {span} cannot be asked about together")
    (before,) = old.values
    starts, ends = zip(before.split(".."), span.split(".."), strict=True)
    first, last = max(starts), min((end for end in ends if end), default="")
    if last and first > last:
        raise QuestionError(f"the dates {before} and {span} exclude each other")
    return Condition(old.name, (f"{first}..{last}",), asked=f"{old.asked}, {span}")
