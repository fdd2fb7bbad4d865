"""What reviewers cite for some decisions, such as all about an MRI of the lumbar spine, and how those end."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from kg.analysis import labels
from kg.analysis.decisions import OUTCOMES
from kg.explore.incidence import Ids
from kg.explore.neighbours import Links, case_node
from kg.model import Party
from kg.statistics import intervals

FEW = 5
"""A section that fewer of the decisions cite is not ranked."""


class Cited(NamedTuple):
    """A section or page with how those of the decisions end for which it is cited; a 95 % interval."""

    notation: str
    label: str
    decisions: int
    overturned: int
    rate: float
    low: float
    high: float


def cited_for(links: Links, found: Ids, most: int = 8) -> list[Cited]:
    """The sections that reviewers cite for the decisions ``found`` (where they name none: the pages).

    Those come first that most surely go with overturning, by the lower end of the rate's interval.
    """
    overturned = found[links.index.outcome[found] == OUTCOMES.index("overturned")]
    for level in ("section", "page"):
        kind = links.kinds[level]
        pairs = kind.by_party[Party.REVIEWER.value]
        counts, won = pairs.counts(found), pairs.counts(overturned)
        there = np.flatnonzero(counts >= min(FEW, max(int(counts.max(initial=0)), 1)))
        if not len(there):
            continue
        lows, highs = intervals.wilson(won[there].astype(float), counts[there].astype(float))
        order = np.lexsort((there, -counts[there], -lows))[:most]
        return [
            Cited(
                kind.nodes[there[n]].removeprefix("guideline/"),
                labels.label(kind.nodes[there[n]]),
                int(counts[there[n]]),
                int(won[there[n]]),
                float(won[there[n]] / counts[there[n]]),
                float(lows[n]),
                float(highs[n]),
            )
            for n in order
        ]
    return []


def matched(links: Links, found: Ids, rows: Iterable[Mapping[str, Any]]) -> dict[str, list[bool]]:
    """For each case of a list's rows which of its items are among the decisions ``found``, in order."""
    cases = [row["case"] for row in rows]
    return {case: np.isin(links.decisions(case_node(case)), found).tolist() for case in cases}
