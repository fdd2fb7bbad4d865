"""What was found of a question so far: its conditions, each with what joins it to those before."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from kg.model import Outcome, Party
from kg.questions.beside import BESIDE
from kg.questions.question import Condition
from kg.questions.vocabulary import Phrase

_SEVERAL = {"guideline", "ground", "rationale", "together", "item_words", "condition", "earlier"}
"""Filters of which a decision can have several values, so that *and* asks for both."""


@dataclass(slots=True)
class Collected:
    """The conditions of a question so far, and what was seen of it."""

    text: str
    phrases: list[Phrase]
    seen: set[str] = field(default_factory=set)
    outcome: Outcome | None = None
    conditions: list[Condition] = field(default_factory=list)
    after: list[Condition] = field(default_factory=list)
    by: list[str] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)
    limit: int | None = None
    case: str | None = None
    compared: bool = False
    sides: list[str] = field(default_factory=list)
    later: Condition | None = None
    either: bool = False
    previous: str = ""
    rated: bool = False
    denied: bool = False
    both: bool = False
    number: str = ""
    measure: str = ""
    part: list[Condition] = field(default_factory=list)
    having: list[Condition] = field(default_factory=list)
    others: bool = False
    parties: Mapping[int, Party] = field(default_factory=dict)

    def has(self, filters: set[str]) -> bool:
        """Whether there is a condition of one of some filters."""
        return any(condition.name in filters for condition in (*self.conditions, *self.after))

    def _joined(self, at: int) -> bool:
        """Whether *and* stands between a phrase and the one before, or between two grounds a comma."""
        before = self.phrases[at - 1].end if at else 0
        name = "AND_OR_COMMA" if self.phrases[at].meaning.name == "ground" else "AND"
        return BESIDE.within(name, self.text, before, self.phrases[at].start) is not None

    def _condition(self, new: Condition, *, joined: bool = False) -> None:
        """Add a condition; two of one filter are one that holds for either value, or for both after *and*."""
        into = self.after if self.compared else self.conditions
        joined |= new.name == "item_words" and '="' not in new.asked  # `rental, 30 day trial`
        for at, old in enumerate(into):
            if (old.name, old.negated, old.party) == (new.name, new.negated, new.party):
                if self.seen & {"COMPARE"} and not self.compared:
                    self.compared = True
                    self.after.append(new)
                elif joined and not new.negated and new.name in _SEVERAL and not self.either:
                    if old.values != new.values:
                        continue  # the same once more says nothing new
                else:
                    values = tuple(dict.fromkeys((*old.values, *new.values)))
                    into[at] = replace(
                        old, values=values, asked=", ".join(filter(None, (old.asked, new.asked)))
                    )
                return
        into.append(new)
