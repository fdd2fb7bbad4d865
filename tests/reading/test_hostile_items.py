"""Damaged items are read in time that grows with their length alone."""

import time

import pytest

from kg.reading.citing.mentions import mentions
from kg.reading.requests.items import read_item
from kg.reading.requests.recommendations import recommended

LENGTH = 20_000
SECONDS = 2.0


@pytest.mark.parametrize(
    "unit",
    [
        *("#", "3 x ", "1-", "10/", "1.5%/", "five ", "(", "was the original request ", "left ", "a", " \n"),
        *("1 (2) ", "recommends 6 visits ", "(A B, ", "pages 1, 2, ", "Chapter 1 ", "L4-5/", "9,", "mg"),
        *("TENS ", "pads for TENS ", "brace for surgery ", "electrodes "),
        *("\N{NULL}", "İ"),
    ],
)
def test_repeated_text_takes_no_longer_than_its_length(unit):
    text = (unit * LENGTH)[:LENGTH]
    start = time.process_time()
    read_item(text, 0, len(text))
    recommended(text, 0, len(text))
    mentions(text, 0, len(text))
    assert time.process_time() - start < SECONDS
