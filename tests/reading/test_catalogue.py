"""What the catalogue of guidelines knows of printed titles, and how it refuses a broken file."""

import re
from datetime import date

import pytest

from kg import resources
from kg.errors import CatalogueError
from kg.reading.text.patterns import as_pattern
from kg.reading.vocabulary import catalogue
from kg.reading.vocabulary.catalogue import concepts, guidelines, specialties
from kg.reading.vocabulary.concepts import read_with_schemes

PREFIXES = (
    "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
    "@prefix imr: <https://w3id.org/imr-kg/ontology#> .\n"
    "@base <https://w3id.org/imr-kg/guideline/> .\n"
)


@pytest.mark.parametrize(
    ("title", "year", "guideline", "chapter"),
    [
        ("Low Back Complaints", 2004, "acoem-2004", 12),
        ("low back  complaints", None, "acoem-2004", 12),
        ("Forearm, Wrist, & Hand Complaints", 2004, "acoem-2004", 11),
        ("General Approaches", 2004, "acoem-2004", None),
        ("Initial Approaches to Treatment", None, "acoem-2004", 3),
        ("Initial Approaches to Treatment", 2017, "mtus-other", None),  # a later guideline of that title
        ("Elbow Complaints", 2004, "acoem-2004", 10),
        ("Elbow Complaints", 2007, "elbow-2007", None),
        ("Elbow Disorders", 2013, "mtus-other", None),
        ("Chronic Pain Medical Treatment", 2016, "chronic-pain", None),
        ("Accupuncture Treatment", 2007, "acupuncture", None),
        ("Low Back Disorders", 2016, "mtus-other", None),
    ],
)
def test_title(title, year, guideline, chapter):
    found = guidelines().title(title, year)
    assert found is not None
    assert (found.guideline, found.chapter) == (guideline, chapter)


def test_a_title_that_is_not_there():
    assert guidelines().title("Kite Flying", 2016) is None


@pytest.mark.parametrize(
    ("title", "guideline", "edition", "chapter", "notation"),
    [
        ("Special Studies", "acoem-2004", 2004, 12, "acoem-2004/12/special-studies"),
        ("Facet blocks", "chronic-pain", 2016, None, "chronic-pain/2016/facet-blocks"),
        (
            "Functional restora-tion programs (FRPs)",
            "chronic-pain",
            2009,
            None,
            "chronic-pain/2009/functional-restoration-programs",
        ),
        ("Kite flying", "chronic-pain", 2016, None, None),
        ("Special Studies", "acoem-2004", 2004, 99, None),
    ],
)
def test_section(title, guideline, edition, chapter, notation):
    assert guidelines().section(title, guideline, edition, chapter) == notation


@pytest.mark.parametrize(
    ("guideline", "on", "year"),
    [
        ("chronic-pain", date(2009, 7, 17), 2009),  # before any was in force
        ("chronic-pain", date(2016, 7, 27), 2009),
        ("chronic-pain", date(2016, 7, 28), 2016),
        ("chronic-pain", date(2018, 1, 1), 2017),
        ("chronic-pain", None, 2009),
        ("odg", date(2016, 1, 1), None),
    ],
)
def test_edition_in_force(guideline, on, year):
    assert guidelines().edition_in_force(guideline, on) == year


@pytest.mark.parametrize(
    ("chapters", "page", "chapter"),
    [([8, 12], 303, 12), ([8, 12], 181, 8), ([8, 12], 250, None), ([15], 398, 15), ([], 5, None)],
)
def test_chapter_of_page(chapters, page, chapter):
    assert guidelines().chapter_of_page(chapters, page) == chapter


@pytest.mark.parametrize(
    ("topic", "chapter", "notation"),
    [
        ("gym memberships", "Low Back", "odg/low-back/gym-memberships"),
        ("physical therapy guidelines", None, "odg/physical-therapy-guidelines"),
        ("kite flying", "Low Back", None),
    ],
)
def test_odg_topic(topic, chapter, notation):
    assert guidelines().odg_topic(topic, chapter) == notation


def test_every_chapter_of_the_odg_is_one_of_the_contract():
    assert set(guidelines().odg_chapters.values()) == {
        *("Low Back", "Neck & Upper Back", "Shoulder", "Knee & Leg", "Ankle & Foot", "Elbow"),
        *("Forearm, Wrist & Hand", "Carpal Tunnel Syndrome", "Hip & Pelvis", "Head", "Hernia", "Pain"),
        *("Mental Illness & Stress", "Fitness for Duty", "Burns", "Diabetes", "Pulmonary"),
        *("Infectious Diseases", "Eye", "Preface"),
    }


def test_a_pattern_takes_the_longest_label_and_allows_wraps_and_case():
    pattern = re.compile(as_pattern(["low back", "low back pain and stress", "knee's"]))
    for printed in ("LOW\nBACK", "Low Back Pain & Stress", "low back pain, and stress", "Knee’s"):
        assert pattern.fullmatch(printed)
    assert pattern.match("low back pain")[0] == "low back"


def test_a_label_that_needs_something_after_it():
    pattern = re.compile(as_pattern(["eye", "eye care"], {"eye": r"\s+\d{4}"}))
    assert pattern.match("eye 2004")
    assert pattern.match("eye care")
    assert not pattern.match("eye drops")


def test_specialties_by_their_labels():
    assert specialties()["physical medicine and rehabilitation"]


@pytest.mark.parametrize(
    ("turtle", "message"),
    [
        ("<a> a skos:Concept ; skos:notation", "broken.ttl"),
        ('<a> a skos:Concept ; skos:notation "a" .', "needs one skos:notation and one skos:prefLabel"),
        ('<a> a skos:Concept ; skos:prefLabel "A" .', "needs one skos:notation and one skos:prefLabel"),
        (
            '<a> a skos:Concept ; skos:notation "a" ; skos:prefLabel "A" ; skos:broader <b> .',
            "a has the unknown broader",
        ),
        (
            '<a> a skos:Concept ; skos:notation "a" ; skos:prefLabel "A" .'
            '<b> a skos:Concept ; skos:notation "b" ; skos:prefLabel "B" ; skos:altLabel "a" .',
            "broken.ttl: a and b share the label 'a'",
        ),
        (
            '<a> a skos:Concept ; skos:notation "a" ; skos:prefLabel "A" ;'
            " imr:firstPage 9 ; imr:lastPage 8 .",
            "broken.ttl: the pages of a run backwards, 9 to 8",
        ),
    ],
)
def test_a_broken_catalogue_is_refused(monkeypatch, turtle, message):
    monkeypatch.setattr(resources, "text", lambda *_: PREFIXES + turtle)
    monkeypatch.setattr(
        catalogue, "read", lambda file: read_with_schemes.__wrapped__(file)[0]
    )  # each text anew
    with pytest.raises(CatalogueError, match=message):
        concepts.__wrapped__("broken.ttl")


def test_folding_is_that_of_all_wording():
    assert catalogue.fold("NSAIDs & Opioids.") == "nsaids and opioids"
