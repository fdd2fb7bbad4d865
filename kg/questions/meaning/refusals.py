"""Refuse a question of which a word would be without effect: it would be answered as another."""

from itertools import pairwise

from kg.errors import QuestionError
from kg.questions.meaning.asked import Asked
from kg.questions.question import SIMILAR, Condition, Kind

_TIMES = {"year", "month", "quarter"}
NOUNS = {"category", "subcategory", "drug", "drug_class", "edition"}
"""Kinds of thing whose name says nothing beside a condition on one: *opioid medications*, *PT services*."""
FINEST_FIRST = ("page", "section", "chapter", "guideline")


def above(level: str | None) -> tuple[str, ...]:
    """The levels of guidelines above one."""
    return FINEST_FIRST[FINEST_FIRST.index(level) + 1 :] if level else ()


def all_used(
    asked: Asked,
    kind: Kind,
    level: str | None,
    by: tuple[str, ...],
    groups: tuple[Condition, ...],
    *,
    ordered: bool,
    where: tuple[Condition, ...],
) -> None:
    """Refuse a question of which a word would be without effect.

    Raises:
        QuestionError: there is such a word.
    """
    if asked.case and kind in SIMILAR and (by or groups or asked.part):
        raise QuestionError("decisions like those of a case are listed, and not counted")
    if kind is Kind.CONTRAST and asked.outcome:
        raise QuestionError("“the other way” is an outcome already: ask for one")
    named = {condition.name for condition in (*where, *groups)} | {*by, level, *above(level)}
    for name in asked.loose:
        times = name in _TIMES and "decision_date" in named
        if not (
            asked.case
            or name in named
            or times
            or (name in NOUNS and named & {*NOUNS, "body_part"})
            or name in {"category", "subcategory"}
        ):
            raise QuestionError(
                f"“{name.replace('_', ' ')}” is without meaning here: ask “by {name.replace('_', ' ')}”"
            )
    cites = named & {"guideline", "edition", "basis", "alone", "ground"} or level or kind is Kind.SIDES
    cites = cites or any(condition.name in {"guideline", "basis", "ground"} for condition in asked.part)
    if asked.seen & {"PARTY", "CITE"} and not cites and not asked.case:
        raise QuestionError(
            "letters state what the claims administrator cites: name a guideline, or ask “which sections”"
            if "PARTY" in asked.seen
            else "cite what? Name a guideline, chapter, section or page"
        )
    _words_used(asked, kind, groups, by=bool(by))
    listed = SIMILAR | {Kind.CASES, Kind.GROUNDS, Kind.SIDES}
    placed = by or ordered or level or kind in listed
    if asked.number and not placed:
        raise QuestionError(f"“{asked.number}” of what?")


def _words_used(asked: Asked, kind: Kind, groups: tuple[Condition, ...], *, by: bool) -> None:
    """Refuse words that compare nothing, or that the kind of question has no place for.

    Raises:
        QuestionError: there is such a word.
    """
    counted = kind is Kind.ASSOCIATIONS and all(needed.name == "decisions" for needed in asked.having)
    if asked.having and not (counted or kind is Kind.GROUNDS or (by and kind is Kind.FIGURES)):
        raise QuestionError("how many decisions there are is asked of rows, such as “by specialty”")
    if asked.others and not groups:
        raise QuestionError("which others? A comparison names one thing, such as “opioids versus the rest”")
    alike = SIMILAR | {Kind.SIDES, Kind.CASE}
    if "SAME" in asked.seen and not groups and kind not in alike:
        raise QuestionError("the same as what? “do both sides cite the same page” can be asked")
    if "COMPARE" in asked.seen and not groups and not by and kind is not Kind.SIDES:
        raise QuestionError("compare what with what? Name two things of one kind")
    limited = [
        "ONLY" in {one.type, other.type} and "PARTY" in {one.type, other.type}
        for one, other in pairwise(asked.phrases)
    ]
    if any(limited) and not asked.has({"alone"}):
        raise QuestionError("“only” one party? Ask what each cites: “UR cites ODG and the reviewer does not”")
    by_number = any(
        one.type == "BY" and other.type == "COUNT" and other.printed.lower().startswith(("number", "count"))
        for one, other in pairwise(asked.phrases)
    )
    if by_number and kind is Kind.FIGURES and not (by or groups):
        raise QuestionError("by the number of what? Of items, visits or another thing")
    if "MATTER" in asked.seen and kind is Kind.FIGURES and not (by or groups):
        raise QuestionError("whether a thing matters is asked by its kind, such as “does specialty matter”")
    if "TREND" in asked.seen and kind not in {Kind.TREND, Kind.FIGURES}:
        raise QuestionError(f"{kind.value} are not counted over time; “by year” can be asked of decisions")
