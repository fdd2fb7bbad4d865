"""The header table: the case, its dates and its priority."""

from collections.abc import Sequence
from datetime import date
from itertools import chain, pairwise
from typing import Any

from lark import Tree
from msgspec import Struct

from kg.model import Priority, Problem, ProblemKind, Span
from kg.reading.text.dates import read_date
from kg.reading.text.grammars import TypedGrammar, parts
from kg.reading.text.moved import kept, moved_span

_NAMES = {
    "CASE": "case_number",
    "PRIORITY": "priority",
    "ASSIGNED": "date_assigned",
    "NOTIFIED": "date_assigned",
    "INJURY": "date_of_injury",
    "DECIDED": "decision_date",
    "DATED": "decision_date",
    "DENIED": "ur_denial_date",
    "DISPUTED": "ur_denial_date",
    "APPLICATION": "application_received",
    "RECEIVED": "application_received",
    "FILED": "application_received",
}
_KINDS = {
    "CASE": "CASE",
    "CASE_NUMBER": "CASE",
    "PRIORITY": "PRIORITY",
    "STANDARD": "PRIORITY",
    "EXPEDITED": "PRIORITY",
}


class Header(Struct, frozen=True, gc=False):
    """What the header table says, with the spans by name; a value is missing where it is not printed."""

    case_number: str | None
    dates: dict[str, date]
    priority: Priority | None
    spans: dict[str, Span]
    problems: tuple[Problem, ...]


def _order(tree: Tree[Any]) -> list[tuple[bool, int]]:
    """Each token's position, and whether it is a label."""
    return [(part.name == "label", part.tokens[0][1]) for part in parts(tree)]


HEADER = TypedGrammar("header.lark", _order)


def read_header(text: str, *places: Span) -> Header:
    r"""Read the header table, or the sentences that stand for it, in the given places of ``text``.

    >>> header = read_header("Case Number: CM16-0000001 \nDecision Date: 12/19/2016 ", Span(0, 52))
    >>> header.case_number, header.dates
    ('CM16-0000001', {'decision_date': datetime.date(2016, 12, 19)})
    """
    case_number, priority = None, None
    dates: dict[str, date] = {}
    spans: dict[str, Span] = {}
    problems: list[Problem] = []
    for name, value in chain.from_iterable(_values(text, place) for place in places):
        if name in spans:
            continue
        spans[name] = value
        printed = value.of(text)
        if name == "case_number":
            case_number = printed
        elif name == "priority":
            priority = Priority(printed.lower())
        elif found := read_date(printed):
            dates[name] = found
        else:
            problems.append(Problem(ProblemKind.BAD_VALUE, value, f'"{printed}" is not a date'))
    return Header(case_number, dates, priority, spans, tuple(problems))


def _values(text: str, place: Span) -> list[tuple[str, Span]]:
    """Each value with the name of its label."""
    form = text[place.start : place.end].translate(_DIGITS)
    return [(name, moved_span(span, place.start)) for name, span in _places(form)]


# Header tables differ in their digits, and are printed in a few forms; no terminal tells digits apart.
_DIGITS = str.maketrans("123456789", "000000000")


@kept(1024)
def _places(form: str) -> list[tuple[str, Span]]:
    """Where the values of a header stand, whose digits are all 0."""
    order, tokens = HEADER.read(form)
    breaks = [True, *("\n" in form[before.end : after.start] for before, after in pairwise(tokens))]
    values = _pairs([(label, tokens[i].type) for label, i in order], breaks)
    return [(name, Span(tokens[i].start, tokens[i].end)) for name, i in values]


def _pairs(order: Sequence[tuple[bool, str]], breaks: Sequence[bool]) -> list[tuple[str, int]]:
    """The name of each value and its place in ``order``, which tells of each token whether it is a label.

    ``breaks`` tells whether a line ends before each.
    """
    labels: list[str] = []
    latest: list[str] = []
    values: list[int] = []
    found = []
    for i, (is_label, type_) in enumerate(order):
        if is_label:
            if waiting := [value for value in values if _kind(order[value][1]) == _kind(type_)]:
                values.remove(waiting[0])
                found.append((_NAMES[type_], waiting[0]))
            elif _NAMES[type_] not in map(_NAMES.get, labels):
                labels.append(type_)
                latest.append(type_)
            continue
        if wanted := [label for label in labels if _kind(label) == _kind(type_)]:
            same_line = i > 0 and order[i - 1][0] and not breaks[i]
            near = [label for label in wanted if label in latest] or wanted
            label = near[-1] if same_line else near[0]
            labels.remove(label)
            found.append((_NAMES[label], i))
        else:
            values.append(i)
        latest.clear()
    return found


def _kind(type_: str) -> str:
    """What a label or a value is about: the case, the priority or a date."""
    return _KINDS.get(type_, "DATE")
