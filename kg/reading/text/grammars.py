"""Read text with a Lark grammar whose parse depends on the types of its tokens alone.

One scan with the grammar's own terminals cuts the tokens; Lark's LALR parser reads the sequence
of their types into a plan of token positions. Letters repeat few sequences, so plans are kept:
the grammar stays the only authority, and each sequence is parsed once.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, Generic, NamedTuple, TypeVar

from lark import Lark, Token, Tree
from lark.common import LexerConf
from lark.lexer import Lexer, TerminalDef
from msgspec import Struct

from kg import resources
from kg.reading.text.terminals import written_out

# Sequences of token types kept per grammar: ten thousand letters hold a few hundred.
PLANS_KEPT = 4096
_FIRST_LETTER = 0x100
# What may stand between two tokens without being a word: it is never at a TEXT token's start.
_LOOSE = r"\s.,;:"
_WORDS = re.compile(rf"[^{_LOOSE}](?:.*\S)?", re.DOTALL)
# An anchor of plain letters, of which the first may be one of several (``[Pp]age``).
_LITERAL = re.compile(r"(\[\w+\])?(\w+)")

Plan = TypeVar("Plan")
_Scan = tuple[Callable[[str, int, int], Iterator[re.Match[str]]], tuple[str, ...], str, int]


class Lexeme(Struct, frozen=True, gc=False):
    """A token: the name of its terminal and where it stands in the text."""

    type: str
    start: int
    end: int

    def of(self, text: str) -> str:
        """The token as printed."""
        return text[self.start : self.end]


class Part(NamedTuple):
    """A rule's match, or a token by itself: its name and its tokens, as pairs of type and position."""

    name: str
    tokens: list[tuple[str, int]]


def parts(tree: Tree[Any]) -> list[Part]:
    """The rules and tokens right below ``tree``, each with all of its tokens, in order."""
    found = []
    for child in tree.children:
        if isinstance(child, Token):
            found.append(Part(child.type, [(child.type, child.value)]))
        else:
            inner = child.scan_values(lambda value: isinstance(value, Token))
            found.append(Part(str(child.data), [(token.type, token.value) for token in inner]))
    return found


def nested(tree: Tree[Any]) -> list[Any]:
    """The parts below ``tree`` at every depth: a token's type and position, a rule's name and its parts."""

    def part(node: Any) -> tuple[str, Any]:
        if isinstance(node, Token):
            return (node.type, node.value)
        return (str(node.data), nested(node))

    return [part(child) for child in tree.children]


class TypedGrammar(Generic[Plan]):
    """A grammar of ``grammar/``, read by its token types.

    A grammar that mentions ``TEXT`` gets a token of that type for every stretch between its other
    tokens that holds more than blanks and loose punctuation; others pass over such stretches.
    """

    def __init__(
        self,
        file: str,
        shape: Callable[[Tree[Any]], Plan],
        *,
        words: Mapping[str, str] | Callable[[], Mapping[str, str]] | None = None,
        anchors: Sequence[str] = (),
        edge: str = "",
    ) -> None:
        r"""Take ``grammar/<file>``, which is loaded when the first text is read.

        A server that reads no letter does not wait for it. ``shape`` makes a plan of Lark's tree, whose
        tokens hold their position as value. ``words`` gives regular expressions for terminals that the
        file ``%declare``s, such as the titles of a catalogue, or is a function that does. ``anchors`` are
        literal beginnings (``\n[ \t\f]*``) that many terminals share: each is searched for by itself, up
        to ten times as fast as one search for all. Terminals that begin with one letter each (``ACOEM``)
        need none: one search for those letters finds them. ``edge`` is an expression for the place where
        any of the terminals may begin, and an anchor.
        """
        self.shape = shape
        self._file, self._words, self._edge = file, words, edge
        self._anchors = (edge, *anchors) if edge else tuple(anchors)

    @cached_property
    def _source(self) -> str:
        words = self._words() if callable(self._words) else self._words
        return written_out(resources.text("grammar", self._file), words or {}, self._edge)

    @cached_property
    def _wants_text(self) -> bool:
        return bool(re.search(r"\bTEXT\b", self._source))

    @cached_property
    def _parser(self) -> Lark:
        declared = f"{self._source}\n%declare TEXT\n" if self._wants_text else self._source
        return Lark(declared, parser="lalr", lexer=_TypeLexer, maybe_placeholders=False)

    @cached_property
    def _terminals(self) -> list[TerminalDef]:
        return _in_lexer_order(self._parser.terminals)

    @cached_property
    def _scans(self) -> list[_Scan]:
        return _scans(self._terminals, self._anchors)

    @cached_property
    def _whole(self) -> bool:
        return len(self._scans) == 1 and not self._wants_text and not self._parser.ignore_tokens

    @cached_property
    def _letters(self) -> dict[str, str]:
        return {name: chr(_FIRST_LETTER + i) for i, name in enumerate(_names(self._parser.terminals))}

    @cached_property
    def _ignored(self) -> frozenset[str]:
        return frozenset(self._parser.ignore_tokens)

    @cached_property
    def _plan(self) -> Callable[[str], Plan]:
        return lru_cache(maxsize=PLANS_KEPT)(lambda letters: self.shape(self._parser.parse(letters)))

    @property
    def terminals(self) -> tuple[str, ...]:
        """The names of the terminals, in the order in which they are tried."""
        return tuple(t.name for t in self._terminals)

    def tokens(self, text: str, start: int = 0, end: int | None = None) -> list[Lexeme]:
        """Cut ``text[start:end]`` into tokens, in order."""
        end = len(text) if end is None else end
        found: list[Lexeme] = []
        add, find = found.append, text.find
        for matches, names, literal, before in self._scans:
            at = find(literal, start + before, end) if literal else start
            if at >= 0:
                for m in matches(text, at, end):
                    add(Lexeme(names[m.lastindex], m.start() - before, m.end()))  # type: ignore[index]
        if self._whole:
            return found
        if len(self._scans) > 1:
            found.sort(key=_start)
        return self._settled(text, start, end, found)

    def _settled(self, text: str, start: int, end: int, found: list[Lexeme]) -> list[Lexeme]:
        """The tokens that overlap none before them, with the words between them, without ignored ones."""
        kept: list[Lexeme] = []
        add, wants_text, ignored = kept.append, self._wants_text, self._ignored
        for token in found:
            first = token.start
            if first < start:
                continue
            if wants_text and start < first and (words := _WORDS.search(text, start, first)):
                add(Lexeme("TEXT", words.start(), words.end()))
            if token.type not in ignored:
                add(token)
            start = token.end
        if wants_text and start < end and (words := _WORDS.search(text, start, end)):
            add(Lexeme("TEXT", words.start(), words.end()))
        return kept

    def read(self, text: str, start: int = 0, end: int | None = None) -> tuple[Plan, list[Lexeme]]:
        """The plan for ``text[start:end]`` and the tokens that its positions count."""
        tokens = self.tokens(text, start, end)
        return self.plan(tokens), tokens

    def plan(self, tokens: list[Lexeme]) -> Plan:
        """The plan for tokens that :meth:`tokens` cut."""
        letters = self._letters
        return self._plan("".join([letters[token.type] for token in tokens]))

    def forget(self) -> None:
        """Drop the plans kept, as a fresh process has none."""
        self.__dict__.pop("_plan", None)

    @cached_property
    def direct(self) -> Lark:
        """Lark's own lexer and parser for the same grammar: slow, and the judge of :meth:`read` in tests."""
        scan = "|".join(map(_regexp, self._terminals))
        rest = f"(?:(?!{scan})[\\s\\S])"
        gaps = (
            f"TEXT.-100: /[^{_LOOSE}]{rest}*/\n_GAP.-101: /[{_LOOSE}]/\n"
            if self._wants_text
            else f"_GAP.-101: /{rest}+/\n"
        )
        return Lark(
            f"{self._source}\n{gaps}%ignore _GAP\n", parser="lalr", lexer="basic", maybe_placeholders=False
        )


class _TypeLexer(Lexer):
    """Turn a string of type letters back into Lark tokens, each with its position as value."""

    def __init__(self, conf: LexerConf) -> None:
        self._names = _names(conf.terminals)

    def lex(self, letters: str) -> Iterator[Token]:  # type: ignore[override]
        names = self._names
        for position, letter in enumerate(letters):
            yield Token(names[ord(letter) - _FIRST_LETTER], position)


def _names(terminals: Collection[TerminalDef]) -> list[str]:
    """The types of token of a grammar, in the order of their letters."""
    return sorted({"TEXT", *(terminal.name for terminal in terminals)})


def _regexp(terminal: TerminalDef) -> str:
    """A terminal's expression as its file writes it: Lark puts real line ends and tabs into it."""
    written = terminal.pattern.to_regexp()
    return written.replace("\n", r"\n").replace("\t", r"\t").replace("\f", r"\f").replace("\r", r"\r")


def _start(token: Lexeme) -> int:
    return token.start


def _in_lexer_order(terminals: Collection[TerminalDef]) -> list[TerminalDef]:
    """The terminals in the order in which Lark's basic lexer tries them at one place."""
    real = [t for t in terminals if t.pattern is not None]
    return sorted(real, key=lambda t: (-t.priority, -t.pattern.max_width, -len(t.pattern.value), t.name))


def _scans(terminals: list[TerminalDef], anchors: Sequence[str]) -> list[_Scan]:
    """One regular expression an anchor and one for the rest; an empty group after each tells which.

    The empty group stands last so that each alternative begins with its own literal. With each goes
    a text that every match holds: looking for that is faster still, and most texts lack it. Where the first
    letter may be one of several, as in ``[Pp]age``, the search is for the letters after it, and the number
    that goes along tells how many stand before the match.
    """
    groups: dict[str, list[tuple[str, str]]] = {anchor: [] for anchor in (*anchors, "")}
    for terminal in terminals:
        pattern = _regexp(terminal)
        anchor = next((a for a in anchors if pattern.startswith(a)), "")
        groups[anchor].append((terminal.name, pattern[len(anchor) :]))
    # A terminal that begins at a word's edge begins with the word: its end is no place to try.
    edge = {r"\b": r"\b(?=\w)"}
    scans = []
    for anchor, group in groups.items():
        literal = _LITERAL.fullmatch(anchor)
        begins = edge.get(anchor, anchor)
        if literal and literal[1]:
            begins = f"{literal[2]}(?<={anchor})"
        scan = re.compile(f"{begins}(?:{'|'.join(f'(?:{rest})()' for _, rest in group)})")
        names = ("", *(name for name, _ in group))
        if scan.groups != len(group):
            held = next(name for name, rest in group if re.compile(anchor + rest).groups)
            raise ValueError(f"{held} must not hold a capturing group")
        scans.append(
            (scan.finditer, names, literal[2] if literal else "", 1 if literal and literal[1] else 0)
        )
    return [each for each in scans if len(each[1]) > 1]
