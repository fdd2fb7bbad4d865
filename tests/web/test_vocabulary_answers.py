"""No documented term is silent: each class and property has rows over HTTP, or says why it has none."""

import pytest
from fastapi.testclient import TestClient

from kg import resources, turtle
from kg.graph import entailed

SAID = turtle.statements(resources.text("ontology", "imr.ttl"))
KINDS = {
    name: {turtle.local(kind) for kind in about["http://www.w3.org/1999/02/22-rdf-syntax-ns#type"]}
    for name, about in SAID.items()
    if ":" in name
}
CLASSES = sorted(name for name, kinds in KINDS.items() if "Class" in kinds)
PROPERTIES = sorted(name for name, kinds in KINDS.items() if any("Property" in kind for kind in kinds))
NOTE = "http://www.w3.org/2004/02/skos/core#scopeNote"


def rows(site: TestClient, query: str) -> int:
    answer = site.get("/sparql", params={"query": query}, headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.text
    return len(answer.json()["results"]["bindings"])


@pytest.mark.parametrize("pattern", ["?x a <{}>", "?x <{}> ?y"])
def test_a_term_has_rows_or_says_why_not(site: TestClient, pattern: str):
    terms = CLASSES if " a " in pattern else PROPERTIES
    silent = {term for term in terms if rows(site, f"SELECT * {{ {pattern.format(term)} }} LIMIT 1") == 0}
    assert silent <= {term for term in terms if SAID[term][NOTE]}
    assert not silent & {*entailed.properties(), *entailed.classes()}


def test_what_is_called_entailed_is_not_stated(site: TestClient):
    for term in entailed.properties().keys() - entailed.PARTLY_STATED:
        assert rows(site, f"SELECT * {{ ?x ?p ?y FILTER (?p = <{term}>) }} LIMIT 1") == 0, term
    for term in entailed.classes():
        assert rows(site, f"SELECT * {{ ?x a ?c FILTER (?c = <{term}>) }} LIMIT 1") == 0, term


def test_an_entailed_property_holds_what_its_sources_hold(site: TestClient):
    imr = "PREFIX imr: <https://w3id.org/imr-kg/ontology#> SELECT DISTINCT ?x ?y"
    union = "{ { ?x imr:reviewerCitation ?y } UNION { ?x imr:claimsAdministratorCitation ?y } }"
    cited = rows(site, f"{imr} {union}")
    assert cited > 0
    assert rows(site, f"{imr} {{ ?x imr:hasCitation ?y }}") == cited
    assert rows(site, f"{imr} {{ ?y imr:citationOf ?x }}") == cited
    items = rows(site, f"{imr} {{ ?x imr:disputedItem ?y }}")
    assert rows(site, f"{imr} {{ ?y imr:itemOf ?x }}") == items


def test_a_fault_beside_an_entailed_term_is_told_at_its_place(site: TestClient):
    query = "PREFIX imr: <https://w3id.org/imr-kg/ontology#> ASK { ?x imr:itemOf ?y .. }"
    answer = site.get("/sparql", params={"query": query})
    assert (answer.status_code, answer.json()["column"]) == (400, query.index("..") + 2)
