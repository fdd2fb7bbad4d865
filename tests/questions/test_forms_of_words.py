"""Words in another form, and what is compared in time: over whole vocabularies."""

import itertools

import pytest
from tables import each_row

from kg.errors import QuestionError
from kg.questions import vocabulary
from kg.questions.question_reader import ABSENT, read_question
from kg.questions.wording.licences import codes
from kg.questions.wording.spelling import form_of_known

PLAIN = sorted(word for word in vocabulary.keywords()["IGNORED"] if word.isalpha() and len(word) > 5)
UNSAID = sorted(
    (terminal, word)
    for terminal in set(ABSENT) & set(vocabulary.keywords())
    for word in vocabulary.keywords()[terminal]
    if word.isalpha() and word.islower()
)
BEFORE, SINCE, AFTER = "..2013-12-31", "2014-01-01..", "2015-01-01.."
COMPARED = {
    "before 2014 versus {later}": (BEFORE, SINCE),
    "in 2014 versus {later}": ("2014-01-01..2014-12-31", AFTER),
    "since 2014 versus {earlier}": (SINCE, BEFORE),
    "in 2014 versus {earlier}": ("2014-01-01..2014-12-31", BEFORE),
}
LATER = [*vocabulary.keywords()["LATER_ONES"], "after", "since"]
EARLIER = [*vocabulary.keywords()["EARLIER_ONES"], "before"]


@each_row("word", PLAIN, many=60)
def test_a_form_of_a_word_that_says_nothing_says_nothing(word):
    assert form_of_known(f"{word}ing") or form_of_known(f"{word.removesuffix('e')}ing")


@each_row(("terminal", "word"), UNSAID)
def test_a_form_of_what_letters_do_not_say_is_refused_as_such(terminal, word):
    assert form_of_known(f"{word}s").startswith("NO_"), terminal


@each_row(
    ("form", "word", "event"),
    [
        (form, word, event)
        for form in COMPARED
        for word in (LATER if "{later}" in form else EARLIER)
        for event in ("", "injured ")
    ],
    many=7,
)
def test_what_is_later_or_earlier_is_compared_with_the_date(form, word, event):
    read = read_question(f"overturn rate of opioids, {event}{form.format(later=word, earlier=word)}")
    name = "injury_date" if event else "decision_date"
    assert [(group.name, group.values) for group in read.groups] == [
        (name, (side,)) for side in COMPARED[form]
    ]


@each_row("word", [*vocabulary.keywords()["LATER_ONES"], *vocabulary.keywords()["EARLIER_ONES"]])
def test_later_than_nothing_is_not_understood(word):
    with pytest.raises(QuestionError):
        read_question(f"overturn rate of opioids {word}")


@each_row(("lead", "end"), itertools.product(("before", "after", "since", "until"), ("start", "end")))
def test_the_start_and_the_end_of_a_year_are_days(lead, end):
    read = read_question(f"opioids {lead} the {end} of 2015")
    day = {"start": "2015-01-01", "end": "2015-12-31"}[end]
    told = {
        ("before", "start"): "..2014-12-31",
        ("before", "end"): "..2015-12-30",
        ("after", "start"): f"{day}..",
        ("after", "end"): "2016-01-01..",
        ("since", "start"): f"{day}..",
        ("since", "end"): f"{day}..",
        ("until", "start"): f"..{day}",
        ("until", "end"): f"..{day}",
    }
    assert [c.values for c in read.where if c.name == "decision_date"] == [(told[lead, end],)]


@each_row("code", [*codes()])
def test_a_state_is_known_by_its_postal_code(code):
    (licence,) = (
        c for c in read_question(f"opioids, reviewers licensed in {code}").where if c.name == "licence"
    )
    assert licence.values == (codes()[code],)
