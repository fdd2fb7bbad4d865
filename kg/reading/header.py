"""The header table: the case, its dates and its priority."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from lark import Tree

from kg.model import Priority, Problem, ProblemKind, Span
from kg.reading.dates import read_date
from kg.reading.grammars import Lexeme, TypedGrammar, positions

_DATES = {
    "ASSIGNED": "date_assigned",
    "INJURY": "date_of_injury",
    "DECIDED": "decision_date",
    "DENIED": "ur_denial_date",
    "APPLICATION": "application_received",
    "RECEIVED": "application_received",
}
_KINDS = {"CASE_NUMBER": "CASE", "STANDARD": "PRIORITY", "EXPEDITED": "PRIORITY"}


@dataclass(frozen=True, slots=True)
class Header:
    """What the header table says, with the spans by name; a value is missing where it is not printed."""

    case_number: str | None
    dates: dict[str, date]
    priority: Priority | None
    spans: dict[str, Span]
    problems: tuple[Problem, ...]


def _groups(tree: Tree[Any]) -> list[list[int]]:
    return positions(tree, "group")


HEADER = TypedGrammar("header.lark", _groups)


def read_header(text: str, span: Span) -> Header:
    r"""Read the header table in ``text[span.start:span.end]``, in any order of labels and values.

    >>> header = read_header("Case Number: CM16-0000001 \nDecision Date: 12/19/2016 ", Span(0, 52))
    >>> header.case_number, header.dates
    ('CM16-0000001', {'decision_date': datetime.date(2016, 12, 19)})
    """
    groups, tokens = HEADER.read(text, span.start, span.end)
    case_number, priority = None, None
    dates: dict[str, date] = {}
    spans: dict[str, Span] = {}
    problems: list[Problem] = []
    for label, value in _pairs(groups, tokens):
        name = {"CASE": "case_number", "PRIORITY": "priority"}.get(label) or _DATES[label]
        if name in spans:
            continue
        printed, place = text[value.start : value.end], Span(value.start, value.end)
        spans[name] = place
        if label == "CASE":
            case_number = printed
        elif label == "PRIORITY":
            priority = Priority(printed.lower())
        elif found := read_date(printed):
            dates[name] = found
        else:
            problems.append(Problem(ProblemKind.BAD_VALUE, place, f'"{printed}" is not a date'))
    return Header(case_number, dates, priority, spans, tuple(problems))


def _pairs(groups: list[list[int]], tokens: list[Lexeme]) -> Iterator[tuple[str, Lexeme]]:
    """Each label of a group with the next value of its kind; two words for one label wait as one."""
    for group in groups:
        waiting: list[str] = []
        for token in (tokens[i] for i in group):
            if token.type in _DATES or token.type in ("CASE", "PRIORITY"):
                if token.type != "RECEIVED" or "APPLICATION" not in waiting:
                    waiting.append(token.type)
                continue
            kind = _KINDS.get(token.type)
            wanted = [label for label in waiting if label == kind or (kind is None and label in _DATES)]
            if wanted:
                waiting.remove(wanted[0])
                yield wanted[0], token
