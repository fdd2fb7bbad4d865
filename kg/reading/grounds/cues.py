"""Which ground the words of a sentence can be a cue of."""

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from msgspec import Struct

from kg.errors import CatalogueError
from kg.reading.grounds.frames import Part, Sentence, parts
from kg.reading.grounds.wording import Word, catalogue, vocabulary

_CUE = re.compile(r"(met|not met), (denied|plain|any)( across)?: ([a-z/. -]+?)(?: @([\d.]+))?")
_GAP = 9
"""Words between two groups of a cue that still belong together."""


class Cue(Struct, frozen=True, gc=False):
    """Groups of wording that, one after another, are a cue of a ground; lower ``rank`` goes first.

    The groups of a cue ``across`` may stand in different parts of a sentence.
    """

    ground: str
    met: bool
    scope: str
    groups: tuple[int, ...]
    rank: float
    words: str
    across: bool

    @property
    def way(self) -> str:
        """``met`` or ``not met``."""
        return "met" if self.met else "not met"


class Candidate(Struct, frozen=True, gc=False):
    """A cue found in a part of a sentence: the words that it holds to, and all words of the part."""

    cue: Cue
    part: Part
    used: tuple[Word, ...]
    words: tuple[Word, ...]
    denied: bool
    after_purpose: bool


@cache
def cues() -> tuple[Cue, ...]:
    """The cues of all classes, in the order of the catalogue.

    Raises:
        CatalogueError: a cue of ``ontology/grounds.ttl`` has not the form that its head explains.
    """
    found, mask = [], vocabulary().mask
    for concept in catalogue().values():
        for printed in concept.said.get("cue", ()):
            read = _CUE.fullmatch(printed)
            if read is None:
                raise CatalogueError(f"ontology/grounds.ttl: {concept.notation} has the odd cue {printed!r}")
            met, scope, across, groups, rank = read.groups()
            masks = tuple(mask(each.split("/")) for each in groups.split(" ... "))
            order = float(rank or concept.one("precedence") or 0)
            found.append(Cue(concept.notation, met == "met", scope, masks, order, groups, bool(across)))
    return tuple(found)


@cache
def _in_scope(denied: bool) -> tuple[tuple[Cue, int, int, tuple[int, ...], bool], ...]:
    """The cues that hold in a part that is denied, or not: each with its first groups and the others."""
    other = "plain" if denied else "denied"
    return tuple(
        (cue, cue.groups[0], cue.groups[:2][-1], cue.groups[2:], cue.across)
        for cue in cues()
        if cue.scope != other
    )


@lru_cache(maxsize=1 << 14)
def _possible(groups: int, everywhere: int, denied: bool) -> tuple[Cue, ...]:
    """The cues whose groups are all among ``groups``, or among the sentence's where they reach across."""
    found = []
    for cue, first, second, others, across in _in_scope(denied):
        some = everywhere if across else groups
        if some & first and some & second and (not others or all(each & some for each in others)):
            found.append(cue)
    return tuple(found)


@cache
def _beginnings() -> tuple[int, int, int]:
    """The groups that are a cue by themselves, that begin a longer one, and that go on with it."""
    alone = first = second = 0
    for cue in cues():
        if len(cue.groups) == 1:
            alone |= cue.groups[0]
        else:
            first |= cue.groups[0]
            second |= cue.groups[1]
    return alone, first, second


def may_be_cue(groups: int) -> bool:
    """Whether a cue may be among ``groups``: of most other sentences it is told at once that none is."""
    alone, first, second = _beginnings()
    return bool(groups & alone or (groups & first and groups & second))


@cache
def _masks() -> tuple[int, int, int]:
    mask = vocabulary().mask
    crossing = 0
    for cue in cues():
        if cue.across:
            for each in cue.groups:
                crossing |= each
    return mask(["denial"]), mask(["purpose"]), crossing


def candidates(told: Sentence) -> Iterator[list[Candidate]]:
    """The cues in each part of a sentence, those that begin first before others."""
    denial, purpose, crossing = _masks()
    for part in parts(told):
        words = tuple([word for word in told.found if part.first <= word.first < part.after])
        denied, ends = part.reached, len(words)
        for n, word in enumerate(words):
            denied = denied or bool(word.groups & denial)
            if word.groups & purpose and n < ends:
                ends = n
        found = _in_pool(told, part, words, words[:ends], denied, told.groups & crossing)
        if not found and ends < len(words):
            found = _in_pool(told, part, words, words[ends + 1 :], denied, 0, late=True)
        found.sort(key=lambda each: (each.used[0].first, each.cue.rank))
        yield found


def _in_pool(
    told: Sentence,
    part: Part,
    words: tuple[Word, ...],
    pool: tuple[Word, ...],
    denied: bool,
    everywhere: int,
    late: bool = False,
) -> list[Candidate]:
    groups = 0
    for word in pool:
        groups |= word.groups
    found: list[Candidate] = []
    for cue in _possible(groups, everywhere, denied) if pool else ():
        used = _matched(cue.groups, told.found if cue.across else pool)
        if used and (not cue.across or part.first <= used[-1].first < part.after):
            found.append(Candidate(cue, part, used, words, denied, late))
    return found


def _matched(groups: Sequence[int], words: Sequence[Word]) -> tuple[Word, ...]:
    """The first words that belong to the groups one after another, none far from the one before."""
    first = groups[0]
    if len(groups) == 1:
        for word in words:
            if word.groups & first:
                return (word,)
        return ()
    used: list[Word] = []
    for word in words:
        if word.groups & groups[len(used)]:
            if used and word.first - used[-1].after > _GAP:
                used = []
                if not word.groups & first:
                    continue
            used.append(word)
            if len(used) == len(groups):
                return tuple(used)
    return ()
