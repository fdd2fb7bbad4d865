"""Figures of items in which words join several services: each belongs to the service that it stands with."""

import pytest
from tables import some_or_all

from kg.reading.requests.items import read_item
from kg.reading.requests.services import catalogue

JOINTS = ("and", "plus", "with", "&", "+", "followed by", "along with", "in addition to")
OTHER = "may belong to another service"


def read(printed):
    """The service, the quantity (`None`, or both ends and the unit), and whether a number is in doubt."""
    item, problems = read_item(printed, 0, len(printed))
    quantity = item.quantity and (item.quantity.minimum, item.quantity.maximum, item.quantity.unit.value)
    named = (item.service.category, item.service.subcategory), item.service.span.start
    return named, quantity, any(OTHER in each.message for each in problems)


@pytest.mark.parametrize(
    ("printed", "quantity"),
    [
        ("Evaluation plus 11 treatments", None),  # evaluations are not counted
        ("Consultation with a neurologist, and 3 follow-up visits", None),
        ("One evaluation and 9 occupational therapy visits", 9),
        ("Occupational therapy, one evaluation plus nine treatments", 9),
        ("Ankle brace and 10 sessions of acupuncture", 10),
        ("Ankle brace with 2 fitting visits", None),  # visits are not braces
        ("Ankle arthroscopy with one night in hospital", None),  # nor nights operations
        ("Ankle arthroscopy, postoperative acupuncture 2x6", None),
        ("TENS unit with 4 electrodes", None),
        ("TENS unit with electrodes, 60 day rental", 60),
        ("TENS unit and supplies for 2 months", 2),
        ("Acupuncture 7 visits and chiropractic care 9 visits", 7),
        ("9 sessions of massage and 7 acupuncture visits", 7),
        ("7 acupuncture and 9 chiropractic visits", 7),
        ("Acupuncture and massage, 7 visits", 7),  # of both
        ("Acupuncture with a lidocaine patch, 2 times a week for 4 weeks", 8),
        ("2 injections and acupuncture", None),
        ("Scooter rental 2 months with elevating leg rests x 2", 2),
        ("Knee injection x 3 plus 1 follow-up visit", 3),
        ("Hydrocodone and acetaminophen 10/325mg #60", 60),  # one drug
        ("Naproxen and Soma 350mg #60", None),
        ("Naproxen 500mg #60 and Soma 350mg #90", 60),
        ("Orthovisc, 3 injections", 3),  # of the drug
        ("Home aide to assist with dressing and meals, 4 hours a day for 10 days", 40),
        ("Inpatient rehabilitation with physical and occupational therapy 10 days", 10),
    ],
)
def test_a_number_belongs_to_the_service_that_it_stands_with(printed, quantity):
    _, found, doubted = read(printed)
    assert (found and found[0], doubted) == (quantity, quantity is None)


def test_no_mixture_where_each_drug_has_a_number():
    item, _ = read_item(printed := "Naproxen 500mg #60, Soma 350mg #90, Ultram 50mg #30", 0, len(printed))
    assert "compound" not in item.drug.ingredients


def kinds():
    """One phrase for each kind of service."""
    found = {}
    for label, term in catalogue()[0].labelled():
        plain = term.service and term.precedence > 30 and label.isalpha()
        if not plain or term.is_drug or term.form is not None or term.around_surgery:
            continue
        if read(label)[0][0] == term.service:
            found.setdefault(term.service, label)
    return list(found.values())


@pytest.mark.unmeasured
@some_or_all(160)
def test_no_service_takes_the_sessions_of_another(step):
    """Of any two kinds of service, in either order, with any words between."""
    wrong = []
    rows = [(one, joint, other) for one in kinds() for other in kinds() if one != other for joint in JOINTS]
    for one, joint, other in rows[::step]:
        printed = f"{one} {joint} 7 sessions of {other}"
        (service, start), quantity, doubted = read(printed)
        of_other = start > printed.index("7") or service == read(other)[0][0]
        if quantity is None and not doubted:
            wrong.append(printed)
        elif quantity is not None and not of_other:
            wrong.append((printed, quantity))
    assert wrong == []
