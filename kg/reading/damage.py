"""Errors of recognition in what all letters print alike: headings made whole, the rest told.

A heading with a letter or two wrong still parts the letter, and is read as the heading that it is nearest to,
with a problem. Wrong letters in the words that all letters share tell of others in the words that they do
not: then the letter says so.
"""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher, get_close_matches
from functools import cache
from operator import eq

from kg import resources
from kg.model import Problem, ProblemKind, Span
from kg.reading.markup import Edit
from kg.reading.noise import vocabulary
from kg.reading.text.moved import kept

_HEADINGS = (
    "HOW THE IMR FINAL DETERMINATION WAS MADE",
    "CLINICAL CASE SUMMARY",
    "IMR ISSUES, DECISIONS AND RATIONALES",
    "Claims Administrator guideline:",
    "MAXIMUS guideline:",
    "Decision rationale:",
    "The Expert Reviewer has the following credentials:",
    "State(s) of Licensure:",
    "Certification(s)/Specialty:",
)
# A line as long as the shortest heading with two letters missing, from its first sign on.
_LINE = re.compile(rf"[^\s][^\n]{{{min(map(len, _HEADINGS)) - 3},}}")
_LABELS = (
    *("Case Number:", "Date Assigned:", "Date of Injury:", "Decision Date:", "UR Denial Date:", "Priority:"),
    *("Application", "Received:"),
)
_ALIKE, _AS_LONG = 0.82, 2
_BEGINNING = 9
"""Letters of a line by which most are told from a heading: eight, at their place or one later."""
_LABEL = re.compile(
    r"\b(?=\w*[A-Za-z])\w{2,11}(?:[ \t]+(?=\w*[A-Za-z])\w{2,9}){0,2}[:;.,](?=\s)"
    r"|\b(?=\w*[A-Za-z])\w{11}(?=[ \t]*\n)"
)
_WORD = re.compile(r"[^\W_]+")
_SHORTEST, _NEAR = 5, 0.8
_COLONS = frozenset(":;.,")
_MOST_SHOWN = 3


def near_headings(text: str, header: Span) -> list[Edit]:
    """The headings, and in the header the labels, that are printed with a letter or two wrong."""
    edits = sorted([*_near_lines(text), *_near_labels(text, header)])
    return [edit for n, edit in enumerate(edits) if n == 0 or edit.start >= edits[n - 1].end]


def _near_lines(text: str) -> Iterator[Edit]:
    for line in _LINE.finditer(text):
        begin = line[0].rstrip()
        for heading in _begun_alike(begin[:_BEGINNING]):
            if begin.startswith(heading):
                break
            if end := _as_heading(begin[: len(heading) + _AS_LONG + 1], heading):
                yield Edit(line.start(), line.start() + end, heading)
                break


@kept(1 << 12)
def _as_heading(line: str, heading: str) -> int:
    """How much of a line's beginning is the heading with some letters wrong; 0 where none is."""
    size = len(heading)
    if len(line) < size - _AS_LONG:
        return 0
    ends = [end for end in range(size - _AS_LONG, min(len(line), size + _AS_LONG) + 1) if end > 0]
    matcher = SequenceMatcher(None, "", heading, autojunk=False)  # keeps what it finds of the heading
    best, end = 0.0, 0
    for each in ends:
        matcher.set_seq1(line[:each])
        if matcher.quick_ratio() >= _ALIKE:
            best, end = max((best, end), (matcher.ratio(), -each))
    if best < _ALIKE:
        return 0
    return -end + (heading[-1] == ":" and line[-end - 1] not in _COLONS and line[-end : 1 - end] in _COLONS)


@kept(1 << 12)
def _begun_alike(beginning: str) -> tuple[str, ...]:
    """The headings of which half of the first letters stand at their place: of most lines there are none."""
    return tuple([heading for heading in _HEADINGS if _begins_alike(beginning, heading)])


def _begins_alike(line: str, heading: str) -> bool:
    same: int = sum(map(eq, line, heading[: _BEGINNING - 1]))
    late: int = sum(map(eq, line[1:], heading[: _BEGINNING - 1]))
    return max(same, late) >= _BEGINNING // 2


def _near_labels(text: str, header: Span) -> Iterator[Edit]:
    for m in _LABEL.finditer(text, header.start, header.end):
        words = m[0]
        if any(label in words for label in _LABELS):
            continue
        if found := get_close_matches(words, _LABELS, 1, _ALIKE):
            yield Edit(m.start(), m.end(), found[0])


def misprinted(text: str, edits: list[Edit]) -> list[Problem]:
    """The problems that some headings are misprinted."""
    return [
        Problem(
            ProblemKind.MISPRINT,
            Span(edit.start, edit.end),
            f'"{" ".join(text[edit.start : edit.end].split())}" is read as "{edit.instead}"',
        )
        for edit in edits
    ]


@cache
def _printed_alike() -> frozenset[str]:
    """The words that the same parts of all letters print."""
    lines = resources.text("grammar", "boilerplate.txt").splitlines()
    return frozenset(word for line in lines if line[:1] != "#" for word in line.split())


def doubts(text: str, part: Span) -> list[Problem]:
    """The problem that the words of a part that all letters print alike are misprinted."""
    wrong = _wrong_words(text[part.start : part.end])
    if not wrong:
        return []
    shown = ", ".join(f'"{word}"' for word in wrong[:_MOST_SHOWN])
    at = text.find(wrong[0], part.start, part.end)
    message = f"the text has errors of recognition ({shown}): others may be in what was read"
    return [Problem(ProblemKind.MISPRINT, Span(at, at + len(wrong[0])), message)]


# Letters of one form print the same part, and others the same words.
@kept(1024)
def _wrong_words(part: str) -> tuple[str, ...]:
    right = _right_words()
    return tuple([word for word in _WORD.findall(part) if word not in right and _is_wrong(word)])


@cache
def _right_words() -> frozenset[str]:
    """The words that all letters print and those of the catalogues, in small letters and with a capital."""
    known = _printed_alike() | vocabulary()
    return known | {word.capitalize() for word in known}


@kept(1 << 14)
def _is_wrong(word: str) -> bool:
    """Whether a word mixes figures and letters, or is nearly one that all letters print."""
    small = word.lower()
    if small in _printed_alike() or small in vocabulary() or len(word) < _SHORTEST:
        return False
    return (any(map(str.isdigit, word)) and any(map(str.isalpha, word))) or _is_near(small)


def _is_near(small: str) -> bool:
    """Whether a word is one that all letters print, with a letter or two wrong."""
    near = range(int(len(small) * _NEAR / (2 - _NEAR)), int(len(small) * (2 - _NEAR) / _NEAR) + 1)
    return any(get_close_matches(small, _by_length().get(length, ()), 1, _NEAR) for length in near)


@cache
def _by_length() -> dict[int, list[str]]:
    """The words that letters print alike, by how long they are."""
    words: dict[int, list[str]] = {}
    for word in _printed_alike():
        words.setdefault(len(word), []).append(word)
    return words
