"""The reviewer's credentials in both forms."""

import pytest
from own_letters import LISTED, SENTENCE

from kg.model import ProblemKind, Span
from kg.reading.reviewers import read_reviewer

OCCUPATIONAL = ["Preventive Medicine", "Occupational Medicine"]
STATES = ("California", "North Carolina")


def read(text):
    return read_reviewer(text, Span(0, len(text)))


@pytest.mark.parametrize(
    ("printed", "specialties", "subspecialties", "states"),
    [
        (SENTENCE, ["Physical Medicine & Rehabilitation"], ["Interventional Spine"], ("California",)),
        (
            SENTENCE.replace(" &", " and").replace("expert", "physician"),
            ["Physical Medicine and Rehabilitation"],
            ["Interventional Spine"],
            ("California",),
        ),
        (
            "The reviewer is Board Certified in Neurology and is licensed to practice in Ohio and Texas.",
            ["Neurology"],
            [],
            ("Ohio", "Texas"),
        ),
        (LISTED, OCCUPATIONAL, [], STATES),
        (LISTED.replace(",North", ", North"), OCCUPATIONAL, [], STATES),  # with a space
        (LISTED.replace(", Occ", ", \nOcc"), OCCUPATIONAL, [], STATES),  # wrapped between two
        (LISTED.replace("onal Med", "onal \nMed"), OCCUPATIONAL, [], STATES),  # wrapped within one
        (LISTED.replace("onal Med", "onal \f\nMed"), OCCUPATIONAL, [], STATES),  # over a page break
        ("State(s) of Licensure: Texas", [], [], ("Texas",)),
        ("Certification(s)/Specialty: Orthopedic Surgery", ["Orthopedic Surgery"], [], ()),
        ("A physician read the file.", [], [], ()),
        ("", [], [], ()),
    ],
)
def test_credentials(printed, specialties, subspecialties, states):
    reviewer, _, problems = read(printed)
    assert [name.name for name in reviewer.specialties] == specialties
    assert [name.name for name in reviewer.subspecialties] == subspecialties
    assert reviewer.licensed_in == states
    assert problems == []
    assert all(name.concept for name in reviewer.specialties + reviewer.subspecialties)


@pytest.mark.parametrize("printed", [SENTENCE, LISTED])
def test_spans_quote_the_names(printed):
    reviewer, spans, _ = read(printed)
    for name in reviewer.specialties + reviewer.subspecialties:
        assert name.span.of(printed) == name.name
    assert spans["reviewer.licensed_in"].of(printed).startswith("California")


@pytest.mark.parametrize("gap", [" ", "\n"])
def test_a_name_joined_with_and_is_two_where_both_are_known(gap):
    text = f"Certification(s)/Specialty: Neurology{gap}and Pain Management"
    reviewer, _, _ = read(text)
    assert [name.name for name in reviewer.specialties] == ["Neurology", "Pain Management"]
    assert [name.span.of(text) for name in reviewer.specialties] == ["Neurology", "Pain Management"]


def test_an_unknown_specialty_is_kept_and_told_at_its_place():
    text = f"{LISTED}, Underwater Basketry"
    reviewer, _, [problem] = read(text)
    assert (reviewer.specialties[-1].name, reviewer.specialties[-1].concept) == ("Underwater Basketry", None)
    assert problem.kind is ProblemKind.UNRESOLVED_SPECIALTY
    assert problem.span.of(text) == "Underwater Basketry"


def test_a_misspelt_specialty_is_known():
    reviewer, _, problems = read("Certification(s)/Specialty: Sports Medicinea")
    assert [(name.name, name.concept) for name in reviewer.specialties] == [
        ("Sports Medicinea", "sports-medicine")
    ]
    assert problems == []
