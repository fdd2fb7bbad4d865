"""Regular expressions of many labels at once, for the words that a grammar declares."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

MONTH = (
    r"(?:[Jj]an(?:uary)?|[Ff]eb(?:ruary)?|[Mm]ar(?:ch)?|[Aa]pr(?:il)?|[Mm]ay|[Jj]une?|[Jj]uly?|[Aa]ug(?:ust)?"
    r"|[Ss]ept?(?:ember)?|[Oo]ct(?:ober)?|[Nn]ov(?:ember)?|[Dd]ec(?:ember)?)\.?"
)
"""A month's name or short form."""
YEAR = rf"(?:{MONTH}\s+(?:\d{{1,2}},?\s+)?|\d{{1,2}}\/(?:\d{{1,2}}\/)?)?(?:19|20)\d\d\b(?:-\d\d-\d\d\b)?"
"""The year of an edition, or its date, whose year counts."""


def as_pattern(labels: Iterable[str], only_before: Mapping[str, str] | None = None) -> str:
    r"""A regular expression of folded labels, the longest at a place, that allows for wraps and case.

    It is a trie of characters, so that a place where no label begins is left at once. ``only_before``
    gives, for a label, what has to follow it.

    >>> as_pattern(["low back", "low"])
    '[lL][oO][wW](?:\\s+[bB][aA][cC][kK]|)'
    """
    root: dict[str, Any] = {}
    for label in labels:
        node = root
        for symbol in _SYMBOLS.findall(label):
            node = node.setdefault(_symbol_pattern(symbol), {})
        node[""] = f"(?={only_before[label]})" if only_before and label in only_before else ""
    return _trie_pattern(root)


_SYMBOLS = re.compile(r",?\s+and\s+|\s+|.", re.DOTALL)


def _symbol_pattern(symbol: str) -> str:
    if symbol.endswith("and "):
        return r",?\s+(?:and|&)\s+"
    if symbol.isspace():
        return r"\s+"
    if symbol.isalpha() and symbol.lower() != symbol.upper():
        return f"[{symbol}{symbol.upper()}]"
    return {"-": r"-\s*", "'": "['’]", "/": r"\/"}.get(symbol) or re.escape(symbol)


def _trie_pattern(node: dict[str, Any]) -> str:
    longer = [symbol + _trie_pattern(below) for symbol, below in sorted(node.items()) if symbol]
    if "" in node:
        longer.append(node[""])
    return longer[0] if len(longer) == 1 else f"(?:{'|'.join(longer)})"
