"""Read citations of the Official Disability Guidelines (ODG): chapters with their topics."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from kg.model import Citation, PageRange, Section, Span
from kg.reading.citing.elements import Element
from kg.reading.citing.pages import read_pages
from kg.reading.citing.title_span import title_span
from kg.reading.text.folding import tidy
from kg.reading.text.grammars import Lexeme
from kg.reading.vocabulary.catalogue import fold, guidelines

_ODG_PAGE = re.compile(r"/(\w+)\.html?\b")
_JOINT = re.compile(r"\s+(?:and|&)\s+")
_PREPOSITIONS = frozenset({"of", "for", "in", "to", "and", "the", "with", "from", "chronic", "acute"})


@dataclass(slots=True)
class _Group:
    """ODG chapters that share topics, as they are read."""

    chapters: list[str] = field(default_factory=list)
    topics: list[Span] = field(default_factory=list)
    pages: list[PageRange] = field(default_factory=list)
    start: int = 0
    end: int = 0
    closed: bool = False
    """Whether its last topic ends with the chapter in brackets."""


def read_odg(text: str, elements: list[Element], tokens: list[Lexeme]) -> Iterator[Citation]:
    """The citations of ``elements``, which begin with the ODG's name or a chapter: one for each chapter."""
    groups = _groups(text, elements, tokens)
    if not groups[0].chapters:
        _late_chapter(text, groups[0], elements, tokens)
    for group in groups:
        yield from _odg_citations(text, group)


def _groups(text: str, elements: list[Element], tokens: list[Lexeme]) -> list[_Group]:
    """The chapters of the ODG with their topics: a chapter after topics begins a new group."""
    groups = [_Group(start=tokens[elements[0].first].start, end=tokens[elements[0].last].end)]
    elements = [
        part for each in _topics_first(text, elements, tokens) for part in _parted(text, each, tokens)
    ]
    before = ""
    for n, element in enumerate(elements):
        if element.kind in _GIVEN or element.kind == "BRACKETED_NOISE":
            if groups[-1].closed:
                groups.append(_Group(start=tokens[element.first].start))
            before = _take(text, groups, elements, n, before, tokens)
        else:
            before = element.kind
    return groups


def _topics_first(text: str, elements: list[Element], tokens: list[Lexeme]) -> Iterator[Element]:
    """The elements, those as topics that begin with a chapter's name and are titles of a later one.

    ``Chronic pain programs (Pain)``; with two names at the beginning: ``Ankle foot orthosis``.
    """
    rest = iter(enumerate(elements))
    for n, each in rest:
        last = each.last
        after = elements[n + 1] if n + 1 < len(elements) else None
        double = (
            after is not None
            and (each.kind, after.kind) == ("chapter", "named")
            and text[tokens[last].end : tokens[after.first].start].isspace()
        )
        if (double or each.kind == "named") and _is_title_of_later(text, elements[n:], tokens):
            if double and after is not None:
                next(rest)
                last = after.last
            yield Element("topic", each.first, last)
        else:
            yield each


def _take(
    text: str, groups: list[_Group], elements: list[Element], n: int, before: str, tokens: list[Lexeme]
) -> str:
    """Take an element into the last group, or into a new one that it begins; the kind that it is taken as."""
    kind, first, last = elements[n]
    group = groups[-1]
    span = title_span(text, tokens[first].start, tokens[last].end)
    if kind == "closed":
        _close(text, group, tokens[first : last + 1])
        return kind
    if kind == "of_chapter":
        _take_whole(text, groups, tokens[first : _without_kind(tokens, first, last) + 1])
        return kind
    if before == "COMMA" and _is_last_half(text, group, tokens[first : last + 1]):
        kind = "of_chapter"
    elif before == "COMMA" and group.topics and _goes_on(text, group, elements[n:], tokens):
        group.topics[-1] = Span(group.topics[-1].start, _told_end(text, tokens[first : last + 1]))
        kind = "topic"
    elif kind == "chapter" or (kind == "named" and not group.chapters and not group.topics):
        group = _begin(text, groups, kind, tokens[first : last + 1])
    elif kind == "named" and _is_double_name(text, group, elements[n - 1], tokens):
        group.chapters.pop()
        group.topics.append(Span(tokens[elements[n - 1].first].start, span.end))
    elif kind in ("named", "topic"):
        group.topics.append(span)
    elif kind in ("BRACKETS", "SQUARE", "BRACKETED_NOISE"):
        _add_bracketed(text, group, kind, span, before)
    elif kind == "PAGES":
        group.pages += read_pages(text, span.start, span.end)[0]
    if kind != "BRACKETED_NOISE":
        group.end = max(group.end, tokens[last].end if kind == "SQUARE" else span.end)
    return kind


def _begin(text: str, groups: list[_Group], kind: str, tokens: list[Lexeme]) -> _Group:
    """Name a chapter, in a group of its own after one with topics, with what stands beside its name."""
    if groups[-1].topics and groups[-1].chapters:
        groups.append(_Group(start=tokens[0].start))
    group = groups[-1]
    group.chapters.append(_chapter(text, tokens[0]))
    if kind == "chapter":
        group.topics += _bracketed_topics(text, group.chapters[-1], tokens[1:])
    else:
        group.topics.append(title_span(text, tokens[1].start, tokens[-1].end))
    return group


def _take_whole(text: str, groups: list[_Group], tokens: list[Lexeme]) -> None:
    """Take a topic with its chapter after a mark, in a group of its own after one with a chapter."""
    if groups[-1].chapters:
        groups.append(_Group(start=tokens[0].start))
    group = groups[-1]
    group.chapters.append(_chapter(text, tokens[-1]))
    group.topics.append(title_span(text, tokens[0].start, tokens[-3].end))
    _join_last(text, group)
    group.end, group.closed = tokens[-1].end, True


def _parted(text: str, element: Element, tokens: list[Lexeme]) -> Iterator[Element]:
    """The topics, each ``closed`` by its chapter in brackets, and a chapter that ``and`` joins to one."""
    kind, first, last = element
    if kind not in ("named", "topic"):
        yield element
        return
    if _ends_with_its_chapter(text, tokens[first : _without_kind(tokens, first, last) + 1]):
        yield Element("of_chapter", first, last)
        return
    for n in range(first + 1, last + 1):
        ends = n == last or tokens[n + 1].type in _JOINING
        if ends and first < n and _bracketed_chapter(text, tokens[n]) is not None:
            yield Element("closed", first, n)
            first = n + 2 if n < last else n + 1
    if first > last:
        return
    joined = last - first > 1 and tokens[last].type == "NAME" and tokens[last - 1].type in _JOINING
    if joined and guidelines().is_topic(text[tokens[first].start : tokens[last - 2].end], None):
        yield Element(kind, first, last - 2)
        yield Element("chapter", last, last)
        return
    opens = "named" if tokens[first].type == "NAME" and first < last else "topic"
    yield Element(kind if first == element.first else opens, first, last)


def _without_kind(tokens: list[Lexeme], first: int, last: int) -> int:
    """The last token before words such as ``Chapter``."""
    while last > first and tokens[last].type == "KIND":
        last -= 1
    return last


def _ends_with_its_chapter(text: str, tokens: list[Lexeme]) -> bool:
    """Whether words are a topic with its chapter after a mark (``Knee brace / Knee & Leg``)."""
    if len(tokens) <= _BEFORE_CHAPTER or tokens[-1].type != "NAME" or tokens[-2].type not in _MARKS:
        return False
    title = title_span(text, tokens[0].start, tokens[-3].end)
    return guidelines().odg_topic(fold(title.of(text)), _chapter(text, tokens[-1])) is not None


def _is_last_half(text: str, group: _Group, tokens: list[Lexeme]) -> bool:
    """Take words that end a title begun before a comma, with the chapter (``opioids, agreement / Pain``)."""
    tokens = tokens[: _without_kind(tokens, 0, len(tokens) - 1) + 1]
    if group.chapters or not group.topics or len(tokens) <= _BEFORE_CHAPTER:
        return False
    if tokens[-1].type != "NAME" or tokens[-2].type not in _MARKS:
        return False
    title = title_span(text, group.topics[-1].start, tokens[-3].end)
    chapter = _chapter(text, tokens[-1])
    if guidelines().odg_topic(fold(title.of(text)), chapter) is None:
        return False
    group.topics[-1], group.closed = title, True
    group.chapters.append(chapter)
    return True


def _is_title_of_later(text: str, elements: list[Element], tokens: list[Lexeme]) -> bool:
    """Whether a title at the first of the elements is a topic of a chapter that is named after it."""
    first = elements[0].first
    for n in range(first + 2, min(elements[-1].last, first + _AS_LONG) + 1):
        if tokens[n].type == "NAME":
            chapter = guidelines().odg_chapters.get(fold(tokens[n].of(text)))
        else:
            chapter = _bracketed_chapter(text, tokens[n])
        end = n - 1 - (tokens[n - 1].type in _PARTING)
        title = title_span(text, tokens[first].start, tokens[max(first, end)].end)
        if chapter and guidelines().odg_topic(fold(title.of(text)), chapter):
            return True
    return False


_MARKS = frozenset({"SLASH", "DASH", "COLON"})
_PARTING = _MARKS | {"COMMA"}
_BEFORE_CHAPTER = 2
_AS_LONG = 10
_JOINING = frozenset({"AND", "AMPERSAND"})
_NOISE = frozenset({"NOISE", "DATE", "BRACKETED_NOISE", "REGION_NOISE"})


def _bracketed_chapter(text: str, token: Lexeme) -> str | None:
    """The chapter that stands in brackets (``(Low Back Chapter)``)."""
    if token.type != "BRACKETS":
        return None
    return guidelines().odg_chapters.get(fold(title_span(text, token.start + 1, token.end - 1).of(text)))


def _close(text: str, group: _Group, tokens: list[Lexeme]) -> None:
    """End a group with a topic and, where none is named before, its chapter in brackets."""
    chapter = _bracketed_chapter(text, tokens[-1])
    assert chapter is not None
    group.end = tokens[-1].end
    if group.chapters:
        group.topics.append(title_span(text, tokens[0].start, tokens[-1].end))
        return
    group.chapters.append(chapter)
    group.topics.append(title_span(text, tokens[0].start, tokens[-2].end))
    _join_last(text, group)
    group.closed = True


def _join_last(text: str, group: _Group) -> None:
    """Take the last topics for one where the chapter, known only now, has a title of them together."""
    for first in range(len(group.topics) - 1):
        whole = Span(group.topics[first].start, group.topics[-1].end)
        if guidelines().odg_topic(fold(whole.of(text)), group.chapters[-1]):
            group.topics[first:] = [whole]
            return


# What a citation of the ODG is quoted for.
_GIVEN = frozenset(
    {"closed", "of_chapter", "chapter", "named", "topic", "BRACKETS", "SQUARE", "ODG", "PAGES"}
)


def _is_double_name(text: str, group: _Group, before: Element, tokens: list[Lexeme]) -> bool:
    """Whether a chapter's name right before a topic (`Ankle foot orthosis`) is a word of it."""
    name = tokens[before.last]
    return (
        before.kind == "chapter"
        and len(group.chapters) > 1
        and name.type == "NAME"
        and text[name.end : tokens[before.last + 1].start].isspace()
    )


def _add_bracketed(text: str, group: _Group, kind: str, span: Span, before: str) -> None:
    """Take what stands in brackets: a chapter at the start, else a topic, or the end of the one before."""
    inner = title_span(text, span.start + 1, span.end - 1)
    chapter = guidelines().odg_chapters.get(fold(inner.of(text)))
    named = not group.topics or guidelines().odg_topic(fold(group.topics[-1].of(text)), chapter)
    if chapter and not group.chapters and named:
        group.chapters.append(chapter)
        group.closed = bool(group.topics)
    elif kind == "BRACKETED_NOISE":
        return
    elif before == "topic" and group.topics:
        group.topics[-1] = Span(group.topics[-1].start, span.end)
    else:
        group.topics.append(inner)


def _told_end(text: str, tokens: list[Lexeme]) -> int:
    """Where a title ends, before what says how it was published."""
    told = [token for token in tokens if token.type not in _NOISE] or tokens[:1]
    return title_span(text, tokens[0].start, told[-1].end).end


def _bracketed_topics(text: str, chapter: str, tokens: list[Lexeme]) -> list[Span]:
    """Titles in brackets after a chapter's name that begin like what says how it was published."""
    inside = (
        title_span(text, token.start + 1, token.end - 1)
        for token in tokens
        if token.type == "BRACKETED_NOISE"
    )
    return [span for span in inside if guidelines().is_title(span.of(text), chapter)]


def _late_chapter(text: str, group: _Group, elements: list[Element], tokens: list[Lexeme]) -> None:
    """The chapter of topics that none is named before: the last topic ends with it, or the address has it."""
    if (n := _last_topic(elements)) is not None:
        _name_last(text, group, tokens[elements[n].first : elements[n].last + 1])
    for kind, first, _ in elements:
        if kind == "ODG_URL" and not group.chapters:
            page = _ODG_PAGE.search(text, tokens[first].start, tokens[first].end)
            chapter = page and guidelines().odg_chapters.get(fold(page[1].replace("_", " ")))
            if chapter:
                group.chapters.append(chapter)
                group.end = max(group.end, tokens[first].end)


def _last_topic(elements: list[Element]) -> int | None:
    return next((n for n in reversed(range(len(elements))) if elements[n].kind == "topic"), None)


def _name_last(text: str, group: _Group, tokens: list[Lexeme]) -> None:
    """Take the chapter from a topic that ends with its name (`MRI shoulder`), where none is named."""
    while len(tokens) > 1 and tokens[-1].type == "KIND":
        tokens = tokens[:-1]
    name, words = tokens[-1], tokens[-2] if len(tokens) > 1 else None
    if words is None or words.type not in ("TEXT", "BRACKETS", "DASH", "SLASH"):
        return
    before = tokens[-3] if words.type in _MARKS and len(tokens) > _BEFORE_CHAPTER else words
    topic = title_span(text, tokens[0].start, before.end)
    if name.type == "BRACKETS":
        inner = title_span(text, name.start + 1, name.end - 1)
        chapter = guidelines().odg_chapters.get(fold(inner.of(text)))
    elif (
        name.type == "NAME" and text[topic.start : topic.end].rpartition(" ")[2].lower() not in _PREPOSITIONS
    ):
        chapter = _chapter(text, name)
    else:
        return
    if chapter is None or (name.type == "NAME" and guidelines().is_title(text[topic.start : name.end], None)):
        return
    group.chapters.append(chapter)
    group.topics[-1] = Span(min(group.topics[-1].start, topic.start), topic.end)
    _join_last(text, group)


def _goes_on(text: str, group: _Group, rest: list[Element], tokens: list[Lexeme]) -> bool:
    """Whether what follows a comma is the same topic: a catalogue joins the two, or it is no title.

    A chapter's name (`TENS, chronic pain`) is so only where a catalogue joins them.
    """
    kind, first, last = rest[0]
    if kind not in ("named", "topic", "chapter"):
        return False
    is_title = guidelines().is_title if group.chapters else guidelines().is_topic
    chapter = group.chapters[-1] if group.chapters else None
    joints = _JOINT.finditer(text, group.topics[-1].start, group.topics[-1].end)
    starts = [group.topics[-1].start, *(joint.end() for joint in joints)]
    ends = [_told_end(text, tokens[first : last + 1])]
    if len(rest) > 1 and rest[1].kind == "BRACKETS":
        ends.append(tokens[rest[1].last].end)
    if any(is_title(text[start:end], chapter) for start in starts for end in ends):
        return True
    more = text[tokens[first].start : ends[0]]
    return kind != "chapter" and more[0].islower() and not is_title(more, chapter)


def _chapter(text: str, token: Lexeme) -> str:
    return guidelines().odg_chapters[fold(token.of(text))]


def _odg_citations(text: str, group: _Group) -> Iterator[Citation]:
    chapter = group.chapters[0] if group.chapters else None
    spans = [part for span in group.topics if span.start < span.end for part in _apart(text, span, chapter)]
    topics = [(tidy(span.of(text)), span) for span in spans]
    span = Span(group.start, max(group.end, group.start))
    names: list[str | None] = [*dict.fromkeys(group.chapters)] or [None]
    for name in names:
        sections = tuple(
            Section(title, guidelines().odg_topic(fold(title), name), place) for title, place in topics
        )
        yield Citation(False, "odg", None, name, sections, tuple(group.pages), None, span)


def _apart(text: str, span: Span, chapter: str | None) -> tuple[Span, ...]:
    """A topic by itself, or the two titles that ``and`` joins in it."""
    is_topic = guidelines().is_topic
    if not is_topic(span.of(text), chapter):
        for joint in _JOINT.finditer(text, span.start, span.end):
            halves = title_span(text, span.start, joint.start()), title_span(text, joint.end(), span.end)
            if all(half.start < half.end and is_topic(half.of(text), chapter) for half in halves):
                return halves
    return (span,)
