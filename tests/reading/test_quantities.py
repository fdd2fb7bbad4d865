"""Amounts of items and of recommendations: each row names the form it stands for."""

import re

import pytest

from kg.reading.requests import amounts
from kg.reading.requests.items import read_item
from kg.reading.requests.recommendations import recommended


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
        ("Ibuprofen 600 mg, qty one hundred", 100, 100, "unit"),
        ("Ibuprofen 600 mg, qty two hundred", 200, 200, "unit"),
        ("Gabapentin 600 mg three tablets with dinner #90", 90, 90, "unit"),
        ("Hand therapy once or twice a week for five weeks", 5, 10, "visit"),
        ("Massage, eight 1-hour sessions", 8, 8, "visit"),
        ("Psychotherapy, 12 one-hour sessions", 12, 12, "visit"),
        ("Biofeedback, six 45 minute sessions", 6, 6, "visit"),
        ("Lidocaine 5% patches, 1 box (30 patches)", 30, 30, "unit"),
        ("Acupuncture, initial trial of 6", 6, 6, "visit"),
        ("Chiropractic care, trial of 4-6", 4, 6, "visit"),
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
        ("Acupuncture visits 8-12", 8, 12, "visit"),
        ("Acupuncture, 7-12 visits", 7, 12, "visit"),
        ("2. Acupuncture, 6 visits", 6, 6, "visit"),  # nor does that of an item in a list
        ("Acupuncture 20 sessions, weekly", 20, 20, "visit"),  # all of them, not each week
        ("Follow up with orthopedist every 6 weeks x 3", 3, 3, "visit"),  # a consultation is no thing
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
        "Re-evaluation every 45 days for 6 months",  # no whole number of visits, and no months of one
        "2. Acupuncture",  # an item of a list
        "3) MRI of the neck",
        "Two-layer compression bandage",  # what a thing is like
        "Six-minute walk test",
        "Six minute walk test",
        "Physical therapy visits 13-24",  # which of them
        "Acupuncture sessions #7-12",
        "Single use catheters",
        "2 button mouse",
        "Imitrex 50mg 1 tablet at onset of headache",
    ],
)
def test_no_amount(printed):
    assert read_item(printed, 0, len(printed))[0].quantity is None


@pytest.mark.parametrize("mark", ["#42", "#42,", "#42;", "qty 42", "42 tablets,"])
@pytest.mark.parametrize(
    "after",
    [
        *("post-op", "post op", "postoperative", "post-operative pain", "post surgery", "post-surgical"),
        *("prn", "no refills", "for pain", "per month", "as needed"),
    ],
)
def test_what_follows_a_number_dispensed_is_no_measure_of_it(mark, after):
    printed = f"Percocet 5/325mg {mark} {after}"
    quantity = read_item(printed, 0, len(printed))[0].quantity
    assert quantity is not None
    assert (quantity.minimum, quantity.unit.value) == (42, "unit")


@pytest.mark.parametrize("noun", ["sessions", "visits", "treatments"])
@pytest.mark.parametrize("which", ["8 of 12", "#8 of 12", "8/12", "8 out of 12", "3 of 3"])
@pytest.mark.parametrize("form", ["Acupuncture {noun} {which}", "{which} acupuncture {noun}"])
def test_which_visits_are_no_number_of_visits(noun, which, form):
    printed = form.format(noun=noun, which=which)
    item, problems = read_item(printed, 0, len(printed))
    assert item.quantity is None
    assert [f'"{which}" may be which' in problem.message for problem in problems] == [True]


@pytest.mark.parametrize(
    "printed", ["Acupuncture 12 sessions, 4 of 12 done", "8 acupuncture sessions (of 12)"]
)
def test_a_number_of_visits_beside_a_part_of_it_is_read(printed):
    assert read_item(printed, 0, len(printed))[0].quantity is not None


@pytest.mark.parametrize(
    ("printed", "amounts"),
    [
        ("The guideline recommends 9-10 visits over 8 weeks.", [(9, 10)]),
        ("A trial of 6 sessions is recommended. The request is for 12 sessions.", [(6, 6)]),
        ("A trial of 6 sessions was approved by a prior reviewer.", []),
        ("The reviewer authorized a trial of initial 6 sessions.", []),
        ("The MTUS allows up to ten supervised therapy visits.", [(10, 10)]),
        (
            "Neuralgia and neuritis: 8-10 visits over 4 weeks; reflex dystrophy 24 visits over 16 weeks.",
            [(8, 10), (24, 24)],
        ),  # a table of the guideline
        ("They should be assessed after a six-visit clinical trial.", [(6, 6)]),
        ("The request for 12 sessions exceeds what is recommended.", []),
        ("It will exceed guideline recommendations by only 2 sessions.", []),
        (
            "Since the guidelines allow up to 10 sessions, an additional 3 sessions are within them.",
            [(10, 10)],
        ),
        ("Per the guidelines, twelve therapy visits for the neck are not medically necessary.", []),
        ("The MTUS 2016 guidelines recommend this treatment.", []),  # a year
        ("Muscle relaxants are not recommended for longer than 2 to 3 weeks.", [(2, 3)]),
        ("The guideline recommends a 30 day trial of the unit.", [(30, 30)]),
        ("The guideline limits use to 4 weeks.", [(4, 4)]),
        ("MRI is recommended where symptoms last more than four weeks.", []),  # no bound
        ("It is recommended that up to 24\nvisits be given; the request is for 30 visits.", [(24, 24)]),
        ("Recommended: 8 visits over 5 weeks. He had 20 visits.", [(8, 8)]),
        ("Opioids are not recommended for 12 weeks.", []),
        ("10 visits over 8 weeks, and 3 additional visits.", [(10, 10)]),  # a table, then what is asked for
        ("A 6 visit trial; 4 additional visits.", [(6, 6)]),
        ("She attended 12 visits over 6 weeks.", []),
        (
            "The request for 16 sessions exceeds the 8 to 10 sessions that the guideline recommends.",
            [(8, 10)],
        ),
        ("He seeks 20 visits, twice the 10 visits specified by the MTUS.", [(10, 10)]),
        ("It is beyond the 10-visit limit set by the guideline, and not medically necessary.", [(10, 10)]),
        ("The recommended number of visits is 8 to 12 over 4 weeks.", [(8, 12)]),
        ("He had 20 visits already, and guidelines allow 10.", [(10, 10)]),
        ("No more than 6 visits should be provided before the next examination.", [(6, 6)]),
        ("A 30 day trial of the unit is recommended.", [(30, 30)]),
        ("A further 6 sessions would pass the upper limit recommended by ODG.", []),
        ("A request for 12 sessions exceeds the guideline that allows for therapy.", []),
        ("The number of visits requested is 12.", []),
        ("The number of visits allowed is 14 over 12 weeks.", [(14, 14)]),
        ("This exceeds the recommended maximum by 6 visits.", []),
        ("A trial of 6 visits would be supported.", [(6, 6)]),
        ("Only a trial of six visits over two weeks is endorsed by the guideline.", [(6, 6)]),
        ("He had 16 visits, well above the 10 visits usually recommended.", [(10, 10)]),
        ("Under the guideline, all visits should not exceed ten.", [(10, 10)]),
        ("These are 30 visits, and the guideline amount is 10.", [(10, 10)]),
        ("A total of up to 18 visits can be considered where there is a gain.", [(18, 18)]),
        ("Use for longer than 2 weeks is not supported.", [(2, 2)]),
        ("It should not be used for longer than 3 weeks.", [(3, 3)]),
        ("A unit may be considered for a 1 month trial.", [(1, 1)]),
        ("Hypnotics are approved for short-term (7-10 days) use.", [(7, 10)]),
        ("The 12 visits can be considered medically necessary.", []),
        ("He attended the 12 visits recommended by his surgeon.", []),
        ("He was off work for longer than 2 weeks.", []),
        ("Guidelines allow other, less costly, treatments.", []),
        (f"It is recommended{' that, as was said before,' * 7} 8 visits be given.", [(8, 8)]),
        (f"It is recommended{' and so on' * 300} 8 visits.", []),  # no sentence of a letter
    ],
)
def test_recommended(printed, amounts):
    found = recommended(printed, 0, len(printed))
    assert [(quantity.minimum, quantity.maximum) for quantity in found] == amounts
    assert all(re.match(r"\d|six|ten", quantity.span.of(printed)) for quantity in found)


def spelled(number: int, hyphen: str, joint: str) -> str:
    """A number below a thousand in words."""
    words = {
        value: word for word, value in reversed(amounts.NUMBERS.items()) if word not in {"once", "single"}
    }
    if number < 100:
        tens, rest = 10 * (number // 10), number % 10
        return words[number] if number in words else f"{words[tens]}{hyphen}{words[rest]}"
    hundreds = f"{words[number // 100]} {amounts.HUNDRED}"
    return hundreds + (joint + spelled(number % 100, hyphen, joint) if number % 100 else "")


@pytest.mark.parametrize("joint", [" ", " and "])
@pytest.mark.parametrize("hyphen", ["-", " "])
def test_every_number_in_words_is_read(hyphen, joint):
    wrong = []
    for number in range(1, 400):
        word = spelled(number, hyphen, joint)
        for text in (
            f"Norco 10/325 mg {word} tablets",
            f"{word.upper()} tablets",
            f"physical therapy, {word} sessions",
        ):
            if number > 104 and "session" in text:
                continue
            quantity = read_item(text, 0, len(text))[0].quantity
            if quantity is None or (quantity.minimum, quantity.maximum) != (number, number):
                wrong.append((text, quantity))
    assert wrong == []


@pytest.mark.parametrize("joint", ["-", " to ", " or "])
def test_every_range_in_words_is_read(joint):
    wrong = []
    for low in (2, 6, 20, 24, 40):
        for high in (8, 12, 30, 45, 60):
            if low < high and not (joint == "-" and low % 10 == 0 and high < 10):
                text = f"acupuncture, {spelled(low, '-', ' ')}{joint}{spelled(high, '-', ' ')} visits"
                quantity = read_item(text, 0, len(text))[0].quantity
                if quantity is None or (quantity.minimum, quantity.maximum) != (low, high):
                    wrong.append((text, quantity))
    assert wrong == []
