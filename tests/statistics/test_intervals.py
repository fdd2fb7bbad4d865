"""Figures against published answers of R's help pages, statsmodels and scipy."""

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from kg.statistics import intervals
from kg.statistics.intervals import Tables


def tables_of(table):
    (a, b), (c, d) = table
    return Tables.of(np.array([float(a)]), np.array([float(a + b)]), float(a + c), float(a + b + c + d))


@pytest.mark.parametrize(("successes", "trials"), [(0, 10), (1, 10), (5, 10), (10, 10), (30, 1000)])
def test_wilson_is_statsmodels(successes, trials):
    low, high = intervals.wilson(np.array([float(successes)]), np.array([float(trials)]))
    assert (low[0], high[0]) == pytest.approx(
        proportion_confint(successes, trials, method="wilson"), abs=1e-12
    )


@pytest.mark.filterwarnings("ignore:invalid value")  # inside statsmodels
@pytest.mark.parametrize("table", [[[8, 2], [1, 8]], [[120, 700], [4000, 60000]], [[15, 1200], [900, 9000]]])
def test_score_interval_is_statsmodels(table):
    (a, b), (c, d) = table
    low, high = intervals.score_interval(tables_of(table))
    expected = confint_proportions_2indep(
        a, a + b, c, c + d, method="score", compare="odds-ratio", correction=False
    )
    assert (low[0], high[0]) == pytest.approx(expected, rel=1e-6)


def test_q_values_are_statsmodels():
    p_values = np.random.default_rng(1).random(50) ** 4
    assert intervals.benjamini_yekutieli(p_values) == pytest.approx(
        multipletests(p_values, method="fdr_by")[1]
    )


@pytest.mark.parametrize(
    ("table", "point"),
    [
        ([[0, 10], [0, 50]], None),  # nothing overturned
        ([[10, 0], [50, 0]], None),  # everything overturned
        ([[5, 5], [0, 0]], None),  # every decision cites it
        ([[0, 10], [5, 50]], 0.0),
        ([[10, 0], [5, 50]], None),  # infinite
    ],
)
def test_one_sided_counts_give_no_infinity(table, point):
    tables = tables_of(table)
    figures = [tables.odds_ratio(), *intervals.score_interval(tables)]
    assert not np.isinf(np.concatenate(figures)).any()
    assert tables.odds_ratio()[0] == point if point is not None else np.isnan(tables.odds_ratio()[0])
