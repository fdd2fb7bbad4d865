"""Whether an association survives: one row of the drivers under several specifications, side by side.

The claims administrator's citation of the same key is a negative control: it was written before the review,
so an association of it as strong as the reviewer's tells of what is requested, not of the page.
"""

from dataclasses import asdict, dataclass
from typing import Annotated, Any

import numpy as np
import polars as pl

from kg.analysis.comparison import Comparison
from kg.analysis.covariates import USUAL
from kg.analysis.decisions import LEVELS, Index, Mask
from kg.analysis.filters import Filters, unknown
from kg.analysis.shown_columns import Column
from kg.model import Party

HELP = (
    "One comparison adjusted for more and more covariates, restricted to letters with a single item, and "
    "repeated with the claims administrator's citation of the same key as a negative control. The E-value "
    "is the risk ratio that an unmeasured factor would need with both the citation and the outcome to "
    "explain the association away."
)
"""What a reader has to know about the table."""

SPECIFICATIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("crude", ()),
    ("category", ("category",)),
    ("subcategory", ("subcategory",)),
    ("and year", ("subcategory", "year")),
    ("and template", ("subcategory", "year", "template")),
    ("and specialty", ("subcategory", "year", "template", "specialty")),
    ("and number of keys", USUAL),
)
"""What is held equal, in words and by name."""
ONE_ITEM, CONTROL = "letters with one item", "negative control"
PAIRS = 3
_SAME_DIRECTION = "the negative control is associated in the same direction"
_RARE = 0.15


@dataclass(frozen=True, slots=True)
class SpecificationRow:
    """The comparison under one specification; a figure is ``None`` where the decisions do not give it."""

    specification: Annotated[
        str, Column("Specification", "covariates adjusted for, or subset compared", "key")
    ]
    letters: Annotated[int, Column("Letters", "letters with a decision that cites the key", "count")]
    decisions: Annotated[int, Column("Decisions", "decisions that cite the key", "count")]
    at_risk: Annotated[int, Column("At risk", "decisions compared", "count")]
    difference: Annotated[
        float | None,
        Column(
            "Difference",
            "difference in rate, key cited against not cited",
            unit="percentage points",
            form="{:+z.1f}",
        ),
    ]
    difference_low: Annotated[float | None, Column("", "lower end of the difference", "low")]
    difference_high: Annotated[float | None, Column("", "upper end of the difference", "high")]
    odds_ratio: Annotated[
        float | None, Column("Odds ratio", "odds ratio of overturning, key cited against not cited")
    ]
    low: Annotated[float | None, Column("", "lower end of the odds ratio", "low")]
    high: Annotated[float | None, Column("", "upper end; empty if there is no upper limit", "high")]
    p_value: Annotated[
        float | None,
        Column("p", "p-value of the test that the key is not associated with the outcome", form="{:.2g}"),
    ]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two decisions that cite the key for the same kind of service, of two letters, one overturned."""

    service: Annotated[str, Column("Service", "subcategory of both items", "key")]
    overturned: Annotated[str, Column("Overturned", "case of the overturned decision", "text")]
    overturned_item: Annotated[int, Column("Its item", "position of the item in the letter", "count")]
    other: Annotated[str, Column("Not overturned", "case of the other decision", "text")]
    other_item: Annotated[int, Column("Its item", "position of the item in the letter", "count")]


@dataclass(frozen=True, slots=True)
class Robustness:
    """One key under all specifications; ``lowest`` and ``highest`` odds ratio but for the control's.

    ``verdict`` says in a sentence what they come to, ``notes`` which decisions are not counted.
    """

    key: str
    level: str
    party: str
    filters: Filters
    rows: tuple[SpecificationRow, ...]
    lowest: float | None
    highest: float | None
    e_value: float | None
    e_value_of_interval: float | None
    pairs: tuple[Pair, ...]
    verdict: str
    notes: tuple[str, ...]

    def to_frame(self) -> pl.DataFrame:
        """The specifications as a frame."""
        return pl.DataFrame([asdict(row) for row in self.rows], infer_schema_length=None)


def robustness(
    index: Index, key: str, level: str = "page", party: str = "reviewer", filters: Filters | None = None
) -> Robustness:
    """Compare the decisions that cite ``key`` with the others at risk, in each specification.

    Raises:
        UnknownError: nobody cites such a key, or there is no such level, party or filter value.
    """
    wanted = index.resolved(filters or Filters())
    if key not in (known := index.cited(level, party).keys["key"].to_list()):
        raise unknown(level, key, known)
    chosen = index.chosen(wanted, party)
    whole = np.ones(len(index), bool) if chosen is None else chosen
    rows = [_row(index, name, (key, level, party), whole, equal) for name, equal in SPECIFICATIONS]
    alone = (np.bincount(index.letter) == 1)[index.letter]
    rows.append(_row(index, ONE_ITEM, (key, level, party), whole & alone, USUAL))
    ratios = [row.odds_ratio for row in rows if row.odds_ratio is not None]
    control = Party.CLAIMS_ADMINISTRATOR.value
    if party != control:
        rows.append(_row(index, CONTROL, (key, level, control), whole, USUAL))
    usual = rows[len(SPECIFICATIONS) - 1]
    base = float((index.outcome[whole] == 1).mean()) if whole.any() else 0.0
    value, end = _e_values(usual, base)
    pairs = _pairs(index, _citing(index, key, level, party) & whole)
    verdict = _verdict(rows, control if party != control else None, usual)
    lowest, highest = (min(ratios), max(ratios)) if ratios else (None, None)
    figures = (lowest, highest, value, end)
    notes = tuple(index.notes(wanted, party))
    return Robustness(key, level, party, wanted, tuple(rows), *figures, pairs, verdict, notes)


def level_of(index: Index, key: str, party: str) -> str | None:
    """The level at which a party cites ``key``; ``None``, where no decision does."""
    return next((level for level in LEVELS if key in index.cited(level, party).keys["key"]), None)


def _citing(index: Index, key: str, level: str, party: str) -> Mask:
    cited = index.cited(level, party)
    found = np.zeros(len(index), bool)
    number = cited.keys["key"].index_of(key)
    if number is not None:
        found[cited.decision[cited.key == number]] = True
    return found


def _row(
    index: Index, name: str, asked: tuple[str, str, str], within: Mask, equal: tuple[str, ...]
) -> SpecificationRow:
    key, level, party = asked
    cited = index.cited(level, party).within(within)
    compared = Comparison.of_cited(index, cited, equal, [key])
    found = compared.adjusted()
    names = (
        *("difference", "difference_low", "difference_high"),
        *("adjusted_odds_ratio", "adjusted_low", "adjusted_high", "p_value"),
    )
    figures = [float(found[part][0]) if np.isfinite(found[part][0]) else None for part in names]
    return SpecificationRow(
        name, int(compared.letters[0]), compared.decision.size, int(compared.risk.sum()), *figures
    )


def _e_values(row: SpecificationRow, base: float) -> tuple[float | None, float | None]:
    """Of the odds ratio and of the end of its interval nearer to 1 (VanderWeele and Ding, 2017)."""
    if not row.odds_ratio or row.low is None:
        return None, None
    end = row.low if row.odds_ratio >= 1 else row.high
    crossed = end is None or (end - 1) * (row.odds_ratio - 1) <= 0
    return _e_value(row.odds_ratio, base), 1.0 if crossed or end is None else _e_value(end, base)


def _e_value(odds: float, base: float) -> float:
    """The E-value of an odds ratio; where the outcome is common its root is near the risk ratio.

    >>> round(_e_value(2.0, 0.1), 2), round(_e_value(0.5, 0.1), 2)
    (3.41, 3.41)
    """
    risk = odds if base < _RARE else float(np.sqrt(odds))
    risk = max(risk, 1 / risk)
    return risk + float(np.sqrt(risk * (risk - 1)))


def _verdict(rows: list[SpecificationRow], control: str | None, usual: SpecificationRow) -> str:
    """What the specifications come to, in a sentence."""
    if usual.odds_ratio is None:
        return "no fully adjusted odds ratio: too few decisions, or the covariates determine the key"
    above = usual.odds_ratio > 1
    tried = [row for row in rows if row.specification != CONTROL]
    lost = [row.specification for row in tried if not _beyond(row, above)]
    if len(lost) == len(tried):
        return "no specification shows an association beyond chance"
    survives = f"does not survive: {', '.join(lost)}" if lost else "survives every specification"
    said = f"the association {survives}"
    if control is None:
        return said
    if _beyond(rows[-1], above):
        return f"{said}; {_SAME_DIRECTION}: what is requested may explain it"
    return f"{said}; {_SAME_DIRECTION.replace(' is ', ' is not ')}"


def _beyond(row: SpecificationRow, above: bool) -> bool:
    """Whether the interval is above 1, or below."""
    end = row.low if above else row.high
    return end is not None and (end > 1 if above else end < 1)


def _pairs(index: Index, citing: Mask) -> tuple[Pair, ...]:
    """Decisions of the same kind of service that ended differently, the nearest in drug and time first."""
    columns: dict[str, Any] = {"subcategory": "service", "drug": "drug", "year": "year"}
    frame = index.columns("case", "item", *columns).rename(columns)
    frame = frame.with_columns(pl.col("service", "drug").cast(pl.String), over=pl.Series(index.outcome == 1))
    frame = frame.filter(pl.Series(citing), pl.col("service").is_not_null()).sort("case", "item")
    sides = [frame.filter(pl.col("over") == side).head(2000).lazy() for side in (True, False)]
    joined = sides[0].join(sides[1], on="service", suffix="_other")
    joined = joined.filter(pl.col("case") != pl.col("case_other")).with_columns(
        far=pl.col("drug").ne_missing(pl.col("drug_other")).cast(pl.Int64) * 100
        + (pl.col("year") - pl.col("year_other")).abs().fill_null(50)
    )
    nearest = joined.sort("far", "case", "case_other", "item", "item_other").head(20_000).collect()
    found: list[Pair] = []
    seen: set[str] = set()
    for row in nearest.iter_rows(named=True):
        if len(found) < PAIRS and not {row["case"], row["case_other"]} & seen:
            seen |= {row["case"], row["case_other"]}
            found.append(Pair(row["service"], row["case"], row["item"], row["case_other"], row["item_other"]))
    return tuple(found)
