"""The header table: the case, its dates and its priority."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import chain, groupby, pairwise, zip_longest
from typing import Any, NamedTuple

from lark import Tree
from msgspec import Struct

from kg.model import Priority, Problem, ProblemKind, Span
from kg.reading.case_numbers import SPELLED
from kg.reading.case_numbers import case_number as as_printed
from kg.reading.text.dates import PRINTED, read_date
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
    "MISPRINTED_CASE": "CASE",
    "PRIORITY": "PRIORITY",
    "STANDARD": "PRIORITY",
    "EXPEDITED": "PRIORITY",
}
_IN_TIME = ("date_of_injury", "ur_denial_date", "application_received", "date_assigned", "decision_date")
"""What happens after one another; two may be on one day."""
_WORDS = {
    "case_number": "case number",
    "priority": "priority",
    "date_of_injury": "date of injury",
    "ur_denial_date": "date of the denial",
    "application_received": "date of the application",
    "date_assigned": "date of the assignment",
    "decision_date": "date of the decision",
}
_FIRST_YEARS = {"date_of_injury": 1930}
_FIRST_YEAR, _LAST_YEAR = 2012, 2099
"""Years of a date: of the injury, and of the denial and of all after it, of which reviews began in 2013."""
_BEFORE_CASE, _AFTER_CASE = 3, 5
"""Years by which a review's dates may be before or after the year in its case number."""
_A_TABLE = 5
"""Labels from which a header is the table of all of them."""


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


HEADER = TypedGrammar("header.lark", _order, words={"DATE": PRINTED, "CASE_NUMBER": rf"{SPELLED}\b"})


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
    unsure: dict[str, Problem] = {}
    for name, value in chain.from_iterable(_values(text, place) for place in places):
        if name in spans:
            if value.of(text).lower() not in ("", spans[name].of(text).lower()):
                message = f'the header has another {_WORDS[name]}, "{value.of(text)}"'
                problems.append(Problem(ProblemKind.CONTRADICTION, value, message))
            continue
        printed = value.of(text)
        if value.start == value.end:
            message = f"no {_WORDS[name]} next to its label"
            unsure.setdefault(name, Problem(ProblemKind.MISSING_FIELD, value, message))
            continue
        spans[name] = value
        if name == "case_number" and (spelled := as_printed(printed)):
            case_number = spelled
        elif name == "priority":
            priority = Priority(printed.lower())
        elif (found := read_date(printed)) and plausible(name, found):
            dates[name] = found
        else:
            what = "a case number" if name == "case_number" else f"a {_WORDS[name]}" if found else "a date"
            problems.append(Problem(ProblemKind.BAD_VALUE, value, f'"{printed}" is not {what}'))
    problems += [problem for name, problem in unsure.items() if name not in spans]
    problems += _missing(spans, unsure, places)
    if case_number is None:
        spans.pop("case_number", None)
    problems += [*_not_in_time(dates, spans), *_not_of_case(case_number, dates, spans)]
    return Header(case_number, dates, priority, spans, tuple(problems))


def plausible(name: str, day: date) -> bool:
    """Whether the date of that name of a letter may be on ``day``.

    >>> plausible("decision_date", date(2107, 10, 7)), plausible("date_of_injury", date(1987, 10, 7))
    (False, True)
    """
    return _FIRST_YEARS.get(name, _FIRST_YEAR) <= day.year <= _LAST_YEAR


def _missing(
    spans: Mapping[str, Span], unsure: Mapping[str, Problem], places: Sequence[Span]
) -> Iterator[Problem]:
    """What a table of labels lacks."""
    told = spans.keys() | unsure.keys()
    if len(told) >= _A_TABLE:
        end = max(place.end for place in places)
        for name, words in _WORDS.items():
            if name not in told:
                yield Problem(ProblemKind.MISSING_FIELD, Span(end, end), f"the header has no {words}")


def _not_in_time(dates: Mapping[str, date], spans: Mapping[str, Span]) -> Iterator[Problem]:
    """Dates that come before what they follow."""
    printed = [name for name in _IN_TIME if name in dates]
    for before, after in pairwise(printed):
        if dates[before] > dates[after]:
            message = f"the {_WORDS[after]}, {dates[after]}, is before the {_WORDS[before]}, {dates[before]}"
            yield Problem(ProblemKind.CONTRADICTION, spans[after], message)


def _not_of_case(case: str | None, dates: Mapping[str, date], spans: Mapping[str, Span]) -> Iterator[Problem]:
    """Dates of the review that are years away from the year in its case number."""
    if case is None:
        return
    year = 2000 + int(case[2:4])
    for name in _IN_TIME[1:]:
        if name in dates and not -_BEFORE_CASE <= dates[name].year - year <= _AFTER_CASE:
            message = f"the {_WORDS[name]}, {dates[name]}, is years away from the case number, {case}"
            yield Problem(ProblemKind.CONTRADICTION, spans[name], message)


def _values(text: str, place: Span) -> list[tuple[str, Span]]:
    """Each value with the name of its label; an empty span at a label that has none."""
    form = text[place.start : place.end].translate(_DIGITS)
    return [(name, moved_span(span, place.start)) for name, span in _places(form)]


# Header tables differ in their digits, and are printed in a few forms; no terminal tells digits apart.
_DIGITS = str.maketrans("123456789", "000000000")


# Labels in capitals or small letters, which prose has without a colon.
_ANY_CASE = re.compile(
    r"(?i:case\s+number|date\s+assigned|date\s+of\s+injury|decision\s+date|(?:ur|utilization\s+review)\s+denial\s+date"
    r"|priority|(?:application\s+)?received):|APPLICATION(?=\s)"
)
_LETTERS = re.compile("[A-Za-z]+")
_AS_PRINTED = {"of": "of", "ur": "UR"}


def _labels_cased(form: str) -> str:
    """The header with its labels as letters print them."""

    def cased(label: re.Match[str]) -> str:
        return _LETTERS.sub(lambda word: _AS_PRINTED.get(word[0].lower(), word[0].capitalize()), label[0])

    return _ANY_CASE.sub(cased, form)


@kept(1024)
def _places(form: str) -> list[tuple[str, Span]]:
    """Where the values of a header stand, whose digits are all 0."""
    form = _labels_cased(form)
    order, tokens = HEADER.read(form)
    breaks = [True, *("\n" in form[before.end : after.start] for before, after in pairwise(tokens))]
    marks = [
        _Mark(
            i,
            label,
            tokens[i].type,
            breaks[i],
            i + 1 < len(order) and order[i + 1][0] is label and not breaks[i + 1],
        )
        for label, i in order
    ]
    found = []
    for label, value in _pairs(marks):
        token = tokens[label.at if value is None else value.at]
        end = token.start if value is None else token.end
        found.append((_NAMES[label.type], Span(token.start, end)))
    return found


class _Mark(NamedTuple):
    """A label or a value: its token's position and what it is.

    ``first`` tells whether a line ends before it, ``more`` whether one of its kind stands after it there.
    """

    at: int
    is_label: bool
    type: str
    first: bool
    more: bool

    @property
    def kind(self) -> str:
        """What a label or a value is about: the case, the priority or a date."""
        return _KINDS.get(self.type, "DATE")


def _pairs(marks: list[_Mark]) -> Iterator[tuple[_Mark, _Mark | None]]:
    """Each label with its value, ``None`` where nothing tells which is its own.

    A label and a value beside it on a line belong together, and part what stands before them from what
    stands after. Between them there are columns, or lines of one label or value each.
    """
    group: list[_Mark] = []
    rest = iter(_each_once(marks))
    for mark in rest:
        if not (group and _beside(group, mark)):
            group.append(mark)
            continue
        label = group.pop()
        yield from _in_order(group)
        yield label, mark
        group = []
    yield from _in_order(group)


def _beside(group: list[_Mark], value: _Mark) -> bool:
    """Whether a value stands beside the label before it, each the only one of its kind there."""
    label = group[-1]
    if not label.is_label or value.is_label or value.first or label.kind != value.kind:
        return False
    several = len(group) > 1 and not label.first and group[-2].is_label and group[-2].kind == value.kind
    return not (several or value.more)


def _in_order(group: list[_Mark]) -> Iterator[tuple[_Mark, _Mark | None]]:
    """The labels of a group with its values: in order where there are as many, else run by run."""
    for kind in ("CASE", "PRIORITY", "DATE"):
        names: set[str] = set()
        alike = []
        for mark in group:
            if mark.kind == kind and not (mark.is_label and _NAMES[mark.type] in names):
                alike.append(mark)
                names |= {_NAMES[mark.type]} if mark.is_label else set()
        values = len(alike) - len(names)
        if len(names) == values or not values:
            yield from _matched(alike)
            continue
        runs = [list(run) for _, run in groupby(alike, key=lambda mark: mark.is_label)]
        if runs[0][0].is_label is not group[0].is_label:  # it lacks what stands before it elsewhere
            runs.insert(0, [])
        for n in range(0, len(runs), 2):
            yield from _matched([mark for run in runs[n : n + 2] for mark in run])


def _matched(alike: list[_Mark]) -> Iterator[tuple[_Mark, _Mark | None]]:
    labels = [mark for mark in alike if mark.is_label]
    values = [mark for mark in alike if not mark.is_label]
    yield from zip(labels, values if len(values) == len(labels) else [None] * len(labels), strict=True)


def _each_once(marks: list[_Mark]) -> list[_Mark]:
    """The marks, but of labels that say the same one after another the last: ``Application Received:``."""
    return [
        mark
        for mark, after in zip_longest(marks, marks[1:])
        if not (mark.is_label and after and after.is_label and _NAMES[mark.type] == _NAMES[after.type])
    ]
