"""What is looked at in a visitor's query before a worker sees it.

The engine overflows its stack on some thousand nested or chained operators, and fetches what
``SERVICE`` names. The workers would survive both (they are replaced, and cannot open a
socket); a refusal up front is cheaper and says what to change.
"""

import re

from kg.errors import QueryError
from kg.graph.sparql import Token, tokens

MAX_DEPTH = 128
MAX_OPERATORS = 2_000

_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_TERMS = ("A", "TRUE", "FALSE", "UNDEF")
"""Keywords that stand for a term: as many as there are triples, and no operators."""
_GLUED = re.compile(r"SERVICE(?:SILENT)?(.*)", re.IGNORECASE)


def check(query: str) -> None:
    """Refuse a query that the engine should not be asked.

    >>> check("SELECT * { ?service imr:service 'SERVICE <http://a>' } # SERVICE")
    >>> check("ASK { SERVICE <http://a.example/> { ?s ?p ?o } }")
    Traceback (most recent call last):
    kg.errors.QueryError: SERVICE at character 6: SERVICE (federated query) is not allowed

    Raises:
        QueryError: it asks a ``SERVICE``, nests brackets deeper than :data:`MAX_DEPTH`, or
            has more than :data:`MAX_OPERATORS` operators.
    """
    _check(query)
    # The standard resolves escapes first (19.2), the engine within strings and IRIs only: both are judged.
    if (resolved := _unescaped(query)) != query:
        _check(resolved)


def _check(text: str) -> None:
    depth = operators = 0
    last = Token("start", "", 0)
    prefixes: set[str] = set()
    for token in tokens(text):
        kind = token.kind
        if kind == "open":
            if token.text == "{" and _glued(last, prefixes):
                raise _service(last)
            depth += 1
            operators += token.text == "{"
            if depth > MAX_DEPTH:
                raise QueryError(f"brackets nest deeper than {MAX_DEPTH} at character {token.start}")
        elif kind == "close":
            depth -= 1
        elif kind == "operator":
            operators += 1
        elif kind == "word":
            if "SERVICE" in token.text.upper():
                raise _service(token)
            operators += not token.is_keyword(*_TERMS)
        if operators > MAX_OPERATORS:
            raise QueryError(f"more than {MAX_OPERATORS} operators at character {token.start}")
        if last.is_keyword("PREFIX"):
            prefixes.add(token.text.rstrip(":"))
        last = token


def _glued(token: Token, prefixes: set[str]) -> bool:
    """Whether the engine, which wants no space after a keyword, reads a name as ``SERVICE`` and a name.

    >>> _glued(Token("name", "SERVICEimr:x", 0), {"imr"}), _glued(Token("name", "service:x", 0), {"imr"})
    (True, False)
    """
    found = _GLUED.search(token.text.partition(":")[0]) if token.kind == "name" else None
    return found is not None and found[1] in prefixes


def _service(token: Token) -> QueryError:
    place = token.start + token.text.upper().index("SERVICE")
    return QueryError(f"SERVICE at character {place}: SERVICE (federated query) is not allowed")


def _unescaped(query: str) -> str:
    r"""The query with its code point escapes resolved (SPARQL 1.1, 19.2).

    >>> _unescaped(r"\u0053ERVICE")
    'SERVICE'
    """
    if "\\u" not in query and "\\U" not in query:
        return query

    def character(escape: re.Match[str]) -> str:
        point = int(escape[1] or escape[2], 16)
        if point > 0x10FFFF or 0xD800 <= point < 0xE000:
            raise QueryError(f"{escape[0]} at character {escape.start()} is not a character")
        return chr(point)

    return _ESCAPE.sub(character, query)
