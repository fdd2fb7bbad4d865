"""What Oxigraph's parser says of a text that is no SPARQL, in a sentence that a person can use."""

import re

_FAULT = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
_WANTED = re.compile(r'"(?:[^"\\]|\\.)*"|\[[^]]*\]|[A-Za-z][^,"\[\]]*')
_FEW = 6
"""With more things than this that could stand in a place, a list of them helps nobody."""


def explained(fault: str) -> str:
    r"""The fault without the classes of characters with which the text could go on.

    >>> explained("error at 1:30: expected one of HAVING, OFFSET")
    'line 1, column 30: expected HAVING or OFFSET'
    >>> explained("error at 1:23: expected one of Prefix not found, ['%'], [':']")
    'line 1, column 23: prefix not found'
    >>> explained('error at 2:4: expected one of "!", "a", "^", "<", ":", "?", "$"')
    'line 2, column 4: the query cannot go on like this, or ends too early'
    >>> explained("error at 1:10: expected CONSTRUCT")
    'a query begins with SELECT, ASK, CONSTRUCT or DESCRIBE, after its prefixes'
    """
    if not (found := _FAULT.fullmatch(fault)):
        return fault
    place = f"line {found[1]}, column {found[2]}"
    wanted = [text.strip() for text in _WANTED.findall(found[3]) if not text.startswith("[")]
    told = [text for text in wanted if not text.startswith('"') and " " in text]
    if told:
        return f"{place}: {told[0][:1].lower()}{told[0][1:]}"
    if wanted == ["CONSTRUCT"]:
        return "a query begins with SELECT, ASK, CONSTRUCT or DESCRIBE, after its prefixes"
    if not 0 < len(wanted) <= _FEW:
        return f"{place}: the query cannot go on like this, or ends too early"
    *some, last = wanted
    return f"{place}: expected {', '.join(some)}{' or ' if some else ''}{last}"
