"""Numbers of a question that count something: how much is requested, or how old a worker is."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import product

from kg.model import Unit
from kg.questions.vocabulary import Meaning, singular_or_plural
from kg.reading.text.number_words import words_of

_TENS, _ONES = words_of(*range(20, 100, 10)), words_of(*range(1, 10))
_WORDED = {
    **words_of(*range(1, 21), *range(30, 100, 10)),
    **{f"{ten} {one}": _TENS[ten] + _ONES[one] for ten, one in product(_TENS, _ONES)},
    "dozen": 12,
    "a dozen": 12,
    "two dozen": 24,
    "three dozen": 36,
}
"""Numbers that are written as words: `over fifty`, `more than a dozen visits`."""
BOUNDS = ("OVER", "AT_LEAST", "UNDER", "AT_MOST", "OR_MORE", "OR_LESS")
_SIGNS = {"OVER": ">(?!=)", "AT_LEAST": ">=|≥", "UNDER": "<(?!=)", "AT_MOST": "<=|≤"}
UNITS = {"VISITS": Unit.VISIT, "UNITS": Unit.UNIT, "HOURS": Unit.HOUR}


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
    for number in _pattern().finditer(text):
        unit = next((unit for name, unit in UNITS.items() if number[name] or number[f"{name}_FIRST"]), None)
        if unit is None and not number["OF_AGE"] and _counts_after().match(text, number.end()):
            unit = Unit.VISIT  # `24 PT visits`
        bounded = any(number[name] for name in (*BOUNDS, "plus", "between"))
        alone = (number["plus"] or any(number[name] for name in BOUNDS[:4])) and _is_age(number, text)
        aged = number["AGED"] or number["OF_AGE"] or _COMPARED_AGE.search(number[0])
        worker = bounded and _worker_before().search(text[: number.start()])
        quantity = _QUANTITY.search(text[: number.start()])
        against = bounded and counted and _AGAINST.fullmatch(text, counted[1], number.start())
        if against and counted and not (unit or aged):  # `over 12 visits versus 12 or fewer`
            unit = counted[0]
        if unit or number["hash"] or quantity or (against and not aged):
            counted = unit, number.end()
            also = ("quantity_unit", unit.value) if unit else None
            start = quantity.start() if quantity else number.start()
            yield Meaning("VALUE", "quantity", _range(number), also), start, number.end()
        elif aged or worker or alone:
            yield Meaning("VALUE", "age", _range(number)), number.start(), number.end()


_AGAINST = re.compile(
    r"[^\w]*\b(?:[a-z]+\s+){0,4}?(?:versus|vs\.?|than|compared\s+(?:with|to)|against|or)\s+(?:those\s+)?(?:(?:of|with|for)\s+)?",
    re.IGNORECASE,
)
_QUANTITY = re.compile(r"\b(?:quantity|qty|amount)(?:\s+(?:of|is|=|was))?[\s:=]*$", re.IGNORECASE)
_COMPARED_AGE = re.compile(r"\b(?:older|younger)\s*$", re.IGNORECASE)
_YOUNGEST, _OLDEST = 15, 99
_NO_AGE_BEFORE = re.compile(r"\b(?:page|chapter|dose|MED|MME|med|mme|rate|is|was)\s+$", re.IGNORECASE)
_AFTER_AGE = re.compile(
    r"\s*(?:$|[,.;?!)]|\b(?:and|or|vs|versus|than|by|with|who|whose|overturn\w*|upheld|den\w+|get|win)\b)"
)


def _is_age(number: re.Match[str], text: str) -> bool:
    """Whether a bounded number without a unit is an age: `knee replacement, over 65`."""
    return (
        not number["hash"]
        and _YOUNGEST <= _amount(number["first"]) <= _OLDEST
        and not _NO_AGE_BEFORE.search(text[: number.start()])
        and bool(_AFTER_AGE.match(text, number.end()))
    )


def _amount(written: str) -> int:
    """A number in digits or in words."""
    plain = re.sub(r"[\s-]+", " ", written.lower())
    return int(plain) if plain.isdecimal() else _WORDED[plain]


def _range(number: re.Match[str]) -> str:
    """The range that a number means, as a filter writes it."""
    first = _amount(number["first"])
    if number["last"]:
        return f"{first}-{_amount(number['last'])}"
    if number["OVER"]:
        return f"{first + 1}.."
    if number["UNDER"]:
        return f"..{first - 1}"
    if number["AT_LEAST"] or number["OR_MORE"] or number["OR_MORE_LATER"] or number["plus"]:
        return f"{first}.."
    return (
        f"..{first}" if any(number[name] for name in ("AT_MOST", "OR_LESS", "OR_LESS_LATER")) else str(first)
    )


@cache
def _worker_before() -> re.Pattern[str]:
    """Whose age a bounded number is: ``workers over 60``."""
    return re.compile(rf"\b(?:{singular_or_plural('WORKERS')})\s+$", re.IGNORECASE)


@cache
def _counts_after() -> re.Pattern[str]:
    """A word or two, such as the service, and then visits."""
    return re.compile(
        rf"\s+(?:(?!disputed|different|separate|denied|other|more|less|fewer)[a-z][a-z-]*\s+){{1,2}}"
        rf"(?:{singular_or_plural('VISITS')}|treatments)\b",
        re.IGNORECASE,
    )


@cache
def _pattern() -> re.Pattern[str]:
    """``[what it counts] [aged] [how it is bounded] [#]number[ to number] [or more] [what it counts]``."""
    first = "|".join(f"(?P<{name}_FIRST>{singular_or_plural(name)})" for name in UNITS)
    before = "|".join(f"(?P<{name}>{singular_or_plural(name)}|{_SIGNS[name]})" for name in BOUNDS[:4])
    after = "|".join(f"(?P<{name}>{singular_or_plural(name)})" for name in BOUNDS[4:])
    later = "|".join(f"(?P<{name}_LATER>{singular_or_plural(name)})" for name in BOUNDS[4:])
    units = "|".join(f"(?P<{name}>{singular_or_plural(name)})" for name in (*UNITS, "OF_AGE"))
    worded = "|".join(re.escape(word) for word in sorted(_WORDED, key=len, reverse=True))
    worded = worded.replace(r"\ ", r"[\s-]+")
    amount = rf"(?:[0-9]{{1,4}}|(?:{worded})(?![\w-]))"
    between = r"(?:(?P<between>between)\s+|from\s+)?"
    return re.compile(
        rf"(?<![\w.])(?:(?:{first})[\s:,]+)?(?:(?P<AGED>{singular_or_plural('AGED')})\s+)?(?:(?:{before})(?:\s+|(?<=[<>=≥≤])))?{between}(?P<hash>#\s?)?"
        r"(?!(?:19|20)[0-9]{2}\b)"  # a year is no number of something
        rf"(?P<first>{amount})(?:\s*(?:-|–|to|and)\s*(?P<last>{amount}))?(?![\w.])(?!\s?%)(?P<plus>\s?\+)?"
        rf"(?:\s+(?:{after})\b)?(?:[\s-]*(?:{units})\b)?(?:\s+(?:{later})\b)?",
        re.IGNORECASE,
    )
