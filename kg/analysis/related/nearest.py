"""The nearest decisions to a request: the weight of what two share over the weight of what either has.

The score is a weighted Jaccard index, 0 to 1, in millionths. Two kinds of candidates can have a high one:
decisions that have one of the request's rarer features, whose lists are walked, and decisions of a block that
has enough of the others. Both are taken by the most that they could reach, until no more is promised than
enough decisions have reached (as MaxScore and block-max indexes of search engines do); the result is the same
as if all were compared.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kg.analysis.related.features import BLOCK, Features

SCALE = 1_000_000
_WALKED = 100_000
"""Entries of the rarer features' lists that are walked."""
_FIRST = 3
"""So many times as many of those walked as are wanted are compared first, to find the bar for the others."""
_BLOCKS = 48
"""Blocks that are compared first; then twice as many each time."""
_AT_ONCE = 2048
"""Decisions whose features fit into the processor's cache."""

Numbers = NDArray[np.float64]
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
    search = _Search(known, asked, mode, count, allowed, counted, total)
    search.run()
    order = np.lexsort((known.rank[search.found], -search.score))[:count]
    return search.found[order], search.score[order]


@dataclass(eq=False)
class _Search:
    """A search for the nearest decisions: those found so far, and the score that enough of them reach."""

    known: Features
    asked: Asked
    mode: str
    count: int
    allowed: Mask | None
    counted: NDArray[np.int32]
    total: int
    found: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    score: Scores = field(default_factory=lambda: np.empty(0, np.int64))
    bar: int = 1

    def run(self) -> None:
        """Compare what could reach the bar, the most promising first."""
        whole, lightest = self.known.whole(self.mode), self.known.lightest[self.mode]
        walked, common = self._parts()
        held, every = self._held(common, walked)
        every = self._most(held + every, lightest)
        self._compare(self._inside(_highest(every, _BLOCKS)))
        places, part = self._walk(walked, every >= self.bar)
        promised = self._most(part + held[places // BLOCK], whole[places])
        self._compare(places[_highest(promised, _FIRST * self.count)])
        self._compare_blocks(held, np.where(held > 0, self._most(held, lightest), 0))
        self._compare(places[promised >= self.bar])

    def _parts(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """The request's features whose lists are walked, and those that are looked up by block alone."""
        known = self.known
        lengths = known.starts[self.counted + 1] - known.starts[self.counted]
        order = np.argsort(lengths, kind="stable")
        walked = (np.cumsum(lengths[order]) <= _WALKED) | (known.block_row[self.counted[order]] < 0)
        return self.counted[order[walked]], self.counted[order[~walked]]

    def _held(self, *parts: NDArray[np.int32]) -> Numbers:
        """Of each block the weight of the features that one of its decisions has, for parts of them."""
        known, blocks = self.known, -(-len(self.known) // BLOCK)
        features = np.concatenate(parts)
        owner = np.repeat(np.arange(len(parts)), [part.size for part in parts])
        rows = known.block_row[features]
        often = np.flatnonzero(rows >= 0)
        weights = np.zeros((len(parts), often.size))
        weights[owner[often], np.arange(often.size)] = known.weights[features[often]]
        held: Numbers = weights @ np.unpackbits(known.blocks[rows[often]], axis=1, count=blocks).astype(
            np.float64
        )
        for number in np.flatnonzero(rows < 0):
            block = known.having(features[number]) // BLOCK
            held[owner[number], block[np.flatnonzero(np.diff(block, prepend=-1))]] += known.weights[
                features[number]
            ]
        return held

    def _walk(self, features: NDArray[np.int32], alive: Mask) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The decisions of some blocks that have one of the features, and what those of each weigh."""
        lists = [np.empty(0, np.int64)]
        for feature in features:
            having = self.known.having(feature)
            # With its weight in the lower half, a sorted decision's entries are neighbours.
            kept = having[alive[having // BLOCK]].astype(np.int64)
            lists.append(kept << 32 | int(self.known.weights[feature]))
        entries = np.sort(np.concatenate(lists), kind="stable")
        places = entries >> 32
        starts = np.flatnonzero(np.diff(places, prepend=-1))
        return places[starts], np.add.reduceat(entries & 0xFFFFFFFF, starts) if starts.size else starts

    def _most(self, shared: Numbers, whole: NDArray[np.int32]) -> Numbers:
        """The most that scores can be where no more than ``shared`` is shared."""
        most = np.minimum(shared, whole)
        return np.asarray(SCALE * most / (self.total + whole - most) + 1)

    def _compare_blocks(self, held: Numbers, promised: Numbers) -> None:
        """Compare decisions that have none of the features walked, block by block."""
        blocks = np.flatnonzero(promised >= self.bar)
        blocks = blocks[np.argsort(-promised[blocks])]
        whole, number, step = self.known.whole(self.mode), 0, _BLOCKS
        while number < blocks.size and promised[blocks[number]] >= self.bar:
            part = blocks[number : number + step]
            inside = self._inside(part[promised[part] >= self.bar])
            most = self._most(held[inside // BLOCK], whole[inside])
            self._compare(inside[most >= self.bar])
            number, step = number + step, 2 * step

    def _inside(self, blocks: NDArray[np.int64]) -> NDArray[np.int64]:
        """The decisions of some blocks."""
        inside = (np.sort(blocks)[:, None] * BLOCK + np.arange(BLOCK)).ravel()
        return inside[inside < len(self.known)]

    def _compare(self, decisions: NDArray[np.int64]) -> None:
        """Score some decisions, keep those that reach the bar, and raise it."""
        known = self.known
        if self.allowed is not None:
            decisions = decisions[self.allowed[decisions]]
        if self.asked.case is not None:
            decisions = decisions[known.case_of[decisions] != self.asked.case]
        score = exact(known, self.counted, self.mode, self.total, decisions)
        good = score >= self.bar
        found = np.concatenate((self.found, decisions[good]))
        self.found, first = np.unique(found, return_index=True)
        self.score = np.concatenate((self.score, score[good]))[first]
        self.bar = max(self.bar, _bar(self.score, self.count))


def exact(
    known: Features, counted: NDArray[np.int32], mode: str, total: int, decisions: NDArray[np.integer]
) -> Scores:
    """The scores of some decisions, from their own features."""
    if not decisions.size:
        return np.empty(0, np.int64)
    weight = np.zeros(known.weights.size, np.int32)
    weight[counted] = known.weights[counted]
    shared = np.empty(decisions.size, np.int64)
    for start in range(0, decisions.size, _AT_ONCE):
        part = decisions[start : start + _AT_ONCE]
        first = known.row_starts[part]
        lengths = known.row_starts[part + 1] - first
        ends = np.cumsum(lengths)
        flat = np.repeat(first - (ends - lengths), lengths)
        flat += np.arange(flat.size)
        sums = np.zeros(flat.size + 1, np.int64)
        np.cumsum(weight.take(known.features.take(flat)), out=sums[1:])
        shared[start : start + _AT_ONCE] = sums[ends] - sums[ends - lengths]
    return _score(shared, known.whole(mode)[decisions].astype(np.int64), total)


def _score(shared: Scores, whole: Scores, total: int) -> Scores:
    score: Scores = np.rint(SCALE * (shared / np.maximum(total + whole - shared, 1))).astype(np.int64)
    return score


def _highest(values: Numbers, count: int) -> NDArray[np.int64]:
    """The places of the ``count`` highest values."""
    low = max(0, values.size - count)
    return np.argpartition(values, low)[low:] if low else np.arange(values.size)


def _bar(score: Scores, count: int) -> int:
    return int(np.partition(score, -count)[-count]) if score.size >= count else 0


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
