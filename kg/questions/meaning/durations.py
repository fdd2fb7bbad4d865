"""Lists of the cases that took longest or were decided soonest, or that have the most or the fewest items."""

from kg.errors import QuestionError
from kg.questions.beside import BESIDE
from kg.questions.meaning.asked import Asked

_DEFAULT = "days_assignment_decision"


def settle(asked: Asked) -> None:
    """See whether cases are to be listed by the days between two of their dates.

    Raises:
        QuestionError: it is something else that is to be listed so.
    """
    faster = any(p.type == "TREND" and BESIDE.within("IN_TIME", p.printed) for p in asked.phrases)
    if faster and not (asked.measure or asked.outcome or asked.seen & {"RATE", "SHARE", "DENIAL"}):
        asked.measure = _DEFAULT  # `have decisions gotten faster`
    found = (
        BESIDE.within("LONGEST_CASES", asked.text)
        if "MEAN" in asked.seen and not (asked.loose or asked.by)
        else None
    )
    if found:
        asked.seen.add("SHORTEST" if "shortest" in found[0].lower() else "LONGEST")
    if not asked.seen & {"LONGEST", "SHORTEST"}:
        return
    if (asked.loose or asked.by) and not asked.case and len(asked.seen & {"LONGEST", "SHORTEST"}) == 1:
        asked.measure = asked.measure or _DEFAULT  # `which specialty decides fastest`
        asked.seen.add("LEAST" if "SHORTEST" in asked.seen else "MOST")
        asked.seen -= {"LONGEST", "SHORTEST"}
        return
    if asked.loose or asked.by or asked.case or asked.seen >= {"LONGEST", "SHORTEST"}:
        raise QuestionError("the longest or the shortest of what? Cases can be listed so")
    sorted_by = next((p.meaning.value for p in asked.phrases if p.type in {"LONGEST", "SHORTEST"}), "")
    asked.measure = asked.measure or sorted_by or _DEFAULT
    asked.seen -= {"MEAN", "TIME"}


def order(asked: Asked) -> str | None:
    """Which cases come first, ``None`` where they are not listed so."""
    return next((word for word in ("longest", "shortest") if word.upper() in asked.seen), None)
