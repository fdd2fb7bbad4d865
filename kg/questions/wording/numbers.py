"""Numbers of a question that count something: how much is requested, or how old a worker is."""

import re
from collections.abc import Iterator

from kg.model import Unit
from kg.questions.bounded_numbers import AMOUNTS, MEASURED, bound, bounded
from kg.questions.vocabulary import Meaning

UNITS = {"VISITS": Unit.VISIT, "UNITS": Unit.UNIT, "HOURS": Unit.HOUR}
_NO_AGE, _YOUNGEST, _OLDEST = 10, 15, 99


def found(text: str) -> Iterator[tuple[Meaning, int, int]]:
    """The numbers of a text that count something, with their places.

    >>> [(m.name, m.value, m.also) for m, _, _ in found("more than 12 PT visits")]
    [('quantity', '13..', ('quantity_unit', 'visit'))]
    >>> [(m.name, m.value, m.also) for m, _, _ in found("PT, more than 12 visits, for workers under 30")]
    [('quantity', '13..', ('quantity_unit', 'visit')), ('age', '..29', None)]
    >>> [(m.name, m.value) for m, _, _ in found("more than a dozen visits for women over fifty")]
    [('quantity', '13..'), ('age', '51..')]
    >>> [(m.name, m.value) for m, _, _ in found("the worker is 65 or older")]
    [('age', '65..')]
    >>> [(m.name, m.value) for m, _, _ in found("PT over 12 visits versus 12 or fewer")]
    [('quantity', '13..'), ('quantity', '..12')]
    >>> [(m.name, m.value) for m, _, _ in found("Norco #120, men aged 40 to 50")]
    [('quantity', '120'), ('age', '40-50')]
    """
    counted: tuple[Unit | None, int] | None = None  # the last number of something, and where it ends
    for number in MEASURED.every("COUNTED", text):
        said, start, end = number[0], number.start(), number.end()
        unit = next((unit for name, unit in UNITS.items() if MEASURED.within(name, said)), None)
        of_age = MEASURED.within("OF_AGE", said)
        if unit is None and not of_age and MEASURED.after("VISITS_AFTER", text, end):
            unit = Unit.VISIT  # `24 PT visits`
        by, plus = bound(said), "+" in said
        limited = by or plus or MEASURED.within("BETWEEN", said)
        alone = (plus or by in _BEFORE) and _is_age(number, text)
        aged = of_age or MEASURED.within("AGED", said) or MEASURED.before("OLDER", said, len(said))
        if of_age and _is_a_time(of_age[0], said):
            aged = None  # `over 5 years`
        worker = limited and MEASURED.before("WORKERS", text, start)
        quantity = MEASURED.before("QUANTITY", text, start)
        last = end == len(text) or MEASURED.after("AFTER_COUNT", text, end)
        alike = limited or (counted and counted[0] and last)
        against = alike and counted and MEASURED.fills("AGAINST_THOSE", text, counted[1], start)
        if against and counted and not (unit or aged):  # `over 12 visits versus 12 or fewer`
            unit = counted[0]
        if unit or "#" in said or quantity or (against and not aged):
            counted = unit, end
            also = ("quantity_unit", unit.value) if unit else None
            if against and (one := MEASURED.before("ONE_WITH", text, start)):
                yield Meaning("IGNORED"), one.start(), start
            yield Meaning("VALUE", "quantity", _range(said), also), (quantity or number).start(), end
        elif aged or worker or alone:
            yield Meaning("VALUE", "age", _range(said)), start, end


_BEFORE = {"OVER", "AT_LEAST", "UNDER", "AT_MOST"}


def _is_a_time(unit: str, said: str) -> bool:
    """Whether a number of years is no age of a worker: it is too low, and nothing says that one is."""
    young = _amounts(said)[-1] < _NO_AGE
    return young and unit.strip(" -").lower() in {"years", "yrs"} and not MEASURED.within("AGED", said)


def _is_age(number: re.Match[str], text: str) -> bool:
    """Whether a bounded number without a unit is an age: `knee replacement, over 65`."""
    return (
        "#" not in number[0]
        and _YOUNGEST <= _amounts(number[0])[0] <= _OLDEST
        and not MEASURED.before("NO_AGE", text, number.start())
        and bool(not text[number.end() :].strip() or MEASURED.after("AFTER_AGE", text, number.end()))
    )


def _amounts(stretch: str) -> list[int]:
    """The numbers of a stretch, in digits or in words."""
    found = (re.sub(r"[\s-]+", " ", each[0].lower()) for each in MEASURED.every("AMOUNT", stretch))
    return [int(each) if each.isdecimal() else AMOUNTS[each] for each in found]


def _range(stretch: str) -> str:
    """The range that a number means, as a filter writes it."""
    first, *more = _amounts(stretch)
    if more:
        return f"{first}-{more[0]}"
    return f"{first}.." if "+" in stretch else bounded(stretch, first)
