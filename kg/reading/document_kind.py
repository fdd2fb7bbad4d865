"""What kind of document a letter is: a determination, an amended one, or the end of a review without one."""

from typing import Any, NamedTuple

from lark import Tree

from kg.model import DocumentKind, Span
from kg.reading.text.grammars import TypedGrammar, parts

_KINDS = {
    "AMENDED": DocumentKind.AMENDED,
    "TERMINATION": DocumentKind.TERMINATION,
    "WITHDRAWAL": DocumentKind.WITHDRAWAL,
    "DISMISSAL": DocumentKind.DISMISSAL,
}
_MARKS = (
    *("mend", "MEND", "orrect", "ORRECT", "evis", "EVIS", "ithdraw", "ITHDRAW"),
    *("ismiss", "ISMISS", "eplaces", "EPLACES", "upersede", "UPERSEDE"),
)
_IN_ALL = (("ermina", "etermina"), ("ERMINA", "ETERMINA"))
"""One of these stands in every word of the grammar: a search for them spares most letters the scan.

Every letter has determinations, which are no terminations.
"""


class Told(NamedTuple):
    """A kind and where the letter says so; ``None`` where it says nothing, as a determination does."""

    kind: DocumentKind
    span: Span | None


def _types(tree: Tree[Any]) -> list[tuple[str, int]]:
    return [part.tokens[0] for part in parts(tree)]


KIND = TypedGrammar("kind.lark", _types, edge=r"\b")


def document_kind(text: str, end: int, *, decides: bool) -> Told:
    """The kind that ``text[:end]`` tells; a letter that ``decides`` items is no end of a review.

    >>> document_kind("AMENDED FINAL DETERMINATION", 27, decides=True).kind.value
    'amended-determination'
    >>> document_kind("Notice of Withdrawal", 20, decides=False).kind.value
    'withdrawal'
    """
    marked = any(text.find(mark, 0, end) >= 0 for mark in _MARKS) or any(
        text.count(mark, 0, end) > text.count(in_all, 0, end) for mark, in_all in _IN_ALL
    )
    if not marked:
        return Told(DocumentKind.DETERMINATION, None)
    plan, tokens = KIND.read(text, 0, end)
    for type_, at in plan:
        if (type_ == "AMENDED") is decides:
            return Told(_KINDS[type_], Span(tokens[at].start, tokens[at].end))
    return Told(DocumentKind.DETERMINATION, None)
