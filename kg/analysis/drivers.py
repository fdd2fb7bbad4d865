"""Which cited pages, sections, chapters or guidelines are associated with which outcomes.

A row compares, among the decisions *at risk* (those in which the party cites something of the level), the
decisions that cite a key with those that do not: letters and decisions, the rate of overturning, the
difference at equal covariates, and the crude and the adjusted odds ratio of the same comparison. Letters are
the unit: every interval and test allows for decisions of one letter being alike. Which of neighbouring keys
is meant is said by credible sets (:mod:`kg.statistics.single_effects`).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Annotated

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kg.analysis.comparison import Comparison
from kg.analysis.covariates import wanted as covariates
from kg.analysis.decisions import OUTCOMES, Cited, Index, Mask, prepare
from kg.analysis.filters import Filters, check_minimum, unknown
from kg.analysis.prepared.cells import cells
from kg.analysis.prepared.filtered import Filtered
from kg.analysis.shown_columns import (
    SHARE,
    Column,
    Counted,
    Decisions,
    Letters,
    names,
    shaped,
)
from kg.analysis.verdict import Told
from kg.sheets import to_csv

HELP = (
    "Figures show association with overturning, not its causes: the reviewer chooses the page, often after "
    "making up their mind. Each row compares decisions that cite the key with decisions that cite only "
    "other keys of the same level. The difference and the adjusted odds ratio are adjusted for the "
    "covariates; 95 % intervals and tests allow for correlation between decisions of one letter. q-values "
    "follow Benjamini and Hochberg over the rows compared. Neighbouring pages share decisions: with 95 % "
    "probability, a credible set contains the key that has the effect."
)
"""What a reader has to know about the table, for help texts and captions."""


@dataclass(frozen=True, slots=True)
class DriverRow(Counted):
    """One key with its counts and figures; a figure is ``None`` where the decisions do not give it."""

    key: Annotated[str, Column("Key", "notation of what is cited", "key")]
    guideline: Annotated[str, Column("Guideline", "notation of the work", "key")]
    edition: Annotated[int | None, Column("Edition", "year of the edition", "key")]
    chapter: Annotated[str | None, Column("Chapter", "chapter of the work", "key")]
    section: Annotated[str | None, Column("Section", "title of the section", "key")]
    page: Annotated[int | None, Column("Page", "number of the page", "key")]
    difference: Annotated[
        float | None,
        Column(
            "Difference",
            "adjusted difference in rate from decisions that do not cite the key",
            unit="percentage points",
            form="{:+z.1f}",
        ),
    ]
    difference_low: Annotated[
        float | None, Column("", "lower end of the difference", "low", "percentage points")
    ]
    difference_high: Annotated[
        float | None, Column("", "upper end of the difference", "high", "percentage points")
    ]
    odds_ratio: Annotated[
        float | None, Column("Crude odds ratio", "odds ratio of overturning, key cited against not cited")
    ]
    odds_ratio_low: Annotated[float | None, Column("", "lower end of the crude odds ratio", "low")]
    odds_ratio_high: Annotated[
        float | None, Column("", "upper end; empty if there is no upper limit", "high")
    ]
    adjusted_odds_ratio: Annotated[
        float | None, Column("Adjusted odds ratio", "odds ratio adjusted for the covariates")
    ]
    adjusted_low: Annotated[float | None, Column("", "lower end of the adjusted odds ratio", "low")]
    adjusted_high: Annotated[float | None, Column("", "upper end; empty if there is no upper limit", "high")]
    p_value: Annotated[
        float | None,
        Column("p", "p-value of the test that the key is not associated with the outcome", form="{:.2g}"),
    ]
    q_value: Annotated[
        float | None, Column("q", "p corrected for the rows compared (Benjamini and Hochberg)", form="{:.3f}")
    ]
    overlap: Annotated[
        float | None,
        Column(
            "Overlap", "share of the key's variation explained by the covariates", unit=SHARE, form="{:.0%}"
        ),
    ]
    probability: Annotated[
        float | None,
        Column("Probability", "probability that the set's effect is at this key", unit=SHARE, form="{:.0%}"),
    ]
    credible_set: Annotated[int | None, Column("Set", "the credible set that the key belongs to", "text")]
    remark: Annotated[
        str | None,
        Column("Remark", "set if the key nearly coincides with a covariate or a figure is missing", "text"),
    ]


@dataclass(frozen=True, slots=True)
class Member:
    """A key of a credible set, with the probability that the effect is at it."""

    key: str
    probability: float


@dataclass(frozen=True, slots=True)
class EffectSet:
    """One effect: the keys that it is at with 95 % probability, the likeliest first.

    The odds ratio is that of the likeliest key, in one model with those of the other sets; ``decisions`` and
    ``letters`` cite any key of the set.
    """

    keys: tuple[Member, ...]
    odds_ratio: float | None
    low: float | None
    high: float | None
    decisions: int
    letters: int


@dataclass(frozen=True, slots=True)
class SetRow:
    """A key of a credible set beside its set's figures."""

    set: Annotated[int, Column("Set", "number of the credible set", "key")]
    key: Annotated[str, Column("Key", "notation of what is cited", "key")]
    probability: Annotated[
        float,
        Column("Probability", "probability that the set's effect is at this key", unit=SHARE, form="{:.0%}"),
    ]
    odds_ratio: Annotated[
        float | None,
        Column("Odds ratio", "odds ratio of the set's most probable key, in one model with the other sets"),
    ]
    low: Annotated[float | None, Column("", "lower end of the odds ratio", "low")]
    high: Annotated[float | None, Column("", "upper end; empty if there is no upper limit", "high")]
    decisions: Decisions
    letters: Letters


@dataclass(frozen=True, eq=False)
class Drivers:
    """The table of one level and party under filters, the most cited keys first.

    ``decisions`` to ``modified`` count all decisions under the filters, ``at_risk`` those that are compared,
    in ``letters`` letters. ``minimum`` is the least number of decisions of the rows that are shown; it
    changes nothing else. ``notes`` are sentences that a reader needs beside the table, ``verdict`` says what
    it comes to.
    """

    level: str
    party: str
    filters: Filters
    minimum: int
    adjust: tuple[str, ...]
    decisions: int
    upheld: int
    overturned: int
    modified: int
    at_risk: int
    letters: int
    verdict: str
    whole: pl.DataFrame = field(repr=False)
    sets: tuple[EffectSet, ...] = ()
    notes: tuple[str, ...] = ()
    _cases: Callable[[str], Sequence[str]] | None = field(default=None, repr=False)

    @cached_property
    def table(self) -> pl.DataFrame:
        """The rows that are shown, as a frame."""
        return self.whole.filter(pl.col("decisions") >= self.minimum)

    def shown(self, minimum: int) -> "Drivers":
        """The same table with the rows of at least ``minimum`` decisions.

        Raises:
            SettingError: ``minimum`` is less than 1.
        """
        check_minimum(minimum)
        return self if minimum == self.minimum else replace(self, minimum=minimum)

    @cached_property
    def rows(self) -> tuple[DriverRow, ...]:
        """The rows, in order."""
        return tuple(DriverRow(**row) for row in self.table.iter_rows(named=True))

    def __len__(self) -> int:
        """How many rows are shown."""
        return self.table.height

    def row(self, key: str) -> DriverRow:
        """The row of one key, such as ``chronic-pain/2009/page/98``, shown or not.

        Raises:
            UnknownError: nobody cites such a key; the sentence names the nearest.
        """
        if key not in (known := self.whole["key"].to_list()):
            raise unknown(self.level, key, known)
        return DriverRow(**self.whole.row(by_predicate=pl.col("key") == key, named=True))

    def cases(self, key: str) -> tuple[str, ...]:
        """The cases behind one row, sorted.

        Raises:
            UnknownError: nobody cites such a key; the sentence names the nearest.
        """
        row = self.row(key)
        return tuple(self._cases(row.key)) if self._cases else ()

    def to_frame(self) -> pl.DataFrame:
        """The rows that are shown; null where a figure is not given."""
        return self.table

    def set_rows(self) -> tuple[SetRow, ...]:
        """The credible sets, a row for each key."""
        return tuple(
            SetRow(number, key.key, key.probability, *(getattr(one, name) for name in names(SetRow)[3:]))
            for number, one in enumerate(self.sets, 1)
            for key in one.keys
        )

    def to_csv(self) -> str:
        """The table as CSV with a header line."""
        return to_csv(names(DriverRow), self.table.iter_rows(), line_end="\n")


def drivers(
    facts: pl.DataFrame | pl.LazyFrame | Index,
    level: str = "page",
    party: str = "reviewer",
    filters: Filters | None = None,
    minimum: int = 10,
    *,
    adjust: str | Iterable[str] | None = None,
    sets: bool = True,
) -> Drivers:
    """Count and compare the outcomes of decisions by what ``party`` cites.

    ``facts`` is the facts table or, to ask more than once, what :func:`kg.analysis.decisions.prepare` made of
    it. ``level`` is ``page``, ``section``, ``chapter``, ``edition`` or ``guideline``; ``party`` is
    ``reviewer``, ``claims_administrator``, ``any`` of them or ``both``. Only rows with the ``minimum`` count
    are shown. ``adjust`` names the covariates that are held equal, of :data:`kg.analysis.covariates.ADJUST`,
    or is ``none``; without ``sets`` no credible sets are looked for.

    Raises:
        UnknownError: there is no such level, party, covariate or filter value; the sentence names the
        nearest. SettingError: ``minimum`` is less than 1.
    """
    check_minimum(minimum)
    equal = covariates(adjust)
    index = facts if isinstance(facts, Index) else prepare(facts)
    wanted = index.resolved(filters or Filters())
    chosen = index.chosen(wanted, party)
    prepared = cells(index, level, party, equal)
    keys, cited = prepared.keys, partial(_cited, index, level, party, chosen)
    compared = Filtered(prepared.chosen(index, chosen), cited, equal)
    totals = np.bincount(index.outcome if chosen is None else index.outcome[chosen], minlength=3)
    listed = compared.counts.sum(1) > 0
    if (years := wanted["edition"]) and level != "guideline":
        listed &= np.array([any(str(year) in span for span in years) for year in keys["edition"]], bool)
    figures, (found, members) = compared.figures(lambda: _sets(compared, keys) if sets else ((), {}))
    table = _table(compared, keys, listed, figures, members)
    size, upheld, overturned, modified = (int(count) for count in (totals.sum(), *totals))
    told = Told(level, party, compared, totals, table, tuple(map(_direction, found)))
    risk = int(compared.risk.sum())
    letters = int(np.count_nonzero(np.diff(index.letter[compared.risk], prepend=-1)))
    return Drivers(
        *(level, party, wanted, minimum, equal, size, upheld, overturned, modified, risk, letters),
        told.verdict(),
        table,
        found,
        (*index.notes(wanted, party), *told.notes(), *index.left_out),
        lambda key: index.cases(cited(), key),
    )


def _cited(index: Index, level: str, party: str, chosen: Mask | None) -> Cited:
    return index.cited(level, party).within(chosen)


def _sets(
    compared: Comparison, known: pl.DataFrame
) -> tuple[tuple[EffectSet, ...], dict[int, tuple[int, float]]]:
    """The credible sets, and of each key in one the set's number and its probability.

    A set is kept where its odds ratio, beside those of the other sets, is apart from 1: from a hundred
    letters with nothing planted the scores alone gave a set in 15 of 120 tables, 3 with an interval apart.
    """
    found = compared.sets()
    beside = compared.beside([int(part.keys[0]) for part in found])
    while not beside.apart.all():
        found = tuple(part for part, apart in zip(found, beside.apart.tolist(), strict=True) if apart)
        beside = compared.beside([int(part.keys[0]) for part in found])
    members: dict[int, tuple[int, float]] = {}
    sets = []
    for number, part in enumerate(found):
        inside = np.isin(compared.key, part.keys)
        decisions = np.unique(compared.decision[inside])
        keys = tuple(
            Member(known["key"][int(key)], float(share))
            for key, share in zip(part.keys, part.probability, strict=True)
        )
        for key, share in zip(part.keys.tolist(), part.probability.tolist(), strict=True):
            members.setdefault(key, (number + 1, share))
        ends = (beside.odds[number], beside.odds_low[number], beside.odds_high[number])
        odds, low, high = (float(end) if np.isfinite(end) else None for end in ends)
        letters = int(np.unique(compared.index.letter[decisions]).size)
        sets.append(EffectSet(keys, odds, low, high, int(decisions.size), letters))
    return tuple(sets), members


def _direction(one: EffectSet) -> tuple[tuple[str, ...], bool]:
    """The keys of a set, and whether its effect is upwards."""
    return tuple(member.key for member in one.keys), one.odds_ratio is None or one.odds_ratio > 1


def _table(
    compared: Comparison,
    keys: pl.DataFrame,
    listed: Mask,
    figures: dict[str, NDArray[np.float64]],
    members: dict[int, tuple[int, float]],
) -> pl.DataFrame:
    counts = {"letters": compared.letters, "decisions": compared.counts.sum(1)}
    counts |= dict(zip(OUTCOMES, compared.counts.T, strict=True))
    numbers = range(compared.keys)
    remarks = _remarks(compared, figures["difference"])
    further = pl.DataFrame(
        {
            "credible_set": [members.get(number, (None, None))[0] for number in numbers],
            "probability": [members.get(number, (None, None))[1] for number in numbers],
            "remark": [remarks.get(number) for number in numbers],
        },
        schema={"credible_set": pl.Int64, "probability": pl.Float64, "remark": pl.String},
    )
    numbers_ = {
        name: pl.Series(name, np.where(np.isfinite(v), v, np.nan)).fill_nan(None)
        for name, v in figures.items()
    }
    whole = keys.hstack(pl.DataFrame(counts)).hstack(pl.DataFrame(numbers_)).hstack(further)
    ordered = whole.filter(pl.Series(listed)).sort("decisions", "key", descending=[True, False])
    return shaped(DriverRow, ordered)


def _remarks(compared: Comparison, difference: NDArray[np.float64]) -> dict[int, str]:
    """Sentences about single rows: what coincides with a covariate, and why there is no figure."""
    said = compared.coincidences()
    for number in compared.tested[np.isnan(difference[compared.tested])]:
        beside = f": {said[int(number)]}" if int(number) in said else ""
        said[int(number)] = f"cannot be separated from the covariates{beside}"
    return said
