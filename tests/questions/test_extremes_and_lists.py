"""Lists of any kinds are compared whole, and the greatest of all is that of a case."""

from itertools import combinations, product

import pytest

from kg.errors import QuestionError
from kg.model import Outcome
from kg.questions import echo
from kg.questions.question_reader import read_question

SERVICES = {
    "surgery": "category=Surgery",
    "meds": "category=Pharmaceuticals",
    "imaging": "subcategory=Imaging/Radiology",
    "opioids": "subcategory=Opioids",
    "acupuncture": "subcategory=Acupuncture",
    "Norco": "drug=hydrocodone/acetaminophen",
}
OF_SEVERAL_KINDS = [
    names
    for names in combinations(SERVICES, 3)
    if len({SERVICES[name].partition("=")[0] for name in names}) > 1
]
FORMS = ("{0} vs {1} vs {2}", "overturn rate, {0} versus {1} versus {2}", "compare {0}, {1} and {2}")


def test_three_services_of_any_kinds_are_one_list():
    wrong = []
    for names, form in product(OF_SEVERAL_KINDS, FORMS):
        text = form.format(*names)
        expected = "figures overturned |  | " + " vs ".join(SERVICES[name] for name in names)
        if (read := read_question(text).reading) != expected:
            wrong.append((text, read))
    assert wrong == []


@pytest.mark.parametrize("other", ["expedited", "over 60", "in 2015", "Norco", "low back"])
def test_a_thing_of_another_kind_in_a_list_is_refused(other):
    with pytest.raises(QuestionError, match="one kind"):
        read_question(f"men vs women vs {other}")


DAYS = {
    "injury and UR denial": "days_injury_denial",
    "application and decision": "days_application_decision",
    "UR denial and the IMR decision": "days_denial_decision",
}
ENDS = {"longest": "longest", "shortest": "shortest", "maximum": "longest", "minimum": "shortest"}


def test_the_greatest_of_all_is_that_of_a_case():
    for (between, measure), (word, order), what in product(DAYS.items(), ENDS.items(), ("gap", "time")):
        read = read_question(f"{word} {what} between {between}")
        assert (read.kind, read.measure, read.order) == ("cases", measure, order)
    for (word, order), who in product(
        {"oldest": "longest", "youngest": "shortest"}.items(), ("worker", "claimant", "patient")
    ):
        assert read_question(f"{word} {who}").reading == f"cases age |  | {order}"


@pytest.mark.parametrize("by", ["by year", "by specialty", "by body part"])
def test_the_greatest_of_each_is_beside_the_mean(by):
    assert read_question(f"longest time between injury and decision {by}").kind == "measure"


def test_a_list_by_a_number_has_it_in_each_row(base):
    for text, unit in (
        ("oldest worker", "years"),
        ("biggest letter", "items"),
        ("highest quantity", "of them"),
    ):
        found = [row[unit] for row in base.ask(text).rows if row[unit] is not None]
        assert found == sorted(found, reverse=True)


BIG = ("biggest letter", "largest case", "biggest single letter ever", "largest IMR, most items in dispute")


@pytest.mark.parametrize("text", BIG)
def test_the_biggest_letter_has_the_most_items(text):
    assert read_question(text).reading == "cases items |  | longest"


LOST = {
    "upheld": ("both upheld", "both lost", "both denied", "both turned down"),
    "overturned": ("both overturned", "both approved", "both won", "both reversed"),
}


def test_both_services_of_a_letter_can_have_ended_so():
    for ended, words in LOST.items():
        for said in words:
            read = read_question(f"Soma and Norco in the same letter, how often are {said}")
            assert {c.values[0] for c in read.part} == {
                f"carisoprodol:{ended}",
                f"hydrocodone/acetaminophen:{ended}",
            }
            assert f"({ended})" in echo.sentence(read)


def test_letters_in_which_both_ended_so_are_counted(base):
    index = base.ask("letters with an opioid and an NSAID").value
    both = [
        base.ask(
            f'share part.together="Opioids:{one}" part.together="NSAID:{one}" together="Opioids" '
            'and together="NSAID"'
        ).value["part_letters"]
        for one in Outcome
    ]
    assert sum(both) <= index["letters"] * len(both)


UNLIKE = ("come out differently", "end differently", "have opposite results", "have different outcomes")


@pytest.mark.parametrize("said", UNLIKE)
def test_services_of_a_letter_that_ended_unlike_are_refused(said):
    with pytest.raises(QuestionError, match="unlike"):
        read_question(f"letters with an MRI and acupuncture: how often did they {said}")


WON = ("who won", "who wins", "who prevailed", "who came out on top", "who lost")


@pytest.mark.parametrize("won", WON)
def test_who_won_is_how_decisions_ended_and_no_specialty(won):
    read = read_question(f"UR cites ODG and the reviewer cites ACOEM, {won}?")
    assert read.counts
    assert not read.by
    assert read.outcome is None


RARELY = ("hardly ever", "rarely", "seldom")


@pytest.mark.parametrize("rarely", RARELY)
def test_what_is_rare_on_the_other_side_is_ranked_by_the_share_of_one(rarely):
    read = read_question(f"which services show up in expedited cases but {rarely} in standard ones")
    assert read.reading == "parts |  | of priority=expedited, by subcategory, most"


QUOTED = ("quoted most", "cited most", "cited most often", "most frequently cited")
ENDED = {"turned down": "upheld", "upheld": "upheld", "overturned": "overturned", "approved": "overturned"}


def test_what_is_cited_most_in_one_outcome_is_ranked_by_number():
    for quoted, (said, outcome), level in product(QUOTED, ENDED.items(), ("page", "section", "guideline")):
        read = read_question(f"which {level} is {quoted} when opioids are {said}")
        assert read.reading == f"figures {outcome} | subcategory=Opioids | by {level}, most"
        assert read.counts


LITERATURE = ("medical literature only", "literature alone", "literature, no guideline")


@pytest.mark.parametrize("said", LITERATURE)
def test_literature_is_not_taken_for_nothing(said):
    with pytest.raises(QuestionError, match="literature is not told apart"):
        read_question(f"decisions that rely on {said}")


@pytest.mark.parametrize(
    "text",
    [
        "which page is cited most when opioids are turned down",
        "Soma and Norco in the same letter, how often are both lost",
        "biggest letter ever",
        "surgery vs meds vs imaging",
        "letters with wins and losses",
    ],
)
def test_it_is_written_as_it_is_read(text):
    question = read_question(text)
    assert read_question(question.words).reading == question.reading


@pytest.mark.parametrize("text", ["when did the worker start PT", "when did patients begin opioids"])
def test_when_something_began_for_a_patient_is_not_told(text):
    with pytest.raises(QuestionError):
        read_question(text)
