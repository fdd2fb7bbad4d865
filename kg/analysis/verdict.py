"""What a table of drivers comes to, in sentences made from its figures."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

from kg.analysis import labels
from kg.analysis.comparison import TESTED, Comparison
from kg.analysis.decisions import OUTCOMES

_SILENT = {"any": "neither party cites a {}", "both": "the parties do not both cite a {}"}

_SURE = 0.05
_WEIGHED = (
    f"a credible set can contain an effect although no q-value is below {_SURE}: row tests adjust fully for "
    "the kind of service, while sets weigh the kind of service and joint citations together"
)


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """The sentences about a table."""

    level: str
    party: str
    compared: Comparison
    totals: NDArray[np.int64]
    table: pl.DataFrame
    sets: tuple[tuple[tuple[str, ...], bool], ...] = ()
    """The keys of each credible set, the likeliest first, and whether its effect is upwards."""

    def notes(self) -> list[str]:
        """Who is at risk, who is left out and how they ended, and why figures lack."""
        risk, totals = self.compared.risk, self.totals
        at_risk = np.bincount(self.compared.index.outcome[risk], minlength=3)
        left = totals - at_risk
        notes = []
        if left.sum():
            ended = ", ".join(
                f"{count:,} {name}" for name, count in zip(OUTCOMES, left, strict=True) if count
            )
            left_out = _counted(int(left.sum()), "decision")
            notes.append(f"not compared: {left_out} in which {self._silent} ({ended})")
        if not risk.any():
            return notes
        if self._beside(set(self.table.filter(pl.col("q_value") < _SURE)["key"])):
            notes.append(_WEIGHED)
        compared = _counted(int(at_risk.sum()), "decision")
        if at_risk[1] in {0, at_risk.sum()}:
            every = "all" if at_risk[1] else "none"
            notes.append(f"{every} of {compared} compared are overturned: no comparison")
        elif not self.compared.tested.size:
            notes.append(
                f"no {self.level} is cited in {TESTED} decisions and not cited in {TESTED} others: "
                "no comparison"
            )
        return notes

    @property
    def _silent(self) -> str:
        """What the parties of the table do in a decision that is not compared."""
        silent = _SILENT.get(self.party, f"the {self.party.replace('_', ' ')} cites no {{}}")
        return silent.format(self.level)

    def verdict(self) -> str:
        """What the table comes to, from its figures."""
        size = int(self.totals.sum())
        if not size:
            return "no decisions: nothing to compare"
        if not self.compared.risk.any():
            where = "the only decision" if size == 1 else f"all {size:,} decisions"
            return f"nothing to compare: in {where}, {self._silent}"
        compared = self.table.filter(pl.col("q_value").is_not_null())
        at_risk = _counted(int(self.compared.risk.sum()), "decision")
        if compared.is_empty():
            return f"no {self.level} can be compared in {at_risk}"
        sure = compared.filter(pl.col("q_value") < _SURE).sort("p_value", "key")
        beside = self._beside(set(sure["key"]))
        if sure.height:
            said = [
                f"{_named(row['key'])} ({'more' if row['difference'] > 0 else 'less'})"
                for row in sure.head(5).iter_rows(named=True)
            ]
            more = f" and {sure.height - 5:,} more" if sure.height > 5 else ""
            verb = "differs" if sure.height == 1 else "differ"
            plural = self.level if compared.height == 1 else f"{self.level}s"
            return (
                f"{sure.height:,} of {compared.height:,} {plural} {verb} from the rest beyond chance "
                f"(q below {_SURE}): {', '.join(said)}{more}{f'; {beside}' if beside else ''}"
            )
        if beside:
            own = f"by its own test (q below {_SURE})"
            return f"no {self.level} differs from the rest beyond chance {own}, but {beside}"
        return f"no {self.level} differs from the rest beyond chance; {self._missed(at_risk, compared)}"

    def _beside(self, sure: set[str]) -> str:
        """What the credible sets say that the rows' own tests do not."""
        others = [(keys, more) for keys, more in self.sets if not sure & {*keys}]
        if not others:
            return ""
        names = {key: _named(key) for key in self.table["key"]}
        said = []
        for keys, more in others:
            rest = f" or {_counted(len(keys) - 1, 'neighbour')}" if len(keys) > 1 else ""
            said.append(f"{names[keys[0]]}{rest} ({'more' if more else 'less'})")
        verb = "contains" if len(others) == 1 else "each contain"
        further = "further " if len(others) < len(self.sets) else ""
        return f"{_counted(len(others), f'{further}credible set')} {verb} an effect: {'; '.join(said)}"

    def _missed(self, at_risk: str, compared: pl.DataFrame) -> str:
        """The effect that would be found with a probability of 80 % at the most cited key."""
        best = compared.sort("decisions", "key", descending=[True, False]).row(0, named=True)
        number = self.compared.tested
        scores = self.compared.scores
        at = int(np.flatnonzero(self.compared.counts.sum(1)[number] == best["decisions"])[0])
        error = float(np.sqrt(scores.variance[at]) / scores.information[at])
        bound = float(np.exp((-float(ndtri(0.025 / compared.height)) + 0.8416) * error))
        what = f"an odds ratio of {bound:.1f} or {1 / bound:.2f}"
        most = f"the most cited {self.level}, {_named(best['key'])},"
        return (
            f"with these {at_risk}, the smallest effect detectable with 80 % power at {most} is {what}; "
            "it is larger elsewhere"
        )


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _named(key: str) -> str:
    return labels.brief(f"guideline/{key}")
