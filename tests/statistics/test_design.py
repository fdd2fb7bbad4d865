"""The two halves of a design say what its rows say, and each key's ratio is the maximum of its own model."""

import numpy as np
import pytest
from scipy import sparse
from scipy.special import expit

from kg.statistics import adjusting
from kg.statistics import design as design_rows
from kg.statistics.adjusting import Citing, Null, Population, Scores
from kg.statistics.design import Design, Pairs
from kg.statistics.odds import odds


def halves(rng, left, right, cells):
    """A design of two halves with some of their combinations as cells, and its rows."""
    one = np.column_stack([np.ones(left), rng.random((left, 3)) < 0.4, np.zeros((left, 2))])
    two = np.column_stack([np.zeros((right, 4)), rng.random((right, 2)) < 0.5])
    of_left, of_right = np.divmod(np.sort(rng.choice(left * right, cells, replace=False)), right)
    design = Design(sparse.csr_array(one), sparse.csr_array(two), of_left, of_right)
    return design, one[of_left] + two[of_right]


@pytest.mark.parametrize("whole", [0, 1000], ids=["sparse", "whole"])
def test_halves_are_rows(monkeypatch, whole):
    monkeypatch.setattr(design_rows, "_WHOLE", whole)
    rng = np.random.default_rng(3)
    design, rows = halves(rng, 9, 5, 30)
    weights, coefficients = rng.random(30), rng.normal(size=6)
    assert design.dot(coefficients) == pytest.approx(rows @ coefficients)
    assert design.sums(weights) == pytest.approx(rows.T @ weights)
    assert design.curvature(weights) == pytest.approx(rows.T @ (rows * weights[:, None]))
    some = np.array([3, 7, 29])
    part = rows[some].T @ (rows[some] * weights[some, None])
    assert design.curvature(weights[some], some) == pytest.approx(part)
    for pairs in (8, 800):  # fewer and more than a row has combinations
        row, cell = np.sort(rng.integers(0, 4, pairs)), rng.integers(0, 30, pairs)
        own, weight = rng.normal(size=(4, 6)), rng.random(pairs)
        found = Pairs(design, row, cell, 4)
        assert found.dot(own) == pytest.approx((rows[cell] * own[row]).sum(1))
        summed = np.zeros((4, 6))
        np.add.at(summed, row, weight[:, None] * rows[cell])
        assert found.sums(weight) == pytest.approx(summed)
        totals = np.bincount(row, weight, 4)
        assert found.total(weight) == pytest.approx(totals)
        assert found.each(totals) == pytest.approx(totals[row])
        mixed = rng.permutation(pairs)  # rows in no order
        other = Pairs(design, row[mixed], cell[mixed], 4)
        assert other.total(weight[mixed]) == pytest.approx(totals)
        assert other.each(totals) == pytest.approx(totals[row[mixed]])
        assert other.sums(weight[mixed]) == pytest.approx(summed)
    cell, has = rng.integers(0, 30, 200), rng.integers(0, 2, 200)
    wider, cells = design.beside(cell, has)
    coefficients = rng.normal(size=7)
    told = rows[cell] @ coefficients[:6] + has * coefficients[6]
    assert wider.dot(coefficients)[cells] == pytest.approx(told)


def maximum(null, size, events):
    """The log odds ratio of a key that ``size`` decisions of each cell cite, beside the covariates."""
    design = null.population.design
    rows = (design.left.toarray())[design.of_left] + (design.right.toarray())[design.of_right]
    at = np.append(null.gamma, 0.0)
    for _ in range(50):
        rates = expit(rows @ at[:-1]), expit(rows @ at[:-1] + at[-1])
        weights = (null.size - size) * rates[0] * (1 - rates[0]), size * rates[1] * (1 - rates[1])
        left = null.events - (null.size - size) * rates[0] - size * rates[1]
        score = np.append(rows.T @ left - null.ridge * at[:-1], events - size @ rates[1])
        crossed = rows.T @ weights[1]
        whole = rows.T @ (rows * sum(weights)[:, None]) + np.diag(null.ridge)
        curve = np.block([[whole, crossed[:, None]], [crossed[None], np.array([[weights[1].sum()]])]])
        at = at + np.clip(np.linalg.solve(curve, score), -1, 1)
    return at[-1]


def test_ratios_are_those_at_the_maximum():
    """Of keys rare and common, alone and entangled with covariates, with and without an effect."""
    rng = np.random.default_rng(5)
    wrong = []
    for trial in range(4):
        design, rows = halves(rng, 12, 8, 70)
        cell = rng.integers(0, 70, 6000)
        share = np.repeat([0.004, 0.02, 0.1, 0.4], 3) * np.tile([1, 1, 2], 4)
        entangled = np.tile([False, True, False], 4)[None, :] & (rows[cell][:, [1]] == 0)
        cited = (rng.random((6000, 12)) < share) & ~entangled
        effect = rng.choice([-1.5, 0.0, 1.5], 12)
        outcome = rng.random(6000) < expit(-1 + rows[cell] @ rng.normal(0, 0.5, 6) + cited @ effect / 2)
        population = Population(outcome.astype(float), np.arange(6000), cell, design)
        decision, key = np.nonzero(cited)
        scores = Scores(Null(population), Citing(population, decision, key, 12))
        found = np.log(odds(scores).odds)
        for number in range(12):
            size = np.bincount(cell[cited[:, number]], minlength=70).astype(float)
            at = maximum(scores.null, size, outcome[cited[:, number]].sum())
            if not abs(found[number] - at) < 3e-4:
                wrong.append((trial, number, found[number], at))
    assert wrong == []


def test_a_ratio_and_its_interval_are_the_keys_own():
    """Whatever other keys are fitted with it, whose steps end sooner or later."""
    rng = np.random.default_rng(7)
    design, rows = halves(rng, 12, 8, 70)
    cell = rng.integers(0, 70, 3000)
    cited = rng.random((3000, 12)) < np.repeat([0.004, 0.02, 0.1, 0.4], 3)
    outcome = rng.random(3000) < expit(-1 + rows[cell] @ rng.normal(0, 0.5, 6))
    population = Population(outcome.astype(float), np.arange(3000), cell, design)
    null = Null(population)
    decision, key = np.nonzero(cited)
    names = ("odds", "odds_low", "odds_high", "difference", "difference_low", "difference_high")
    together = odds(Scores(null, Citing(population, decision, key, 12)))
    for number in range(12):
        own = np.flatnonzero(cited[:, number])
        alone = odds(Scores(null, Citing(population, own, np.zeros(own.size, np.int64), 1)))
        for name in names:
            assert getattr(alone, name)[0] == pytest.approx(
                getattr(together, name)[number], rel=2e-5, abs=1e-6
            )


@pytest.mark.parametrize("alike", [1, 3], ids=["each its own letter", "letters of three"])
def test_counts_and_covariances_of_keys_are_sums_over_pairs(alike):
    rng = np.random.default_rng(8)
    design, rows = halves(rng, 9, 5, 30)
    cell = rng.integers(0, 30, 300)
    cited = rng.random((300, 5)) < 0.3
    letter = np.arange(300) // alike
    outcome = (rng.random(100) < 0.5)[np.arange(300) // 3].astype(float)
    population = Population(outcome, letter, cell, design)
    null = Null(population)
    decision, key = np.nonzero(cited)
    citing = Citing(population, decision, key, 5)
    assert citing.cells.toarray().tolist() == [
        np.bincount(cell[cited[:, number]], minlength=30).tolist() for number in range(5)
    ]
    scores = Scores(null, citing)
    # What each key has beyond the covariates, in every decision.
    beyond = (cited - rows[cell] @ scores.explained) * np.sqrt(null.weight[cell])[:, None]
    ridge = scores.explained.T @ np.diag(null.ridge) @ scores.explained
    by_letter = np.array([np.bincount(letter, beyond[:, number]) for number in range(5)])
    plain = beyond.T @ beyond
    between = by_letter @ by_letter.T - plain
    assert scores.covariance() == pytest.approx(plain + ridge + null.correlation * between)
    assert (null.correlation > 0) == (alike > 1)


def test_decisions_of_a_letter_are_beside_one_another():
    letter = np.array([0, 1, 1, 1, 2, 3, 3])
    one = Design.of(sparse.csr_array(np.ones((1, 1))))
    population = Population(np.zeros(7), letter, np.zeros(7, np.int64), one)
    assert list(zip(*population.neighbours, strict=True)) == [(1, 2), (2, 3), (5, 6), (1, 3)]
    at, other = population.others(np.array([3, 0, 5]))
    assert list(zip(at.tolist(), other.tolist(), strict=True)) == [(0, 1), (0, 2), (2, 6)]
    assert population.many.tolist() == [0, 2, 2, 2, 0, 1, 1]


def test_a_fit_that_begins_with_left_halves_ends_at_the_same(monkeypatch):
    """The spread of kinds that are drawn, and the coefficients, whether a rough fit comes first or not."""
    rng = np.random.default_rng(11)
    kinds, right, size = 12, 6, 4_000
    one = np.column_stack([np.ones(kinds), np.eye(kinds), np.zeros((kinds, 1))])
    two = np.column_stack([np.zeros((right, kinds + 1)), np.arange(right) % 2])
    of_left, of_right = np.divmod(np.arange(kinds * right), right)
    design = Design(sparse.csr_array(one), sparse.csr_array(two), of_left, of_right)
    cell = rng.integers(0, design.cells, size)
    eta = -1 + rng.normal(0, 0.8, kinds)[of_left[cell]] + 0.5 * (of_right[cell] % 2)
    drawn = np.array([False, *[True] * kinds, False])
    outcome = (rng.random(size) < expit(eta)).astype(float)
    population = Population(outcome, np.arange(size), cell, design, drawn)
    plain = Null(population)
    monkeypatch.setattr(adjusting, "_MANY_CELLS", 10)
    rough = Null(population)
    assert rough.ridge == pytest.approx(plain.ridge, rel=0.05)
    assert rough.rate == pytest.approx(plain.rate, abs=2e-3)
    assert rough.design is design
    assert rough.size.sum() == size
