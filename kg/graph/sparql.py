"""SPARQL 1.1 as its grammar cuts it into tokens (https://www.w3.org/TR/sparql11-query/#sparqlGrammar).

A keyword is a bare word: ``service`` in ``imr:service``, ``?service``, ``<http://a/service>``, a string
or a comment is part of that token. All that looks at a query's text looks at these tokens.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from kg.errors import QueryError

RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

# PN_CHARS_U, PN_CHARS and PLX of the grammar; \w is what Python calls a letter, digit or underscore.
_CHARS = r"[\w·‿⁀\u0300-\u036f-]"
_PLX = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%]"
_LOCAL = rf"(?:(?:[\w:]|{_PLX})(?:(?:{_CHARS}|[:]|{_PLX})|\.+(?=(?:{_CHARS}|[:]|{_PLX})))*+)"
_PREFIX = rf"[^\W\d_](?:{_CHARS}|\.+(?={_CHARS}))*+"

# Possessive quantifiers and one alternative per first character; what may begin a name is given.
_GRAMMAR = r"""
    (?P<space>[ \t\r\n]++)
  | (?P<comment>\#[^\n\r]*+)
  | (?P<iri><[^<>"{}|^`\\\x00-\x20]*+>)
  | (?P<string>\"{3}(?:[^"\\]|\\.|"(?!""))*+\"{3} | '{3}(?:[^'\\]|\\.|'(?!''))*+'{3}
      | "(?:[^"\\\n\r]|\\.)*+" | '(?:[^'\\\n\r]|\\.)*+')
  | (?P<variable>[?$]\w++)
  | (?P<blank>_:\w(?:CHARS|\.+(?=CHARS))*+)
  | (?P<name>PREFIX:LOCAL?+)
  | (?P<number>(?:\d++\.?\d*+|\.\d++)(?:[eE][+-]?\d++)?+)
  | (?P<language>@[A-Za-z]++(?:-[A-Za-z0-9]++)*+)
  | (?P<word>[^\W\d]\w*+)
  | (?P<open>[({\[])
  | (?P<close>[)}\]])
  | (?P<operator>\^\^|&&|\|\||!=|<=|>=|[-+*/|^!=<>.;,?])
  | (?P<other>.)
    """


def _reading(prefix: str) -> re.Pattern[str]:
    """The tokens, where a name begins with ``prefix``."""
    text = _GRAMMAR.replace("PREFIX", prefix).replace("LOCAL", _LOCAL).replace("CHARS", _CHARS)
    return re.compile(text, re.VERBOSE | re.DOTALL)


_UNCLOSED = {
    quotes: re.compile(
        rf"{quotes}(?:[^\\]|\\.)*+" if quotes[1:] else rf"{quotes}(?:[^{quotes}\\\n\r]|\\.)*+", re.DOTALL
    )
    for quotes in ('"""', "'''", '"', "'")
}
"""What quotes that nothing closes stand before: for one the rest of its line, for three that of the text."""
_EMPTY = re.compile(r"(?P<string>\"\"|'')")
_OTHER = re.compile(r"(?P<other>.)", re.DOTALL)
_PREFIXED, _BARE, _RUN = _reading(f"(?:{_PREFIX})?"), _reading(""), re.compile(_PREFIX)


class Token(NamedTuple):
    """One token: its kind (a group's name of the pattern above), text and place in the query."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """The place after its last character."""
        return self.start + len(self.text)

    def is_keyword(self, *words: str) -> bool:
        """Whether it is one of some keywords, given in upper case."""
        return self.kind == "word" and self.text.upper() in words


def tokens(query: str) -> Iterator[Token]:
    """The tokens of a query, without white space and comments.

    >>> [(t.kind, t.text) for t in tokens("ASK { ?s imr:service 'a SERVICE' } # SERVICE")][3:5]
    [('name', 'imr:service'), ('string', "'a SERVICE'")]
    >>> [t.text for t in tokens("?s x:a.SERVICE?x{")]
    ['?s', 'x:a.SERVICE', '?x', '{']
    >>> [t.text for t in tokens("?s:p x:b. true.SERVICE<a>")]
    ['?s', ':p', 'x:b', '.', 'true', '.', 'SERVICE', '<a>']
    """
    place = bare = 0
    unclosed = dict.fromkeys(_UNCLOSED, 0)
    while place < len(query):
        begins = next((quotes for quotes in unclosed if query.startswith(quotes, place)), "")
        reading = _BARE if place < bare else _PREFIXED
        if begins and place < unclosed[begins]:
            reading = _EMPTY if len(begins) > 1 else _OTHER
        found = reading.match(query, place)
        assert found is not None  # any character is a token
        kind = found.lastgroup or "other"
        if kind not in {"space", "comment"}:
            yield Token(kind, found.group(), place)
        # What was looked through in vain is not looked through again: words joined by dots are a prefix only
        # before a colon, and quotes that nothing closes leave the escaped ones after them.
        if kind == "word" and place >= bare and (run := _RUN.match(query, place)):
            bare = run.end()
        elif begins and place >= unclosed[begins] and len(found.group()) < 2 * len(begins):
            unclosed[begins] = _UNCLOSED[begins].match(query, place).end()  # type: ignore[union-attr]
        place = found.end()


def named(read: Sequence[Token]) -> dict[int, str]:
    """The IRIs that tokens name, by the tokens' places."""
    prefixes: dict[str, str] = {}
    found: dict[int, str] = {}
    for place, token in enumerate(read):
        if token.kind == "iri":
            found[place] = token.text[1:-1]
            if place > 1 and read[place - 2].is_keyword("PREFIX"):
                prefixes[read[place - 1].text.rstrip(":")] = found[place]
        elif token.kind == "name":
            prefix, _, name = token.text.partition(":")
            if prefix in prefixes:
                found[place] = prefixes[prefix] + name
        elif token.text == "a":
            found[place] = RDF_TYPE
    return found


def graphs(query: str) -> list[str]:
    """What a query names after ``FROM``, ``FROM NAMED`` and ``GRAPH``, with that word.

    >>> graphs("SELECT * FROM <g> FROM NAMED x:h { GRAPH ?h { ?s x:GRAPH ?o } }")
    ['FROM <g>', 'NAMED x:h', 'GRAPH ?h']
    """
    return [
        f"{token.text} {follows.text}"
        for token, follows in pairwise(tokens(query))
        if token.is_keyword("FROM", "GRAPH", "NAMED") and follows.kind in ("iri", "name", "variable")
    ]


def no_such(graph: str) -> str:
    """What is said of a graph that a base does not hold: it is refused, not answered with nothing.

    >>> no_such("GRAPH ?g")
    'GRAPH ?g: there is no such graph; all triples are in the default graph'
    """
    return f"{graph}: there is no such graph; all triples are in the default graph"


def check_graphs(query: str) -> None:
    """Refuse a query of a base, which has a default graph only, that asks another graph.

    Raises:
        QueryError: it does.
    """
    for graph in graphs(query):
        raise QueryError(no_such(graph))
