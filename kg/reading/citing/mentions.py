"""Guidelines and references that a rationale names, apart from the parties' own citations."""

import re
from collections.abc import Iterator, Sequence

from kg.model import Mention, PageRange, Span
from kg.reading.citing.pages import read_pages
from kg.reading.text.folding import tidy
from kg.reading.text.grammars import Lexeme, Part, TypedGrammar, parts

MENTION = TypedGrammar("mention.lark", parts, anchors=("[Cc]hapter", "[Tt]able", "[Pp]age"))

_GUIDELINES = {
    "THIRD_EDITION": "acoem-3rd",
    "EDITION_3": "acoem-3rd",
    "ACOEM_3RD": "acoem-3rd",
    "ACOEM": "acoem-2004",
    "CHRONIC_PAIN": "chronic-pain",
    "POSTSURGICAL": "postsurgical",
    "ACUPUNCTURE": "acupuncture",
    "ODG": "odg",
    "DISABILITY": "odg",
}
_FAR = 60
"""Characters between a guideline's name and its page that still belong together."""
_ELSEWHERE = re.compile(r"[.;](?:\s|$)|\bwhile\b|\bwhereas\b")
_NUMBER = re.compile(r"\d+")


def mentions(text: str, start: int, end: int) -> tuple[Mention, ...]:
    """The guidelines and references that ``text[start:end]`` names, in order.

    A reference such as ``(Brinks, 2011)`` has no guideline.

    >>> [found] = mentions("see ACOEM Chapter 12, Table 12-8, page 309", 0, 42)
    >>> found.guideline, found.chapter, found.pages[0].first
    ('acoem-2004', 12, 309)
    """
    plan, tokens = MENTION.read(text, start, end)
    return tuple([mention for part in plan for mention in _mentions(text, part, tokens)])


def _mentions(text: str, part: Part, tokens: Sequence[Lexeme]) -> Iterator[Mention]:
    if part.name == "REFERENCE":
        token = tokens[part.tokens[0][1]]
        yield Mention(_printed(text, token, token), None, None, (), Span(token.start, token.end))
        return
    for group in _together(text, [tokens[at] for _, at in part.tokens]):
        guideline = next((_GUIDELINES[token.type] for token in group if token.type in _GUIDELINES), None)
        if guideline is not None:
            yield Mention(
                text=_printed(text, group[0], group[-1]),
                guideline=guideline,
                chapter=_chapter(text, group) if guideline.startswith("acoem") else None,
                pages=tuple(_pages(text, group)),
                span=Span(group[0].start, group[-1].end),
            )


def _together(text: str, tokens: Sequence[Lexeme]) -> Iterator[list[Lexeme]]:
    """The tokens of one mention each: near each other, one guideline, in one sentence."""
    group: list[Lexeme] = []
    named = False
    for token in tokens:
        names = token.type in _GUIDELINES
        if group and ((names and named) or _apart(text, group[-1], token)):
            yield group
            group, named = [], False
        group.append(token)
        named = named or names
    yield group


def _apart(text: str, before: Lexeme, after: Lexeme) -> bool:
    gap = after.start - before.end
    return gap > _FAR or _ELSEWHERE.search(text, before.end, after.start) is not None


def _printed(text: str, first: Lexeme, last: Lexeme) -> str:
    return tidy(text[first.start : last.end])


def _chapter(text: str, group: Sequence[Lexeme]) -> int | None:
    for token in group:
        if token.type == "CHAPTER" and (number := _NUMBER.search(text, token.start, token.end)):
            return int(number.group())
    return None


def _pages(text: str, group: Sequence[Lexeme]) -> Iterator[PageRange]:
    for token in group:
        if token.type == "PAGES" and (number := _NUMBER.search(text, token.start, token.end)):
            yield from read_pages(text, number.start(), token.end)[0]
