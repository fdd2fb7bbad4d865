"""SPARQL 1.1 as its grammar cuts it into tokens (https://www.w3.org/TR/sparql11-query/#sparqlGrammar).

A keyword is a bare word: ``service`` in ``imr:service``, ``?service``, ``<http://a/service>``, a string
or a comment is part of that token. All that looks at a query's text looks at these tokens.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

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
