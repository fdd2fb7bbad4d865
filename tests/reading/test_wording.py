"""Tidying and folding what is printed."""

import pytest

from kg.reading.text.folding import fold, tidy


@pytest.mark.parametrize(
    ("printed", "tidied"),
    [
        ("  two \n words ", "two words"),
        ("Non-\nMTUS", "Non-MTUS"),  # a hyphen and a line end
        ("Non- MTUS", "Non-MTUS"),  # the line end already a blank
        ("Electro- diagnostic", "Electro-diagnostic"),
        ("page\f\n break", "page break"),
        ("Low Back - Lumbar", "Low Back - Lumbar"),  # a dash stays one
        ("a\xa0b", "a b"),
        ("", ""),
    ],
)
def test_tidy(printed, tidied):
    assert tidy(printed) == tidied
    assert tidy(tidied) == tidied


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Physical Medicine & Rehabilitation", "physical medicine and rehabilitation"),
        ("Physicians’ Desk Reference", "Physicians' Desk Reference"),
        ("Norco®", "NORCO"),
        ("Summary.", "Summary"),
        ("Low–back", "low-back"),
        ("Facet  joint\ninjections", "Facet joint injections"),
    ],
)
def test_fold_is_alike(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("hip", "hips"), ("knee, leg", "knee leg"), ("", "and")])
def test_fold_keeps_apart(one, other):
    assert fold(one) != fold(other)
