"""Three services and more that are compared, of whatever kinds: *surgery vs meds vs imaging*."""

from itertools import pairwise

from kg.errors import QuestionError
from kg.questions.beside import BESIDE
from kg.questions.meaning.asked import Asked
from kg.questions.question import Condition
from kg.questions.vocabulary import Phrase

_KINDS = {"category", "subcategory", "drug"}
Sides = tuple[list[Condition], tuple[Condition, ...]]


def services(asked: Asked) -> Sides | None:
    """The conditions of all, and each service that is listed as a group, where they are of several kinds.

    A list of services of one kind is left to what splits by that kind.

    Raises:
        QuestionError: services of several kinds are named, and it is not clear which are compared.
    """
    told = [c for c in (*asked.conditions, *asked.after) if c.name in _KINDS and not c.negated]
    values = list(dict.fromkeys(value for condition in told for value in condition.values))
    listed = "COMPARE" in asked.seen or sum(phrase.type == "VERSUS" for phrase in asked.phrases) > 1
    if not (listed and asked.compared) or len({c.name for c in told}) < 2 or len(values) < 3:
        return None
    phrases = [p for p in asked.phrases if p.type == "VALUE" and p.meaning.name in _KINDS]
    if not _is_list(asked, phrases):
        said = ", ".join(f"“{phrase.printed}”" for phrase in phrases)
        raise QuestionError(f"{said}: it is not clear which are compared; ask “A versus B versus C”")
    names = {phrase.printed for phrase in phrases}
    parts = (c.asked for c in (*asked.conditions, *asked.after) if c.name == "body_part")
    if placed := next((said for said in parts if said in names), ""):
        raise QuestionError(f"“{placed}” is about a part of the body: ask for each by itself")
    groups = {
        p.meaning.value: Condition(p.meaning.name, (p.meaning.value,), asked=p.printed) for p in phrases
    }
    rest = [c for c in asked.conditions if c not in told]
    rest += [c for c in asked.after if c not in (*told, *rest)]
    return rest, tuple(groups.values())


def sides(asked: Asked, groups: tuple[Condition, ...]) -> int:
    """How many things are said to be compared, by the words between them.

    Raises:
        QuestionError: there are fewer of the kind that is compared: *men versus women versus over 60*.
    """
    said = sum(phrase.type == "VERSUS" for phrase in asked.phrases) + 1
    values = {value for group in groups for value in group.values} if said > 2 else ()
    if said > 2 and len(values) < said:
        raise QuestionError("what is compared with one another must be of one kind, such as three services")
    return said


def _is_list(asked: Asked, phrases: list[Phrase]) -> bool:
    """Whether a word or a mark of a list stands between each two of some phrases."""
    if any(phrase.meaning.also or phrase.meaning.negated for phrase in phrases):
        return False
    return all(BESIDE.within("LISTED", asked.text[one.end : other.start]) for one, other in pairwise(phrases))
