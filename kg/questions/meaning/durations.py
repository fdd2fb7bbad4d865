"""Lists of the cases that took longest or were decided soonest, or that have the most or the fewest items."""

from itertools import pairwise

from kg.errors import QuestionError
from kg.questions.beside import BESIDE
from kg.questions.meaning.asked import Asked

_ENDS = {"GREATEST": "LONGEST", "SMALLEST": "SHORTEST"}
"""Which cases come first, by the words for the end of all that is asked for."""
_REQUESTED = {"OF_QUANTITY": "quantity", "OF_FREQUENCY": "frequency"}
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
    else:
        _extreme(asked)
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


def _extreme(asked: Asked) -> None:
    """Ask for the cases with the greatest number first where that of all is asked for, or the smallest.

    It is that of days between two dates, of the age of a worker or of what is requested.
    """
    asked_by = asked.by or asked.compared or asked.case or asked.part or asked.seen & {"TREND", "COMPARE"}
    if asked_by or asked.seen & {"LONGEST", "SHORTEST", "OFTEN", "RATE", "SHARE"}:
        return
    said = [p.printed for p in asked.phrases if p.type == "MEAN"]
    measure = asked.measure
    if not measure and BESIDE.within("OLDEST_WORKERS", asked.text):
        measure = "age"
    for one, other in pairwise(asked.phrases):
        if one.type in {"MOST", "LEAST", "TOP", "BOTTOM", "FREQUENT"} and other.type in _REQUESTED:
            said.append(one.printed)
            measure = _REQUESTED[other.type]
    kinds = [name for name in asked.loose if name != measure]
    ends = [name for name in _ENDS for one in said if BESIDE.after(name, one, 0)]
    if not measure or kinds or len(said) != 1 or len(ends) != 1:
        return
    asked.measure, asked.loose = measure, []
    asked.seen -= {"MOST", "LEAST", "COUNT", "WHICH"}
    asked.seen.add(_ENDS[ends[0]])


def order(asked: Asked) -> str | None:
    """Which cases come first, ``None`` where they are not listed so."""
    return next((word for word in ("longest", "shortest") if word.upper() in asked.seen), None)
