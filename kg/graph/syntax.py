"""Why a text is no SPARQL query, and where, in a sentence that a person can use.

Oxigraph's parser tells a fault at the furthest place that it looked at, with what it tried there. So
``grammar/sparql.lark`` reads the tokens of a text that was refused: the first token that no query could have
in its place is where the text went wrong, and the brackets that are open there tell what is missing.
"""

import difflib
import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

import lark
from lark.exceptions import UnexpectedToken
from lark.lexer import Lexer, LexerState
from lark.parsers.lalr_interactive_parser import InteractiveParser

from kg import resources, turtle
from kg.graph import iri
from kg.graph.sparql import Token, tokens

_TYPES = {
    "iri": "IRI",
    "name": "NAME",
    "variable": "VARIABLE",
    "blank": "BLANK",
    "string": "STRING",
    "number": "NUMBER",
    "language": "LANGUAGE",
}
_CLOSING = {"(": ")", "[": "]", "{": "}"}

_GROUPS = (  # what can stand in a place, told together, where all of the first stand there
    ("IRI VARIABLE STRING", "IRI NAME VARIABLE STRING NUMBER TRUE FALSE BLANK", "a term"),
    ("IRI STRING", "IRI NAME STRING NUMBER TRUE FALSE UNDEF", "a value"),
    ("VARIABLE", "VARIABLE", "a variable"),
    ("A IRI", "A IRI NAME ^ !", "a property"),
    ("IRI", "IRI NAME", "an IRI or prefixed name"),
    ("NAME", "NAME", "a prefix such as imr:"),
    ("STRING", "STRING", "a string"),
    ("NUMBER", "NUMBER", "a number"),
    ("FUNCTION", "FUNCTION AGGREGATE BOUND EXISTS NOT", "a function"),
    ("&& =", "&& || = != < > <= >= + - * / IN NOT", "an operator"),
    ("LANGUAGE", "LANGUAGE ^^", "a language or a type"),
    ("FILTER", "FILTER OPTIONAL MINUS LATERAL GRAPH SERVICE BIND VALUES UNION", "a keyword"),
)
_ORDER = ".;,)]}({["
_FEW = 6
"""With more things than this that could stand in a place, a list of them helps nobody."""

_FAULT = re.compile(r"error at \d+:\d+: expected (?:one of )?(.*)", re.DOTALL)
_WANTED = re.compile(r'"(?:[^"\\]|\\.)*"|\[[^]]*\]|[A-Za-z][^,"\[\]]*')


class Fault(NamedTuple):
    """What is wrong with a text; ``line`` and ``column``, from 1, are null where no place can be told."""

    message: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return self.message if self.line is None else f"{_at(self.line, self.column)}: {self.message}"


def explained(fault: str, query: str) -> Fault:
    """What is wrong with ``query``, of which Oxigraph says ``fault``.

    >>> print(explained("", "SELECT * { ?s ?p ?o"))
    line 1, column 20: the query ends, but the '{' at line 1, column 10 is not closed; expected '}'
    >>> print(explained("", "SELECT * { OPTIONL { ?s ?p ?o } }"))
    line 1, column 12: unknown word OPTIONL; did you mean OPTIONAL?
    >>> print(explained("", "SELECT * { ?s ?p ?o ?x ?y ?z }"))
    line 1, column 21: unexpected '?x'; expected '.', ';', ',', '}', '{' or a keyword
    >>> print(explained("error at 1:9: expected one of The SELECT overrides ..., [_]", "ASK {}"))
    The SELECT overrides ...
    """
    read = list(tokens(query))
    return _unexpected(query, read) or _undeclared(query, read) or _told(fault)


_UNGROUPED = (
    "where there is an aggregate or GROUP BY, SELECT takes only aggregates and what GROUP BY names: "
    "add the variable to GROUP BY, or write (SAMPLE(?x) AS ?one)"
)


def _told(fault: str) -> Fault:
    """The sentence among what Oxigraph would have had: a rule that no grammar holds."""
    if not (found := _FAULT.fullmatch(fault)):
        return Fault(fault)
    wanted = [text.strip() for text in _WANTED.findall(found[1])]
    said = [text for text in wanted if not text.startswith(('"', "[")) and " " in text]
    if "UNDEF" in wanted:
        return Fault("a row of VALUES has more or fewer values than there are variables")
    if any("variable that is unbound" in text for text in said):
        return Fault(_UNGROUPED)
    return Fault(said[0] if said else "the query is not SPARQL 1.1, but no place can be told")


def _unexpected(query: str, read: list[Token]) -> Fault | None:
    """The first token that no query could have in its place, or the end where more was to come."""
    parser = _grammar().parse_interactive()
    for place, token in enumerate(read):
        kind = _type(token)
        if kind is None:
            return _fault(query, read, place, _accepted(parser))
        try:
            parser.feed_token(lark.Token(kind, token.text))
        except UnexpectedToken:
            return _fault(query, read, place, _accepted(parser))
    try:
        parser.feed_eof()  # type: ignore[no-untyped-call]
    except UnexpectedToken:
        return _fault(query, read, len(read), _accepted(parser))
    return None


def _fault(query: str, read: list[Token], place: int, accepted: set[str]) -> Fault:
    found = read[place] if place < len(read) else None
    opened = _open(read[:place])
    closing = _CLOSING[opened.text] if opened else ""
    opening = f"the '{opened.text}' at {_at(*_place(query, opened.start))}" if opened else ""
    if found is None:
        ends = f", but {opening} is not closed" if opened else " too early"
        wanted = f"'{closing}'" if closing else _listed(accepted)
        return _fault_at(query, len(query.rstrip()), f"the query ends{ends}; expected {wanted}")
    if message := _misread(read, place) or _misspelled(found, accepted):
        return _fault_at(query, found.start, message)
    if found.kind == "close" and closing not in ("", found.text):
        message = f"unexpected '{found.text}': {opening} is not closed; expected '{closing}'"
        return _fault_at(query, found.start, message)
    if found.kind == "close" and not opened:
        return _fault_at(query, found.start, f"unexpected '{found.text}': no bracket is open")
    if _type(found) in ("AGGREGATE", "FUNCTION") and {"VARIABLE", "("} <= accepted:
        return _fault_at(
            query, found.start, f"an expression stands in brackets with a name: ({found.text}(...) AS ?name)"
        )
    expected = f"')', which closes {opening}" if closing == ")" in accepted else _listed(accepted)
    return _fault_at(query, found.start, f"unexpected '{found.text}'; expected {expected}")


def _misread(read: Sequence[Token], place: int) -> str | None:
    """A string or an IRI without its end, or a character that no token has."""
    found = read[place]
    if found.kind == "other":
        quoted = "the string that begins here is not closed"
        return quoted if found.text in ("'", '"') else f"unexpected character '{found.text}'"
    glued = place + 1 < len(read) and read[place + 1].start == found.end
    return "the IRI that begins here is not closed with '>'" if found.text == "<" and glued else None


def _misspelled(found: Token, accepted: set[str]) -> str | None:
    """A word that SPARQL has not, or one that begins no query."""
    if found.kind != "word" or _type(found) not in (None, "FUNCTION", "AGGREGATE"):
        return None
    begins = {"SELECT", "ASK"} <= accepted
    if _type(found) is None:
        words = {word for word in accepted if word.isalpha()} - {"SERVICE", *_TYPES.values()}
        words |= {f"{word} BY" for word in ("GROUP", "ORDER") if word in accepted}
        words |= {word for kind in accepted & {*_named()} for word in _named()[kind]}
        if near := difflib.get_close_matches(found.text.upper(), sorted(words - {*_named()}), 1, 0.7):
            return f"unknown word {found.text}; did you mean {near[0]}?"
    if begins:
        return "a query begins with SELECT, ASK, CONSTRUCT or DESCRIBE, after its prefixes"
    if _type(found) is None:
        hint = (
            f"; a name has a prefix (imr:{found.text}), a variable a question mark, and text stands in quotes"
        )
        return f"unknown word {found.text}{hint if 'IRI' in accepted else f'; expected {_listed(accepted)}'}"
    return None


def _undeclared(query: str, read: list[Token]) -> Fault | None:
    """A name whose prefix is declared nowhere."""
    declared = {read[place + 1].text for place, token in enumerate(read[:-1]) if token.is_keyword("PREFIX")}
    for token in read:
        prefix = f"{token.text.partition(':')[0]}:"
        if token.kind == "name" and prefix not in declared:
            known = _prefixes().get(prefix)
            hint = f"PREFIX {prefix} <{known or '...'}>"
            return _fault_at(
                query, token.start, f"prefix {prefix} is not declared; begin the query with {hint}"
            )
    return None


@cache
def _prefixes() -> dict[str, str]:
    """The prefixes that the ontology declares."""
    said = turtle.statements(iri.rebased(resources.text("ontology", "imr.ttl")))
    shacl = "http://www.w3.org/ns/shacl#"
    nodes = [node for node in said.values() if node[f"{shacl}prefix"]]
    return {f"{node[f'{shacl}prefix'][0]}:": node[f"{shacl}namespace"][0] for node in nodes}


class _Given(Lexer):
    """The tokens are cut before Lark sees them."""

    def __init__(self, _: object) -> None:
        pass

    def lex(self, state: LexerState, parser_state: object) -> Iterator[lark.Token]:
        """No tokens: they are fed one by one."""
        del state, parser_state
        return iter(())


@cache
def _grammar() -> lark.Lark:
    return lark.Lark(resources.text("grammar", "sparql.lark"), start="query", parser="lalr", lexer=_Given)


@cache
def _marks() -> dict[str, str]:
    """The names that Lark gives to punctuation, by what is printed."""
    named = [terminal for terminal in _grammar().terminals if terminal.name not in _named()]
    return {terminal.pattern.value: terminal.name for terminal in named}


@cache
def _named() -> dict[str, list[str]]:
    """The words that a terminal stands for: functions and aggregates."""
    found = (terminal for terminal in _grammar().terminals if terminal.name in ("FUNCTION", "AGGREGATE"))
    return {terminal.name: re.findall(r"\w+", terminal.pattern.to_regexp()) for terminal in found}


@cache
def _words() -> dict[str, str]:
    """The terminal that a word in capitals is: a keyword is one by itself."""
    names = {symbol.name for rule in _grammar().rules for symbol in rule.expansion if symbol.is_term}
    keywords = names - {*_TYPES.values(), *_marks().values(), *_named()}
    return {word: word for word in keywords} | {w: kind for kind, words in _named().items() for w in words}


def _type(token: Token) -> str | None:
    """The terminal of the grammar that a token is; ``None`` for a word or character that SPARQL has not."""
    if token.kind != "word":
        return _TYPES.get(token.kind) or _marks().get(token.text)
    word = token.text.upper()
    return None if token.text == "A" else _words().get(word)


def _accepted(parser: InteractiveParser) -> set[str]:
    """What could stand here: kinds of terms by their names, keywords and punctuation as printed."""
    printed = {name: text for text, name in _marks().items()}
    found = parser.accepts()  # type: ignore[no-untyped-call]
    return {printed.get(name, name) for name in found} - {"$END"}


def _listed(accepted: set[str]) -> str:
    """What could stand in a place, in words.

    >>> _listed({"}", ".", "VARIABLE", "IRI", "NAME"})
    "'.', '}', a variable or an IRI or prefixed name"
    """
    left, said = set(accepted), []
    for wanted, members, name in _GROUPS:
        if left.issuperset(wanted.split()):
            left.difference_update(members.split())
            said.append(name)
    marks = [f"'{text}'" for text in sorted(left & set(_ORDER), key=_ORDER.index)]
    others = sorted(text for text in left if text not in _ORDER and text.isalpha())
    listed = [*marks, *said, *others]
    if not 0 < len(listed) <= _FEW:
        listed = [*listed[:_FEW], "another keyword"] if listed else ["the end"]
    *some, last = listed
    return f"{', '.join(some)} or {last}" if some else last


def _open(read: Sequence[Token]) -> Token | None:
    """The innermost bracket that is not closed."""
    stack: list[Token] = []
    for token in read:
        if token.kind == "open":
            stack.append(token)
        elif token.kind == "close" and stack:
            stack.pop()
    return stack[-1] if stack else None


def _place(query: str, start: int) -> tuple[int, int]:
    r"""Line and column of a character, from 1.

    >>> _place("ASK\n{ }", 4)
    (2, 1)
    """
    before = query[:start]
    return before.count("\n") + 1, start - (before.rfind("\n") + 1) + 1


def _at(line: int, column: int | None) -> str:
    return f"line {line}, column {column}"


def _fault_at(query: str, start: int, message: str) -> Fault:
    return Fault(message, *_place(query, start))
