"""Mappings to public code sets: only where a source gives them, and each says which."""

import re
from collections import Counter

import pytest
from ontology_files import parsed
from rdflib import DCTERMS, SKOS, Graph, URIRef

from kg import resources
from kg.graph import iri

FOLDER = resources.folder("ontology")
RXNORM, NUCC = "http://purl.bioontology.org/ontology/RXNORM", "http://nucc.org/provider-taxonomy"
MATCHES = (
    # vocabulary, property, code set, what its codes look like
    ("drugs.ttl", SKOS.exactMatch, RXNORM, r"\d{3,7}"),
    ("specialties.ttl", SKOS.closeMatch, NUCC, r"[12]\d{2}[0-9A-Z]{6}X"),
)


@pytest.fixture(scope="module")
def mappings() -> Graph:
    return parsed(FOLDER / "mappings.ttl")


@pytest.mark.parametrize(("vocabulary", "match", "scheme", "pattern"), MATCHES, ids=["drugs", "specialties"])
def test_a_mapping_leads_from_one_concept_to_one_code(mappings, vocabulary, match, scheme, pattern):
    known = set(parsed(FOLDER / vocabulary).subjects(SKOS.notation))
    pairs = list(mappings.subject_objects(match))
    assert len(pairs) > 80
    assert {subject for subject, _ in pairs} <= known
    for side in zip(*pairs, strict=True):
        assert [thing for thing, count in Counter(side).items() if count > 1] == []
    for _, code in pairs:
        assert mappings.value(code, SKOS.inScheme) == URIRef(scheme)
        notation = str(mappings.value(code, SKOS.notation))
        assert code in (URIRef(f"{scheme}/{notation}"), URIRef(f"{scheme}#{notation}"))
        assert re.fullmatch(pattern, notation), notation


def test_every_mapping_has_a_source(mappings):
    codes = set(mappings.objects(None, SKOS.exactMatch)) | set(mappings.objects(None, SKOS.closeMatch))
    assert {code for code in codes if len(list(mappings.objects(code, DCTERMS.source))) != 1} == set()
    assert set(mappings.predicates()) == {
        SKOS.exactMatch, SKOS.closeMatch, SKOS.notation, SKOS.inScheme, DCTERMS.source,
    }  # fmt: skip


def test_only_an_ingredient_is_one_of_rxnorm(mappings):
    """A class, a combination and a form of a drug are no ingredients."""
    drugs = parsed(FOLDER / "drugs.ttl")
    ingredient = URIRef(f"{iri.ONTOLOGY}#ingredient")
    for drug in mappings.subjects(SKOS.exactMatch):
        assert list(drugs.objects(drug, ingredient)) == [], drug
        assert list(drugs.subjects(SKOS.broader, drug)) == [], drug
        assert list(drugs.objects(drug, SKOS.broader)) != [], drug


def test_only_drugs_and_specialties_are_mapped(mappings):
    """Body parts, services, conditions and grounds: no public source has these concepts."""
    for file in sorted(FOLDER.glob("*.ttl")):
        if file.name not in ("mappings.ttl", "drugs.ttl", "specialties.ttl"):
            subjects = set(parsed(file).subjects())
            assert not subjects & set(mappings.subjects()), file.name


def test_the_data_card_says_what_is_not_mapped(mappings):
    card = " ".join((FOLDER.parent / "docs" / "data-card.md").read_text(encoding="utf-8").split())
    for match, words in (
        (SKOS.exactMatch, "drugs to ingredients"),
        (SKOS.closeMatch, "specialties to classes"),
    ):
        assert f"{len(list(mappings.subject_objects(match)))} {words}" in card
    (named,) = re.findall(r"among others ([a-z, ]+) are not in it", card)
    drugs = parsed(FOLDER / "drugs.ttl")
    for name in re.split(", | and ", named):
        drug = URIRef(iri.concept("drug", name))
        assert (drug, SKOS.prefLabel, None) in drugs
        assert (drug, SKOS.exactMatch, None) not in mappings
