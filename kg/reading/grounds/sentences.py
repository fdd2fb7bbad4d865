"""Cut a rationale into sentences."""

import re
from collections.abc import Iterator
from functools import lru_cache

# A stop, with what may close a quotation or bracket and the sources that are cited for what it ends, before
# a blank and a new beginning.
_END = re.compile(r"[.!?][)\"”’']*(?:\s{0,3}\([A-Z][^()]{1,80}\d{4}[a-z]?\)[\"”]?)*(?=\s+[\"“(\[]?[A-Z0-9])")
_ABBREVIATED = re.compile(
    r"(?:\b(?:Dr|Mr|Ms|Mrs|vs|No|St|e\.g|i\.e|et al|p|pp|pg|Fig|approx|Inc|Jr|Ed|ed|Vol)|\b[A-Z])\.$"
)
_BEFORE = 8
"""Characters before a stop that can be an abbreviation."""


# A build asks for the sentences of a rationale twice: for its grounds, and for what letters repeat.
@lru_cache(maxsize=64)
def sentences(text: str, start: int, end: int) -> tuple[tuple[int, int], ...]:
    """The first and the last place of each sentence of ``text[start:end]``, without blanks at its ends.

    >>> text = "Dr. Roe asks for an MRI. It was denied (twice.) No red flags"
    >>> [text[a:b] for a, b in sentences(text, 0, len(text))]
    ['Dr. Roe asks for an MRI.', 'It was denied (twice.)', 'No red flags']
    >>> text = "Spasms may benefit. (Roe, 2004) This worker has none."
    >>> [text[a:b] for a, b in sentences(text, 0, len(text))]
    ['Spasms may benefit. (Roe, 2004)', 'This worker has none.']
    """
    return tuple(_cut(text, start, end))


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for stop in _END.finditer(text, start, end):
        at = stop.start()
        if text[at] == "." and _ABBREVIATED.search(text[max(start, at - _BEFORE) : at + 1]):
            continue
        yield from _trimmed(text, start, stop.end())
        start = stop.end()
    yield from _trimmed(text, start, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end
