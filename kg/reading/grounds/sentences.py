"""Cut a rationale into sentences."""

import re
from functools import lru_cache

# A stop, with what may close a quotation or bracket and the sources that are cited for what it ends, before
# a blank and a new beginning.
_END = re.compile(
    r"[.!?][)\"”’']*(?:\s{0,3}\([A-Z][^()]{1,80}\d{4}[a-z]?\)[\"”]?)*(?=(\s+)[\"“(\[]?[A-Z0-9])"
)
_ABBREVIATED = re.compile(
    r"(?:\b(?:Dr|Mr|Ms|Mrs|vs|No|St|e\.g|i\.e|et al|p|pp|pg|Fig|approx|Inc|Jr|Ed|ed|Vol)|\b[A-Z])\.$"
)
_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZp")
_BEFORE = 8
"""Characters before a stop that can be an abbreviation."""
_ENDINGS = frozenset(
    (
        "Dr",
        "Mr",
        "Ms",
        "rs",
        "vs",
        "No",
        "St",
        ".g",
        ".e",
        "al",
        "pp",
        "pg",
        "ig",
        "ox",
        "nc",
        "Jr",
        "Ed",
        "ed",
    )
) | {"ol"}
"""How abbreviations end that are no single letter: looked at first."""


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
    found = []
    end = start + len(text[start:end].rstrip())
    first = _first_sign(text, start, end)
    for stop in _END.finditer(text, first, end):
        at, after = stop.span()
        if (
            text[at] == "."
            and (text[at - 1] in _LETTERS or text[at - 2 : at] in _ENDINGS)
            and _ABBREVIATED.search(text, max(first, at - _BEFORE), at + 1) is not None
        ):
            continue
        found.append((first, after))
        first = stop.end(1)
    if first < end:
        found.append((first, end))
    return tuple(found)


@lru_cache(maxsize=64)
def told(text: str, start: int, end: int) -> tuple[str, ...]:
    r"""The same sentences with single blanks: letters break the lines of a sentence at other places.

    >>> told("No red\nflags. None.", 0, 20)
    ('No red flags.', 'None.')
    """
    return tuple([" ".join(text[first:last].split()) for first, last in sentences(text, start, end)])


def _first_sign(text: str, start: int, end: int) -> int:
    """Where the blanks from ``start`` on end."""
    while start < end and text[start].isspace():
        start += 1
    return start
