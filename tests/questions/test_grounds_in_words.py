"""Grounds: all classes, met and not met, in each way of saying it; what is asked of grounds themselves."""

from itertools import product

import pytest
from tables import each_row

from kg.questions import echo
from kg.questions.question_reader import read_question
from kg.questions.wording.grounds.ground_names import names
from kg.reading.vocabulary.concepts import read

CALLED = {
    "amount": "amount",
    "alternative": "alternative",
    "cannot-modify": "possibility of modification",
    "conservative-care": "conservative care",
    "dependent": "dependence on another item",
    "diagnosis": "diagnosis",
    "examination": "examination findings",
    "exceptional": "exceptional circumstances",
    "not-addressed": "silence of the guideline",
    "other": "other grounds",
    "plan": "plan",
    "records": "medical records",
    "recommended": "guideline recommendation",
    "red-flag": "red flags",
    "repeat": "repetition",
    "request-form": "particulars",
    "response": "response",
    "safety": "safety",
    "test-result": "test results",
}
SAID = {
    "not-met": (
        "{} not met",
        "with {} not met",
        "{} (not met)",
        "{}: not met",
        "where {} is not met",
        "because {} was not documented",
        "the reviewer said {} wasn't documented",
        "for lack of {}",
        "lacking any stated {}",
        "lacking {}",
        "without {}",
        "no {}",
        "with no {} documented",
        "absent evidence of {}",
        "in the absence of {}",
        "missing {}",
        "{} missing",
        "insufficient {}",
        "no adequate documentation of {}",
        "failed to show {}",
        "that did not document any {}",
        "the ground {} not met",
        "criterion: {} not met",
        "the {} criterion was not satisfied",
        "unmet {}",
    ),
    "met": (
        "{} met",
        "with {} met",
        "{} (met)",
        "{}: met",
        "where {} is met",
        "because {} was documented",
        "the reviewer found {} documented",
        "documented {}",
        "evidence of {}",
        "with adequate {}",
        "the ground {} met",
        "criterion: {} met",
        "the {} criterion was satisfied",
        "meeting the {} criterion",
        "documentation of {}",
    ),
    "": ("on the ground of {}", "ground: {}", "by reason of {}", "the ground is {}"),
}


def test_every_class_is_called_something():
    classes = {c.notation for c in read("grounds.ttl").values() if c.said.get("precedence") and c.broader}
    assert set(CALLED) == set(names().values())
    assert {name for name in classes if name in CALLED} == set(CALLED) & classes


def said():
    for (name, called), (met, forms) in product(CALLED.items(), SAID.items()):
        for form in forms:
            yield form.format(called), f"{name}:{met}".rstrip(":")


@pytest.mark.unmeasured
@each_row(("text", "ground"), said)
def test_a_ground_is_met_or_not_in_every_way_of_saying_it(text, ground):
    found = read_question(f"how many denials of acupuncture {text}")
    assert found.reading == f"figures upheld | ground={ground}; subcategory=Acupuncture"
    assert found.passed_over == ()


@each_row(
    "form",
    [
        "{}: met versus not met",
        "{} met vs not met",
        "compare {} met with not met",
        "ground {} met compared to unmet",
        "{}: documented vs undocumented",
    ],
)
def test_met_is_compared_with_not_met(form):
    for name, called in CALLED.items():
        text = f"overturn rate of MRI, {form.format(called)}"
        groups = f"ground={name}:met vs ground={name}:not-met"
        assert (
            read_question(text).reading == f"figures overturned | subcategory=Imaging/Radiology | {groups}"
        ), text


@each_row(
    ("text", "reading"),
    [
        (
            "do red flags change anything for cervical MRI? compare met with not met",
            "figures overturned | body_part=neck; subcategory=Imaging/Radiology"
            " | ground=red-flag:met vs ground=red-flag:not-met",
        ),
        (
            "what proportion of opioid denials rested on absent evidence of benefit (response not met)",
            "parts upheld | subcategory=Opioids | of ground=response:not-met",
        ),
        (
            "the reviewer called the circumstances exceptional and ruled against the patient",
            "figures upheld | ground=exceptional:met",
        ),
        ("upheld, the case was not considered exceptional", "figures upheld | ground=exceptional:not-met"),
        (
            "anything overturned where the reviewer said benefit from prior acupuncture was not shown",
            "figures overturned | ground=response:not-met; subcategory=Acupuncture",
        ),
        ("what reasons are given for acupuncture, and how often each", "grounds | subcategory=Acupuncture"),
        ("which grounds are stated when acupuncture is upheld", "grounds upheld | subcategory=Acupuncture"),
        ("opioids: is long term use the main reason", "grounds | subcategory=Opioids"),
        (
            "share of items where conservative care not tried is a ground, by body part",
            "parts |  | of ground=conservative-care:not-met, by body_part",
        ),
        (
            "is it the quantity or the missing response that sinks acupuncture more often",
            "figures upheld | subcategory=Acupuncture | ground=amount:not-met vs ground=response:not-met",
        ),
        (
            "omeprazole denials with diagnosis not met",
            "figures upheld | drug=omeprazole; ground=diagnosis:not-met",
        ),
    ],
)
def test_questions_about_grounds(text, reading):
    assert read_question(text).reading == reading


def test_the_echo_says_of_which_decisions_grounds_are_and_what_is_left_aside():
    asked = read_question("opioids: is long term use the main reason")
    assert echo.sentence(asked) == (
        "Grounds that reviewers state in decisions of any outcome on Opioids. "
        "Not taken into account: “long term use”."
    )
