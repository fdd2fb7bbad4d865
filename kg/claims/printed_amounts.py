"""Numbers of claims: how they are bounded, and when a number of the base is the one that is printed.

A number holds if the true one rounds to it at the digits printed. Rough words leave room:

=========================  =====================  ==========================
words                      hold up to             differ from
=========================  =====================  ==========================
*about* a rate             1 point                2.5 points
*about* a count            2.5 %                  10 %
a fraction in words        2.5 points             5 points
*nearly*, *just over*      2.5 points, 5 %        twice that, or the other side
=========================  =====================  ==========================

In between they are not checked.
"""

from dataclasses import dataclass

from kg.claims.claim import Verdict

_SLACK = 1e-9
BOUNDS = ("MORE_THAN", "LESS_THAN", "AT_LEAST", "AT_MOST", "ABOUT", "NEARLY", "JUST_OVER")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as claimed: a share from 0 to 1 where ``is_rate``, else a count.

    ``unit`` is half of its last digit.
    """

    value: float
    unit: float
    is_rate: bool
    bound: str = ""
    rough: bool = False
    """Whether it is a fraction in words."""

    def verdict(self, truth: float) -> Verdict:
        """What is to be said of the number where the true one is ``truth``.

        >>> Amount(0.185, 0.0005, True).verdict(0.18467), Amount(0.185, 0.0005, True).verdict(0.1839)
        (<Verdict.HOLDS: 'holds'>, <Verdict.DIFFERS: 'differs'>)
        >>> Amount(0.5, 0.0, True, "MORE_THAN").verdict(0.5)
        <Verdict.DIFFERS: 'differs'>
        """
        if self.bound in _COMPARED:
            return Verdict.HOLDS if _COMPARED[self.bound](truth, self.value) else Verdict.DIFFERS
        away = truth - self.value
        whole = 1.0 if self.is_rate else self.value
        if self.bound == "NEARLY":
            return _between(-away, whole)
        if self.bound == "JUST_OVER":
            return _between(away, whole)
        if self.rough or self.bound == "ABOUT":
            near, far = (0.01, 0.025) if self.is_rate else (0.025, 0.1)
            if self.rough:
                near, far = 0.025, 0.05
            if abs(away) <= max(near * whole, self.unit) + _SLACK:
                return Verdict.HOLDS
            return Verdict.DIFFERS if abs(away) > max(far * whole, self.unit) else Verdict.UNCHECKED
        return Verdict.HOLDS if abs(away) <= self.unit + _SLACK else Verdict.DIFFERS

    def shown(self, truth: float) -> str:
        """The true number as the claim prints its own."""
        if not self.is_rate:
            return f"{truth:,.0f}"
        digits = 1
        while digits < 6 and self.unit and 10 ** -(digits + 2) > 2 * self.unit:
            digits += 1
        return f"{100 * truth:.{digits}f} %"


def _between(below: float, whole: float) -> Verdict:
    """Of a number that is said to be a little less than it is, by how much it is less."""
    most = 0.025 * whole if whole == 1.0 else 0.05 * whole
    if 0 < below <= most + _SLACK:
        return Verdict.HOLDS
    return Verdict.DIFFERS if below < -0.005 * whole or below > 2 * most else Verdict.UNCHECKED


_COMPARED = {
    "MORE_THAN": lambda truth, value: truth > value + _SLACK,
    "LESS_THAN": lambda truth, value: truth < value - _SLACK,
    "AT_LEAST": lambda truth, value: truth >= value - _SLACK,
    "AT_MOST": lambda truth, value: truth <= value + _SLACK,
}
