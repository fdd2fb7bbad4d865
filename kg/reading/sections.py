"""Where a letter's parts stand: its sections, and for each issue line its item, fields and rationale."""

import re
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from lark import Tree

from kg.errors import LetterError
from kg.model import Outcome, Problem, ProblemKind, Span, Template
from kg.reading.grammars import Lexeme, TypedGrammar, parts
from kg.reading.places import LINE_START, Issue, Layout, missing, trimmed

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
_OUTCOMES = {"upheld": Outcome.UPHELD, "overturned": Outcome.OVERTURNED}
# Every printed line is followed by an empty one in some extractions: there, only a line of blanks parts
# paragraphs. A page break may stand in mid-sentence, so it parts nothing where the sentence goes on.
_BLANK_LINE = re.compile(r"\n[ \t\r\f]*\n\s*|\n[ \t\r]*\f\s*")
_LINE_OF_BLANKS = re.compile(r"\n[ \t]+\r?\n\s*")
_SENTENCE_LINE = re.compile(r"[.!?][\"”)]?[ \t\r]*\n")
_SENTENCE_END = frozenset('.!?:)"”')
_PAGE_BREAK_LINES = 5
# A letter of a hundred items has some five hundred headings; more is damage, and slow to read.
_MOST_HEADINGS = 5_000
# The header table stands right before the first heading, in some three hundred characters.
_HEADER = 4_000
_PART_OF_REQUEST = re.compile(r"IMR\s+eligible|authorized\s+by\s+the\s+Claims|The\s+original\s+request,")
_ORIGINAL_REQUEST = re.compile(r"w(?:as|ere)\s+the\s+original\s+request")


@dataclass(slots=True)
class _IssuePlan:
    """Token positions of one issue, those doubled or out of order apart."""

    outcome: int
    fields: dict[str, int] = field(default_factory=dict)
    again: list[int] = field(default_factory=list)
    astray: list[int] = field(default_factory=list)


def _shape(tree: Tree[Any]) -> tuple[list[tuple[str, int]], list[_IssuePlan]]:
    found = parts(tree)
    openings = [part.tokens[0] for part in found if part.name == "opening"]
    return openings, [_issue_plan(part.tokens) for part in found if part.name == "issue"]


def _issue_plan(tokens: list[tuple[str, int]]) -> _IssuePlan:
    """Sort an issue's tokens; what follows its rationale's heading is quoted there."""
    plan = _IssuePlan(tokens[0][1])
    for kind, at in tokens[1:]:
        if "RATIONALE" in plan.fields:
            break
        if kind not in _FIELDS:
            plan.astray.append(at)
        elif kind in plan.fields:
            plan.again.append(at)
        else:
            plan.fields[kind] = at
    return plan


LETTER = TypedGrammar("letter.lark", _shape, anchors=(LINE_START, ":", "HOW THE"))


def layout(text: str) -> Layout:
    """Find the parts of ``text`` by its headings (the forms of 2014 on).

    The problems tell every heading that is missing, doubled or out of order.

    Raises:
        LetterError: there are more headings than any letter has.
    """
    tokens = LETTER.tokens(text)
    if len(tokens) > _MOST_HEADINGS:
        raise LetterError(f"{len(tokens)} headings were found, more than any letter has")
    openings, plans = LETTER.plan(tokens)
    first, problems = _first_headings(openings, tokens)
    opening_end = tokens[plans[0].outcome].start if plans else len(text)
    places = sorted(tokens[i].start for _, i in openings)

    def section(name: str) -> Span:
        if name not in first:
            return Span(opening_end, opening_end)
        start = first[name].end
        return Span(start, next((p for p in places if p >= start), opening_end))

    items = _items(text, plans, tokens, max((tokens[i].end for _, i in openings), default=0))
    ends = [*(item.start for item in items[1:]), len(text)]
    issues = tuple(
        _issue(text, plan, tokens, item, end, problems)
        for plan, item, end in zip(plans, items, ends, strict=False)
    )
    if not plans:
        problems.append(missing('an issue line such as "<item>: Upheld"', opening_end))
    header_end = min(places, default=opening_end)
    return Layout(
        Template.LETTER_2013 if "DOCUMENTS" in first else None,
        (Span(max(0, header_end - _HEADER), header_end),),
        section("HOW"),
        section("DOCUMENTS"),
        section("SUMMARY"),
        issues,
        tuple(problems),
    )


def _first_headings(
    openings: list[tuple[str, int]], tokens: list[Lexeme]
) -> tuple[dict[str, Lexeme], list[Problem]]:
    """Each heading's first token before the issues, and what is wrong with their order."""
    first: dict[str, Lexeme] = {}
    problems = []
    order = list(_HEADINGS)
    for name, position in openings:
        token = tokens[position]
        if name in _FIELDS:
            message = f'"{_FIELDS[name]}" stands before any issue line'
            problems.append(Problem(ProblemKind.HEADING_OUT_OF_ORDER, Span(*token[1:]), message))
        elif name in first:
            if name != "SET_FORTH":
                message = f'the heading "{_HEADINGS.get(name, name)}" stands twice'
                problems.append(Problem(ProblemKind.REPEATED_HEADING, Span(*token[1:]), message))
        else:
            first[name] = token
            if name in order and any(later in first for later in order[order.index(name) + 1 :]):
                message = f'the heading "{_HEADINGS[name]}" stands after one that it should precede'
                problems.append(Problem(ProblemKind.HEADING_OUT_OF_ORDER, Span(*token[1:]), message))
    problems += [missing(f'the heading "{text}"', 0) for name, text in _HEADINGS.items() if name not in first]
    return first, problems


def _items(text: str, plans: list[_IssuePlan], tokens: list[Lexeme], floor: int) -> list[Span]:
    """The text of each disputed item: it ends at its outcome, and begins after the issue before it."""
    # Some extractions put an empty line after every printed line; some leave no line free at all.
    spaced = text.count("\n\n") * 5 >= text.count("\n") * 2
    bare = sum(1 for _ in islice(_BLANK_LINE.finditer(text), 2 * len(plans))) < 2 * len(plans)
    items: list[Span] = []
    for plan in plans:
        end = tokens[plan.outcome].start
        items.append(_item_span(text, floor, end, first=not items, spaced=spaced, bare=bare))
        floor = max((tokens[i].end for i in plan.fields.values()), default=tokens[plan.outcome].end)
    return items


def _issue(
    text: str, plan: _IssuePlan, tokens: list[Lexeme], item: Span, end: int, problems: list[Problem]
) -> Issue:
    outcome = trimmed(text, tokens[plan.outcome].start + 1, tokens[plan.outcome].end)
    stops = [tokens[i].start for i in (*plan.fields.values(), *plan.again, *plan.astray)]
    spans = {}
    for name, i in plan.fields.items():
        head = tokens[i]
        stop = end if name == "RATIONALE" else min((s for s in stops if s > head.start), default=end)
        spans[name] = trimmed(text, head.end, min(stop, end))
    if len(plan.fields) < len(_FIELDS):
        kind = ProblemKind.CUT_LETTER if end == len(text) else ProblemKind.MISSING_FIELD
        problems += [
            Problem(kind, outcome, f'"{heading}" is missing after the issue line')
            for name, heading in _FIELDS.items()
            if name not in plan.fields
        ]
    for i in plan.again:
        message = f'"{_FIELDS[tokens[i].type]}" stands twice'
        problems.append(Problem(ProblemKind.REPEATED_HEADING, Span(tokens[i].start, tokens[i].end), message))
    return Issue(
        item,
        outcome,
        _OUTCOMES.get(outcome.of(text).lower().rstrip(" ."), Outcome.MODIFIED),
        spans.get("ADMINISTRATOR"),
        spans.get("REVIEWER"),
        spans.get("RATIONALE"),
    )


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
    while starts and _PART_OF_REQUEST.search(text, *item) and not _ORIGINAL_REQUEST.search(text, *item):
        item = trimmed(text, starts.pop(), end)
    return item


def _goes_on(text: str, gap: re.Match[str], *, spaced: bool) -> bool:
    """Whether a paragraph break is a page break in mid-sentence."""
    blanks = gap[0]
    if not spaced and "\f" not in blanks and blanks.count("\n") < _PAGE_BREAK_LINES:
        return False
    before = gap.start()
    while before and text[before - 1].isspace():
        before -= 1
    return before > 0 and text[before - 1] not in _SENTENCE_END
