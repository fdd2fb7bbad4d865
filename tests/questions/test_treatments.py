"""A treatment that is counted with others: the answer says so, and how to ask for it alone."""

import re

import pytest

from kg.errors import QuestionError
from kg.questions.answers import _beside_others
from kg.questions.facets.item_values import treated, treatments
from kg.questions.question import Condition
from kg.questions.question_reader import read_question


def notes(text):
    try:
        return [*_beside_others(read_question(text))]
    except QuestionError:
        return []


@pytest.mark.unmeasured
def test_every_treatment_that_is_counted_with_others_can_be_asked_for_alone():
    told, wrong = 0, []
    for name in treatments():
        for note in notes(f"overturn rate of {name}"):
            told += 1
            alone = re.search(r'treatment="[^"]+"', note)[0]
            question = read_question(f"overturn rate of {alone}")
            named = [c for c in question.where if c.name == "treatment"]
            if not named or notes(f"overturn rate of {alone}") or "counted with all of" not in note:
                wrong.append((name, note, question.reading))
    assert wrong == []
    assert told > len(treatments()) / 2
    assert max(treated().values()) > 10


def test_what_is_all_of_a_service_is_not_told():
    for text in (
        "acupuncture by year",
        "physical therapy upheld",
        "opioids",
        "imaging by year",
        "knee surgery",
    ):
        assert notes(text) == []


def test_a_share_of_a_treatment_among_those_it_is_counted_with():
    question = read_question("share of MRI among imaging, by year")
    assert question.part == (Condition("treatment", ("MRI",), asked="MRI"),)
