"""What is looked at in a visitor's query before a worker sees it.

The engine overflows its stack on some thousand nested or chained operators, and fetches what
``SERVICE`` names. The workers would survive both (they are replaced, and cannot open a
socket); a refusal up front is cheaper and says what to change.
"""

import re

from kg.errors import QueryError

MAX_DEPTH = 128
MAX_OPERATORS = 2_000

# Possessive quantifiers and one alternative per first character: linear on any text.
_TOKEN = re.compile(
    r"""
    (?P<skip>\#[^\n\r]*+ | <[^<>"{}|^`\\\x00-\x20]*+>)
  | (?P<string>\"{3}(?:[^"\\]|\\.|"(?!""))*+\"{3} | '{3}(?:[^'\\]|\\.|'(?!''))*+'{3}
      | "(?:[^"\\\n\r]|\\.)*+" | '(?:[^'\\\n\r]|\\.)*+')
  | (?P<name>[?$@][\w-]*+)
  | (?P<word>[\w][\w.-]*+(?P<local>:[\w.:%\\-]*+)?+)
  | (?P<prefix>:[\w.:%\\-]*+)
  | (?P<open>[({\[])
  | (?P<close>[)}\]])
  | (?P<operator>&&|\|\||[-+*/|^!=<>.;,])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_KEYWORD = re.compile(
    r"(?<![a-z_])(optional|union|minus|filter|bind|graph|exists|select|in)(?![a-z_\d])", re.IGNORECASE
)
_SERVICE = re.compile(r"(?<![a-z_])service(?![a-z_\d])", re.IGNORECASE)


def check(query: str) -> None:
    """Refuse a query that the engine should not be asked.

    >>> check("SELECT * { ?s ?p 'SERVICE <http://a>' } # SERVICE")
    >>> check("ASK { SERVICE <http://a.example/> { ?s ?p ?o } }")
    Traceback (most recent call last):
    kg.errors.QueryError: SERVICE at character 6: this server asks no other server

    Raises:
        QueryError: it names a ``SERVICE``, nests brackets deeper than :data:`MAX_DEPTH`, or
            has more than :data:`MAX_OPERATORS` operators.
    """
    text = _unescaped(query)
    depth = operators = 0
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        if kind == "open":
            depth += 1
            operators += token.group() == "{"
            if depth > MAX_DEPTH:
                raise QueryError(f"brackets nest deeper than {MAX_DEPTH} at character {token.start()}")
        elif kind == "close":
            depth -= 1
        elif kind == "operator":
            operators += 1
        elif kind == "word":
            service = _SERVICE.search(token.group())
            if service:
                place = token.start() + service.start()
                raise QueryError(f"SERVICE at character {place}: this server asks no other server")
            operators += bool(_KEYWORD.search(token.group()))
        if operators > MAX_OPERATORS:
            raise QueryError(f"more than {MAX_OPERATORS} operators at character {token.start()}")


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
            raise QueryError(f"{escape[0]} at character {escape.start()} is no character")
        return chr(point)

    return _ESCAPE.sub(character, query)
