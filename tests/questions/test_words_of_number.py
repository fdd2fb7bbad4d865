"""What shows up most is a number, what is side by side a comparison, and no second question vanishes."""

from itertools import product

import pytest

from kg.questions.question_reader import read_question

SHOWS_UP = (
    *(
        "shows up",
        "appears",
        "comes up",
        "turns up",
        "occurs",
        "is seen",
        "is requested",
        "is disputed",
        "is found",
    ),
    *("gets prescribed", "is at issue", "happens", "is challenged", "reaches IMR", "goes to IMR", "crops up"),
)
MOST = ("most", "the most", "most often", "most frequently", "least often")


def test_what_shows_up_most_is_ranked_by_number():
    wrong = []
    for verb, most in product(SHOWS_UP, MOST):
        text = f"which opioid {verb} {most}"
        order = "least" if "least" in most else "most"
        if read_question(text).reading != f"figures | subcategory=Opioids | by drug, {order}":
            wrong.append((text, read_question(text).reading))
    assert wrong == []


@pytest.mark.parametrize("of", ["disputes", "requests", "decisions", "number of letters", "cases"])
def test_what_is_ranked_by_number_is_so(of):
    for text in (f"services ranked by {of}", f"rank services by {of}, 2014 only"):
        question = read_question(text)
        assert (question.counts, question.by, question.order) == (True, ("subcategory",), "most")


APART = ("side by side", "next to each other", "in parallel", "head to head")


@pytest.mark.parametrize("apart", APART)
def test_what_is_side_by_side_is_compared(apart):
    for text in (f"gabapentin and Lyrica {apart}", f"overturn rates of gabapentin and Lyrica {apart}"):
        assert read_question(text).reading == "figures overturned |  | drug=gabapentin vs drug=pregabalin"


GAINING = (
    *("losing ground to", "gaining on", "gaining ground on", "catching up with", "being replaced by"),
    *("being supplanted by", "overtaking", "giving way to"),
)


@pytest.mark.parametrize("gaining", GAINING)
def test_what_gains_on_another_is_counted_over_the_years(gaining):
    question = read_question(f"is ACOEM {gaining} ODG since 2013")
    reading = "trend | decision_date=2013-01-01.. | guideline=acoem-2004 vs guideline=odg"
    assert (question.reading, question.counts) == (reading, True)


CLAUSES = ("and what do they ask for", "and when", "and what do they want")


def test_a_question_that_is_not_answered_is_named():
    for clause in CLAUSES:
        question = read_question(f"how many patients with fibromyalgia are there, {clause}?")
        assert question.passed_over == (clause,)
    assert read_question("how many opioid decisions are there and who reviews them?").passed_over == ()
