"""What kind of document a letter is: a determination, an amended one, or the end of a review without one."""

import re
from typing import Any, NamedTuple

from lark import Tree

from kg.model import DocumentKind, Span
from kg.reading.text.grammars import TypedGrammar, parts

_KINDS = {
    "AMENDED": DocumentKind.AMENDED,
    "RETITLED": DocumentKind.AMENDED,
    "STAMP": DocumentKind.AMENDED,
    "TERMINATION": DocumentKind.TERMINATION,
    "WITHDRAWAL": DocumentKind.WITHDRAWAL,
    "DISMISSAL": DocumentKind.DISMISSAL,
    "CLOSED": DocumentKind.TERMINATION,
}
_MARKS = (
    *("mended", "MENDED", "mendment", "MENDMENT", "orrect", "ORRECT", "evis", "EVIS", "issue", "ISSUE"),
    *("eplace", "EPLACE", "upersed", "UPERSED", "ddendum", "DDENDUM", "pdated", "PDATED", "mends", "odified"),
    *("MODIFIED", "rrat", "RRAT", "isregard", "akes the place"),
)
"""One of these stands in every amendment: a search for them spares most letters the scan."""
# Brackets and dashes around a word of a title are as wide as blanks, and no part of a line's beginning.
_AS_BLANKS = str.maketrans(dict.fromkeys('()[]{}:,-\u2013\u2014*\u2022"\u201c\u201d', " "))
_BEFORE_LINE = re.compile(r"^[^\w\n]+", re.MULTILINE)


class Told(NamedTuple):
    """A kind and where the letter says so; ``None`` where it says nothing, as a determination does."""

    kind: DocumentKind
    span: Span | None


def _types(tree: Tree[Any]) -> list[tuple[str, int]]:
    return [part.tokens[0] for part in parts(tree)]


KIND = TypedGrammar("kind.lark", _types, edge=r"\b")


def document_kind(text: str, end: int, *, decides: bool) -> Told:
    """The kind that ``text[:end]`` tells; a letter that ``decides`` items is no end of a review.

    >>> document_kind("Final Determination (AMENDED)", 29, decides=True).kind.value
    'amended-determination'
    >>> document_kind("Case Closed - Withdrawn", 23, decides=False).kind.value
    'withdrawal'
    """
    if decides and not any(text.find(mark, 0, end) >= 0 for mark in _MARKS):
        return Told(DocumentKind.DETERMINATION, None)
    plain = _BEFORE_LINE.sub(lambda blanks: "\n" * len(blanks[0]), text[:end]).translate(_AS_BLANKS)
    plan, tokens = KIND.read(plain, 0, end)
    said = [
        (type_, at)
        for type_, at in plan
        if type_ in _KINDS and (_KINDS[type_] is DocumentKind.AMENDED) is decides
    ]
    for type_, at in sorted(said, key=lambda each: each[0] == "CLOSED"):
        return Told(_KINDS[type_], Span(tokens[at].start, tokens[at].end))
    return Told(DocumentKind.DETERMINATION, None)
