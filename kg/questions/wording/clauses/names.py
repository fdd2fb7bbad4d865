"""Words for the names of persons, which no letter states: *the reviewer's name*, *names of the patients*."""

from collections.abc import Iterator
from itertools import product

from kg.questions.beside import BESIDE

_PERSONS = (
    *("reviewer", "IMR reviewer", "expert", "medical expert", "doctor", "IMR doctor", "physician", "surgeon"),
    *(
        "IMR physician",
        "physician reviewer",
        "reviewing doctor",
        "reviewing physician",
        "specialist",
        "nurse",
    ),
    *("worker", "injured worker", "patient", "claimant", "applicant", "employee", "person", "provider"),
    *("treating physician", "requesting physician", "adjuster", "claims administrator", "UR doctor"),
    *("UR physician", "UR reviewer", "insurer", "insurance company", "carrier", "employer", "attorney"),
    *("lawyer", "judge", "hospital", "clinic"),
)
_NAMES = ("name", "identity")
_APART = ("individual", "named", "particular individual", "single named")
"""Words for one person of many, whom letters do not tell from another."""


def phrases() -> Iterator[tuple[str, str]]:
    """Each phrase, with the terminal that it is of.

    >>> ("name of the reviewer", "NO_NAME") in phrases()
    True
    """
    for person, name in product(_PERSONS, _NAMES):
        several = f"{person[:-1]}ies" if person.endswith("y") else f"{person}s"
        names = "identities" if name == "identity" else f"{name}s"
        for called in (name, names):
            yield from (
                (f"{called} of {the}{who}", "NO_NAME") for the in ("", "the ") for who in (person, several)
            )
            yield from ((f"{who} {called}", "NO_NAME") for who in (person, f"{person}'s", f"{several}'"))
    for person, one in product(_PERSONS, _APART):
        yield f"{one} {person}", "NO_NAME"
        yield f"{one} {person}s", "NO_NAME"
    for person, which in product(_PERSONS[:12], ("which", "what", "what kind of", "which kind of")):
        if "IMR" in person or "expert" in person or "review" in person:
            yield f"{which} {person}", "WHO"


def asking(text: str) -> Iterator[tuple[int, int]]:
    """The place of *name* at the beginning of a text, which says that things are to be named.

    >>> [*asking("name the five drugs upheld most")]
    [(0, 4)]
    """
    if said := BESIDE.after("NAME_THEM", text, 0):
        yield said.end() - len("name"), said.end()
