"""Which cited pages, sections, chapters or guidelines are associated with which outcomes.

A row says how many decisions cite a key and how they ended, the rate of overturning, and odds
ratios of *overturned* (against upheld or modified) between the decisions that cite the key and all
others under the same filters: crude, pooled over strata (Mantel-Haenszel), and from a model with
all keys at once (:mod:`kg.statistics.penalised`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kg.analysis.covariates import adjusted
from kg.analysis.decisions import KEY_COLUMNS, OUTCOMES, Cited, Index, Mask, prepare
from kg.analysis.filters import Filters, choose, unknown
from kg.errors import SettingError
from kg.statistics import intervals

HELP = (
    "Figures say what is associated with overturned decisions, not what causes them: the reviewer chooses "
    "the page, often after making up their mind; pages are cited in ranges, so neighbours share their "
    "decisions; and kinds of service differ both in what is cited and in how they end. The Mantel-Haenszel "
    "ratio compares like with like by stratum, but its rest still holds the other pages' effects; the "
    "adjusted ratio comes from one model of all pages, service category and reviewer's specialty."
)
"""What a reader has to know about the table, for help texts and captions."""

WITHOUT_MODEL = "without the model: q-values are those of the Mantel-Haenszel test"
"""The note of a table whose adjusted odds ratios were not asked for."""

STRATA = ("category", "subcategory", "drug_class", "year", "template", "priority", "sex")
EXACT_BELOW = 1000
_ADJUSTED = ("adjusted_odds_ratio", "adjusted_low", "adjusted_high")
COLUMNS = (
    *KEY_COLUMNS,
    *("decisions", "upheld", "overturned", "modified", "overturn_rate", "rate_low", "rate_high"),
    *("odds_ratio", "odds_ratio_low", "odds_ratio_high", "mh_odds_ratio", "mh_low", "mh_high"),
    *_ADJUSTED,
    "q_value",
)
"""The columns of the table, in order."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DriverRow:
    """One key with its counts and figures; a figure is ``None`` where the counts do not give it."""

    key: str
    guideline: str
    edition: int | None
    chapter: str | None
    section: str | None
    page: int | None
    decisions: int
    upheld: int
    overturned: int
    modified: int
    overturn_rate: float | None
    rate_low: float | None
    rate_high: float | None
    odds_ratio: float | None
    odds_ratio_low: float | None
    odds_ratio_high: float | None
    mh_odds_ratio: float | None
    mh_low: float | None
    mh_high: float | None
    adjusted_odds_ratio: float | None
    adjusted_low: float | None
    adjusted_high: float | None
    q_value: float | None


@dataclass(frozen=True, eq=False)
class Drivers:
    """The table of one level and party under filters, the most cited keys first.

    ``decisions`` to ``modified`` count all decisions under the filters. ``notes`` are sentences that a
    reader needs beside the table.
    """

    level: str
    party: str
    filters: Filters
    minimum: int
    strata: str
    decisions: int
    upheld: int
    overturned: int
    modified: int
    table: pl.DataFrame = field(repr=False)
    notes: tuple[str, ...] = ()
    _cases: Callable[[str], Sequence[str]] | None = field(default=None, repr=False)

    @cached_property
    def rows(self) -> tuple[DriverRow, ...]:
        """The rows, in order."""
        return tuple(DriverRow(**row) for row in self.table.iter_rows(named=True))

    def __len__(self) -> int:
        """How many rows the table has."""
        return self.table.height

    def row(self, key: str) -> DriverRow:
        """The row of one key, such as ``chronic-pain/2009/page/98``.

        Raises:
            UnknownError: the table has no such key; the sentence names the nearest.
        """
        if key not in (known := self.table["key"].to_list()):
            raise unknown(self.level, key, known)
        return DriverRow(**self.table.row(by_predicate=pl.col("key") == key, named=True))

    def cases(self, key: str) -> tuple[str, ...]:
        """The cases behind one row, sorted.

        Raises:
            UnknownError: the table has no such key; the sentence names the nearest.
        """
        row = self.row(key)
        return tuple(self._cases(row.key)) if self._cases else ()

    def to_frame(self) -> pl.DataFrame:
        """The table with :data:`COLUMNS`; null where a figure is not given."""
        return self.table.select(COLUMNS)

    def to_csv(self) -> str:
        """The table as CSV with a header line."""
        return self.to_frame().write_csv()


def drivers(
    facts: pl.DataFrame | pl.LazyFrame | Index,
    level: str = "page",
    party: str = "reviewer",
    filters: Filters | None = None,
    minimum: int = 10,
    *,
    strata: str = "category",
    model: bool = True,
) -> Drivers:
    """Count and compare the outcomes of decisions by what ``party`` cites.

    ``facts`` is the facts table or, to ask more than once, what :func:`kg.analysis.decisions.prepare` made of
    it. ``level`` is ``page``, ``section``, ``chapter``, ``edition`` or ``guideline``; ``party`` is
    ``reviewer``, ``claims_administrator``, ``any`` of them or ``both``. Keys with fewer than ``minimum``
    decisions have counts only. ``strata`` names the Mantel-Haenszel strata, one of :data:`STRATA`;
    without a ``model`` the adjusted ratios are left out and q-values are of the Mantel-Haenszel test.

    Raises:
        UnknownError: there is no such level, party, strata or filter value; the sentence names the nearest.
        SettingError: ``minimum`` is less than 1.
    """
    if minimum < 1:
        raise SettingError(f"the minimum count is {minimum}, and must be at least 1")
    choose("kind of strata", strata, STRATA)
    index = facts if isinstance(facts, Index) else prepare(facts)
    wanted = index.resolved(filters or Filters())
    chosen = index.chosen(wanted, party)
    cited = index.cited(level, party).within(chosen)
    totals = np.bincount(index.outcome if chosen is None else index.outcome[chosen], minlength=3)
    counts = np.bincount(cited.key * 3 + index.outcome[cited.decision], minlength=3 * cited.keys.height)
    counts = counts.reshape(-1, 3)
    listed = counts.sum(1) > 0
    if (years := wanted["edition"]) and level != "guideline":
        listed &= np.array([any(str(year) in span for span in years) for year in cited.keys["edition"]], bool)
    enough = listed & (counts.sum(1) >= minimum)
    pooled = _pooled(index, cited, chosen, strata, enough)
    figures = _figures(counts, totals, enough)
    figures |= {"mh_odds_ratio": pooled.odds_ratio, "mh_low": pooled.low, "mh_high": pooled.high}
    figures |= _adjusted(index, cited, chosen, minimum, model, pooled.p_value, enough)
    table = _table(cited.keys, counts, figures, listed)
    size, upheld, overturned, modified = (int(count) for count in (totals.sum(), *totals))
    notes = (*index.notes(wanted, party), *_notes(totals, table, minimum, model), *index.left_out)
    asked = (level, party, wanted, minimum, strata)
    return Drivers(*asked, size, upheld, overturned, modified, table, notes, partial(index.cases, cited))


def _table(
    keys: pl.DataFrame, counts: NDArray[np.int64], figures: dict[str, Numbers], listed: Mask
) -> pl.DataFrame:
    columns = {"decisions": counts.sum(1)} | dict(zip(OUTCOMES, counts.T, strict=True))
    return (
        keys.hstack(pl.DataFrame(columns))
        .with_columns(pl.Series(name, _finite(values)) for name, values in figures.items())
        .filter(pl.lit(pl.Series(listed)))
        .sort("decisions", "key", descending=[True, False])
        .with_columns(pl.col(name).fill_nan(None) for name in figures)
        .select("key", *COLUMNS)
    )


def _finite(values: Numbers) -> Numbers:
    return np.where(np.isfinite(values), values, np.nan)


def _figures(counts: NDArray[np.int64], totals: NDArray[np.int64], enough: Mask) -> dict[str, Numbers]:
    """Rates and crude odds ratios of the rows with ``enough`` decisions."""
    names = ("overturn_rate", "rate_low", "rate_high", "odds_ratio", "odds_ratio_low", "odds_ratio_high")
    out = {name: np.full(len(counts), np.nan) for name in names}
    overturned, size = counts[enough, 1].astype(float), counts[enough].sum(1).astype(float)
    tables = intervals.Tables.of(overturned, size, float(totals[1]), float(totals.sum()))
    low, high = intervals.score_interval(tables)
    small = size < EXACT_BELOW
    low[small], high[small] = intervals.exact_interval(tables.where(small))
    rate_low, rate_high = intervals.wilson(overturned, size)
    rate = intervals.ratio(overturned, size)
    for name, values in zip(names, (rate, rate_low, rate_high, tables.odds_ratio(), low, high), strict=True):
        out[name][enough] = values
    return out


def _pooled(
    index: Index, cited: Cited, chosen: Mask | None, strata: str, enough: Mask
) -> intervals.MantelHaenszel:
    stratum, number = index.strata(strata)
    overturned = (index.outcome == 1).astype(np.float64)
    kept = slice(None) if chosen is None else chosen
    size = np.bincount(stratum[kept], minlength=number).astype(np.float64)
    events = np.bincount(stratum[kept], weights=overturned[kept], minlength=number).astype(np.float64)
    cell = cited.key.astype(np.int64) * number + stratum[cited.decision]
    shape = (len(enough), number)
    exposed: Numbers = np.bincount(cell, minlength=shape[0] * number).reshape(shape).astype(np.float64)
    flat = np.bincount(cell[overturned[cited.decision] > 0], minlength=shape[0] * number)
    both: Numbers = flat.reshape(shape).astype(np.float64)
    found = intervals.mantel_haenszel(both[enough], exposed[enough], events, size)
    spread = [np.full(len(enough), np.nan) for _ in range(4)]
    for whole, part in zip(spread, (found.odds_ratio, found.low, found.high, found.p_value), strict=True):
        whole[enough] = part
    return replace(found, odds_ratio=spread[0], low=spread[1], high=spread[2], p_value=spread[3])


def _adjusted(
    index: Index,
    cited: Cited,
    chosen: Mask | None,
    minimum: int,
    model: bool,
    p_value: Numbers,
    enough: Mask,
) -> dict[str, Numbers]:
    """The model's figures and the q-values; without a model those of the Mantel-Haenszel test."""
    out = {name: np.full(cited.keys.height, np.nan) for name in (*_ADJUSTED, "p")}
    fitted = None
    if model:
        fitted = adjusted(index, cited.decision, cited.key, cited.keys.height, chosen, minimum)
        p_value = out["p"]
    if fitted is not None:
        found, used = fitted
        figures = (np.exp(found.log_odds), np.exp(found.low), np.exp(found.high), found.p_value)
        for whole, values in zip(out.values(), figures, strict=True):
            whole[used] = values
            whole[~enough] = np.nan
    del out["p"]
    return out | {"q_value": intervals.benjamini_yekutieli(p_value)}


def _notes(totals: NDArray[np.int64], table: pl.DataFrame, minimum: int, model: bool) -> Iterator[str]:
    size = int(totals.sum())
    if table.is_empty():
        yield f"{size} decisions, none of which cites anything of this level"
    elif int(table["decisions"].max() or 0) < minimum:  # type: ignore[arg-type]  # counts are integers
        yield f"no row reaches the minimum of {minimum} decisions: counts only"
    elif totals[1] in {0, size}:
        yield f"{'all' if totals[1] else 'none'} of {size} decisions are overturned: no odds ratios"
    elif model and table.filter(pl.col("decisions") >= minimum)["adjusted_odds_ratio"].has_nulls():
        yield "rows without an adjusted odds ratio cannot be told apart from others always cited with them"
    if not model:
        yield WITHOUT_MODEL
