"""Which words of a question have a part in its reading; what has none is named, or the question is refused.

A phrase has a part where the reading has what its kind of word says (an outcome, a date, an order), or
where the question without it is another one. This is asked of every phrase of every question that is read.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from kg.errors import QuestionError
from kg.model import Outcome, Party
from kg.questions import vocabulary
from kg.questions.question import OF_ONE_CASE, SIMILAR, Condition, Kind, Question
from kg.questions.vocabulary import Phrase
from kg.questions.wording.clauses.denied_party import DENIERS, ends

_DIGITS = re.compile(r"[0-9]+")
_MOST_DAYS = 31
LONGEST_TRIED = 24
"""Phrases of a question without which it is read again; of more of them without a part the rest have none."""
Expressed = Callable[[Question, Phrase], bool]
Reread = Callable[[Phrase], Question | None]

_LISTED = OF_ONE_CASE | {Kind.CASES}
_OF_BOTH = OF_ONE_CASE | {Kind.ASSOCIATIONS}
"""What tells each outcome, whatever it is asked about."""
_PLACES = {"page", "section", "chapter", "guideline", "edition", "basis"}
_CITING = {"guideline", "edition", "basis", "alone", "ground", "rationale"}
_DATES = {"decision_date", "injury_date", "denial_date", "application_date", "assignment_date"}
_TIMES = {"year", "month", "quarter", "injury_year"}


def _conditions(question: Question) -> tuple[Condition, ...]:
    """All conditions, of all decisions, of groups and of the part."""
    return (*question.where, *question.groups, *question.part)


def _names(question: Question) -> set[str]:
    return {condition.name for condition in _conditions(question)}


def _always(_: Question, __: Phrase) -> bool:
    return True


def _ended(outcome: Outcome) -> Expressed:
    def expressed(question: Question, _: Phrase) -> bool:
        told = question.outcome is outcome or "outcome" in question.by or question.kind in _OF_BOTH
        told |= any(c.name == "outcome" and outcome.value in c.values for c in question.part)
        return told or (question.counts and question.outcome is None) or "letter" in _names(question)

    return expressed


def _any_outcome(question: Question, _: Phrase) -> bool:
    told = question.outcome is not None or any(c.name == "outcome" for c in question.part)
    return told or question.kind in OF_ONE_CASE or question.party is not Party.REVIEWER


def _dated(question: Question, _: Phrase) -> bool:
    names = _names(question)
    return bool(names & {*_DATES, "age", "quantity", "guideline"}) or any(
        n.startswith("days_") for n in names
    )


def _event(name: str) -> Expressed:
    def expressed(question: Question, _: Phrase) -> bool:
        told = {*_names(question), question.measure or "", *question.by}
        return any(name in one for one in told)

    return expressed


def _year(question: Question, phrase: Phrase) -> bool:
    """Whether a year is written in the reading; ranges before and after one end or begin beside it."""
    year = int(phrase.meaning.value)
    return any(str(near) in question.reading for near in (year - 1, year, year + 1))


def _number(question: Question, phrase: Phrase) -> bool:
    value = phrase.meaning.value
    said = {*_DIGITS.findall(question.reading), str(question.limit)}
    day = int(value) <= _MOST_DAYS and _names(question) & _DATES
    return bool({value, value.zfill(2)} & said or day or phrase.printed.lower() == "one")


def _value(question: Question, phrase: Phrase) -> bool:
    """Whether a condition has the value, or one that lacks what it is met by, or is of one side of it."""
    meaning = phrase.meaning
    values = {value for condition in _conditions(question) for value in condition.values}
    if "surgical" in _names(question) and "urg" in meaning.value:  # `after shoulder surgery`
        return True
    if phrase.printed.lower() == "both":
        return len(values) > 1 or question.kind is Kind.SIDES
    if meaning.name == "side":
        return any(value.endswith(f":{meaning.value}") for value in values)
    plain = {value.partition(":")[0] for value in values}
    return plain >= {value.partition(":")[0] for value in meaning.value.split("|")}


def _guide(question: Question, phrase: Phrase) -> bool:
    work = phrase.meaning.value.split("/")[0]
    places = {value for c in _conditions(question) if c.name == "guideline" for value in c.values}
    parts = work == "mtus" and bool(places or "edition" in _names(question))
    return parts or any(value.startswith(work) for value in places)


def _agrees(question: Question) -> bool:
    """Whether it is asked how both parties' citations compare."""
    return any(name.startswith("agreement_") for name in _names(question))


def _ranked(question: Question, _: Phrase) -> bool:
    return bool(question.order or question.groups or question.having)


def _split(question: Question, phrase: Phrase) -> bool:
    by = question.by or question.kind is Kind.TREND
    return bool(by) or phrase.printed.lower() in {"by", "each", "every"}  # `decided by neurologists`


def _compared(question: Question, _: Phrase) -> bool:
    several = any(len(condition.values) > 1 for condition in question.where)
    listed = {"outcome", "ground"} & set(question.by) or question.kind in {Kind.SIDES, Kind.CONTRAST}
    return bool(question.groups or listed) or (several and bool(question.by)) or question.counts


def _is_drug(value: str) -> bool:
    return value == "Pharmaceuticals" or value in vocabulary.drug_classes()


def _thing(name: str) -> Expressed:
    """Whether a kind of thing is what the answer is split by, or what a condition is on."""

    def expressed(question: Question, _: Phrase) -> bool:
        told = {*question.split, question.level or "", question.measure or "", *_names(question)}
        told |= {one.split("_")[0] for one in told if one.startswith("quantity")}
        if name in told or (
            name in _PLACES
            and (told & _PLACES or _agrees(question) or question.kind in {Kind.CASES, Kind.CASE})
        ):
            return True
        if name in {"category", "subcategory"}:
            return question.kind not in {Kind.CASE, Kind.WHY}  # `share of treatments overturned`
        if (name == "quantity" and question.measure == "frequency") or (
            name == "age_group" and "age" in told
        ):
            return True
        if name in {"drug", "drug_class"}:
            return "drug" in told or any(_is_drug(value) for c in _conditions(question) for value in c.values)
        return name in {"year", "month", "quarter", "guideline"} and bool(told & _DATES)

    return expressed


def _distributed(question: Question, phrase: Phrase) -> bool:
    """Whether what is said to be distributed is told apart in the answer."""
    told = question.kind is Kind.GROUNDS or bool(question.by)
    return told and phrase.printed.lower().startswith("distribution")


def _joins(question: Question, _: Phrase) -> bool:
    several = any(len(condition.values) > 1 or condition.negated for condition in _conditions(question))
    return several or bool(question.groups)


_THINGS = (
    *("year", "month", "quarter", "specialty", "category", "subcategory", "drug", "drug_class", "body_part"),
    *(
        "age_group",
        "injury_year",
        "quantity",
        "frequency",
        "items",
        "condition",
        "basis",
        "sex",
        "priority",
        "licence",
    ),
    *("edition", "guideline", "chapter", "section", "page"),
)
EXPRESSED: Mapping[str, Expressed] = {
    **{f"OF_{name.upper()}": _thing(name) for name in _THINGS},
    **{f"IS_{outcome.name}": _ended(outcome) for outcome in Outcome},
    **dict.fromkeys(("SHOW", "WHICH", "IN"), _always),
    "YEAR": _year,
    "NUMBER": _number,
    "AFTER": lambda q, p: _dated(q, p) or "earlier" in _names(q),
    **dict.fromkeys(("SINCE", "ONWARD", "EARLIER", "TO", "MONTH", "DAY", "START", "END"), _dated),
    **dict.fromkeys(("Q1", "Q2", "Q3", "Q4", "H1", "H2"), _dated),
    **dict.fromkeys(("MOST", "LEAST", "TOP", "BOTTOM", "CITED_MOST"), _ranked),
    **dict.fromkeys(("STRICT", "LENIENT"), _ranked),
    **dict.fromkeys(("VERSUS", "THAN", "BEATS", "COMPARE"), _compared),
    **dict.fromkeys(("LATER_ONES", "EARLIER_ONES"), _dated),
    "DENIAL": _any_outcome,
    "RATE": lambda q, p: q.kind not in _LISTED or p.printed.lower().startswith("how"),
    "SHARE": lambda q, _: q.kind not in _LISTED,
    "COUNT": lambda q, _: q.kind not in _LISTED,
    "OFTEN": lambda q, _: q.kind not in _LISTED,
    "CITE": lambda q, p: bool(
        ("earlier" in _names(q) and p.printed.lower().startswith("us"))
        or _names(q) & _CITING
        or _agrees(q)
        or q.level
        or q.case
        or set(q.by) & _PLACES
    ),
    "FROM": lambda q, p: _dated(q, p) or q.party is not Party.REVIEWER,
    "BEFORE": lambda q, p: _dated(q, p) or q.kind is Kind.GROUNDS,
    "BETWEEN": lambda q, p: _dated(q, p) or q.kind is Kind.SIDES,
    "ONLY": lambda q, _: bool(_names(q) & {"alone", "items", "basis", *_DATES}),
    "BY": _split,
    "PERIOD": _split,
    "OR": _joins,
    "NOT": lambda q, p: _joins(q, p) or q.kind is Kind.SIDES,
    "FREQUENT": lambda q, p: _ranked(q, p) or q.kind is Kind.PARTS,
    "VALUE": _value,
    "GUIDE": _guide,
    "CASE": lambda q, _: q.case is not None,
    "WHO": lambda q, _: bool({"specialty", "licence"} & set(q.by) or q.groups or _names(q) & _CITING),
    "WHY": lambda q, _: q.kind in {Kind.WHY, Kind.GROUNDS},
    "GROUNDS": lambda q, _: q.kind in {Kind.WHY, Kind.GROUNDS} or "ground" in q.by or "ground" in _names(q),
    "ASSOCIATED": lambda q, _: q.kind in {Kind.ASSOCIATIONS, Kind.GROUNDS} or bool(q.groups or q.by),
    "SIDES": lambda q, _: q.kind in {Kind.SIDES, Kind.CASE} or _agrees(q),
    "NEITHER": lambda q, _: any(c.party for c in _conditions(q)),
    "EVIDENCE": lambda q, _: "basis" in _names(q),
    "UNMET": lambda q, _: "ground" in _names(q),
    "SAME": lambda q, _: q.kind in {Kind.SIDES, Kind.CONTRAST, Kind.CASE} or bool(q.groups) or _agrees(q),
    "PARTY": lambda q, _: (
        q.kind in {Kind.SIDES, Kind.CASE}
        or _agrees(q)
        or q.party is not Party.REVIEWER
        or any(c.party for c in _conditions(q))
    ),
    "MATTER": lambda q, _: bool(q.groups or q.by or q.level),
    "TREND": lambda q, _: q.kind is Kind.TREND or bool(q.groups or _TIMES & set(q.by)),
    "OTHERS": lambda q, _: bool(q.groups) or q.kind is Kind.SIDES,
    "LIKE": lambda q, _: q.kind in SIMILAR | {Kind.CASES},
    "CONTRAST": lambda q, _: q.kind is Kind.CONTRAST,
    "MEAN": lambda q, p: q.kind is Kind.MEASURE or q.order is not None or _distributed(q, p),
    **dict.fromkeys(("TIME", "MEASURE"), lambda q, _: q.measure is not None),
    "EACH_OUTCOME": lambda q, _: q.counts or "outcome" in q.by,
    "DISTINCT": lambda q, _: q.counts and bool(q.by),
    "HAVING": lambda q, _: bool(q.having),
    "TOGETHER": lambda q, _: bool(_names(q) & {"together", "letter", "items"}),
    "INJURED": _event("injury"),
    "DENIED_ON": _event("denial"),
    "RECEIVED": _event("application"),
    "ASSIGNED": _event("assignment"),
}
"""Whether a reading has what a phrase of a type says."""
PASSED_OVER = {
    *("BY", "COUNT", "RATE", "SHARE", "OFTEN", "DENIAL", "WHO", "CITE", "PARTY", "OR", "DISTINCT", "ONLY"),
    *("SINCE", "FROM", "TO", "BETWEEN", "BEFORE", "AFTER", "ONWARD", "EARLIER"),
    *("INJURED", "DENIED_ON", "RECEIVED", "ASSIGNED", "TOGETHER", "SHOW", "WHICH"),
}
"""Types of phrases that can stand beside a reading: they are named. Any other one refuses the question."""


def passed_over(
    question: Question, phrases: Sequence[Phrase], meant: Sequence[Phrase], reread: Reread
) -> Iterator[Phrase]:
    """The phrases of a question that have no part in its reading: it is the same without them.

    ``meant`` are the phrases as what they mean beside one another, such as *survived* said of a denial.

    Raises:
        QuestionError: one of them says what no answer could leave aside.
    """
    tried = 0
    beside = {(phrase.start, phrase.end): phrase for phrase in meant}
    for at, phrase in enumerate(phrases):
        if _goes_without_saying(phrases, at):
            continue
        either = (phrase, beside.get((phrase.start, phrase.end), phrase))
        if any(EXPRESSED.get(said.type, _never)(question, said) for said in either):
            continue
        tried += 1
        other = reread(phrase) if tried <= LONGEST_TRIED else question
        if other is None or other.reading != question.reading:
            continue
        among = question.kind is Kind.GROUNDS and phrase.meaning.name == "ground"  # `is it the main reason`
        if phrase.type not in PASSED_OVER and not among:
            raise QuestionError(f"“{phrase.printed}” is without effect here")
        yield phrase


def _goes_without_saying(phrases: Sequence[Phrase], at: int) -> bool:
    """Whether a phrase adds nothing to those beside it: *upheld only*, *gyms or weight loss programs*.

    Two services that are one subcategory here are one value, which says either.
    """
    beside = [*phrases[max(at - 1, 0) : at], *phrases[at + 1 : at + 2]]
    if phrases[at].type == "ONLY":
        rows = [phrase.type for phrase in phrases[at + 2 : at + 3]] == ["HAVING"]
        told = any(phrase.type.startswith(("IS_", "HAVING")) for phrase in beside)
        return rows or told  # `only specialties with at least 20`
    if phrases[at].type in DENIERS:  # `reviewers overturn UR`
        return any(map(ends, beside))
    values = {(phrase.meaning.name, phrase.meaning.value) for phrase in beside if phrase.type == "VALUE"}
    return phrases[at].type == "OR" and len(beside) > 1 and len(values) == 1


def _never(_: Question, __: Phrase) -> bool:
    return False
