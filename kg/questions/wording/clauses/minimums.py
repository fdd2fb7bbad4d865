"""How many items a letter has, and how many decisions a row of an answer: *specialties with 20 or more*."""

import re
from collections.abc import Iterator

from kg.questions.bounded_numbers import MEASURED, amounts_of, bound, bounded
from kg.questions.vocabulary import Meaning

Found = Iterator[tuple[Meaning, int, int]]


def found(text: str) -> Found:
    """The phrases of a text, with their places.

    >>> [(m.type, m.name, m.value) for m, _, _ in found("letters with at least 20 items")]
    [('VALUE', 'items', '20..')]
    >>> [(m.type, m.name, m.value) for m, _, _ in found("specialties with at least 20 items") if m.name]
    [('HAVING', 'decisions', '20..')]
    """
    yield from _items_of_letter(text)
    for rows in MEASURED.every("N_ROWS", text):
        value = bounded(rows[0], amounts_of(rows[0])[0])
        yield Meaning("HAVING", "decisions", value), rows.start(), rows.end()
    for rows in (*MEASURED.every("ROWS_AT_LEAST", text), *MEASURED.every("AND_MORE", text)):
        each = MEASURED.within("EACH", rows[0]) or MEASURED.within("ROWS", rows[0])
        if each or _of_rows(text, rows.start()):
            yield Meaning("HAVING", "decisions", f"{amounts_of(rows[0])[0]:g}.."), rows.start(), rows.end()
    for rows in MEASURED.every("ENDED_ROWS", text):
        if _of_rows(text, rows.start()):
            yield Meaning("NO_MINIMUM"), rows.start(), rows.end()
    for listed in MEASURED.every("LISTED", text):
        yield from _listed(text, listed)


def _listed(text: str, listed: re.Match[str]) -> Found:
    """A number of items, decisions or letters."""
    start, end = listed.start(), listed.end()
    having = MEASURED.before("HAVING", text, start)
    left_out = MEASURED.before("LEFT_OUT_WITH", text, having.start() if having else start)
    of_letter = MEASURED.before("LETTERS_HAVE", text, left_out.start() if left_out else start)
    letters = of_letter or (left_out and MEASURED.within("LETTERS", left_out[0]))
    value, item = bounded(listed[0], amounts_of(listed[0])[0]), MEASURED.within("ITEM", listed[0])
    by = bound(listed[0])
    kept = _left(value) if left_out and by else value
    if left_out and (core := MEASURED.after("LEFT_OUT", text, left_out.start())):
        between = text[core.end() : having.start() if having else start].strip()
        if between:  # is read by itself
            yield Meaning("IGNORED"), left_out.start(), text.index(between, core.end())
            start = having.start() if having else start
        else:
            start = left_out.start()
    if item and by and not letters and (left_out or _of_rows(text, listed.start())):
        yield Meaning("HAVING", "decisions", kept), start, end
    elif (item and (by or letters)) or (not item and letters):
        yield Meaning("VALUE", "items", kept), start, end
    elif by:
        yield Meaning("HAVING", "decisions", kept), start, end


def _of_rows(text: str, start: int) -> bool:
    """Whether a number before which a text stands is that of the rows of an answer.

    *Specialties with at least 20*, *by drug, minimum 30 items*, and no letters that have as many.
    """
    if MEASURED.before("KINDS_WITH", text, start) or MEASURED.before("THOSE_WITH", text, start):
        return True
    if MEASURED.before("HAVING", text, start) or MEASURED.within("LETTERS", text, 0, start):
        return False
    return bool(MEASURED.within("SPLIT", text) or MEASURED.within("RANKS", text))


def _items_of_letter(text: str) -> Found:
    """How many items a letter has, without a number in digits beside a bound."""
    for several in MEASURED.every("SEVERAL_ITEMS", text):
        yield Meaning("VALUE", "items", "2.."), several.start(), several.end()
    for single in MEASURED.every("SINGLE_ITEM", text):
        yield Meaning("VALUE", "items", "1"), single.start(), single.end()
    for more in MEASURED.every("ITEMS_AND_MORE", text):
        if not _of_rows(text, more.start()):
            yield Meaning("VALUE", "items", f"{amounts_of(more[0])[0]}.."), more.start(), more.end()


def _left(value: str) -> str:
    """What is left where a range that is open on one side is left out.

    >>> _left("..49"), _left("50..")
    ('50..', '..49')
    """
    low, _, high = value.partition("..")
    return f"{int(high) + 1}.." if high else f"..{int(low) - 1}"
