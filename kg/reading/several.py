"""Part a text that holds several letters, such as a merged PDF, into the letters."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise
from operator import itemgetter

from kg.errors import LetterError
from kg.model import Span
from kg.reading.case_numbers import SPELLED, case_number
from kg.reading.noise import without_signs

# What begins the body of a letter, once in each of the forms, by its first words: a search for those is fast.
_BODIES = {
    begins: re.compile(rest)
    for begins, rest in (
        ("HOW", r"HOW\s+THE\s+IMR\s+FINAL\s+DETERMINATION\s+WAS\s+MADE"),
        ("Notice", r"Notice\s+of\s+Independent\s+Medical\s+Review\s+Determination[ \t\r]*(?=\n)"),
        ("MEDICAL", r"MEDICAL\s+PROFESSIONAL\s+REVIEW[ \t\r]*(?=\n)"),
    )
}
_CASE = re.compile(rf"(?:Case\s+Number|CASE\s+NUMBER):?\s*({SPELLED}\b|CM\d\d-\d{{5,8}})?")
_LINE_BEFORE = re.compile(r"(?:\A|\n)[ \t\f]*(?:IMR\s+)?\Z")
_LONGEST_BEFORE = 200
# What stands above the header table: the sender, the kind of letter, the head of an e-mail.
_ABOVE = re.compile(
    r"(?:MAXIMUS|Maximus|Independent\s+Medical|INDEPENDENT\s+MEDICAL|IMR|State\s+of|From:|To:|Cc:|Date:|Sent:|Subject:"
    r"|Dear\b|AMENDED|CORRECTED|Amended|Corrected|NOTICE|Notice|FINAL|Final\s+Determination|[-=_*]{3,})"
)
# Every letter gives reasons; what holds none is a part of the one beside it.
_REASONS = re.compile(r"[Rr]ationale|RATIONALE")
_PROSE = re.compile(r"[a-z)][.][ \t\r]*\n|[a-z,]+(?: [a-z,]+){4}")
_HEADER = 4_000


def parts(text: str) -> tuple[Span, ...]:
    """Where each letter of a text stands; the whole text where it holds one, or none.

    >>> [part.start for part in parts("Case Number: CM16-0000001")]
    [0]

    Raises:
        LetterError: the text prints several case numbers as headers do, but cannot be parted.
    """
    plain = without_signs(text)
    starts = [plain.at[start] for start in _starts(plain.text)]
    return tuple([Span(a, b) for a, b in zip(starts, [*starts[1:], len(text)], strict=True)])


def _starts(text: str) -> list[int]:
    """Where each letter begins."""
    bodies = sorted(
        _line_start(text, body.start())
        for begins, form in _BODIES.items()
        for body in _all(text, begins, form)
    )
    numbers_at = [*_all(text, "Case", _CASE), *_all(text, "CASE", _CASE)]
    begun = [(_begins_line(text, case), case) for case in numbers_at]
    cases = sorted([(line, case) for line, case in begun if line is not None], key=itemgetter(0))
    lines = [line for line, _ in cases]
    starts = [0]
    for before, body in pairwise(bodies):
        start = _start(text, before, body, lines)
        if _REASONS.search(text, starts[-1], start) and _REASONS.search(text, start):
            starts.append(start)
    numbers = {case_number(case[1]) or case[1]: case.start(1) for _, case in reversed(cases) if case[1]}
    places = [bisect_right(starts, at) for at in numbers.values()]
    if len(set(places)) < len(places):
        told = ", ".join(sorted(numbers))
        raise LetterError(f"the text has several case numbers ({told}), and its letters cannot be separated")
    return starts


def _all(text: str, begins: str, form: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """The places where ``text`` has the form, which begins with the word ``begins``."""
    at = text.find(begins)
    while at >= 0:
        if found := form.match(text, at):
            yield found
        at = text.find(begins, at + 1)


def _begins_line(text: str, case: re.Match[str]) -> int | None:
    """Where the line begins whose first words are the label, ``None`` where others stand before it."""
    at = case.start()
    before = _LINE_BEFORE.search(text, max(0, at - _LONGEST_BEFORE), at)
    return before and before.start()


def _line_start(text: str, at: int) -> int:
    """Where the line begins, with the line end before it, if only blanks stand before ``at``."""
    start = at
    while start > 0 and text[start - 1] in " \t\f":
        start -= 1
    return start - 1 if start > 0 and text[start - 1] == "\n" else start


def _start(text: str, before: int, body: int, cases: list[int]) -> int:
    """Where the letter begins whose body begins at ``body``, after the one whose body begins ``before``."""
    floor = max(before + 1, body - _HEADER)
    own = [at for at in cases if floor <= at < body]
    start = own[0] if own else body
    page = text.rfind("\f", floor, start + 1)
    if page >= 0 and not _PROSE.search(text, page, start):
        return page
    while (line := text.rfind("\n", floor, start)) >= 0:
        words = text[line:start].strip()
        if words and not _ABOVE.match(words):
            break
        start = line
    return start
