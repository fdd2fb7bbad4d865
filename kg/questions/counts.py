"""Count the decisions under the conditions of a question."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from kg.analysis.decisions import OUTCOMES, Index, Mask
from kg.analysis.filters import Filters
from kg.analysis.sides import with_rates
from kg.questions import echo
from kg.questions.facets import facet_table
from kg.questions.question import Condition, Question
from kg.statistics import intervals

Difference = tuple[dict[str, float | None], tuple[str, ...]]
"""Figures of a comparison, and a sentence on them; empty where nothing is compared."""


def passing(index: Index, conditions: tuple[Condition, ...], question: Question) -> Mask:
    """Which decisions meet all of the conditions."""
    mask = np.ones(len(index), bool)
    for condition in conditions:
        party = (condition.party or question.party).value
        if condition.name in facet_table.ONLY_FACETS:
            chosen: Mask | None = facet_table.having(index, condition.name, condition.values, party)
        else:
            filters = Filters.of(**{condition.name: condition.values})
            chosen = index.chosen(filters, party)
        if chosen is not None:
            mask &= ~chosen if condition.negated else chosen
    return mask


def counted(index: Index, mask: Mask, question: Question) -> dict[str, Any]:
    """The counts and the rate of the decisions of ``mask``."""
    return _cells(index, pl.DataFrame({"decision": np.flatnonzero(mask)}), question, ())[0]


def split(index: Index, mask: Mask, question: Question) -> list[dict[str, Any]]:
    """The same for each value of what the question is split by; no row where it is not."""
    if not question.split:
        return []
    found = pl.DataFrame({"decision": np.flatnonzero(mask)})
    for name in question.split:
        found = found.join(values_of(index, name, question), on="decision", how="inner")
    return _cells(index, found.unique(("decision", *question.split)), question, question.split)


def rows_of(
    index: Index, mask: Mask, question: Question, counting: Index | None = None
) -> list[dict[str, Any]]:
    """The counts of each group that is compared, by value where it is split, or else of each value.

    ``counting`` has the outcomes that are counted, where they are not those of ``index``.
    """
    of = counting or index
    if not question.groups:
        return split(of, mask, question)
    rows = []
    for group in question.groups:
        both = mask & passing(index, (group,), question)
        within = split(of, both, question) or [counted(of, both, question)]
        rows += [{"group": echo.grouped(group), **row} for row in within]
    return rows


def compared(index: Index, mask: Mask, question: Question, rows: Sequence[Mapping[str, Any]]) -> Difference:
    """The difference of the rates of two groups, in percentage points, and a sentence on it.

    It has no interval where a decision is in both groups.
    """
    if len(question.groups) != 2 or question.split or any(row.get("rate") is None for row in rows):
        return {}, ()
    one, other = rows
    in_both = int((mask & np.logical_and(*(passing(index, (g,), question) for g in question.groups))).sum())
    ends = [(row["rate"], row["low"], row["high"]) for row in (one, other)]
    value = intervals.apart(*ends, shared=in_both > 0)
    low, high = value["difference_low"], value["difference_high"]
    said = " against ".join(f"{100 * row['rate']:.1f} % {row['group']}" for row in (one, other))
    said += f": {value['difference']:+z.1f} percentage points"
    if low is None or high is None:
        shared = "1 decision is" if in_both == 1 else f"{in_both:,} decisions are"
        return value, (f"{said}; {shared} in both groups, so it has no interval",)
    sure = "may be chance" if low <= 0 <= high else "is beyond chance"
    return value, (f"{said} (95 % interval {low:+z.1f} to {high:+z.1f}), which {sure}",)


def without_value(index: Index, mask: Mask, question: Question) -> list[str]:
    """Of each dimension that some of the decisions have no value of, a sentence that says how many."""
    said = []
    for name in question.split:
        left = mask.copy()
        left[values_of(index, name, question)["decision"].to_numpy()] = False
        if left.any():
            decisions = f"{int(left.sum()):,} decision{'s' if left.sum() != 1 else ''}"
            said.append(f"in no row: {decisions} without {echo.dimension(name).removeprefix('the ')}")
    return said


def values_of(index: Index, name: str, question: Question) -> pl.DataFrame:
    """Each decision with its values of a dimension."""
    if name in {"page", "section", "chapter", "edition", "guideline"}:
        cited = index.cited(name, question.party.value)
        named = cited.keys["edition" if name == "edition" else "key"]
        pairs = {"decision": cited.decision.astype(np.int64), name: named.gather(cited.key)}
        return pl.DataFrame(pairs).drop_nulls().unique()
    if name in facet_table.SPLITS:
        values = facet_table.FACETS[name].values(index, question.party.value).rename(name)
    else:
        column = _COLUMNS.get(name, name)
        values = index.columns(column)[column].rename(name)
    frame = pl.DataFrame({"decision": np.arange(len(index))}).with_columns(values)
    if isinstance(frame.schema[name], pl.List):
        frame = frame.explode(name, empty_as_null=True, keep_nulls=True)
    if name == "month":
        frame = frame.with_columns(pl.col(name).cast(pl.String).str.slice(0, 7))
    if name == "body_part":
        frame = frame.with_columns(pl.col(name).str.split(":").list.first())
    if name not in _NUMBERS:
        frame = frame.with_columns(pl.col(name).cast(pl.String))
    return frame.drop_nulls(name).unique()


_NUMBERS = {"year", "injury_year", "quantity", "frequency", "items"}
_COLUMNS = {
    "specialty": "specialties",
    "body_part": "body_parts",
    "month": "decision_date",
    "ground": "grounds",
    "licence": "licensed_in",
}
"""The columns that dimensions of other names are of."""


def _cells(
    index: Index, found: pl.DataFrame, question: Question, by: tuple[str, ...]
) -> list[dict[str, Any]]:
    """Counts of decisions by what is asked, with the rate of the outcome asked about, letters as the unit."""
    names = found.select(by).unique().sort(by) if by else pl.DataFrame({"all": [""]})
    numbered = found.join(names.with_row_index("row"), on=by, maintain_order="left") if by else found
    row = numbered["row"].cast(pl.Int32).to_numpy() if by else np.zeros(found.height, np.int32)
    asked = question.outcome.value if question.outcome else "overturned"
    # The tables of rates are about overturning: another outcome takes its place, and its column back.
    place = np.arange(len(OUTCOMES))
    one, other = OUTCOMES.index(asked), OUTCOMES.index("overturned")
    place[one], place[other] = other, one
    turned = replace(index, outcome=place[index.outcome].astype(np.int8))
    decision = numbered["decision"].cast(pl.Int32).to_numpy()
    order = np.argsort(decision, kind="stable")
    table = with_rates(turned, names, decision[order], row[order])
    table = table.rename({"overturned": asked, asked: "overturned"} if asked != "overturned" else {})
    table = table.rename({"overturn_rate": "rate", "rate_low": "low", "rate_high": "high"})
    return table.select(*by, "decisions", "letters", *OUTCOMES, "rate", "low", "high").to_dicts()


def parts_of(index: Index, mask: Mask, question: Question) -> Iterator[tuple[dict[str, Any], Mask]]:
    """The decisions of each group and of each value of what is asked by, with its names."""
    groups = (
        [({}, mask)]
        if not question.groups
        else [
            ({"group": echo.grouped(group)}, mask & passing(index, (group,), question))
            for group in question.groups
        ]
    )
    for named, part in groups:
        if not question.by:
            yield named, part
            continue
        found = pl.DataFrame({"decision": np.flatnonzero(part)})
        for name in question.by:
            found = found.join(values_of(index, name, question), on="decision", how="inner")
        for values, rows in found.sort(question.by).group_by(question.by, maintain_order=True):
            within = np.zeros(len(index), bool)
            within[rows["decision"].to_numpy()] = True
            yield named | dict(zip(question.by, values, strict=True)), within
