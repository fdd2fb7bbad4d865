"""What the clinical case summary says of the injured worker."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from lark import Token, Tree

from kg.model import Patient, Sex, Span
from kg.reading.dates import read_date
from kg.reading.grammars import TypedGrammar

# The worker is introduced in the first sentences; further on are others' ages and old injuries.
_INTRODUCTION = 700
_WOMEN = frozenset({"female", "woman", "lady"})
_OLDEST = 120


@dataclass(frozen=True, slots=True)
class Summary:
    """The patient, the date of injury as the summary gives it, and where they stand."""

    patient: Patient
    date_of_injury: date | None
    spans: dict[str, Span]


def _firsts(tree: Tree[Any]) -> dict[str, int]:
    """The positions of the first age, the first sex, and the first date that follows a word of injury."""
    firsts: dict[str, int] = {}
    for child in tree.children:
        if isinstance(child, Token):
            firsts.setdefault(child.type, child.value)
        elif len(child.children) > 1:
            firsts.setdefault("injury", child.children[1].value)
    return firsts


SUMMARY = TypedGrammar("summary.lark", _firsts)


def read_summary(text: str, span: Span) -> Summary:
    """Read age, sex and date of injury in ``text[span.start:span.end]``.

    >>> read_summary("The 35 year old male injured worker was hurt.", Span(0, 45)).patient
    Patient(age=35, sex=<Sex.MALE: 'male'>)
    """
    firsts, tokens = SUMMARY.read(text, span.start, min(span.end, span.start + _INTRODUCTION))
    places = {name: Span(*tokens[i][1:]) for name, i in firsts.items()}
    spans, age, sex, injured = {}, None, None, None
    if (place := places.get("AGE")) and int(place.of(text)) <= _OLDEST:
        age, spans["patient.age"] = int(place.of(text)), place
    if place := places.get("SEX"):
        sex = Sex.FEMALE if place.of(text).lower() in _WOMEN else Sex.MALE
        spans["patient.sex"] = place
    if place := places.get("injury"):
        injured = read_date(" ".join(place.of(text).split()))
        spans["summary.date_of_injury"] = place
    return Summary(Patient(age, sex), injured, spans)
