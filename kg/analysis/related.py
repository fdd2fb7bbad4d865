"""Cases like a case: by the features that they share, rare ones weighing more.

A case's features are the pages, sections and chapters that either party cites, the service's
category and subcategory, body parts (with their side, and without), the drug, and the reviewer's
specialties. A feature that ``n`` of ``N`` cases have weighs ``log((N + 1) / n)``, a specialty half of
that, since it tells more of the reviewer than of the case. The score of two cases is the weight of
what they share over the weight of what either has (a weighted Jaccard index, 0 to 1).

Weights are kept as whole ten-thousandths, so that sums do not depend on their order. Each answer adds
up the lists of cases of all its features; only cases whose sum may reach the first places are scored.
"""

import math
import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kg.analysis.decisions import OUTCOMES, Index, Mask, each_once, places, prepare
from kg.analysis.filters import Filters, choose, unknown
from kg.errors import SettingError

KINDS = ("page", "section", "chapter", "category", "subcategory", "body_part", "drug", "specialty")
WANTED = ("other", *OUTCOMES)
CURSOR = r"^r1\.[0-9]{1,18}$"
"""How a cursor is written: the place from which the next page goes on."""
SCALE = 1_000_000
WEIGHT = 10_000

_COLUMNS = {
    "category": "category",
    "subcategory": "subcategory",
    "body_part": "body_parts",
    "drug": "drug",
    "specialty": "specialties",
}


@dataclass(frozen=True, slots=True)
class Shared:
    """A feature that both cases have, and its share of the score (the shares add up to 1)."""

    kind: str
    value: str
    share: float
    cases: int
    """How many cases have it."""


@dataclass(frozen=True, slots=True)
class RelatedCase:
    """A case like the one asked about; ``outcomes`` are those of its items in order."""

    case: str
    score: float
    shared: tuple[Shared, ...]
    outcomes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Related:
    """Cases like ``case``, the most alike first; equal scores by case number.

    ``next`` is the cursor of the following page, ``None`` at the end.
    """

    case: str
    outcomes: tuple[str, ...]
    rows: tuple[RelatedCase, ...]
    next: str | None

    def to_frame(self) -> pl.DataFrame:
        """One row a case: ``case, score, outcomes, shared``; shared as ``kind value`` in order of weight."""
        return pl.DataFrame(
            {
                "case": [row.case for row in self.rows],
                "score": [row.score for row in self.rows],
                "outcomes": [list(row.outcomes) for row in self.rows],
                "shared": [[f"{shared.kind} {shared.value}" for shared in row.shared] for row in self.rows],
            },
            schema={
                "case": pl.String,
                "score": pl.Float64,
                "outcomes": pl.List(pl.String),
                "shared": pl.List(pl.String),
            },
        )


@dataclass(frozen=True, eq=False)
class Features:
    """The inverted index: which case has which feature; make it with :func:`features`.

    ``cases`` is sorted. Row ``i`` of the forward lists is ``features[row_starts[i]:row_starts[i + 1]]``,
    the cases of feature ``j`` are ``postings[starts[j]:starts[j + 1]]``.
    """

    cases: pl.Series
    names: pl.DataFrame
    weights: NDArray[np.int32]
    row_starts: NDArray[np.int64]
    features: NDArray[np.int32]
    starts: NDArray[np.int64]
    postings: NDArray[np.int64]
    whole: NDArray[np.int32] = field(repr=False)
    """The weight of all features of each case."""
    ended: NDArray[np.uint8] = field(repr=False)
    """Bit ``k`` is set if an item of the case had outcome ``k``."""
    case_of: NDArray[np.int32] = field(repr=False)
    """The place in ``cases`` of each decision's case."""
    by_case: NDArray[np.int32] = field(repr=False)
    """The decisions, case by case; those of case ``i`` from ``case_starts[i]`` on."""
    case_starts: NDArray[np.int64] = field(repr=False)
    outcome: NDArray[np.int8] = field(repr=False)
    """The place of each decision's outcome in ``OUTCOMES``."""
    index: Callable[[], Index] = field(repr=False)
    """The index, which only filters need."""
    _last: list[tuple[int, NDArray[np.int32]]] = field(default_factory=list, init=False, repr=False)

    @cached_property
    def named(self) -> list[tuple[str, str]]:
        """Kind and value of each feature."""
        return list(self.names.iter_rows())

    def shared_weight(self, number: int) -> NDArray[np.int32]:
        """For each case the weight of what it shares with case ``number``; 0 for that case itself.

        That of the last case is kept: a page asks for those like it, and for those that ended otherwise.
        """
        for last, weight in self._last:
            if last == number:
                return weight
        weight = np.zeros(len(self.cases), np.int32)
        for feature in self.of(number):
            # With whole 64-bit places and a number of the array's own type, ``add.at`` takes a quarter
            # of the time of ``weight[places] += number``.
            np.add.at(weight, self.having(feature), self.weights[feature])
        weight[number] = 0
        self._last[:] = [(number, weight)]
        return weight

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

    def of(self, number: int) -> NDArray[np.int32]:
        """The features of one case."""
        return self.features[self.row_starts[number] : self.row_starts[number + 1]]

    def having(self, feature: int) -> NDArray[np.int64]:
        """The cases that have one feature."""
        return self.postings[self.starts[feature] : self.starts[feature + 1]]

    def outcomes(self, number: int) -> tuple[str, ...]:
        """The outcomes of a case's items, in order."""
        decided = self.by_case[self.case_starts[number] : self.case_starts[number + 1]]
        return tuple(OUTCOMES[code] for code in self.outcome[decided])


def features(facts: pl.DataFrame | pl.LazyFrame | Index) -> Features:
    """Make the inverted index of all cases, once for a generation."""
    index = facts if isinstance(facts, Index) else prepare(facts)
    named = index.columns("case")["case"]
    cases = named.unique().sort()
    case_of = places(named, cases)
    names: list[pl.DataFrame] = []
    pairs: list[NDArray[np.int64]] = []
    before = 0
    for kind in KINDS:
        owner, feature, values = _pairs(index, kind)
        kinds = pl.Series("kind", [kind] * len(values), dtype=pl.String)
        names.append(pl.DataFrame([kinds, pl.Series("value", values, dtype=pl.String)]))
        packed = (before + feature.astype(np.int64)) * len(cases) + case_of[owner]
        pairs.append(each_once(packed))
        before += len(values)
    packed = np.concatenate(pairs)
    feature, case = np.divmod(packed, max(len(cases), 1))
    counts = np.bincount(feature, minlength=before)
    described = pl.concat(names)
    halved = np.where((described["kind"] == "specialty").to_numpy(), WEIGHT / 2, WEIGHT)
    weights = np.rint(halved * np.log((len(cases) + 1) / np.maximum(counts, 1))).astype(np.int32)
    forward = np.argsort(case, kind="stable")
    ended = np.zeros(len(cases), np.uint8)
    np.bitwise_or.at(ended, case_of, np.left_shift(np.uint8(1), index.outcome.astype(np.uint8)))
    return Features(
        cases=cases,
        names=described,
        weights=weights,
        row_starts=_starts(np.bincount(case, minlength=len(cases))),
        features=feature[forward].astype(np.int32),
        starts=_starts(counts),
        postings=case,
        whole=np.bincount(case, weights=weights[feature], minlength=len(cases)).astype(np.int32),
        ended=ended,
        case_of=case_of,
        by_case=np.argsort(case_of, kind="stable").astype(np.int32),
        case_starts=_starts(np.bincount(case_of, minlength=len(cases))),
        outcome=index.outcome,
        index=lambda: index,
    )


def _starts(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate(([0], np.cumsum(counts)))


def _pairs(index: Index, kind: str) -> tuple[NDArray[np.int32], NDArray[np.int32], list[str]]:
    """Decisions and the features of one kind that they have, with the features' names."""
    if kind in {"page", "section", "chapter"}:
        cited = index.cited(kind, "any")
        return cited.decision, cited.key, cited.keys["key"].to_list()
    valued = index.valued(_COLUMNS[kind])
    if kind != "body_part":
        return valued.decision, valued.value, list(valued.names)
    bare = [name.split(":")[0] for name in valued.names]
    names = sorted({*valued.names, *bare})
    numbers = [np.array([names.index(name) for name in part], np.int32) for part in (valued.names, bare)]
    return np.tile(valued.decision, 2), np.concatenate([part[valued.value] for part in numbers]), names


def related(
    facts: pl.DataFrame | pl.LazyFrame | Index | Features,
    case: str,
    outcome: str | None = None,
    limit: int = 10,
    cursor: str | None = None,
    *,
    filters: Filters | None = None,
) -> Related:
    """Find cases like ``case``.

    ``facts`` is the facts table or, to ask more than once, what :func:`features` made of it. ``outcome``
    keeps cases with an item of that outcome; ``other`` keeps those that went the other way: with an
    outcome that ``case`` has not, or, where ``case`` was decided both ways, all one way. ``cursor`` is
    :attr:`Related.next` of the page before. ``filters`` keep cases with a decision that passes.

    Raises:
        UnknownError: there is no such case, outcome or filter value; the sentence names the nearest.
        SettingError: the limit is not 1 to 1000, or the cursor is not one of ours.
    """
    if not 1 <= limit <= 1000:
        raise SettingError(f"the limit is {limit}, and must be 1 to 1000")
    known = facts if isinstance(facts, Features) else features(facts)
    number = known.number(case)
    kept, weight = _kept(known, number, outcome, filters), known.shared_weight(number)
    candidates = _above(weight, 0, kept) if cursor else _first(known, number, kept, limit)
    order = _order(known, number, candidates, weight[candidates])
    if cursor is not None:
        order = order[order < _read_cursor(cursor)]
    more = order.size > limit
    best = np.sort(np.partition(order, order.size - limit)[-limit:] if more else order)[::-1]
    count = len(known.cases)
    mine = {feature: int(known.weights[feature]) for feature in known.of(number).tolist()}
    rows = tuple(
        _row(known, mine, count - 1 - int(place), int(score) / SCALE)
        for score, place in zip(*np.divmod(best, count), strict=True)
    )
    return Related(case, known.outcomes(number), rows, _write_cursor(int(best[-1])) if more else None)


def _kept(known: Features, number: int, outcome: str | None, filters: Filters | None) -> Mask:
    """The cases that may be answers."""
    kept = np.ones(len(known.cases), bool)
    if outcome is not None:
        kept = _ended(known, number, choose("outcome", outcome, WANTED))
    if filters is not None and (chosen := known.index().chosen(filters, "any")) is not None:
        passing = np.zeros(len(known.cases), bool)
        passing[known.case_of[chosen]] = True
        kept = kept & passing
    kept[number] = False
    return kept


def _first(known: Features, number: int, kept: Mask, limit: int) -> NDArray[np.int64]:
    """The cases among which the first ``limit + 1`` are."""
    total, weight = int(known.whole[number]), known.shared_weight(number)
    top = int(weight.max(initial=0))
    for share in (0.8, 0.5, 0.2):
        some = _above(weight, int(share * top), kept)
        if some.size > limit:
            score = weight[some] / (known.whole[some] + float(total) - weight[some])
            bar = float(np.partition(score, score.size - limit - 1)[-limit - 1]) - 1 / SCALE
            # What either has weighs at least as much as the case's own, so less cannot reach the bar.
            return _above(weight, max(math.ceil(bar * total) - 1, 0), kept)
    return _above(weight, 0, kept)


def _above(weight: NDArray[np.int32], bar: int, kept: Mask) -> NDArray[np.int64]:
    """The cases that weigh more and are kept; the bar is whole, so that nothing is made a float for it."""
    found = np.flatnonzero(weight > bar)
    return found[kept[found]]


def _order(
    known: Features, number: int, candidates: NDArray[np.int64], shared: NDArray[np.int32]
) -> NDArray[np.int64]:
    """Numbers that sort the candidates: score in millionths first, then earlier case numbers higher."""
    either = known.whole[candidates].astype(np.int64) + int(known.whole[number]) - shared
    score = np.rint(SCALE * (shared / np.maximum(either, 1))).astype(np.int64)
    order: NDArray[np.int64] = score * len(known.cases) + (len(known.cases) - 1 - candidates)
    return order


def _ended(known: Features, number: int, outcome: str) -> Mask:
    own = int(known.ended[number])
    kept: Mask = (known.ended & ~np.uint8(own)) > 0
    if outcome != "other":
        kept = (known.ended & (1 << OUTCOMES.index(outcome))) > 0
    elif own.bit_count() > 1:
        kept = np.bitwise_count(known.ended) == 1
    return kept


def _row(known: Features, mine: dict[int, int], other: int, score: float) -> RelatedCase:
    """One answer; ``mine`` is what the features of the case asked about weigh."""
    both = [(-mine[feature], feature) for feature in known.of(other).tolist() if feature in mine]
    total = max(1, -sum(weight for weight, _ in both))
    shared = tuple(_shared(known, feature, -weight / total) for weight, feature in sorted(both))
    return RelatedCase(known.cases[other], score, shared, known.outcomes(other))


def _shared(known: Features, feature: int, share: float) -> Shared:
    kind, value = known.named[feature]
    return Shared(kind, value, round(share, 6), known.having(feature).size)


def _write_cursor(order: int) -> str:
    return f"r1.{order}"


def _read_cursor(cursor: str) -> int:
    if not re.match(CURSOR, cursor):
        raise SettingError(f"{cursor!r} is not a cursor: give the `next` of the page before, or none")
    return int(cursor.removeprefix("r1."))


def count(known: Features, case: str, outcome: str | None = None, filters: Filters | None = None) -> int:
    """How many cases :func:`related` gives in all, page after page.

    Raises:
        UnknownError: there is no such case, outcome or filter value; the sentence names the nearest.
    """
    number = known.number(case)
    return int(((known.shared_weight(number) > 0) & _kept(known, number, outcome, filters)).sum())
