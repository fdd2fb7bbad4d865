"""Answers that are means of a number, or shares of some decisions among others."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kg.analysis.cache import Analyses
from kg.analysis.decisions import OUTCOMES
from kg.questions.counts import counted, parts_of, passing, rows_of
from kg.questions.facets import facet_table
from kg.questions.question import Question

Found = tuple[Mapping[str, Any], list[dict[str, Any]], tuple[str, ...]]
"""Figures of all decisions, rows, and notes."""


def measured(analyses: Analyses, question: Question) -> Found:
    """The mean, median and ends of a number, of letters or decisions, for each group and value."""
    index = analyses.index
    facet = facet_table.FACETS[str(question.measure)]
    numbers = facet.values(index, question.party.value).cast(pl.Float64).to_numpy()
    rows = []

    def described(decisions: NDArray[np.int64]) -> dict[str, Any]:
        if facet.of_letters:
            decisions = decisions[np.unique(index.letter[decisions], return_index=True)[1]]
        of = numbers[decisions]
        of = of[~np.isnan(of)]
        figures = (of.mean(), np.median(of), of.min(), of.max()) if of.size else (None,) * 4
        ends = (None if one is None else float(one) for one in figures)
        return {"measured": int(of.size)} | dict(
            zip(("mean", "median", "least", "greatest"), ends, strict=True)
        )

    mask = passing(index, question.where, question)
    if question.outcome:
        mask &= index.outcome == OUTCOMES.index(question.outcome.value)
    for named, part in parts_of(index, mask, question):
        if named:
            rows.append(named | described(np.flatnonzero(part)))
    if question.order:
        sign = -1 if question.order == "most" else 1
        rows.sort(key=lambda row: (row["mean"] is None, sign * (row["mean"] or 0)))
    value = counted(index, mask, question) | described(np.flatnonzero(mask))
    counting = "letters" if facet.of_letters else "decisions"
    said = f"{facet.words}, in {facet.unit}; {counting} that state it are counted"
    return value, rows[: question.limit] if question.limit else rows, (said, *index.left_out)


def share(analyses: Analyses, question: Question) -> Found:
    """Which share of the decisions under the conditions meets those of the part, letters as the unit."""
    index = analyses.index
    mask = passing(index, question.where, question)
    if question.outcome:
        mask &= index.outcome == OUTCOMES.index(question.outcome.value)
    of = passing(index, question.part, question)
    ended = np.where(of, OUTCOMES.index("overturned"), OUTCOMES.index("upheld")).astype(np.int8)
    turned, plain = replace(index, outcome=ended), replace(question, outcome=None)

    def named(row: dict[str, Any]) -> dict[str, Any]:
        return {
            {"overturned": "part"}.get(name, name): v for name, v in row.items() if name not in OUTCOMES[::2]
        }

    rows = [named(row) for row in rows_of(index, mask, plain, turned)]
    if question.order:
        sign = -1 if question.order == "most" else 1
        rows.sort(key=lambda row: sign * (row["rate"] or 0))
    both = np.unique(index.letter[mask & of]).size
    value = counted(index, mask, plain) | named(counted(turned, mask, plain)) | {"part_letters": int(both)}
    return value, rows[: question.limit] if question.limit else rows, index.left_out
