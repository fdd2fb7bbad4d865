"""A span of dates is the same in every form, after every word, beside everything that is asked."""

from itertools import product

import pytest

from kg.questions.question_reader import read_question

FORMS = (
    *("2012-2013", "2012 - 2013", "2012–2013", "2012..2013", "2012-13", "2012 to 2013", "2012 through 2013"),
    *("2012 until 2013", "2012 till 2013", "2012 thru 2013", "2012 up to 2013"),
    *("Q1 2012 to Q4 2013", "Q1 2012 - Q4 2013", "2012Q1-2013Q4", "2012Q1 to 2013Q4"),
    *("January 2012 to December 2013", "Jan 2012 - Dec 2013", "first half of 2012 to second half of 2013"),
    *("1/1/2012 to 12/31/2013", "1/1/2012-12/31/2013", "2012-01-01 to 2013-12-31", "2012-01-01..2013-12-31"),
    *("January 1, 2012 to December 31, 2013", "January 1 2012 through December 31 2013"),
)
WORDS = (
    *("", "in ", "from ", "during ", "decided ", "decided in ", "decided between ", "dated ", "for "),
    *("in the years ", "within ", "between ", "years ", "for the years ", "issued in ", "of ", "since "),
)
QUESTIONS = (
    *("{} opioids", "opioids {}", "opioids {}?", "overturn rate of lumbar MRI {}", "page 98 {}"),
    *("citing the chronic pain guideline {}", "pain specialists on opioids {}", "opioids {} by specialty"),
    *("overturned acupuncture {}, neck", "Norco {} by month"),
)


@pytest.mark.long
@pytest.mark.parametrize("form", FORMS)
def test_a_span_is_read_whole(form):
    wrong = [
        (text, question.reading)
        for word, about in product(WORDS, QUESTIONS)
        if (question := read_question(text := about.format(word + form).strip()))
        and [c.values for c in question.where if c.name == "decision_date"] != [("2012-01-01..2013-12-31",)]
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("opioids Q1-Q3 2014", "2014-01-01..2014-09-30"),
        ("opioids Q1 to Q3 2014", "2014-01-01..2014-09-30"),
        ("opioids January-March 2014", "2014-01-01..2014-03-31"),
        ("opioids in 2016H1", "2016-01-01..2016-06-30"),
        ("the 2009 chronic pain guideline", None),
        ("chronic pain 2009 guideline, MRI", None),
    ],
)
def test_parts_of_a_year(text, span):
    found = [value for c in read_question(text).where if c.name == "decision_date" for value in c.values]
    assert found == ([span] if span else [])
