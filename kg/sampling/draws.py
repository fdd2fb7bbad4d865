"""Draw from weighted choices, quickly and alike on every machine."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


class Urn(Generic[T]):
    """Things to draw, each as often as its weight says.

    Only :meth:`random.Random.random` is asked, whose sequence for a seed is promised to stay
    the same across versions of Python.

    >>> urn = Urn([(9, "often"), (1, "seldom")])
    >>> rng = Random(1)
    >>> sum(urn.draw(rng) == "often" for _ in range(1000))
    897
    """

    __slots__ = ("_limits", "_things", "_total")

    def __init__(self, weighted: Iterable[tuple[float, T]]) -> None:
        pairs = list(weighted)
        self._things = [thing for _, thing in pairs]
        self._limits = list(accumulate(weight for weight, _ in pairs))
        self._total = self._limits[-1] if pairs else 0.0

    def draw(self, rng: Random) -> T:
        """One of the things; there must be one."""
        return self._things[bisect_right(self._limits, rng.random() * self._total)]

    def __iter__(self) -> Iterator[T]:
        return iter(self._things)

    def __len__(self) -> int:
        return len(self._things)


def pick(rng: Random, things: "tuple[T, ...] | list[T]") -> T:
    """One of ``things``, all equally likely.

    >>> pick(Random(1), ("a", "b", "c"))
    'a'
    """
    return things[int(rng.random() * len(things))]


def between(rng: Random, low: int, high: int) -> int:
    """A whole number from ``low`` to ``high``, both included.

    >>> sorted({between(Random(seed), 2, 4) for seed in range(20)})
    [2, 3, 4]
    """
    return low + int(rng.random() * (high - low + 1))
