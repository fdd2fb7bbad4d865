"""The parts of the body that an item names, with their sides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from kg.model import BodyPart, Side
from kg.reading.vocabulary.concepts import Concept
from kg.reading.vocabulary.phrases import Phrases, Words, concepts

_FILE = "body-parts.ttl"
_NONE = "none"
# Words that may stand between the members of one list of parts.
_JOINING = frozenset(
    ["and", "or", "the", "of", "to", "spine", "region", "area", "joint", "side", "with", "plus"]
)
_AT_ONCE = 2
"""A side after the last of several parts (``knee and shoulder, right``) stands within so many words."""


@dataclass(frozen=True, slots=True)
class Anatomy:
    """What a phrase says: parts, or a side alone (no part), or that a word means no part."""

    parts: tuple[str, ...]
    side: Side | None
    midline: bool


@dataclass(slots=True)
class _Named:
    """A part as it was named, while sides are still being shared out."""

    part: str
    side: Side | None
    midline: bool
    first: int
    after: int


@cache
def catalogue() -> Phrases[Anatomy]:
    """The phrases for parts and sides.

    Raises:
        CatalogueError: the catalogue is faulty.
    """
    among = concepts(_FILE)

    def anatomy(concept: Concept) -> Anatomy:
        side = concept.one("side")
        parts: tuple[str, ...] = ()
        if "standsFor" in concept.said:
            parts = tuple(_name(among[iri], among) for iri in concept.said["standsFor"])
        elif not concept.notation.startswith("side/") and concept.notation != _NONE:
            parts = (_name(concept, among),)
        sides = {among[iri].one("side") for iri in concept.said.get("standsFor", ())}
        if side is None and len(sides) == 1:
            (side,) = sides
        return Anatomy(parts, Side(side) if side else None, "midline" in concept.said)

    return Phrases((label, anatomy(each)) for each in among.values() for label in each.labels)


def _name(concept: Concept, among: Mapping[str, Concept]) -> str:
    """The part itself, where the concept is a part on one side."""
    broader = concept.one("broader")
    return among[broader].preferred if broader else concept.preferred


def body_parts(words: Words) -> tuple[BodyPart, ...]:
    """The parts among ``words`` in printed order, each once.

    A side belongs to the part that follows; it is carried on through a list, but not to parts in the
    midline; where no part follows, it belongs to the part just before.
    """
    found = catalogue().find(words.folded)
    if not found:
        return ()
    named: list[_Named] = []
    waiting: Side | None = None
    waiting_at = carried_from = -1
    carried: Side | None = None
    for each in found:
        anatomy, first, after = each.meaning, each.first, each.after
        if not anatomy.parts:
            if anatomy.side is not None:
                if waiting is not None:
                    _to_part_before(named, waiting, waiting_at)
                waiting, waiting_at = anatomy.side, first
            continue
        if waiting is not None:
            carried, waiting = waiting, None
            side = anatomy.side or carried
        elif anatomy.side is not None:
            side = carried = anatomy.side
        elif anatomy.midline or not _joined(words.folded, carried_from, first):
            side = None
            if not anatomy.midline:
                carried = None
        else:
            side = carried
        carried_from = after
        named.extend(_Named(part, side, anatomy.midline, first, after) for part in anatomy.parts)
    if waiting is not None:
        _to_part_before(named, waiting, waiting_at)
    return _each_once(named, words)


def _joined(folded: Sequence[str], after: int, first: int) -> bool:
    """Whether only joining words stand between two parts."""
    return all(word in _JOINING for word in folded[after:first])


def _to_part_before(named: list[_Named], side: Side, at: int) -> None:
    if named and named[-1].side is None and (len(named) == 1 or at - named[-1].after < _AT_ONCE):
        named[-1].side = side


def _each_once(named: Sequence[_Named], words: Words) -> tuple[BodyPart, ...]:
    """A part with a side says more than the same part without one."""
    sided = {each.part for each in named if each.side is not None}
    seen: dict[tuple[str, Side | None], BodyPart] = {}
    for each in named:
        if each.side is None and each.part in sided:
            continue
        part = BodyPart(each.part, each.side, words.span(each.first, each.after))
        seen.setdefault((each.part, each.side), part)
    return tuple(seen.values())
