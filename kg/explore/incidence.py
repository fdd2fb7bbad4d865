"""Pairs of decisions and keys, findable from both ends."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
_MOST = 10_000
_CHANCE = 3.0
"""Standard errors beyond which two sets are taken to go together."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """Which decision has which keys of one kind, findable from both ends."""

    starts: Ids
    keys: Ids
    key_starts: Ids
    decisions: Ids

    @classmethod
    def of(cls, decision: Ids, key: Ids, decisions: int, keys: int) -> "Pairs":
        """Pairs from two columns."""
        by_decision, by_key = np.lexsort((key, decision)), np.lexsort((decision, key))
        return cls(_starts(decision, decisions), key[by_decision], _starts(key, keys), decision[by_key])

    def of_decision(self, decision: int) -> Ids:
        """The keys of a decision."""
        return self.keys[self.starts[decision] : self.starts[decision + 1]]

    def having(self, key: int) -> Ids:
        """The decisions that have a key."""
        return self.decisions[self.key_starts[key] : self.key_starts[key + 1]]

    def counts(self, decisions: Ids) -> Ids:
        """How many of ``decisions`` have each key."""
        return np.bincount(self.each(decisions)[1], minlength=len(self.key_starts) - 1)

    def each(self, decisions: Ids) -> tuple[Ids, Ids]:
        """The pairs of ``decisions``: the place of each in ``decisions``, and its key."""
        size = self.starts[decisions + 1] - self.starts[decisions]
        offsets = np.repeat(self.starts[decisions] - np.concatenate(([0], np.cumsum(size)[:-1])), size)
        return np.repeat(np.arange(len(decisions)), size), self.keys[offsets + np.arange(size.sum())]

    def main(self, decisions: Ids) -> Ids:
        """Of each of ``decisions`` the key that most of them have, -1 where it has none."""
        order = np.argsort(-self.counts(decisions), kind="stable")
        rank = np.argsort(order, kind="stable")
        place, key = self.each(decisions)
        best = np.full(len(decisions), len(order))
        np.minimum.at(best, place, rank[key])
        return np.asarray(np.append(order, -1)[best], np.int64)

    def totals(self) -> Ids:
        """How many decisions have each key."""
        return np.diff(self.key_starts)


def correlated(sets: Sequence[Ids], among: Ids) -> NDArray[np.float64]:
    """How much more often each two of ``sets`` hold the same of ``among`` than sets apart would: their phi.

    It is 0 where they do so less often, or where it may well be chance. Of very many, an even part is taken.

    >>> correlated([np.arange(50), np.arange(40), np.arange(50, 100)], np.arange(100)).round(2).tolist()
    [[1.0, 0.82, 0.0], [0.82, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    among = np.sort(among)[:: max(len(among) // _MOST, 1)]
    has = np.array([np.isin(among, one, assume_unique=True) for one in sets], np.float32)
    has = has.reshape(len(sets), len(among))
    size = max(len(among), 1)
    share = has.mean(1, dtype=np.float64) if len(among) else np.zeros(len(sets))
    spread = np.sqrt(np.maximum(share * (1 - share), 1e-12))
    phi = ((has @ has.T) / size - np.outer(share, share)) / np.outer(spread, spread)
    return np.where(phi * np.sqrt(size) > _CHANCE, phi, 0.0)


def typical(kinds: Iterable[Pairs], found: Ids) -> Ids:
    """The same decisions, first those that have most of the keys that are frequent among them."""
    score = np.zeros(len(found))
    for pairs in kinds:
        place, key = pairs.each(found)
        share = np.bincount(key, minlength=len(pairs.key_starts) - 1) / max(len(found), 1)
        score += np.bincount(place, weights=share[key], minlength=len(found))
    return found[np.lexsort((found, -score))]


def _starts(values: Ids, number: int) -> Ids:
    return np.concatenate(([0], np.cumsum(np.bincount(values, minlength=number)))).astype(np.int64)
