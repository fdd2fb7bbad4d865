"""A logistic model of many yes-or-no columns at once, penalised so that it always has finite figures.

The penalty is Firth's (Biometrika 80, 1993, 27-38; Heinze and Schemper, Statistics in Medicine 21,
2002, 2409-2419): half the logarithm of the information's determinant. Items of one letter have one
reviewer and may be alike: their residuals are given one common correlation, estimated from all
pairs within letters, which widens the variance as in a generalised estimating equation with working
independence (Liang and Zeger, Biometrika 73, 1986, 13-22). An interval holds the values at which the
profile of the penalised likelihood is less than 1.92 below its top, so that it is as skewed as the
counts are. The profile is taken over the columns that are entangled with the one in question; the
others' uncertainty and the letters' alikeness are taken in by scaling it to that variance (the
vertical adjustment of Chandler and Bate, Biometrika 94, 2007, 167-183).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse
from scipy.special import expit
from scipy.stats import chi2

from kg.statistics.intervals import Numbers, Z
from kg.statistics.profile import Curve, Local, entangled

Ids = NDArray[np.int64]

_CHUNK = 4_000_000
_TOLERANCE = 1e-3  # of a coefficient's standard error
_WALD_FROM = 5_000
_ENTANGLED = 2_000
_OWN_PART = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Log odds ratios of the columns with intervals and p-values of the test that each is 0.

    ``nan`` where a column cannot be told apart from others (two pages that are always cited together).
    ``alike`` is the common correlation of the residuals of items of one letter.
    """

    log_odds: Numbers
    low: Numbers
    high: Numbers
    p_value: Numbers
    alike: float
    rounds: int


@dataclass(frozen=True, slots=True, eq=False)
class _Grouped:
    """Decisions with the same columns, together: ``count`` of them, ``events`` overturned."""

    design: sparse.csr_array
    count: Numbers
    events: Numbers
    of: Ids
    """The group of each decision."""

    def blocks(self) -> Iterator[tuple[Ids, Ids]]:
        """Rows with the same number of columns, and those columns, in pieces that fit in memory."""
        starts = self.design.indptr.astype(np.int64)
        columns = self.design.indices.astype(np.int64)
        widths = np.diff(starts)
        for width in np.unique(widths[widths > 0]):
            rows = np.flatnonzero(widths == width)
            step = max(1, _CHUNK // int(width * width))
            for first in range(0, rows.size, step):
                part = rows[first : first + step]
                yield part, columns[starts[part][:, None] + np.arange(width)]


def fit(design: sparse.csr_array, overturned: NDArray[np.bool_], letter: Ids, wanted: int) -> Fit:
    """Fit the model to ``design`` (rows of ones and zeros) with an intercept.

    ``letter`` is each row's letter. Figures are given for the first ``wanted`` columns.
    """
    intercept = sparse.csr_array(np.ones((design.shape[0], 1)))
    columns = sparse.csr_array(sparse.hstack([design, intercept], format="csr"))
    whole = _grouped(columns, overturned)
    kept, told_apart = _independent(_gram(whole.design, whole.count))
    groups = _Grouped(sparse.csr_array(whole.design[:, kept]), whole.count, whole.events, whole.of)
    beta, inverse, hat, rounds = _solve(groups)
    eta = groups.design @ beta
    alike, variance = _variance(groups, eta, inverse, overturned, letter)
    names = np.flatnonzero(kept < wanted)
    limits = _limits(groups, names, eta, hat, beta, inverse, variance)
    out = [np.full(wanted, np.nan) for _ in range(4)]
    for values, found in zip(out, (beta[names], *limits), strict=True):
        values[kept[names]] = found
        values[~told_apart[:wanted]] = np.nan
    return Fit(out[0], out[1], out[2], out[3], alike, rounds)


def _grouped(design: sparse.csr_array, overturned: NDArray[np.bool_]) -> _Grouped:
    """Group equal rows; two rows are equal if random marks of their columns add up to the same."""
    marks = np.random.default_rng(20160701).integers(1, 2**62, design.shape[1], dtype=np.int64)
    marked = sparse.csr_array((marks[design.indices], design.indices, design.indptr), shape=design.shape)
    sums = np.add.reduceat(marked.data, design.indptr[:-1].astype(np.int64))
    _, first, of = np.unique(sums, return_index=True, return_inverse=True)
    count = np.bincount(of).astype(np.float64)
    events = np.bincount(of, weights=overturned).astype(np.float64)
    return _Grouped(sparse.csr_array(design[first]), count, events, of)


def _gram(design: sparse.csr_array, weight: Numbers) -> Numbers:
    scaled = design.copy()
    scaled.data = np.repeat(weight, np.diff(design.indptr))
    product: Numbers = (design.T @ scaled).toarray()
    return product


def _independent(gram: Numbers) -> tuple[Ids, NDArray[np.bool_]]:
    """Columns that do not depend on columns before them (the last, the intercept, counts as first).

    Also, for every column, whether no column's dependence involves it.
    """
    size = len(gram)
    order = np.concatenate(([size - 1], np.arange(size - 1)))
    left = gram[np.ix_(order, order)]
    scale = np.diag(left).copy()
    kept = np.zeros(size, bool)
    for column in range(size):
        pivot = left[column, column]
        if pivot > 1e-9 * max(scale[column], 1.0):
            kept[column] = True
            rest = left[column, column + 1 :]
            left[column + 1 :, column + 1 :] -= np.outer(rest, rest / pivot)
    told_apart = np.ones(size, bool)
    free, bound = order[kept], order[~kept]
    if bound.size:
        involved = np.linalg.solve(gram[np.ix_(free, free)], gram[np.ix_(free, bound)])
        told_apart[free[(np.abs(involved) > 1e-6).any(1)]] = False
        told_apart[bound] = False
    return np.sort(free), told_apart


def _solve(groups: _Grouped) -> tuple[Numbers, Numbers, Numbers, int]:
    """Coefficients, the inverse of the information, the groups' leverages, and the rounds taken."""
    beta = np.zeros(groups.design.shape[1])
    rate = groups.events.sum() / groups.count.sum()
    bounded = min(max(rate, 1e-3), 1 - 1e-3)
    beta[-1] = np.log(bounded / (1 - bounded))
    for rounds in range(1, 101):  # noqa: B007  # told to the caller
        chance = expit(groups.design @ beta)
        weight = groups.count * chance * (1 - chance)
        inverse = linalg.inv(_gram(groups.design, weight), overwrite_a=True, check_finite=False)
        hat = weight * _leverage(groups, inverse)
        score = groups.design.T @ (groups.events - groups.count * chance + hat * (0.5 - chance))
        # The penalty adds its leverage to each decision's weight; without that, steps may circle.
        curvature = _gram(groups.design, weight + hat * chance * (1 - chance))
        step = linalg.solve(curvature, score, assume_a="sym", check_finite=False)
        beta = beta + step * min(1.0, 3.0 / max(float(np.abs(step).max()), 1e-300))
        if bool(np.all(np.abs(step) < _TOLERANCE * np.sqrt(np.diag(inverse)))):
            break
    return beta, inverse, hat, rounds


def _leverage(groups: _Grouped, inverse: Numbers) -> Numbers:
    """``x' V x`` for each row."""
    out = np.zeros(groups.design.shape[0])
    size = inverse.shape[0]
    flat = inverse.ravel()
    for rows, columns in groups.blocks():
        pairs = columns[:, :, None] * size + columns[:, None, :]
        out[rows] = flat[pairs].sum((1, 2))
    return out


def _variance(
    groups: _Grouped, eta: Numbers, inverse: Numbers, overturned: NDArray[np.bool_], letter: Ids
) -> tuple[float, Numbers]:
    """The common correlation within letters, and the coefficients' variances under it."""
    chance = expit(eta)
    spread = np.sqrt(chance * (1 - chance))
    residual = ((overturned - chance[groups.of]) / spread[groups.of]).astype(np.float64)
    letters = int(letter.max(initial=0)) + 1
    items = np.bincount(letter, minlength=letters)
    pairs = float((items * (items - 1.0)).sum())
    naive = np.diag(inverse)
    if pairs == 0:
        return 0.0, naive
    together = np.bincount(letter, weights=residual, minlength=letters) ** 2
    own = np.bincount(letter, weights=residual**2, minlength=letters)
    alike = min(float((together - own).sum() / pairs) / float(own.sum() / items.sum()), 1.0)
    if alike <= 0:
        return 0.0, naive
    # Few letters can look alike in all. What they still tell apart must not look certain.
    own_part = max(1 - alike, _OWN_PART)
    rows = (
        sparse.csr_array((spread[groups.of], (letter, np.arange(letter.size))), shape=(letters, letter.size))
        @ groups.design[groups.of]
    )
    product = (rows.T @ rows).toarray()
    shared = np.einsum("ij,jk,ki->i", inverse, product, inverse, optimize=True)
    return alike, own_part * naive + (1 - own_part) * shared


def _limits(
    groups: _Grouped,
    names: Ids,
    eta: Numbers,
    hat: Numbers,
    beta: Numbers,
    inverse: Numbers,
    variance: Numbers,
) -> tuple[Numbers, Numbers, Numbers]:
    """Interval ends and p-values of the columns ``names``."""
    error = np.sqrt(variance[names])
    low, high = beta[names] - Z * error, beta[names] + Z * error
    p_value = chi2.sf((beta[names] / error) ** 2, 1)
    by_column = sparse.csc_array(groups.design)
    cited = np.diff(by_column.indptr).astype(np.int64)
    for place in np.flatnonzero(cited[names] < _WALD_FROM):
        column = int(names[place])
        curve = Curve(
            _local(groups, by_column, cited, column, eta, hat, beta, inverse), float(variance[column])
        )
        low[place], high[place] = curve.end(-1), curve.end(1)
        p_value[place] = chi2.sf(curve.fall(0.0), 1)
    return low, high, np.asarray(p_value)


def _local(
    groups: _Grouped,
    by_column: sparse.csc_array,
    cited: Ids,
    column: int,
    eta: Numbers,
    hat: Numbers,
    beta: Numbers,
    inverse: Numbers,
) -> Local:
    others = entangled(column, inverse, cited, _ENTANGLED) if cited[column] < _ENTANGLED else ()
    columns = np.array([column, *others])
    parts = [by_column.indices[by_column.indptr[name] : by_column.indptr[name + 1]] for name in columns]
    rows = np.unique(np.concatenate(parts))
    design = np.zeros((rows.size, columns.size))
    for number, part in enumerate(parts):
        design[np.searchsorted(rows, part), number] = 1.0
    chance = expit(eta[rows])
    weight = groups.count[rows] * chance * (1 - chance)
    within = np.linalg.pinv((design * weight[:, None]).T @ design, hermitian=True)
    held = hat[rows] - weight * np.einsum("ij,jk,ik->i", design, within, design)
    return Local(
        design,
        groups.events[rows],
        groups.count[rows],
        eta[rows] - design @ beta[columns],
        np.maximum(held, 0.0),
        beta[columns],
    )
