"""Split a list of titles or names into the longest that a catalogue knows."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from lark import Tree
from msgspec.structs import replace

from kg.model import Section, Span
from kg.reading.text.folding import tidy
from kg.reading.text.grammars import TypedGrammar, parts

# A title may hold commas of its own; the catalogue's longest has this many pieces.
_PIECES = 6
_AND = re.compile(r"\sand\s")


def _shape(tree: Tree[Any]) -> list[tuple[int, int, bool]]:
    """First and last token of each piece, and whether it begins with a number of its own."""
    return [
        (tokens[0][1], tokens[-1][1], tokens[0][0] == "NUMBERED")
        for name, tokens in parts(tree)
        if name == "piece"
    ]


TITLES = TypedGrammar("titles.lark", _shape)


def split_titles(text: str, start: int, end: int, resolve: Callable[[str], str | None]) -> Iterator[Section]:
    """Split ``text[start:end]`` at commas into the longest titles that ``resolve`` knows.

    ``resolve`` takes a title and gives its notation. By rule, a piece that is unknown and begins in lower
    case or with ``&`` goes on with the title before it, if that begins with a capital; so does every
    piece of a numbered title until the next number, where the title is unknown. Known titles joined by
    ``and`` are several.

    >>> known = {"nsaids, gi symptoms": "a", "yoga": "b"}
    >>> printed = "NSAIDs, GI symptoms, Massage, light, Yoga"
    >>> titles = split_titles(printed, 0, len(printed), lambda t: known.get(t.lower()))
    >>> [section.title for section in titles]
    ['NSAIDs, GI symptoms', 'Massage, light', 'Yoga']
    """
    whole = _title(text, start, end)
    if whole is not None and (concept := resolve(whole.title)):
        yield Section(whole.title, concept, whole.span)
        return
    plan, tokens = TITLES.read(text, start, end)
    pieces = [(tokens[a].start, tokens[b].end, numbered) for a, b, numbered in plan]
    numbered_list = bool(pieces) and pieces[0][2]
    n = 0
    while n < len(pieces):
        first, last, concept, used = _longest(text, pieces, n, resolve)
        while (
            (concept is None or (text[first].isupper() and not numbered_list))
            and n + used < len(pieces)
            and _goes_on(text, pieces, n + used, resolve, numbered=numbered_list)
        ):
            concept, last = None, pieces[n + used][1]
            used += 1
        n += used
        if title := _title(text, first, last):
            yield from (
                _joined(text, title, resolve)
                if concept is None
                else (Section(title.title, concept, title.span),)
            )


def _joined(text: str, title: Section, resolve: Callable[[str], str | None]) -> list[Section]:
    """An unknown title by itself, or the known ones that ``and`` joins in it: two, or as many as it parts."""
    joints = [joint.span() for joint in _AND.finditer(text, title.span.start, title.span.end)]
    for chosen in (*([joint] for joint in joints), joints):
        starts = [title.span.start, *(end for _, end in chosen)]
        ends = [*(start for start, _ in chosen), title.span.end]
        parts = [_title(text, start, end) for start, end in zip(starts, ends, strict=True)]
        known = [replace(part, concept=resolve(part.title)) for part in parts if part]
        if len(known) == len(parts) and all(part.concept for part in known):
            return known
    return [title]


def _longest(
    text: str, pieces: list[tuple[int, int, bool]], n: int, resolve: Callable[[str], str | None]
) -> tuple[int, int, str | None, int]:
    first = pieces[n][0]
    for count in range(min(_PIECES, len(pieces) - n), 0, -1):
        last = pieces[n + count - 1][1]
        if concept := resolve(text[first:last]):
            return first, last, concept, count
    return first, pieces[n][1], None, 1


def _goes_on(
    text: str,
    pieces: list[tuple[int, int, bool]],
    n: int,
    resolve: Callable[[str], str | None],
    *,
    numbered: bool,
) -> bool:
    start, _, has_number = pieces[n]
    if numbered:
        return not has_number
    if text[start] == "&":
        return True
    return text[start].islower() and _longest(text, pieces, n, resolve)[2] is None


def _title(text: str, start: int, end: int) -> Section | None:
    """The title without marks around it, and out of the brackets that it stands in."""
    while end > start and text[end - 1] in " .,;:\n\t\r\f":
        end -= 1
    while start < end and text[start] in " -–—:\n\t\r\f":
        start += 1
    if text[start : start + 1] == "(" and text.find(")", start, end) == end - 1:
        return _title(text, start + 1, end - 1)
    return Section(tidy(text[start:end]), None, Span(start, end)) if start < end else None
