"""Dates as letters print them."""

from datetime import date, timedelta

import pytest

from kg.model import Span
from kg.reading.header import read_header
from kg.reading.summary import read_summary
from kg.reading.text.dates import read_date

DAYS = [date(2012, 12, 31) + timedelta(days=step) for step in range(0, 4600, 29)]
"""Days of every month, of reviews from 2013 on."""
FORMS = {
    "numbers": lambda day: f"{day.month}/{day.day}/{day.year}",
    "two digits each": lambda day: f"{day:%m/%d/%y}",
    "hyphens": lambda day: f"{day:%m-%d-%Y}",
    "full stops": lambda day: f"{day:%m.%d.%Y}",
    "blanks": lambda day: f"{day.month} / {day.day} / {day.year}",
    "year first": lambda day: day.isoformat(),
    "slashes, year first": lambda day: f"{day:%Y/%m/%d}",
    "name": lambda day: f"{day:%B} {day.day}, {day.year}",
    "name without a comma": lambda day: f"{day:%B} {day.day} {day.year}",
    "capitals": lambda day: f"{day:%B} {day.day}, {day.year}".upper(),
    "short name": lambda day: f"{day:%b}. {day.day}, {day.year}",
    "ordinal": lambda day: f"{day:%B} {day.day}th, {day.year}",
    "day first": lambda day: f"{day.day} {day:%B} {day.year}",
    "day first, ordinal": lambda day: f"{day.day}th of {day:%B}, {day.year}",
    "day first, hyphens": lambda day: f"{day:%d-%b-%Y}",
}
LABELS = {
    "Date Assigned:": "date_assigned",
    "Date of Injury:": "date_of_injury",
    "Decision Date:": "decision_date",
    "UR Denial Date:": "ur_denial_date",
    "Application Received:": "application_received",
}
SENTENCES = (
    "The patient is a 49-year-old male with a date of injury of {}.",
    "The worker was injured on {} while lifting.",
    "This 58 year old woman sustained an industrial injury, {}.",
)


@pytest.mark.parametrize(
    ("printed", "day"),
    [
        ("10-13-16", date(2016, 10, 13)),
        ("07/08/2013", date(2013, 7, 8)),
        ("7/8/13", date(2013, 7, 8)),
        ("February 25, 2015", date(2015, 2, 25)),
        ("october 3 2016", date(2016, 10, 3)),
        ("02/29/2016", date(2016, 2, 29)),  # a leap day
        ("02/29/2015", None),  # none that year
        ("13/01/2015", None),
        ("00/01/2015", None),
        ("Smarch 1, 2015", None),
        ("07/08", None),
        ("07/08/013", None),
        ("", None),
    ],
)
def test_read_date(printed, day):
    assert read_date(printed) == day


@pytest.mark.parametrize("form", FORMS)
def test_every_form_next_to_every_label_of_the_header(form):
    wrong = []
    for day in DAYS:
        printed = FORMS[form](day)
        assert read_date(printed) == day
        case = f"Case Number: CM{day:%y}-0000001\nPriority: Standard\n"
        text = case + "\n".join(f"{label} {printed}" for label in LABELS)
        header = read_header(text, Span(0, len(text)))
        if header.dates != dict.fromkeys(LABELS.values(), day) or header.problems:
            wrong.append((printed, header))
    assert wrong == []


@pytest.mark.parametrize("form", FORMS)
def test_every_form_in_the_sentences_of_a_summary(form):
    wrong = []
    for day in DAYS:
        for sentence in SENTENCES:
            text = sentence.format(FORMS[form](day))
            if (found := read_summary(text, Span(0, len(text))).date_of_injury) != day:
                wrong.append((text, found))
    assert wrong == []
