"""How much is requested, or recommended: counts, frequencies over a time, supplies and refills."""

import re
from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct

from kg.model import Problem, ProblemKind, Quantity, Span, Unit
from kg.reading.requests import amounts
from kg.reading.requests.amount_parts import Amount, Figure

_UNITS = {"HOUR": Unit.HOUR, "DAY": Unit.DAY, "WEEK": Unit.WEEK, "MONTH": Unit.MONTH}
_MARKED = re.compile(r"[^\W\d_]{2,}\)?\s*(?:[,:;(]|\s[-–])\s*\Z")
_THERAPY = re.compile(
    r"\b(?:therapy|acupuncture|chiropractic|psychotherapy|massage|biofeedback|manipulations?|treatments?|visits?"
    r"|sessions?)\s+\Z",
    re.IGNORECASE,
)
# `injections, up to 4` are 4.
_AT_MOST = re.compile(r"\b(?:up to|(?:a )?maximum(?: of)?|not to exceed)\s+\Z", re.IGNORECASE)
# Another word than these after a last number tells what it counts, or is no word for that.
_COUNTED_IN_WORDS = re.compile(
    r"[ -]+(?!(?:for|of|to|on|in|at|with|over|per|is|are|was|and|total|right|left|bilateral)\b)[a-z]{2}",
    re.IGNORECASE,
)
# `4 hours each visit`, `2 hours at a time`
_EACH_TIME = re.compile(
    r"\s*[,(-]?\s*(?:each|(?:per|a|every|at\s+a)\s+(?:visit|session|time|occasion|shift))\b", re.IGNORECASE
)
# `1 box of 30`; `4 per pack, 3 packs`
_PACKAGES = re.compile(r"\b(?:box(?:es)?|pack(?:age|et)?s?|cases?|cartons?|bags?|bottles?)\Z", re.IGNORECASE)
_HOLDING = re.compile(r"\s+(?:of|with|containing)\s+", re.IGNORECASE)
_PER_PACKAGE = re.compile(r"\d\)?\s*(?:per|/|to\s+a|in\s+a)\s*[a-z]+\Z", re.IGNORECASE)
_ONLY_JOINING = re.compile(r"[\s,;]*(?:with|and|plus)?\s*", re.IGNORECASE)
# What joins amounts that are one request together.
_JOINED = (" and", "&", " plus", " then", " followed by")
_HOURS_OF_A_DAY = 24
_MONTH, _YEAR = 28.0, 336.0
"""Days in a month and a year of months, so that a whole number of the one fits the other."""
_BEFORE = 40  # characters before a last number that are looked at
_FEW = 4  # more of a drug at a time is no single dose
_PER = {
    "PER_DAY": 1.0,
    "DAILY": 1.0,
    "PER_MONTH": _MONTH,
    "MONTH": _MONTH,
    "PER_QUARTER": 3 * _MONTH,
    "PER_YEAR": _YEAR,
}
"""Days that a frequency is in."""
_MONTHS_OF_A_YEAR = Amount(12, 12)


class _Total(Struct, frozen=True, gc=False):
    amount: Amount
    unit: Unit
    span: Span


def quantity(
    found: Sequence[Figure], text: str, start: int, *, visits: bool, drug: bool, things: bool = False
) -> tuple[Quantity | None, tuple[Problem, ...]]:
    """How much the item that begins at ``start`` requests, ``None`` where its figures do not say.

    ``visits``: a bare number counts visits. ``drug``: doses and times of intake are no amount.
    ``things``: so often over a time counts things or tests, and ``6 x 9`` is a size. A number that
    contradicts the frequency and the time beside it is no amount, and a problem says so.
    """
    unit = Unit.VISIT if visits else Unit.UNIT
    often = Unit.UNIT if things else Unit.VISIT
    if drug:
        total = _of_drug([read for read in found if read.kind != "refills" or _some(read)], text, start)
    else:
        total = _of_service(found, text, start, unit, often)
    if total is None or total.amount.high == 0:
        return None, ()
    if not drug and not things and (other := _contradicting(found, text, often, total)) is not None:
        return None, (_contradiction(total, other),)
    return Quantity(total.amount.low, total.amount.high, total.unit, total.span), ()


def _some(read: Figure) -> bool:
    """Whether there are any refills."""
    return bool(read.amounts) and read.amounts[0].high > 0


def _contradicting(found: Sequence[Figure], text: str, often: Unit, total: _Total) -> _Total | None:
    """Another amount of the same unit, of the one frequency over the one time of the item, that disagrees."""
    kinds = [read.kind for read in found]
    if kinds.count("frequency") + kinds.count("product") != 1 or kinds.count("duration") > 1:
        return None
    other = _over_time(found, text, often)
    if other is None and (of := next((read for read in found if read.kind == "product"), None)) is not None:
        other = _product(of)
    if other is None or other.unit is not total.unit:
        return None
    agrees = other.amount.low <= total.amount.high and total.amount.low <= other.amount.high
    return None if agrees else other


def _contradiction(total: _Total, other: _Total) -> Problem:
    said, counted = (" to ".join(dict.fromkeys(f"{end:g}" for end in each.amount)) for each in (total, other))
    span = Span(min(total.span.start, other.span.start), max(total.span.end, other.span.end))
    message = f"the number {said} contradicts the frequency and the time beside it, which amount to {counted}"
    return Problem(ProblemKind.CONTRADICTION, span, message)


def _of_drug(found: Sequence[Figure], text: str, start: int) -> _Total | None:
    """What is dispensed: a labelled number, tablets, a supply, a time, refills alone."""
    refills = next((r for r in found if r.kind == "refills"), None)
    weighed = False
    best: _Total | None = None
    for at, read in enumerate(found):
        if read.kind == "labelled" or (
            read.kind == "counted" and not _dose(read, found[max(0, at - 1) : at], found[at + 1 :])
        ):
            best = _packed(found[at : at + 2], text) or _Total(read.amounts[0], Unit.UNIT, read.span)
            break
        weighed = weighed or (read.kind == "stray" and read.types[0] == "STRENGTH" and at > 0)
    best = best or _monthly(found) or _before_refills(found, text)
    supplied = any(read.kind == "supply" and read.amounts for read in found)
    if (
        refills is not None
        and not (best is None and supplied)
        and (best is None or refills.span.start < best.span.start)
    ):
        if best is None and weighed:
            return None
        return _Total(refills.amounts[0], Unit.REFILL_ONLY, refills.span)
    if best is not None:
        return best
    for kind in ("supply", "duration"):
        for read in found:
            if read.kind == kind and (unit := _UNITS.get(read.has(*_UNITS) or "")) not in (None, Unit.HOUR):
                return _Total(read.amounts[0], unit, read.span)
    return _bare(found, text, start, Unit.UNIT) or _last(found, text, start, Unit.UNIT)


def _monthly(found: Sequence[Figure]) -> _Total | None:
    """``nine per month``: what a month takes; fewer are times of intake."""
    return next(
        (
            _Total(read.amounts[0], Unit.UNIT, read.span)
            for read in found
            if read.types[:1] == ["AMOUNT"] and read.has("PER_MONTH") and read.amounts[0].high > _FEW
        ),
        None,
    )


def _before_refills(found: Sequence[Figure], text: str) -> _Total | None:
    """``60, 2 refills``: a number right before the refills."""
    for number, refills in pairwise(found):
        between = text[number.span.end : refills.span.start]
        if (number.kind, refills.kind) == ("bare", "refills") and _ONLY_JOINING.fullmatch(between):
            return _Total(number.amounts[0], Unit.UNIT, number.span)
    return None


def _packed(found: Sequence[Figure], text: str) -> _Total | None:
    """``2 boxes of 30``, ``4 per pack, 3 packs``: what all of them hold, ``None`` where it is no such."""
    if (
        not found
        or found[0].kind != "counted"
        or [each.kind for each in found[1:]] not in (["bare"], ["counted"])
    ):
        return None
    one, other = found
    between = text[one.span.end : other.span.start]
    held = _PER_PACKAGE.search(one.span.of(text)) and _PACKAGES.search(other.span.of(text))
    holding = _HOLDING.fullmatch(between) or (between == " (" and one.amounts[0] == Amount(1, 1))
    if not held and not (_PACKAGES.search(one.span.of(text)) and holding):
        return None
    return _Total(one.amounts[0].times(other.amounts[0]), Unit.UNIT, Span(one.span.start, other.span.end))


def _dose(read: Figure, before: Sequence[Figure], after: Sequence[Figure]) -> bool:
    """Whether tablets are those of one intake (``1-2 tablets every 6 hours``, ``3 tablets #90``)."""
    numbered = any(each.kind == "labelled" for each in after)
    taken = any(each.has("INTAKE") for each in (*before, *after[:2]))
    often = any(each.kind == "frequency" for each in after[:2]) or read.amounts[0].low != read.amounts[0].high
    return read.amounts[0].high <= _FEW and (numbered or taken or often)


def _bare(found: Sequence[Figure], text: str, start: int, unit: Unit) -> _Total | None:
    """A number that stands alone: ``x 3``, one that opens the item, or ends it after a strength."""
    for read in found:
        if read.kind == "repeated":
            return _Total(read.amounts[0], unit, read.span)
    opens = bool(found) and found[0].kind == "bare" and found[0].span.start - start <= 1
    if opens and not text.startswith("-", found[0].span.end):  # `two-layer` says what a thing is like
        return _Total(found[0].amounts[0], unit, found[0].span)
    if len(found) > 1 and found[-1].kind == "bare" and found[-2].has("STRENGTH"):
        return _Total(found[-1].amounts[0], unit, found[-1].span)
    return None


def _of_service(found: Sequence[Figure], text: str, start: int, unit: Unit, often: Unit) -> _Total | None:
    """Visits or things: counted outright, else a frequency over a time, else a time alone."""
    return (
        _counted(found, text)
        or _numbered(found, text, unit, often)
        or _over_time(found, text, often)
        or _in_a_year(found, unit, often)
        or _bare(found, text, start, unit)
        or _last(found, text, start, unit)
        or (None if unit is Unit.VISIT and _never_whole(found) else _lasting(found))
    )


def _numbered(found: Sequence[Figure], text: str, unit: Unit, often: Unit) -> _Total | None:
    """``2 x 4``, ``#12``, ``total 10``."""
    for at, read in enumerate(found):
        if read.kind == "product":
            if often is Unit.UNIT and not read.has("WEEK", "MONTH", "VISIT"):
                return None  # A size: nothing but visits are so many times so long.
            totals = [_product(read)]
            later = (_product(each) for each in found[at + 1 :] if each.kind == "product")
            return _sum([*totals, *later], text)
        if read.kind == "labelled":
            own = Unit.UNIT if read.has("THING") else Unit.VISIT if read.has("VISIT") else unit
            return _Total(read.amounts[0], own, read.span)
    return None


def _product(read: Figure) -> _Total:
    return _Total(read.amounts[0].times(read.amounts[1]), Unit.VISIT, read.span)


def _sum(totals: Sequence[_Total], text: str) -> _Total:
    """The first of the totals with those that words join to it (``3 visits for the knee and 8 for ...``)."""
    low, high, unit, span = *totals[0].amount, totals[0].unit, totals[0].span
    for each in totals[1:]:
        between = text[span.end : each.span.start].lower().rstrip(" \t\r\n,")
        if each.unit is not unit or not between.endswith(_JOINED):
            break
        low, high, span = low + each.amount.low, high + each.amount.high, Span(span.start, each.span.end)
    return _Total(Amount(low, high), unit, span)


def _in_a_year(found: Sequence[Figure], unit: Unit, often: Unit) -> _Total | None:
    """``4 per year``, ``100 per month`` of things: those of one year or month, where no time is said."""
    yearly = (read for read in found if read.kind == "frequency" and read.has("PER_YEAR") and read.amounts)
    total = next((_Total(read.amounts[0], unit, read.span) for read in yearly), None)
    return total or (_monthly(found) if often is Unit.UNIT else None)


def _never_whole(found: Sequence[Figure]) -> bool:
    """Whether so often over a time is no whole number (``every 45 days for 6 months``)."""
    days = any(read.kind == "frequency" and _frequency(read)[1].low for read in found)
    return days and any(read.kind == "duration" and not read.has("HOUR") for read in found)


def _lasting(found: Sequence[Figure]) -> _Total | None:
    """A time alone: a rental, a trial, a membership."""
    for read in found:
        if read.kind in ("duration", "supply") and (of := read.has(*_UNITS, "YEAR")) is not None:
            if of == "YEAR":
                return _Total(read.amounts[0].times(_MONTHS_OF_A_YEAR), Unit.MONTH, read.span)
            return _Total(read.amounts[0], _UNITS[of], read.span)
    return None


def _last(found: Sequence[Figure], text: str, start: int, unit: Unit) -> _Total | None:
    """A number that ends the item, after a mark or what it counts (``sessions, 8``, ``visits 6``)."""
    if not found or found[-1].kind != "bare":
        return None
    span = found[-1].span
    before = _AT_MOST.sub("", text[max(start, span.start - _BEFORE) : span.start])
    if _COUNTED_IN_WORDS.match(text, span.end):
        return None
    # After a level, a figure may be another level, a word is none (`at L5-S1, one`).
    of_level = len(found) > 1 and found[-2].has("LEVEL") and text[found[-2].span.end : span.start] == ", "
    if not (
        _MARKED.search(before)
        or (unit is Unit.VISIT and _THERAPY.search(before))
        or (of_level and text[span.start].isalpha())
    ):
        return None
    return _Total(found[-1].amounts[0], unit, span)


def _counted(found: Sequence[Figure], text: str) -> _Total | None:
    """``12 visits``, and ``2 visits for the knee and 8 visits for the wrist`` together."""
    counts = [
        read
        for at, read in enumerate(found)
        if read.kind == "counted" and not any(each.has("INTAKE") for each in found[at + 1 : at + 2])
    ]
    if not counts:
        return None
    first = counts[0]
    if first.has("VISIT"):
        return _sum(
            [_Total(read.amounts[0], Unit.VISIT, read.span) for read in counts if read.has("VISIT")], text
        )
    if any(read.kind == "labelled" for read in found):
        return None
    return _packed(found[(at := found.index(first)) : at + 2], text) or _Total(
        first.amounts[0], Unit.UNIT, first.span
    )


def _over_time(found: Sequence[Figure], text: str, often: Unit) -> _Total | None:
    """A frequency and how long it goes on, multiplied: visits, or hours; one after another, added."""
    totals: list[_Total] = []
    at = 0
    while at < len(found):
        total, used = _once_over_time(found[at:], text, often)
        if total is not None:
            totals.append(total)
        at += used
    total = _sum(totals, text) if totals else None
    if total is None or not (total.amount.low.is_integer() and total.amount.high.is_integer()):
        return None
    if total.unit is Unit.VISIT and (hours := _hours_of_each(found, text)) is not None:
        span = Span(min(total.span.start, hours.span.start), max(total.span.end, hours.span.end))
        return _Total(total.amount.times(hours.amounts[0]), Unit.HOUR, span)
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


def _once_over_time(found: Sequence[Figure], text: str, often: Unit) -> tuple[_Total | None, int]:
    """The first frequency with its time, and how many parts that takes."""
    visits: Amount | None = None
    hours: Amount | None = None
    first: Figure | None = None
    period = Amount(0, 0)
    for at, read in enumerate(found):
        if read.kind == "frequency" and (visits is None or (hours is not None and period == Amount(1, 1))):
            # Hours are those of each time (`5 hours per day, 2 times a week`).
            visits, period = _frequency(read)
            first = first or read
        elif read.kind == "hours":
            first = first or read
            if read.has("HOUR"):
                hours = read.amounts[0]
                if visits is None:
                    visits, period = Amount(1, 1), _frequency(read)[1]
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
            return _Total(total, unit, Span(first.span.start, read.span.end)), at + 1
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


def _frequency(read: Figure) -> tuple[Amount, Amount]:
    """How many times in how many days."""
    if read.has("PERIOD"):
        return (read.amounts[0] if len(read.amounts) > 1 else Amount(1, 1)), read.amounts[-1]
    per = read.has(*_PER) or ""
    days = _PER.get(per, 7.0)
    return (read.amounts[0] if read.amounts else Amount(1, 1)), Amount(days, days)
