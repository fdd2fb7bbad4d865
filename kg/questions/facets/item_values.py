"""What questions ask of an item's own words, and of the items that stand in a letter with it."""

import re
from collections import Counter
from collections.abc import Callable
from functools import cache

import numpy as np
import polars as pl

from kg.analysis.decisions import OUTCOMES, Index
from kg.analysis.filters import ranges
from kg.analysis.reasons.rationales import forms_of, phrase_in
from kg.questions import vocabulary

_AMOUNT = r"[0-9]{1,4}(?:\.[0-9]{1,3})?"
_UNITS = r"(?:mg|mcg|gm|g|ml|%)"
STRENGTH = ranges.Kind(
    rf"{_AMOUNT}(/{_AMOUNT}){{0,2}} ?{_UNITS}?", "a strength such as 10 mg, 5% or 10/325", str
)


def strength_in(strength: str) -> Callable[[str], bool]:
    """What finds a strength in an item; one of a combination is found there, too.

    >>> [strength_in("10/325")(item) for item in ("Norco 10-325mg", "Norco 10mg/325 mg #30", "Norco 5/325")]
    [True, True, False]
    >>> [strength_in("10 mg")(item) for item in ("Norco 10/325mg", "Flexeril 10mg", "Soma 110mg", "10%")]
    [True, True, False, False]
    >>> [strength_in("5%")(item) for item in ("Lidoderm 5 % patch", "Baclofen 0.5%", "Lidocaine 5.0%")]
    [True, False, True]
    """
    several, unit = _amounts(strength, r"(?![0-9.]*[0-9])")
    rest = rf"{_BESIDE}{unit}(?![a-z])" if unit else r"(?![0-9.]*[0-9])"
    pattern = re.compile(rf"(?<![0-9.,#]){several}{rest}", re.IGNORECASE)
    return lambda item: pattern.search(item) is not None


_BESIDE = rf"(?:(?:\s*{_UNITS})?\s*[-/]\s*{_AMOUNT}){{0,2}}\s*"
"""The other amounts of a combination."""


def _amounts(strength: str, whole: str) -> tuple[str, str]:
    """The amounts of a strength, each a number that ``whole`` says to end, and their unit."""
    found = re.fullmatch(rf"(?P<amounts>[0-9./]+) ?(?P<unit>{_UNITS})?", strength)
    amounts, unit = (found["amounts"].split("/"), found["unit"] or "") if found else ([strength], "")
    several = rf"(?:\s*{_UNITS})?\s*[-/]\s*".join(_number(amount, whole) for amount in amounts)
    return several, {"g": "(?:gm|g)", "gm": "(?:gm|g)"}.get(unit, unit)


def strength_pattern(strength: str) -> str:
    """The same as a regular expression without looking ahead, as SPARQL has it.

    >>> bool(re.search(strength_pattern("10 mg"), "Norco 10/325mg"))
    True
    """
    several, unit = _amounts(strength, "")
    end = r"([^0-9.]|\.[^0-9]|\.?$)"
    return rf"(^|[^0-9.,#]){several}" + (rf"{_BESIDE}{unit}([^a-z]|$)" if unit else end)


def words_pattern(*phrases: str) -> str:
    """What finds one of some phrases as :func:`phrase_in` does, as SPARQL has it.

    >>> bool(re.search(words_pattern("home rental"), "a home  rental."))
    True
    """
    no_letter = "[^a-z0-9]"  # of few characters, as engines limit the size of an expression
    forms = "|".join(forms_of(phrase).replace(r"[\W_]", no_letter) for phrase in phrases)
    return rf"(^|{no_letter})({forms})({no_letter}|$)"


def _number(written: str, end: str) -> str:
    """A number in any way to write it: ``5`` and ``5.0``."""
    whole, _, fraction = written.partition(".")
    fraction = fraction.rstrip("0")
    own = "(?![0-9])" if end else ""
    return rf"{whole or '0'}\.{fraction}0*{own}" if fraction else rf"{whole}(?:\.0+)?{end}"


@cache
def treatments() -> dict[str, tuple[str, ...]]:
    """The treatments that subcategories are made of, by name, with all that they are called."""
    return vocabulary.treatments()


@cache
def treated() -> Counter[str]:
    """How many treatments each category and subcategory of services has."""
    found = (term.service for term in vocabulary.terms() if not term.is_drug and term.service is not None)
    return Counter(name for service in found for name in {*service} if name)


@cache
def _classes() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for term in vocabulary.terms():
        if term.drug_class is not None:
            value = "/".join(term.ingredients) or term.drug_class.preferred
            found.setdefault(value, set()).add(term.drug_class.preferred)
    return {drug: frozenset(classes) for drug, classes in found.items()}


def classes_of(drug: str) -> frozenset[str]:
    """The classes that a drug is in.

    >>> sorted(classes_of("ibuprofen"))
    ['NSAID']
    """
    return _classes().get(drug, frozenset())


def treatment_in(treatment: str) -> Callable[[str], bool]:
    """What finds a treatment in an item by any of its names.

    >>> [treatment_in("epidural steroid injection")(item) for item in ("Lumbar ESI", "Facet injection")]
    [True, False]
    """
    tests = [phrase_in(name) for name in treatments()[treatment]]
    return lambda item: any(test(item) for test in tests)


def item_text(index: Index, _: str) -> pl.Series:
    """The words of each decision's item."""
    return index.columns("item_text")["item_text"]


def together(called: Callable[[Index, str], pl.Series]) -> Callable[[Index, str], pl.Series]:
    """What the items of each decision's letter are called, given what items are called."""

    def of_letters(index: Index, party: str) -> pl.Series:
        ended = pl.Series("ended", OUTCOMES).gather(index.outcome)
        found = pl.DataFrame({"letter": np.asarray(index.letter), "called": called(index, party)})
        everything = found.with_columns(ended).explode("called", empty_as_null=True, keep_nulls=True)
        both = pl.concat_list("called", pl.format("{}:{}", "called", "ended"))
        of = everything.drop_nulls("called").with_columns(called=both).explode("called").group_by("letter")
        joined = found.select("letter").join(
            of.agg(pl.col("called").unique()), on="letter", how="left", maintain_order="left"
        )
        return joined["called"].fill_null([])

    return of_letters


def recommended(index: Index, _: str) -> pl.Series:
    """The greatest amount that is said to be recommended, where it is in the unit of the quantity."""
    columns = index.columns("quantity_unit", "recommended_max", "recommended_unit")
    same = columns["quantity_unit"].cast(pl.String) == columns["recommended_unit"].cast(pl.String)
    return columns["recommended_max"].set(~same.fill_null(value=False), None)


def beyond(index: Index, party: str) -> pl.Series:
    """What is requested beyond it; below zero where less is."""
    return index.columns("quantity_max")["quantity_max"] - recommended(index, party)


def earlier(index: Index, _: str) -> pl.Series:
    """The treatments that a decision's patient had before, each with and without what it did."""
    had = index.columns("earlier_treatments")["earlier_treatments"].cast(pl.List(pl.String))
    plain = had.list.eval(pl.element().str.split(":").list.first())
    return pl.select(pl.concat_list(had, plain)).to_series()
