"""Figures against R: its own tests for tables, and brglm2's penalised logistic model."""

import csv
import io
import shutil
import subprocess

import numpy as np
import pytest
from scipy import sparse

from kg.statistics import intervals
from kg.statistics.adjusting import Citing, Null, Population, Scores
from kg.statistics.clustered import logistic
from kg.statistics.design import Design
from kg.statistics.odds import odds
from kg.statistics.single_effects import credible_sets, single_effects

pytestmark = pytest.mark.skipif(not shutil.which("Rscript"), reason="needs r-base-core")


def asked(script, **tables):
    """The rows that an R script prints as CSV; the tables are data frames in it."""
    read = []
    for name, columns in tables.items():
        lines = zip(*columns.values(), strict=True)
        text = "\n".join([",".join(columns), *(",".join(map(repr, map(float, line))) for line in lines)])
        read.append(f"{name} <- read.csv(text='{text}')")
    told = subprocess.run(
        ["Rscript", "--vanilla", "-"],
        input="\n".join([*read, "show <- function(x) write.csv(x, row.names = FALSE)", script]),
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    rows = csv.DictReader(io.StringIO(told.stdout))
    columns = {name: [] for name in rows.fieldnames or ()}
    for row in rows:
        for name, value in row.items():
            columns[name].append(float(value.replace("Inf", "inf").replace("NA", "nan")))
    return {name: np.array(values) for name, values in columns.items()}


@pytest.fixture(scope="module")
def tables():
    """Two-by-two tables of all sizes, some with an empty cell."""
    rng = np.random.default_rng(11)
    size = rng.integers(20, 5000, 60)
    exposed = rng.integers(5, size - 5)
    events = rng.integers(3, size - 3)
    both = rng.hypergeometric(exposed, size - exposed, events)
    both[:6] = np.maximum(0, exposed + events - size)[:6]
    return {"both": both, "exposed": exposed, "events": events, "size": size}


def test_wilson_is_prop_test(tables):
    found = asked(
        """
        ends <- mapply(function(x, n) prop.test(x, n, correct = FALSE)$conf.int, d$both, d$exposed)
        show(data.frame(low = ends[1, ], high = ends[2, ]))
        """,
        d=tables,
    )
    low, high = intervals.wilson(tables["both"].astype(float), tables["exposed"].astype(float))
    assert low == pytest.approx(found["low"], abs=1e-9)
    assert high == pytest.approx(found["high"], abs=1e-9)


def test_q_values_are_p_adjust():
    p_values = np.random.default_rng(13).random(200) ** 5
    found = asked('show(data.frame(q = p.adjust(d$p, "BY")))', d={"p": p_values})
    assert intervals.benjamini_yekutieli(p_values) == pytest.approx(found["q"], rel=1e-9)
    found = asked('show(data.frame(q = p.adjust(d$p, "BY", 5000)))', d={"p": p_values})
    assert intervals.benjamini_yekutieli(p_values, 5000) == pytest.approx(found["q"], rel=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_adjusted_ratios_are_those_of_glm(seed):
    rng = np.random.default_rng(seed)
    size = 900
    cell, letter = rng.integers(0, 5, size), np.sort(rng.integers(0, 500, size))
    cited = rng.random((size, 3)) < np.array([0.05, 0.2, 0.5]) * (1 + cell[:, None] / 4) / 2
    outcome = (rng.random(size) < 0.15 + 0.1 * (cell == 2) + 0.1 * cited[:, 1]).astype(float)
    design = sparse.csr_array(np.column_stack([np.ones(5), np.eye(5)[:, 1:]]))
    decision, key = np.nonzero(cited)
    population = Population(outcome, letter, cell, Design.of(design))
    found = odds(Scores(Null(population), Citing(population, decision, key, 3)))
    told = asked(
        """
        show(data.frame(odds = sapply(c("a", "b", "c"), function(name)
          exp(coef(glm(d$y ~ d[[name]] + factor(d$cell), family = binomial))[2]))))
        """,
        d={"y": outcome, "cell": cell, "a": cited[:, 0], "b": cited[:, 1], "c": cited[:, 2]},
    )
    assert found.odds == pytest.approx(told["odds"], rel=1e-3)
    assert (found.odds_low < found.odds).all()
    assert (found.odds < found.odds_high).all()


@pytest.mark.parametrize("likely", [np.ones(12), np.arange(1.0, 13.0)])
def test_credible_sets_are_those_of_susie(likely):
    pysusie = pytest.importorskip("pysusie")  # susieR in Python
    keys = 12
    correlation = 0.9 ** np.abs(np.subtract.outer(np.arange(keys), np.arange(keys)))
    z = 6 * correlation[3] - 5 * correlation[9] + np.linspace(-0.5, 0.5, keys)
    told = pysusie.susie_rss(z, correlation, n=10**9, L=5, prior_weights=likely / likely.sum())
    fitted = single_effects(z, correlation, likely, effects=5)
    ours = 1 - np.prod(1 - fitted.probability * (fitted.prior[:, None] > 0), axis=0)
    assert ours == pytest.approx(pysusie.susie_get_pip(told), abs=2e-2)
    assert [int(one.keys[0]) for one in credible_sets(fitted, correlation)] == [3, 9]


def test_clustered_intervals_are_those_of_sandwich():
    if subprocess.run(["Rscript", "-e", "library(sandwich)"], capture_output=True, check=False).returncode:
        pytest.skip("needs r-cran-sandwich")
    rng = np.random.default_rng(3)
    letters = 300
    size = rng.integers(1, 5, letters)
    year = rng.random(letters)
    rate = 1 / (1 + np.exp(1 - year + rng.standard_normal(letters)))
    events = rng.binomial(size, rate)
    letter = np.repeat(np.arange(letters), size)
    order = np.concatenate([np.arange(count) for count in size])
    told = asked(
        """
        f <- glm(y ~ x, binomial, d)
        v <- sandwich::vcovCL(f, d$letter, type = "HC0")
        show(data.frame(b = coef(f), se = sqrt(diag(v))))
        """,
        d={"y": order < events[letter], "x": year[letter], "letter": letter},
    )
    found = logistic(np.column_stack((np.ones(letters), year)), events.astype(float), size.astype(float))
    assert found.coefficients == pytest.approx(told["b"], rel=1e-3)
    assert np.sqrt(np.diag(found.covariance)) == pytest.approx(told["se"], rel=2e-3)
