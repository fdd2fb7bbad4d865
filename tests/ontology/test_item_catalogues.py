"""The catalogues of services, drugs and parts of the body hold together."""

import csv
import re

import pytest

from kg.graph import iri
from kg.reading.vocabulary.phrases import ancestors, concepts, is_official

BASE = "https://w3id.org/imr-kg/"
OFFICIAL = 2
"""Levels of the DWC's list: categories and subcategories."""


@pytest.fixture(scope="module")
def items():
    """Services and drugs together, as they are read: no two share a label."""
    return concepts("services.ttl", "drugs.ttl")


@pytest.fixture(scope="module")
def parts():
    return concepts("body-parts.ttl")


@pytest.fixture(scope="module")
def everything(items, parts):
    return {**items, **parts}


def test_the_notation_is_the_path_below_the_scheme(everything):
    for at, concept in everything.items():
        [scheme] = concept.said["inScheme"]
        assert at == f"{scheme}/{concept.notation}"
        assert scheme in {BASE + name for name in ("service", "drug", "body-part")}
        assert re.fullmatch(r"[a-z0-9-]+(/[a-z0-9-]+){0,2}", concept.notation)


def test_what_is_pointed_at_is_there(everything):
    pointers = ("broader", "ingredient", "dispensedAs", "topicalAs", "combines", "standsFor")
    lost = {
        (concept.notation, target)
        for concept in everything.values()
        for name in pointers
        for target in concept.said.get(name, ())
        if target not in everything
    }
    assert lost == set()


def test_nothing_is_broader_than_itself(everything):
    for at in everything:
        line = [concept.iri for concept in ancestors(at, everything)]
        assert len(line) == len(set(line))


def test_the_services_are_the_dwcs_list(shared, items):
    with (shared / "facts" / "service_categories.csv").open(encoding="utf-8", newline="") as file:
        listed = {(row["category"], row["subcategory"]) for row in csv.DictReader(file)}
    lines = [ancestors(at, items) for at, concept in items.items() if is_official(concept, items)]
    found = {
        (line[1].preferred, line[0].preferred)
        for line in lines
        if len(line) == OFFICIAL and "service" in line[0].iri
    }
    assert found == listed
    assert {line[0].preferred for line in lines if len(line) == 1} == {category for category, _ in listed} | {
        "Other"
    }


def test_an_official_name_is_its_notation(items):
    """The graph mints a service's IRI from the names that the reader gives."""
    for at, concept in items.items():
        if is_official(concept, items):
            names = [each.preferred for each in reversed(ancestors(at, items))]
            assert concept.notation == "/".join(iri.slug(name) for name in names)


def test_every_drug_has_a_class_that_says_what_it_is_dispensed_as(items):
    for at, concept in items.items():
        if at.startswith(f"{BASE}drug/") and concept.notation != "form" and "form" not in concept.said:
            line = ancestors(at, items)
            assert any("dispensedAs" in each.said for each in line), concept.notation
            assert len(line) <= OFFICIAL


def test_an_ingredient_is_its_notation(items):
    """The graph mints a drug's IRI from the ingredient's name."""
    for concept in items.values():
        for at in concept.said.get("ingredient", ()):
            assert iri.slug(items[at].preferred) == items[at].notation


def test_a_combination_is_named_by_its_ingredients(items):
    for concept in items.values():
        if (
            concept.iri.startswith(f"{BASE}drug/")
            and "/" in concept.preferred
            and "ingredient" in concept.said
        ):
            parts = [items[at].preferred.lower() for at in concept.said["ingredient"]]
            assert sorted(parts) == sorted(concept.preferred.lower().split("/"))


@pytest.mark.parametrize(
    ("label", "notation"),
    [
        ("Norco", "hydrocodone-acetaminophen"),
        ("LidoPro", "lidocaine-methyl-salicylate-menthol-capsaicin"),
        ("Deprizine", "ranitidine"),
        ("Dicopanol", "diphenhydramine"),
        ("Fanatrex", "gabapentin"),
        ("Voltaren gel", "diclofenac/topical"),
        ("H-wave", "dmepos/electrical-stimulation/h-wave"),
        ("ACDF", "surgery/spine/spinal-fusion"),
    ],
)
def test_a_name_in_use_is_known(items, label, notation):
    assert [concept.notation for concept in items.values() if label in concept.labels] == [notation]


def test_the_parts_are_a_closed_list(parts):
    """Those of the contract, each a concept of its own."""
    named = """head face eye ear jaw teeth neck upper-back low-back pelvis chest abdomen groin shoulder
        upper-arm elbow forearm wrist hand finger hip thigh knee lower-leg ankle foot toe upper-extremity
        lower-extremity"""
    own = {
        concept.notation
        for concept in parts.values()
        if "/" not in concept.notation and concept.notation != "none" and "standsFor" not in concept.said
    }
    assert own == set(named.split())
