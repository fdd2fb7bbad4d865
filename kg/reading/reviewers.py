"""Who reviewed: the unnamed physician's specialties and where the licence is held."""

from typing import Any

from lark import Tree

from kg.model import Problem, ProblemKind, Reviewer, Span, Specialty
from kg.reading.text.folding import fold, tidy
from kg.reading.text.grammars import TypedGrammar, parts
from kg.reading.text.moved import kept, moved_problem, moved_span, moved_specialty
from kg.reading.vocabulary.catalogue import specialties
from kg.reading.vocabulary.titles import split_titles

_KINDS = {"certified": "specialties", "subspecialty": "subspecialties", "licensed": "licensed_in"}


def _shape(tree: Tree[Any]) -> dict[str, int]:
    """The token of the words about each credential; the first of its kind counts."""
    found: dict[str, int] = {}
    for name, tokens in parts(tree):
        if name in _KINDS and len(tokens) > 1:
            found.setdefault(_KINDS[name], tokens[1][1])
    return found


CREDENTIALS = TypedGrammar("credentials.lark", _shape)


def read_reviewer(text: str, span: Span) -> tuple[Reviewer, dict[str, Span], list[Problem]]:
    """Read the reviewer's credentials in ``text[span.start:span.end]``, with their spans and problems.

    >>> letter = "The expert reviewer is Board Certified in Neurology and is licensed to practice in Ohio."
    >>> reviewer, _, _ = read_reviewer(letter, Span(0, len(letter)))
    >>> reviewer.specialties[0].name, reviewer.licensed_in
    ('Neurology', ('Ohio',))
    """
    end = min(span.end, span.start + _SECTION)
    reviewer, places, problems = _by_itself(text[span.start : end])
    moved = Reviewer(
        _moved(reviewer.specialties, span.start),
        _moved(reviewer.subspecialties, span.start),
        reviewer.licensed_in,
    )
    spans = {name: moved_span(place, span.start) for name, place in places.items()}
    return moved, spans, [moved_problem(problem, span.start) for problem in problems]


def _moved(names: tuple[Specialty, ...], by: int) -> tuple[Specialty, ...]:
    return tuple([moved_specialty(name, by) for name in names])


# Letters of one reviewer, and of all with the same specialty, print the same section.
@kept(4096)
def _by_itself(text: str) -> tuple[Reviewer, dict[str, Span], tuple[Problem, ...]]:
    words, tokens = CREDENTIALS.read(text)
    places = {name: Span(tokens[i].start, tokens[i].end) for name, i in words.items()}
    problems: list[Problem] = []

    def named(kind: str) -> tuple[Specialty, ...]:
        if kind not in places:
            return ()
        start = places[kind].start
        names, found = _names(text[start : min(places[kind].end, start + _LONGEST)])
        problems.extend([moved_problem(problem, start) for problem in found])
        return _moved(names, start)

    reviewer = Reviewer(
        named("specialties"), named("subspecialties"), _states(text, places.get("licensed_in"))
    )
    return reviewer, {f"reviewer.{name}": place for name, place in places.items()}, tuple(problems)


# The section that tells of the reviewer has some two thousand characters, the longest list three hundred.
_SECTION = 20_000
_LONGEST = 5_000


# Reviewers have few sets of specialties.
@kept(4096)
def _names(printed: str) -> tuple[tuple[Specialty, ...], tuple[Problem, ...]]:
    """The names in a list, with what is wrong with them."""
    names: list[Specialty] = []
    problems: list[Problem] = []
    for title in split_titles(printed, 0, len(printed), _resolve):
        if title.concept is None:
            message = f'"{title.title}" is not in the catalogue of specialties'
            problems.append(Problem(ProblemKind.UNRESOLVED_SPECIALTY, title.span, message))
        names.append(Specialty(title.title, title.concept, title.span))
    return tuple(names), tuple(problems)


def _resolve(words: str) -> str | None:
    return specialties().get(fold(words))


def _states(text: str, place: Span | None) -> tuple[str, ...]:
    if place is None:
        return ()
    states = tidy(text[place.start : min(place.end, place.start + _LONGEST)]).replace(" and ", ",").split(",")
    return tuple([name for state in states if (name := state.strip(" ."))])
