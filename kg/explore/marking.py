"""A letter's text cut at every mark, so that a page can show what was read by its kind."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from markupsafe import Markup

from kg.analysis.reasons.stock_sentences import Repeated
from kg.evidence import Kind, Mark, marks
from kg.model import Determination

_QUIET = {Kind.RATIONALE}
"""Kinds that hold whole paragraphs: they are places to go to, and are not tinted."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text under the same marks: the innermost gives the tint, ``anchors`` begin here."""

    text: str
    kind: str | None
    node: str | None
    value: str
    anchors: tuple[str, ...]
    others: int = 0
    """How many other letters have the sentence that this is part of, word for word."""

    @property
    def card(self) -> str | None:
        """The decision card that tells about it: ``item-2`` for ``item/2/drug``."""
        parts = (self.node or "").split("/")
        return f"item-{parts[1]}" if parts[0] == "item" and len(parts) > 1 else None


def anchor(node: str) -> str:
    """The id of a node's place in the letter.

    >>> anchor("item/1/reviewer/citation/2")
    'm-item-1-reviewer-citation-2'
    """
    return "m-" + node.replace("/", "-").replace(".", "-")


def pieces(determination: Determination, text: str, repeated: Sequence[Repeated] = ()) -> Iterator[Piece]:
    """The whole text, in order, in pieces; joined they give it back.

    ``repeated`` are sentences, in order, with how many other letters have each.
    """
    found = [mark for mark in marks(determination) if mark.span.start < mark.span.end]
    stock = [each for each in repeated if each.others]
    cuts = {0, len(text), *(at for mark in found for at in (mark.span.start, mark.span.end))}
    cuts |= {at for each in stock for at in (each.start, each.end)}
    others = {at: each.others for each in stock for at in range(each.start, each.end) if at in cuts}
    waiting, tints = 0, list[Mark]()
    for start, end in pairwise(sorted(cuts)):
        tints = [mark for mark in tints if mark.span.end > start]
        begun: list[str] = []
        while waiting < len(found) and found[waiting].span.start == start:
            mark = found[waiting]
            begun.append(anchor(mark.node))
            if mark.kind not in _QUIET and not _is_field(mark):
                tints.append(mark)
            waiting += 1
        inner = min(tints, key=_length) if tints else None
        yield Piece(
            text[start:end],
            inner.kind.value.replace(" ", "-") if inner else None,
            inner.node if inner else None,
            inner.value if inner else "",
            tuple(dict.fromkeys(begun)),
            others.get(start, 0),
        )


def _length(mark: Mark) -> int:
    return mark.span.end - mark.span.start


def _is_field(mark: Mark) -> bool:
    """Whether a mark is a party's whole field, which its citations fill."""
    return mark.kind is Kind.CITATION and "/citation/" not in mark.node


def html(found: Iterable[Piece]) -> Markup:
    """The pieces as HTML: anchors where marks begin, a link to its decision's card where one is told of.

    >>> str(html([Piece("MRI <1>", "item", "item/2", "MRI", ())]))
    '<a class="m k-item" title="item: MRI" href="#item-2">MRI &lt;1&gt;</a>'
    """
    parts: list[str] = []
    for piece in found:
        parts += (f'<span id="{escape(name)}" class="anchor"></span>' for name in piece.anchors)
        text = escape(piece.text)
        if piece.others:
            letters = "1 other letter" if piece.others == 1 else f"{piece.others:,} other letters"
            text = f'<span class="stock" title="word for word in {letters}">{text}</span>'
        if piece.kind is None:
            parts.append(text)
            continue
        title = f' title="{piece.kind}: {escape(piece.value)}"' if piece.value else ""
        if piece.card:
            parts.append(f'<a class="m k-{piece.kind}"{title} href="#{piece.card}">{text}</a>')
        else:
            parts.append(f'<span class="m k-{piece.kind}"{title}>{text}</span>')
    return Markup("".join(parts))  # noqa: S704 - each part was escaped
