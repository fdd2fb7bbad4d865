"""A value after *or*: of the filter of what stands before it."""

from kg.errors import QuestionError
from kg.questions import vocabulary
from kg.questions.question import Condition


def alternative(into: list[Condition], new: Condition) -> Condition:
    """A value after *or*: of the filter of what stands before it, or both as drugs.

    Raises:
        QuestionError: the two are of different kinds.
    """
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
                return Condition("drug", new.values, new.negated, new.asked)
            into[-1] = Condition("drug", old.values, old.negated, old.asked)
            return new
    raise QuestionError(
        f"“or” joins “{old.asked}” and “{new.asked}”, which are of different kinds: ask for one at a time"
    )
