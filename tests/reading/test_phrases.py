"""Phrases of catalogues, and the faults that a catalogue is refused for."""

import pytest

from kg import resources
from kg.errors import CatalogueError
from kg.reading.vocabulary import phrases
from kg.reading.vocabulary.concepts import read_with_schemes
from kg.reading.vocabulary.phrases import Phrases, words

KNOWN = Phrases([("pain", 1), ("pain management", 2), ("Pain Management Program", 3), ("*ectomy", 4)])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("chronic pain", [(1, "pain")]),
        ("pain management programs", [(3, "pain management programs")]),  # the longest; a plural
        ("pain management for pain", [(2, "pain management"), (1, "pain")]),
        ("pain management plan", [(2, "pain management")]),  # a longer phrase begins alike
        ("Pain-management", [(2, "Pain-management")]),
        ("left tonsillectomy", [(4, "tonsillectomy")]),  # by the ending
        ("vasectomies or ectomy", []),  # another ending; an ending alone
        ("pain\nmanagement", [(2, "pain\nmanagement")]),
    ],
)
def test_find(text, found):
    cut = words(text)
    assert [(f.meaning, cut.span(f.first, f.after).of(text)) for f in KNOWN.find(cut.folded)] == found


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("managment", "management"),  # a letter lacking
        ("mannagement", "management"),  # one too many
        ("manegement", "management"),  # another
        ("managemnet", "management"),  # two changed places
        ("mangmnt", "mangmnt"),  # too far
        ("pian", "pian"),  # too short to tell
    ],
)
def test_respelled(word, known):
    assert KNOWN.respelled([word]) == [known]


HEAD = "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
ONE = '<http://x/one> a skos:Concept ; skos:notation "one" ; skos:prefLabel "One"@en .\n'


@pytest.mark.parametrize(
    ("turtle", "message"),
    [
        (ONE + "<http://x/two>", "syntax|expected|unexpected|end"),  # cut off
        ('<http://x/two> a skos:Concept ; skos:prefLabel "Two"@en .', "needs one skos:notation"),
        (ONE + ONE.replace("/one", "/two").replace('"one"', '"two"'), '"One" is a label of both one and two'),
        (
            ONE.replace(" .\n", " ; skos:broader <http://x/up> .\n"),
            "one has the unknown broader <http://x/up>",
        ),
        (
            ONE.replace(" .\n", " ; <http://x#ingredient> <http://x/no> .\n"),
            "one has the unknown ingredient <http://x/no>",
        ),
    ],
)
def test_a_faulty_catalogue_is_refused(monkeypatch, turtle, message):
    monkeypatch.setattr(resources, "text", lambda *_: HEAD + turtle)
    for kept in (phrases.concepts, read_with_schemes):
        kept.cache_clear()
    with pytest.raises(CatalogueError, match=rf"(?i)ontology/made\.ttl.*(?:{message})"):
        phrases.concepts("made.ttl")
    for kept in (phrases.concepts, read_with_schemes):
        kept.cache_clear()
