"""Where a letter's parts stand: its sections, and for each issue line its item, fields and rationale."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

from lark import Tree

from kg.model import Problem, ProblemKind, Span, Template
from kg.reading import item_outcome
from kg.reading.places import LINE_START, Issue, Layout, checked, missing, trimmed
from kg.reading.text.grammars import Lexeme, TypedGrammar, parts

_HEADINGS = {
    "HOW": "HOW THE IMR FINAL DETERMINATION WAS MADE",
    "SUMMARY": "CLINICAL CASE SUMMARY",
    "DECISIONS": "IMR ISSUES, DECISIONS AND RATIONALES",
}
_FIELDS = {
    "ADMINISTRATOR": "Claims Administrator guideline:",
    "REVIEWER": "MAXIMUS guideline:",
    "RATIONALE": "Decision rationale:",
}
_BEFORE_RATIONALE = 2  # fields that stand before the rationale
# Every printed line is followed by an empty one in some extractions: there, only a line of blanks parts
# paragraphs. A page break may stand in mid-sentence, so it parts nothing where the sentence goes on.
_BLANK_LINE = re.compile(r"\n[ \t\r\f]*\n\s*|\n[ \t\r]*\f\s*")
_LINE_OF_BLANKS = re.compile(r"\n[ \t]+\r?\n\s*")
_SENTENCE_LINE = re.compile(r"[.!?][\"”)]?[ \t\r]*\n")
_SENTENCE_END = frozenset('.!?:)"”')
_PAGE_BREAK_LINES = 5
# The header table stands right before the first heading, in some three hundred characters.
_HEADER = 4_000
_PART_OF_REQUEST = re.compile(r"IMR\s+eligible|authorized\s+by\s+the\s+Claims|The\s+original\s+request,")
_ORIGINAL_REQUEST = re.compile(r"w(?:as|ere)\s+the\s+original\s+request")
# `Sincerely,` on a line of its own, with the name below; `cc: ...`
_CLOSING = re.compile(
    r"\n[ \t]*(?:(?:Sincerely|Respectfully|Very\s+truly\s+yours|Yours\s+truly|Best\s+regards|Regards)"
    r"(?:\s+(?:yours|submitted))?,[ \t\r]*\n|cc:[ \t])"
)
# What letters say of a partly approved item has at most some fifteen hundred characters.
_LONGEST_REQUEST = 5_000


@dataclass(slots=True)
class _IssuePlan:
    """Token positions of one issue: its outcome, ``None`` where the fields alone tell of it, and its fields.

    ``again`` are fields doubled, ``quoted`` headings and outcomes within the rationale.
    """

    outcome: int | None
    fields: dict[str, int] = field(default_factory=dict)
    again: list[int] = field(default_factory=list)
    quoted: list[int] = field(default_factory=list)

    def take(self, tokens: list[tuple[str, int]]) -> None:
        """Take fields in: the first of each counts, and those within a rationale are quoted there."""
        for kind, at in tokens:
            if "RATIONALE" in self.fields:
                self.quoted.append(at)
            elif kind in self.fields:
                self.again.append(at)
            else:
                self.fields[kind] = at

    @property
    def start(self) -> int:
        """The first token of the issue."""
        return min(self.fields.values()) if self.outcome is None else self.outcome


class _Plan(NamedTuple):
    """Token positions of a letter's parts, and what is wrong with the order of its headings.

    A section lies between two tokens, to the first issue where there is no second; a doubt without a
    token is about a heading that is not there.
    """

    sections: dict[str, tuple[int, int | None]]
    openings: list[int]
    doubts: list[tuple[ProblemKind, str, int | None]]
    issues: list[_IssuePlan]


def _shape(tree: Tree[Any]) -> _Plan:
    openings: list[tuple[str, int]] = []
    issues: list[_IssuePlan] = []
    for name, tokens in parts(tree):
        quoting = bool(issues) and "RATIONALE" in issues[-1].fields
        if name == "outcome" and not (quoting and tokens[0][0] == "BARE_OUTCOME"):
            issues.append(_IssuePlan(tokens[0][1]))
        elif name == "outcome":
            issues[-1].quoted.append(tokens[0][1])
        elif name == "fields" and (not issues or quoting or len(issues[-1].fields) == _BEFORE_RATIONALE):
            issues.append(_IssuePlan(None))
            issues[-1].take(tokens)
        elif name == "heading" and issues:
            continue  # a rationale quotes it
        elif issues:
            issues[-1].take(tokens)
        else:
            openings += tokens
    sections: dict[str, tuple[int, int | None]] = {}
    doubts = [*_doubts(openings, sections)]
    return _Plan(sections, [at for _, at in openings], doubts, issues)


def _doubts(
    openings: list[tuple[str, int]], sections: dict[str, tuple[int, int | None]]
) -> Iterator[tuple[ProblemKind, str, int | None]]:
    """What is wrong with the headings before the issues; the first of each begins its section."""
    order = list(_HEADINGS)
    for n, (name, at) in enumerate(openings):
        if name in _FIELDS:
            yield ProblemKind.HEADING_OUT_OF_ORDER, f'"{_FIELDS[name]}" stands before any issue line', at
        elif name in sections:
            if name != "SET_FORTH":
                message = f'the heading "{_HEADINGS.get(name, name)}" stands twice'
                yield ProblemKind.REPEATED_HEADING, message, at
        else:
            sections[name] = (at, openings[n + 1][1] if n + 1 < len(openings) else None)
            if name in order and any(later in sections for later in order[order.index(name) + 1 :]):
                message = f'the heading "{_HEADINGS[name]}" stands after one that it should precede'
                yield ProblemKind.HEADING_OUT_OF_ORDER, message, at
    for name, heading in _HEADINGS.items():
        if name not in sections:
            yield ProblemKind.MISSING_HEADING, f'the heading "{heading}" is missing', None


LETTER = TypedGrammar(
    "letter.lark",
    _shape,
    words=item_outcome.terminals,
    anchors=(LINE_START, item_outcome.ANCHOR, "HOW"),
)


def layout(text: str) -> Layout:
    """Find the parts of ``text`` by its headings (the forms of 2014 on).

    The problems tell every heading that is missing, doubled or out of order.

    Raises:
        LetterError: there are more headings than any letter has.
    """
    tokens = checked(LETTER.tokens(text))
    plan = LETTER.plan(tokens)
    plans = plan.issues
    opening_end = tokens[plans[0].start].start if plans else len(text)
    problems = [
        Problem(kind, Span(0, 0) if at is None else Span(tokens[at].start, tokens[at].end), message)
        for kind, message, at in plan.doubts
    ]

    def section(name: str) -> Span:
        if name not in plan.sections:
            return Span(opening_end, opening_end)
        first, after = plan.sections[name]
        return Span(tokens[first].end, opening_end if after is None else tokens[after].start)

    lines = _lines(text, plans, tokens, tokens[plan.openings[-1]].end if plan.openings else 0)
    ends = [*(item.start for item, _ in lines[1:]), _closing(text, tokens[-1].end) if plans else len(text)]
    issues = tuple(
        [
            _issue(text, issue, tokens, line, end, problems)
            for issue, line, end in zip(plans, lines, ends, strict=False)
        ]
    )
    if not plans:
        problems.append(missing('an issue line such as "<item>: Upheld"', opening_end))
    header_end = tokens[plan.openings[0]].start if plan.openings else opening_end
    return Layout(
        Template.LETTER_2013 if "DOCUMENTS" in plan.sections else None,
        (Span(max(0, header_end - _HEADER), header_end),),
        section("HOW"),
        section("DOCUMENTS"),
        section("SUMMARY"),
        issues,
        tuple(problems),
    )


def _closing(text: str, start: int) -> int:
    """Where the letter's closing begins after its last heading, or its end."""
    closing = _CLOSING.search(text, start)
    return closing.start() if closing else len(text)


def _lines(text: str, plans: list[_IssuePlan], tokens: list[Lexeme], floor: int) -> list[tuple[Span, Span]]:
    """The item and the outcome of each issue line; the item begins after the issue before it."""
    # Some extractions put an empty line after every printed line; some leave no line free at all.
    spaced = text.count("\n\n") * 5 >= text.count("\n") * 2
    fewest = 2 * len(plans) if len(plans) > 1 else 0
    bare = sum(1 for _ in islice(_BLANK_LINE.finditer(text), fewest)) < fewest
    lines: list[tuple[Span, Span]] = []
    for plan in plans:
        mark = tokens[plan.start]
        end = mark.start if plan.outcome is not None else trimmed(text, floor, mark.start).end
        item = _item_span(text, floor, end, first=not lines, spaced=spaced, bare=bare)
        outcome = trimmed(text, mark.start + 1, mark.end)
        if plan.outcome is None:
            item, outcome = item_outcome.parted(text, item)
        lines.append((item_outcome.unlabelled(text, item), outcome))
        floor = max((tokens[i].end for i in plan.fields.values()), default=mark.end)
    return lines


def _issue(
    text: str,
    plan: _IssuePlan,
    tokens: list[Lexeme],
    line: tuple[Span, Span],
    end: int,
    problems: list[Problem],
) -> Issue:
    item, outcome = line
    spans = {}
    for name, i in plan.fields.items():
        quoting = name == "RATIONALE" or i + 1 == len(tokens)
        spans[name] = trimmed(text, tokens[i].end, end if quoting else min(tokens[i + 1].start, end))
    if len(plan.fields) < len(_FIELDS):
        kind = ProblemKind.CUT_LETTER if end == len(text) else ProblemKind.MISSING_FIELD
        problems += [
            Problem(kind, outcome, f'"{heading}" is missing after the issue line')
            for name, heading in _FIELDS.items()
            if name not in plan.fields
        ]
    problems += item_outcome.doubted(text, item, spans.get("RATIONALE"))
    problems += [_stray(text, tokens[i], "stands twice") for i in plan.again]
    problems += [_stray(text, tokens[i], "stands within a rationale") for i in plan.quoted]
    return Issue(
        item,
        outcome,
        item_outcome.value(text, outcome, problems),
        spans.get("ADMINISTRATOR"),
        spans.get("REVIEWER"),
        spans.get("RATIONALE"),
    )


def _stray(text: str, token: Lexeme, where: str) -> Problem:
    """The problem that a field's heading or an outcome stands where it should not."""
    words = _FIELDS.get(token.type) or " ".join(token.of(text).strip(" :.").split())
    span = Span(token.start, token.end)
    return Problem(ProblemKind.REPEATED_HEADING, span, f'"{words}" {where}')


def _item_span(text: str, floor: int, end: int, *, first: bool, spaced: bool, bare: bool) -> Span:
    """The paragraph that ends at ``end``, but nothing before ``floor``.

    A ``spaced`` extraction, with an empty line after every printed line, and a ``bare`` one, with none, may
    mark no paragraphs: there, an item begins on the line after a sentence's end; what a partly approved
    item says of its original request is then several sentences of one item.
    """
    breaks = _LINE_OF_BLANKS if spaced else _BLANK_LINE
    starts = [m.end() for m in breaks.finditer(text, floor, end) if not _goes_on(text, m, spaced=spaced)]
    if (spaced or bare) and not first:
        starts = sorted(starts + [m.end() for m in _SENTENCE_LINE.finditer(text, floor, end)])
    item = trimmed(text, starts.pop() if starts else floor, end)
    while starts and _part_of_request(text, item):
        item = trimmed(text, starts.pop(), end)
    return item


def _part_of_request(text: str, item: Span) -> bool:
    """Whether the item speaks of an original request that is told before it."""
    return (
        item.end - item.start < _LONGEST_REQUEST
        and _PART_OF_REQUEST.search(text, item.start, item.end) is not None
        and _ORIGINAL_REQUEST.search(text, item.start, item.end) is None
    )


def _goes_on(text: str, gap: re.Match[str], *, spaced: bool) -> bool:
    """Whether a paragraph break is a page break in mid-sentence."""
    blanks = gap[0]
    if not spaced and "\f" not in blanks and blanks.count("\n") < _PAGE_BREAK_LINES:
        return False
    before = gap.start()
    while before and text[before - 1].isspace():
        before -= 1
    return before > 0 and text[before - 1] not in _SENTENCE_END
