"""Age, sex and date of injury in the case summary."""

from datetime import date

import pytest

from kg.model import Sex, Span
from kg.reading.summary import read_summary

HURT = date(2013, 7, 8)


@pytest.mark.parametrize(
    ("printed", "age", "sex", "injured"),
    [
        ("The patient is a 49-year-old male with a date of injury of 07/08/2013.", 49, Sex.MALE, HURT),
        ("The injured worker was a 58 year old female, who sustained an industrial injury, July 8, 2013.",
         58, Sex.FEMALE, HURT),
        ("The 35 year old male injured worker was hurt on a ladder.", 35, Sex.MALE, None),
        ("This claimant is a 61 \nyear-old \nwoman who was injured on 7-8-13.", 61, Sex.FEMALE, HURT),
        ("A 30 y/o man with an injury date of July 8, 2013.", 30, Sex.MALE, HURT),
        ("The worker is a 44 yr. old female. Injured at work on 07-08-2013.", 44, Sex.FEMALE, HURT),
        ("The patient is a 210 year old man.", None, Sex.MALE, None),  # no age
        ("The patient is a 120 year old man.", 120, Sex.MALE, None),
        ("The patient is a 121 year old man.", None, Sex.MALE, None),
        ("The worker's knee hurts. An MRI of 07/08/2013 is normal.", None, None, None),  # no injury's date
        ("The management of a human case.", None, None, None),  # no sex
        ("The patient, a 40 year old male, has a brother, a 30 year old male.", 40, Sex.MALE, None),
        ("injury on 02/30/2013", None, None, None),  # no such day
        ("", None, None, None),
    ],
)  # fmt: skip
def test_the_worker(printed, age, sex, injured):
    summary = read_summary(printed, Span(0, len(printed)))
    assert (summary.patient.age, summary.patient.sex, summary.date_of_injury) == (age, sex, injured)


def test_spans_quote_what_is_printed():
    text = "The 35 year old male worker was hurt. His injury of 07/08/2013 is old."
    spans = read_summary(text, Span(0, len(text))).spans
    assert {name: span.of(text) for name, span in spans.items()} == {
        "patient.age": "35",
        "patient.sex": "male",
        "summary.date_of_injury": "07/08/2013",
    }


def test_others_further_on_are_not_the_worker():
    text = "She was hurt. " * 100 + "A 12 year old male came along."
    assert read_summary(text, Span(0, len(text))).patient.age is None


def test_an_injury_whose_date_is_cut_off():
    text = "x" * 680 + " injury on 12/19/2016."
    assert read_summary(text, Span(0, len(text))).date_of_injury is None


def test_a_date_is_read_whole_wherever_it_stands():
    for filling in range(200, 420):
        text = "A 35 year old male." + "x" * filling + " Injury of 07/08/2013. Seen on 9/9/2014." + "y" * 200
        summary = read_summary(text, Span(0, len(text)))
        assert (summary.patient.age, summary.date_of_injury) == (35, HURT)
