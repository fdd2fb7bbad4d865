"""Every name of a service or drug is read as the same service in frames that say nothing of the service."""

import calendar
import functools

import pytest
from tables import some_or_all

from kg.reading.requests import amounts
from kg.reading.requests.items import read_item
from kg.reading.requests.services import catalogue
from kg.reading.vocabulary.phrases import folded_words

FRAMES = (
    "Retrospective request for {}",
    "{} (date of service 3/14/2014)",
    "Ten {}",
    "{} between 3/4/2014 and 5/3/2014, quantity 6",
    "Prospective request for unknown {}",
    "{} through a qualified provider, as an outpatient",
    "{} for chronic pain and depression",
    "Continued use of {}, medically necessary",
)
BARE = {"surgery", "surgical"}
"""After ``for`` they tell a circumstance: no service is named then, which is a problem."""
EVERYDAY = (
    "a an the of for to with without and or in on at by from per each every right left bilateral "
    "both also not no is are was be as if then than this that these those his her their its patient "
    "worker injured employee quantity number amount additional continued new current prior next "
    "first second third last one more less up over under between during after before since until "
    "while because due week day month year hour minute time times man woman male female good better "
    "best most least do did does can could might should would will have has had make take need work "
    "home"
)


def names():
    """The labels of services and drugs; endings are no words."""
    concepts = {term.concept.iri: term.concept for term in catalogue()[0].meanings()}
    return [label for concept in concepts.values() for label in concept.labels if not label.startswith("*")]


def service(printed):
    found = read_item(printed, 0, len(printed))[0].service
    return found and (found.category, found.subcategory)


@functools.cache
def alone(name):
    """What a name is read as by itself."""
    return service(name)


@some_or_all(10)
@pytest.mark.parametrize("frame", FRAMES)
def test_every_name_in_a_frame(frame, step):
    known = names()
    assert len(known) > 10_000
    wrong = [
        (name, expected, found)
        for name in known[::step]
        if name not in BARE and (found := service(frame.format(name))) != (expected := alone(name))
    ]
    assert wrong == []


def test_no_everyday_word_is_a_service():
    phrases = catalogue()[0]
    calendars = (calendar.month_name, calendar.month_abbr, calendar.day_name, calendar.day_abbr)
    words = {
        *folded_words(EVERYDAY),
        *amounts.NUMBERS,
        *(word for each in calendars for word in each if word),
    }
    assert {word for word in words if phrases.longest(folded_words(word), 0)} == set()
