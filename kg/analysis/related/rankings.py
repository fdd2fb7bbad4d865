"""Lists of decisions like a decision and of cases like a case, and of those that went the other way.

A case's list is made of pairs of items: for each item of the asked case the nearest :data:`POOL` decisions
are looked up, and each case among them is scored by how well every item of either case is matched in the
other (the mean of both directions). Letters that repeat one another word for word are one entry.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Annotated, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kg.analysis.decisions import OUTCOMES, Index
from kg.analysis.filters import Filters, choose
from kg.analysis.related.evidence_kinds import KIN, NAMES
from kg.analysis.related.features import MODES, Features, features
from kg.analysis.related.nearest import SCALE, Asked, Mask, Scores, asked_of, exact, nearest
from kg.analysis.related.rows import RelatedDecision, Side, related_decision, side_asked
from kg.analysis.shown_columns import Column, schema
from kg.errors import SettingError

WANTED = ("other", *OUTCOMES)
CURSOR = r"^r2\.[0-9]{1,9}$"
"""How a cursor is written: how many rows came before."""
POOL = 500
"""The nearest decisions of an item among which its list is made."""
_GRANTED = frozenset(("overturned", "modified"))


@dataclass(frozen=True, eq=False)
class AskedCase:
    """A case that is asked about, of the base or not: its items, and its number if it has one."""

    items: tuple[Asked, ...]
    case: str | None = None

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The outcomes of its items that are known."""
        return tuple(OUTCOMES[item.outcome] for item in self.items if item.outcome is not None)


@dataclass(frozen=True, slots=True)
class Pair:
    """An item of the asked case and the decision of the other that matches it best."""

    asked: int
    """The item's place in its letter."""
    row: RelatedDecision


@dataclass(frozen=True, slots=True)
class RelatedRow:
    """A pair of items, of the asked case and of one like it."""

    case: Annotated[str, Column("Case", "number of the similar case", "key")]
    score: Annotated[float, Column("Score", "similarity of the cases", form="{:.3f}")]
    repeats: Annotated[
        int, Column("Repeats", "number of letters with identical wording, including this one", "count")
    ]
    asked: Annotated[int, Column("Asked", "position of the compared item in its letter", "text")]
    item: Annotated[int, Column("Item", "position of the similar item in its letter", "text")]
    outcome: Annotated[str | None, Column("Outcome", "how the similar item was decided", "text")]
    text: Annotated[str | None, Column("Disputed item", "the similar item as printed", "text")]
    decision_date: Annotated[date | None, Column("Decided", "day of its decision", "text")]
    specialties: Annotated[str, Column("Specialty", "specialties of its reviewer", "text")]
    claims_administrator: Annotated[
        str, Column("Claims administrator", "what the claims administrator cites for it", "text")
    ]
    reviewer: Annotated[str, Column("Reviewer", "what the reviewer cites for it", "text")]
    grounds: Annotated[str, Column("Grounds", "grounds that the reviewer states for it", "text")]
    pair_score: Annotated[float, Column("Item score", "similarity of the items", form="{:.3f}")]
    why: Annotated[str, Column("Why", "shared features, with their shares of the score", "text")]


@dataclass(frozen=True, slots=True)
class RelatedCase:
    """A case like the one asked about; ``outcomes`` are those of its items in order.

    ``repeats`` counts the letters that repeat it word for word, itself too.
    """

    case: str
    score: float
    outcomes: tuple[str, ...]
    pairs: tuple[Pair, ...]
    repeats: int


@dataclass(frozen=True, slots=True)
class Related:
    """Cases like a case, the nearest first; equal scores by case number.

    ``next`` is the cursor of the following page, ``None`` at the end; ``total`` counts all rows; ``notes``
    say for which items nothing went the other way.
    """

    case: str | None
    mode: str
    outcomes: tuple[str, ...]
    asked: tuple[Side, ...]
    rows: tuple[RelatedCase, ...]
    total: int
    next: str | None
    notes: tuple[str, ...] = ()

    def lines(self) -> Iterator[tuple[RelatedCase, Pair, dict[str, Any]]]:
        """Each pair of items with the values of the columns of :class:`RelatedRow`, by name."""
        for row in self.rows:
            for pair in row.pairs:
                side = {name: getattr(pair.row.found, name) for name in Side.__slots__}
                own = {"case": row.case, "score": row.score, "repeats": row.repeats, "asked": pair.asked}
                yield row, pair, side | own | {"pair_score": pair.row.score, "why": pair.row.why}

    def to_frame(self) -> pl.DataFrame:
        """The pairs of items, a :class:`RelatedRow` each; several values are joined by semicolons."""
        rows = [
            {name: "; ".join(v) if isinstance(v, tuple) else v for name, v in told.items()}
            for _, _, told in self.lines()
        ]
        return pl.DataFrame(rows, schema=schema(RelatedRow))


@dataclass(frozen=True, slots=True)
class RelatedDecisions:
    """Decisions like one that is asked about, the nearest first; those worded alike are one row.

    ``note`` says, where none of the kind went the other way, which kind is the nearest that did.
    """

    asked: Side
    mode: str
    rows: tuple[RelatedDecision, ...]
    note: str | None = None


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked of a base: which way, in which mode, under which filters."""

    known: Features
    mode: str
    outcome: str | None
    passing: Mask | None

    def allowed(self, asked: Asked) -> Mask | None:
        """The decisions that may answer; ``None`` for all."""
        known, allowed = self.known, self.passing
        if self.outcome == "other":
            kin = known.kin(asked.features)
            allowed = kin if allowed is None else kin & allowed
            allowed &= self.otherwise(asked)
        elif self.outcome is not None:
            chosen = known.outcome == OUTCOMES.index(self.outcome)
            allowed = chosen if allowed is None else chosen & allowed
        return allowed

    def otherwise(self, asked: Asked) -> Mask:
        """The decisions that went the other way; of an undecided request, which was denied, the granted."""
        if asked.outcome is None or self.mode == "pending":
            others: Mask = np.isin(self.known.outcome, [OUTCOMES.index(name) for name in _GRANTED])
        else:
            others = self.known.outcome != asked.outcome
        return others


def case_of(known: Features, case: str) -> AskedCase:
    """A case of the base as one that is asked about.

    Raises:
        UnknownError: there is no such case; the sentence names the nearest.
    """
    return AskedCase(tuple(asked_of(known, int(each)) for each in known.decisions(known.number(case))), case)


def related(
    facts: pl.DataFrame | pl.LazyFrame | Index | Features,
    case: str | AskedCase,
    outcome: str | None = None,
    limit: int = 10,
    cursor: str | None = None,
    *,
    filters: Filters | None = None,
    mode: str = "precedent",
) -> Related:
    """Find cases like ``case``.

    ``facts`` is the facts table or, to ask more than once, what :func:`features` made of it. ``outcome``
    keeps decisions of that outcome; ``other`` keeps those on the same kind of request as one of the case's
    items (the same subcategory or drug class at least) that went the other way. ``mode`` is ``precedent``
    (everything counts) or ``pending`` (only what is known before a review). ``cursor`` is
    :attr:`Related.next` of the page before. ``filters`` keep decisions that pass.

    Raises:
        UnknownError: there is no such case, outcome, mode or filter value; the sentence names the nearest.
        SettingError: the limit is not 1 to 1000, or the cursor is not one of ours.
    """
    known = facts if isinstance(facts, Features) else features(facts)
    asked = case_of(known, case) if isinstance(case, str) else case
    question = _question(known, mode, outcome, filters, limit)
    before = 0 if cursor is None else _read_cursor(cursor)
    allowed = [question.allowed(item) for item in asked.items]
    found = _by_case(question, asked, allowed)
    rows = tuple(
        RelatedCase(
            known.cases[number],
            score / SCALE,
            known.outcomes(number),
            tuple(
                Pair(item.position, related_decision(known, item, mode, decision, points))
                for item, decision, points in _pairs(asked.items, decisions, points_of)
            ),
            int(known.letter_repeats[number]),
        )
        for number, score, decisions, points_of in (found.rows(before, before + limit) if found else ())
    )
    notes = filter(None, map(partial(_note, question), asked.items, allowed)) if outcome == "other" else ()
    sides = tuple(side_asked(known, item, asked.case) for item in asked.items)
    total = len(found) if found else 0
    following = cursor_after(cursor, range(limit)) if total > before + limit else None
    return Related(asked.case, mode, asked.outcomes, sides, rows, total, following, tuple(notes))


def decisions_like(
    known: Features,
    asked: Asked,
    outcome: str | None = None,
    limit: int = 10,
    *,
    case: str | None = None,
    filters: Filters | None = None,
    mode: str = "precedent",
) -> RelatedDecisions:
    """Find decisions like one; parameters and errors as for :func:`related`."""
    question = _question(known, mode, outcome, filters, limit)
    allowed = question.allowed(asked)
    place, score = nearest(known, asked, mode, POOL, allowed)
    _, first = np.unique(known.wording[place], return_index=True)
    kept = np.sort(first)[:limit]
    rows = tuple(related_decision(known, asked, mode, int(place[each]), int(score[each])) for each in kept)
    note = _note(question, asked, allowed) if outcome == "other" else None
    return RelatedDecisions(side_asked(known, asked, case), mode, rows, note)


def _question(
    known: Features, mode: str, outcome: str | None, filters: Filters | None, limit: int
) -> _Question:
    if not 1 <= limit <= 1000:
        raise SettingError(f"the limit is {limit}, and must be 1 to 1000")
    choose("mode", mode, MODES)
    if outcome is not None:
        choose("outcome", outcome, WANTED)
    chosen = None if filters is None else known.index().chosen(filters, "any")
    return _Question(known, mode, outcome, None if chosen is None else chosen[known.decision])


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """Cases that were found: numbers, scores, decisions one case after the other, and their order.

    ``points`` tells how well each item that is asked about (a row) matches each decision.
    """

    cases: NDArray[np.int32]
    score: Scores
    starts: NDArray[np.int64]
    decisions: NDArray[np.int32]
    points: Scores
    order: NDArray[np.int64]

    def __len__(self) -> int:
        return self.order.size

    def rows(self, first: int, after: int) -> Iterator[tuple[int, int, NDArray[np.int32], Scores]]:
        """Each case's number, score, decisions and their points, from place ``first`` on."""
        ends = np.append(self.starts[1:], self.decisions.size)
        for each in self.order[first:after]:
            own = slice(int(self.starts[each]), int(ends[each]))
            yield int(self.cases[each]), int(self.score[each]), self.decisions[own], self.points[:, own]


def _by_case(question: _Question, asked: AskedCase, allowed: Sequence[Mask | None]) -> _Found | None:
    """The cases among the pools of all items, scored, in order, each wording once; ``None`` for none."""
    known, mode = question.known, question.mode
    pools = [
        nearest(known, item, mode, POOL, each)[0] for item, each in zip(asked.items, allowed, strict=True)
    ]
    cases = np.unique(known.case_of[np.concatenate(pools)]) if pools else np.empty(0, np.int32)
    if not cases.size:
        return None
    lengths = known.case_starts[cases + 1] - known.case_starts[cases]
    starts = np.cumsum(lengths) - lengths
    decisions = known.by_case[
        np.arange(lengths.sum()) + np.repeat(known.case_starts[cases] - starts, lengths)
    ]
    points = np.stack([_points(known, item, mode, decisions) for item in asked.items])
    if question.outcome is not None or question.passing is not None:
        points *= np.stack(
            [np.ones(decisions.size, bool) if each is None else each[decisions] for each in allowed]
        )
    best = np.maximum.reduceat(points, starts, axis=1)
    if question.outcome == "other":
        score = best.max(axis=0)
    else:
        there = np.add.reduceat(points.max(axis=0), starts) // lengths
        score = (best.sum(axis=0) // len(asked.items) + there) // 2
    order = np.lexsort((cases, -score))
    order = order[score[order] > 0]
    _, first = np.unique(known.letter[cases[order]], return_index=True)
    return _Found(cases, score, starts, decisions, points, order[np.sort(first)])


def _points(known: Features, item: Asked, mode: str, decisions: NDArray[np.int32]) -> Scores:
    counted = item.features[known.counting[mode][item.features]]
    total = int(known.weights[counted].sum()) + item.unseen.get(mode, 0)
    return exact(known, counted, mode, total, decisions)


def _pairs(
    items: Sequence[Asked], decisions: NDArray[np.int32], points: Scores
) -> list[tuple[Asked, int, int]]:
    """For each item that has a match the best one, the best pair first."""
    best = points.argmax(axis=1)
    pairs = [
        (item, int(decisions[best[row]]), int(points[row, best[row]]))
        for row, item in enumerate(items)
        if points[row, best[row]] > 0
    ]
    return sorted(pairs, key=lambda pair: -pair[2])


def _note(question: _Question, asked: Asked, allowed: Mask | None) -> str | None:
    """What to say where no decision of the kind went the other way."""
    known = question.known
    if allowed is not None and allowed.any():
        return None
    kind = _kind(known, asked.features) or "this kind of request"
    others = question.otherwise(asked)
    others = others if question.passing is None else others & question.passing
    found = nearest(known, asked, question.mode, 1, others)[0]
    if not found.size:
        return f"no decision on {kind} went the other way, nor any on a similar request"
    other = _kind(known, known.of(int(found[0]))) or "a request of no known kind"
    return f"no decision on {kind} went the other way; the nearest kind that did: {other}"


def _kind(known: Features, wanted: NDArray[np.int32]) -> str | None:
    """The subcategory, drug class or category among some features."""
    by_kind = {known.named[feature][0]: known.named[feature][1] for feature in wanted}
    return next((by_kind[name] for name in (*KIN, NAMES[0]) if name in by_kind), None)


def cursor_after(cursor: str | None, rows: Sequence[object]) -> str:
    """The cursor of what follows ``rows``, the first of the page at ``cursor``.

    >>> cursor_after(None, ["a", "b"]), cursor_after("r2.10", ["a"])
    ('r2.2', 'r2.11')
    """
    return f"r2.{(_read_cursor(cursor) if cursor else 0) + len(rows)}"


def _read_cursor(cursor: str) -> int:
    if not re.match(CURSOR, cursor):
        raise SettingError(f"{cursor!r} is not a valid cursor: pass the `next` of the previous page, or none")
    return int(cursor.removeprefix("r2."))
