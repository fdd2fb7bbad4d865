"""Acronyms of all vocabularies, which questions must read as written."""

from itertools import chain

import pytest

from kg.questions import vocabulary
from kg.questions.phrasing import tokens


def labels():
    """Each label of each vocabulary with what it means, and each word of the grammar."""
    yield from chain(
        vocabulary._persons(),
        vocabulary._services(),
        vocabulary._drugs(),
        vocabulary._body_parts(),
        vocabulary._specialties(),
        vocabulary._guidelines(),
        vocabulary._facets(),
    )
    for name, said in vocabulary.keywords().items():
        yield from ((phrase, vocabulary.Meaning(name)) for phrase in said)


@pytest.mark.long
def test_no_acronym_is_read_as_a_thing_that_is_written_otherwise():
    """An S at its end is no plural (CRPS, CRP); of things that have the same acronym either can be meant."""
    owners = {}
    for label, meaning in labels():
        owners.setdefault(label.lower(), set()).add((meaning.type, meaning.name, meaning.value))
    acronyms = [label for label, _ in labels() if label.isupper() and label.isalpha()]
    wrong = []
    for label in acronyms:
        for written in (label, label.lower()):
            found = tokens(written)
            meant = {(one.meaning.type, one.meaning.name, one.meaning.value) for one in found}
            if found and not meant <= owners[label.lower()]:
                wrong.append((written, meant))
    assert len(acronyms) > 200
    assert wrong == []


def test_what_a_patient_has_is_no_guideline_that_is_called_so():
    conditions = {label for label, meaning in vocabulary._facets() if meaning.name == "condition"}
    read = {label: tokens(label)[0].type for label in conditions if label.isupper() and label.isalpha()}
    assert {"PTSD", "TBI", "CRPS"} <= read.keys()
    assert "GUIDE" not in read.values()
