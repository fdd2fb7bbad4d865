"""How outcomes move by month, and what changes where an edition of the guidelines comes into force.

Level and slope of the odds of overturning before and after each change are those of a segmented logistic
regression (Wagner et al., J. Clin. Pharm. Ther. 27, 2002, 299-309). Letters are the unit. The days are the
catalogue's (``imr:inForceFrom``).
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kg.analysis.decisions import LEVELS, PARTIES, Index
from kg.analysis.filters import Filters, choose, unknown
from kg.analysis.shown_columns import Column, Counted, shaped
from kg.analysis.sides import with_rates
from kg.reading.vocabulary.catalogue import guidelines
from kg.statistics.clustered import Clustered, logistic

HELP = (
    "Overturn rates by month, with 95 % intervals that treat the letter as the unit. At a change of "
    "edition, level is the odds ratio of overturning just after against just before, and slope the odds "
    "ratio from one year to the next. Other changes at the same time cannot be separated from the edition."
)
"""What a reader has to know about the tables."""

LEAST = 10
"""A stretch between changes needs so many decisions that are overturned, and as many that are not."""
MONTHS = 6
"""A stretch needs decisions of so many months."""
_YEAR = 365.25
_SURE = 0.05

Days = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class MonthRow(Counted):
    """The decisions of one month."""

    month: Annotated[str, Column("Month", "year and month of the decision date", "key")]


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A day on which editions came into force: level and slopes, or ``remark``, why there are none."""

    change: Annotated[str, Column("Change", "day on which editions came into force", "key")]
    before: Annotated[int, Column("Before", "decisions from the change before to this one", "count")]
    after: Annotated[int, Column("After", "decisions from this change to the next", "count")]
    level: Annotated[
        float | None, Column("Level", "odds ratio of overturning, just after against just before")
    ]
    level_low: Annotated[float | None, Column("", "lower end of the level", "low")]
    level_high: Annotated[float | None, Column("", "upper end of the level", "high")]
    level_p: Annotated[float | None, Column("p", "p-value of the test that the level is 1", form="{:.2g}")]
    slope_before: Annotated[float | None, Column("Slope before", "odds ratio from one year to the next")]
    slope_before_low: Annotated[float | None, Column("", "lower end of the slope before", "low")]
    slope_before_high: Annotated[float | None, Column("", "upper end of the slope before", "high")]
    slope_after: Annotated[float | None, Column("Slope after", "odds ratio from one year to the next")]
    slope_after_low: Annotated[float | None, Column("", "lower end of the slope after", "low")]
    slope_after_high: Annotated[float | None, Column("", "upper end of the slope after", "high")]
    slope_p: Annotated[
        float | None, Column("p", "p-value of the test that the slopes are equal", form="{:.2g}")
    ]
    remark: Annotated[str | None, Column("Remark", "why figures are missing", "text")]


@dataclass(frozen=True, eq=False)
class Trends:
    """Outcomes by month of what cites ``key`` (of all, without one) under filters, and changes of edition."""

    key: str | None
    party: str
    filters: Filters
    months: pl.DataFrame
    changes: tuple[ChangeRow, ...]
    notes: tuple[str, ...]

    @cached_property
    def rows(self) -> tuple[MonthRow, ...]:
        """The months, in order."""
        return tuple(MonthRow(**row) for row in self.months.iter_rows(named=True))

    @property
    def verdict(self) -> str:
        """What the changes of edition come to, from their figures."""
        said = [_said(row) for row in self.changes if row.level is not None]
        if not said:
            return "no change of edition can be compared: too few decisions before or after it"
        return "the odds of overturning " + "; ".join(said)

    def to_frame(self) -> pl.DataFrame:
        """The months as a frame; null where a figure is not given."""
        return self.months


def trends(
    index: Index, key: str | None = None, party: str = "reviewer", filters: Filters | None = None
) -> Trends:
    """Count outcomes by month, and fit level and slope at each change of edition.

    ``key`` is a page, section, chapter, edition or guideline that ``party`` cites, such as
    ``chronic-pain/2009/page/98``; without it all decisions under the ``filters`` count.

    Raises:
        UnknownError: nobody cites such a key, or there is no such party or filter value.
    """
    choose("party", party, PARTIES)
    wanted = index.resolved(filters or Filters())
    chosen = index.chosen(wanted, party)
    counted = np.ones(len(index), bool) if chosen is None else chosen.copy()
    if key is not None:
        counted &= citing(index, key, party)
    days = index.columns("decision_date")["decision_date"]
    dated = counted & days.is_not_null().to_numpy()
    rows = np.flatnonzero(dated).astype(np.int32)
    found = days.gather(rows)
    months = found.dt.strftime("%Y-%m")
    names = months.unique().sort()
    number = months.replace_strict(names, np.arange(len(names)), return_dtype=pl.Int32).to_numpy()
    table = with_rates(index, names.to_frame("month"), rows, number)
    table = shaped(MonthRow, table)
    notes = (*index.notes(wanted, party), *_undated(index, counted & ~dated), *index.left_out)
    since = found.cast(pl.Int64).to_numpy().astype(np.int64)  # days from 1970 on
    return Trends(key, party, wanted, table, _changes(index, rows, since), notes)


def citing(index: Index, key: str, party: str) -> NDArray[np.bool_]:
    """The decisions in which ``party`` cites a key of any level.

    Raises:
        UnknownError: nobody cites such a key.
    """
    for level in LEVELS:
        cited = index.cited(level, party)
        number = cited.keys["key"].index_of(key)
        if number is not None:
            found = np.zeros(len(index), bool)
            found[cited.decision[cited.key == number]] = True
            return found
    known = {name for level in LEVELS for name in index.cited(level, party).keys["key"]}
    raise unknown("page, section, chapter, edition or guideline", key, known)


def _undated(index: Index, left: NDArray[np.bool_]) -> list[str]:
    if not left.any():
        return []
    letters = int(np.unique(index.letter[left]).size)
    return [f"not counted, without a decision date: {int(left.sum()):,} decisions in {letters:,} letters"]


def _changes(index: Index, rows: NDArray[np.int32], days: Days) -> tuple[ChangeRow, ...]:
    """Each change between the first and the last decision, with its figures."""
    if not rows.size:
        return ()
    outcome = index.outcome[rows] == 1
    epoch = date(1970, 1, 1)
    inside = [(day - epoch).days for day in guidelines().changes]
    inside = [day for day in inside if days.min() < day <= days.max()]
    used = _told(inside, days, outcome)
    fitted = _fitted(index.letter[rows], days, outcome, used) if used else None
    found = []
    for day in inside:
        place = inside.index(day)
        start = inside[place - 1] if place else -1_000_000
        end = inside[place + 1] if place + 1 < len(inside) else 1_000_000
        before = int(((days >= start) & (days < day)).sum())
        after = int(((days >= day) & (days < end)).sum())
        name = date.fromordinal(epoch.toordinal() + day).isoformat()
        figures, remark = _figures(fitted, used, day), None
        if not figures:
            remark = f"a stretch has fewer than {LEAST} decisions of each kind, or than {MONTHS} months"
        found.append(ChangeRow(name, before, after, **(figures or _NO_FIGURES), remark=remark))
    return tuple(found)


def _told(inside: list[int], days: Days, outcome: NDArray[np.bool_]) -> list[int]:
    """The changes that have enough decisions on either side."""
    used = list(inside)
    while used:
        edges = [-1_000_000, *used, 1_000_000]
        poor = [
            number
            for number, (start, end) in enumerate(pairwise(edges))
            if not _enough(days, outcome, (days >= start) & (days < end))
        ]
        if not poor:
            break
        del used[max(poor[0] - 1, 0)]
    return used


def _enough(days: Days, outcome: NDArray[np.bool_], stretch: NDArray[np.bool_]) -> bool:
    events, size = int(outcome[stretch].sum()), int(stretch.sum())
    months = np.unique((days[stretch] / (_YEAR / 12)).astype(int)).size
    return min(events, size - events) >= LEAST and months >= MONTHS


def _fitted(letter: NDArray[np.int32], days: Days, outcome: NDArray[np.bool_], used: list[int]) -> Clustered:
    """The segmented regression: 1, years, and for each change its step and the years since."""
    _, first, place = np.unique(letter, return_index=True, return_inverse=True)
    year = days[first] / _YEAR
    columns = [np.ones(first.size), year - used[0] / _YEAR]
    for day in used:
        after = days[first] >= day
        columns += [after.astype(np.float64), np.where(after, year - day / _YEAR, 0.0)]
    events, size = np.bincount(place, outcome), np.bincount(place).astype(np.float64)
    return logistic(np.column_stack(columns), np.asarray(events, np.float64), size)


def _said(row: ChangeRow) -> str:
    """The level at a change in words."""
    ends = f"odds ratio {row.level:.2f}, {row.level_low:.2f} to {row.level_high:.2f}"
    if row.level_p is None or row.level is None or row.level_p >= _SURE:
        return f"do not step beyond chance at {row.change} ({ends})"
    return f"step {'up' if row.level > 1 else 'down'} at {row.change} ({ends})"


_FIGURES = {
    "level": ("level", "level_low", "level_high", "level_p"),
    "before": ("slope_before", "slope_before_low", "slope_before_high", ""),
    "after": ("slope_after", "slope_after_low", "slope_after_high", ""),
    "bend": ("", "", "", "slope_p"),
}
_NO_FIGURES: dict[str, Any] = {name: None for names in _FIGURES.values() for name in names if name}


def _figures(fitted: Clustered | None, used: list[int], day: int) -> dict[str, Any]:
    """Level and slopes at one change, nothing where it is not in the model."""
    if fitted is None or day not in used:
        return {}
    place = used.index(day)
    unit = np.eye(fitted.coefficients.size)
    before = unit[1] + sum((unit[3 + 2 * other] for other in range(place)), np.zeros(len(unit)))
    bend = unit[3 + 2 * place]
    contrasts = {"level": unit[2 + 2 * place], "before": before, "after": before + bend, "bend": bend}
    found: dict[str, Any] = {}
    for kind, contrast in contrasts.items():
        found |= dict(zip(_FIGURES[kind], fitted.ratio(contrast), strict=True))
    found.pop("")
    return found
