"""Single effects against another program, written from the paper, and adjusted ratios against other models.

The other program is iterative Bayesian stepwise selection on single observations (Wang et al. 2020, algorithm
1), with the variance of the outcome known and each effect's prior variance at the top of its likelihood.
"""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import sparse
from scipy.optimize import brentq
from statsmodels.stats.contingency_tables import Table2x2

from kg.statistics import intervals
from kg.statistics.adjusting import Citing, Null, Population, Scores
from kg.statistics.design import Design
from kg.statistics.odds import odds
from kg.statistics.single_effects import credible_sets, single_effects


def another(x, y, effects, rounds=30):
    """The probabilities of each effect, from observations: ``x`` has columns of length 1."""
    keys = x.shape[1]
    alpha, mean = np.full((effects, keys), 1 / keys), np.zeros((effects, keys))
    variance = np.zeros(effects)
    for _ in range(rounds):
        for effect in range(effects):
            others = sum(x @ (alpha[k] * mean[k]) for k in range(effects) if k != effect)
            estimate = x.T @ (y - others)

            def factors(prior, estimate=estimate):
                shrunk = prior / (1 + prior)
                return np.sqrt(1 - shrunk) * np.exp(estimate**2 * shrunk / 2)

            grid = np.exp(np.linspace(-6, 7.5, 1500))
            means = [factors(prior).mean() for prior in grid]
            best = grid[int(np.argmax(means))]
            if max(means) <= 1 + 1e-3:
                alpha[effect], mean[effect], variance[effect] = 1 / keys, 0.0, 0.0
                continue
            weight = factors(best)
            alpha[effect], variance[effect] = weight / weight.sum(), best
            mean[effect] = estimate * best / (1 + best)
    return alpha, variance


@pytest.mark.long
@pytest.mark.parametrize("seed", range(6))
def test_single_effects_are_those_of_another_program(seed):
    rng = np.random.default_rng(seed)
    n, keys = 400, 12
    x = rng.normal(size=(n, keys))
    x[:, 1] = x[:, 0] + 0.3 * rng.normal(size=n)  # neighbours
    x[:, 6] = x[:, 5] + 0.8 * rng.normal(size=n)
    x /= np.sqrt((x**2).sum(0))
    truth = np.zeros(keys)
    truth[0], truth[6] = 7.0, -6.0 if seed % 2 else 0.0
    y = x @ truth + rng.normal(size=n)
    correlation = x.T @ x
    fitted = single_effects(x.T @ y, correlation, effects=3)
    alpha, variance = another(x, y, 3)
    ours, theirs = (
        1 - np.prod([1 - row for row, prior in zip(rows, priors, strict=True) if prior], axis=0)
        for rows, priors in ((fitted.probability, fitted.prior), (alpha, variance))
    )
    assert ours == pytest.approx(theirs, abs=0.01)
    found = credible_sets(fitted, correlation)
    assert {0} <= {int(one.keys[0]) for one in found} | {int(key) for one in found for key in one.keys}
    if truth[6]:
        assert any(6 in one.keys for one in found)


def letters(seed, alike, n=3000, items=3):
    """Decisions of letters that are alike, with two covariates and a key associated with both."""
    rng = np.random.default_rng(seed)
    letter = np.repeat(np.arange(n), rng.integers(1, items + 1, n))
    kind = rng.integers(0, 4, letter.size)
    year = rng.integers(0, 3, n)[letter]
    key = rng.random(letter.size) < np.array([0.1, 0.3, 0.5, 0.2])[kind]
    eta = -1.2 + np.array([0, 0.6, -0.5, 0.3])[kind] + 0.3 * year + 0.5 * key
    eta = eta + alike * rng.normal(size=n)[letter]
    outcome = (rng.random(letter.size) < 1 / (1 + np.exp(-eta))).astype(float)
    cell = kind * 3 + year
    used, cell = np.unique(cell, return_inverse=True)
    columns = np.column_stack(
        [np.ones(used.size)] + [used // 3 == k for k in (1, 2, 3)] + [used % 3 == k for k in (1, 2)]
    )
    population = Population(outcome, letter, cell, Design.of(sparse.csr_array(columns.astype(float))))
    return population, key, columns.astype(float)[cell]


@pytest.mark.parametrize("alike", [0.0, 1.5])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_adjusted_ratios_are_those_of_a_logistic_model(seed, alike):
    """The ratio is the model's; the interval that of its sandwich by letters, but for its noise."""
    population, key, design = letters(seed, alike)
    citing = Citing(population, np.flatnonzero(key), np.zeros(int(key.sum()), np.int64), 1)
    scores = Scores(Null(population), citing)
    found = odds(scores)
    model = sm.GLM(population.outcome, np.column_stack([design, key]), family=sm.families.Binomial())
    fitted = model.fit(cov_type="cluster", cov_kwds={"groups": population.letter})
    assert np.log(found.odds[0]) == pytest.approx(fitted.params[-1], abs=1e-3)
    width = np.log(found.odds_high[0] / found.odds_low[0]) / 2 / 1.959963984540054
    assert width == pytest.approx(fitted.bse[-1], rel=0.08)
    rate = fitted.predict(np.column_stack([design, np.zeros_like(key)]))[key]
    assert found.difference[0] == pytest.approx(population.outcome[key].mean() - rate.mean(), abs=1e-4)


def test_rates_and_crude_ratios_are_exact():
    rng = np.random.default_rng(4)
    cells = rng.integers(1, 500, (200, 2, 2)).astype(float)
    both, exposed = cells[:, 0, 0], cells[:, 0].sum(1)
    events, size = cells[:, :, 0].sum(1), cells.sum((1, 2))
    tables = intervals.Tables(both, exposed, events, size)
    assert tables.odds_ratio() == pytest.approx([Table2x2(one).oddsratio for one in cells], rel=1e-9)
    low, high = intervals.wilson(both, exposed)
    for x, n, lower, upper in zip(both, exposed, low, high, strict=True):
        gap = lambda p, x=x, n=n: (x / n - p) ** 2 - 1.959963984540054**2 * p * (1 - p) / n  # noqa: E731
        assert lower == pytest.approx(brentq(gap, 1e-12, x / n, xtol=1e-14), abs=1e-9)
        if x < n:
            assert upper == pytest.approx(brentq(gap, x / n, 1 - 1e-12, xtol=1e-14), abs=1e-9)
