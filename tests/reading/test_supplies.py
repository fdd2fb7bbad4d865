"""Supplies by their noun: what is for a device is no device."""

import pytest
from tables import some_or_all

from kg.reading.requests.items import read_item
from kg.reading.requests.services import catalogue
from kg.reading.vocabulary.phrases import key

DEVICES = (("DMEPOS", "DME"), ("DMEPOS", "Electrical Stimulation"))
SUPPLIES = ("DMEPOS", "Supplies")
HEADS = (
    "pads",
    "electrodes",
    "batteries",
    "lead wires",
    "wraps",
    "gloves",
    "supplies",
    "tubing",
    "masks",
    "straps",
)


def read(printed):
    service = read_item(printed, 0, len(printed))[0].service
    return service.category, service.subcategory


@pytest.mark.parametrize(
    ("printed", "service"),
    [
        ("Home TENS pads", SUPPLIES),
        ("TENS unit sterile electrodes, 2 packs", SUPPLIES),
        ("Wraps for his cold therapy unit", SUPPLIES),
        ("Electrodes and batteries for the home H-wave machine", SUPPLIES),
        ("TENS/IFC pads", SUPPLIES),
        ("TENS unit with pads", DEVICES[1]),
        ("TENS unit, 2 lead wires", DEVICES[1]),
        ("TENS four lead unit", DEVICES[1]),
        ("Shoulder immobilizer for arthroscopy", ("DMEPOS", "Prosthetics/Orthotics")),
        ("Gloves for acupuncture", SUPPLIES),
        ("Arthroscopy with shoulder immobilizer", ("Surgery", "Arthroscopic Surgery")),
        ("Knee wrap", ("DMEPOS", "Prosthetics/Orthotics")),
        ("Heat therapy wrap", DEVICES[0]),
    ],
)
def test_the_noun_tells(printed, service):
    assert read(printed) == service


def devices():
    """Each phrase for a device, with the phrases of services."""
    terms = dict(catalogue()[0].labelled())
    for label, term in terms.items():
        if term.service in DEVICES and term.precedence > 30 and read(label) in DEVICES:
            yield label, terms


@some_or_all(8)
@pytest.mark.parametrize(
    "form", ["{device} {head}", "{device} replacement {head}", "{head} for his {device}"]
)
def test_supplies_of_every_device(form, step):
    wrong = []
    for label, terms in list(devices())[::step]:
        for head in HEADS:
            printed = form.format(device=label, head=head)
            words = key(printed)
            ends = [" ".join(words[at:]) for at in range(len(words) - 1)]
            if any(
                end in terms and terms[end].service in DEVICES
                for end in ends[: -1 if "for" in form else None]
            ):
                continue  # a device of its own, such as a heat therapy pad
            if read(printed) != SUPPLIES:
                wrong.append(printed)
    assert wrong == []


@some_or_all(8)
@pytest.mark.parametrize("form", ["{device} with {head}", "{device} and {head}"])
def test_a_device_with_supplies_is_a_device(form, step):
    wrong = [
        printed
        for label, _ in list(devices())[::step]
        for head in HEADS
        if read(printed := form.format(device=label, head=head)) not in DEVICES
    ]
    assert wrong == []
