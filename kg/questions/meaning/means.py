"""What the mean is of, where a question asks for one."""

from kg.errors import QuestionError
from kg.questions.beside import BESIDE
from kg.questions.facets import facet_table
from kg.questions.meaning.asked import Asked
from kg.questions.meaning.comparisons import COMPARED
from kg.questions.question import Condition
from kg.questions.wording.shared_parts import denied_for, for_reason

_MEASURED = {"age_group": "age", "quantity": "quantity", "items": "items", "frequency": "frequency"}
"""What a mean is of, where a kind of thing is named."""
_TURNAROUND = "days_assignment_decision"
_UNITS = {"VISITS": "visit", "UNITS": "unit"}
"""What a mean is of, where nothing else is named."""


def share_of_ground(asked: Asked) -> list[Condition]:
    """The ground whose share is asked for: *no objective findings as a reason to uphold an MRI*."""
    stated = [c for c in asked.conditions if c.name == "ground" and not c.negated]
    shared = asked.seen & {"SHARE", "OFTEN"}
    asks = asked.seen & {"WHY", "WHICH", "COMPARE"} or (not shared and "BY" in asked.seen)
    if len(stated) == 1 and set(asked.loose) & COMPARED and BESIDE.within("MAIN_REASON", asked.text):
        asked.by += [name for name in dict.fromkeys(asked.loose) if name in COMPARED]
        return stated  # `services where missing documentation is the leading reason`
    if len(stated) != 1 or asks or asked.part or asked.compared or among_all(asked):
        return []
    if (held := BESIDE.within("IN_CASE", asked.text)) and _names(asked, stated[0], held.end()):
        return []  # `where red flags were the reason, how often was the MRI approved`
    return stated if shared or BESIDE.within("AS_A_REASON", asked.text) else []


def _names(asked: Asked, ground: Condition, end: int) -> bool:
    """Whether a ground is named before a place."""
    return any(
        p.meaning.name == "ground" and p.meaning.value in ground.values and p.end <= end
        for p in asked.phrases
    )


def ended_for(asked: Asked) -> list[Condition]:
    """The ground for which decisions ended so, with that end: *how often is PT upheld for lack of records*.

    A share of all that is disputed is asked for, and not of what states the ground.
    """
    stated = [c for c in asked.conditions if c.name == "ground" and not c.negated]
    shared = asked.seen & {"SHARE", "OFTEN", "RATE", "MOST", "LEAST"} and "COUNT" not in asked.seen
    if (
        asked.outcome is None
        or len(stated) != 1
        or asked.part
        or not shared
        or asked.seen & {"SAME", "MATTER"}
    ):
        return []
    if denied_for(asked.text, asked.phrases) and "OFTEN" in asked.seen:
        return stated
    if not for_reason(asked.text, asked.phrases):
        return []
    return [*stated, Condition("outcome", (asked.outcome.value,))]


def among_all(asked: Asked) -> bool:
    """Whether it is asked which place a ground has among all: *is long-term use the main reason*."""
    ranked = BESIDE.within("MAIN_REASON", asked.text) or asked.seen & {"FREQUENT", "MOST"}
    return bool(ranked) and not BESIDE.within("AS_A_REASON", asked.text)


def _frequent(asked: Asked, named: list[str]) -> None:
    """Ask for the mean of a frequency where one is named: it is of no number of visits beside it."""
    if "frequency" in named and "frequency" not in asked.by:
        named[:] = ["frequency"]
        asked.seen.add("MEAN")
        asked.loose = [name for name in asked.loose if name != "quantity"]
        asked.conditions = [c for c in asked.conditions if c.name != "quantity_unit"]


def _longest(asked: Asked, named: list[str]) -> None:
    """Ask for the mean duration where it is asked of things which takes longest: *which specialties*."""
    ranked = [
        p.printed.lower()
        for p in asked.phrases
        if p.type == "MEAN" and BESIDE.within("LASTED_LONGEST", p.printed)
    ]
    if ranked and not named and (asked.loose or asked.by or "WHO" in asked.seen):
        asked.measure = asked.measure or _TURNAROUND
        asked.seen.add("LEAST" if "short" in ranked[0] else "MOST")


def _unit(text: str) -> str:
    """What is counted first in a text, empty where nothing is."""
    found = {each.start(): unit for name, unit in _UNITS.items() if (each := BESIDE.within(name, text))}
    return found[min(found)] if found else ""


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
        if asked.measure not in facet_table.FACETS or not facet_table.FACETS[asked.measure].is_number:
            raise QuestionError(f"there is no mean of {asked.measure}")
    elif "MEAN" not in asked.seen and not per_letter:
        return
    elif any("distribution" in p.printed.lower() for p in asked.phrases if p.type == "MEAN"):
        asked.by += [name for name in dict.fromkeys(named) if name not in asked.by]
        asked.loose = [name for name in asked.loose if name not in named]
        asked.seen |= {"COUNT", "BY"}
    elif not named and (unit := _unit(asked.text)) and not asked.seen & {"RATE", "SHARE"}:
        asked.measure = "quantity"
        asked._condition(Condition("quantity_unit", (unit,)))
    elif not named and BESIDE.within("OLDEST_WORKERS", asked.text):
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
