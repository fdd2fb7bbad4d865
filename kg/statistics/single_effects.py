"""Which of the neighbours: single effects and their credible sets, from scores and their covariance.

Keys that are cited together share decisions, and a key's own test cannot tell it from its neighbour. The sum
of single effects (Wang, Sarkar, Carbonetto and Stephens, J. R. Stat. Soc. B 82, 2020, 1273-1300; from scores:
Zou, Carbonetto, Wang and Stephens, PLoS Genetics 18, 2022, e1010299) says of each effect with what
probability it is at which key. The prior variance of each effect is estimated, effects of variance zero are
dropped. A key's prior probability may be given: keys that few decisions cite could hardly show an effect, and
as likely as the others they would only hide where it is.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from kg.statistics.intervals import Numbers

COVERAGE = 0.95
PURITY = 0.5
"""The least correlation of two keys of one set: else a set says nothing of where the effect is."""
EFFECTS = 10
_GRID = tuple(np.linspace(-4, 7, 23).tolist())
_SHRUNK = np.exp(_GRID)[:, None] / (1 + np.exp(_GRID)[:, None])
_LOST = np.log1p(np.exp(_GRID))[:, None]
_NOTHING = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class CredibleSet:
    """Keys of which one has the effect, with 95 % probability; the likeliest first.

    ``probability`` is each key's own, ``strength`` the logarithm of the evidence for an effect against none.
    """

    keys: NDArray[np.int64]
    probability: Numbers
    strength: float
    purity: float


@dataclass(slots=True, eq=False)
class Fitted:
    """The effects found: ``probability`` and ``mean`` have a row for each, ``prior`` its prior variance."""

    probability: Numbers
    mean: Numbers
    prior: Numbers
    strength: Numbers


def single_effects(
    z: Numbers, correlation: Numbers, likely: Numbers | None = None, effects: int = EFFECTS
) -> Fitted:
    """Fit ``effects`` single effects to the ``z`` of keys whose scores have the ``correlation``.

    ``likely`` is in proportion to the prior probability of an effect at each key: equal, if not given.
    """
    keys = z.size
    effects = min(effects, keys)
    weights = np.ones(keys) if likely is None else likely
    log_prior = np.log(weights / weights.sum())
    fitted = Fitted(
        np.tile(np.exp(log_prior), (effects, 1)),
        np.zeros((effects, keys)),
        np.zeros(effects),
        np.zeros(effects),
    )
    moved = np.zeros(keys)
    for _ in range(200):
        before = fitted.probability.copy()
        for effect in range(effects):
            alone = moved - correlation @ (fitted.probability[effect] * fitted.mean[effect])
            _one(fitted, effect, z - alone, log_prior)
            moved = alone + correlation @ (fitted.probability[effect] * fitted.mean[effect])
        if np.abs(fitted.probability - before).max(initial=0.0) < 1e-5:
            break
    return fitted


def _one(fitted: Fitted, effect: int, left: Numbers, likely: Numbers) -> None:
    """Fit one effect to what the others leave of each key's z."""
    squared = left**2

    def evidence(log_variance: float) -> Numbers:
        variance = float(np.exp(log_variance))
        return np.asarray(likely + (squared * variance / (1 + variance) - np.log1p(variance)) / 2)

    # The evidence can have two tops, one of them at nothing: a grid finds the higher.
    top = int(np.argmax(_log_sum(likely + (squared * _SHRUNK - _LOST) / 2)))
    bounds = (_GRID[max(top - 1, 0)], _GRID[min(top + 1, len(_GRID) - 1)])
    best = minimize_scalar(lambda at: -float(_log_sum(evidence(at))), bounds=bounds, method="bounded")
    prior = float(np.exp(best.x)) if best.fun < -_NOTHING else 0.0
    power = evidence(float(best.x)) if prior else likely
    weight = np.exp(power - power.max())
    fitted.prior[effect] = prior
    fitted.strength[effect] = float(_log_sum(power))
    fitted.probability[effect] = weight / weight.sum()
    fitted.mean[effect] = left * prior / (1 + prior)


def _log_sum(power: Numbers) -> Numbers:
    """The logarithms of the sums of exponentials of each row."""
    top = power.max(axis=-1)
    return np.asarray(top + np.log(np.exp(power - top[..., None]).sum(axis=-1)))


def credible_sets(fitted: Fitted, correlation: Numbers) -> tuple[CredibleSet, ...]:
    """The pure sets of the effects that are not zero, the strongest evidence first, each set once."""
    found: list[CredibleSet] = []
    seen: list[set[int]] = []
    for effect in np.argsort(-fitted.strength):
        if fitted.prior[effect] == 0:
            continue
        probability = fitted.probability[effect]
        order = np.argsort(-probability, kind="stable")
        count = int(np.searchsorted(np.cumsum(probability[order]), COVERAGE - 1e-12)) + 1
        keys = order[:count]
        if count > 200 or set(keys.tolist()) in seen:
            continue
        purity = float(np.abs(correlation[np.ix_(keys, keys)]).min())
        if purity < PURITY:
            continue
        seen.append(set(keys.tolist()))
        found.append(CredibleSet(keys, probability[keys], float(fitted.strength[effect]), purity))
    return tuple(found)
