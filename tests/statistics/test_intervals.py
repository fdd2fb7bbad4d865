"""Figures against published answers of R's help pages, statsmodels and scipy."""

import numpy as np
import pytest
from scipy.stats.contingency import odds_ratio
from statsmodels.stats.contingency_tables import StratifiedTable
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from kg.statistics import intervals
from kg.statistics.intervals import Tables

# UC Berkeley admissions of 1973 by department: men admitted, refused; women admitted, refused.
BERKELEY = np.array(
    [
        [[512, 313], [89, 19]],
        [[353, 207], [17, 8]],
        [[120, 205], [202, 391]],
        [[138, 279], [131, 244]],
        [[53, 138], [94, 299]],
        [[22, 351], [24, 317]],
    ]
)


def tables_of(table):
    (a, b), (c, d) = table
    return Tables.of(np.array([float(a)]), np.array([float(a + b)]), float(a + c), float(a + b + c + d))


@pytest.mark.parametrize(("successes", "trials"), [(0, 10), (1, 10), (5, 10), (10, 10), (30, 1000)])
def test_wilson_is_statsmodels(successes, trials):
    low, high = intervals.wilson(np.array([float(successes)]), np.array([float(trials)]))
    assert (low[0], high[0]) == pytest.approx(
        proportion_confint(successes, trials, method="wilson"), abs=1e-12
    )


@pytest.mark.parametrize(
    ("table", "low", "high"),
    [
        ([[3, 1], [1, 3]], 0.2117329, 621.9337505),  # R, ?fisher.test, tea tasting, two-sided
        ([[2, 15], [10, 3]], 0.003325764, 0.363182271),  # R, ?fisher.test, convictions of twins
    ],
)
def test_exact_interval_is_that_of_r(table, low, high):
    """R's own root finding stops within a hundredth."""
    found = intervals.exact_interval(tables_of(table))
    assert (found[0][0], found[1][0]) == pytest.approx((low, high), rel=1e-2)


@pytest.mark.parametrize(
    "table",
    [
        [[8, 2], [1, 8]],
        [[3, 7], [40, 900]],
        [[120, 700], [4000, 60000]],
        [[0, 12], [30, 500]],
        [[999, 0], [3, 40]],
    ],
)
def test_exact_interval_is_scipys(table):
    low, high = intervals.exact_interval(tables_of(table))
    expected = odds_ratio(np.array(table)).confidence_interval()
    assert low[0] == pytest.approx(expected.low, rel=1e-6)
    assert (
        high[0] == pytest.approx(expected.high, rel=1e-6) if np.isfinite(expected.high) else np.isnan(high[0])
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


def test_mantel_haenszel_is_that_of_r():
    """R, ?mantelhaen.test: 0.9046968, 0.7719074 to 1.0603298."""
    both, exposed = BERKELEY[:, 0, 0], BERKELEY[:, 0].sum(1)
    events, size = BERKELEY[:, :, 0].sum(1), BERKELEY.sum((1, 2))
    found = intervals.mantel_haenszel(*(part.astype(float)[None] for part in (both, exposed)), events, size)
    figures = found.odds_ratio[0], found.low[0], found.high[0]
    assert figures == pytest.approx((0.9046968, 0.7719074, 1.0603298), rel=1e-6)
    other = StratifiedTable([table.astype(float) for table in BERKELEY])
    assert figures[0] == pytest.approx(other.oddsratio_pooled)
    assert found.p_value[0] == pytest.approx(other.test_null_odds(correction=False).pvalue)


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
    parts = (tables.both[:, None], tables.exposed[:, None], tables.events, tables.size)
    pooled = intervals.mantel_haenszel(*parts)
    figures = [tables.odds_ratio(), *intervals.exact_interval(tables), *intervals.score_interval(tables)]
    figures += [pooled.odds_ratio, pooled.low, pooled.high, pooled.p_value]
    assert not np.isinf(np.concatenate(figures)).any()
    assert tables.odds_ratio()[0] == point if point is not None else np.isnan(tables.odds_ratio()[0])
