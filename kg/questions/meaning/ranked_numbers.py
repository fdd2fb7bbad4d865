"""What is ranked by how many there are: what is cited most in what ended so, and what is rare elsewhere."""

from kg.errors import QuestionError
from kg.questions.beside import BESIDE
from kg.questions.meaning.asked import Asked
from kg.questions.question import Condition

_TOLD = {"priority": 2, "sex": 2}
"""Filters of which all decisions have one of so many values."""


def is_cited_most(asked: Asked) -> bool:
    """Whether it is asked what is cited most among decisions that ended so: *quoted most in upheld MRIs*."""
    often = any(p.type == "MOST" and "often" in p.printed.lower() for p in asked.phrases)
    cited = "CITED_MOST" in asked.seen or (often and "CITE" in asked.seen)
    return asked.outcome is not None and cited and not asked.seen & {"ASSOCIATED", "RATE", "SHARE"}


def rare_elsewhere(asked: Asked) -> None:
    """Rank by the share of one side what is common there and rare on the other: *hardly ever in standard*.

    Raises:
        QuestionError: there are more sides than two, or nothing is named that could be ranked.
    """
    if not BESIDE.within("BUT_RARELY", asked.text) or not _two_sides(asked):
        return
    sides = [c for c in asked.conditions if len(c.values) == _TOLD.get(c.name) and not c.negated]
    if len(sides) != 1 or asked.outcome or not asked.loose or asked.compared or asked.by:
        raise QuestionError(
            "what is common among some and rare among others is not ranked: ask for a share of each thing, "
            "such as “share of expedited letters by service”"
        )
    one = sides[0]
    asked.conditions.remove(one)
    asked.part = [Condition(one.name, one.values[:1])]
    asked.seen -= {"LEAST", "COUNT", "FREQUENT"}
    asked.seen |= {"MOST", "SHARE", "WHICH"}


def _two_sides(asked: Asked) -> bool:
    """Whether things are asked for, of which several values of one filter are named."""
    several = any(len(c.values) > 1 for c in asked.conditions if not c.negated and c.name != "letter")
    return bool(asked.loose) and several and "LEAST" in asked.seen
