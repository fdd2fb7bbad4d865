"""The penalised model against closed forms, a brute-force optimum and planted effects."""

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import minimize

from kg.statistics.penalised import fit


def columns(*parts):
    return sparse.csr_array(np.column_stack(parts).astype(float))


def two_by_two(a, b, c, d):
    exposed = np.repeat([1, 1, 0, 0], (a, b, c, d))
    return columns(exposed), np.repeat([1, 0, 1, 0], (a, b, c, d)).astype(bool)


@pytest.mark.parametrize("counts", [(5, 10, 20, 100), (0, 12, 9, 60), (12, 0, 30, 30), (3, 3, 0, 40)])
def test_one_column_adds_half_to_each_cell(counts):
    """For a saturated model Jeffreys' prior adds one half to each cell (Firth 1993, section 3.3)."""
    design, overturned = two_by_two(*counts)
    found = fit(design, overturned, np.arange(overturned.size), 1)
    a, b, c, d = (count + 0.5 for count in counts)
    assert found.log_odds[0] == pytest.approx(np.log(a * d / (b * c)), abs=2e-3)
    assert found.low[0] < found.log_odds[0] < found.high[0]


def penalised(beta, design, overturned):
    eta = design @ beta
    chance = 1 / (1 + np.exp(-eta))
    information = (design * (chance * (1 - chance))[:, None]).T @ design
    return -(overturned @ eta - np.logaddexp(0, eta).sum() + np.linalg.slogdet(information)[1] / 2)


def test_many_columns_are_the_optimum():
    rng = np.random.default_rng(3)
    design = (rng.random((200, 4)) < 0.3).astype(float)
    overturned = rng.random(200) < 0.2 + 0.3 * design[:, 1]
    whole = np.column_stack([design, np.ones(200)])
    best = minimize(penalised, np.zeros(5), (whole, overturned), method="BFGS", options={"gtol": 1e-8})
    found = fit(sparse.csr_array(design), overturned, np.arange(200), 4)
    assert found.log_odds == pytest.approx(best.x[:4], abs=2e-3)


def test_columns_that_nothing_tells_apart_have_no_figures():
    rng = np.random.default_rng(4)
    twin, other = rng.random(300) < 0.2, rng.random(300) < 0.3
    found = fit(columns(twin, twin, other), rng.random(300) < 0.3, np.arange(300), 3)
    assert np.isnan(found.log_odds).tolist() == [True, True, False]
    assert np.isnan(found.high).tolist() == [True, True, False]


def test_items_of_one_letter_being_alike_widens_intervals():
    """Every letter printed twice tells no more than once."""
    rng = np.random.default_rng(5)
    exposed = rng.random(400) < 0.3
    overturned = rng.random(400) < 0.2
    once = fit(columns(exposed), overturned, np.arange(400), 1)
    twice = fit(columns(np.repeat(exposed, 2)), np.repeat(overturned, 2), np.repeat(np.arange(400), 2), 1)
    assert twice.alike == pytest.approx(1.0)
    width = twice.high[0] - twice.low[0]
    assert width == pytest.approx(once.high[0] - once.low[0], rel=0.03)


def test_few_letters_that_are_alike_in_all_give_intervals():
    """One letter of three items overturned, six of one upheld: more alike than can be."""
    overturned = np.array([1, 1, 1, 0, 0, 0, 0, 0, 0], bool)
    letter = np.array([0, 0, 0, 1, 2, 3, 4, 5, 6])
    for first in range(3):
        exposed = np.array([first != 0, first != 1, first != 2, 1, 0, 0, 0, 0, 0])
        found = fit(columns(exposed), overturned, letter, 1)
        assert found.alike == 1.0
        assert found.low[0] < found.log_odds[0] < found.high[0]
        assert np.isfinite([found.low[0], found.high[0], found.p_value[0]]).all()


def test_intervals_hold_what_was_planted():
    """About 95 of 100 intervals, in a design with a confounder; the long table is a benchmark."""
    inside, crude = [], []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        kind = rng.random(600) < 0.4
        pages = rng.random((600, 6)) < np.where(kind, 0.25, 0.08)[:, None]
        planted = np.log([0.25, 0.5, 1, 1, 2, 4])
        chance = 1 / (1 + np.exp(2.0 - 1.8 * kind - pages @ planted))
        overturned = rng.random(600) < chance
        found = fit(columns(*pages.T, kind), overturned, np.arange(600), 6)
        inside.append((found.low <= planted) & (planted <= found.high))
        alone = [fit(columns(page), overturned, np.arange(600), 1) for page in pages.T]
        crude.append([one.low[0] <= odds <= one.high[0] for one, odds in zip(alone, planted, strict=True)])
    assert 0.91 <= np.mean(inside) <= 0.99
    assert np.mean(crude) < 0.9  # fooled by the kind of service


def test_steps_do_not_circle_where_few_decisions_have_many_columns():
    rng = np.random.default_rng(23)
    size, count = rng.integers(5, 40), rng.integers(1, 5)
    design = rng.random((size, count)) < rng.random() * 0.6 + 0.1
    found = fit(columns(*design.T), rng.random(size) < rng.random(), np.arange(size), count)
    assert found.rounds < 20


def test_items_of_one_letter_being_unlike_narrows_nothing():
    """Of each letter one item is overturned and one upheld."""
    exposed = np.random.default_rng(6).random(200) < 0.3
    overturned = np.arange(200) % 2 == 0
    apart = fit(columns(exposed), overturned, np.arange(200), 1)
    together = fit(columns(exposed), overturned, np.arange(200) // 2, 1)
    assert together.alike == 0.0
    assert (together.low[0], together.high[0]) == (apart.low[0], apart.high[0])
