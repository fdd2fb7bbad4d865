"""How often something ended so for a ground is a share of all of it; *where* one is stated is a condition."""

from itertools import product

import pytest

from kg.questions.question_reader import read_question

ENDED = (
    *(("upheld", "upheld"), ("denied", "upheld"), ("turned down", "upheld"), ("overturned", "overturned")),
    *(("reversed", "overturned"), ("approved", "overturned")),
)
REASONS = ("for lack of documentation", "because records were missing", "due to insufficient documentation")
ASKED = (
    "how often is acupuncture {ended} {reason}",
    "how frequently was acupuncture {ended} {reason}",
    "what share of acupuncture requests was {ended} {reason}",
    "what percentage of acupuncture is {ended} {reason}",
    "share of acupuncture {ended} {reason}",
)


@pytest.mark.unmeasured
def test_a_share_of_all_is_asked_for():
    expected = "parts | subcategory=Acupuncture | of ground=records:not-met; outcome={}"
    asked = [
        (form.format(ended=ended, reason=reason), expected.format(outcome))
        for form, (ended, outcome), reason in product(ASKED, ENDED, REASONS)
    ]
    read = [(text, read_question(text).reading) for text, _ in asked]
    assert [one for one in read if one not in asked] == []


def test_a_condition_is_said_of_decisions():
    for where, verb in product(("where", "when", "in which"), ("overturned", "upheld")):
        text = f"how often is acupuncture {verb} {where} documentation is missing"
        reading = f"figures {verb} | ground=records:not-met; subcategory=Acupuncture"
        assert read_question(text).reading == reading
