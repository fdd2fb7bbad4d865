"""What questions ask of decisions beyond the filters: numbers that letters have, and how letters are made up.

A facet is a condition (`items="3.."`), what an answer is split by, or, where it is a number, what the mean
is of. Its values are computed from the index of decisions; one table says how each is called and counted.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import polars as pl

from kg.analysis.decisions import OUTCOMES, Index, Mask
from kg.analysis.filters import ranges
from kg.analysis.filters.ranges import Range
from kg.analysis.reasons.rationales import phrase_in
from kg.analysis.sides import AGREEMENT
from kg.errors import QuestionError
from kg.questions.facets import item_values, letter_values
from kg.questions.question import Condition

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


@dataclass(frozen=True, slots=True)
class Facet:
    """One facet: its words, how its values are written, and what counts it.

    ``values`` gives each decision's value for a party, ``None`` where a decision has none. ``of_letters``
    says that a letter has one value for all of its decisions.
    """

    words: str
    values: letter_values.Values
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


FACETS: dict[str, Facet] = {
    "age": Facet("age of the worker", letter_values.column("age"), ranges.NUMBERS, unit="years"),
    "quantity": Facet(
        "quantity requested",
        letter_values.column("quantity_max"),
        ranges.NUMBERS,
        unit="of them",
        of_letters=False,
    ),
    "frequency": Facet(
        "frequency requested", letter_values.frequency, ranges.NUMBERS, unit="times a week", of_letters=False
    ),
    "recommended": Facet(
        "amount recommended", item_values.recommended, ranges.NUMBERS, unit="of them", of_letters=False
    ),
    "beyond_recommended": Facet(
        "quantity requested beyond the amount recommended",
        item_values.beyond,
        ranges.NUMBERS,
        unit="of them",
        of_letters=False,
    ),
    "outcome": Facet("outcome", letter_values.outcome, known=OUTCOMES, of_letters=False),
    "items": Facet("number of items of the letter", letter_values.items, ranges.NUMBERS, unit="items"),
    "letter": Facet("outcomes of the letter's items", letter_values.ended, known=tuple(LETTER)),
    "basis": Facet(
        "kind of source relied on",
        lambda index, party: index.columns(f"basis_{party}")[f"basis_{party}"],
        known=tuple(BASES),
        of_letters=False,
    ),
    "alone": Facet(
        "sole guideline or ground", letter_values.alone, known=("guideline", "ground"), of_letters=False
    ),
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
    "refills": Facet(
        "refills", letter_values.column("refills_max"), ranges.NUMBERS, unit="refills", of_letters=False
    ),
    "condition": Facet("patient's condition", letter_values.column("conditions"), of_letters=False),
    "service": Facet("service or drug", letter_values.of_service, of_letters=False),
    "earlier": Facet("treatment that the patient had before", item_values.earlier),
    "together": Facet("services of the letter", item_values.together(letter_values.of_service)),
    "treatment": Facet(
        "treatment", item_values.item_text, finding=item_values.treatment_in, of_letters=False
    ),
    "item_words": Facet(
        "words of the item", item_values.item_text, ranges.PHRASE, finding=phrase_in, of_letters=False
    ),
    "strength": Facet(
        "strength of the drug",
        item_values.item_text,
        item_values.STRENGTH,
        finding=item_values.strength_in,
        of_letters=False,
    ),
    **{
        f"{one}_date": Facet(
            f"date of the {_EVENTS[one]}", letter_values.column(letter_values.DATES[one]), ranges.DAYS
        )
        for one in letter_values.DATES
        if one != "decision"
    },
    **{
        f"agreement_{level}": Facet(
            f"agreement of the {level}s that both parties cite",
            letter_values.agreeing(level),
            known=AGREEMENT,
            of_letters=False,
        )
        for level in AGREEING
    },
    "injury_year": Facet(
        "year of injury", lambda index, _: index.columns("date_of_injury")["date_of_injury"].dt.year()
    ),
    "quarter": Facet("quarter of decision", letter_values.quarter),
    "age_group": Facet("age group of the worker", letter_values.age_group),
    **{
        f"days_{one}_{other}": Facet(
            f"days from {_EVENTS[one]} to {_EVENTS[other]}",
            letter_values.days(one, other),
            ranges.NUMBERS,
            unit="days",
        )
        for one, other in combinations(letter_values.DATES, 2)
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
    "condition": letter_values.conditions,
    "service": letter_values.services,
    "together": lambda: (
        *letter_values.services(),
        *(f"{name}:{ended}" for name in letter_values.services() for ended in OUTCOMES),
    ),
    "earlier": letter_values.had_before,
    "treatment": item_values.treatments,
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
    named = letter_values.conditions() if name == "condition" else _TOLD.get(name, {})
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
