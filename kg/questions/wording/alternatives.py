"""A value after *or*: of the filter of what stands before it."""

from dataclasses import replace

from kg.errors import QuestionError
from kg.questions import vocabulary
from kg.questions.question import Condition
from kg.reading.vocabulary.concepts import read

SERVICES = {"category", "subcategory", "drug", "service"}
"""Filters whose values are services, of which either can be asked for."""


def is_of(subcategory: str, category: str) -> bool:
    """Whether a category has a subcategory.

    >>> is_of("Acupuncture", "Rehabilitation"), is_of("Opioids", "Rehabilitation")
    (True, False)
    """
    concepts = read("services.ttl").values()
    above = {c.notation for c in concepts if c.preferred == category and c.broader is None}
    return any(c.preferred == subcategory and c.broader in above for c in concepts)


def see_parts(into: list[Condition], asked: str, parts: tuple[str, ...]) -> None:
    """See that what stands before *or* is about the same parts of the body: else they would be asked of both.

    Raises:
        QuestionError: it is not.
    """
    before = [part.partition(":")[0] for one in into if one.name == "body_part" for part in one.values]
    if any(one.name in SERVICES for one in into) and set(before) != {
        part.partition(":")[0] for part in parts
    }:
        raise QuestionError(f"“{asked}” is about a part of the body: ask for one at a time")


def alternative(into: list[Condition], new: Condition) -> Condition:
    """A value after *or*: of the filter of what stands before it, or both as drugs.

    Raises:
        QuestionError: the two are of different kinds.
    """
    named = [value for one in into if one.name == "category" for value in one.values]
    if new.name == "subcategory" and not all(is_of(value, name) for value in new.values for name in named):
        raise QuestionError(f"“{new.asked}” is no service of {named[0]}: ask for one at a time")
    kinds = {one.name for one in into}
    if new.name == "category" and {"category", "subcategory"} <= kinds:  # a service of one of two categories
        raise QuestionError(f"“{into[-2].asked}” or “{new.asked}”: ask for one at a time")
    if not into or any(old.name == new.name for old in into):
        return new
    old = into[-1]
    for at, one in enumerate((old, new)):
        other = (new, old)[at]
        if (
            one.name == "subcategory"
            and other.name == "drug"
            and set(one.values) <= vocabulary.drug_classes()
        ):
            if one is new:
                return replace(new, name="drug")
            into[-1] = replace(old, name="drug")
            return new
    if old.name in SERVICES and new.name in SERVICES and sum(one.name in SERVICES for one in into) == 1:
        into[-1] = replace(old, name="service")
        return replace(new, name="service")
    raise QuestionError(
        f"“or” joins “{old.asked}” and “{new.asked}”, which are of different kinds: ask for one at a time"
    )
