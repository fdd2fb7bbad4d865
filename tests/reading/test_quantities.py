"""Amounts of items and of recommendations: each row names the form it stands for."""

import pytest

from kg.reading.requests.items import read_item
from kg.reading.requests.quantities import recommended


@pytest.mark.parametrize(
    ("printed", "low", "high", "unit"),
    [
        ("Acupuncture 3 times a week for 4 weeks", 12, 12, "visit"),
        ("Acupuncture 2-3 times a week for 6 weeks", 12, 18, "visit"),
        ("Acupuncture one (1) to two (2) times per week for six (6) weeks", 6, 12, "visit"),
        ("Acupuncture 2 x 4", 8, 8, "visit"),
        ("Acupuncture two times four visits (8)", 8, 8, "visit"),  # the product is said again
        ("Acupuncture 3xWk x 4Wks", 12, 12, "visit"),
        ("Acupuncture 2x/week x 6", 12, 12, "visit"),
        ("Acupuncture once every 2 weeks for 3 months", 6, 6, "visit"),
        ("Acupuncture every 2 weeks for 3 months", 6, 6, "visit"),  # not said how often each time
        ("Office visits every 2 months for 8 months", 4, 4, "visit"),
        ("Acupuncture, 12 visits, 2 times a week for 8 weeks", 12, 12, "visit"),  # the count wins
        ("Acupuncture x 8 visits", 8, 8, "visit"),
        ("Twelve (12) acupuncture sessions", 12, 12, "visit"),
        ("Acupuncture QTY: 3.00", 3, 3, "visit"),
        ("two acupuncture visits for the knee and six acupuncture visits for the wrist", 8, 8, "visit"),
        ("Daily registered nurse for 3 weeks", 21, 21, "visit"),
        ("Daily registered nurse for 10 days", 10, 10, "visit"),
        ("Home health aide 3 times a week for 4 hours", 4, 4, "hour"),  # hours are no time to go on for
        ("Cold therapy every 4 hours for 7 days", 7, 7, "day"),  # nor are they a time between visits
        ("Home health aide 4 hours a day, 5 days a week for 2 weeks", 40, 40, "hour"),
        ("Home health aide 3 times a week, 4 hours a day for 2 weeks", 24, 24, "hour"),  # not every day
        ("Functional restoration program, 80 hours", 80, 80, "hour"),
        ("Inpatient rehabilitation 7-10 days", 7, 10, "day"),
        ("TENS unit, one month rental", 1, 1, "month"),
        ("Gym membership for one year", 12, 12, "month"),
        ("Wrist braces #2", 2, 2, "unit"),
        ("Gauze 4 boxes", 4, 4, "unit"),
        ("Wrist brace 1 pair, QTY: 2", 2, 2, "unit"),  # the label wins
        ("Viscosupplementation, series of 3", 3, 3, "unit"),
        ("1 knee scooter", 1, 1, "unit"),
        ("Electrocardiogram times 3", 3, 3, "unit"),
        ("Soma 350mg #90 with 2 refills", 90, 90, "unit"),
        ("Soma 350mg, 90 tablets", 90, 90, "unit"),
        ("Soma 350mg 2 tablets", 2, 2, "unit"),
        ("Soma 350mg 60", 60, 60, "unit"),  # a number right after the strength
        ("Soma 350mg one twice a day #60", 60, 60, "unit"),
        ("Soma 350mg #60 day supply: 30", 60, 60, "unit"),
        ("Soma 350mg 30 day supply", 30, 30, "day"),
        ("Enbrel 50mg 2 times month, 30 day supply", 30, 30, "day"),  # not how often
        ("Three months of Soma 350mg", 3, 3, "month"),
        ("Soma 350mg with 2 refills", 2, 2, "refill-only"),
        ("Two refills of Soma 350mg #90", 2, 2, "refill-only"),
        ("Tylenol #4 #30", 30, 30, "unit"),  # the number in a name counts nothing
    ],
)
def test_amount(printed, low, high, unit):
    quantity = read_item(printed, 0, len(printed))[0].quantity
    assert (quantity.minimum, quantity.maximum, quantity.unit.value) == (low, high, unit)


@pytest.mark.parametrize(
    "printed",
    [
        "Voltaren gel 1% #60 grams with 1 refill",  # a weight, and refills of it
        "Norco 10/325mg",  # strengths
        "Soma 350mg 1-2 tablets every 6 hours",  # doses
        "Soma 350mg 1-2 tablets",
        "Ibuprofen 800mg three times a day",
        "Follow-up visit in 6 weeks",  # when, not how many
        "MRI 3.0 Tesla left knee",
        "Physical therapy for the 2 knees",  # a number within counts nothing
        "Physical therapy 2 times a week, knee 5",
        "Injection L4-5, L5-S1",
        "Retrospective x-ray DOS 11/11/2016",
        "Physical therapy CPT 97110",
        "Deep tissue massage (unknown quantity)",
        "Physical therapy 2 times a week",  # without an end
    ],
)
def test_no_amount(printed):
    assert read_item(printed, 0, len(printed))[0].quantity is None


@pytest.mark.parametrize(
    ("printed", "amounts"),
    [
        ("The guideline recommends 9-10 visits over 8 weeks.", [(9, 10)]),
        (
            "A trial of 6 sessions is recommended. The request is for 12 sessions.",
            [],
        ),  # said before, not after
        ("It is recommended that up to 24\nvisits be given; the request is for 30 visits.", [(24, 24)]),
        ("Recommended: 8 visits over 5 weeks. He had 20 visits.", [(8, 8)]),
        ("Opioids are not recommended for 12 weeks.", []),
        (f"It is recommended{' that, as was said before,' * 7} 8 visits be given.", []),  # too far away
    ],
)
def test_recommended(printed, amounts):
    found = recommended(printed, 0, len(printed))
    assert [(quantity.minimum, quantity.maximum) for quantity in found] == amounts
    assert all(quantity.span.of(printed)[0].isdigit() for quantity in found)
