"""Lists of titles, split by what a catalogue knows."""

import pytest

from kg.reading.vocabulary.titles import split_titles

KNOWN = {
    "opioids",
    "opioids, criteria for use",
    "nsaids, gi symptoms & cardiovascular risk",
    "physical medicine",
    "work conditioning, work hardening",
    "yoga",
    "3.3 monitoring: screening for risk, and for abuse",
    "special studies and considerations",
}


def titles(printed: str) -> list[tuple[str, bool]]:
    """Each title, and whether it is known."""
    found = split_titles(
        printed, 0, len(printed), lambda title: title.lower() if title.lower() in KNOWN else None
    )
    sections = list(found)
    assert all(" ".join(s.span.of(printed).split()) == s.title for s in sections)
    return [(section.title, section.concept is not None) for section in sections]


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("Yoga", [("Yoga", True)]),
        (
            "Opioids, criteria for use, Yoga",
            [("Opioids, criteria for use", True), ("Yoga", True)],
        ),  # the longest
        ("Yoga; Opioids", [("Yoga", True), ("Opioids", True)]),
        ("Opioids, and Yoga", [("Opioids", True), ("Yoga", True)]),
        ("Opioids and Yoga", [("Opioids", True), ("Yoga", True)]),  # both are known
        ("Opioids\nand Yoga", [("Opioids", True), ("Yoga", True)]),  # a wrap before it
        (
            "Yoga and Opioids and Physical Medicine",
            [(n, True) for n in ("Yoga", "Opioids", "Physical Medicine")],
        ),
        ("Kites and Yoga", [("Kites and Yoga", False)]),  # one is not
        ("Yoga and Opioids and Kites", [("Yoga and Opioids and Kites", False)]),
        ("Special Studies and Considerations", [("Special Studies and Considerations", True)]),
        ("Opioids, and", [("Opioids", True)]),  # a list that was cut
        ("Kites, Yoga", [("Kites", False), ("Yoga", True)]),
        ("Kites, light, Yoga", [("Kites, light", False), ("Yoga", True)]),  # lower case goes on
        ("Kites, & Paper, Yoga", [("Kites, & Paper", False), ("Yoga", True)]),  # so does a sign
        ("Yoga, (), Opioids", [("Yoga", True), ("Opioids", True)]),  # nothing within brackets
        (
            "Kites (paper, silk), Yoga",
            [("Kites (paper, silk)", False), ("Yoga", True)],
        ),  # brackets hold commas
        ("Opioids, long-term users, Yoga", [("Opioids, long-term users", False), ("Yoga", True)]),
        ("yoga, kites, opioids", [("yoga", True), ("kites", False), ("opioids", True)]),  # all in lower case
        ("Work conditioning, work hardening", [("Work conditioning, work hardening", True)]),
        (
            "NSAIDs, GI symptoms & cardiovascular risk, Physical Medicine",
            [("NSAIDs, GI symptoms & cardiovascular risk", True), ("Physical Medicine", True)],
        ),
        (
            "3.3 Monitoring: Screening for Risk, and for Abuse, 4.1 Tapering: Why, When",
            [("3.3 Monitoring: Screening for Risk, and for Abuse", True), ("4.1 Tapering: Why, When", False)],
        ),
        ("(Yoga)", [("Yoga", True)]),
        (" - Yoga. ", [("Yoga", True)]),
        ("Opioids,\n criteria for use", [("Opioids, criteria for use", True)]),  # a wrap
        (" ,; ", []),
    ],
)
def test_titles(printed, expected):
    assert titles(printed) == expected
