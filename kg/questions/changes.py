"""Questions that differ from a question in one part: what the page offers beside each part of the echo."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from kg.model import Outcome, Party
from kg.questions import echo
from kg.questions.facets import facet_table
from kg.questions.question import DATED, SPLITTING, Condition, Kind, Question

_ENDING = {Kind.FIGURES, Kind.TREND, Kind.GROUNDS, Kind.ASSOCIATIONS, Kind.CASES}
_SPLITS = (
    *("year", "specialty", "category", "subcategory", "drug_class", "body_part", "sex", "priority"),
    *("ground", "edition"),
)
_LEVELS = ("page", "section", "chapter", "guideline")


@dataclass(frozen=True, slots=True)
class Change:
    """One other value of a part: the part, how it is now, what it becomes, and the question then."""

    part: str
    now: str
    words: str
    question: Question


def changes(question: Question) -> list[Change]:
    """The questions one step away, part by part in the order of the echo; none of one about a case.

    >>> asked = Question(Kind.FIGURES, Outcome.UPHELD, by=("year",))
    >>> [change.words for change in changes(asked) if change.part == "outcome"]
    ['overturned', 'modified']
    """
    if question.case:
        return []
    found = [
        Change(part, now, words, _associated(other))
        for make in (_outcome, _counting, _conditions, _groups, _split, _order, _level, _party)
        for part, now, words, other in make(question)
    ]
    return [change for change in found if change.question.reading != question.reading]


def _associated(question: Question) -> Question:
    """A question of places of guidelines as one of their associations, where its conditions are filters."""
    plain = not question.groups and facet_table.are_filters(question.where)
    if question.kind is not Kind.FIGURES or question.by not in [(level,) for level in _LEVELS] or not plain:
        return question
    outcome = question.outcome or Outcome.OVERTURNED
    return replace(question, kind=Kind.ASSOCIATIONS, level=question.by[0], by=(), outcome=outcome)


_Changed = Iterator[tuple[str, str, str, Question]]


def _outcome(question: Question) -> _Changed:
    if question.kind in _ENDING:
        now = question.outcome.value if question.outcome else "any outcome"
        for outcome in (Outcome.OVERTURNED, Outcome.UPHELD, Outcome.MODIFIED):
            if outcome is not question.outcome:
                yield "outcome", now, outcome.value, replace(question, outcome=outcome)


def _counting(question: Question) -> _Changed:
    if question.kind is Kind.FIGURES:
        asked = Outcome.OVERTURNED if question.counts and question.outcome is None else question.outcome
        other = replace(question, counts=not question.counts, outcome=asked)
        now, words = ("number", "share") if question.counts else ("share", "number")
        yield "figure", now, words, other


def _conditions(question: Question) -> _Changed:
    for number, condition in enumerate(question.where):
        now = echo.told(condition, question.party)
        yield "condition", now, "without this condition", question.without(number)
        turned = replace(condition, negated=not condition.negated)
        where = (*question.where[:number], turned, *question.where[number + 1 :])
        if not _clashes(question, turned):
            yield "condition", now, echo.told(turned, question.party), replace(question, where=where)
        for wider in _wider(condition):
            where = (*question.where[:number], wider, *question.where[number + 1 :])
            yield "condition", now, echo.told(wider, question.party), replace(question, where=where)


def _wider(condition: Condition) -> Iterator[Condition]:
    """A range of dates with one of its ends open."""
    if condition.name == "decision_date" and len(condition.values) == 1 and not condition.negated:
        first, _, last = condition.values[0].partition("..")
        if first and last:
            yield replace(condition, values=(f"{first}..",))
            yield replace(condition, values=(f"..{last}",))


def _clashes(question: Question, turned: Condition) -> bool:
    """Whether two conditions of one filter would be one, or the kind of question takes none negated."""
    names = [each.name for each in (*question.where, *question.groups)]
    return names.count(turned.name) > 1 or question.kind in {Kind.ASSOCIATIONS, Kind.SIDES}


def _groups(question: Question) -> _Changed:
    for group in question.groups:
        if all(group.name != condition.name for condition in question.where):
            now = " compared with ".join(map(echo.grouped, question.groups))
            alone = replace(question, groups=(), where=(*question.where, group))
            yield "comparison", now, f"{echo.grouped(group)} alone", alone


def _split(question: Question) -> _Changed:
    if question.kind not in SPLITTING:
        return
    now = "by " + " and ".join(map(echo.dimension, question.split)) if question.split else "all together"
    for name in _SPLITS:
        if not (name == "ground" and question.kind is Kind.GROUNDS):
            yield "split", now, f"by {echo.dimension(name)}", replace(question, by=(name,))
    if question.by:
        yield "split", now, "all together", replace(question, by=(), order=None, limit=None, having=())


def _order(question: Question) -> _Changed:
    if question.kind is Kind.CASES:
        now = f"{question.order} first" if question.order else "in order"
        for order in DATED:
            yield "order", now, f"{order} first", replace(question, order=order, measure=None)
    if question.by and question.kind is Kind.FIGURES and not question.groups:
        now = f"{'highest' if question.order == 'most' else 'lowest'} first" if question.order else "in order"
        if question.limit:
            now += f", {question.limit} of them"
            yield "order", now, "all of them", replace(question, limit=None)
        elif question.order:
            yield "order", now, "10 of them", replace(question, limit=10)
        yield "order", now, "highest first", replace(question, order="most")
        yield "order", now, "lowest first", replace(question, order="least")
        if question.order:
            yield "order", now, "in order", replace(question, order=None, limit=None)


def _level(question: Question) -> _Changed:
    if question.level:
        for level in _LEVELS:
            yield "level", f"{question.level}s", f"{level}s", replace(question, level=level)


def _party(question: Question) -> _Changed:
    citing = question.kind is Kind.ASSOCIATIONS or any(c.name == "guideline" for c in question.where)
    if citing and question.kind is not Kind.SIDES and not any(c.party for c in question.where):
        now = f"cited by the {question.party.value.replace('_', ' ')}"
        for party in (Party.REVIEWER, Party.CLAIMS_ADMINISTRATOR):
            words = f"cited by the {party.value.replace('_', ' ')}"
            yield "party", now, words, replace(question, party=party)
