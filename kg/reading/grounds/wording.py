"""The wording of grounds: groups of words of ``ontology/grounds.ttl``, found in a sentence."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, reduce
from itertools import product
from operator import or_
from typing import Any

from msgspec import Struct

from kg.reading.vocabulary.concepts import Concept, read

_WORD = re.compile(r"([a-z]+(?:'[a-z]+)?|\d+(?:\.\d+)?)([^a-z\d]*)")
EXTENDING = "alsoSays"
"""The property of phrases that mean a group beside what the phrases in them mean."""
_SCHEME = "https://w3id.org/imr-kg/ground-wording"


class Word(Struct, frozen=True, gc=False):
    """Words ``first`` up to, not including, ``after`` of a sentence, and their groups, one bit each."""

    groups: int
    first: int
    after: int


_CHOICE = re.compile(r"\(([^()]*)\)")


def phrases(label: str) -> Iterator[str]:
    """The phrases that a label writes in short: ``(a|b)`` is either, ``(a)`` is a or nothing.

    >>> list(phrases("(prior|earlier) visit(s)"))
    ['prior visit', 'prior visits', 'earlier visit', 'earlier visits']
    """
    pieces = _CHOICE.split(label)
    choices = [_choices(piece, bool(n % 2)) for n, piece in enumerate(pieces)]
    for chosen in product(*choices):
        if phrase := " ".join("".join(chosen).split()):
            yield phrase


def _choices(piece: str, in_brackets: bool) -> list[str]:
    if not in_brackets:
        return [piece]
    return piece.split("|") if "|" in piece else ["", piece]


class Vocabulary:
    """The phrases of all groups; of those that begin at a word the longest is taken.

    A hidden label means its group alone; what a group also says means it beside what the phrases in it mean.
    """

    def __init__(self, concepts: Iterable[Concept]) -> None:
        self._bits: dict[str, int] = {}
        self._root: dict[str, Any] = {}
        extending: dict[tuple[str, ...], int] = {}
        for concept in concepts:
            bit = self._bits.setdefault(concept.notation, 1 << len(self._bits))
            for label in concept.labels[1:]:  # the first is its name
                for phrase in phrases(label):
                    self._add(phrase.split(), bit)
            for label in concept.said.get(EXTENDING, ()):
                for phrase in phrases(label):
                    words = tuple(phrase.split())
                    extending[words] = extending.get(words, 0) | bit
        within = [reduce(or_, [word.groups for word in self.find(words)], 0) for words in extending]
        for (words, bits), groups in zip(extending.items(), within, strict=True):
            self._add(words, bits | groups)

    def _add(self, words: Iterable[str], groups: int) -> None:
        node = self._root
        for word in words:
            node = node.setdefault(word, {})
        node[""] = node.get("", 0) | groups

    def mask(self, names: Iterable[str]) -> int:
        """The bits of the groups of these names."""
        return sum({self._bits[name] for name in names})

    def names(self, mask: int) -> Iterator[str]:
        """The names of the groups that ``mask`` holds."""
        return (name for name, bit in self._bits.items() if mask & bit)

    def find(self, words: Sequence[str]) -> list[Word]:
        """The phrases among ``words``, in order, none overlapping another."""
        found: list[Word] = []
        root, after, count = self._root, 0, len(words)
        for first in [n for n, word in enumerate(words) if word in root]:
            if first < after:
                continue
            node, groups, at = root[words[first]], 0, first + 1
            while True:
                if "" in node:
                    groups, after = node[""], at
                if at == count or words[at] not in node:
                    break
                node = node[words[at]]
                at += 1
            if groups:
                found.append(Word(groups, first, after))
        return found


def fold(text: str) -> str:
    """A text as the labels have it; every character keeps its place where its case has one.

    >>> fold("Worker’s")
    "worker's"
    """
    return text.lower().replace("’", "'")


def words_and_gaps(text: str) -> list[tuple[str, str]]:
    """The words of a folded text, each with what stands before the next one; a hyphen or slash parts two.

    >>> words_and_gaps("x-rays, 1.5 tesla")
    [('x', '-'), ('rays', ', '), ('1.5', ' '), ('tesla', '')]
    """
    return _WORD.findall(text)


def places(text: str) -> list[tuple[int, int]]:
    """Where the words of a folded text stand."""
    return [match.span(1) for match in _WORD.finditer(text)]


@cache
def catalogue() -> Mapping[str, Concept]:
    """The concepts of ``ontology/grounds.ttl`` by IRI, read once."""
    return read("grounds.ttl")


@cache
def vocabulary() -> Vocabulary:
    """The wording of grounds, read once."""
    return Vocabulary(c for c in catalogue().values() if _SCHEME in c.said.get("inScheme", ()))
