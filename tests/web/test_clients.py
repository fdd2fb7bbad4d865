"""Clients that others wrote get right answers from a real server."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest_web import Live
from rdflib import RDF, Graph, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore

pytestmark = pytest.mark.long
DETERMINATION = URIRef("https://w3id.org/imr-kg/ontology#Determination")
COUNT = f"SELECT (COUNT(?d) AS ?n) {{ ?d a <{DETERMINATION}> }}"


@pytest.fixture(scope="module")
def server(built: Path) -> Iterator[Live]:
    live = Live(built, workers=2)
    yield live
    live.stop()


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib(server: Live, method: str):
    graph = Graph(store=SPARQLStore(f"{server.address}/sparql", method=method))
    assert [int(row.n) for row in graph.query(COUNT)] == [120]
    assert len(list(graph.subjects(RDF.type, DETERMINATION))) == 120
    assert graph.query(f"ASK {{ ?d a <{DETERMINATION}> }}").askAnswer


@pytest.mark.parametrize(
    ("accept", "line"),
    [("text/csv", "120"), ("text/tab-separated-values", "120"), ("application/json", '"120"')],
)
def test_curl(server: Live, accept: str, line: str):
    words = ["curl", "-sf", "-H", f"Accept: {accept}", "--data-urlencode", f"query={COUNT}"]
    answer = subprocess.run([*words, f"{server.address}/sparql"], capture_output=True, text=True, check=True)
    assert line in answer.stdout


def test_linked_data_is_followed_by_rdflib(server: Live):
    case = Graph().parse(f"{server.address}/sitemap-1.xml".replace("sitemap-1.xml", ".well-known/void"))
    assert len(case) > 3
