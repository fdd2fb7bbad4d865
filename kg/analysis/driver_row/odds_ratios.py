"""Crude and adjusted odds ratios of what is cited in some decisions: those of their table of drivers."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kg.analysis.comparison import TESTED, Comparison
from kg.analysis.covariates import USUAL
from kg.analysis.decisions import Index

FIGURES = (
    *("odds_ratio", "odds_ratio_low", "odds_ratio_high"),
    *("adjusted_odds_ratio", "adjusted_low", "adjusted_high"),
)
"""The columns of a drivers table that an :class:`OddsRatios` has, in its order."""


class OddsRatios(NamedTuple):
    """A key cited against not cited; ``None`` where the decisions do not give a figure, or no upper end."""

    crude: float | None
    crude_low: float | None
    crude_high: float | None
    adjusted: float | None
    adjusted_low: float | None
    adjusted_high: float | None


NONE = OddsRatios(*[None] * 6)
"""Of a key that is not compared."""


class Compared(NamedTuple):
    """The odds ratios of some keys, by key, and a sentence: what they compare, or why there are none."""

    by_key: dict[str, OddsRatios]
    told: str


def odds_ratios(
    index: Index, level: str, party: str, among: NDArray[np.int64], keys: Sequence[str]
) -> Compared:
    """Compare what a party cites in the decisions ``among``, each key with the others of its level.

    The figures are those of :func:`kg.analysis.drivers.drivers` under filters that keep these decisions.
    """
    chosen = np.zeros(len(index), bool)
    chosen[among] = True
    compared = Comparison.of_cited(index, index.cited(level, party).within(chosen), USUAL, keys)
    figures = compared.crude() | compared.adjusted()
    columns = [[float(v) if np.isfinite(v) else None for v in figures[name]] for name in FIGURES]
    found = dict(zip(keys, map(OddsRatios._make, zip(*columns, strict=True)), strict=True))
    return Compared(found, _told(compared, level, found))


def _told(compared: Comparison, level: str, found: dict[str, OddsRatios]) -> str:
    """What the odds ratios compare, or why there are none."""
    size = int(compared.risk.sum())
    overturned = int((compared.index.outcome[compared.risk] == 1).sum())
    if compared.tested.size:
        equal = ", ".join(name for name in USUAL if name != "keys")
        lacking = {
            f"fewer than {TESTED} decisions on a side": len(compared.tested) < len(found),
            "not separable from the covariates": any(
                one.crude is not None and one.adjusted is None for one in found.values()
            ),
        }
        why = ", or ".join(words for words, there in lacking.items() if there)
        return (
            f"Odds ratios compare the decisions that cite the {level} with the others of the {size:,} "
            f"that cite a {level}; adjusted for {equal} and number of {level}s cited"
            f"{f' (–: {why})' if why else ''}."
        )
    if size < 2 * TESTED:
        cite = "decision cites" if size == 1 else "decisions cite"
        return f"No odds ratios: {size} {cite} a {level}; at least {2 * TESTED} are needed."
    if overturned in {0, size}:
        ended = "all" if overturned else "none"
        return f"No odds ratios: of {size:,} decisions that cite a {level}, {ended} are overturned."
    return (
        f"No odds ratios: no {level} is cited in at least {TESTED} of the {size:,} decisions that cite one "
        f"and not in {TESTED} others."
    )
