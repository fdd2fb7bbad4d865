"""How much is requested, or recommended: counts, frequencies over a time, supplies and refills."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from msgspec import Struct

from kg.model import Quantity, Span, Unit
from kg.reading.requests import amounts
from kg.reading.text.grammars import Lexeme, Part, TypedGrammar, parts
from kg.reading.text.moved import kept, moved_span

QUANTITY = TypedGrammar("quantity.lark", parts, words=amounts.terminals(), edge=r"(?<![^\W\d_xX](?=[^#\/]))")

_NUMBER = re.compile(r"\d+(?:\.\d+)?|[a-z]+")
_COUNTING = frozenset(amounts.NUMBERS) | {"daily", "weekly", "monthly", "yearly", "annually"}
_DIGIT = re.compile(r"\d")
_RANGE = re.compile(r"(?<=[\w)])\s?(?:-|–|to|or|through)\s?(?=[\da-z])", re.IGNORECASE)
_UNITS = {"HOUR": Unit.HOUR, "DAY": Unit.DAY, "WEEK": Unit.WEEK, "MONTH": Unit.MONTH}
_PERIOD = re.compile(r"(?P<number>\d+|[a-z]+)[\s-]*(?P<unit>[a-z]+)$", re.IGNORECASE)
_RECOMMENDS = "ecommend"
_VISITS = re.compile(r"\d\s+(?:visit|session)")
_SENTENCE_END = re.compile(r"[.;](?:\s|$)")
_SENTENCE = 160
"""Characters after "recommends" in which its amount is printed."""
_LONGEST = 2000
"""Characters of an item that are looked through for its amount: no sound item is as long."""
_MARKED = re.compile(r"[^\W\d_]{3,}\)?\s*(?:[,:;(]|\s[-–])\s*\Z")
_BEFORE = 40
"""Characters before a last number that are looked at."""
_FEW = 4
"""More of a drug at a time than this is no single dose."""


class Amount(NamedTuple):
    """A number, or the two ends of a range."""

    low: float
    high: float

    def times(self, other: "Amount") -> "Amount":
        """The product, end by end."""
        return Amount(self.low * other.low, self.high * other.high)


@lru_cache(maxsize=4096)
def amount(printed: str) -> Amount:
    """A printed number or range; a number in brackets after a word says it again.

    >>> amount("twelve (12)"), amount("2-3"), amount("one to two")
    (Amount(low=12.0, high=12.0), Amount(low=2.0, high=3.0), Amount(low=1.0, high=2.0))
    """
    ends = [_value(end) for end in _RANGE.split(printed.lower())]
    return Amount(min(ends), max(ends))


def _value(printed: str) -> float:
    words = _NUMBER.findall(printed)
    if words[-1][0].isdigit():
        return float(words[-1])
    bare = printed.partition("(")[0]
    return float(sum(amounts.NUMBERS.get(word, 0) for word in _NUMBER.findall(bare)))


_MONTHS_OF_A_YEAR = Amount(12, 12)


class _Read(Struct, frozen=True, gc=False):
    """One part of the text that the grammar found: the types of its tokens, its amounts, its place."""

    kind: str
    types: list[str]
    amounts: list[Amount]
    span: Span

    def has(self, *types: str) -> str | None:
        """The first of these token types that the part holds."""
        for type_ in self.types:
            if type_ in types:
                return type_
        return None


class _Total(Struct, frozen=True, gc=False):
    amount: Amount
    unit: Unit
    span: Span


def has_amount(text: str, start: int, end: int, folded: Iterable[str]) -> bool:
    """Whether ``text[start:end]``, whose folded words are given, may hold an amount at all."""
    return _DIGIT.search(text, start, end) is not None or not _COUNTING.isdisjoint(folded)


def quantity(text: str, start: int, end: int, *, visits: bool, drug: bool) -> Quantity | None:
    """How much ``text[start:end]`` requests, ``None`` where it does not say.

    ``visits``: a bare number counts visits. ``drug``: doses and times of intake are no amount.
    """
    plan, tokens = QUANTITY.read(text, start, min(end, start + _LONGEST))
    found = [_read(text, part, tokens) for part in plan]
    total = _of_drug(found, text, start) if drug else _of_service(found, text, start, visits=visits)
    if total is None or total.amount.high == 0:
        return None
    return Quantity(total.amount.low, total.amount.high, total.unit, total.span)


def _read(text: str, part: Part, tokens: Sequence[Lexeme]) -> _Read:
    said = []
    for type_, at in part.tokens:
        if type_ in ("AMOUNT", "ONCE"):
            said.append(amount(tokens[at].of(text).strip(" .#")))
        elif type_ == "PERIOD":
            said.append(_period(tokens[at].of(text)))
    first, last = tokens[part.tokens[0][1]], tokens[part.tokens[-1][1]]
    return _Read(part.name, [type_ for type_, _ in part.tokens], said, Span(first.start, last.end))


def _period(printed: str) -> Amount:
    """Days between two times, of ``every 2 weeks`` or ``every other day``; hours count as no time."""
    said = _PERIOD.search(printed)
    assert said
    days = _value(said["number"].lower()) * amounts.days(said["unit"])
    return Amount(days, days)


def _of_drug(found: Sequence[_Read], text: str, start: int) -> _Total | None:
    """What is dispensed: a labelled number, tablets, a supply, a time, refills alone."""
    refills = next((r for r in found if r.kind == "refills"), None)
    weighed = False
    best: _Total | None = None
    for at, read in enumerate(found):
        if read.kind == "labelled" or (
            read.kind == "counted" and not _dose(read, found[max(0, at - 1) : at], found[at + 1 : at + 2])
        ):
            best = _Total(read.amounts[0], Unit.UNIT, read.span)
            break
        weighed = weighed or (read.kind == "stray" and read.types[0] == "STRENGTH" and at > 0)
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
    return _bare(found, start, Unit.UNIT) or _last(found, text, start, Unit.UNIT)


def _dose(read: _Read, before: Sequence[_Read], after: Sequence[_Read]) -> bool:
    """Whether tablets are those of one intake (``1-2 tablets every 6 hours``, ``one tablet before bed``)."""
    taken = any(each.has("INTAKE") for each in (*before, *after))
    often = any(each.kind == "frequency" for each in after)
    return read.amounts[0].high <= _FEW and (taken or often or read.amounts[0].low != read.amounts[0].high)


def _bare(found: Sequence[_Read], start: int, unit: Unit) -> _Total | None:
    """A number that stands alone: ``x 3``, one that opens the item, or ends it after a strength."""
    for read in found:
        if read.kind == "repeated":
            return _Total(read.amounts[0], unit, read.span)
    if found and found[0].kind == "bare" and found[0].span.start - start <= 1:
        return _Total(found[0].amounts[0], unit, found[0].span)
    if len(found) > 1 and found[-1].kind == "bare" and found[-2].has("STRENGTH"):
        return _Total(found[-1].amounts[0], unit, found[-1].span)
    return None


def _of_service(found: Sequence[_Read], text: str, start: int, *, visits: bool) -> _Total | None:
    """Visits or things: counted outright, else a frequency over a time, else a time alone."""
    unit = Unit.VISIT if visits else Unit.UNIT
    return (
        _counted(found, text)
        or _numbered(found, unit)
        or _over_time(found)
        or _in_a_year(found, unit)
        or _bare(found, start, unit)
        or _last(found, text, start, unit)
        or _lasting(found)
    )


def _numbered(found: Sequence[_Read], unit: Unit) -> _Total | None:
    """``2 x 4``, ``#12``, ``total 10``."""
    for read in found:
        if read.kind == "product":
            return _Total(read.amounts[0].times(read.amounts[1]), unit, read.span)
        if read.kind == "labelled":
            own = Unit.UNIT if read.has("THING") else Unit.VISIT if read.has("VISIT") else unit
            return _Total(read.amounts[0], own, read.span)
    return None


def _in_a_year(found: Sequence[_Read], unit: Unit) -> _Total | None:
    """``4 per year``: those of one year, where no time is said."""
    yearly = (read for read in found if read.kind == "frequency" and read.has("PER_YEAR") and read.amounts)
    return next((_Total(read.amounts[0], unit, read.span) for read in yearly), None)


def _lasting(found: Sequence[_Read]) -> _Total | None:
    """A time alone: a rental, a trial, a membership."""
    for read in found:
        if read.kind in ("duration", "supply") and (of := read.has(*_UNITS, "YEAR")) is not None:
            if of == "YEAR":
                return _Total(read.amounts[0].times(_MONTHS_OF_A_YEAR), Unit.MONTH, read.span)
            return _Total(read.amounts[0], _UNITS[of], read.span)
    return None


def _last(found: Sequence[_Read], text: str, start: int, unit: Unit) -> _Total | None:
    """A number after a mark that ends the words before it (``sessions, 8``, ``visits - 6``)."""
    if not found or found[-1].kind != "bare":
        return None
    span = found[-1].span
    if not _MARKED.search(text[max(start, span.start - _BEFORE) : span.start]):
        return None
    return _Total(found[-1].amounts[0], unit, span)


def _counted(found: Sequence[_Read], text: str) -> _Total | None:
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
        several = [first]
        for read in counts[1:]:
            between = text[several[-1].span.end : read.span.start].rstrip().lower()
            if read.has("VISIT") and between.endswith((" and", "&", " plus")):
                several.append(read)
        low = sum(read.amounts[0].low for read in several)
        high = sum(read.amounts[0].high for read in several)
        return _Total(Amount(low, high), Unit.VISIT, Span(first.span.start, several[-1].span.end))
    labelled = next((read for read in found if read.kind == "labelled"), None)
    if labelled is not None:
        return None
    return _Total(first.amounts[0], Unit.UNIT, first.span)


def _over_time(found: Sequence[_Read]) -> _Total | None:
    """A frequency and how long it goes on, multiplied: visits, or hours."""
    visits: Amount | None = None
    hours: Amount | None = None
    days_a_week: Amount | None = None
    first: _Read | None = None
    period = 0.0
    for read in found:
        if read.kind == "frequency" and (visits is None or (hours is not None and period == 1.0)):
            # Hours are those of each time (`5 hours per day, 2 times a week`).
            visits, period = _frequency(read)
            first = first or read
        elif read.kind == "hours":
            first = first or read
            if read.has("HOUR"):
                hours = read.amounts[0]
                if visits is None:
                    visits, period = Amount(1, 1), 7.0 if read.has("PER_WEEK") else 1.0
            else:
                days_a_week = read.amounts[0]
                visits, period = days_a_week, 7.0
        elif read.kind in ("duration", "repeated") and first is not None and visits is not None:
            of = read.has(*amounts.DAYS)
            if read.has("HOUR") or not period:
                continue
            # A bare number counts the weeks or months that the frequency is in (`monthly x 4`).
            per_time = amounts.DAYS[of] / period if of else 7.0 / min(period, 7.0)
            per_time = 1.0 if of is None and not first.amounts else per_time
            times = Amount(*(end * per_time for end in read.amounts[0]))
            total = visits.times(times)
            unit = Unit.VISIT
            if hours is not None:
                total, unit = total.times(hours), Unit.HOUR
            return _Total(total, unit, Span(first.span.start, read.span.end))
    return None


def _frequency(read: _Read) -> tuple[Amount, float]:
    """How many times in how many days."""
    if read.has("PERIOD"):
        days = read.amounts[-1].low
        return (read.amounts[0] if len(read.amounts) > 1 else Amount(1, 1)), days
    per = read.has("PER_DAY", "PER_MONTH", "MONTH", "PER_YEAR") or ""
    days = {"PER_DAY": 1.0, "PER_MONTH": 28.0, "MONTH": 28.0, "PER_YEAR": 364.0}.get(per, 7.0)
    return (read.amounts[0] if read.amounts else Amount(1, 1)), days


def recommended(text: str, start: int, end: int) -> tuple[Quantity, ...]:
    """The numbers of visits that ``text[start:end]`` says guidelines recommend, each once.

    >>> said = "The guideline recommends 9-10 visits over 8 weeks. The request is for 24 visits."
    >>> [(found.minimum, found.maximum, found.unit.value) for found in recommended(said, 0, len(said))]
    [(9.0, 10.0, 'visit')]
    """
    found: dict[tuple[float, float], Quantity] = {}
    at = text.find(_RECOMMENDS, start, end)
    while at >= 0:
        stop = _SENTENCE_END.search(text, at, min(end, at + _SENTENCE))
        last = stop.start() if stop else min(end, at + _SENTENCE)
        if _VISITS.search(text, at, last):
            for low, high, span in _visits(text[at:last]):
                found.setdefault((low, high), Quantity(low, high, Unit.VISIT, moved_span(span, at)))
        at = text.find(_RECOMMENDS, last, end)
    return tuple(found.values())


# Rationales quote the same sentences of guidelines.
@kept(4096)
def _visits(text: str) -> tuple[tuple[float, float, Span], ...]:
    """Each number of visits counted in ``text`` after its first word."""
    plan, tokens = QUANTITY.read(text)
    counts = (_read(text, part, tokens) for part in plan if part.name == "counted")
    return tuple((*read.amounts[0], read.span) for read in counts if read.has("VISIT") and read.span.start)
