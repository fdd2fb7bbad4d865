"""Search a text for one terminal of a grammar: what stands before a place, after it, or between two."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

from lark import Lark, Token
from lark.common import LexerConf
from lark.lexer import Lexer

from kg import resources
from kg.reading.text.terminals import written_out

_TERMINAL = re.compile(r"^([A-Z][A-Z0-9_]*)(?:\.\d+)?:", re.MULTILINE)
# Where a terminal is looked for; it begins within no word.
_ANYWHERE = r"(?:(?<!\w)|(?!\w))(?:TERMINAL)"
_BEFORE = rf"{_ANYWHERE}\s*\Z"
_AFTER = r"\s*(?:TERMINAL)"
_ALONE = rf"{_AFTER}\s*"
_FARTHEST = 80
"""How many characters before a place are looked at."""


class Terminals:
    """The terminals of ``grammar/<file>``, none of whose matches begins within a word; case does not matter.

    The file holds no rules. ``words`` are as :class:`~kg.reading.text.grammars.TypedGrammar` takes them.
    """

    def __init__(self, file: str, words: Callable[[], Mapping[str, str]] | None = None) -> None:
        self._file, self._words = file, words
        self._patterns: dict[tuple[str, str], re.Pattern[str]] = {}

    @cached_property
    def _expressions(self) -> dict[str, str]:
        source = written_out(resources.text("grammar", self._file), self._words() if self._words else {})
        rule = f"start: {' | '.join(_TERMINAL.findall(source))}"
        loaded = Lark(f"{rule}\n{source}", parser="lalr", lexer=_NoLexer)
        return {each.name: each.pattern.to_regexp() for each in loaded.terminals}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the terminals."""
        return tuple(self._expressions)

    def _pattern(self, form: str, name: str) -> re.Pattern[str]:
        found = self._patterns.get((form, name))
        if found is None:  # made when it is first asked for, as most questions need few
            found = re.compile(form.replace("TERMINAL", self._expressions[name]), re.IGNORECASE)
            self._patterns[form, name] = found
        return found

    def within(self, name: str, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
        """The first match within ``text[start:end]``."""
        return self._pattern(_ANYWHERE, name).search(text, start, len(text) if end is None else end)

    def before(self, name: str, text: str, at: int) -> re.Match[str] | None:
        """The match that ends at a place of the text, but for blanks."""
        return self._pattern(_BEFORE, name).search(text, max(at - _FARTHEST, 0), at)

    def after(self, name: str, text: str, at: int) -> re.Match[str] | None:
        """The match that begins at a place of the text, but for blanks."""
        return self._pattern(_AFTER, name).match(text, at)

    def fills(self, name: str, text: str, start: int = 0, end: int | None = None) -> bool:
        """Whether ``text[start:end]`` is such a match, but for blanks."""
        pattern = self._pattern(_ALONE, name)
        return pattern.fullmatch(text, start, len(text) if end is None else end) is not None

    def every(self, name: str, text: str, start: int = 0) -> Iterator[re.Match[str]]:
        """All matches from a place on, in order."""
        return self._pattern(_ANYWHERE, name).finditer(text, start)


class _NoLexer(Lexer):
    """Lark's own would compile all terminals several times, and nothing is parsed here."""

    def __init__(self, conf: LexerConf) -> None:
        pass

    def lex(self, text: object) -> Iterator[Token]:  # type: ignore[override]
        raise NotImplementedError
