"""Where the parts of the two letter forms of 2013 stand: the notice and the professional review."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from kg.model import Outcome, Problem, ProblemKind, Span, Template
from kg.reading.places import LINE_START, Issue, Layout, checked, missing, trimmed
from kg.reading.text.grammars import Lexeme, Part, TypedGrammar, parts

_OUTCOMES = {"NECESSARY": Outcome.OVERTURNED, "NOT_NECESSARY": Outcome.UPHELD}
NOTICE = TypedGrammar("notice.lark", parts, anchors=(LINE_START, "MAXIMUS", "is"))
PROFESSIONAL = TypedGrammar("professional.lark", parts, anchors=(LINE_START,))


def early_layout(text: str) -> Layout | None:
    """The parts of a notice or professional review of 2013; ``None`` where ``text`` is neither.

    Raises:
        LetterError: there are more headings than any letter has.
    """
    tokens = checked(NOTICE.tokens(text))
    if notice := _notice(text, NOTICE.plan(tokens), tokens):
        return notice
    tokens = checked(PROFESSIONAL.tokens(text))
    return _professional(text, PROFESSIONAL.plan(tokens), tokens)


@dataclass(slots=True)
class _Marks:
    """The tokens of a letter by what they are, each with where the next one stands."""

    text: str
    tokens: list[Lexeme]
    starts: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.starts = [token.start for token in self.tokens] + [len(self.text)]

    def first(self, type_: str) -> int | None:
        """The position of the first token of a type."""
        return next((i for i, token in enumerate(self.tokens) if token.type == type_), None)

    def section(self, type_: str) -> Span:
        """What stands between the first heading of a type and the next token; empty where it is missing."""
        i = self.first(type_)
        return Span(0, 0) if i is None else self.after(i)

    def after(self, i: int) -> Span:
        """What stands between a token and the next."""
        return trimmed(self.text, self.tokens[i].end, self.starts[i + 1])


def _notice(text: str, found: list[Part], tokens: list[Lexeme]) -> Layout | None:
    marks = _Marks(text, tokens)
    again = marks.first("DECISIONS")
    outcomes = [part for part in found if part.name == "outcome"]
    repeated = [part for part in outcomes if again is not None and part.tokens[0][1] > again]
    reasons = [part for part in found if part.name == "reasons"]
    problems: list[Problem] = []
    issues = tuple(_noticed(marks, repeated or outcomes, reasons, problems))
    if not issues:
        return None
    problems += [
        missing(f'the heading "{heading}"', 0)
        for name, heading in (("QUALIFICATIONS", "Medical Qualifications"), ("SUMMARY", "Case Summary:"))
        if marks.first(name) is None
    ]
    first_outcome = tokens[outcomes[0].tokens[0][1]].start
    header = [Span(0, first_outcome)] + ([marks.after(again)] if again is not None else [])
    return Layout(
        Template.NOTICE_2013,
        tuple(header),
        marks.section("QUALIFICATIONS"),
        marks.section("DOCUMENTS"),
        marks.section("SUMMARY"),
        issues,
        tuple(problems),
    )


def _noticed(
    marks: _Marks, outcomes: list[Part], reasons: list[Part], problems: list[Problem]
) -> Iterator[Issue]:
    """Each numbered outcome with the reasons of the same place in their list."""
    for n, part in enumerate(outcomes):
        end = marks.tokens[part.tokens[-1][1]]
        if end.type not in _OUTCOMES:
            span = Span(end.start, end.end)
            message = "the numbered outcome does not say whether the request is medically necessary"
            problems.append(Problem(ProblemKind.MISSING_FIELD, span, message))
            continue
        item = trimmed(marks.text, marks.tokens[part.tokens[0][1]].end, end.start)
        said = dict(reasons[n].tokens) if n < len(reasons) else {}
        outcome = Span(end.start, end.end)
        for kind, heading in (("SECTION", "Section of the Medical Treatment"), ("RATIONALE", "Rationale")):
            if kind not in said:
                message = f'"{heading} ..." is missing for numbered outcome {n + 1}'
                problems.append(Problem(ProblemKind.MISSING_FIELD, outcome, message))
        yield Issue(
            item,
            outcome,
            _OUTCOMES[end.type],
            *(_parties(marks.text, marks.after(said["SECTION"])) if "SECTION" in said else (None, None)),
            marks.after(said["RATIONALE"]) if "RATIONALE" in said else None,
        )


def _parties(text: str, field_: Span) -> tuple[Span | None, Span | None]:
    """What the claims administrator relied on, and what the reviewer, where one field says both in turn."""
    said = [
        (m.start(), m["administrator"] is not None) for m in _PARTY.finditer(text, field_.start, field_.end)
    ]
    turns = [here for n, here in enumerate(said) if n == 0 or here[1] != said[n - 1][1]]
    if not any(administrator for _, administrator in turns):
        return None, field_
    if len(turns) > len(_BOTH) or turns[0][0] > field_.start:
        return None, field_  # the words before tell no party
    ends = [*(at for at, _ in turns[1:]), field_.end]
    spans = {whose: trimmed(text, at, end) for (at, whose), end in zip(turns, ends, strict=True)}
    return spans.get(True), spans.get(False)


_BOTH = (True, False)
# A sentence about a party; `the guidelines used by the Claims Administrator` is none.
_PARTY = re.compile(
    r"(?:(?<=[.)]\s)|(?<=\n)|(?<![\s\S]))\s*The\s+"
    r"(?:(?P<administrator>Claims\s+Administrator)|(?:(?:Expert|Physician|Professional)\s+)?Reviewer)\b"
)


def _professional(text: str, found: list[Part], tokens: list[Lexeme]) -> Layout | None:
    marks = _Marks(text, tokens)
    by_name = {
        name: [part.tokens[0][1] for part in found if part.name == name]
        for name in ("issue", "guidelines", "reasons")
    }
    problems: list[Problem] = []
    issues = []
    for n, i in enumerate(by_name["issue"]):
        item = marks.after(i)
        if n >= len(by_name["reasons"]):
            message = "no heading introduces the reasons for the outcome"
            problems.append(Problem(ProblemKind.MISSING_FIELD, item, message))
            continue
        reasons = by_name["reasons"][n]
        relied_on: tuple[Span | None, Span | None] = (None, None)
        if n < len(by_name["guidelines"]):
            relied_on = _parties(text, marks.after(by_name["guidelines"][n]))
        token = tokens[reasons]
        outcome = trimmed(text, token.start, token.end)
        issues.append(Issue(item, outcome, _OUTCOMES[token.type], *relied_on, marks.after(reasons)))
    if not issues:
        return None
    problems += [
        missing(f'the heading "{heading}"', 0)
        for name, heading in (
            ("QUALIFICATIONS", "MEDICAL REVIEWER QUALIFICATIONS"),
            ("SUMMARY", "CASE SUMMARY"),
        )
        if marks.first(name) is None
    ]
    return Layout(
        Template.PROFESSIONAL_2013,
        (Span(0, tokens[0].start),),
        marks.section("QUALIFICATIONS"),
        marks.section("DOCUMENTS"),
        marks.section("SUMMARY"),
        tuple(issues),
        tuple(problems),
    )
