"""Read citations from outside the MTUS: ODG chapters and topics, later ACOEM editions, others as printed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lark import Tree

from kg.model import Citation, PageRange, Section, Span
from kg.reading.catalogue import guidelines
from kg.reading.grammars import Lexeme, TypedGrammar, parts
from kg.reading.pages import read_pages
from kg.reading.wording import fold, tidy

_ACOEM = frozenset({"ACOEM", "ACOEM_2ND"})
_LATER_EDITIONS = ("3rd ed", "third ed", "3rd. ed", "v.3", "mdguidelines")
_NOT_TITLE = frozenset(" \t\r\n\f.,;:-–/")
_PREPOSITIONS = frozenset({"of", "for", "in", "to", "and", "the", "with", "from", "chronic", "acute"})
_CLOSING = (" topic", " topics", " section", " chapter", " and", " the", " and the")


class _Element(NamedTuple):
    """A part of the field: its kind and its first and last token."""

    kind: str
    first: int
    last: int


def _elements(tree: Tree[Any]) -> list[_Element]:
    return [_Element(name, tokens[0][1], tokens[-1][1]) for name, tokens in parts(tree)]


OTHER = TypedGrammar(
    "other.lark",
    _elements,
    words={"ODG": guidelines().odg_names(), "NAME": guidelines().odg_pattern()},
    anchors=(r"\b", r"\("),
)


@dataclass(slots=True)
class _Group:
    """ODG chapters that share topics, as they are read."""

    chapters: list[tuple[str, Span]] = field(default_factory=list)
    topics: list[Span] = field(default_factory=list)
    start: int = 0
    end: int = 0


def read_others(text: str, start: int, end: int) -> Iterator[Citation]:
    """Read the sources in ``text[start:end]``, each ODG chapter a citation of its own.

    >>> [(c.chapter, c.sections[0].title) for c in read_others("ODG, hip imaging", 0, 16)]
    [('Hip & Pelvis', 'imaging')]
    """
    elements, tokens = OTHER.read(text, start, end)
    n = 0
    while n < len(elements):
        kind = elements[n].kind
        if kind == "ODG" or (kind == "chapter" and _leads(elements, n)):
            stop = _odg_end(elements, n)
            yield from _odg(text, elements[n:stop], tokens)
        elif kind in ("ALSO", "COMMA", "AND", "AMPERSAND", "COLON", "DASH"):
            stop = n + 1
        else:
            stop = _source_end(elements, n)
            yield from _source(text, elements[n:stop], tokens)
        n = stop


def _leads(elements: list[_Element], n: int) -> bool:
    """Whether the source left out before a chapter's name is the ODG: no other source was begun."""
    return all(e.kind in ("COMMA", "AND", "AMPERSAND", "DASH", "COLON", "ALSO") for e in elements[:n])


def _odg_end(elements: list[_Element], n: int) -> int:
    """Where the next source begins."""
    stops = ("ALSO", "URL", *_ACOEM)
    said = elements[n].kind != "ODG"
    for i in range(n + 1, len(elements)):
        kind = elements[i].kind
        if kind in stops or (kind == "ODG" and said):
            return i
        said = said or kind in ("chapter", "named", "topic", "BRACKETS")
    return len(elements)


def _odg(text: str, elements: list[_Element], tokens: list[Lexeme]) -> Iterator[Citation]:
    groups = [_Group(start=tokens[elements[0].first].start, end=tokens[elements[0].last].end)]
    before = ""
    for kind, first, last in elements:
        group = groups[-1]
        span = _title_span(text, tokens[first].start, tokens[last].end)
        if kind == "chapter" or (kind == "named" and not group.chapters and not group.topics):
            name = _chapter(text, tokens[first])
            if group.topics and group.chapters:
                group = _Group(start=tokens[first].start)
                groups.append(group)
            group.chapters.append((name, Span(tokens[first].start, tokens[first].end)))
            if kind == "named":
                group.topics.append(_title_span(text, tokens[first + 1].start, tokens[last].end))
        elif kind in ("named", "topic"):
            if before == "COMMA" and group.topics and _continues(text, group.topics[-1], span):
                group.topics[-1] = Span(group.topics[-1].start, span.end)
            else:
                group.topics.append(span)
        elif kind == "BRACKETS":
            group.topics.append(_title_span(text, span.start + 1, tokens[last].end - 1))
        if kind in ("chapter", "named", "topic", "BRACKETS", "ODG"):
            group.end = max(group.end, span.end)
        before = kind
    if not groups[0].chapters and (n := _last_topic(elements)) is not None:
        _name_last(text, groups[0], tokens[elements[n].first : elements[n].last + 1])
    for group in groups:
        yield from _odg_citations(text, group)


def _last_topic(elements: list[_Element]) -> int | None:
    return next((n for n in reversed(range(len(elements))) if elements[n].kind == "topic"), None)


def _name_last(text: str, group: _Group, tokens: list[Lexeme]) -> None:
    """Take the chapter from a topic that ends with its name (`MRI shoulder`), where none is named."""
    name, words = tokens[-1], tokens[-2] if len(tokens) > 1 else None
    if name.type != "NAME" or words is None or words.type not in ("TEXT", "BRACKETS"):
        return
    topic = _title_span(text, tokens[0].start, words.end)
    if text[topic.start : topic.end].rpartition(" ")[2].lower() in _PREPOSITIONS:
        return
    if guidelines().section(text[topic.start : name.end], "chronic-pain", None, None):
        return
    group.chapters.append((_chapter(text, name), Span(name.start, name.end)))
    group.topics[-1] = topic


def _continues(text: str, topic: Span, more: Span) -> bool:
    """Whether a piece after a comma is the same topic: the catalogue joins the two, or it is no title."""
    catalogue = guidelines()
    joined = text[topic.start : more.end]
    if catalogue.section(joined, "chronic-pain", None, None):
        return True
    return text[more.start].islower() and not catalogue.section(more.of(text), "chronic-pain", None, None)


def _chapter(text: str, token: Lexeme) -> str:
    return guidelines().odg_chapters[fold(text[token.start : token.end])]


def _odg_citations(text: str, group: _Group) -> Iterator[Citation]:
    sections = tuple(
        Section(tidy(span.of(text)), None, span) for span in group.topics if span.start < span.end
    )
    span = Span(group.start, max(group.end, group.start))
    names = list(dict.fromkeys(name for name, _ in group.chapters))
    chapters: list[str | None] = [*names] or [None]
    for name in chapters:
        yield Citation(False, "odg", None, name, sections, (), None, span)


def _source_end(elements: list[_Element], n: int) -> int:
    """Where a source as printed ends: at the next source, or after its web address or date of access."""
    seen_url = elements[n].kind == "URL"
    for i in range(n + 1, len(elements)):
        kind = elements[i].kind
        if kind in ("ODG", "ALSO") or (kind == "URL" and seen_url) or kind == "ACOEM_2ND":
            return i
        if elements[i - 1].kind == "ACCESSED" and kind == "COMMA":
            return i
        seen_url = seen_url or kind == "URL"
    return len(elements)


def _source(text: str, elements: list[_Element], tokens: list[Lexeme]) -> Iterator[Citation]:
    span = _title_span(text, tokens[elements[0].first].start, tokens[elements[-1].last].end)
    title = tidy(span.of(text))
    if not title or not any(c.isalnum() for c in title):
        return
    kinds = {e.kind for e in elements}
    pages = _pages(text, elements, tokens)
    if elements[0].kind == "ACOEM_2ND":
        chapter = guidelines().chapter_of_page(range(1, 17), pages[0].first) if pages else None
        yield Citation(False, "acoem-2004", None, chapter, (), pages, None, span)
    elif "ACOEM" in kinds:
        guideline = "acoem-3rd" if _is_later_acoem(title) else "other"
        yield Citation(False, guideline, None, None, (), pages, title, span)
    else:
        yield Citation(False, "other", None, None, (), (), title, span)


def _pages(text: str, elements: list[_Element], tokens: list[Lexeme]) -> tuple[PageRange, ...]:
    found: list[PageRange] = []
    for element in elements:
        for token in tokens[element.first : element.last + 1]:
            if token.type == "PAGES":
                found += read_pages(text, token.start, token.end)[0]
    return tuple(found)


def _is_later_acoem(title: str) -> bool:
    folded = fold(title)
    return any(mark in folded for mark in _LATER_EDITIONS) or any(
        later in folded for later in guidelines().later_acoem
    )


def _title_span(text: str, start: int, end: int) -> Span:
    """The title without marks around it and without words that name what it is (`Topic`, `section`)."""
    while start < end and text[start] in _NOT_TITLE:
        start += 1
    while start < end:
        if text[end - 1] in _NOT_TITLE:
            end -= 1
        elif closing := next((c for c in _CLOSING if text[start:end].lower().endswith(c)), None):
            end -= len(closing)
        else:
            break
    return Span(start, end)
