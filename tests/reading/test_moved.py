"""What is read from a piece by itself is what is read of it in place."""

import pytest

from kg.contract import field_to_json
from kg.model import Span
from kg.reading.citing.citations import read_field
from kg.reading.requests.items import read_item
from kg.reading.reviewers import read_reviewer
from kg.reading.text.moved import moved_field, moved_item, moved_problem, moved_span
from kg.sample import letters

BEFORE = "Something else stands before it.\n\n"
FIELDS = [
    "Decision based on MTUS ACOEM Chapter 5 Cornerstones of Disability Prevention and Management, Chapter 12 "
    "Low Back Complaints Page(s): s 48-9; 90; 299-301 and 308-9.",
    "Decision based on MTUS Chronic Pain Medical Treatment 2016, Section(s): Yoga, Moonlight therapy. "
    "Decision based on Non-MTUS Citation Official Disability Guidelines (ODG), Knee & Leg, Gym memberships.",
    "The Claims Administrator did not cite any medical evidence for its decision.",
    "Words of no meaning.",
]
ITEMS = [truth["item"] for _, _, letter in letters(40, 3) for truth in letter["decisions"]]


def spans(value):
    """All spans in a value, in order."""
    if isinstance(value, Span):
        return [value]
    if isinstance(value, tuple):
        return [span for part in value for span in spans(part)]
    return [span for name in getattr(value, "__slots__", ()) for span in spans(getattr(value, name))]


@pytest.mark.parametrize("printed", FIELDS)
def test_fields(printed):
    whole, by = BEFORE + printed, len(BEFORE)
    field, problems = read_field(printed)
    there, found = read_field(whole, by, len(whole))
    moved = moved_field(field, by)
    assert field_to_json(moved) == field_to_json(there)
    assert spans(moved) == spans(there)
    assert [moved_problem(problem, by) for problem in problems] == list(found)


@pytest.mark.parametrize("printed", ITEMS)
def test_items(printed):
    whole, by = f"{BEFORE}{printed}: Upheld", len(BEFORE)
    item, problems = read_item(printed, 0, len(printed))
    there, found = read_item(whole, by, by + len(printed))
    moved = moved_item(item, by)
    assert moved == there
    assert spans(moved) == spans(there)
    assert [moved_problem(problem, by) for problem in problems] == list(found)


def test_reviewers():
    printed = "Certification(s)/Specialty: Neurology, Basketry"
    reviewer, _, problems = read_reviewer(printed, Span(0, len(printed)))
    whole, by = BEFORE + printed, len(BEFORE)
    there, places, found = read_reviewer(whole, Span(by, len(whole)))
    assert [moved_span(span, by) for span in spans(reviewer)] == spans(there)
    assert [span.of(whole) for span in spans(there)] == ["Neurology", "Basketry"]
    assert places["reviewer.specialties"].of(whole) == "Neurology, Basketry"
    assert [moved_problem(problem, by) for problem in problems] == found


def test_a_moved_value_is_equal_but_for_its_spans():
    field, _ = read_field(FIELDS[0])
    moved = moved_field(field, 7)
    assert moved == field
    assert spans(moved) == [Span(span.start + 7, span.end + 7) for span in spans(field)]
