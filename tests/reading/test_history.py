"""Conditions, injured parts and earlier treatment in the case summary."""

import pytest

from kg.model import Response, Span
from kg.reading.history import cues, read_history
from kg.reading.requests.conditions import catalogue, conditions
from kg.reading.vocabulary.phrases import words

HELPED, NOT_HELPED = Response.HELPED, Response.NOT_HELPED
PT = "Physical Therapy/Occupational Therapy (PT/OT)"


def history(text):
    return read_history(text, Span(0, len(text)))


@pytest.mark.parametrize(
    ("told", "named"),
    [
        ("The diagnoses include lower back strain.", ["sprain"]),
        ("He was diagnosed as having a medial meniscus tear, and right knee contusion.",
         ["knee-derangement", "contusion"]),
        ("She is undergoing treatment for major depressive disorder and insomnia.", ["depression", "sleep"]),
        ("The worker complained of radiating pain.", ["radiculopathy"]),
        ("An MRI revealed spinal stenosis.", ["stenosis"]),
        ("The worker denied radiculopathy.", []),  # denied
        ("Diagnoses: neck sprain without radiculopathy.", ["sprain"]),  # only what stands before is so
        ("An MRI was negative for fracture.", []),
        ("The clinic has a fracture table.", []),  # nothing opens a clause
        ("Utilization Review denied surgery for sciatica.", []),  # the request
        ("He sustained a crush injury. A burn is on the list.", ["contusion"]),  # ends with the sentence
        ("The diagnosis is back pain. In May a fracture was ruled out.", ["pain"]),  # no "pain in"
        ("", []),
    ],
)  # fmt: skip
def test_conditions(told, named):
    assert [each.concept for each in history(told).conditions] == named


@pytest.mark.parametrize(
    ("told", "parts"),
    [
        ("Diagnoses are sprain of the lumbar spine and left knee.", [("low back", None), ("knee", "left")]),
        ("Diagnosis: neck strain. He complained of pain in the foot.", [("neck", None)]),  # diagnosed first
        ("He complained of pain in the right foot.", [("foot", "right")]),
        ("An MRI of the neck is asked for.", []),
    ],
)
def test_injured_parts(told, parts):
    found = history(told).body_parts
    assert [(each.part, each.side and each.side.value) for each in found] == parts


@pytest.mark.parametrize(
    ("told", "treated"),
    [
        ("Treatment to date has included acupuncture and ibuprofen.",
         [("Acupuncture", None, None), ("NSAID", "NSAID", None)]),
        ("He completed physical therapy with improvement.", [(PT, None, HELPED)]),
        ("She underwent acupuncture, which helped.", [("Acupuncture", None, HELPED)]),
        ("He received acupuncture with no improvement.", [("Acupuncture", None, NOT_HELPED)]),
        ("He received acupuncture with only temporary relief.", [("Acupuncture", None, NOT_HELPED)]),
        ("A trial of acupuncture failed.", [("Acupuncture", None, NOT_HELPED)]),
        ("Previous acupuncture. He completed acupuncture without benefit.",
         [("Acupuncture", None, NOT_HELPED)]),  # once, with what it brought
        ("The treatment plan includes acupuncture.", []),  # not yet
        ("Utilization Review denied the request for acupuncture.", []),
    ],
)  # fmt: skip
def test_earlier_treatment(told, treated):
    found = history(told).treatments
    assert [(each.subcategory, each.drug_class, each.response) for each in found] == treated


def test_every_span_quotes_its_value():
    text = "x" * 40 + ". Diagnoses include neck sprain. He had previous acupuncture without relief. "
    found = read_history(text, Span(41, len(text)))
    assert [each.span.of(text) for each in found.conditions] == ["sprain"]
    assert [each.span.of(text) for each in found.body_parts] == ["neck"]
    assert [each.span.of(text) for each in found.treatments] == ["acupuncture"]


@pytest.mark.parametrize("phrases", [catalogue(), cues()], ids=["conditions", "cues"])
def test_every_label_is_found_as_itself(phrases):
    for label, meaning in phrases._meanings.items():
        [found] = phrases.find(label)
        assert (found.meaning, found.after) == (meaning, len(label))


def test_an_items_conditions():
    said = words("MRI of the wrist for carpal tunnel syndrome")
    assert [each.concept for each in conditions(said)] == ["carpal-tunnel"]
