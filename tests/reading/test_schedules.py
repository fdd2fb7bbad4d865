"""Schedules and codes of requests: a table, and every wording with every other."""

from itertools import product
from pathlib import Path

import pytest
from tables import each_row

from kg.reading.requests import amounts
from kg.reading.requests.items import read_item

ROWS = [
    line.split("\t")
    for line in (Path(__file__).parent / "schedules.tsv").read_text(encoding="utf-8").splitlines()[1:]
]


def ends(least, most):
    return "-".join(dict.fromkeys(f"{end:g}" for end in (least, most)))


def told(item):
    """The schedule and the codes of an item, as the table has them."""
    often, lasts, refills, supply = item.frequency, item.duration, item.refills, item.supply
    period = often and f"{ends(often.period_minimum, often.period_maximum)} {often.period_unit.value}"
    return [
        f"{ends(often.minimum, often.maximum)}/{period}" if often else "",
        f"{ends(lasts.minimum, lasts.maximum)} {lasts.unit.value}" if lasts else "",
        ends(refills.minimum, refills.maximum) if refills else "",
        f"{ends(supply.minimum, supply.maximum)} {supply.unit.value}" if supply else "",
        " ".join(f"{code.system.value}:{code.code}" for code in item.codes),
    ]


def read(printed):
    return read_item(printed, 0, len(printed))


@each_row("row", ROWS)
def test_every_request_of_the_table(row):
    item, problems = read(row[0])
    assert [row[0], *told(item), "yes" if problems else ""] == row


@each_row("row", ROWS)
def test_a_span_quotes_its_value(row):
    item, _ = read(row[0])
    for code in item.codes:
        assert code.span.of(row[0]) == code.code
    for each in (item.frequency, item.duration, item.refills, item.supply):
        quoted = each.span.of(row[0]) if each else ""
        assert quoted == quoted.strip()
        assert bool(quoted) == bool(each)


FREQUENCIES = {
    "3 times a week": "3/1 week",
    "2-3x/wk": "2-3/1 week",
    "twice weekly": "2/1 week",
    "once a month": "1/1 month",
    "two times per month": "2/1 month",
    "every other week": "1/2 week",
    "every 2 weeks": "1/2 week",
    "daily": "1/1 day",
    "4 times a year": "4/1 year",
}
DURATIONS = {
    "for 4 weeks": "4 week",
    "x 6 wks": "6 week",
    "for 2-3 months": "2-3 month",
    "over eight (8) weeks": "8 week",
    "for one year": "1 year",
    "for 10 days": "10 day",
}
SERVICES = ("Physical therapy", "Acupuncture for the left knee,", "Home health nurse")


@each_row(("often", "lasts"), [*product(FREQUENCIES, DURATIONS)])
def test_every_frequency_with_every_duration(often, lasts):
    for service in SERVICES:
        assert told(read(f"{service} {often} {lasts}")[0])[:2] == [FREQUENCIES[often], DURATIONS[lasts]]


TAKEN = {
    "bid": "2/1 day",
    "t.i.d.": "3/1 day",
    "QID": "4/1 day",
    "qhs": "1/1 day",
    "q6h": "1/6 hour",
    "daily": "1/1 day",
}
REFILLS = {
    "": "",
    "with 2 refills": "2",
    "no refills": "0",
    "refills: 3": "3",
    "1 refill": "1",
    "zero refills": "0",
}
SUPPLIES = {"": "", "30 day supply": "30 day", "days supply: 90": "90 day", "one month supply": "1 month"}


@each_row(("taken", "refills"), [*product(TAKEN, REFILLS)])
def test_every_dose_with_refills_and_supply(taken, refills):
    for supply, drug in product(SUPPLIES, ("Soma 350mg", "Norco 10/325mg")):
        printed = f"{drug} 1 tablet {taken}, #60, {supply}, {refills}".rstrip(", ")
        item, problems = read(printed)
        assert (told(item)[:4], problems) == ([TAKEN[taken], "", REFILLS[refills], SUPPLIES[supply]], ())
        assert item.quantity.minimum == 60


@each_row("unit", [word for kind in ("DAY", "WEEK", "MONTH", "YEAR") for word in (kind, f"{kind}S")])
@each_row("number", [word for word in amounts.NUMBERS if word.isalpha() and amounts.NUMBERS[word] < 20])
def test_every_number_of_every_unit_of_time(number, unit):
    if number in ("once", "twice", "thrice", "other", "single"):
        return
    said = told(read(f"TENS unit rental for {number} {unit.lower()}")[0])[1]
    assert said == f"{amounts.NUMBERS[number]:g} {unit.lower().removesuffix('s')}"


@pytest.mark.parametrize(
    ("printed", "contradicted"),
    [
        ("Acupuncture, 12 visits, 2 times a week for 8 weeks", "the number 12 contradicts"),
        ("Acupuncture 2 times a week for 6 weeks, QTY: 8", "the number 8 contradicts"),
        ("Acupuncture 2 x 6, 10 sessions", "the number 10 contradicts"),
        ("Acupuncture 2-3 times a week for 4 weeks, 6-7 visits", "the number 6 to 7 contradicts"),
    ],
)
def test_a_number_that_contradicts_frequency_and_time_is_no_amount(printed, contradicted):
    item, problems = read(printed)
    assert item.quantity is None
    assert [problem.message[: len(contradicted)] for problem in problems] == [contradicted]


@pytest.mark.parametrize(
    ("printed", "least", "most"),
    [
        ("Acupuncture, 12 visits, 2 times a week for 6 weeks", 12, 12),
        ("Acupuncture 2-3 times a week for 4 weeks, 10 visits", 10, 10),
        ("Acupuncture 3 times a week, 12 visits", 12, 12),  # for how long is not said
        ("Cold therapy 2 times a day for 7 days, 1 unit", 1, 1),  # so often is it used
    ],
)
def test_a_number_that_agrees_is_one(printed, least, most):
    item, problems = read(printed)
    assert (item.quantity.minimum, item.quantity.maximum, problems) == (least, most, ())
