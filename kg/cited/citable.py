"""Figures that can be cited: each has an address that gives it again, or says why it cannot.

An address names the kind of figure, what was asked, the generation and its inputs: how many letters the
figure counts, and a digest of them with their texts, readers and corrections. Asked of a later generation,
the figure is counted in the generation that is kept, or over the same letters, which the ledger remembers:
changes of other letters do not matter. Where some of its own were removed or changed since, the answer says
how many, and what the figure is now.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from kg.analysis.cache import Analyses
from kg.base.store import KnowledgeBase
from kg.cited.counted_letters import CountedLetters, Table
from kg.cited.figure_address import Asked, about
from kg.cited.figure_kinds import KINDS
from kg.cited.wanted import Values
from kg.errors import GoneError, SettingError, UnknownError


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure, or why it cannot be given again.

    ``values`` are those of the generation that the address names, ``None`` where they cannot be counted any
    more: ``lost`` of its letters were removed or changed, and ``rest`` are the values over the others.
    ``now`` are those of the generation that is served. ``added``, ``changed`` and ``removed`` are letters of
    the whole base since.
    """

    asked: Asked
    served: str
    letters: int
    """Letters that the figure counts."""
    values: Values | None
    now: Values | None
    rest: Values | None = None
    added: int = 0
    changed: int = 0
    removed: int = 0
    lost: int = 0
    says: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The figure as JSON has it."""
        return {
            "address": self.asked.address,
            "kind": self.asked.kind,
            "about": about(self.asked),
            "generation": self.asked.generation,
            "inputs": self.asked.inputs,
            "letters": self.letters,
            "values": self.values,
            "says": self.says,
            "served": self.served,
            "now": self.now,
            "rest": self.rest,
            "added": self.added,
            "changed": self.changed,
            "removed": self.removed,
            "lost": self.lost,
        }


@dataclass(eq=False)
class Citable:
    """The figures of an open base."""

    letters: CountedLetters
    _inputs: dict[tuple[object, ...], str] = field(default_factory=dict)
    """The digest of each set of letters, by all that says which they are."""
    _earlier: tuple[str, CountedLetters] | None = None
    """The earlier generation that was asked for last, with its letters that are still there."""
    _tables: tuple[str, dict[object, Table]] = field(default_factory=lambda: ("", {}))
    """Tables of the earlier generation that is still stored and was asked for last."""

    @classmethod
    def of(cls, base: KnowledgeBase, analyses: Analyses) -> "Citable":
        """The figures of all letters of a base."""
        return cls(CountedLetters(base, analyses))

    @property
    def base(self) -> KnowledgeBase:
        """The open base."""
        return self.letters.base

    @cached_property
    def _states(self) -> Mapping[str, str]:
        return self.base.states(self.base.generation)

    def cited(self, asked: Asked) -> Asked:
        """What is asked, of the generation that is served, so that its address can be cited."""
        kind = KINDS[asked.kind]
        counted = (kind.counted or kind.words, replace(asked, kind="", row=asked.row and "row"))
        if counted not in self._inputs:
            if len(self._inputs) >= _KEPT:
                self._inputs.clear()
            self._inputs[counted] = inputs(self.letters, asked, self._states)
        return replace(asked, generation=self.base.generation, inputs=self._inputs[counted])

    def cite(self, asked: Asked) -> str:
        """The address of a figure of the generation that is served, to be cited."""
        return self.cited(asked).address

    def figure(self, asked: Asked) -> Figure:
        """A figure again.

        Raises:
            UnknownError: there was no such generation, or its letters were others.
            ChoiceError: there is no such row.
            SettingError: the generation is not kept, and the inputs are not given.
        """
        served = self.base.generation
        generation = asked.generation or served
        if int(generation) > int(served) or not int(generation):
            raise UnknownError(f"there was no generation {generation}; the current one is {served}")
        asked = replace(asked, generation=generation)
        if generation == served:
            found = self._whole(asked, self.letters, self._states)
            return replace(found, now=found.values, says="computed now")
        return self._again(asked)

    def _whole(self, asked: Asked, letters: CountedLetters, states: Mapping[str, str]) -> Figure:
        """The figure over a whole generation, whose letters have these states."""
        own = inputs(letters, asked, states)
        if asked.inputs not in {"", own}:
            raise _forged(asked)
        values = KINDS[asked.kind].values(letters, asked)
        return Figure(replace(asked, inputs=own), self.base.generation, _size(own), values, None)

    def _again(self, asked: Asked) -> Figure:
        """A figure of an earlier generation."""
        states, current = self.base.states(asked.generation), self._states
        same = [case for case, state in states.items() if current.get(case) == state]
        removed = len(states.keys() - current.keys())
        made = Figure(
            asked,
            self.base.generation,
            letters=0,
            values=None,
            now=self._values(asked, self.letters),
            added=len(current.keys() - states.keys()),
            changed=len(states) - removed - len(same),
            removed=removed,
        )
        if (other := self.base.kept(asked.generation)) is not None:
            if self._tables[0] != asked.generation:
                self._tables = (asked.generation, {})
            with other:
                letters = CountedLetters(other, Analyses.of(other), tables=self._tables[1])
                found = self._whole(asked, letters, states)
            says = "computed from that generation, which is still stored"
            return replace(made, asked=found.asked, letters=found.letters, values=found.values, says=says)
        if not asked.inputs:
            served = self.base.generation
            raise SettingError(f"generation {asked.generation} is not kept; the current one is {served}")
        letters = self._left(asked.generation, same)
        own = _left(letters, asked, states)
        rest, size = self._values(asked, letters), _size(asked.inputs)
        lost = size - _size(own)
        if own == asked.inputs:
            says = f"recomputed over the same letters{_told(made)}"
            return replace(made, letters=size, values=rest or {}, says=says)
        if not 0 < lost <= len(states) - len(same):
            raise _forged(asked)
        says = (
            f"the figure can no longer be reproduced in full: {lost:,} of its {size:,} letters were removed, "
            f"corrected, replaced or parsed again{_told(made)}; rest covers its other letters, now covers all"
        )
        return replace(made, letters=size, rest=rest, lost=lost, says=says)

    @contextmanager
    def of_generation(self, generation: str) -> Iterator[CountedLetters]:
        """All letters of a generation as they were in it, for as long as the block lasts.

        Raises:
            UnknownError: there was no such generation.
            GoneError: it is not kept, and its letters are not all there as they were.
        """
        served = self.base.generation
        if generation == served:
            yield self.letters
            return
        if not generation.isdecimal() or not 0 < int(generation) <= int(served):
            raise UnknownError(f"there was no generation {generation}; the current one is {served}")
        if (other := self.base.kept(generation)) is not None:
            with other:
                yield CountedLetters(other, Analyses.of(other))
            return
        states, current = self.base.states(generation), self._states
        same = [case for case, state in states.items() if current.get(case) == state]
        if len(same) < len(states) or not states:
            why = f"{len(states) - len(same):,} of its {len(states):,} letters were removed or changed since"
            raise GoneError(f"generation {generation} is not kept, and {why}; the current one is {served}")
        yield self._left(generation, same)

    def _left(self, generation: str, cases: list[str]) -> CountedLetters:
        """The letters of an earlier generation that are still there, kept for the next figure of it."""
        kept = self._earlier
        if kept is None or kept[0] != generation:
            kept = self._earlier = (generation, CountedLetters.of(self.base, cases))
        return kept[1]

    def _values(self, asked: Asked, letters: CountedLetters) -> Values | None:
        try:
            return KINDS[asked.kind].values(letters, asked)
        except UnknownError:
            return None


_KEPT = 1_000
"""Inputs of tables that are remembered."""


def inputs(letters: CountedLetters, asked: Asked, states: Mapping[str, str]) -> str:
    """How many letters a figure counts, and a digest of their states, whatever their order."""
    return _digest(KINDS[asked.kind].cases(letters, asked), states)


def _digest(cases: Sequence[str], states: Mapping[str, str]) -> str:
    lines = "\n".join(f"{case} {states.get(case, '')}" for case in cases)
    return f"{len(cases)}-{hashlib.sha256(lines.encode()).hexdigest()[:16]}"


def _left(letters: CountedLetters, asked: Asked, states: Mapping[str, str]) -> str:
    """The inputs among the letters that are left, which may no longer know a word of the filters."""
    try:
        return inputs(letters, asked, states)
    except UnknownError:
        return _digest((), states)


def _size(written: str) -> int:
    return int(written.partition("-")[0])


def _forged(asked: Asked) -> UnknownError:
    return UnknownError(f"generation {asked.generation} had no letters with the digest {asked.inputs}")


def _told(made: Figure) -> str:
    since = {"added": made.added, "changed": made.changed, "removed": made.removed}
    told = ", ".join(f"{number:,} {name}" for name, number in since.items() if number)
    return f" (letters of the base since: {told})" if told else ""
