"""What the clinical case summary says of the injured worker."""

import re
from datetime import date
from typing import Any

from lark import Tree
from msgspec import Struct

from kg.model import Patient, Sex, Span
from kg.reading.text.dates import PRINTED, read_date
from kg.reading.text.grammars import Lexeme, TypedGrammar, parts

# The worker is introduced in the first sentences, mostly in the very first; further on are others' ages and
# old injuries. What stands so near to an end may have been cut there.
_BEGINNING, _INTRODUCTION = 350, 700
_NEAR = 80
_WANTED = ("age", "sex", "injury")
_SEXES = {"FEMALE": Sex.FEMALE, "WOMAN": Sex.FEMALE, "MALE": Sex.MALE, "MAN": Sex.MALE}
_OLDEST = 120
_LAST_DATE = re.compile(rf"(?<!\d){PRINTED}\Z")


class Summary(Struct, frozen=True, gc=False):
    """The patient, the date of injury as the summary gives it, and where they stand."""

    patient: Patient
    date_of_injury: date | None
    spans: dict[str, Span]


def _firsts(tree: Tree[Any]) -> dict[str, int]:
    """The positions of the first age, the first sex, and the first word of injury with its date."""
    firsts: dict[str, int] = {}
    for name, tokens in parts(tree):
        firsts.setdefault(name.lower(), tokens[-1][1])
    return firsts


SUMMARY = TypedGrammar(
    "summary.lark",
    _firsts,
    words={"_DATE": PRINTED},
    anchors=("[0-9]", "[Ii]njur", "occupational", "female", "male", "woman", "man"),
)


def _read(text: str, span: Span) -> tuple[dict[str, int], list[Lexeme]]:
    """The firsts of the introduction; no more of it is read than holds all three."""
    end = min(span.end, span.start + _BEGINNING)
    firsts, tokens = SUMMARY.read(text, span.start, end)
    if all(name in firsts and tokens[firsts[name]].end < end - _NEAR for name in _WANTED):
        return firsts, tokens
    return SUMMARY.read(text, span.start, min(span.end, span.start + _INTRODUCTION))


def read_summary(text: str, span: Span) -> Summary:
    """Read age, sex and date of injury in ``text[span.start:span.end]``.

    >>> read_summary("The 35 year old male injured worker was hurt.", Span(0, 45)).patient
    Patient(age=35, sex=<Sex.MALE: 'male'>)
    """
    firsts, tokens = _read(text, span)
    spans, age, sex, injured = {}, None, None, None
    if (i := firsts.get("age")) is not None and int(tokens[i].of(text)) <= _OLDEST:
        age = int(tokens[i].of(text))
        spans["patient.age"] = Span(tokens[i].start, tokens[i].end)
    if (i := firsts.get("sex")) is not None:
        sex = _SEXES[tokens[i].type]
        spans["patient.sex"] = Span(tokens[i].start, tokens[i].end)
    if (i := firsts.get("injury")) is not None:
        day = _LAST_DATE.search(text, tokens[i].start, tokens[i].end)
        assert day is not None, "the terminal ends with a date"
        injured = read_date(" ".join(day[0].split()))
        spans["summary.date_of_injury"] = Span(*day.span())
    return Summary(Patient(age, sex), injured, spans)
