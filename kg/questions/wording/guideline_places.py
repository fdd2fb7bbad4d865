"""Pages and chapters that are named without their work, as places of a guideline."""

from kg.errors import QuestionError
from kg.questions.question import Condition

_PAGED = {"chronic-pain": "chronic-pain/2009"}
"""What a page that is named without its edition is a page of."""


def settled(condition: Condition) -> Condition:
    """A condition with its pages and chapters as places of a guideline, which another condition may name."""
    if condition.name != "guideline":
        return condition
    works = [value for value in condition.values if " " not in value]
    pages = [value for value in condition.values if " " in value]
    if any(value.startswith("page ") for value in pages):  # pages are counted through all chapters
        chapters = [value for value in pages if value.startswith("chapter ")]
        pages = [value for value in pages if value not in chapters]
        works = works or ["acoem-2004"] * bool(chapters)
    if not pages:
        return condition
    if len(works) > 1:  # `MTUS chronic pain page 78`: the MTUS is what the guideline is part of
        works = [work for work in works if work != "mtus"]
    if len(works) > 1:
        raise QuestionError(f"{pages[0]} of which of {', '.join(works)}?")
    found = []
    for value in pages:
        unit, _, number = value.partition(" ")
        if unit == "chapter":
            if works and not works[0].startswith("acoem"):
                raise QuestionError(f"{works[0]} has no numbered chapters")
            found.append(f"acoem-2004/{number}")
        else:
            work = works[0] if works else "chronic-pain"
            found.append(f"{_PAGED.get(work, _edition(work))}/page/{number}")
    return Condition("guideline", tuple(found), condition.negated, condition.asked)


def _edition(work: str) -> str:
    """The edition whose pages a place is cited by: an ACOEM chapter's pages are its book's."""
    return work.split("/")[0] if work.startswith("acoem") else work
