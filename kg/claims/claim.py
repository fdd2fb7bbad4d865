"""What was found of a claim: its parts, each with a verdict and what shows it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """The verdict on a claim or on a part of it, the worst first."""

    DIFFERS = "differs"
    """The base says something else; ``says`` tells what."""
    ABSENT = "not in this base"
    """The case, or any decision of the kind, is not in this base."""
    UNCHECKED = "not checked"
    """It was not read, or what was read leaves it open; ``says`` tells why."""
    HOLDS = "holds"
    """The base says the same."""


@dataclass(frozen=True, slots=True)
class Part:
    """One checkable part of a claim.

    ``kind`` is what it is about (``outcome``, ``item``, ``citation``, ``rate``, ...), ``text`` the words of
    the claim. ``says`` is one sentence on what the base says, ``truth`` the value there, ``quote`` the
    sentence of the letter, ``path`` the page that shows it.
    """

    kind: str
    text: str
    verdict: Verdict
    says: str
    truth: Any = None
    quote: str | None = None
    path: str | None = None
    figure: str | None = None
    """The address of the figure that the part was compared with."""

    def to_dict(self) -> dict[str, Any]:
        """The part as JSON has it."""
        return {
            "kind": self.kind,
            "text": self.text,
            "verdict": self.verdict.value,
            "says": self.says,
            "truth": self.truth,
            "quote": self.quote,
            "path": self.path,
            "figure": self.figure,
        }


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence with its parts; ``start`` and ``end`` are its place in the text.

    ``case`` is the case that it is about, if it is about one.
    """

    text: str
    start: int
    end: int
    parts: tuple[Part, ...]
    case: str | None = None

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of its parts: it holds only if every part does."""
        found = {part.verdict for part in self.parts}
        return next((verdict for verdict in Verdict if verdict in found), Verdict.UNCHECKED)

    def to_dict(self) -> dict[str, Any]:
        """The claim as JSON has it."""
        return {
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "case": self.case,
            "verdict": self.verdict.value,
            "parts": [part.to_dict() for part in self.parts],
        }


@dataclass(frozen=True, slots=True)
class Checked:
    """A text with its claims, in order, and the generation of the base that was asked."""

    generation: str
    claims: tuple[Claim, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many claims have each verdict."""
        return {verdict.value: sum(c.verdict is verdict for c in self.claims) for verdict in Verdict}

    def to_dict(self) -> dict[str, Any]:
        """All of it as JSON has it."""
        return {
            "generation": self.generation,
            "counts": self.counts,
            "claims": [claim.to_dict() for claim in self.claims],
        }
