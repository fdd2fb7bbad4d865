"""Dates as letters print them."""

from datetime import date

import pytest

from kg.reading.text.dates import read_date


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
