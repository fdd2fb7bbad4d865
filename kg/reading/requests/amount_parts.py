"""The figures of a request: what ``grammar/quantity.lark`` finds in it, with the amounts that it prints."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from msgspec import Struct

from kg.model import Span, TimeUnit
from kg.reading.requests import amounts
from kg.reading.text.grammars import Lexeme, Part, TypedGrammar, parts

QUANTITY = TypedGrammar("quantity.lark", parts, words=amounts.terminals, edge=r"(?<![^\W\d_xX](?=[^#\/]))")

_NUMBER = re.compile(r"\d+(?:\.\d+)?|[a-z]+")
_COUNTING = frozenset(amounts.NUMBERS) | amounts.OFTEN
_DIGIT = re.compile(r"\d")
_WORDS = re.compile(r"[a-z]+")
_FOR_A = re.compile(r"\bfor\s+an?\b", re.IGNORECASE)
_COMPOUND = re.compile(rf"({'|'.join(sorted(amounts.TENS))})-({'|'.join(sorted(amounts.UNITS))})\b")
"""``twenty-four``, which is no range."""
_RANGE = re.compile(r"(?<=[\w)])\s?[-–]\s?(?=[\da-z])|(?:(?<=[\d)])\s?|\s)(?:to|or|through)(?:\s|(?=\d))")
_PERIOD = re.compile(
    r"(?P<number>\d+(?:\s?(?:-|to)\s?\d+)?|[a-z]+(?:\s(?:to|or)\s[a-z]+)?)[\s-]*(?P<unit>[a-z]+)$",
    re.IGNORECASE,
)
_PER = frozenset(["PER_DAY", "PER_WEEK", "PER_MONTH"])
_HUNDRED = 100
_LONGEST = 2000
"""Characters of an item that are looked through for its amounts: no sound item is as long."""


class Amount(NamedTuple):
    """A number, or the two ends of a range."""

    low: float
    high: float

    def times(self, other: "Amount") -> "Amount":
        """The product, end by end."""
        return Amount(self.low * other.low, self.high * other.high)


@lru_cache(maxsize=4096)
def amount(printed: str) -> Amount:
    """A printed number or range; a number in brackets after a word says it again.

    >>> amount("twelve (12)"), amount("2-3"), amount("one to two")
    (Amount(low=12.0, high=12.0), Amount(low=2.0, high=3.0), Amount(low=1.0, high=2.0))
    >>> amount("one hundred"), amount("twenty-four")
    (Amount(low=100.0, high=100.0), Amount(low=24.0, high=24.0))
    >>> amount("twenty-thirty"), amount("one hundred and twenty")
    (Amount(low=20.0, high=30.0), Amount(low=120.0, high=120.0))
    """
    ends = [_value(end) for end in _RANGE.split(_COMPOUND.sub(r"\1 \2", printed.lower()))]
    return Amount(min(ends), max(ends))


def _value(printed: str) -> float:
    words = _NUMBER.findall(printed)
    if words[0][0].isdigit():  # what follows in brackets is the same, or a total (`2x6 (12)`)
        return float(words[0])
    if words[-1][0].isdigit():
        return float(words[-1])
    bare = printed.partition("(")[0]
    total = 0.0
    for word in _NUMBER.findall(bare):
        total = max(total, 1) * _HUNDRED if word == amounts.HUNDRED else total + amounts.NUMBERS.get(word, 0)
    return total


class Every(NamedTuple):
    """A time between two times, with its days; hours count as none."""

    time: Amount
    unit: TimeUnit
    days: Amount


class Figure(Struct, frozen=True, gc=False):
    """One part of the text that the grammar found: the types of its tokens, its amounts, its place.

    ``every`` is the period of ``every 4-6 weeks`` as printed.
    """

    kind: str
    types: list[str]
    amounts: list[Amount]
    span: Span
    every: Every | None = None

    def has(self, *types: str) -> str | None:
        """The first of these token types that the part holds."""
        for type_ in self.types:
            if type_ in types:
                return type_
        return None


def has_amount(text: str, start: int, end: int, folded: Iterable[str]) -> bool:
    """Whether ``text[start:end]``, whose folded words are given, may hold an amount at all."""
    return (
        _DIGIT.search(text, start, end) is not None
        or not _COUNTING.isdisjoint(folded)
        or _FOR_A.search(text, start, end) is not None
    )


def says_number(small: str) -> bool:
    """Whether a text in small letters may name a number: most sentences of a rationale name none.

    >>> says_number("for two weeks"), says_number("for weeks")
    (True, False)
    """
    return (
        _DIGIT.search(small) is not None
        or not amounts.NUMBERS.keys().isdisjoint(_WORDS.findall(small))
        or _FOR_A.search(small) is not None
    )


def figures(text: str, start: int, end: int) -> list[Figure]:
    """The parts of ``text[start:end]`` that the grammar finds, in order."""
    tokens = QUANTITY.tokens(text, start, min(end, start + _LONGEST))
    return [figure(text, part, some) for some in _at_commas(text, tokens) for part in QUANTITY.plan(some)]


def _at_commas(text: str, tokens: list[Lexeme]) -> Iterator[list[Lexeme]]:
    """Tokens, parted at a comma before refills or how often (``30, refill x 2``; ``9 visits, weekly``)."""
    done = 0
    for at in range(1, len(tokens)):
        before, here = tokens[at - 1], tokens[at]
        refilled = (before.type, here.type) == ("AMOUNT", "REFILL") and at + 1 < len(tokens)
        refilled = refilled and tokens[at + 1].type in ("AMOUNT", "TIMES")
        often = before.type == "VISIT" and here.type in _PER and here.of(text).lower().endswith("ly")
        if (refilled or often) and "," in text[before.end : here.start]:
            yield tokens[done:at]
            done = at
    yield tokens[done:]


def figure(text: str, part: Part, tokens: Sequence[Lexeme]) -> Figure:
    """A part of the grammar's plan with what its tokens print."""
    said: list[Amount] = []
    every: Every | None = None
    for type_, at in part.tokens:
        if type_ in ("AMOUNT", "ONCE"):
            said.append(amount(tokens[at].of(text).strip(" .#")))
        elif type_ == "FOR_A":
            said.append(Amount(1, 1))
        elif type_ == "PERIOD":
            every = _period(tokens[at].of(text))
            said.append(every.days)
        elif type_ in ("DAILY", "WEEKLY"):
            times = amounts.times_a_period(tokens[at].of(text))
            said = [Amount(times, times)]  # an amount before it is of tablets
    first, last = tokens[part.tokens[0][1]], tokens[part.tokens[-1][1]]
    types = [type_ for type_, _ in part.tokens]
    return Figure(part.name, types, said, Span(first.start, last.end), every)


def _period(printed: str) -> Every:
    """The time of ``every 4-6 weeks`` or ``every other day``."""
    said = _PERIOD.search(printed)
    assert said
    ends = amount(said["number"])
    days = amounts.days(said["unit"])
    return Every(ends, amounts.time_unit(said["unit"]), Amount(ends.low * days, ends.high * days))
