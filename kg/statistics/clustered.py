"""Logistic regression whose unit is the letter, with the covariance of sums over letters (a sandwich)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtr

from kg.statistics.intervals import Numbers, Z

_RIDGE = 1e-3
"""So weak a prior that it only keeps coefficients finite."""


@dataclass(frozen=True, slots=True, eq=False)
class Clustered:
    """Coefficients with their covariance, and contrasts of them."""

    coefficients: Numbers
    covariance: Numbers

    def ratio(self, contrast: Numbers) -> tuple[float, float, float, float]:
        """The odds ratio of a sum of coefficients, the ends of its 95 % interval, and p."""
        value = float(contrast @ self.coefficients)
        error = float(np.sqrt(contrast @ self.covariance @ contrast))
        p_value = 2 * float(ndtr(-abs(value) / error)) if error else 1.0
        low, top, high = (float(np.exp(np.clip(value + side * Z * error, -700, 700))) for side in (-1, 0, 1))
        return top, low, high, p_value


def logistic(design: Numbers, events: Numbers, size: Numbers) -> Clustered:
    """Fit ``events`` of ``size`` decisions of each letter (a row); the first column of the design is 1.

    >>> design = np.ones((4, 1))
    >>> found = logistic(design, np.array([1.0, 0, 1, 0]), np.array([2.0, 1, 1, 1]))
    >>> round(float(expit(found.coefficients[0])), 3)
    0.4
    """
    ridge = np.full(design.shape[1], _RIDGE)
    ridge[0] = 0.0
    share = float(np.clip(events.sum() / size.sum(), 1e-6, 1 - 1e-6))
    gamma = np.zeros(design.shape[1])
    gamma[0] = np.log(share / (1 - share))
    for _ in range(60):
        rate = expit(design @ gamma)
        step = np.linalg.solve(
            _information(design, size, rate, ridge), design.T @ (events - size * rate) - ridge * gamma
        )
        gamma = gamma + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-10:
            break
    rate = expit(design @ gamma)
    scores = design * (events - size * rate)[:, None]
    inverse = np.linalg.inv(_information(design, size, rate, ridge))
    letters = events.size
    return Clustered(gamma, inverse @ (scores.T @ scores) @ inverse * letters / max(letters - 1, 1))


def _information(design: Numbers, size: Numbers, rate: Numbers, ridge: Numbers) -> Numbers:
    return np.asarray(design.T @ (design * (size * rate * (1 - rate))[:, None]) + np.diag(ridge))


def correlation(event: NDArray[np.bool_], letter: NDArray[np.integer]) -> float:
    """The correlation of two decisions of one letter in whether an event holds, from 0 to 0.95.

    ``letter`` is ascending. It is the mean product of two residuals of a letter over their variance.

    >>> correlation(np.array([True, True, False, False]), np.array([0, 0, 1, 1]))
    0.95
    >>> correlation(np.array([True, False, True, False]), np.array([0, 0, 1, 1]))
    0.0
    """
    if not event.size or event.all() or not event.any():
        return 0.0
    rate = float(event.mean())
    place = np.cumsum(np.diff(letter, prepend=letter[:1]) != 0)
    size = np.bincount(place).astype(np.float64)
    pairs = float((size * (size - 1)).sum())
    if not pairs:
        return 0.0
    above = np.bincount(place, event) - rate * size
    product = float((above**2).sum()) - event.size * rate * (1 - rate)
    return float(np.clip(product / (pairs * rate * (1 - rate)), 0.0, 0.95))
