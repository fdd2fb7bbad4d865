"""Take out of a text what printing and recognition put in, keeping the place of each character.

Soft hyphens and ligatures, words broken at line ends, running headers and footers, line numbers, a text in
capitals, Markdown. A letter without any of it is told at little cost; the others are read as if printed
plainly, and what was read is put back to where it stands in the text as given.
"""

import re
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice, pairwise
from typing import Any, NamedTuple

from msgspec import Struct

from kg import resources
from kg.model import Span
from kg.reading.case_numbers import SPELLED
from kg.reading.markup import Edit, margins, markdown


@dataclass(frozen=True, slots=True)
class Restored:
    """A text as it is read; ``at`` tells where each of its characters stands in the text as given."""

    text: str
    at: Sequence[int]

    @classmethod
    def of(cls, text: str) -> "Restored":
        """The text itself."""
        return cls(text, range(len(text) + 1))

    def edited(self, edits: list[Edit]) -> "Restored":
        """The text with ``edits``, which are in order and do not overlap."""
        if not edits:
            return self
        pieces: list[str] = []
        at: list[int] = []
        done = 0
        for start, end, instead in edits:
            pieces += (self.text[done:start], instead)
            at += self.at[done:start]
            at += [self.at[min(start + i, max(start, end - 1))] for i in range(len(instead))]
            done = end
        pieces.append(self.text[done:])
        at += self.at[done:]
        return Restored("".join(pieces), at)

    def placed(self, value: Any) -> Any:
        """A value that was read from this text, its spans moved to the text as given."""
        if isinstance(value, Span):
            if value.start == value.end:
                return Span(self.at[value.start], self.at[value.start])
            return Span(self.at[value.start], self.at[value.end - 1] + 1)
        if isinstance(value, Struct):
            fields = {name: getattr(value, name) for name in value.__struct_fields__}
            return type(value)(**{name: self.placed(each) for name, each in fields.items()})
        if isinstance(value, tuple):
            return tuple([self.placed(each) for each in value])
        if isinstance(value, dict):
            return {name: self.placed(each) for name, each in value.items()}
        return value


def restored(text: str) -> Restored | None:
    """The text without noise, ``None`` where it has none that is known."""
    found = Restored.of(text)
    for fold in (margins, markdown, _line_numbers, _signs, _running_lines, _broken_words):
        if edits := fold(found.text):
            found = found.edited(edits)
    if _in_capitals(found.text):
        found = Restored(_in_small_letters(found.text), found.at)
    return None if found.text is text else found


def without_signs(text: str) -> Restored:
    """The text without ligatures, soft hyphens and signs without width."""
    return Restored.of(text).edited(_signs(text))


# --- signs -------------------------------------------------------------------------------------------

_SIGNS = {
    **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff", ""),
    "\ufb00": "ff",
    "\ufb01": "fi",
    "\ufb02": "fl",
    "\ufb03": "ffi",
    "\ufb04": "ffl",
    "\ufb05": "st",
    "\ufb06": "st",
    "\u2010": "-",
    "\u2011": "-",
}
_SOFT_HYPHEN = re.compile(r"\xad(?:[ \t]*\r?\n[ \t\f]*(?=[^\W\d_]))?")


def _signs(text: str) -> list[Edit]:
    """Ligatures, soft hyphens with the line end after them, signs without width."""
    if text.isascii():
        return []
    edits = [Edit(m.start(), m.end(), "") for m in _SOFT_HYPHEN.finditer(text)] if "\xad" in text else []
    for sign, instead in _SIGNS.items():
        at = text.find(sign)
        while at >= 0:
            edits.append(Edit(at, at + 1, instead))
            at = text.find(sign, at + 1)
    return sorted(edits)


# --- lines that belong to the page ---------------------------------------------------------------------

_NUMBERED = re.compile(r"[ \t\f]*(\d{1,4})(?:[ \t]|$)")
_FIRST_LINES, _MOST_NUMBERED, _MOST_IN_ORDER = 12, 0.8, 0.9


def _line_numbers(text: str) -> list[Edit]:
    """The numbers before the lines, counted on or anew on each page, where nearly all lines have one."""
    first = text.lstrip().split("\n", _FIRST_LINES)[:_FIRST_LINES]
    if sum(_NUMBERED.match(line) is not None for line in first) < len(first) / 2:
        return []
    lines, at = [], 0
    for line in text.split("\n"):
        if match := _NUMBERED.match(line):
            lines.append((at + match.start(1), at + match.end(), int(match[1])))
        elif line.strip():
            lines.append((at, at, -1))
        at += len(line) + 1
    numbers = [number for _, _, number in lines if number >= 0]
    in_order = sum(after in (before + 1, 1) for before, after in pairwise(numbers))
    if len(numbers) < _MOST_NUMBERED * len(lines) or in_order < _MOST_IN_ORDER * (len(numbers) - 1):
        return []
    return [Edit(start, end, "") for start, end, number in lines if number >= 0]


_PAGE_NUMBER = re.compile(
    r"\n[ \t\f]*(?:[Pp](?:(?i:age)|[Gg]\.)[ \t]*\d{1,3}(?:[ \t]*(?:(?i:of)|/)[ \t]*\d{1,3})?"
    r"|-[ \t]*\d{1,3}[ \t]*-)[ \t\r]*(?=\n|\f|\Z)"
)
# A table of all signs of ASCII is looked up several times as fast as one of the digits alone.
_DIGITS = "".join(map(chr, range(128))).translate(str.maketrans("123456789", "000000000"))
_AROUND = 2  # lines of a running header or footer
# A running line is no part of a sentence.
_OF_THE_PAGE = re.compile(r"[^a-z].*[^.,;:]$")
# What begins a part of the letter belongs to no page.
_OF_THE_LETTER = re.compile(r"(?:Claims Administrator|MAXIMUS) guideline|Decision rationale|.*:\s*\w+$", re.I)
_CASE, _CASE_NUMBER = re.compile(rf"^.{{0,40}}{SPELLED}.{{0,20}}$"), re.compile(SPELLED)
_HEADER = re.compile(r"Case\s+Number", re.IGNORECASE)


class _Line(NamedTuple):
    start: int
    end: int  # after its line feed
    said: str  # as lines are compared


def _running_lines(text: str) -> list[Edit]:
    """Page numbers alone on a line, and lines that stand at several page breaks: headers and footers."""
    numbers = [Span(m.start() + 1, m.end()) for m in _PAGE_NUMBER.finditer(text)]
    breaks = [*_page_breaks(text), *(number.start for number in numbers)]
    if not breaks:
        return []
    dropped = {(number.start, _after_line(text, number.end)) for number in numbers}
    for lines_at, end in ((_lines_above, len(text)), (_lines_below, 0)):
        edges = [*filter(None, [_first_said(text, lines_at(text, at)) for at in (*breaks, end)])]
        if len({*edges}) == len(edges) and not any(map(_CASE_NUMBER.search, edges)):
            continue  # no line stands at two pages' edges
        pages = [_first_lines(text, lines_at(text, at)) for at in (*breaks, end)]
        lines = {line for page in pages for line in page}
        often = Counter(line.said for line in lines)
        first = {line.said: line.start for line in sorted(lines, reverse=True)}
        fewest = max(2, (len(breaks) + 1) // 2)
        for line in lines:
            again = not _HEADER.search(line.said) or line.start != first[line.said]
            running = _OF_THE_PAGE.match(line.said) and not _OF_THE_LETTER.match(line.said)
            if again and (
                (running and often[line.said] >= fewest)
                or (_CASE.search(line.said) and _is_said_before(text, line))
            ):
                dropped.add((line.start, line.end))
    return [Edit(start, end, "") for start, end in sorted(dropped)]


def _page_breaks(text: str) -> Iterator[int]:
    at = text.find("\f")
    while at >= 0:
        yield at
        at = text.find("\f", at + 1)


def _is_said_before(text: str, line: _Line) -> bool:
    """Whether the case number of a line stands before it in the text."""
    case = _CASE_NUMBER.search(text, line.start, line.end)
    return case is not None and text.find(case[0], 0, line.start) >= 0


def _after_line(text: str, end: int) -> int:
    """The place after the line feed of the line that ends at ``end``."""
    return end + 1 if text[end : end + 1] == "\n" else end


def _said(words: str) -> str:
    """A line as lines are compared: with single blanks, and no digit told from another."""
    return " ".join(words.split()).translate(_DIGITS)


def _line(text: str, start: int, end: int) -> _Line | None:
    if text.startswith("\f", start, end):
        start += len(text[start:end]) - len(text[start:end].lstrip("\f"))
    said = _said(text[start:end])
    return _Line(start, _after_line(text, end), said) if said else None


_BLANKS = " \t\r\n"
_WORDS_OR_PAGE = re.compile(rf"[^{_BLANKS}]")


def _lines_above(text: str, at: int) -> Iterator[tuple[int, int]]:
    """Where the lines of the page that ends at ``at`` stand that hold words, the last first."""
    end = at
    while end > 0:
        words_end = len(text[:end].rstrip(_BLANKS))  # blank lines are passed over at once
        if (line_end := text.find("\n", words_end, end)) >= 0:
            end = line_end
        start = text.rfind("\n", 0, end) + 1
        page = text.rfind("\f", start, end) + 1
        yield max(start, page), end
        if page > start:
            return
        end = start - 1


def _lines_below(text: str, at: int) -> Iterator[tuple[int, int]]:
    """Where the lines of the page that begins at ``at`` stand that hold words."""
    start, last = at, len(text)
    while start < last:
        words = _WORDS_OR_PAGE.search(text, start)
        start = max(start, text.rfind("\n", start, words.start()) + 1) if words else last
        end = text.find("\n", start)
        end = last if end < 0 else end
        yield start, end
        start = end + 1


def _first_lines(text: str, places: Iterator[tuple[int, int]]) -> list[_Line]:
    """The first lines that say something."""
    return list(islice(filter(None, (_line(text, start, end) for start, end in places)), _AROUND))


def _first_said(text: str, places: Iterator[tuple[int, int]]) -> str:
    """What the first line says that says something, nothing where there is none."""
    return next(filter(None, (_said(text[start:end]) for start, end in places)), "")


# --- words broken at line ends -----------------------------------------------------------------------

_BROKEN = re.compile(r"-[ \t]*\r?\n[ \t\f]*(?=[a-z])")
_BROKEN_WORD = re.compile(r"[^\W\d_]*[a-z]-[ \t]*\r?\n[ \t\f]*[a-z][^\W\d_]*")
_WORD = re.compile(r"[^\W\d_]+")
_LEFT = re.compile(r"[^\W\d_]+$")
_LONGEST_WORD = 40
_SURE = 2  # words broken beyond doubt, from which a text is one that breaks words


@cache
def vocabulary() -> frozenset[str]:
    """The words of the catalogues, in lower case."""
    files = sorted(path.name for path in resources.folder("ontology").glob("*.ttl"))
    texts = [resources.text("ontology", file) for file in files]
    return frozenset(word.lower() for text in texts for word in _WORD.findall(text))


def _broken_words(text: str) -> list[Edit]:
    """Words that a line's end broke at a hyphen of its own, made whole.

    Letters break lines at the words' own hyphens alone. Where a half is no word and the whole is one, the
    hyphen is the line's; in a text with several such, so are the others but those between two words that
    make no known word together.
    """
    gaps = [gap for gap in _BROKEN.finditer(text) if text[gap.start() - 1].islower()]
    if len(gaps) < _SURE:
        return []
    halves = [_halves(text, gap) for gap in gaps]

    def judged(known: Container[str]) -> list[tuple[bool, bool]]:
        """Of each gap whether the whole is a word, and whether both halves are."""
        return [(one + two in known, one in known and two in known) for one, two in halves]

    if sum(whole and not both for whole, both in judged(vocabulary())) < _SURE:
        return []
    # The halves themselves stand in the text too, and are no words for that.
    rest = _WORD.findall(_BROKEN_WORD.sub(" ", text))
    found = judged(vocabulary().union(word.lower() for word in rest))
    return [
        Edit(gap.start(), gap.end(), "")
        for gap, (whole, both) in zip(gaps, found, strict=True)
        if whole or not both
    ]


def _halves(text: str, gap: re.Match[str]) -> tuple[str, str]:
    """The words around a gap, in small letters."""
    left = _LEFT.search(text, max(0, gap.start() - _LONGEST_WORD), gap.start())
    right = _WORD.match(text, gap.end())
    return left[0].lower() if left else "", right[0].lower() if right else ""


# --- capitals --------------------------------------------------------------------------------------------

_SAMPLE, _FEWEST_LETTERS = 3_000, 100
_SMALL = re.compile("[a-z]")


def _in_capitals(text: str) -> bool:
    """Whether the text is in capitals altogether."""
    some = text[:_SAMPLE]
    if _SMALL.search(some):  # nearly every letter is told by its first words
        return False
    return some.upper() == some and sum(map(str.isalpha, some)) > _FEWEST_LETTERS


@cache
def _cased() -> tuple[re.Pattern[str], dict[str, str]]:
    """The words that letters print with capitals, and how."""
    phrases = [line for line in resources.text("grammar", "capitals.txt").splitlines() if line[:1] not in "#"]
    by_fold = {" ".join(phrase.lower().split()): phrase for phrase in phrases if phrase.strip()}
    longest_first = sorted(by_fold, key=len, reverse=True)
    pattern = "|".join(r"\s+".join(map(re.escape, phrase.split())) for phrase in longest_first)
    return re.compile(rf"(?<![^\W_])(?:{pattern})(?![^\W\d_])"), by_fold


def _in_small_letters(text: str) -> str:
    """The text as letters print it, but for names: of the same length."""
    small = text.lower()
    if len(small) != len(text):  # some sign has two in small letters
        small = "".join([sign.lower() if len(sign.lower()) == 1 else sign for sign in text])
    pattern, phrases = _cased()
    known: dict[str, str] = {}

    def cased(m: re.Match[str]) -> str:
        words = m[0]
        if words not in known:
            wanted = iter(phrases[" ".join(words.split())].replace(" ", ""))
            known[words] = "".join([sign if sign.isspace() else next(wanted) for sign in words])
        return known[words]

    return re.sub(r"\bcm(?=\d\d-)", "CM", pattern.sub(cased, small))
