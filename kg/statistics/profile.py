"""The penalised likelihood along one coefficient, for intervals as skewed as the counts are."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from kg.statistics.intervals import Numbers, Z

_FAR = 40.0
_CLOSE = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Local:
    """The decisions that cite a column or those entangled with it; the rest of the model is held.

    ``design`` has the column first and the others after it. ``base`` is the linear predictor without
    these columns, ``held`` the leverage that the columns which are held have on each row.
    """

    design: Numbers
    events: Numbers
    count: Numbers
    base: Numbers
    held: Numbers
    top: Numbers

    def height(self, value: float | None, start: Numbers) -> tuple[float, Numbers]:
        """The greatest penalised likelihood with the first coefficient at ``value``, and where it is."""
        free = slice(0 if value is None else 1, None)
        beta = start.copy()
        if value is not None:
            beta[0] = value
        for _ in range(30 if beta[free].size else 0):
            information, weight, chance = self._information(beta)
            leverage = weight * (self.design * solved(information, self.design.T).T).sum(1)
            residual = self.events - self.count * chance + (leverage + self.held) * (0.5 - chance)
            # As in the whole model, the leverage adds to the weight, or steps may circle.
            weight = weight + (leverage + self.held) * chance * (1 - chance)
            curvature = (self.design[:, free] * weight[:, None]).T @ self.design[:, free]
            step = solved(curvature, (self.design.T @ residual)[free])
            longest = float(np.abs(step).max())
            beta[free] += step * min(1.0, 2.0 / max(longest, 1e-300))
            if longest < 1e-3:
                break
        return self._penalised(beta), beta

    def _information(self, beta: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        chance = expit(self.base + self.design @ beta)
        weight = self.count * chance * (1 - chance)
        return (self.design * weight[:, None]).T @ self.design, weight, chance

    def _penalised(self, beta: Numbers) -> float:
        eta = self.base + self.design @ beta
        events, count = self.events + self.held / 2, self.count + self.held
        likelihood = float((events * eta - count * np.logaddexp(0, eta)).sum())
        return likelihood + float(np.linalg.slogdet(self._information(beta)[0])[1]) / 2

    def variance(self) -> float:
        """The variance of the first coefficient at the top."""
        unit = np.zeros(self.top.size)
        unit[0] = 1.0
        return float(solved(self._information(self.top)[0], unit)[0])


def solved(matrix: Numbers, right: Numbers) -> Numbers:
    """The solution of a symmetric system; of one that is singular to the machine, the smallest."""
    try:
        return np.asarray(np.linalg.solve(matrix, right), np.float64)
    except np.linalg.LinAlgError:
        return np.asarray(np.linalg.lstsq(matrix, right, rcond=None)[0], np.float64)


class Curve:
    """Twice the fall of the penalised likelihood from its top, scaled to the coefficient's variance."""

    def __init__(self, local: Local, variance: float) -> None:
        self.local = local
        self.error = float(np.sqrt(variance))
        self.scale = min(1.0, local.variance() / variance)
        self.highest, self.at = local.height(None, local.top)

    def fall(self, value: float) -> float:
        """The fall at ``value``: a chi-square of one degree if that is the coefficient."""
        return max(0.0, 2 * self.scale * (self.highest - self.local.height(value, self.at)[0]))

    def end(self, side: int) -> float:
        """The value below (-1) or above (1) the top at which a 95 % interval ends.

        The square root of the fall is nearly a straight line, which is followed by the secant's
        method (with Illinois' rule) to a thousandth.
        """
        near, low = float(self.at[0]), -Z
        far, high = near, low
        while high < 0 and abs(far) < _FAR:
            near, low = far, high
            far = far + side * min(Z * self.error, 4.0)
            high = float(np.sqrt(self.fall(far))) - Z
        while abs(high) > _CLOSE and abs(low) > _CLOSE and abs(far - near) > _CLOSE and high > 0:
            middle = far - high * (far - near) / (high - low)
            value = float(np.sqrt(self.fall(middle))) - Z
            if value * high < 0:
                near, low = far, high
            else:
                low /= 2
            far, high = middle, value
            if high < 0:
                near, low, far, high = far, high, near, low
        return far if abs(high) <= abs(low) else near


def entangled(column: int, inverse: Numbers, rows: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """The columns whose coefficients move with that of ``column``, the closest first, at most 8.

    ``rows`` counts each column's rows; columns with more than ``most`` are left out.
    """
    spread = np.sqrt(np.diag(inverse))
    together = np.abs(inverse[column]) / (spread * spread[column])
    together[column] = 0.0
    together[rows > most] = 0.0
    closest: NDArray[np.int64] = np.argsort(-together, kind="stable")[:8]
    near: NDArray[np.int64] = closest[together[closest] > 0.15]
    return near
