"""Bands of time since the injury, by which an answer is split: *under a year, one to five years, longer*."""

import re
from collections.abc import Iterator
from itertools import pairwise

from kg.questions.bounded_numbers import MEASURED, amounts_of, bounded
from kg.questions.vocabulary import Meaning

Found = Iterator[tuple[Meaning, int, int]]
_LAST = re.compile(r"[0-9]+\Z")


def found(text: str) -> Found:
    """The phrases of a text, with their places; none where no bands are listed.

    >>> [m.value for m, _, _ in found("by time since injury: under a year, 1 to 5 years, longer") if m.value]
    ['..364', '365-1826', '1827..']
    """
    led = MEASURED.within("BANDS_OF", text)
    if led is None:
        return
    bands = list(_listed(text, led.end()))
    if len(bands) < 2:
        return
    values: list[str] = []
    for band in bands:
        values.append(_in_days(band, values))
    if len(set(values)) < len(values) or not all(values):
        return
    yield Meaning("IGNORED"), led.start(), led.end()
    for value, band in zip(values, bands, strict=True):
        yield Meaning("VALUE", "days_injury_decision", value), band.start(), band.end()
    for one, other in pairwise(bands):
        yield Meaning("VERSUS"), one.end(), other.start()


def _listed(text: str, start: int) -> Iterator[re.Match[str]]:
    """The bands from a place on, as long as nothing else stands between them."""
    for band in MEASURED.every("BAND", text, start):
        gap = text[start : band.start()].strip()
        if gap and not MEASURED.fills("BETWEEN_BANDS", gap):
            return
        yield band
        start = band.end()


def _in_days(band: re.Match[str], before: list[str]) -> str:
    """A band as a range of days; *longer* is what is beyond the one before."""
    amounts = amounts_of(band[0]) or ([1] if MEASURED.within("UNIT", band[0]) else [])
    if not amounts:
        last = _LAST.search(before[-1]) if before else None
        return f"{int(last[0]) + 1}.." if last else ""
    unit = MEASURED.within("UNIT", band[0])
    days = DAYS[unit[0].lower().removesuffix("s")] if unit else DAYS["year"]
    first, *more = (round(amount * days) for amount in amounts)
    if more:
        return f"{first}-{more[0]}"
    text = re.sub(r"([<>≤≥]=?)(?=\S)", r"\1 ", band[0])
    return f"{first}.." if "+" in text else bounded(text, first)


DAYS = {"day": 1.0, "week": 7.0, "month": 30.4375, "year": 365.25}
DAYS |= {"wk": DAYS["week"], "mo": DAYS["month"], "yr": DAYS["year"]}
"""How many days a unit of time has."""
