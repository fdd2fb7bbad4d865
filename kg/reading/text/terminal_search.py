"""Search a text for one terminal of a grammar: what stands before a place, after it, or between two."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

from lark import Lark

from kg import resources
from kg.reading.text.terminals import written_out

_TERMINAL = re.compile(r"^([A-Z][A-Z0-9_]*)(?:\.\d+)?:", re.MULTILINE)
_FARTHEST = 80
"""How many characters before a place are looked at."""


class Terminals:
    """The terminals of ``grammar/<file>``, none of whose matches begins within a word; case does not matter.

    The file holds no rules. ``words`` are as :class:`~kg.reading.text.grammars.TypedGrammar` takes them.
    """

    def __init__(self, file: str, words: Callable[[], Mapping[str, str]] | None = None) -> None:
        self._file, self._words = file, words

    @cached_property
    def _expressions(self) -> dict[str, str]:
        source = written_out(resources.text("grammar", self._file), self._words() if self._words else {})
        loaded = Lark(f"start: {' | '.join(_TERMINAL.findall(source))}\n{source}", parser="lalr")
        return {each.name: each.pattern.to_regexp() for each in loaded.terminals}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the terminals."""
        return tuple(self._expressions)

    @cached_property
    def _anywhere(self) -> dict[str, re.Pattern[str]]:
        return {name: _compiled(f"{_EDGE}(?:{each})") for name, each in self._expressions.items()}

    @cached_property
    def _before(self) -> dict[str, re.Pattern[str]]:
        return {name: _compiled(rf"{_EDGE}(?:{each})\s*\Z") for name, each in self._expressions.items()}

    @cached_property
    def _after(self) -> dict[str, re.Pattern[str]]:
        return {name: _compiled(rf"\s*(?:{each})") for name, each in self._expressions.items()}

    @cached_property
    def _alone(self) -> dict[str, re.Pattern[str]]:
        return {name: _compiled(rf"\s*(?:{each})\s*") for name, each in self._expressions.items()}

    def within(self, name: str, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
        """The first match within ``text[start:end]``."""
        return self._anywhere[name].search(text, start, len(text) if end is None else end)

    def before(self, name: str, text: str, at: int) -> re.Match[str] | None:
        """The match that ends at a place of the text, but for blanks."""
        return self._before[name].search(text, max(at - _FARTHEST, 0), at)

    def after(self, name: str, text: str, at: int, end: int | None = None) -> re.Match[str] | None:
        """The match that begins at a place of the text, but for blanks."""
        return self._after[name].match(text, at, len(text) if end is None else end)

    def fills(self, name: str, text: str, start: int = 0, end: int | None = None) -> bool:
        """Whether ``text[start:end]`` is such a match, but for blanks."""
        return self._alone[name].fullmatch(text, start, len(text) if end is None else end) is not None

    def every(self, name: str, text: str) -> Iterator[re.Match[str]]:
        """All matches, in order."""
        return self._anywhere[name].finditer(text)


_EDGE = r"(?:(?<!\w)|(?!\w))"


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
