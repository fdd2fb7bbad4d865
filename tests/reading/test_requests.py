"""Common requests of all kinds, each with its service and how much of it is requested."""

from pathlib import Path

import pytest

from kg.reading.requests.items import read_item

ROWS = [
    line.split("\t")
    for line in (Path(__file__).parent / "requests.tsv").read_text(encoding="utf-8").splitlines()[1:]
]


def read(printed):
    """Category, subcategory and quantity of a request, as the table has them."""
    item = read_item(printed, 0, len(printed))[0]
    quantity = item.quantity
    if quantity is None:
        amount = ""
    else:
        ends = dict.fromkeys(f"{end:g}" for end in (quantity.minimum, quantity.maximum))
        amount = f"{'-'.join(ends)} {quantity.unit.value}"
    return [printed, item.service.category, item.service.subcategory or "", amount]


def test_every_request_of_the_table():
    assert [(row, got) for row in ROWS if (got := read(row[0])) != row] == []


@pytest.mark.parametrize(
    ("printed", "subcategory"),
    [
        ("Neurolysis", "Non-arthroscopic Surgery"),  # no part is named
        ("Neurolysis, lumbar", "Spine"),
        ("Decompression", "Spine"),
        ("Decompression of the median nerve", "Non-arthroscopic Surgery"),
        ("Decompression of the nerve root", "Spine"),
        ("Decompression, lumbar spine and ankle", "Spine"),  # both: as where none is named
    ],
)
def test_an_operation_is_of_the_part_that_is_named(printed, subcategory):
    assert read(printed)[2] == subcategory


def test_a_test_for_which_a_drug_is_taken_is_not_requested():
    assert read("Valium 5mg, 2 tablets prior to MRI")[1:3] == ["Pharmaceuticals", "Benzodiazepines"]
    assert read("MRI before Valium 5mg")[2] == "Imaging/Radiology"
