"""Lists of the cases that took longest, or that were decided soonest."""

import re

from kg.errors import QuestionError
from kg.questions.meaning.asked import Asked

_CASES = r"(?:cases?|letters?|decisions?|determinations?|reviews?|IMRs?)"
_LISTED = re.compile(
    rf"\b(?:list|show|find|give|which|what|top|the)\b[^,;.]{{0,40}}?\b{_CASES}\b[^,;.]{{0,40}}?\b(?P<of>longest|shortest)\b"
    rf"|^\W*(?:[0-9]+\s+)?{_CASES}\s+(?:with|that|which|having|sorted)\b[^,;.]{{0,40}}?\b(?P<also>longest|shortest)\b"
    rf"|\b(?P<before>longest|shortest)(?:[\s-]+(?:running|lasting|pending))?\s+{_CASES}\b",
    re.IGNORECASE,
)
_DEFAULT = "days_assignment_decision"


def settle(asked: Asked) -> None:
    """See whether cases are to be listed by the days between two of their dates.

    Raises:
        QuestionError: it is something else that is to be listed so.
    """
    found = _LISTED.search(asked.text) if "MEAN" in asked.seen and not (asked.loose or asked.by) else None
    if found:
        word = (found["of"] or found["also"] or found["before"]).lower()
        asked.seen.add(word.upper())
    if not asked.seen & {"LONGEST", "SHORTEST"}:
        return
    if asked.loose or asked.by or asked.case or asked.seen >= {"LONGEST", "SHORTEST"}:
        raise QuestionError("the longest or the shortest of what? Cases can be listed so")
    asked.measure = asked.measure or _DEFAULT
    asked.seen -= {"MEAN", "TIME"}


def order(asked: Asked) -> str | None:
    """Which cases come first, ``None`` where they are not listed so."""
    return next((word for word in ("longest", "shortest") if word.upper() in asked.seen), None)
