"""Small words, beginnings and ends over the years, what is fought about, and other places of one work."""

from itertools import product

import pytest

from kg.errors import QuestionError
from kg.questions.question_reader import read_question
from kg.reading.text.number_words import words_of


def test_numbers_are_written_as_words():
    for word, number in words_of(*range(2, 21), 30, 50).items():
        assert read_question(f"top {word} services by overturn rate").limit == number


TIMES = ("til", "till", "until")


@pytest.mark.parametrize("til", TIMES)
def test_days_go_on_til_an_event(til):
    for first, name in (("injury", "injury"), ("application", "application"), ("UR denial", "denial")):
        read = read_question(f"median days from {first} {til} the decision")
        assert read.reading == f"measure days_{name}_decision"


DECADES = {"40s": "40-49", "in their 60s": "60-69", "in their thirties": "30-39", "fifty-somethings": "50-59"}


@pytest.mark.parametrize(("said", "age"), DECADES.items())
def test_a_decade_is_an_age(said, age):
    assert read_question(f"opioid denials, workers {said}").where[-1].values == (age,)


RESULTS = [f"{how} {what}" for how in ("typical", "usual") for what in ("result", "outcome")]


@pytest.mark.parametrize("said", RESULTS)
def test_a_typical_result_is_how_many_of_each(said):
    read = read_question(f"acupuncture for women: {said}?")
    assert (read.counts, read.outcome) == (True, None)


VERBS = ("die out", "start", "take off", "stop", "fade", "peak", "catch on", "disappear", "begin", "end")
SUBJECTS = {
    "ACOEM chapter 12": "guideline=acoem-2004/12",
    "opioids": "subcategory=Opioids",
    "acupuncture": "subcategory=Acupuncture",
}


def test_a_beginning_or_an_end_is_asked_by_year():
    for verb, (subject, condition) in product(VERBS, SUBJECTS.items()):
        for text in (f"{subject}: when did that {verb}", f"when did {subject} {verb}?"):
            read = read_question(text)
            assert (read.reading, read.counts) == (f"figures | {condition} | by year", True)


def test_a_rate_that_begins_to_fall_is_a_rate():
    for verb in ("start", "begin"):
        read = read_question(f"when did the overturn rate of opioids {verb} to fall")
        assert (read.outcome, read.counts, read.by) == ("overturned", False, ("year",))


FIGHTS = (
    "are they still fighting about",
    "do people fight over",
    "do reviewers rule on",
    "are workers disputing",
)


@pytest.mark.parametrize("fight", FIGHTS)
def test_what_is_fought_about_are_services(fight):
    read = read_question(f"for workers hurt before 2000, what {fight}? top five please")
    assert read.reading == "figures | injury_date=..1999-12-31 | by subcategory, most 5"


BOOKS, LEVELS = ("book", "guideline", "work", "source"), ("chapter", "section", "page")


def test_another_place_of_the_same_work_is_told_by_both_parties_citations():
    for book, level in product(BOOKS, LEVELS):
        expected = f"figures | agreement_{level}=different; agreement_guideline=same | by subcategory"
        expected = (
            expected
            if level == "chapter"
            else (f"figures | agreement_guideline=same; agreement_{level}=different | by subcategory")
        )
        for text in (
            f"which services do UR and the reviewer judge under different {level}s of the same {book}",
            f"which services do both cite the same {book} but a different {level} for",
        ):
            assert read_question(text).reading == expected


WON = {
    "at least one win and one loss": "letter=mixed",
    "at least one loss and at least one win": "letter=mixed",
    "at least one win": "letter=any_overturned",
    "at least one loss": "letter=any_upheld",
    "no wins": "not letter=any_overturned",
    "no losses": "not letter=any_upheld",
    "all wins": "letter=all_overturned",
    "nothing but losses": "letter=all_upheld",
}


@pytest.mark.parametrize(("said", "condition"), WON.items())
def test_wins_and_losses_are_items_of_a_letter(said, condition):
    assert read_question(f"how many letters have {said}").reading == f"figures | {condition}"
    read = read_question(f"letters with {said} and there were five or more")
    assert "items=5.." in read.reading


NEVER = ("never", "never once", "never ever", "not once")


@pytest.mark.parametrize("never", NEVER)
def test_what_never_ended_so_has_no_share(never):
    assert read_question(f"services {never} overturned").reading.endswith("by subcategory, with percent=..0")


def test_two_numbers_of_visits_are_compared():
    for one, other in ((6, 12), (12, 24), (8, 30)):
        for text in (
            f"{one} PT visits versus {other}",
            f"is a request for {one} PT visits safer than one for {other}",
        ):
            assert read_question(text).reading.endswith(f"quantity={one} vs quantity={other}")


@pytest.mark.parametrize(
    "text", ["is Norco safer than Percocet", "safest opioid", "which is safer, MRI or CT"]
)
def test_safe_treatments_are_not_asked_of_letters(text):
    with pytest.raises(QuestionError):
        read_question(text)


def test_a_case_shows_what_each_party_cites(base):
    case = "CM17-0004344"
    for text in (
        f"did UR and the reviewer cite the same guideline in {case}",
        f"{case}: do both sides agree",
    ):
        assert read_question(text).reading == f"case {case}"
    named = base.analyses.index.columns("case")["case"][0]
    found = base.ask(f"case {named}") if named.startswith("CM") else None
    if found:
        assert {"administrator_cites", "reviewer_cites", "guidelines"} <= set(found.rows[0])


UNTRIED = (
    "because of no trial of {}",
    "b/c no trial of {} first",
    "for lack of a {} trial",
    "because {} was not tried",
    "because {} was never tried first",
    "without a documented trial of {}",
)
TREATMENTS = ("TENS", "physical therapy", "acupuncture", "gabapentin", "NSAIDs")


def test_a_treatment_that_was_not_tried_is_a_ground_in_words():
    wrong = []
    for form, treatment in product(UNTRIED, TREATMENTS):
        read = read_question(f"surgery denied {form.format(treatment)}")
        told = {c.name: c.values for c in (*read.where, *read.part)}
        if told.get("ground") != ("conservative-care:not-met",) or treatment not in told["rationale"]:
            wrong.append((form, treatment, read.reading))
    assert wrong == []


NOTED = (
    "did the physician note",
    "does the reviewer mention",
    "did the reviewer note",
    "did the doctor mention",
)


@pytest.mark.parametrize("noted", NOTED)
def test_what_a_reviewer_notes_is_said_in_the_rationale(noted):
    read = read_question(f"of overturned opioid items, in how many {noted} a pain agreement or CURES report")
    assert read.reading == "figures overturned | rationale=pain agreement, CURES report; subcategory=Opioids"
    for ended in ("upheld", "overturned"):
        read = read_question(f"{noted} a pain contract in {ended} opioid decisions")
        assert read.reading == f"figures {ended} | rationale=pain contract; subcategory=Opioids"


AGES = {"under a year old": "..364", "over 5 years old": "1827..", "10+ years old": "3652.."}


def test_injuries_of_two_ages_are_compared():
    for (one, low), (other, high) in product(AGES.items(), repeat=2):
        if one == other or one.startswith("10+"):
            continue
        expected = f"days_injury_decision={low} vs days_injury_decision={high}"
        for text in (
            f"overturn rate, injuries {one} versus {other}",
            f"overturn rate of newer injuries ({one}) versus older ones ({other})",
        ):
            assert read_question(text).reading == f"figures overturned |  | {expected}"
