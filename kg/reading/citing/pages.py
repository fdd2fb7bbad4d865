"""Read the page lists of citations."""

from typing import Any

from lark import Tree

from kg.errors import LetterError
from kg.model import PageRange, Problem, ProblemKind, Span
from kg.reading.text.grammars import TypedGrammar, parts
from kg.reading.text.moved import kept, moved_page, moved_problem

# No guideline that letters cite has more pages.
_LAST_PAGE = 2000


class PageRangeError(LetterError):
    """A page range runs backwards."""


def page_range(first: str, last: str | None) -> tuple[int, int]:
    """Read a printed page range, whose last page may be shortened.

    >>> page_range("303", "4")
    (303, 304)
    >>> page_range("90", None)
    (90, 90)

    Raises:
        PageRangeError: the range runs backwards.
    """
    if last is None:
        return int(first), int(first)
    if len(last) < len(first):
        last = first[: len(first) - len(last)] + last
    if int(last) < int(first):
        raise PageRangeError(f'the page range "{first}-{last}" runs backwards')
    return int(first), int(last)


def _shape(tree: Tree[Any]) -> tuple[list[list[int]], list[int]]:
    """First and last token of each range, and each token that names no page."""
    found = parts(tree)
    ranges = [[tokens[0][1], tokens[-1][1]] for name, tokens in found if name == "range"]
    return ranges, [tokens[0][1] for name, tokens in found if name in ("JUNK", "PLACE")]


PAGES = TypedGrammar("pages.lark", _shape)


def read_pages(
    text: str, start: int = 0, end: int | None = None
) -> tuple[tuple[PageRange, ...], list[Problem]]:
    """Read the page list in ``text[start:end]``, with what of it could not be read.

    >>> [(p.first, p.last) for p in read_pages("s 48-9; 90 and 99")[0]]
    [(48, 49), (90, 90), (99, 99)]
    """
    pages, problems = _by_itself(text[start:end])
    return tuple([moved_page(page, start) for page in pages]), [moved_problem(p, start) for p in problems]


# Letters cite the same few pages.
@kept(4096)
def _by_itself(text: str) -> tuple[list[PageRange], list[Problem]]:
    (ranges, junk), tokens = PAGES.read(text)
    pages, problems = [], []
    for first, last in ranges:
        span = Span(tokens[first].start, tokens[last].end)
        one, other = tokens[first].of(text), tokens[last].of(text)
        try:
            begin, stop = page_range(one, other if last != first else None)
        except PageRangeError as error:
            problems.append(Problem(ProblemKind.BAD_PAGES, span, str(error)))
            continue
        if stop > _LAST_PAGE:
            problems.append(Problem(ProblemKind.BAD_PAGES, span, f"no guideline has a page {stop}"))
        else:
            pages.append(PageRange(begin, stop, span))
    for i in junk:
        span = Span(tokens[i].start, tokens[i].end)
        message = f'expected a page number after "Page(s):", found "{span.of(text)}"'
        problems.append(Problem(ProblemKind.BAD_PAGES, span, message))
    return pages, problems
