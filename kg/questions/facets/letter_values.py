"""The values of facets of decisions and their letters, computed from the index."""

from collections.abc import Callable
from functools import cache

import numpy as np
import polars as pl

from kg.analysis.decisions import OUTCOMES, Index
from kg.analysis.filters import known_words
from kg.analysis.sides import AGREEMENT, agreement
from kg.reading.vocabulary.concepts import read

DATES = {
    "injury": "date_of_injury",
    "denial": "ur_denial_date",
    "application": "application_received",
    "assignment": "date_assigned",
    "decision": "decision_date",
}
"""The dates of a letter in the order of events, by the columns that hold them."""
_GROUPS = ((0, 29, "..29"), (30, 39, "30-39"), (40, 49, "40-49"), (50, 59, "50-59"), (60, 200, "60.."))

Values = Callable[[Index, str], pl.Series]
"""Each decision's value for a party, ``None`` where a decision has none."""


def column(name: str) -> Values:
    """A column of the index as it is."""
    return lambda index, _: index.columns(name)[name]


_A_WEEK = {"day": 7.0, "week": 1.0, "month": 12 / 52}
"""How many times a week something is that is once in a period."""


def frequency(index: Index, _: str) -> pl.Series:
    """How many times a week is asked for, at most, where the item states it by days, weeks or months."""
    columns = index.columns("frequency_max", "period_min", "period_unit")
    factor = (
        columns["period_unit"].cast(pl.String).replace_strict(_A_WEEK, default=None, return_dtype=pl.Float64)
    )
    return (columns["frequency_max"] * factor / columns["period_min"]).round(2)


def days(first: str, last: str) -> Values:
    """The days between two of the :data:`DATES` of a letter."""

    def between(index: Index, _: str) -> pl.Series:
        dates = index.columns(DATES[first], DATES[last])
        return (dates[DATES[last]] - dates[DATES[first]]).dt.total_days()

    return between


def outcome(index: Index, _: str) -> pl.Series:
    """How the decision ended."""
    return pl.Series(OUTCOMES).gather(index.outcome)


def items(index: Index, _: str) -> pl.Series:
    """How many decisions the letter has."""
    return pl.Series(np.bincount(index.letter)[index.letter])


def ended(index: Index, _: str) -> pl.Series:
    """How the items of each decision's letter end together: ``mixed``, ``any_upheld``, ``all_upheld``, ..."""
    number = np.bincount(index.letter)
    ended = {
        outcome: np.bincount(index.letter, index.outcome == at, number.size)
        for at, outcome in enumerate(OUTCOMES)
    }
    tests = {"mixed": (ended["overturned"] > 0) & (ended["upheld"] > 0)}
    tests |= {f"any_{outcome}": some > 0 for outcome, some in ended.items()}
    tests |= {f"all_{outcome}": some == number for outcome, some in ended.items()}
    code = sum(test.astype(np.int64) << at for at, test in enumerate(tests.values()))
    of = [[name for at, name in enumerate(tests) if one >> at & 1] for one in range(1 << len(tests))]
    return pl.Series(of, dtype=pl.List(pl.String)).gather(np.asarray(code)[index.letter])


def alone(index: Index, party: str) -> pl.Series:
    """What a decision has one of: the work that the party cites, or the ground that is stated."""
    cited = index.cited("guideline", party)
    works = np.bincount(cited.decision, minlength=len(index))
    grounds = index.valued("grounds")
    classes = pl.DataFrame(
        {"decision": grounds.decision, "of": [grounds.names[at].partition(":")[0] for at in grounds.value]}
    )
    stated = np.bincount(classes.unique()["decision"].to_numpy(), minlength=len(index))
    pairs = zip(works == 1, stated == 1, strict=True)
    return pl.Series(
        [["guideline"] * bool(work) + ["ground"] * bool(ground) for work, ground in pairs],
        dtype=pl.List(pl.String),
    )


def of_service(index: Index, _: str) -> pl.Series:
    """What a decision's service is called: its category and subcategory, the drug and its class."""
    names = ("category", "subcategory", "drug", "drug_class")
    called = index.columns(*names).select(pl.concat_list(pl.col(name).cast(pl.String) for name in names))
    return called.to_series().list.drop_nulls()


@cache
def had_before() -> tuple[str, ...]:
    """What earlier treatments can be called."""
    return tuple(f"{name}{ended}" for name in services() for ended in ("", ":helped", ":not-helped"))


@cache
def services() -> tuple[str, ...]:
    """What a service can be called."""
    return tuple(
        dict.fromkeys((*known_words.categories(), *known_words.subcategories(), *known_words.drugs()))
    )


def quarter(index: Index, _: str) -> pl.Series:
    """The quarter of the decision: ``2016-Q1``."""
    day = index.columns("decision_date")["decision_date"]
    return pl.select(pl.format("{}-Q{}", day.dt.year(), day.dt.quarter())).to_series()


def age_group(index: Index, _: str) -> pl.Series:
    """The range of ages that the worker's is in."""
    age = pl.col("age")
    found = pl.lit(None, pl.String)
    for first, last, name in _GROUPS:
        found = pl.when(age.is_between(first, last)).then(pl.lit(name)).otherwise(found)
    return index.columns("age").select(found.alias("age_group")).to_series()


@cache
def conditions() -> dict[str, str]:
    """The kinds of conditions that letters name, with their labels."""
    return {c.notation: c.preferred for c in read("conditions.ttl").values()}


def agreeing(level: str) -> Values:
    """How what the parties cite at a level compares: one of :data:`kg.analysis.sides.AGREEMENT`."""

    def values(index: Index, _: str) -> pl.Series:
        return pl.Series(AGREEMENT).gather(agreement(index, level))

    return values
