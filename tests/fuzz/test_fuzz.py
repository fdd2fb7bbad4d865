"""Damaged letters end as a determination or with a reason, soon; ``make fuzz`` reads many more."""

import pytest
from fuzz import damaged, damaged_pdf, read, read_pdf, sound

SEED = 7
PART = 30
MEGABYTE = 1_000_000
LETTER = sound()[1]


@pytest.mark.parametrize("first", range(0, 300, PART))
def test_damaged_letters_are_read_or_refused(first):
    faults = {n: result.fault for n in range(first, first + PART) if (result := read(damaged(n, SEED))).fault}
    assert faults == {}, f"fuzz.damaged(number, {SEED}) makes the letter"


@pytest.mark.parametrize("number", range(12, 24))  # after those made to do harm, which test_pdf.py reads
def test_damaged_pdfs_are_read_or_refused(number):
    assert read_pdf(damaged_pdf(number, SEED)).fault == ""


@pytest.mark.long
@pytest.mark.parametrize(
    ("before", "piece", "count"),
    [
        ("CLINICAL CASE SUMMARY", "\n \n", 500_000),  # lines of blanks
        ("CLINICAL CASE SUMMARY", "\n", MEGABYTE),
        ("Decision rationale:", "\n \n", 500_000),
        ("Claims Administrator guideline:", " ", 3 * MEGABYTE),
        ("MAXIMUS guideline:", "\n", 3 * MEGABYTE),
        ("MAXIMUS guideline:", "\nA walker: Upheld\n", 100_000),  # issue lines
        ("MAXIMUS guideline:", "\nMAXIMUS guideline: ", 100_000),  # labels
        ("HOW THE IMR", "Decision Date: ", 100_000),
        ("HOW THE IMR", "12/19/2016 ", 100_000),
        ("MAXIMUS guideline:", "He said so. \n", MEGABYTE // 13),  # sentences before an outcome
        ("Decision rationale:", "The remaining portion is IMR eligible.\n\n", 25_000),
        ("Decision rationale:", "x", 10 * MEGABYTE),  # one line
        ("Decision rationale:", "ODG, Low Back, (", MEGABYTE // 16),
        ("Decision rationale:", "recommends 12 visits ", MEGABYTE // 21),
        ("Decision rationale:", "(Brinks, ", MEGABYTE // 9),
        ("Decision rationale:", "ODG", MEGABYTE // 3),
        ("Decision rationale:", "(Brinks, 2011)", MEGABYTE // 14),
    ],
)
@pytest.mark.parametrize("twice", [False, True], ids=["before an item", "in a letter"])
def test_much_of_one_thing(before, piece, count, twice):
    at = LETTER.index(before)
    more = LETTER[at:] if twice else ""
    result = read(f"{LETTER[:at]}{piece * count}{more}\n\nThe IMR eligible cane: Upheld\n\n{LETTER[at:]}")
    assert result.fault == ""


@pytest.mark.parametrize(
    "heading",
    [
        "ISSUE AT DISPUTE:\n",
        "1) MAXIMUS Federal Services, Inc. has determined the request for ",
        "1) Regarding the request for a bed",
    ],
)
def test_many_headings_of_2013(heading):
    assert read(f"\n{heading}" * 100_000).fault == ""
