"""What is ranked by how many there are: what is cited most in what ended so, and what is rare elsewhere."""

from kg.errors import QuestionError
from kg.questions.beside import BESIDE
from kg.questions.meaning import comparisons
from kg.questions.meaning.asked import Asked
from kg.questions.meaning.refusals import FINEST_FIRST
from kg.questions.question import Condition

ENDING = {"ASSOCIATED", "RATE", "SHARE", "DENIAL", "STRICT", "MATTER"}
"""With one of these, it is asked how decisions end, and not how many there are."""
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


def numbers_ranked(asked: Asked) -> bool:
    """Whether the most of them are asked for, and not the most that ended so.

    *Which quarter had the most injections* asks so, *which drug shows up the most*, and *states, ranked*.
    """
    if asked.outcome is not None or asked.seen & (ENDING | {"OFTEN"}):
        return False
    words = {p.printed.lower() for p in asked.phrases if p.type in {"MOST", "LEAST"}}
    return any(word.startswith("rank") for word in words) or bool(words & _HOW_MANY)


_HOW_MANY = {
    *("most", "most often", "most frequently", "most commonly", "least", "least often", "fewest"),
    *("least frequently", "least commonly", "rarely", "seldom", "most rarely", "rarest", "hardly"),
    *("most frequently of all", "the most of all", "least of all"),
}
"""Words that say how many there are, where no outcome is named."""


def stated_most(asked: Asked) -> bool:
    """Whether it is asked of what something is stated most often, “services most often experimental”."""
    often = any(p.type in {"MOST", "LEAST"} and "often" in p.printed.lower() for p in asked.phrases)
    return often and asked.outcome is None and asked.has({"ground", "rationale"}) and not asked.seen & ENDING


def cites_counted(asked: Asked, groups: tuple[Condition, ...]) -> bool:
    """Whether how often something is cited is asked, as in “is ODG cited more often than ACOEM”."""
    of_works = bool(groups) and (groups[0].name == "guideline" or bool({*asked.loose} & {*FINEST_FIRST}))
    compared = of_works and "THAN" in asked.seen
    if compared and not asked.seen & ENDING and comparisons.comes_up_more(asked):
        return True
    ranked = bool(asked.seen & {"MOST", "LEAST", "TREND"}) and not asked.seen & ENDING
    noun = any(p.type == "CITE" and p.printed.lower().startswith("citation") for p in asked.phrases)
    noun = noun and not asked.seen & ENDING  # `chapter 9 citations per year`
    if asked.outcome is None and not asked.seen & ENDING:
        counted = BESIDE.within("GAINS_ON", asked.text) or BESIDE.within("LOSING_GROUND", asked.text)
        over_time = bool(groups) and groups[0].name == "guideline" and "TREND" in asked.seen
        if counted or over_time:
            return True  # `is ACOEM losing ground to the MTUS`
    cited = "CITE" in asked.seen and (compared or ranked or noun or "OFTEN" in asked.seen)
    return asked.outcome is None and (cited or "CITED_MOST" in asked.seen)


def cites_how_often(asked: Asked, groups: tuple[Condition, ...]) -> str:
    """The filter of what is asked how often it is so, not how it ends: “how often does UR cite nothing”."""
    if groups or "OFTEN" not in asked.seen or asked.outcome is not None:
        return ""
    return next((c.name for c in asked.conditions if c.name in {"basis", "rationale", "ground"}), "")


def cites_more(asked: Asked, groups: tuple[Condition, ...]) -> bool:
    """Whether it is asked for which of two groups more is cited: “does UR cite ODG more for MRI than PT”."""
    compared = bool(groups) and "guideline" not in {group.name for group in groups}
    cites = {"CITE", "THAN"} <= asked.seen and asked.has({"guideline"})
    return compared and cites and asked.outcome is None and not asked.seen & ENDING
