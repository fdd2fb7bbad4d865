"""Read citations from outside the MTUS: the ODG, later ACOEM editions, others as printed."""

import re
from collections.abc import Iterator

from kg.model import Citation, PageRange
from kg.reading.citing.elements import OTHER, Element
from kg.reading.citing.odg import read_odg
from kg.reading.citing.pages import read_pages
from kg.reading.citing.title_span import title_span
from kg.reading.text.folding import tidy
from kg.reading.text.grammars import Lexeme
from kg.reading.vocabulary.catalogue import fold, guidelines

_ACOEM = frozenset({"ACOEM", "ACOEM_2ND"})
_LATER_EDITIONS = ("3rd ed", "third ed", "3rd. ed", "v.3", "mdguidelines", "acoempracguides")
# Chapter 4 was not adopted in the MTUS, 6 was replaced, and 7 is cited outside it.
_MTUS_CHAPTERS = frozenset({1, 2, 3, 5, *range(8, 17)})
# The year from which a guideline of ACOEM is no more its second edition's.
_LATER_YEAR = re.compile(r"\b20(?:0[89]|1\d|2\d)\b")
_SECOND_EDITION = re.compile(r"\b(?:2nd|second) ed")
# The pages of a paper: `2018;22(3):1-165`
_IN_VOLUME = re.compile(r";\s*\d+\s*(?:\([^()]*\)\s*)?:\s*(?P<pages>\d+(?:\s*[-–]\s*\d+)?)(?!\w)")
_SEPARATORS = frozenset({"ALSO", "BESIDE", "COMMA", "AND", "AMPERSAND", "COLON", "DASH"})


def read_others(text: str, start: int, end: int) -> Iterator[Citation]:
    """Read the sources in ``text[start:end]``, each ODG chapter a citation of its own.

    >>> [(c.chapter, c.sections[0].title) for c in read_others("ODG, hip imaging", 0, 16)]
    [('Hip & Pelvis', 'imaging')]
    """
    elements, tokens = OTHER.read(text, start, end)
    n = 0
    while n < len(elements):
        kind = elements[n].kind
        if kind in ("ODG", "ODG_URL") or (kind == "chapter" and _leads(elements, n, tokens)):
            stop = _before_paper(text, elements, n, _odg_end(elements, n), tokens)
            yield from read_odg(text, elements[n:stop], tokens)
        elif kind in _SEPARATORS:
            stop = n + 1
        else:
            stop = _source_end(text, elements, n, tokens)
            yield from _source(text, elements[n:stop], tokens)
        n = stop


def _leads(elements: list[Element], n: int, tokens: list[Lexeme]) -> bool:
    """Whether the source left out before a chapter's name is the ODG: no other source was begun."""
    end = _odg_end(elements, n)
    begins = all(e.kind in _SEPARATORS for e in elements[:n])
    papers = any(e.kind == "AUTHORS" for e in elements[end : end + 1])
    return (
        begins
        and not papers
        and not any(t.type == "LITERATURE" for t in tokens[elements[n].first : elements[end - 1].last])
    )


def _odg_end(elements: list[Element], n: int) -> int:
    """Where the next source begins."""
    stops = ("ALSO", "BESIDE", "URL", "SOURCE", "AUTHORS", *_ACOEM)
    said = elements[n].kind != "ODG"
    for i in range(n + 1, len(elements)):
        kind = elements[i].kind
        if kind in stops or (kind == "ODG" and said):
            return i
        said = said or kind in ("chapter", "named", "topic", "BRACKETS", "SQUARE")
    return len(elements)


def _before_paper(text: str, elements: list[Element], n: int, end: int, tokens: list[Lexeme]) -> int:
    """Where a paper begins after the ODG: after the last semicolon or ``and`` before its volume."""
    for i in range(n + 1, end):
        if _has_volume(text, elements[i : i + 1], tokens):
            begins = [j for j in range(n + 1, i) if _ends_source(text, elements[j], tokens)]
            return begins[-1] if begins else end
    return end


def _has_volume(text: str, elements: list[Element], tokens: list[Lexeme]) -> bool:
    """Whether a volume of a journal (``2018;22``) stands among the elements."""
    return any(
        token.type == "LITERATURE" and text[token.start].isdigit()
        for element in elements
        for token in tokens[element.first : element.last + 1]
    )


def _ends_source(text: str, element: Element, tokens: list[Lexeme]) -> bool:
    return element.kind == "AND" or (element.kind == "COMMA" and text[tokens[element.first].start] == ";")


def _begins_paper(text: str, elements: list[Element], n: int, i: int, tokens: list[Lexeme]) -> bool:
    """Whether a paper begins at element ``i``, after the source that begins at ``n``."""
    if not _ends_source(text, elements[i - 1], tokens) or elements[i].kind in _SEPARATORS:
        return False
    if elements[i].kind == "AUTHORS":
        return True
    ends = (j for j in range(i + 1, len(elements)) if _ends_source(text, elements[j], tokens))
    if not _has_volume(text, elements[i : next(ends, len(elements))], tokens):
        return False
    kinds = {token.type for token in tokens[elements[n].first : elements[i].first]}
    return _has_volume(text, elements[n:i], tokens) or kinds.isdisjoint(("LITERATURE", "AUTHORS"))


def _source_end(text: str, elements: list[Element], n: int, tokens: list[Lexeme]) -> int:
    """Where a source as printed ends: at the next source, or after its web address or date of access."""
    seen_url = elements[n].kind == "URL"
    for i in range(n + 1, len(elements)):
        kind, before = elements[i].kind, elements[i - 1]
        if kind in ("ODG", "ODG_URL", "ALSO", "ACOEM_2ND") or (kind == "URL" and seen_url):
            return i
        if before.kind == "ACCESSED" and kind == "COMMA":
            return i
        if _begins_paper(text, elements, n, i, tokens):
            return i
        if kind == "SOURCE" and before.kind == "COMMA" and text[tokens[before.first].start] == ";":
            return i
        seen_url = seen_url or kind == "URL"
    return len(elements)


def _source(text: str, elements: list[Element], tokens: list[Lexeme]) -> Iterator[Citation]:
    span = title_span(text, tokens[elements[0].first].start, tokens[elements[-1].last].end)
    title = tidy(span.of(text))
    if not title or not any(c.isalnum() for c in title):
        return
    kinds = {e.kind for e in elements}
    pages = _pages(text, elements, tokens)
    if kinds & _ACOEM or "acoempracguides" in title:
        guideline, chapter = _acoem(text, elements, tokens, title, pages)
        printed = None if guideline == "acoem-2004" else title
        yield Citation(False, guideline, None, chapter, (), pages, printed, span)
    else:
        for volume in _IN_VOLUME.finditer(text, span.start, span.end):
            pages += read_pages(text, *volume.span("pages"))[0]
        yield Citation(False, "other", None, None, (), pages, title, span)


def _acoem(
    text: str, elements: list[Element], tokens: list[Lexeme], title: str, pages: tuple[PageRange, ...]
) -> tuple[str, int | None]:
    """Which guideline and chapter of ACOEM a title stands for: the second edition's, or a later one."""
    folded = fold(title)
    if any(mark in folded for mark in _LATER_EDITIONS):
        return "acoem-3rd", None
    number = next((tokens[e.first] for e in elements if e.kind == "NUMBERED"), None)
    chapter = int(number.of(text).split()[-1]) if number else None
    chapter = chapter or guidelines().acoem_chapter(folded)
    if chapter is None and (elements[0].kind == "ACOEM_2ND" or _SECOND_EDITION.search(folded)):
        chapter = guidelines().chapter_of_page(range(1, 17), pages[0].first) if pages else None
        if chapter is None or chapter in _MTUS_CHAPTERS:
            return "acoem-2004", chapter
    if chapter is not None:
        return ("acoem-2004", chapter) if chapter in _MTUS_CHAPTERS else ("other", None)
    if any(later in folded for later in guidelines().later_acoem) or _LATER_YEAR.search(folded):
        return "acoem-3rd", None
    return "other", None


def _pages(text: str, elements: list[Element], tokens: list[Lexeme]) -> tuple[PageRange, ...]:
    found: list[PageRange] = []
    for element in elements:
        for token in tokens[element.first : element.last + 1]:
            if token.type == "PAGES":
                found += read_pages(text, token.start, token.end)[0]
    return tuple(found)
