"""What claims about letters are compared with: the letters of a base, their items, and who cites what."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from kg.analysis import labels
from kg.analysis.decisions import Index, Mask
from kg.analysis.filters import Filters
from kg.base.store import KnowledgeBase
from kg.cited.citable import Citable
from kg.errors import ChoiceError, UnknownError
from kg.model import Decision, Determination, Outcome, Party, Span

_QUOTED = 400
"""Characters of a quotation."""


@dataclass(frozen=True, eq=False)
class Letter:
    """One letter of the base, with the rows of its items in the index."""

    case: str
    text: str
    determination: Determination
    rows: dict[int, int]
    """The row of each item by its position, from 1; an item without an outcome has none."""

    @property
    def items(self) -> list[tuple[int, Decision]]:
        """The items by position, from 1."""
        return list(enumerate(self.determination.decisions, 1))

    def quote(self, *spans: Span | None) -> str | None:
        """The letter's words from the first of the spans to the last, white space folded."""
        found = [span for span in spans if span is not None]
        if not found:
            return None
        whole = self.text[min(s.start for s in found) : max(s.end for s in found)]
        folded = " ".join(whole.split())
        return folded if len(folded) <= _QUOTED else folded[: _QUOTED - 3] + "..."

    @cached_property
    def folded(self) -> str:
        """The text in lower case, white space folded, to find quotations in."""
        return plain(self.text)

    def outcomes(self, items: Sequence[int]) -> set[Outcome | None]:
        """The outcomes of some items."""
        return {self.determination.decisions[item - 1].outcome for item in items}


def plain(text: str) -> str:
    """A text as quotations are compared: lower case, white space and quotation marks folded.

    >>> plain("The  “MRI”")
    'the "mri"'
    """
    return re.sub(r"[“”]", '"', re.sub(r"[‘’]", "'", " ".join(text.split()))).lower()


@dataclass(eq=False)
class Source:
    """An open base and its index, with what was looked up for other claims of the same text."""

    citable: Citable
    _letters: dict[str, Letter | None] = field(default_factory=dict)
    _masks: dict[tuple[str, str], Mask] = field(default_factory=dict)

    @property
    def base(self) -> KnowledgeBase:
        """The open base."""
        return self.citable.base

    @property
    def index(self) -> Index:
        """Its decisions."""
        return self.citable.letters.index

    def letter(self, case: str) -> Letter | None:
        """A letter by the number of its case in any spelling, ``None`` where the base has none."""
        if case not in self._letters:
            self._letters[case] = self._found(case)
        return self._letters[case]

    def _found(self, case: str) -> Letter | None:
        try:
            spelled = self.base.spelled(case)
        except UnknownError:
            return None
        columns = self.index.columns("case", "item")
        rows = {int(columns["item"][int(at)]): int(at) for at in np.flatnonzero(self._cases == spelled)}
        return Letter(spelled, self.base.letter(spelled), self.base.determination(spelled), rows)

    @cached_property
    def _cases(self) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
        return self.index.columns("case")["case"].to_numpy()

    def citing(self, place: str, party: Party) -> Mask:
        """The decisions in which a party cites a place; a bare page is one of any guideline."""
        known = (place, party.value)
        if known not in self._masks:
            self._masks[known] = self._citing(place, party)
        return self._masks[known]

    def _citing(self, place: str, party: Party) -> Mask:
        if place.startswith("page "):
            cited = self.index.cited("page", party.value)
            end = f"/page/{place.removeprefix('page ')}"
            right = np.array([key.endswith(end) for key in cited.keys["key"]], bool)
            found = np.zeros(len(self.index), bool)
            if right.any():
                found[cited.decision[right[cited.key]]] = True
            return found
        try:
            chosen = self.index.chosen(Filters.of(guideline=place), party.value)
        except ChoiceError:
            chosen = None
        return np.zeros(len(self.index), bool) if chosen is None else chosen

    def cites(self, letter: Letter, item: int, place: str, party: Party) -> bool | None:
        """Whether a party cites a place for an item; ``None`` where the item is not counted."""
        row = letter.rows.get(item)
        return None if row is None else bool(self.citing(place, party)[row])


def cited(decision: Decision, party: Party) -> str:
    """What a party cites for an item, in words."""
    found = []
    for citation in decision.cited_by(party).citations:
        parts = [labels.label(f"guideline/{citation.guideline}")]
        if citation.chapter is not None:
            parts.append(f"chapter {citation.chapter}")
        parts += [f"“{section.title}”" for section in citation.sections]
        pages = [f"{p.first}-{p.last}" if p.last > p.first else str(p.first) for p in citation.pages]
        if pages:
            parts.append(
                ("page " if len(pages) == 1 and "-" not in pages[0] else "pages ") + ", ".join(pages)
            )
        found.append(", ".join(parts))
    return "; ".join(found) or "nothing"
