"""Where the parts of a letter stand, in whatever form it is printed."""

from msgspec import Struct

from kg.errors import LetterError
from kg.model import Outcome, Problem, ProblemKind, Span, Template
from kg.reading.text.grammars import Lexeme

MOST_HEADINGS = 5_000
"""A letter of a hundred items has some five hundred headings; more is damage, and slow to read."""

LINE_START = r"\n[ \t\f]*"
"""How a heading's terminal begins: at the start of a line, also after a page break."""


class Issue(Struct, frozen=True, gc=False):
    """One disputed item's place: its text, its outcome, each party's field, the rationale.

    ``result`` is ``None`` where the outcome is printed in words that are not understood, or not at all.
    """

    item: Span
    outcome: Span
    result: Outcome | None
    administrator: Span | None
    reviewer: Span | None
    rationale: Span | None


class Layout(Struct, frozen=True, gc=False):
    """Where everything stands in one letter; a span is empty where the letter lacks the part.

    ``template`` is ``None`` where the headings do not tell the era.
    """

    template: Template | None
    header: tuple[Span, ...]
    credentials: Span
    documents: Span
    summary: Span
    issues: tuple[Issue, ...]
    problems: tuple[Problem, ...]


def trimmed(text: str, start: int, end: int) -> Span:
    """``text[start:end]`` without the blanks around it."""
    start = end - len(text[start:end].lstrip())
    return Span(start, start + len(text[start:end].rstrip()))


def checked(headings: list[Lexeme]) -> list[Lexeme]:
    """The headings of a letter.

    Raises:
        LetterError: there are more than any letter has.
    """
    if len(headings) > MOST_HEADINGS:
        raise LetterError(f"{len(headings)} headings were found, more than letters have")
    return headings


def missing(what: str, at: int) -> Problem:
    """The problem that a heading or line is not there."""
    return Problem(ProblemKind.MISSING_HEADING, Span(at, at), f"{what} is missing")
