"""Figures that can be cited: each has an address that gives it again, or says why it cannot.

An address names the kind of figure, what was asked, the generation and its inputs: how many letters the
figure counts, and a digest of them with their texts, readers and corrections. Asked of a later generation,
the figure is counted in the generation that is kept, or over the same letters, which the ledger remembers:
changes of other letters do not matter. Where some of its own were removed or changed since, the answer says
how many, and what the figure is now.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import polars as pl

from kg.analysis.cache import Analyses
from kg.analysis.cited.figure_address import Asked, about
from kg.analysis.cited.figure_kinds import KINDS, Values
from kg.analysis.decisions import Index, prepare
from kg.analysis.reasons.rationales import searching
from kg.base.store import KnowledgeBase
from kg.errors import SettingError, UnknownError


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

    base: KnowledgeBase
    analyses: Analyses
    _inputs: dict[tuple[object, ...], str] = field(default_factory=dict)
    """The digest of each set of letters, by all that says which they are."""
    _earlier: tuple[str, Index] | None = None
    """The earlier generation that was asked for last, with its letters that are still there."""

    @cached_property
    def _states(self) -> Mapping[str, str]:
        return self.base.states(self.base.generation)

    def cited(self, asked: Asked) -> Asked:
        """What is asked, of the generation that is served, so that its address can be cited."""
        counted = (KINDS[asked.kind].counted, asked.party, asked.filters, asked.parts, asked.level, asked.key)
        if counted not in self._inputs:
            if len(self._inputs) >= _KEPT:
                self._inputs.clear()
            self._inputs[counted] = inputs(self.analyses.index, asked, self._states)
        return replace(asked, generation=self.base.generation, inputs=self._inputs[counted])

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
            found = self._whole(asked, self.analyses.index, self._states)
            return replace(found, now=found.values, says="computed now")
        return self._again(asked)

    def _whole(self, asked: Asked, index: Index, states: Mapping[str, str]) -> Figure:
        """The figure over a whole generation, whose letters have these states."""
        own = inputs(index, asked, states)
        if asked.inputs not in {"", own}:
            raise _forged(asked)
        values = KINDS[asked.kind].values(index, asked)
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
            now=self._values(asked, self.analyses.index),
            added=len(current.keys() - states.keys()),
            changed=len(states) - removed - len(same),
            removed=removed,
        )
        if (other := self.base.kept(asked.generation)) is not None:
            with other:
                index = self._index(asked.generation, lambda: _indexed(other, other.scan_facts()))
                found = self._whole(asked, index, states)
            says = "computed from that generation, which is still stored"
            return replace(made, asked=found.asked, letters=found.letters, values=found.values, says=says)
        if not asked.inputs:
            served = self.base.generation
            raise SettingError(f"generation {asked.generation} is not kept; the current one is {served}")
        facts = self.base.scan_facts().filter(pl.col("case").is_in(same))
        index = self._index(asked.generation, lambda: _indexed(self.base, facts))
        own = _left(index, asked, states)
        rest, size = self._values(asked, index), _size(asked.inputs)
        lost = size - _size(own)
        if own == asked.inputs:
            says = f"recomputed over the same letters{_told(made)}"
            return replace(made, letters=size, values=rest, says=says)
        if not 0 < lost <= len(states) - len(same):
            raise _forged(asked)
        says = (
            f"the figure can no longer be reproduced in full: {lost:,} of its {size:,} letters were removed, "
            f"corrected, replaced or parsed again{_told(made)}; rest covers its other letters, now covers all"
        )
        return replace(made, letters=size, rest=rest, lost=lost, says=says)

    def _index(self, generation: str, make: Callable[[], Index]) -> Index:
        """The index of an earlier generation, kept for the next figure of it."""
        kept = self._earlier
        if kept is None or kept[0] != generation:
            kept = self._earlier = (generation, make())
        return kept[1]

    def _values(self, asked: Asked, index: Index) -> Values | None:
        try:
            return KINDS[asked.kind].values(index, asked)
        except UnknownError:
            return None


_KEPT = 1_000
"""Inputs of tables that are remembered."""


def inputs(index: Index, asked: Asked, states: Mapping[str, str]) -> str:
    """How many letters a figure counts, and a digest of their states, whatever their order."""
    counted = index.columns("case")["case"].filter(pl.Series(KINDS[asked.kind].counted(index, asked)))
    cases = counted.unique().sort().to_list()
    lines = "\n".join(f"{case} {states.get(case, '')}" for case in cases)
    return f"{len(cases)}-{hashlib.sha256(lines.encode()).hexdigest()[:16]}"


def _indexed(base: KnowledgeBase, facts: pl.LazyFrame) -> Index:
    """An index of some facts of a base, whose letters have the rationales."""
    return replace(prepare(facts.collect()), _searching=searching(base))


def _left(index: Index, asked: Asked, states: Mapping[str, str]) -> str:
    """The inputs among the letters that are left, which may no longer know a word of the filters."""
    try:
        return inputs(index, asked, states)
    except UnknownError:
        return "0-"


def _size(written: str) -> int:
    return int(written.partition("-")[0])


def _forged(asked: Asked) -> UnknownError:
    return UnknownError(f"generation {asked.generation} had no letters with the digest {asked.inputs}")


def _told(made: Figure) -> str:
    since = {"added": made.added, "changed": made.changed, "removed": made.removed}
    told = ", ".join(f"{number:,} {name}" for name, number in since.items() if number)
    return f" (letters of the base since: {told})" if told else ""
