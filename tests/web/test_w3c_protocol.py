"""The W3C's protocol and service description tests; this server does not accept updates."""

from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from conftest_web import generation
from fastapi.testclient import TestClient
from rdflib import RDF, Graph, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.compare import isomorphic

from kg.web.app import create_app

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
RDFS = Namespace("http://www.w3.org/2000/01/rdf-schema#")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
TABULAR = ("application/sparql-results", "text/csv", "text/tab-separated-values")


@pytest.fixture(scope="module")
def manifest(shared: Path) -> Graph:
    return Graph().parse(shared / "w3c/sparql/sparql11/protocol/manifest.ttl")


@pytest.fixture
def endpoint(root: Path, settings, manifest: Graph):
    quads = [
        ox.Quad(
            quad.subject, quad.predicate, quad.object, ox.NamedNode(str(manifest.value(data, RDFS.label)))
        )
        for data in set(manifest.objects(None, UT.graphData))
        for quad in ox.parse(path=_path(manifest.value(data, UT.graph)), format=ox.RdfFormat.N_TRIPLES)
    ]
    generation(root, "000002", quads)
    with TestClient(create_app(root, settings), base_url="http://www.example") as client:
        yield client


def _path(address: Any) -> str:
    return str(address).removeprefix("file://")


def _requests(manifest: Graph, test: URIRef) -> list[Any]:
    action = manifest.value(test, MF.action)
    return list(Collection(manifest, manifest.value(action, HT.requests)))


def _ask(client: TestClient, manifest: Graph, request: Any):
    body = manifest.value(request, HT.body)
    headers = {
        str(manifest.value(field, HT.fieldName)): str(manifest.value(field, HT.fieldValue))
        for node in manifest.objects(request, HT.headers)
        for field in Collection(manifest, node)
    }
    content = None
    if body is not None:
        encoding = str(manifest.value(body, CNT.characterEncoding) or "utf-8")
        content = str(manifest.value(body, CNT.chars)).encode(encoding)
    path, method = str(manifest.value(request, HT.absolutePath)), str(manifest.value(request, HT.methodName))
    return client.request(method, path, content=content, headers=headers)


def test_all_protocol_tests(endpoint: TestClient, manifest: Graph):
    tests = sorted(manifest.subjects(RDF.type, MF.ProtocolTest))
    assert len(tests) == 34
    failed = {}
    for test in tests:
        name = str(test).rpartition("#")[2]
        if "update" in name:  # an update is refused, however well it is put
            answer = _ask(endpoint, manifest, _requests(manifest, test)[0])
            if not 400 <= answer.status_code < 500:
                failed[name] = answer.status_code
            continue
        for request in _requests(manifest, test):
            if fault := _fault(_ask(endpoint, manifest, request), manifest, manifest.value(request, HT.resp)):
                failed[name] = fault
    assert not failed


def _fault(answer: Any, manifest: Graph, expected: Any) -> str | None:
    statuses = [str(status)[-3] for status in manifest.objects(expected, MF.expectedStatus)]
    if str(answer.status_code)[0] not in statuses:
        return f"{answer.status_code} {answer.text[:200]}"
    kind, form = answer.headers["content-type"], str(manifest.value(expected, MF.expectedFormat))
    if form in {"tabular", "boolean"} and not kind.startswith(TABULAR):
        return kind
    if form == "RDF" and not kind.startswith(("text/turtle", "application/rdf+xml")):
        return kind
    truth = manifest.value(expected, MF.expectedBoolean)
    if truth is not None and answer.json()["boolean"] is not truth.toPython():
        return answer.text
    return None


@pytest.mark.parametrize("accept", ["text/turtle", "application/rdf+xml", "application/ld+json"])
def test_service_description(endpoint: TestClient, accept: str):
    answer = endpoint.get("/sparql", headers={"Accept": accept})
    assert answer.headers["content-type"].startswith(accept)
    triples = ox.parse(
        answer.content, format=ox.RdfFormat.from_media_type(accept), base_iri="http://no.example/"
    )
    lines = ox.serialize((quad.triple for quad in triples), format=ox.RdfFormat.N_TRIPLES)
    graph = Graph().parse(data=lines, format="nt")
    service = graph.value(None, SD.endpoint, URIRef("http://www.example/sparql"))
    assert (service, RDF.type, SD.Service) in graph
    known = {SD.Service, SD.Dataset, SD.Graph, SD.NamedGraph, SD.Language}
    types = {kind for kind in graph.objects(None, RDF.type) if str(kind).startswith(str(SD))}
    assert types <= known
    terms = ["supportedLanguage", "endpoint", "defaultDataset", "defaultGraph", "resultFormat", "feature"]
    assert {p for p in graph.predicates() if str(p).startswith(str(SD))} <= {SD[term] for term in terms}
    again = Graph().parse(data=endpoint.get("/sparql").text, format="turtle")
    assert isomorphic(graph, again)
