"""Who reviewed: the unnamed physician's specialties and where the licence is held."""

from collections.abc import Iterator
from typing import Any

from lark import Tree

from kg.model import Problem, ProblemKind, Reviewer, Span, Specialty
from kg.reading.catalogue import specialties
from kg.reading.grammars import Lexeme, TypedGrammar, parts
from kg.reading.titles import split_titles
from kg.reading.wording import fold, tidy

_KINDS = {"certified": "specialties", "subspecialty": "subspecialties", "licensed": "licensed_in"}


def _shape(tree: Tree[Any]) -> dict[str, int]:
    """The token of the words about each credential; the first of its kind counts."""
    found: dict[str, int] = {}
    for name, tokens in parts(tree):
        if name in _KINDS and len(tokens) > 1:
            found.setdefault(_KINDS[name], tokens[1][1])
    return found


CREDENTIALS = TypedGrammar(
    "credentials.lark",
    _shape,
    anchors=("Board", "Certification", "has", "and", "is", "State", r"\.", r"\n"),
)


def read_reviewer(text: str, span: Span) -> tuple[Reviewer, dict[str, Span], list[Problem]]:
    """Read the reviewer's credentials in ``text[span.start:span.end]``, with their spans and problems.

    >>> letter = "The expert reviewer is Board Certified in Neurology and is licensed to practice in Ohio."
    >>> reviewer, _, _ = read_reviewer(letter, Span(0, len(letter)))
    >>> reviewer.specialties[0].name, reviewer.licensed_in
    ('Neurology', ('Ohio',))
    """
    words, tokens = CREDENTIALS.read(text, *span)
    spans = {f"reviewer.{name}": Span(*tokens[i][1:]) for name, i in words.items()}
    problems: list[Problem] = []
    return (
        Reviewer(
            tuple(_names(text, words.get("specialties"), tokens, problems)),
            tuple(_names(text, words.get("subspecialties"), tokens, problems)),
            tuple(_states(text, words.get("licensed_in"), tokens)),
        ),
        spans,
        problems,
    )


def _resolve(words: str) -> str | None:
    return specialties().get(fold(words))


def _names(text: str, at: int | None, tokens: list[Lexeme], problems: list[Problem]) -> Iterator[Specialty]:
    if at is None:
        return
    for title in split_titles(text, tokens[at].start, tokens[at].end, _resolve):
        for name in _two(title.title, title.span, title.concept):
            if name.concept is None:
                message = f'"{name.name}" is not in the catalogue of specialties'
                problems.append(Problem(ProblemKind.UNRESOLVED_SPECIALTY, name.span, message))
            yield name


def _two(name: str, span: Span, concept: str | None) -> list[Specialty]:
    """One name, or the two that `and` joins where both are known and the whole is not."""
    if concept is None and " and " in name:
        parts = [part.strip() for part in name.split(" and ")]
        known = [_resolve(part) for part in parts]
        if all(known):
            return [Specialty(part, found, span) for part, found in zip(parts, known, strict=True)]
    return [Specialty(name, concept, span)]


def _states(text: str, at: int | None, tokens: list[Lexeme]) -> Iterator[str]:
    if at is None:
        return
    for state in tidy(text[tokens[at].start : tokens[at].end]).replace(" and ", ",").split(","):
        if name := state.strip(" ."):
            yield name
