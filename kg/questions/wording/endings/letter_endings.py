"""How the items of a letter ended together, and letters by how many items they have."""

import re
from collections.abc import Iterator

from kg.model import Outcome
from kg.questions.bounded_numbers import amounts_of, bounded
from kg.questions.vocabulary import Meaning
from kg.reading.text.terminal_search import Terminals

ENDINGS = Terminals("question-letters.lark")
"""Words for the items of a letter, by the names of their terminals."""
_KINDS = {"ALL": "all", "NONE": "any", "ANY": "any"}
"""What is said of the items, by the terminal; of none of them, *any* is not so."""
Found = Iterator[tuple[Meaning, int, int]]


def found(text: str) -> Found:
    """What a text says of how all items of a letter ended, each with its place.

    >>> [(m.value, m.negated) for m, _, _ in found("letters with six items, all upheld")]
    [('all_upheld', False)]
    >>> [(m.value, m.negated) for m, _, _ in found("number of cases with no item overturned")]
    [('any_overturned', True)]
    >>> [m.value for m, _, _ in found("at least one item upheld and one overturned")]
    ['mixed', 'any_upheld']
    >>> [m.type for m, _, _ in found("letters where most of the items were upheld")]
    ['UNCOUNTED']
    >>> [(m.type, m.value) for m, _, _ in found("which case had the most treatments in dispute")]
    [('LONGEST', 'items')]
    """
    for both in ENDINGS.every("BOTH", text):
        yield Meaning("VALUE", "letter", "mixed"), both.start(), both.end()
    for some in ENDINGS.every("SOME_NOT_ALL", text):
        ended, middle = _ended(some[0]), some.start() + len("some")
        yield Meaning("VALUE", "letter", f"any_{ended}"), some.start(), middle
        yield Meaning("VALUE", "letter", f"all_{ended}", negated=True), middle, some.end()
    for terminal, kind in _KINDS.items():
        for name in (terminal, f"{terminal}_OF_LETTER"):
            for said in ENDINGS.every(name, text):
                if name == terminal or _of_letter(text, said):
                    negated = terminal == "NONE" or ENDINGS.after("NOT_ALL", said[0], 0) is not None
                    meant = Meaning("VALUE", "letter", f"{kind}_{_ended(said[0])}", negated=negated)
                    yield meant, said.start(), said.end()
    for number in ENDINGS.every("COUNTED_OF_LETTER", text):
        if _of_letter(text, number) and ENDINGS.before("LEAD", text, number.start()):
            yield Meaning("UNCOUNTED"), number.start(), number.end()
    for there in ENDINGS.every("THERE_WERE", text):
        if _of_letter(text, there):
            items = bounded(there[0].replace("+", " or more"), amounts_of(there[0])[0])
            yield Meaning("VALUE", "items", items), there.start(), there.end()
    for most in ENDINGS.every("MOST_ITEMS", text):
        order = "SHORTEST" if ENDINGS.within("FEWEST", most[0]) else "LONGEST"
        yield Meaning(order, value="items"), most.start(), most.end()


def _ended(said: str) -> Outcome:
    """How items are said to have ended: *not approved* is upheld."""
    return next(
        outcome
        for outcome in (Outcome.MODIFIED, Outcome.UPHELD, Outcome.OVERTURNED)
        if ENDINGS.within(outcome.name, said)
    )


def _of_letter(text: str, said: re.Match[str]) -> bool:
    """Whether letters are named before."""
    return ENDINGS.within("LETTERS", text, 0, said.start()) is not None
