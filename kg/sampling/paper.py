"""Lay a letter's text out in lines and pages, and keep track of where things land."""

from bisect import bisect_left, bisect_right
from itertools import accumulate
from random import Random

Spot = list[int]
"""Start and end of a marked text, half-open; :meth:`Paper.print` moves them to where it lands."""

WIDTHS = (95, 92, 97, 94, 90, 96, 93, 98, 91, 95, 94, 97)
"""Characters a line: a proportional type face fits now more, now fewer."""

MID_WORD = 0.03
"""The share of page breaks inside prose that fall within a word."""


class Paper:
    r"""A letter being printed.

    ``spaced``: an empty line follows each printed line and a page ends in empty lines, as one
    kind of text extraction leaves it; otherwise a page ends in a form feed.

    >>> paper = Paper(Random(1), spaced=False)
    >>> spot = [0, 3]
    >>> paper.print("MRI of the left knee: Upheld", [spot])
    >>> paper.text()[spot[0] : spot[1]], paper.text()
    ('MRI', 'MRI of the left knee: Upheld \n')
    """

    __slots__ = ("_end", "_left", "_length", "_parts", "_rng", "_spaced", "_turn")

    def __init__(self, rng: Random, spaced: bool) -> None:
        self._rng = rng
        self._spaced = spaced
        self._end = " \n\n" if spaced else " \n"
        self._parts: list[str] = []
        self._length = 0
        self._left = 40 + int(rng.random() * 10)
        self._turn = int(rng.random() * len(WIDTHS))

    @property
    def length(self) -> int:
        """How many characters were printed."""
        return self._length

    def text(self) -> str:
        """All that was printed."""
        return "".join(self._parts)

    def write(self, text: str) -> None:
        """Add ``text`` as it is, line ends and all."""
        self._parts.append(text)
        self._length += len(text)
        self._left -= text.count("\n")

    def blank(self, lines: int = 1) -> None:
        """Add lines of a blank only, which part paragraphs."""
        for _ in range(lines):
            self.write(self._end)

    def print(
        self, text: str, spots: "list[Spot] | tuple[Spot, ...]" = (), prose: bool = False, tail: int = 0
    ) -> None:
        """Add one paragraph, wrapped; ``spots`` mark ranges of ``text`` and end as ranges of the letter.

        ``prose``: a page may end within a word. The last ``tail`` characters stay on one line
        with the word before them.
        """
        cuts: list[int] = []
        ends: list[str] = []
        self._break(text, cuts, ends, prose, tail)
        base = self._length
        if cuts:
            edges = [0, *cuts]
            lines = [text[a:b] + end for a, b, end in zip(edges, cuts, ends, strict=False)]
            lines.append(text[cuts[-1] :])
            self._parts += lines
            shifts = [0, *accumulate(map(len, ends))]
            for spot in spots:
                start, end = spot
                spot[0] = base + start + shifts[bisect_right(cuts, start)]
                spot[1] = base + end + shifts[bisect_left(cuts, end)]
            self._length += len(text) + shifts[-1]
        else:
            self._parts.append(text)
            self._length += len(text)
            for spot in spots:
                spot[0] += base
                spot[1] += base
        self._parts.append(self._end)
        self._length += len(self._end)
        self._left -= 1
        if self._left <= 0:
            self.write(self._page())

    def _break(self, text: str, cuts: list[int], ends: list[str], prose: bool, tail: int) -> None:
        """Where the lines of ``text`` end, and what stands there in the letter."""
        plain = self._end[1:]
        start, size = 0, len(text.rstrip())
        while True:
            self._turn = (self._turn + 1) % len(WIDTHS)
            limit = start + WIDTHS[self._turn]
            if size <= limit:
                return
            cut = _line_end(text, start, limit)
            if cut > size - tail:
                cut = max(text.rfind(" ", start, size - tail) + 1, start + 1)
            if cut >= size:
                return
            self._left -= 1
            end = plain if text[cut - 1] == " " else self._end
            if self._left <= 0:
                if prose and size - cut > 20 and self._rng.random() < MID_WORD:
                    cut, end = cut + 2, plain
                end += self._page()
            cuts.append(cut)
            ends.append(end)
            start = cut

    def _page(self) -> str:
        """What stands between two pages."""
        self._left = 44 + int(self._rng.random() * 6)
        if self._spaced:
            return "\n\n"
        return "\n\f" if self._rng.random() < 0.6 else "\f"


def _line_end(text: str, start: int, limit: int) -> int:
    """The end of the line that begins at ``start``: after a blank, or a hyphen before a letter."""
    cut = text.rfind(" ", start, limit) + 1
    hyphen = text.rfind("-", max(cut, start) + 1, limit - 1) + 1
    if hyphen and text[hyphen].isalpha() and text[hyphen - 2].isalpha():
        return hyphen
    if cut > start:
        return cut
    blank = text.find(" ", limit)
    return len(text) if blank < 0 else blank + 1
