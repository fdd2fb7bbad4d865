"""Queries for entailed terms are rewritten where a predicate stands, and nowhere else."""

import pyoxigraph as ox
import pytest
from oxrdflib import OxigraphStore
from rdflib import Graph

from kg import queries, resources, turtle
from kg.errors import QueryError
from kg.graph import entailed, iri
from kg.graph.vocab import IMR

PREFIXES = f"PREFIX imr: <{iri.ONTOLOGY}#> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> "
ITEM_OF, RATIONALE_OF = f"(^<{IMR.disputedItem}>)", f"(^<{IMR.rationale}>)"
A = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>/<http://www.w3.org/2000/01/rdf-schema#subClassOf>*"

REWRITTEN = [  # ITEM stands for what finds imr:itemOf, WHY for imr:rationaleOf, A for members of sub-classes
    ("ASK { ?i imr:itemOf ?c }", "ASK { ?i ITEM ?c }"),
    ("ASK { ?i imr:itemOf ?c ; imr:itemOf ?d , ?e . }", "ASK { ?i ITEM ?c ; ITEM ?d , ?e . }"),
    (f"ASK {{ ?i <{IMR.itemOf}> ?c }}", "ASK { ?i ITEM ?c }"),
    ("ASK { ?i ^imr:itemOf+ ?c }", "ASK { ?i ^ITEM+ ?c }"),
    ("ASK { ?i (imr:rationaleOf/imr:itemOf)|imr:itemOf ?c }", "ASK { ?i (WHY/ITEM)|ITEM ?c }"),
    ("ASK { ?r imr:rationaleOf [ imr:itemOf ?c ] }", "ASK { ?r WHY [ ITEM ?c ] }"),
    (
        "ASK { ?r imr:rationaleOf [ a imr:LetterPart ; imr:itemOf ?c ] }",
        "ASK { ?r WHY [ A imr:LetterPart ; ITEM ?c ] }",
    ),
    ("ASK { [ imr:itemOf ?c ] imr:position 1 }", "ASK { [ ITEM ?c ] imr:position 1 }"),
    (
        "ASK { { ?i imr:itemOf ?c } UNION { ?i imr:itemOf ?d } }",
        "ASK { { ?i ITEM ?c } UNION { ?i ITEM ?d } }",
    ),
    (
        "ASK { ?i imr:position 1 OPTIONAL { ?i imr:itemOf ?c } }",
        "ASK { ?i imr:position 1 OPTIONAL { ?i ITEM ?c } }",
    ),
    ("ASK { GRAPH ?g { ?i imr:itemOf ?c } }", "ASK { GRAPH ?g { ?i ITEM ?c } }"),
    (
        "ASK { ?i ?p ?c FILTER NOT EXISTS { ?i imr:itemOf ?c } }",
        "ASK { ?i ?p ?c FILTER NOT EXISTS { ?i ITEM ?c } }",
    ),
    (
        "ASK { ?i ?p ?c FILTER (EXISTS { ?i imr:itemOf ?c }) }",
        "ASK { ?i ?p ?c FILTER (EXISTS { ?i ITEM ?c }) }",
    ),
    ("ASK { ?i ?p 'a'@en . ?i imr:itemOf ?c }", "ASK { ?i ?p 'a'@en . ?i ITEM ?c }"),
    ("ASK { ?i ?p '1'^^rdf:x ; imr:itemOf ?c }", "ASK { ?i ?p '1'^^rdf:x ; ITEM ?c }"),
    ("ASK { ?i ?p (1 2) ; imr:itemOf ?c }", "ASK { ?i ?p (1 2) ; ITEM ?c }"),
    ("ASK { ?i ?p true ; imr:itemOf ?c }", "ASK { ?i ?p true ; ITEM ?c }"),
    ("ASK { FILTER regex(?p, 'a') ?i imr:itemOf ?c }", "ASK { FILTER regex(?p, 'a') ?i ITEM ?c }"),
    ("ASK { BIND (1 AS ?n) ?i imr:itemOf ?c }", "ASK { BIND (1 AS ?n) ?i ITEM ?c }"),
    ("ASK { VALUES ?p { imr:itemOf } ?i imr:itemOf ?c }", "ASK { VALUES ?p { imr:itemOf } ?i ITEM ?c }"),
    (
        "ASK { VALUES (?p) { (imr:itemOf) } ?i imr:itemOf ?c }",
        "ASK { VALUES (?p) { (imr:itemOf) } ?i ITEM ?c }",
    ),
    (
        "ASK { { SELECT (1 AS ?n) ?i { ?i imr:itemOf ?c } } ?i imr:itemOf ?d }",
        "ASK { { SELECT (1 AS ?n) ?i { ?i ITEM ?c } } ?i ITEM ?d }",
    ),
    (
        "CONSTRUCT { ?i imr:itemOf ?c } WHERE { ?i imr:itemOf ?c }",
        "CONSTRUCT { ?i imr:itemOf ?c } WHERE { ?i ITEM ?c }",
    ),
    ("ASK { ?x a imr:LetterPart }", "ASK { ?x A imr:LetterPart }"),
    ("ASK { ?x rdf:type imr:Citation , imr:LetterPart }", "ASK { ?x A imr:Citation , imr:LetterPart }"),
]
AS_THEY_ARE = [
    "ASK { imr:itemOf ?p ?o }",
    "ASK { ?s ?p imr:itemOf }",
    "ASK { ?s ?p ?o FILTER (?p = imr:itemOf) }",
    "ASK { ?s !imr:itemOf ?o }",
    "ASK { ?s !(imr:itemOf|^imr:itemOf) ?o }",
    "ASK { ?x a imr:Citation }",
    "ASK { ?x a ?class . ?class ?p imr:LetterPart }",
    "ASK { ?x rdf:type/rdf:type imr:LetterPart }",
    "CONSTRUCT WHERE { ?i imr:itemOf ?c }",
    "DESCRIBE imr:itemOf",
    "ASK { ?x imr:disputedItem ?y }",
    "ASK { ?x other:itemOf ?y }",
    "ASK { ?x imr:itemOf",
    "ASK { ?x imr:itemOf [ imr:itemOf",
    "ASK { ?x a",
    "",
]


def written(text):
    return PREFIXES + text.replace("ITEM", ITEM_OF).replace("WHY", RATIONALE_OF).replace(
        " A imr", f" {A} imr"
    )


@pytest.mark.parametrize(("text", "wanted"), REWRITTEN)
def test_a_predicate_is_rewritten(text, wanted):
    assert entailed.rewritten(PREFIXES + text) == written(wanted).replace(" A rdf", f" {A} rdf")


@pytest.mark.parametrize("text", AS_THEY_ARE)
def test_all_else_stays(text):
    given = PREFIXES + text
    try:
        ox.Store().query(given)
    except SyntaxError:
        entailed.rewritten(given)  # it ends, whatever it gives
    else:
        assert entailed.rewritten(given) == given


@pytest.mark.parametrize("name", queries.names())
def test_named_queries_ask_for_what_is_stated(name):
    """Also of a part of the body, on either side: the file spells out what is stated."""
    text = queries.load(name).text
    found = entailed.rewritten(text)
    for term in entailed.PARTLY_STATED:
        path = entailed.properties()[term]
        found = found.replace(f"{path}|", f"imr:{turtle.local(term)}|")
    assert found == text


def test_every_entailed_term_says_so():
    said = turtle.statements(resources.text("ontology", "imr.ttl"))
    note = "http://www.w3.org/2004/02/skos/core#scopeNote"
    entailed_ones = {*entailed.properties(), *entailed.classes()} - entailed.PARTLY_STATED
    noted = {
        name for name, about in said.items() if about[note] and about[note][0].startswith("Entailed, not")
    }
    assert noted == entailed_ones


def test_a_fault_is_told_where_its_author_made_it():
    text = f"PREFIX i: <{iri.ONTOLOGY}#> ASK {{ ?x i:itemOf ?y .. }}"
    with pytest.raises(QueryError, match=f"line 1, column {text.index('..') + 2}: "):
        queries.run(Graph(store=OxigraphStore(store=ox.Store())), queries.parse(text))
