"""What questions ask of decisions beyond the filters: numbers that letters have, and how letters are made up.

A facet is a condition (`items="3.."`), what an answer is split by, or, where it is a number, what the mean
is of. Its values are computed from the index of decisions; one table says how each is called and counted.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np
import polars as pl

from kg.analysis.decisions import OUTCOMES, Index, Mask
from kg.analysis.filters import known_words, ranges
from kg.analysis.filters.ranges import Range
from kg.analysis.reasons.rationales import phrase_in
from kg.analysis.sides import AGREEMENT, agreement
from kg.errors import QuestionError
from kg.questions import item_facets
from kg.questions.question import Condition
from kg.reading.vocabulary.concepts import read

DATES = {
    "injury": "date_of_injury",
    "denial": "ur_denial_date",
    "application": "application_received",
    "assignment": "date_assigned",
    "decision": "decision_date",
}
"""The dates of a letter in the order of events, by the columns that hold them."""
_EVENTS = {
    "injury": "injury",
    "denial": "utilization review denial",
    "application": "receipt of the application",
    "assignment": "assignment of the reviewer",
    "decision": "decision",
}
LETTER = {
    "mixed": "with both upheld and overturned items",
    "any_overturned": "with an overturned item",
    "any_upheld": "with an upheld item",
    "any_modified": "with a modified item",
    **{f"all_{ended}": f"all of whose items are {ended}" for ended in OUTCOMES},
}
"""How a letter's items end together."""
NOT_LETTER = {
    "mixed": "without both upheld and overturned items",
    **{f"any_{ended}": f"with no {ended} item" for ended in OUTCOMES},
    **{f"all_{ended}": f"not all of whose items are {ended}" for ended in OUTCOMES},
}
"""How they do not."""
BASES = {
    "none_cited": "nothing",
    "mtus": "the MTUS alone",
    "outside_mtus": "sources outside the MTUS alone",
    "mtus_and_other": "the MTUS and other sources",
}
"""On what kind of source a party relies."""
_PROVIDED = {"true": "already provided when reviewed", "false": "not yet provided when reviewed"}
_SURGICAL = {"true": "associated with a surgery", "false": "not associated with a surgery"}
_TOLD = {
    "letter": LETTER,
    "basis": BASES,
    "surgical": _SURGICAL,
    "retrospective": _PROVIDED,
}
"""The values of facets in words."""
_GROUPS = ((0, 29, "..29"), (30, 39, "30-39"), (40, 49, "40-49"), (50, 59, "50-59"), (60, 200, "60.."))


@dataclass(frozen=True, slots=True)
class Facet:
    """One facet: its words, how its values are written, and what counts it.

    ``values`` gives each decision's value for a party, ``None`` where a decision has none. ``of_letters``
    says that a letter has one value for all of its decisions.
    """

    words: str
    values: Callable[[Index, str], pl.Series]
    kind: ranges.Kind = ranges.WORD
    known: tuple[str, ...] = ()
    unit: str = ""
    of_letters: bool = True
    finding: Callable[[str], Callable[[str], bool]] | None = None
    """What finds a value in the text that a decision has, where a decision has no values but a text."""

    @property
    def is_number(self) -> bool:
        """Whether means can be made of it."""
        return self.kind is ranges.NUMBERS


def _column(name: str) -> Callable[[Index, str], pl.Series]:
    return lambda index, _: index.columns(name)[name]


_A_WEEK = {"day": 7.0, "week": 1.0, "month": 12 / 52}
"""How many times a week something is that is once in a period."""


def _frequency(index: Index, _: str) -> pl.Series:
    """How many times a week is asked for, at most, where the item states it by days, weeks or months."""
    columns = index.columns("frequency_max", "period_min", "period_unit")
    factor = (
        columns["period_unit"].cast(pl.String).replace_strict(_A_WEEK, default=None, return_dtype=pl.Float64)
    )
    return (columns["frequency_max"] * factor / columns["period_min"]).round(2)


def _days(first: str, last: str) -> Callable[[Index, str], pl.Series]:
    def between(index: Index, _: str) -> pl.Series:
        dates = index.columns(DATES[first], DATES[last])
        return (dates[DATES[last]] - dates[DATES[first]]).dt.total_days()

    return between


def _outcome(index: Index, _: str) -> pl.Series:
    return pl.Series(OUTCOMES).gather(index.outcome)


def _items(index: Index, _: str) -> pl.Series:
    return pl.Series(np.bincount(index.letter)[index.letter])


def _letter(index: Index, _: str) -> pl.Series:
    """The kinds of :data:`LETTER` that each decision's letter is of."""
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


def _alone(index: Index, party: str) -> pl.Series:
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


def _services(index: Index, _: str) -> pl.Series:
    """What a decision's service is called: its category and subcategory, the drug and its class."""
    names = ("category", "subcategory", "drug", "drug_class")
    called = index.columns(*names).select(pl.concat_list(pl.col(name).cast(pl.String) for name in names))
    return called.to_series().list.drop_nulls()


@cache
def _had_before() -> tuple[str, ...]:
    """What earlier treatments can be called."""
    return tuple(f"{name}{ended}" for name in services() for ended in ("", ":helped", ":not-helped"))


@cache
def services() -> tuple[str, ...]:
    """What a service can be called."""
    return tuple(
        dict.fromkeys((*known_words.categories(), *known_words.subcategories(), *known_words.drugs()))
    )


def _quarter(index: Index, _: str) -> pl.Series:
    day = index.columns("decision_date")["decision_date"]
    return pl.select(pl.format("{}-Q{}", day.dt.year(), day.dt.quarter())).to_series()


def _age_group(index: Index, _: str) -> pl.Series:
    age = pl.col("age")
    found = pl.lit(None, pl.String)
    for first, last, name in _GROUPS:
        found = pl.when(age.is_between(first, last)).then(pl.lit(name)).otherwise(found)
    return index.columns("age").select(found.alias("age_group")).to_series()


@cache
def conditions() -> dict[str, str]:
    """The kinds of conditions that letters name, with their labels."""
    return {c.notation: c.preferred for c in read("conditions.ttl").values()}


AGREEING = ("guideline", "chapter", "section", "page")
"""The levels at which it is asked whether both parties cite the same."""
_AGREEMENT = {
    "same": "the same {}s",
    "overlap": "partly the same {}s",
    "different": "different {}s",
    "reviewer only": "{}s only on the reviewer's side",
    "administrator only": "{}s only on the claims administrator's side",
    "neither": "no {}s",
}
BOTH_CITE = ("same", "overlap", "different")
"""How citations compare where both parties cite something."""


def _agreement(level: str) -> Callable[[Index, str], pl.Series]:
    def values(index: Index, _: str) -> pl.Series:
        return pl.Series(AGREEMENT).gather(agreement(index, level))

    return values


FACETS: dict[str, Facet] = {
    "age": Facet("age of the worker", _column("age"), ranges.NUMBERS, unit="years"),
    "quantity": Facet(
        "quantity requested", _column("quantity_max"), ranges.NUMBERS, unit="of them", of_letters=False
    ),
    "frequency": Facet(
        "frequency requested", _frequency, ranges.NUMBERS, unit="times a week", of_letters=False
    ),
    "recommended": Facet(
        "amount recommended", item_facets.recommended, ranges.NUMBERS, unit="of them", of_letters=False
    ),
    "beyond_recommended": Facet(
        "quantity requested beyond the amount recommended",
        item_facets.beyond,
        ranges.NUMBERS,
        unit="of them",
        of_letters=False,
    ),
    "outcome": Facet("outcome", _outcome, known=OUTCOMES, of_letters=False),
    "items": Facet("number of items of the letter", _items, ranges.NUMBERS, unit="items"),
    "letter": Facet("outcomes of the letter's items", _letter, known=tuple(LETTER)),
    "basis": Facet(
        "kind of source relied on",
        lambda index, party: index.columns(f"basis_{party}")[f"basis_{party}"],
        known=tuple(BASES),
        of_letters=False,
    ),
    "alone": Facet("sole guideline or ground", _alone, known=("guideline", "ground"), of_letters=False),
    "surgical": Facet(
        "service associated with a surgery",
        lambda index, _: index.columns("associated_surgical_service")["associated_surgical_service"].cast(
            pl.String
        ),
        known=("true", "false"),
        of_letters=False,
    ),
    "retrospective": Facet(
        "service already provided",
        lambda index, _: index.columns("retrospective")["retrospective"].cast(pl.String),
        known=("true", "false"),
        of_letters=False,
    ),
    "refills": Facet("refills", _column("refills_max"), ranges.NUMBERS, unit="refills", of_letters=False),
    "condition": Facet("patient's condition", _column("conditions"), of_letters=False),
    "service": Facet("service or drug", _services, of_letters=False),
    "earlier": Facet("treatment that the patient had before", item_facets.earlier),
    "together": Facet("services of the letter", item_facets.together(_services)),
    "treatment": Facet(
        "treatment", item_facets.item_text, finding=item_facets.treatment_in, of_letters=False
    ),
    "item_words": Facet(
        "words of the item", item_facets.item_text, ranges.PHRASE, finding=phrase_in, of_letters=False
    ),
    "strength": Facet(
        "strength of the drug",
        item_facets.item_text,
        item_facets.STRENGTH,
        finding=item_facets.strength_in,
        of_letters=False,
    ),
    **{
        f"{one}_date": Facet(f"date of the {_EVENTS[one]}", _column(DATES[one]), ranges.DAYS)
        for one in DATES
        if one != "decision"
    },
    **{
        f"agreement_{level}": Facet(
            f"agreement of the {level}s that both parties cite",
            _agreement(level),
            known=AGREEMENT,
            of_letters=False,
        )
        for level in AGREEING
    },
    "injury_year": Facet(
        "year of injury", lambda index, _: index.columns("date_of_injury")["date_of_injury"].dt.year()
    ),
    "quarter": Facet("quarter of decision", _quarter),
    "age_group": Facet("age group of the worker", _age_group),
    **{
        f"days_{one}_{other}": Facet(
            f"days from {_EVENTS[one]} to {_EVENTS[other]}", _days(one, other), ranges.NUMBERS, unit="days"
        )
        for one, other in combinations(DATES, 2)
    },
}
"""Every facet by name; *age* and *quantity* are filters too, which keep their conditions."""
SPLITS = ("quarter", "age_group", "injury_year", "quantity", "frequency", "items", "condition", "basis")
"""What answers are split by beside what the filters name."""
ONLY_FACETS = tuple(name for name in FACETS if name not in {"age", "quantity"})
"""Facets that are conditions and no filters."""


def are_filters(conditions: Iterable[Condition]) -> bool:
    """Whether conditions are filters as they stand: each filter once, none negated, or of a party of its own.

    >>> are_filters([Condition("drug", ("Opioids",))]), are_filters([Condition("items", ("3..",))])
    (True, False)
    """
    told = list(conditions)
    others = any(one.negated or one.party or one.name in ONLY_FACETS for one in told)
    return not others and len({one.name for one in told}) == len(told)


def check(name: str, value: str) -> str:
    """A value of a facet as it is written.

    >>> check("items", "03.."), check("letter", "MIXED")
    ('3..', 'mixed')

    Raises:
        QuestionError: the facet has no such value.
        SettingError: it is a range that cannot be read.
    """
    facet = FACETS[name]
    if facet.kind is not ranges.WORD:
        facet.kind.read(name.replace("_", " "), value)
        return str(facet.kind.read(name, value)) if facet.is_number else value
    known: Iterable[str] = _KNOWN.get(name, lambda: facet.known)()
    if found := next((one for one in known if one.casefold() == value.casefold()), None):
        return found
    raise QuestionError(
        f"there is no {name.replace('_', ' ')} {value!r}; known are {', '.join(list(known)[:30])}"
    )


_KNOWN: dict[str, Callable[[], Iterable[str]]] = {
    "condition": conditions,
    "service": services,
    "together": lambda: (*services(), *(f"{name}:{ended}" for name in services() for ended in OUTCOMES)),
    "earlier": _had_before,
    "treatment": item_facets.treatments,
}
"""Facets whose values stand in a vocabulary."""


def having(index: Index, name: str, values: tuple[str, ...], party: str) -> Mask:
    """Which decisions have one of some values of a facet."""
    facet = FACETS[name]
    found = facet.values(index, party)
    if facet.finding:
        tests = [facet.finding(value) for value in values]
        return np.array([text is not None and any(test(text) for test in tests) for text in found], bool)
    if facet.kind is ranges.WORD:
        chosen = (
            found.list.set_intersection(list(values)).list.len() > 0
            if found.dtype == pl.List
            else found.is_in(values)
        )
        return chosen.fill_null(value=False).to_numpy()
    wanted = [facet.kind.read(name, value) for value in values]
    known = {
        one: any(isinstance(span, Range) and one in span for span in wanted)
        for one in found.drop_nulls().unique()
    }
    return np.array([one is not None and known[one] for one in found], bool)


def told(name: str, value: str) -> str:
    """A value of a facet in words.

    >>> told("items", "3.."), told("letter", "mixed"), told("basis", "none_cited")
    ('3 or more', 'with both upheld and overturned items', 'nothing')
    """
    named = conditions() if name == "condition" else _TOLD.get(name, {})
    if value in named:
        return named[value]
    if name in {"earlier", "together"}:
        treatment, _, ended = value.partition(":")
        return f"{treatment} ({ended.replace('-', ' ')})" if ended else treatment
    if name.startswith("agreement_"):
        return _AGREEMENT[value].format(name.removeprefix("agreement_"))
    first, to, last = value.partition("..")
    if name.endswith("_date"):
        return (
            f"from {first} to {last}" if first and last else f"from {first} on" if first else f"up to {last}"
        )
    if FACETS[name].is_number:
        return f"{first} or more" if to and first else f"at most {last}" if to else value.replace("-", " to ")
    return value
