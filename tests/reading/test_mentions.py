"""Guidelines and references that a rationale names."""

import pytest

from kg.reading.citing.mentions import mentions


@pytest.mark.parametrize(
    ("printed", "found"),
    [
        ("as ACOEM Chapter 9, Table 9-6, page 213 says", [("acoem-2004", 9, [(213, 213)])]),
        (
            "noted on page 82 of the MTUS Chronic Pain\nTreatment Guidelines",
            [("chronic-pain", None, [(82, 82)])],
        ),
        ("Third Edition ACOEM Guidelines, page 607", [("acoem-3rd", None, [(607, 607)])]),
        ("ACOEM Guidelines and the ODG", [("acoem-2004", None, []), ("odg", None, [])]),
        ("ACOEM Chapter 12. Page 12 of the record", [("acoem-2004", 12, [])]),  # another sentence
        (  # each near the one before it
            "ACOEM as adopted in full and with all its tables, in Chapter 12, where the low back is told of, "
            "on page 309",
            [("acoem-2004", 12, [(309, 309)])],
        ),
        (  # too far from the guideline
            "ACOEM says so of the low back and of much else that was asked for here, which is on page 309",
            [("acoem-2004", None, [])],
        ),
        ("(Brinks, 2011) (van Tulder, 2003)", [(None, None, []), (None, None, [])]),
        ("page 4 of the report, chapter 2", []),  # no guideline
        ("(see the note, 2011)", []),
    ],
)
def test_mentions(printed, found):
    read = mentions(printed, 0, len(printed))
    assert [
        (each.guideline, each.chapter, [(page.first, page.last) for page in each.pages]) for each in read
    ] == found
    assert all(each.text == " ".join(each.span.of(printed).split()) for each in read)
