"""Take out of a text what converters and mail programs put in: marks of Markdown, margins of quotations."""

import re
from typing import NamedTuple


class Edit(NamedTuple):
    """``text[start:end]`` is read as ``instead``."""

    start: int
    end: int
    instead: str


_FIRST_LINES = 12
_MARGIN = re.compile(r"^[ \t]*(?:[>|][ \t]?)+", re.MULTILINE)
_MOST_IN_MARGIN = 0.8
# `## CLINICAL CASE SUMMARY`, `**Decision rationale:**`, `\#60`
_HEADING = re.compile(r"^[ \t]*#{1,6}[ \t]+(?=[A-Z*])", re.MULTILINE)
_BOLD = "**"
_MARKS = re.compile(rf"{_HEADING.pattern}|\*\*|\\(?=[#*_.()\[\]+-])", re.MULTILINE)
_FEWEST_BOLD = 4
"""Marks of bold type from which a text is Markdown: fewer are footnotes."""


def margins(text: str) -> list[Edit]:
    """The marks before the lines of a quotation, where nearly all lines have one."""
    # One sign is looked for ten times as fast as two.
    if not ((">" in text and "\n>" in text) or ("|" in text and "\n|" in text)):
        return []
    lines = [line for line in text.split("\n", 4 * _FIRST_LINES) if line.strip()][:_FIRST_LINES]
    if sum(_MARGIN.match(line) is not None for line in lines) < _MOST_IN_MARGIN * len(lines):
        return []
    return [Edit(margin.start(), margin.end(), "") for margin in _MARGIN.finditer(text)]


def markdown(text: str) -> list[Edit]:
    """The marks of headings and of bold type, and the strokes before signs, in a text that is Markdown."""
    bold = "*" in text and _BOLD in text and text.count(_BOLD) >= _FEWEST_BOLD
    if not bold and not ("#" in text and "# " in text and _HEADING.search(text)):
        return []
    return [Edit(mark.start(), mark.end(), "") for mark in _MARKS.finditer(text)]
