"""How much is requested, or recommended: counts, frequencies over a time, supplies and refills."""

import re
from collections.abc import Sequence
from itertools import pairwise

from kg.model import Problem, ProblemKind, Quantity, Span, Unit
from kg.reading.requests.amount_parts import Amount, Figure
from kg.reading.requests.over_time import Total, frequency, joined, over_time

_UNITS = {"HOUR": Unit.HOUR, "DAY": Unit.DAY, "WEEK": Unit.WEEK, "MONTH": Unit.MONTH}
_MARKED = re.compile(r"[^\W\d_]{2,}\)?\s*(?:[,:;(]|\s[-–])\s*\Z")
_THERAPY = re.compile(
    r"\b(?:therapy|acupuncture|chiropractic|psychotherapy|massage|biofeedback|manipulations?|treatments?|visits?"
    r"|sessions?)\s+\Z",
    re.IGNORECASE,
)
_SAID_TWICE = re.compile(r"[a-z]\s*\(\s*\d+\s*\)", re.IGNORECASE)
"""``one (1)``: a number in words with its figure counts."""
# `injections, up to 4` are 4.
_AT_MOST = re.compile(r"\b(?:up to|(?:a )?maximum(?: of)?|not to exceed)\s+\Z", re.IGNORECASE)
# Another word than these after a last number tells what it counts, or is no word for that.
_COUNTED_IN_WORDS = re.compile(
    r"[ -]+(?!(?:for|of|to|on|in|at|with|over|per|is|are|was|and|total|right|left|bilateral)\b)[a-z]{2}",
    re.IGNORECASE,
)
# `1 box of 30`; `4 per pack, 3 packs`
_PACKAGES = re.compile(r"\b(?:box(?:es)?|pack(?:age|et)?s?|cases?|cartons?|bags?|bottles?)\Z", re.IGNORECASE)
_HOLDING = re.compile(r"\s+(?:of|with|containing)\s+", re.IGNORECASE)
_OF_EACH = re.compile(r"[^)\d]*\b(?:each|per|apiece|an?\s+(?:box|pack)|/\s*box)\b", re.IGNORECASE)
_PER_PACKAGE = re.compile(r"\d\)?\s*(?:per|/|to\s+a|in\s+a)\s*[a-z]+\Z", re.IGNORECASE)
_ONLY_JOINING = re.compile(r"[\s,;]*(?:with|and|plus)?\s*", re.IGNORECASE)
_VISITS = re.compile(r"\b(?:visits?|sessions?|treatments?)\s+(?:#\s*|numbers?\s+)?\Z", re.IGNORECASE)
# `sessions #8 of 12`, `8/12 sessions`
_WHICH = re.compile(
    r"(?:#\s*)?\b(?P<first>\d{1,2})\s*(?:of|out\s+of|/)\s*#?(?P<last>\d{1,2})\b(?!\s*[/-])", re.IGNORECASE
)
_OF_VISITS = re.compile(r"\s*(?:[a-z]+\s+){0,3}(?:visit|session|treatment)s?\b", re.IGNORECASE)
_FEWEST = 6
"""Of ``visits 4-6`` so many are requested."""
_BEFORE = 40  # characters before a last number that are looked at
_IN_UNITS = re.compile(r"\bunits?\Z", re.IGNORECASE)
_STRONG = 1000  # units of a drug from which on they are its strength: so many are not dispensed
_FEW = 4  # more of a drug at a time is no single dose
_MONTHS_OF_A_YEAR = Amount(12, 12)


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
    if visits and (which := _which(total, text, start)) is not None:
        message = f'"{which.of(text)}" may be which visits are requested, not how many'
        return None, (Problem(ProblemKind.UNREAD_TEXT, which, message),)
    if total is None or total.amount.high == 0:
        return None, ()
    if not drug and not things and (other := _contradicting(found, text, often, total)) is not None:
        return None, (_contradiction(total, other),)
    return Quantity(total.amount.low, total.amount.high, total.unit, total.span), ()


def _which(total: Total | None, text: str, start: int) -> Span | None:
    """The words that tell which visits are requested, where they are all that counts visits."""
    if total is not None and _in_order(total, text):
        return total.span
    for of in _WHICH.finditer(text, start):
        if not 0 < int(of["first"]) <= int(of["last"]):
            continue
        beside = _VISITS.search(text, max(start, of.start() - _BEFORE), of.start()) or _OF_VISITS.match(
            text, of.end()
        )
        if beside and (total is None or (total.span.start < of.end() and of.start() < total.span.end)):
            return Span(*of.span())
    return None


def _in_order(total: Total, text: str) -> bool:
    """Whether a range after its noun is that of the next so many visits (``visits 13-24``)."""
    low, high = total.amount
    width = high - low + 1
    before = text[max(0, total.span.start - _BEFORE) : total.span.start]
    return _VISITS.search(before) is not None and low > _FEWEST and width > 1 and (low - 1) % width == 0


def _some(read: Figure) -> bool:
    """Whether there are any refills."""
    return bool(read.amounts) and read.amounts[0].high > 0


def _contradicting(found: Sequence[Figure], text: str, often: Unit, total: Total) -> Total | None:
    """Another amount of the same unit, of the one frequency over the one time of the item, that disagrees."""
    kinds = [read.kind for read in found]
    if kinds.count("frequency") + kinds.count("product") != 1 or kinds.count("duration") > 1:
        return None
    other = over_time(found, text, often)
    if other is None and (of := next((read for read in found if read.kind == "product"), None)) is not None:
        other = _product(of)
    if other is None or other.unit is not total.unit:
        return None
    agrees = other.amount.low <= total.amount.high and total.amount.low <= other.amount.high
    return None if agrees else other


def _contradiction(total: Total, other: Total) -> Problem:
    said, counted = (" to ".join(dict.fromkeys(f"{end:g}" for end in each.amount)) for each in (total, other))
    span = Span(min(total.span.start, other.span.start), max(total.span.end, other.span.end))
    message = f"the number {said} contradicts the frequency and the time beside it, which amount to {counted}"
    return Problem(ProblemKind.CONTRADICTION, span, message)


def _of_drug(found: Sequence[Figure], text: str, start: int) -> Total | None:
    """What is dispensed: a labelled number, tablets, a supply, a time, refills alone."""
    refills = next((r for r in found if r.kind == "refills"), None)
    weighed = False
    best: Total | None = None
    for at, read in enumerate(found):
        if read.kind == "labelled" or (
            read.kind == "counted"
            and not _dose(read, found[max(0, at - 1) : at], found[at + 1 :])
            and not _of_activity(read, found[at + 1 :], text)
        ):
            best = _packed(found[at : at + 2], text) or Total(read.amounts[0], Unit.UNIT, read.span)
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
        return Total(refills.amounts[0], Unit.REFILL_ONLY, refills.span)
    if best is not None:
        return best
    for kind in ("supply", "duration"):
        for read in found:
            if read.kind == kind and (unit := _UNITS.get(read.has(*_UNITS) or "")) not in (None, Unit.HOUR):
                return Total(read.amounts[0], unit, read.span)
    return _bare(found, text, start, Unit.UNIT) or _last(found, text, start, Unit.UNIT)


def _monthly(found: Sequence[Figure]) -> Total | None:
    """``nine per month``: what a month takes; fewer are times of intake."""
    return next(
        (
            Total(read.amounts[0], Unit.UNIT, read.span)
            for read in found
            if read.types[:1] == ["AMOUNT"] and read.has("PER_MONTH") and read.amounts[0].high > _FEW
        ),
        None,
    )


def _before_refills(found: Sequence[Figure], text: str) -> Total | None:
    """``60, 2 refills``: a number right before the refills."""
    for number, refills in pairwise(found):
        between = text[number.span.end : refills.span.start]
        if (number.kind, refills.kind) == ("bare", "refills") and _ONLY_JOINING.fullmatch(between):
            return Total(number.amounts[0], Unit.UNIT, number.span)
    return None


def _packed(found: Sequence[Figure], text: str) -> Total | None:
    """``2 boxes of 30``, ``4 per pack, 3 packs``: what all of them hold, ``None`` where it is no such."""
    if (
        not found
        or found[0].kind != "counted"
        or [each.kind for each in found[1:]] not in (["bare"], ["counted"])
    ):
        return None
    one, other = found
    between = text[one.span.end : other.span.start]
    in_all = between == " (" and one.amounts[0].high > 1 and _PACKAGES.search(one.span.of(text))
    if (
        in_all
        and not _OF_EACH.match(text, other.span.end)
        and not other.amounts[0].high % one.amounts[0].high
    ):
        return Total(other.amounts[0], Unit.UNIT, other.span)  # `2 boxes (60 patches)`
    held = _PER_PACKAGE.search(one.span.of(text)) and _PACKAGES.search(other.span.of(text))
    each = between == " (" and (one.amounts[0] == Amount(1, 1) or _OF_EACH.match(text, other.span.end))
    holding = each or _HOLDING.fullmatch(between)
    if not held and not (_PACKAGES.search(one.span.of(text)) and holding):
        return None
    return Total(one.amounts[0].times(other.amounts[0]), Unit.UNIT, Span(one.span.start, other.span.end))


def _dose(read: Figure, before: Sequence[Figure], after: Sequence[Figure]) -> bool:
    """Whether tablets are those of one intake (``1-2 tablets every 6 hours``, ``3 tablets #90``)."""
    numbered = any(each.kind == "labelled" for each in after)
    taken = any(each.has("INTAKE") for each in (*before, *after[:2]))
    often = any(each.kind == "frequency" for each in after[:2]) or read.amounts[0].low != read.amounts[0].high
    return read.amounts[0].high <= _FEW and (numbered or taken or often)


def _of_activity(read: Figure, after: Sequence[Figure], text: str) -> bool:
    """Whether units are how strong a drug is (``Vitamin D 2000 units #100``), not how many there are."""
    if not _IN_UNITS.search(read.span.of(text)):
        return False
    counted = any(each.kind in ("labelled", "counted", "repeated") for each in after)
    return counted or read.amounts[0].high >= _STRONG


def _bare(found: Sequence[Figure], text: str, start: int, unit: Unit) -> Total | None:
    """A number that stands alone: ``x 3``, one that opens the item, or ends it after a strength."""
    for read in found:
        if read.kind == "repeated":
            return Total(read.amounts[0], unit, read.span)
    opens = bool(found) and found[0].kind == "bare" and found[0].span.start - start <= 1
    if opens and not text.startswith("-", found[0].span.end):  # `two-layer` says what a thing is like
        return Total(found[0].amounts[0], unit, found[0].span)
    if len(found) > 1 and found[-1].kind == "bare" and found[-2].has("STRENGTH"):
        return Total(found[-1].amounts[0], unit, found[-1].span)
    return None


def _of_service(found: Sequence[Figure], text: str, start: int, unit: Unit, often: Unit) -> Total | None:
    """Visits or things: counted outright, else a frequency over a time, else a time alone."""
    return (
        _counted(found, text)
        or _numbered(found, text, unit, often)
        or over_time(found, text, often)
        or _in_a_year(found, unit, often)
        or _bare(found, text, start, unit)
        or _last(found, text, start, unit)
        or (None if unit is Unit.VISIT and _never_whole(found) else _lasting(found))
    )


def _numbered(found: Sequence[Figure], text: str, unit: Unit, often: Unit) -> Total | None:
    """``2 x 4``, ``#12``, ``total 10``."""
    for at, read in enumerate(found):
        if read.kind == "product":
            if often is Unit.UNIT and not read.has("WEEK", "MONTH", "VISIT"):
                return None  # A size: nothing but visits are so many times so long.
            totals = [_product(read)]
            later = (_product(each) for each in found[at + 1 :] if each.kind == "product")
            return joined([*totals, *later], text)
        if read.kind == "labelled":
            own = Unit.UNIT if read.has("THING") else Unit.VISIT if read.has("VISIT") else unit
            return Total(read.amounts[0], own, read.span)
    return None


def _product(read: Figure) -> Total:
    return Total(read.amounts[0].times(read.amounts[1]), Unit.VISIT, read.span)


def _in_a_year(found: Sequence[Figure], unit: Unit, often: Unit) -> Total | None:
    """``4 per year``, ``100 per month`` of things: those of one year or month, where no time is said."""
    yearly = (read for read in found if read.kind == "frequency" and read.has("PER_YEAR") and read.amounts)
    total = next((Total(read.amounts[0], unit, read.span) for read in yearly), None)
    return total or (_monthly(found) if often is Unit.UNIT else None)


def _never_whole(found: Sequence[Figure]) -> bool:
    """Whether so often over a time is no whole number (``every 45 days for 6 months``)."""
    days = any(read.kind == "frequency" and frequency(read)[1].low for read in found)
    return days and any(read.kind == "duration" and not read.has("HOUR") for read in found)


def _lasting(found: Sequence[Figure]) -> Total | None:
    """A time alone: a rental, a trial, a membership."""
    for read in found:
        if read.kind in ("duration", "supply") and (of := read.has(*_UNITS, "YEAR")) is not None:
            if of == "YEAR":
                return Total(read.amounts[0].times(_MONTHS_OF_A_YEAR), Unit.MONTH, read.span)
            return Total(read.amounts[0], _UNITS[of], read.span)
    return None


def _last(found: Sequence[Figure], text: str, start: int, unit: Unit) -> Total | None:
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
        or _SAID_TWICE.search(text, span.start, span.end + 1)
        or (unit is Unit.VISIT and _THERAPY.search(before))
        or (of_level and text[span.start].isalpha())
    ):
        return None
    return Total(found[-1].amounts[0], unit, span)


def _counted(found: Sequence[Figure], text: str) -> Total | None:
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
        return joined(
            [Total(read.amounts[0], Unit.VISIT, read.span) for read in counts if read.has("VISIT")], text
        )
    if any(read.kind == "labelled" for read in found):
        return None
    return _packed(found[(at := found.index(first)) : at + 2], text) or Total(
        first.amounts[0], Unit.UNIT, first.span
    )
