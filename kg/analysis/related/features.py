"""The inverted index of decisions: which has which feature, and what each feature weighs.

A feature that ``n`` of ``N`` decisions have weighs ``log(1 + N / (n + 1))`` times the weight of its kind:
rarer shared features weigh more, and one more decision keeps a feature that few have from weighing without
bound. Weights are kept as whole ten-thousandths, so that sums do not depend on their order.

Decisions are numbered so that like requests are neighbours, and cut into blocks. Of features that many have
it is kept which blocks have them, so that a search looks only into blocks that could hold something near.
"""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kg.analysis.decisions import OUTCOMES, Index, each_once, places, prepare
from kg.analysis.filters import choose, unknown
from kg.analysis.related.evidence_kinds import KIN, KINDS, NAMES, REQUEST, Pairs, kinds_of

WEIGHT = 10_000
MODES = ("precedent", "pending")
"""What counts: everything, or only what is known before a review (request, denial, clinical facts)."""
BLOCK = 64
"""So many decisions, one after the other, are a block."""
_OFTEN = 256
"""A feature that more than one decision of so many has is looked up by block."""


@dataclass(frozen=True, eq=False)
class Features:
    """Every decision's features; make it with :func:`features`.

    ``cases`` is sorted. The decisions of case ``c`` are ``by_case[case_starts[c]:case_starts[c + 1]]``, in
    the order of their letter. Decision ``d`` has ``features[row_starts[d]:row_starts[d + 1]]``; the decisions
    that have feature ``f`` are ``postings[starts[f]:starts[f + 1]]``.
    """

    cases: pl.Series
    names: pl.DataFrame
    """Kind and value of each feature."""
    kind: NDArray[np.int8]
    """The place of each feature's kind in :data:`KINDS`."""
    weights: NDArray[np.int32]
    row_starts: NDArray[np.int64]
    features: NDArray[np.int32]
    starts: NDArray[np.int64]
    postings: NDArray[np.int32]
    precedent: NDArray[np.int32] = field(repr=False)
    """The weight of all features of each decision."""
    pending: NDArray[np.int32] = field(repr=False)
    """The weight of those known before a review."""
    case_of: NDArray[np.int32] = field(repr=False)
    case_starts: NDArray[np.int64] = field(repr=False)
    by_case: NDArray[np.int32] = field(repr=False)
    block_row: NDArray[np.int32] = field(repr=False)
    """The row of each feature in ``blocks``, -1 where few decisions have it."""
    blocks: NDArray[np.uint8] = field(repr=False)
    """Bits: which blocks have a decision with the feature."""
    outcome: NDArray[np.int8] = field(repr=False)
    """The place of each decision's outcome in ``OUTCOMES``."""
    position: NDArray[np.int16] = field(repr=False)
    """The place of each item in its letter, from 1."""
    decision: NDArray[np.int32] = field(repr=False)
    """The place of each decision in the index."""
    wording: NDArray[np.int64] = field(repr=False)
    """Equal for decisions whose item, outcome and rationale are equal word for word."""
    letter: NDArray[np.int64] = field(repr=False)
    """Equal for cases of which all decisions are so."""
    repeats: NDArray[np.int32] = field(repr=False)
    """How many decisions are worded as each is."""
    letter_repeats: NDArray[np.int32] = field(repr=False)
    """How many cases are worded as each is."""
    index: Callable[[], Index] = field(repr=False)
    """The index, which filters and printed texts need."""

    def __len__(self) -> int:
        """How many decisions there are."""
        return self.outcome.size

    @cached_property
    def named(self) -> list[tuple[str, str]]:
        """Kind and value of each feature."""
        return list(self.names.iter_rows())

    @cached_property
    def numbers(self) -> dict[tuple[str, str], int]:
        """The number of each feature, by kind and value."""
        return {name: number for number, name in enumerate(self.named)}

    @cached_property
    def printed(self) -> pl.DataFrame:
        """The text of each item and the day of its decision, in the order of the index."""
        return self.index().columns("item_text", "decision_date")

    @cached_property
    def counting(self) -> dict[str, NDArray[np.bool_]]:
        """Which features count in each mode."""
        return {mode: kinds_of(mode)[self.kind] for mode in MODES}

    @cached_property
    def rank(self) -> NDArray[np.int32]:
        """The place of each decision among all, by case and item."""
        return _inverse(self.by_case)

    @cached_property
    def lightest(self) -> dict[str, NDArray[np.int32]]:
        """Of each block the least that a decision weighs, by mode."""
        starts = np.arange(0, len(self), BLOCK)
        return {
            mode: np.minimum.reduceat(self.whole(mode), starts) if starts.size else np.empty(0, np.int32)
            for mode in MODES
        }

    def whole(self, mode: str) -> NDArray[np.int32]:
        """The weight of all features of each decision that count in a mode.

        Raises:
            UnknownError: there is no such mode.
        """
        return self.pending if choose("mode", mode, MODES) == "pending" else self.precedent

    def unseen(self, kind: str) -> int:
        """What a feature weighs that no decision has."""
        weight = next(each.weight for each in KINDS if each.name == kind)
        return round(WEIGHT * weight * float(np.log1p(len(self))))

    def number(self, case: str) -> int:
        """The place of ``case`` in ``cases``.

        Raises:
            UnknownError: there is no such case; the sentence names the nearest.
        """
        place = bisect_left(self.cases, case)
        if place < len(self.cases) and self.cases[place] == case:
            return place
        raise unknown("case", case, self._near(case, place))

    def _near(self, case: str, place: int) -> list[str]:
        """Known cases with one character changed, or else the neighbours in order."""
        changed = [
            case[:at] + new + case[at + 1 :]
            for at in range(len(case))
            for new in "0123456789"
            if case[at] != new
        ]
        one_off = self.cases.filter(self.cases.is_in(changed[:400])).to_list()
        return one_off or self.cases[max(0, place - 5) : place + 5].to_list()

    def of(self, decision: int) -> NDArray[np.int32]:
        """The features of one decision."""
        return self.features[self.row_starts[decision] : self.row_starts[decision + 1]]

    def having(self, feature: int) -> NDArray[np.int32]:
        """The decisions that have one feature."""
        return self.postings[self.starts[feature] : self.starts[feature + 1]]

    def decisions(self, case: int) -> NDArray[np.int32]:
        """The decisions of a case, in order."""
        return self.by_case[self.case_starts[case] : self.case_starts[case + 1]]

    def outcomes(self, case: int) -> tuple[str, ...]:
        """The outcomes of a case's items, in order."""
        return tuple(OUTCOMES[self.outcome[decision]] for decision in self.decisions(case))

    def kin(self, asked: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Which decisions share subcategory or drug class with one that has the features ``asked``."""
        wanted = [NAMES.index(name) for name in KIN]
        found = np.zeros(len(self), bool)
        for feature in asked[np.isin(self.kind[asked], wanted)]:
            found[self.having(feature)] = True
        return found


def features(facts: pl.DataFrame | pl.LazyFrame | Index) -> Features:
    """Make the inverted index of all decisions, once for a generation."""
    index = facts if isinstance(facts, Index) else prepare(facts)
    head = index.columns("case", "item", "wording")
    cases = head["case"].unique().sort()
    owner = places(head["case"], cases)
    item = head["item"].to_numpy()
    read = [kind.read(index) for kind in KINDS]
    decision = _neighbours(read, owner, item)
    row = _inverse(decision)
    names, kind, feature, having = _inverted(read, row)
    counts = np.bincount(feature, minlength=kind.size)
    by_kind = np.array([each.weight for each in KINDS])
    idf = np.log1p(decision.size / (counts + 1))
    weights = np.rint(WEIGHT * by_kind[kind] * idf).astype(np.int32)
    forward = np.argsort(having, kind="stable")
    pending = np.where(kinds_of("pending")[kind], weights, 0)
    case_starts = _starts(np.bincount(owner, minlength=len(cases)))
    by_case = row[np.lexsort((item, owner))]
    wording = _wording(head["wording"], decision)
    letter = _letters(wording[by_case], case_starts)
    block_row, blocks = _blocks(counts, having, decision.size)
    return Features(
        cases=cases,
        names=names,
        kind=kind,
        weights=weights,
        row_starts=_starts(np.bincount(having, minlength=decision.size)),
        features=feature[forward],
        starts=_starts(counts),
        postings=having,
        precedent=_sums(having, weights[feature], decision.size),
        pending=_sums(having, pending[feature], decision.size),
        case_of=owner[decision],
        case_starts=case_starts,
        by_case=by_case,
        block_row=block_row,
        blocks=blocks,
        outcome=index.outcome[decision],
        position=item[decision].astype(np.int16),
        decision=decision,
        wording=wording,
        letter=letter,
        repeats=_times(wording),
        letter_repeats=_times(letter),
        index=lambda: index,
    )


def _neighbours(read: list[Pairs], owner: NDArray[np.int32], item: NDArray[np.generic]) -> NDArray[np.int32]:
    """The decisions in an order in which like requests are neighbours: by their first values of each kind."""
    requested = []
    for kind, pairs in zip(KINDS, read, strict=True):
        if kind.evidence == REQUEST:
            first = np.full(owner.size, -1, np.int32)
            first[pairs.decision[::-1]] = pairs.value[::-1]
            requested.append(first)
    return np.lexsort((item, owner, *reversed(requested))).astype(np.int32)


def _inverse(order: NDArray[np.int32]) -> NDArray[np.int32]:
    place = np.empty_like(order)
    place[order] = np.arange(order.size, dtype=order.dtype)
    return place


def _inverted(
    read: list[Pairs], row: NDArray[np.int32]
) -> tuple[pl.DataFrame, NDArray[np.int8], NDArray[np.int32], NDArray[np.int32]]:
    """The features' names and kinds, and the pairs of feature and decision, sorted, each once."""
    names, kinds = [], []
    features: list[NDArray[np.int32]] = []
    having: list[NDArray[np.int32]] = []
    before = 0
    for number, (kind, pairs) in enumerate(zip(KINDS, read, strict=True)):
        packed = pairs.value.astype(np.int64) * max(row.size, 1) + row[pairs.decision]
        feature, decision = np.divmod(each_once(packed), max(row.size, 1))
        features.append((feature + before).astype(np.int32))
        having.append(decision.astype(np.int32))
        named = pl.Series("value", pairs.values, dtype=pl.String)
        names.append(pl.DataFrame([pl.Series("kind", [kind.name] * len(named), dtype=pl.String), named]))
        kinds.append(np.full(len(named), number, np.int8))
        before += len(named)
    return pl.concat(names), np.concatenate(kinds), np.concatenate(features), np.concatenate(having)


def _blocks(
    counts: NDArray[np.int64], having: NDArray[np.int32], decisions: int
) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """Which blocks have which of the features that many decisions have."""
    often = np.flatnonzero(counts * _OFTEN > decisions)
    row = np.full(counts.size, -1, np.int32)
    row[often] = np.arange(often.size, dtype=np.int32)
    there = np.zeros((often.size, -(-decisions // BLOCK)), bool)
    starts = _starts(counts)
    for blocks, feature in zip(there, often, strict=True):
        blocks[having[starts[feature] : starts[feature + 1]] // BLOCK] = True
    return row, np.packbits(there, axis=1)


def _starts(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate(([0], np.cumsum(counts)))


def _sums(row: NDArray[np.int32], weight: NDArray[np.int32], rows: int) -> NDArray[np.int32]:
    return np.bincount(row, weights=weight, minlength=rows).astype(np.int32)


def _wording(printed: pl.Series, decision: NDArray[np.int32]) -> NDArray[np.int64]:
    """The digests of the decisions in their new order; one that has none is like no other."""
    digest = printed.fill_null(pl.int_range(len(printed), dtype=pl.Int64, eager=True)).to_numpy()
    return digest[decision]


def _letters(wording: NDArray[np.int64], case_starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """One digest a case, of those of its decisions in order."""
    if not wording.size:
        return wording
    place = np.arange(wording.size) - np.repeat(case_starts[:-1], np.diff(case_starts))
    with np.errstate(over="ignore"):
        mixed = wording * (2 * place + 3) + (wording >> 17)
    return np.add.reduceat(mixed, case_starts[:-1])


def _times(digests: NDArray[np.int64]) -> NDArray[np.int32]:
    _, place, counts = np.unique(digests, return_inverse=True, return_counts=True)
    times: NDArray[np.int32] = counts.astype(np.int32)[place]
    return times
