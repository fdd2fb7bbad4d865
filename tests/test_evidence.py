"""What was read where, on a letter whose places are computed from its text."""

import pytest

from kg.errors import UnknownError
from kg.evidence import Kind, behind, marks, sentence
from kg.model import (
    Basis,
    BodyPart,
    Citation,
    Code,
    CodeSystem,
    Decision,
    Determination,
    DisputedItem,
    Frequency,
    GuidelineField,
    Outcome,
    PageRange,
    Patient,
    Problem,
    ProblemKind,
    Quantity,
    Rationale,
    Refills,
    Reviewer,
    Section,
    Service,
    Span,
    Specialty,
    Template,
    TimeSpan,
    TimeUnit,
    Unit,
)

CASE = "https://w3id.org/imr-kg/case/CM15-0000009"
TEXT = """The worker is a 49 year old man. He fell.
The reviewer is certified in Family Practice.

Physical therapy 12 visits for the left knee: Upheld
MAXIMUS guideline: Decision based on MTUS Chronic Pain Physical Medicine Page(s): 98-99.
Decision rationale: The guide recommends 10 visits (Smith, 2011). No more are needed.
"""


def at(quote: str) -> Span:
    start = TEXT.index(quote)
    return Span(start, start + len(quote))


FIELD = "Decision based on MTUS Chronic Pain Physical Medicine Page(s): 98-99."
CITATION = Citation(
    True,
    "chronic-pain",
    None,
    None,
    (Section("Physical Medicine", "chronic-pain/2009/physical-medicine", at("Physical Medicine")),),
    (PageRange(98, 99, at("98-99")),),
    None,
    at("MTUS Chronic Pain Physical Medicine Page(s): 98-99"),
)
ITEM = DisputedItem(
    "Physical therapy 12 visits for the left knee",
    at("Physical therapy 12 visits for the left knee"),
    "Physical therapy 12 visits for the left knee",
    at("Physical therapy 12 visits for the left knee"),
    service=Service("Rehabilitation", None, at("Physical therapy")),
    body_parts=(BodyPart("knee", None, at("left knee")),),
    quantity=Quantity(12, 12, Unit.VISIT, at("12 visits")),
    frequency=Frequency(1, 2, 1, 1, TimeUnit.WEEK, at("12")),
    duration=TimeSpan(6, 6, TimeUnit.WEEK, at("visits")),
    refills=Refills(0, 1, at("Physical")),
    supply=TimeSpan(1, 1, TimeUnit.MONTH, at("therapy")),
    codes=(Code(CodeSystem.CPT, "97110", at("for the")),),
)
LETTER = Determination(
    "CM15-0000009",
    Template.PAGES,
    None,
    None,
    None,
    None,
    None,
    None,
    Reviewer((Specialty("Family Practice", "family-practice", at("Family Practice")),)),
    Patient(49),
    (
        Decision(
            ITEM,
            Outcome.UPHELD,
            at("Upheld"),
            GuidelineField(None),
            GuidelineField(Basis.MTUS, (CITATION,), at(FIELD)),
            Rationale(at("The guide recommends 10 visits (Smith, 2011). No more are needed.")),
        ),
    ),
    spans={"patient.age": at("49")},
    problems=(Problem(ProblemKind.UNREAD_TEXT, at("Smith"), "what is this?"),),
)  # fmt: skip


def test_marks_come_in_the_order_of_the_letter_and_the_whole_before_its_parts():
    found = [(mark.kind, mark.span.of(TEXT)) for mark in marks(LETTER)]
    assert [kind for kind, _ in found] == [
        Kind.PATIENT, Kind.REVIEWER, Kind.ITEM, Kind.SERVICE, Kind.REFILLS, Kind.SUPPLY, Kind.QUANTITY,
        Kind.FREQUENCY, Kind.DURATION, Kind.CODE, Kind.BODY_PART, Kind.OUTCOME,
        Kind.CITATION, Kind.CITATION, Kind.SECTION, Kind.PAGES, Kind.RATIONALE, Kind.PROBLEM,
    ]  # fmt: skip
    assert dict(found)[Kind.QUANTITY] == "12 visits"
    assert dict(found)[Kind.PAGES] == "98-99"


@pytest.mark.parametrize(
    ("node", "values"),
    [
        ("patient.age", ["49"]),
        ("patient", ["49"]),  # all that is known of the patient
        ("item/1/quantity", ["12 to 12 visit"]),
        ("item/1/frequency", ["1 to 2 a week"]),
        ("decisions.1.duration", ["6 weeks"]),
        ("item/1/refills", ["0 to 1"]),
        ("item/1/supply", ["1 month"]),
        ("decisions.1.codes.1", ["cpt:97110"]),
        ("decisions.1.quantity", ["12 to 12 visit"]),  # as a correction names it
        ("decisions.1.body_parts.1.part", []),
        ("item/1/reviewer/citation/1", ["chronic-pain, “Physical Medicine”, pages 98-99"]),
        (f"{CASE}/item/1/reviewer/citation/1", ["chronic-pain, “Physical Medicine”, pages 98-99"]),
        ("reviewer/specialties", ["Family Practice"]),
    ],
)  # fmt: skip
def test_a_node_has_its_marks(node, values):
    if values:
        assert [mark.value for mark in behind(LETTER, node)] == values
    else:
        with pytest.raises(UnknownError, match="no value at"):
            behind(LETTER, node)


def test_an_unknown_node_is_answered_with_those_there_are():
    with pytest.raises(UnknownError, match=r"available: patient\.age, reviewer/specialties/1, item/1"):
        behind(LETTER, "item/2")


@pytest.mark.parametrize(
    ("quote", "whole"),
    [
        ("49", "The worker is a 49 year old man."),
        ("fell", "He fell."),  # a full stop ends it
        ("Family", "The reviewer is certified in Family Practice."),  # an empty line ends it
        ("No more", "No more are needed."),
    ],
)
def test_the_sentence_behind_a_value(quote, whole):
    assert sentence(TEXT, at(quote)).of(TEXT).strip() == whole


def test_a_sentence_without_end_is_cut():
    text = "x" * 10_000
    assert sentence(text, Span(5_000, 5_001)) == Span(4_400, 5_601)
