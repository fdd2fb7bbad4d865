"""How often, for how long, with how many refills and for a supply of what time something is requested."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeVar

from kg.model import Frequency, Problem, ProblemKind, Refills, Span, TimeSpan, TimeUnit
from kg.reading.requests.amount_parts import Amount, Figure
from kg.reading.requests.amounts import DAYS, TIME_UNITS

Value = TypeVar("Value", Frequency, TimeSpan, Refills)

_PER = {
    "PER_DAY": (1.0, TimeUnit.DAY),
    "DAILY": (1.0, TimeUnit.DAY),
    "WEEKLY": (1.0, TimeUnit.WEEK),
    "PER_WEEK": (1.0, TimeUnit.WEEK),
    "WEEK": (1.0, TimeUnit.WEEK),
    "PER_MONTH": (1.0, TimeUnit.MONTH),
    "MONTH": (1.0, TimeUnit.MONTH),
    "PER_QUARTER": (3.0, TimeUnit.MONTH),
    "PER_YEAR": (1.0, TimeUnit.YEAR),
}
"""The period of each terminal that names one."""
_HOURS_OF_A_DAY = 24
_MOST_A_DAY = 24
_ALIKE = 0.1
"""How far two times may differ that are one: a month has 28 to 31 days."""


class Schedule(NamedTuple):
    """What an item prints beside its quantity; what it prints in two ways is ``None``, with a problem."""

    frequency: Frequency | None = None
    duration: TimeSpan | None = None
    refills: Refills | None = None
    supply: TimeSpan | None = None
    problems: tuple[Problem, ...] = ()


def schedule(found: Sequence[Figure], *, drug: bool) -> Schedule:
    """The schedule among the figures of an item.

    >>> from kg.reading.requests.amount_parts import figures
    >>> printed = "Physical therapy 3 times a week for 4 weeks"
    >>> read = schedule(figures(printed, 0, len(printed)), drug=False)
    >>> read.frequency.maximum, read.frequency.period_unit.value, read.duration.maximum
    (3.0, 'week', 4.0)
    """
    doubts: list[Problem] = []
    frequencies = [each for read in found if (each := _frequency(read, doubts, drug=drug)) is not None]
    problems = [] if frequencies else doubts  # `every 6 hours, at most 4 daily` is not in doubt
    durations = _times(found, "duration")
    refills = [Refills(*_number(read), read.span) for read in found if read.kind == "refills"]
    supplies = _times(found, "supply")
    frequency = _the_one("frequency", frequencies, _rate, problems)
    in_turn = len(durations) > 1 and len(frequencies) > 1 and frequency is None
    return Schedule(
        frequency,
        # Times of frequencies that follow one another are parts of one that is not printed.
        None if in_turn else _the_one("duration", durations, _length, problems),
        _the_one("number of refills", refills, _count, problems),
        _the_one("supply", supplies, _length, problems),
        tuple(problems),
    )


def _frequency(read: Figure, doubts: list[Problem], *, drug: bool) -> Frequency | None:
    """``3 times a week``, ``every 4-6 weeks``, ``tid``; ``5 days a week`` of hours."""
    if read.kind == "hours":
        if read.has("HOUR") or not read.amounts:
            return None
        return Frequency(*read.amounts[0], 1.0, 1.0, TimeUnit.WEEK, read.span)
    if read.kind != "frequency":
        return None
    if read.every is not None:
        times = read.amounts[0] if len(read.amounts) > 1 else Amount(1.0, 1.0)
        return Frequency(*times, *read.every.time, read.every.unit, read.span)
    per = read.has(*_PER)
    if per is None:
        return None
    times = read.amounts[0] if read.amounts else Amount(1.0, 1.0)
    length, unit = _PER[per]
    # `2 daily` of a drug may be two at a time; `2 bid` is twice a day.
    doubtful = drug and times.high > 1 and read.types == ["AMOUNT", per] and per != "DAILY"
    if doubtful or (unit is TimeUnit.DAY and times.high > _MOST_A_DAY):
        message = f"{times.high:g} a {unit.value} may be no number of times"
        doubts.append(Problem(ProblemKind.UNREAD_TEXT, read.span, message))
        return None
    return Frequency(*times, length, length, unit, read.span)


def _number(read: Figure) -> Amount:
    return read.amounts[0] if read.amounts else Amount(0.0, 0.0)


def _times(found: Sequence[Figure], kind: str) -> list[TimeSpan]:
    return [time for read in found if read.kind == kind and (time := _time(read)) is not None]


def _time(read: Figure) -> TimeSpan | None:
    """A time as printed; hours are an amount of care, and no time that it goes on for."""
    unit = read.has(*TIME_UNITS)
    if unit is None or not read.amounts or TIME_UNITS[unit] is TimeUnit.HOUR or not read.amounts[0].low:
        return None
    return TimeSpan(*read.amounts[0], TIME_UNITS[unit], read.span)


def _rate(each: Frequency) -> tuple[float, float]:
    days = 1 / _HOURS_OF_A_DAY if each.period_unit is TimeUnit.HOUR else DAYS[each.period_unit.name]
    return each.minimum / (each.period_maximum * days), each.maximum / (each.period_minimum * days)


def _length(each: TimeSpan) -> tuple[float, float]:
    days = DAYS[each.unit.name]
    return each.minimum * days, each.maximum * days


def _count(each: Refills) -> tuple[float, float]:
    return each.minimum, each.maximum


def _the_one(
    name: str, found: Sequence[Value], ends: Callable[[Value], tuple[float, float]], problems: list[Problem]
) -> Value | None:
    """The value that all of ``found`` say, or ``None`` with a problem where they say different ones."""
    if not found:
        return None
    if all(_alike(ends(found[0]), ends(each)) for each in found[1:]):
        return found[0]
    span = Span(found[0].span.start, found[-1].span.end)
    message = f"more than one {name} is printed, and none of them holds for the whole item"
    problems.append(Problem(ProblemKind.CONTRADICTION, span, message))
    return None


def _alike(one: Iterable[float], other: Iterable[float]) -> bool:
    return all(abs(a - b) <= _ALIKE * max(a, b) for a, b in zip(one, other, strict=True))
