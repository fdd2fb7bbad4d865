"""The words of a catalogue in ``ontology/``, found in a text as the longest known phrases."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from typing import Any, Generic, TypeVar, cast

from msgspec import Struct

from kg.errors import CatalogueError
from kg.model import Span
from kg.reading.vocabulary.concepts import Concept, read

_WORD = re.compile(r"[^\W_]+(?:['’]s\b)?")
_POINTERS = ("ingredient", "dispensedAs", "topicalAs", "combines", "standsFor")
_SHORTEST_STEM = 3
"""Letters that must precede a shared word ending, as in ``*ectomy``."""
_NO_PLURALS = frozenset({"tens", "pens", "mars", "oats", "mens", "cures"})
"""Abbreviations that would be another word without their ``s``: ten, pen, March, oat, men, cure."""
_SHORTEST_MISSPELLED, _LONGEST_MISSPELLED = 7, 40
"""Shorter words that differ in one letter are often other words (rental, dental); longer are none."""

_MOST_WORDS = 1 << 15

Meaning = TypeVar("Meaning")
Value = TypeVar("Value")


class _ByWord(dict[str, Value], Generic[Value]):
    """What words give, kept: a look-up alone, where most words of a text were seen before."""

    def __init__(self, give: Callable[[str], Value]) -> None:
        super().__init__()
        self._give = give

    def __missing__(self, word: str) -> Value:
        if len(self) >= _MOST_WORDS:
            self.clear()
        self[word] = value = self._give(word)
        return value


class Words:
    """The words of a text, folded to be compared, and where they stand: looked up when first asked for."""

    __slots__ = ("_matches", "_where", "folded")

    def __init__(self, folded: list[str], where: Callable[[], list[re.Match[str]]]) -> None:
        self.folded = folded
        self._where = where
        self._matches: list[re.Match[str]] | None = None

    @property
    def matches(self) -> list[re.Match[str]]:
        """The place of each word."""
        if self._matches is None:
            self._matches = self._where()
        return self._matches

    def span(self, first: int, after: int) -> Span:
        """Where words ``first`` up to, not including, ``after`` stand in the text."""
        return Span(self.matches[first].start(), self.matches[after - 1].end())

    def part(self, first: int, after: int) -> "Words":
        """The words ``first`` up to, not including, ``after`` by themselves."""
        return Words(self.folded[first:after], lambda: self.matches[first:after])


class Found(Struct, Generic[Meaning], frozen=True, gc=False):
    """A phrase that was found: words ``first`` up to, not including, ``after``."""

    meaning: Meaning
    first: int
    after: int


def fold_word(word: str) -> str:
    """A word in lower case, in the singular and without a possessive, so that forms compare equal.

    >>> [fold_word(word) for word in ("Injections", "physician's", "pelvis", "DOS", "TENS")]
    ['injection', 'physician', 'pelvis', 'dos', 'tens']
    """
    word = word.lower()
    if len(word) > 2 and word[-2] in "'’":
        return word[:-2]
    if len(word) > _SHORTEST_STEM and word[-1] == "s" and word[-2] not in "sui" and word not in _NO_PLURALS:
        return word[:-1]
    return word


def words(text: str, start: int = 0, end: int | None = None) -> Words:
    """The words of ``text[start:end]``; a number is a word, a hyphen or slash parts two.

    >>> words("MRI of knees, L4-5").folded
    ['mri', 'of', 'knee', 'l4', '5']
    """
    end = len(text) if end is None else end
    return Words(folded_words(text[start:end]), lambda: list(_WORD.finditer(text, start, end)))


_folded = _ByWord(fold_word)
# Words of plain letters are parted by all other signs: a table does that in a fifth of the time.
_PARTED = "".join(sign if sign.isalnum() else " " for sign in map(chr, range(128)))


def folded_words(text: str) -> list[str]:
    """The folded words of a text alone, where it does not matter yet where they stand.

    >>> folded_words("MRI of knees, L4-5")
    ['mri', 'of', 'knee', 'l4', '5']
    """
    plain = text.isascii() and "'" not in text
    return [_folded[word] for word in (text.translate(_PARTED).split() if plain else _WORD.findall(text))]


class Phrases(Generic[Meaning]):
    """Phrases and what they mean; the longest phrase at a place wins."""

    def __init__(
        self,
        labels: Iterable[tuple[str, Meaning]] = (),
        folded: Mapping[tuple[str, ...], Meaning] | None = None,
    ) -> None:
        """``labels``: a phrase, or ``*ending`` for every word that ends so, with its meaning.

        ``folded`` has phrases that are folded already, as :func:`key` does.
        """
        self._meanings: dict[tuple[str, ...], Meaning] = dict(folded or {})
        self._endings: dict[str, Meaning] = {}
        for label, meaning in labels:
            if label.startswith("*"):
                self._endings[label[1:]] = meaning
            else:
                self._meanings[key(label)] = meaning
        self._root: dict[str, Any] = {}
        for phrase, meaning in self._meanings.items():
            node = self._root
            for word in phrase:
                node = node.setdefault(word, {})
            node[""] = meaning
        self._ending_lengths = sorted({len(ending) for ending in self._endings}, reverse=True)
        self._ended = lru_cache(maxsize=1 << 14)(self._by_ending)
        self._near = lru_cache(maxsize=1 << 14)(self._respelled)
        self._begins = _ByWord(lambda word: word in self._root or self._ended(word) is not None)

    def meanings(self) -> Iterator[Meaning]:
        """What the phrases mean, a meaning as often as it has phrases."""
        yield from self._meanings.values()

    def labelled(self) -> Iterator[tuple[str, Meaning]]:
        """The phrases, as folded words joined by blanks, with their meanings."""
        for phrase, meaning in self._meanings.items():
            yield " ".join(phrase), meaning

    def longest(self, folded: Sequence[str], first: int) -> Found[Meaning] | None:
        """The longest phrase that begins with word ``first``, ``None`` where none does."""
        node, at, count = self._root.get(folded[first]), first + 1, len(folded)
        meaning, after = None, first
        while node is not None:
            if (here := node.get("")) is not None:
                meaning, after = here, at
            node = node.get(folded[at]) if at < count else None
            at += 1
        return None if meaning is None else Found(meaning, first, after)

    def find(self, folded: Sequence[str]) -> list[Found[Meaning]]:
        """The phrases among ``folded`` words, in order, none overlapping another."""
        found: list[Found[Meaning]] = []
        root, begins, after = self._root, self._begins, 0
        if self._endings:
            starts = [n for n, word in enumerate(folded) if begins[word]]
        else:
            starts = [n for n, word in enumerate(folded) if word in root]
        for first in starts:
            if first < after:
                continue
            if (word := folded[first]) not in root:
                after = first + 1
                found.append(Found(cast(Meaning, self._ended(word)), first, after))
            elif (phrase := self.longest(folded, first)) is not None:
                after = phrase.after
                found.append(phrase)
        return found

    def respelled(self, folded: Sequence[str]) -> list[str]:
        """The words, each unknown long one as the known word that is one letter off, if there is one."""
        return [self._near(word) for word in folded]

    def _respelled(self, word: str) -> str:
        if not _SHORTEST_MISSPELLED <= len(word) <= _LONGEST_MISSPELLED or not word.isalpha():
            return word
        near = (self._spellings.get(other) for other in (word, *_lacking_one(word)))
        return next((known for known in near if known), word)

    @cached_property
    def _spellings(self) -> dict[str, str]:
        """The long words of the labels, by themselves and by what is left of them without a letter."""
        known = {word for phrase in self._meanings for word in phrase if len(word) >= _SHORTEST_MISSPELLED}
        spellings = {lacking: word for word in sorted(known) for lacking in _lacking_one(word)}
        return spellings | {word: word for word in known}

    def _by_ending(self, word: str) -> Meaning | None:
        for length in self._ending_lengths:
            if len(word) >= length + _SHORTEST_STEM and (meaning := self._endings.get(word[-length:])):
                return meaning
        return None


def _lacking_one(word: str) -> list[str]:
    return [word[:at] + word[at + 1 :] for at in range(len(word))]


@lru_cache(maxsize=1 << 15)
def key(label: str) -> tuple[str, ...]:
    """What two labels that mean the same share: their folded words, an ending with its star.

    >>> key("X-Rays"), key("*ectomy")
    (('x', 'ray'), ('*', 'ectomy'))
    """
    return (*("*" if label.startswith("*") else ""), *[_folded[word] for word in _WORD.findall(label)])


@cache
def concepts(*files: str) -> Mapping[str, Concept]:
    """The concepts of these files of ``ontology/`` by IRI, read once.

    Raises:
        CatalogueError: as :func:`kg.reading.vocabulary.concepts.read`; or two concepts share a label, or one
            that is pointed at is in none of the files.
    """
    found = {iri: concept for file in files for iri, concept in read(file).items()}
    owners: dict[tuple[str, ...], Concept] = {}
    for concept in found.values():
        for label in () if is_official(concept, found) else concept.labels:
            if (owner := owners.setdefault(key(label), concept)) is not concept:
                raise CatalogueError(
                    f'ontology/{" and ".join(files)}: "{label}" is a label of both'
                    f" {owner.notation} and {concept.notation}"
                )
        for name in _POINTERS:
            for iri in concept.said.get(name, ()):
                if iri not in found:
                    raise CatalogueError(
                        f"ontology/{files[0]}: {concept.notation} has the unknown {name} <{iri}>"
                    )
    return found


def is_official(concept: Concept, among: Mapping[str, Concept]) -> bool:
    """Whether the concept is a top one of its scheme or right below: its name is a heading, no phrase.

    The category Other has no subcategories; what is right below it are phrases.
    """
    broader = among.get(concept.one("broader") or "")
    return "topConceptOf" in concept.said or (
        broader is not None and "topConceptOf" in broader.said and broader.notation != "other"
    )


def ancestors(iri: str, among: Mapping[str, Concept]) -> tuple[Concept, ...]:
    """The concept and all that is broader, the nearest first."""
    line = [among[iri]]
    while (broader := line[-1].one("broader")) is not None:
        line.append(among[broader])
    return tuple(line)
