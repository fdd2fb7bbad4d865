"""The nearest decisions to a request: the weight of what two share over the weight of what either has.

The score is a weighted Jaccard index, 0 to 1, in millionths. Decisions that share none of the rarer features
cannot reach a high score, so the lists of the common ones are walked only where the rarer give too few
(the MaxScore method of search engines); the result is the same as if all were.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kg.analysis.related.features import Features

SCALE = 1_000_000
_WALKED = 60_000
"""Entries of the rarer features' lists that are walked to find a bar for the rest."""
_FIRST = 4
"""So many times as many as are wanted are scored first, to find the bar for the others."""

Scores = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Asked:
    """A request: the numbers of its known features, and what those weigh that no decision here has.

    ``unseen`` is that weight by mode. ``case`` and ``decision`` are its numbers where it is in the base.
    """

    features: NDArray[np.int32]
    unseen: dict[str, int]
    outcome: int | None = None
    case: int | None = None
    decision: int | None = None
    text: str | None = None
    position: int = 1


def nearest(
    known: Features, asked: Asked, mode: str, count: int, allowed: Mask | None = None
) -> tuple[NDArray[np.int64], Scores]:
    """The ``count`` nearest decisions and their scores, the nearest first; equal ones by case and item.

    ``allowed``: the decisions that may be answers. Those of the asked case never are.
    """
    counted = asked.features[known.counting[mode][asked.features]]
    total = int(known.weights[counted].sum()) + asked.unseen.get(mode, 0)
    if not counted.size or not total:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    lengths = known.starts[counted + 1] - known.starts[counted]
    counted = counted[np.argsort(lengths, kind="stable")]
    walked = max(1, int(np.searchsorted(np.cumsum(np.sort(lengths)), _WALKED)))
    found = _Partial(known, asked, mode, total, counted, allowed)
    found.walk(walked)
    bar = found.bar(count, 0)
    # Decisions that have none of the features walked share at most the rest of the weight.
    rest = np.cumsum(known.weights[counted][::-1], dtype=np.int64)[::-1]
    needed = int(np.count_nonzero(SCALE * rest / total + 1 >= bar))
    if needed > walked:
        found.walk(needed)
        bar = found.bar(count, bar)
    hit = found.reaching(bar)
    return _best(hit, exact(known, counted, mode, total, hit), count)


@dataclass(eq=False)
class _Partial:
    """What each decision shares of the first features of a request, which may be walked further."""

    known: Features
    asked: Asked
    mode: str
    total: int
    counted: NDArray[np.int32]
    allowed: Mask | None
    walked: int = 0

    def __post_init__(self) -> None:
        self.shared = np.zeros(len(self.known), np.int32)
        self.rest = int(self.known.weights[self.counted].sum())

    def walk(self, until: int) -> None:
        """Add the features before number ``until``."""
        known = self.known
        for feature in self.counted[self.walked : until]:
            # With whole 64-bit places and a number of the array's own type, ``add.at`` takes a quarter of
            # the time of ``shared[places] += weight``.
            np.add.at(self.shared, known.having(feature).astype(np.int64), known.weights[feature])
        if (case := self.asked.case) is not None:
            self.shared[known.case_starts[case] : known.case_starts[case + 1]] = 0
        self.walked = until
        self.rest = int(known.weights[self.counted[until:]].sum())

    def reaching(self, bar: int) -> NDArray[np.int64]:
        """The decisions that have one of the features and whose scores may reach the bar."""
        # What a decision has is at least what both share: with less of it than this it stays below the bar.
        share = max(0, bar - 2) / SCALE
        hit = np.flatnonzero(self.shared > max(0.0, share * self.total - (1 + share) * self.rest - 1))
        if self.allowed is not None:
            hit = hit[self.allowed[hit]]
        part, whole = self._weights(hit)
        most = np.minimum(part + self.rest, whole)
        return hit[SCALE * most / np.maximum(self.total + whole - most, 1) + 1 >= bar]

    def bar(self, count: int, known: int) -> int:
        """A score that ``count`` decisions reach, from those that share most so far; at least ``known``."""
        hit = self.reaching(known)
        part, whole = self._weights(hit)
        if hit.size > (first := _FIRST * count):
            hit = hit[np.argpartition(part / (self.total + whole - part), -first)[-first:]]
        return max(known, _bar(exact(self.known, self.counted, self.mode, self.total, hit), count))

    def _weights(self, hit: NDArray[np.int64]) -> tuple[Scores, Scores]:
        """What decisions share so far, and what they weigh."""
        return self.shared[hit].astype(np.int64), self.known.whole(self.mode)[hit].astype(np.int64)


def exact(
    known: Features, counted: NDArray[np.int32], mode: str, total: int, decisions: NDArray[np.int64]
) -> Scores:
    """The scores of some decisions, from their own features."""
    if not decisions.size:
        return np.empty(0, np.int64)
    weight = np.zeros(known.weights.size, np.int32)
    weight[counted] = known.weights[counted]
    first = known.row_starts[decisions]
    lengths = known.row_starts[decisions + 1] - first
    ends = np.cumsum(lengths)
    flat = np.arange(ends[-1]) + np.repeat(first - (ends - lengths), lengths)
    sums = np.concatenate(([0], np.cumsum(weight[known.features[flat]], dtype=np.int64)))
    shared = sums[ends] - sums[ends - lengths]
    return _score(shared, known.whole(mode)[decisions].astype(np.int64), total)


def _score(shared: Scores, whole: Scores, total: int) -> Scores:
    score: Scores = np.rint(SCALE * (shared / np.maximum(total + whole - shared, 1))).astype(np.int64)
    return score


def _bar(score: Scores, count: int) -> int:
    return int(np.partition(score, -count)[-count]) if score.size >= count else 0


def _best(hit: NDArray[np.int64], score: Scores, count: int) -> tuple[NDArray[np.int64], Scores]:
    order = np.lexsort((hit, -score))[:count] if hit.size <= 4 * count else _cut(hit, score, count)
    return hit[order], score[order]


def _cut(hit: NDArray[np.int64], score: Scores, count: int) -> NDArray[np.int64]:
    some = np.flatnonzero(score >= _bar(score, count))
    return some[np.lexsort((hit[some], -score[some]))[:count]]


def asked_of(known: Features, decision: int) -> Asked:
    """A decision of the base as what is asked about."""
    return Asked(
        features=known.of(decision),
        unseen={},
        outcome=int(known.outcome[decision]),
        case=int(known.case_of[decision]),
        decision=decision,
        position=int(known.position[decision]),
    )
