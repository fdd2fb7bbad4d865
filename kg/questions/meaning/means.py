"""What the mean is of, where a question asks for one."""

import re

from kg.errors import QuestionError
from kg.questions import letter_facets
from kg.questions.meaning.asked import Asked
from kg.questions.question import Condition

_MEASURED = {"age_group": "age", "quantity": "quantity", "items": "items", "frequency": "frequency"}
"""What a mean is of, where a kind of thing is named."""
_TURNAROUND = "days_assignment_decision"
_RANKS = re.compile(r"(?:take|taking|took|waited|lasted)\b.*\b(?:longest|shortest)", re.IGNORECASE)
"""What takes longest, of things and not of one letter."""
_WORKERS = re.compile(
    r"\b(?:oldest|youngest) (?:injured )?(?:workers?|patients?|claimants?|employees?)\b", re.IGNORECASE
)
_UNIT = re.compile(r"\b(?:(?P<visit>visits?|sessions?)|(?:tablets?|pills?|capsules?))\b", re.IGNORECASE)
"""What a mean is of, where nothing else is named."""


_AS_GROUND = re.compile(
    r"\b(?:as\s+(?:an?|the)|an?)\s+(?:\w+\s+){0,2}(?:reason|ground|rationale|justification|basis)\b",
    re.IGNORECASE,
)


def share_of_ground(asked: Asked) -> list[Condition]:
    """The ground whose share is asked for: *no objective findings as a reason to uphold an MRI*."""
    stated = [c for c in asked.conditions if c.name == "ground" and not c.negated]
    asks = asked.seen & {"WHY", "WHICH", "BY", "COMPARE"} or asked.part or asked.compared
    return stated if len(stated) == 1 and not asks and _AS_GROUND.search(asked.text) else []


def _frequent(asked: Asked, named: list[str]) -> None:
    """Ask for the mean of a frequency where one is named: it is of no number of visits beside it."""
    if "frequency" in named and "frequency" not in asked.by:
        named[:] = ["frequency"]
        asked.seen.add("MEAN")
        asked.loose = [name for name in asked.loose if name != "quantity"]
        asked.conditions = [c for c in asked.conditions if c.name != "quantity_unit"]


def _longest(asked: Asked, named: list[str]) -> None:
    """Ask for the mean duration where it is asked of things which takes longest: *which specialties*."""
    ranked = [p.printed.lower() for p in asked.phrases if p.type == "MEAN" and _RANKS.search(p.printed)]
    if ranked and not (named or asked.measure) and (asked.loose or asked.by or "WHO" in asked.seen):
        asked.measure = _TURNAROUND
        asked.seen.add("LEAST" if "short" in ranked[0] else "MOST")


def settle(asked: Asked) -> None:
    """See what the mean is of, where one is asked for.

    Raises:
        QuestionError: nothing is named that a mean can be made of.
    """
    named = [name for name in (*asked.loose, *asked.by) if name in _MEASURED]
    _frequent(asked, named)
    _longest(asked, named)
    per_letter = "items" in asked.loose and ("BY" not in asked.seen or "items" not in asked.by)
    if asked.measure:
        if asked.measure not in letter_facets.FACETS or not letter_facets.FACETS[asked.measure].is_number:
            raise QuestionError(f"there is no mean of {asked.measure}")
    elif "MEAN" not in asked.seen and not per_letter:
        return
    elif any("distribution" in p.printed.lower() for p in asked.phrases if p.type == "MEAN"):
        asked.by += [name for name in dict.fromkeys(named) if name not in asked.by]
        asked.loose = [name for name in asked.loose if name not in named]
        asked.seen |= {"COUNT", "BY"}
    elif not named and (unit := _UNIT.search(asked.text)) and not asked.seen & {"RATE", "SHARE"}:
        asked.measure = "quantity"
        asked._condition(Condition("quantity_unit", ("visit" if unit["visit"] else "unit",)))
    elif not named and _WORKERS.search(asked.text):
        asked.measure = "age"
    elif named:
        asked.measure = _MEASURED[named[0]]
        asked.loose = [name for name in asked.loose if name != named[0]]
        asked.by = [name for name in asked.by if name != named[0]]
    elif not (asked.outcome or asked.seen & {"RATE", "SHARE"}):  # the mean rate is the rate
        if not ("item" in asked.text.lower() and "letter" in asked.text.lower()):
            raise QuestionError("the mean of what? Of ages, quantities, items, or days between two dates")
        asked.measure = "items"
    if asked.measure and (asked.seen >= {"IS_OVERTURNED", "IS_UPHELD"} or "EACH_OUTCOME" in asked.seen):
        asked.by.append("outcome")  # `of those that won and those that lost`
        asked.seen.add("BY")
        asked.outcome = None
