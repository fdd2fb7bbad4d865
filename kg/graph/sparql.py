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
_PREFIX = rf"(?:[^\W\d_](?:{_CHARS}|\.+(?={_CHARS}))*+)?"

# Possessive quantifiers and one alternative per first character: linear on any text.
_TOKEN = re.compile(
    rf"""
    (?P<space>[ \t\r\n]++)
  | (?P<comment>\#[^\n\r]*+)
  | (?P<iri><[^<>"{{}}|^`\\\x00-\x20]*+>)
  | (?P<string>\"{{3}}(?:[^"\\]|\\.|"(?!""))*+\"{{3}} | '{{3}}(?:[^'\\]|\\.|'(?!''))*+'{{3}}
      | "(?:[^"\\\n\r]|\\.)*+" | '(?:[^'\\\n\r]|\\.)*+')
  | (?P<variable>[?$]\w++)
  | (?P<blank>_:\w(?:{_CHARS}|\.+(?={_CHARS}))*+)
  | (?P<name>{_PREFIX}:{_LOCAL}?+)
  | (?P<number>(?:\d++\.?\d*+|\.\d++)(?:[eE][+-]?\d++)?+)
  | (?P<language>@[A-Za-z]++(?:-[A-Za-z0-9]++)*+)
  | (?P<word>[^\W\d]\w*+)
  | (?P<open>[({{\[])
  | (?P<close>[)}}\]])
  | (?P<operator>\^\^|&&|\|\||!=|<=|>=|[-+*/|^!=<>.;,?])
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)


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
    for found in _TOKEN.finditer(query):
        kind = found.lastgroup or "other"
        if kind not in {"space", "comment"}:
            yield Token(kind, found.group(), found.start())


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
