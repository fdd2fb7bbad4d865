"""So often over a time: the amounts of a frequency and a duration multiplied, and those that words join."""

import re
from collections.abc import Sequence

from msgspec import Struct

from kg.model import Span, Unit
from kg.reading.requests import amounts
from kg.reading.requests.amount_parts import Amount, Figure

# `4 hours each visit`, `2 hours at a time`
_EACH_TIME = re.compile(
    r"\s*[,(-]?\s*(?:each|(?:per|a|every|at\s+a)\s+(?:visit|session|time|occasion|shift))\b", re.IGNORECASE
)
# What joins amounts that are one request together.
_JOINED = (" and", "&", " plus", " then", " followed by")
_HOURS_OF_A_DAY = 24
_MONTH, _YEAR = 28.0, 336.0
"""Days in a month and a year of months, so that a whole number of the one fits the other."""
_PER = {
    "PER_DAY": 1.0,
    "DAILY": 1.0,
    "PER_MONTH": _MONTH,
    "MONTH": _MONTH,
    "PER_QUARTER": 3 * _MONTH,
    "PER_YEAR": _YEAR,
}
"""Days that a frequency is in."""


class Total(Struct, frozen=True, gc=False):
    """An amount of visits, things, hours or days, and where it is printed."""

    amount: Amount
    unit: Unit
    span: Span


def joined(totals: Sequence[Total], text: str) -> Total:
    """The first of the totals with those that words join to it (``3 visits for the knee and 8 for ...``)."""
    low, high, unit, span = *totals[0].amount, totals[0].unit, totals[0].span
    for each in totals[1:]:
        between = text[span.end : each.span.start].lower().rstrip(" \t\r\n,")
        if each.unit is not unit or not between.endswith(_JOINED):
            break
        low, high, span = low + each.amount.low, high + each.amount.high, Span(span.start, each.span.end)
    return Total(Amount(low, high), unit, span)


def over_time(found: Sequence[Figure], text: str, often: Unit) -> Total | None:
    """A frequency and how long it goes on, multiplied: visits, or hours; one after another, added."""
    totals: list[Total] = []
    at = 0
    while at < len(found):
        total, used = _once_over_time(found[at:], text, often)
        if total is not None:
            totals.append(total)
        at += used
    total = joined(totals, text) if totals else None
    if total is None or not (total.amount.low.is_integer() and total.amount.high.is_integer()):
        return None
    if total.unit is Unit.VISIT and (hours := _hours_of_each(found, text)) is not None:
        span = Span(min(total.span.start, hours.span.start), max(total.span.end, hours.span.end))
        return Total(total.amount.times(hours.amounts[0]), Unit.HOUR, span)
    return total


def _hours_of_each(found: Sequence[Figure], text: str) -> Figure | None:
    """The hours that each visit takes, where they are said after how often (``4 hours each visit``)."""
    return next(
        (
            read
            for read in found
            if read.kind == "duration"
            and read.has("HOUR")
            and read.amounts[0].high <= _HOURS_OF_A_DAY
            and _EACH_TIME.match(text, read.span.end)
        ),
        None,
    )


def _once_over_time(found: Sequence[Figure], text: str, often: Unit) -> tuple[Total | None, int]:
    """The first frequency with its time, and how many parts that takes."""
    visits: Amount | None = None
    hours: Amount | None = None
    first: Figure | None = None
    period = Amount(0, 0)
    for at, read in enumerate(found):
        if read.kind == "frequency" and (visits is None or (hours is not None and period == Amount(1, 1))):
            # Hours are those of each time (`5 hours per day, 2 times a week`).
            visits, period = frequency(read)
            first = first or read
        elif read.kind == "hours":
            first = first or read
            if read.has("HOUR"):
                hours = read.amounts[0]
                if visits is None:
                    visits, period = Amount(1, 1), frequency(read)[1]
            else:
                visits, period = read.amounts[0], Amount(7, 7)
        elif visits is None and _each_time(found[at : at + 3], text):
            first, hours = read, read.amounts[0]
        elif read.kind in ("duration", "repeated") and first is not None and visits is not None:
            if read.has("HOUR") or not period.low:
                continue
            total = visits.times(_times(read, period, counted=bool(first.amounts)))
            if hours is not None:
                total = total.times(hours)
            unit = often if hours is None else Unit.HOUR
            return Total(total, unit, Span(first.span.start, read.span.end)), at + 1
    return None, len(found)


def _each_time(found: Sequence[Figure], text: str) -> bool:
    """Whether the first part is the hours of each time that comes next (``2 hours, twice a week``)."""
    often = next((read for read in found[1:] if read.kind != "stray"), None)
    return (
        found[0].kind == "duration"
        and found[0].has("HOUR") is not None
        and found[0].amounts[0].high <= _HOURS_OF_A_DAY
        and often is not None
        and often.kind == "frequency"
        and text[found[0].span.end : often.span.start].strip(" ,-").lower()
        in ("", "per visit", "each visit", "a visit")
    )


def _times(read: Figure, period: Amount, *, counted: bool) -> Amount:
    """How often ``period`` days go into a time; a bare number counts the weeks or months themselves."""
    of = read.has(*amounts.DAYS)
    if of is None:  # `2 times a week x 4` is four weeks of them, `monthly x 4` four times.
        per_time = 7.0 / min(period.low, 7.0) if counted else 1.0
        return Amount(*(end * per_time for end in read.amounts[0]))
    days = _YEAR if of == "YEAR" and not period.low % _MONTH else amounts.DAYS[of]
    return Amount(read.amounts[0].low * days / period.high, read.amounts[0].high * days / period.low)


def frequency(read: Figure) -> tuple[Amount, Amount]:
    """How many times in how many days."""
    if read.has("PERIOD"):
        return (read.amounts[0] if len(read.amounts) > 1 else Amount(1, 1)), read.amounts[-1]
    per = read.has(*_PER) or ""
    days = _PER.get(per, 7.0)
    return (read.amounts[0] if read.amounts else Amount(1, 1)), Amount(days, days)
