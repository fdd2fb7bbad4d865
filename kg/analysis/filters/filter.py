"""One filter as a value: how it is called and written, and what it keeps."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kg.analysis.filters import known_words, sparql_patterns
from kg.analysis.filters.choices import unknown
from kg.analysis.filters.ranges import WORD, Kind, Range, Value
from kg.errors import ChoiceError


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One filter, called ``name`` in the API and Python, and ``--name`` with hyphens as an option.

    It keeps a decision by a value of one of its ``columns`` of the facts, or by a key that the party in
    question cites at one of the ``levels``: what that stands for ``matches``.
    """

    name: str
    label: str
    """Short, for a form."""
    words: str
    """What it keeps, for help."""
    example: str
    often: bool = False
    """Whether a form shows it at once, and not under more filters."""
    pattern: sparql_patterns.Pattern | None = None
    """What keeps the same items in SPARQL, ``None`` where the graph does not state what it keeps."""
    searched: bool = False
    """Whether its values are words that are searched for in the rationales."""
    kind: Kind = WORD
    columns: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    value_of: Callable[[str], str] = str
    """The value that a column's value or a key stands for."""
    matches: Callable[[Value, str], bool] = lambda value, found: value == found
    vocabulary: Callable[[], Iterable[str]] = tuple
    """Words that are known even if no decision has them."""
    parts: str = ""
    """What separates several words of the vocabulary in one value."""
    folds: str = ""
    """What separates a value from a qualifier, without which it keeps all qualifiers."""
    numbers: str = ""
    """What separates a word of the vocabulary from any number."""

    @property
    def help(self) -> str:
        """What it keeps, with an example.

        >>> from kg.analysis.filters import FILTERS
        >>> FILTERS["specialty"].help
        'Specialty of the reviewer, such as Pain Medicine.'
        """
        return f"{self.words}, such as {self.example}."

    def read(self, given: object) -> Value:
        """A value as a person writes it.

        >>> from kg.analysis.filters import FILTERS
        >>> FILTERS["year"].read("2014-2016")
        Range(first='2014', last='2016')

        Raises:
            SettingError: it is empty or not written so, or a range is reversed.
        """
        return self.kind.read(self.name.replace("_", " "), str(given))

    def choices(self, present: Iterable[str]) -> list[str]:
        """The values to choose from, given those ``present`` in the facts, sorted."""
        found = {value for name in present if (value := self.value_of(name))}
        bare = {name.partition(self.folds)[0] for name in found} if self.folds else found
        return sorted(found | bare, key=self.kind.order)  # type: ignore[arg-type]  # numbers or text

    def known(self, value: Value, present: Iterable[str]) -> Value:
        """A word as it is written among the values ``present`` or in the vocabulary, whatever its case.

        Raises:
            ChoiceError: it is in neither; the sentence names the nearest.
        """
        if isinstance(value, Range) or self.searched:
            return value
        written = {word.casefold(): word for word in self.choices(present)}
        words = known_words.folded(self.vocabulary)
        if found := written.get(value.casefold()) or words.get(value.casefold()):
            return found
        of, _, number = value.casefold().rpartition(self.numbers or value)
        if of in words and number.isdecimal():
            return f"{words[of]}{self.numbers}{int(number)}"
        parts = [words.get(part.casefold()) for part in value.split(self.parts)] if self.parts else [None]
        if None in parts:
            raise unknown(self.name.replace("_", " "), value, written.values() or words.values(), ChoiceError)
        return self.parts.join(filter(None, parts))
