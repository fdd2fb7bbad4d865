"""The parts of what is cited from outside the MTUS, as ``grammar/other.lark`` has them."""

from typing import Any, NamedTuple

from lark import Tree

from kg.reading.text.grammars import TypedGrammar, parts
from kg.reading.text.patterns import MONTH
from kg.reading.vocabulary.catalogue import guidelines

_DAY = (
    r"\d{1,2}[\/-]\d{1,2}[\/-](?:\d{4}|\d\d)\b|(?:19|20)\d\d-\d\d-\d\d\b"
    rf"|{MONTH}\s+(?:\d{{1,2}},?\s+)?(?:19|20)\d\d\b"
)
# The day or month of an edition, alone or `last updated 3/9/18`, `revised May 2018`.
_DATE = (
    rf"(?:\((?:{_DAY})\)|(?<![\w(-])(?:(?:[Ll]ast\s+)?(?:[Uu]pdated?|[Rr]evi(?:sed|ewed)):?\s+(?:on\s+)?)?(?:{_DAY}))"
    r"(?=\s*(?:[,.;:]|\Z))"
)


class Element(NamedTuple):
    """A part of the field: its kind and its first and last token."""

    kind: str
    first: int
    last: int


def _elements(tree: Tree[Any]) -> list[Element]:
    return [Element(name, tokens[0][1], tokens[-1][1]) for name, tokens in parts(tree)]


OTHER = TypedGrammar(
    "other.lark",
    _elements,
    words=lambda: {
        "ODG.1": guidelines().odg_names(),
        "NAME": guidelines().odg_pattern(),
        "SOURCE": guidelines().source_names(),
        "BESIDE.5": rf"\b(?:and|&)\s+(?:the\s+)?(?={guidelines().source_names()})",
        "DATE.2": _DATE,
    },
    anchors=(r"\b",),
)
