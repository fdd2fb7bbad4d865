import json

import gold_letters
import pyoxigraph as ox
import pytest
from rdflib import Graph

from kg import resources
from kg.graph import generate, jsonld
from kg.graph.triples import n_triples


def parsed(text):
    return list(ox.parse(text.encode(), format=ox.RdfFormat.N_TRIPLES))


def test_the_context_is_what_the_ontology_generates():
    assert jsonld.context() == generate.context(resources.text("ontology", "imr.ttl"))


# rdflib 7 reads JSON-LD through a class of its own that it has deprecated.
@pytest.mark.unmeasured
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize("name", ["gold.jsonl", "gold-pages.jsonl"])
def test_documents_read_back_to_the_same_triples(shared, name):
    letters = gold_letters.determinations(gold_letters.records(shared, name))
    whole = "".join(n_triples(letter, "1") for letter in letters)
    documents = [jsonld.document(letter.case_number, parsed(n_triples(letter, "1"))) for letter in letters]
    text = json.dumps({**jsonld.context(), "@graph": documents})
    assert set(Graph().parse(data=text, format="json-ld")) == set(Graph().parse(data=whole, format="nt"))
    by_oxigraph = set(ox.parse(text.encode(), format=ox.RdfFormat.JSON_LD))
    assert {str(quad) for quad in by_oxigraph} == {str(quad) for quad in parsed(whole)}


def test_a_document_reads_well(shared):
    letter = next(
        letter
        for letter in gold_letters.determinations(gold_letters.records(shared))
        if letter.case_number == "CM16-0219557"
    )
    found = jsonld.document(letter.case_number, parsed(n_triples(letter, "1")))
    assert list(found)[:3] == ["id", "type", "caseNumber"]
    assert (found["id"], found["type"], found["decisionDate"]) == (
        "kg:case/CM16-0219557",
        "Determination",
        "2016-12-19",
    )
    item = found["disputedItem"][0]
    assert item["outcome"] == "kg:outcome/upheld"
    assert [citation["citesGuideline"] for citation in item["reviewerCitation"]] == [
        "kg:guideline/acoem-2004/12",
        "kg:guideline/chronic-pain/2016",
        "kg:guideline/acoem-3rd",
    ]
    assert item["reviewerCitation"][2]["citesPage"] == ["kg:guideline/acoem-3rd/page/607"]
