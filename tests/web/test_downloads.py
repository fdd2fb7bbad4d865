"""Everything can be fetched: whole results or none, dumps in parts, and one description of the data set."""

import gzip
import io
import json
import re
import time
from html import unescape
from urllib.parse import quote

import polars as pl
import pyoxigraph as ox
import pytest
from fastapi.testclient import TestClient
from rdflib import Graph, URIRef
from rdflib.namespace import DCAT, DCTERMS, RDF, RDFS, SH, SKOS, VOID

from kg import queries, resources, turtle
from kg.base import stored_columns
from kg.base.archive import dumps
from kg.base.dataset_description import license_of_data
from kg.base.store import KnowledgeBase
from kg.graph import iri, terms
from kg.graph.vocab import IMR
from kg.web.settings import Settings

LARGE = "CONSTRUCT { ?a ?e ?f } WHERE { ?a ?b ?c . ?d ?e ?f }"


@pytest.fixture(scope="module")
def files(site: TestClient) -> dict[str, dict]:
    """The dumps, when all are made."""
    assert site.get("/download").status_code == 200  # begins to make them
    while site.app.state.state.dumping:
        time.sleep(0.2)
    rows = site.get("/download", headers={"Accept": "application/json"}).json()["results"]
    assert all(row["bytes"] for row in rows)
    return {row["name"]: row for row in rows}


def read(site: TestClient, name: str) -> set[str]:
    data = site.get(f"/download/{name}").content
    form = ox.RdfFormat.from_extension(name.split(".")[1])
    return {str(quad.triple) for quad in ox.parse(gzip.decompress(data), format=form)}


@pytest.fixture(scope="module")
def settings(settings: Settings) -> Settings:
    """Small limits, but time enough to reach that of bytes on a busy machine, in a slow format too."""
    return settings.model_copy(update={"time_limit": 120.0})


@pytest.mark.parametrize("form", ["ttl", "nt", "jsonld", "rdf"])
def test_a_result_over_a_limit_is_refused_before_its_first_byte(client: TestClient, form: str):
    answer = client.get("/sparql", params={"query": LARGE, "format": form})
    assert answer.status_code == 413
    assert "/download" in answer.json()["detail"]


def test_the_dumps_hold_all_triples(site: TestClient, files: dict[str, dict], built):
    with KnowledgeBase.open(built) as base:
        whole = {str(quad.triple) for quad in ox.Store.read_only(str(base.graph_folder))}
        facts = base.facts
    for name in files:
        if name.startswith("graph"):
            assert read(site, name) == whole, name
    table = pl.read_parquet(io.BytesIO(site.get("/download/facts.parquet").content))
    assert table.equals(facts)
    assert pl.read_csv(io.BytesIO(site.get("/download/facts.csv").content)).height == facts.height


FILES = [
    *("/download/facts.csv", "/download/graph.nt.gz", "/api/drivers?format=csv"),
    "/api/queries/outcomes_by_category?format=csv",
    "/sparql?format=csv&query=SELECT * { ?s ?p ?o } LIMIT 4000",  # several pieces of 64 KB
]


@pytest.mark.parametrize("address", FILES)
def test_a_part_of_a_file_is_given(site: TestClient, files: dict[str, dict], address: str):
    whole = site.get(address, headers={"Accept-Encoding": "identity"})
    head = site.head(address, headers={"Accept-Encoding": "identity"}).headers
    assert (head["accept-ranges"], head["content-length"]) == ("bytes", str(len(whole.content)))
    size = len(whole.content)
    for asked, start, end in (("2-5", 2, 6), ("-3", size - 3, size), (f"{size - 2}-", size - 2, size)):
        part = site.get(address, headers={"Range": f"bytes={asked}", "Accept-Encoding": "identity"})
        assert (part.status_code, part.content) == (206, whole.content[start:end])
        assert part.headers["content-range"] == f"bytes {start}-{end - 1}/{size}"
    assert site.get(address, headers={"Range": f"bytes={size}-"}).status_code == 416
    # Only of what was there before: a client that goes on with a file of an earlier generation gets it whole.
    other = {"Range": "bytes=2-5", "If-Range": '"of an earlier generation"', "Accept-Encoding": "identity"}
    assert (site.get(address, headers=other).status_code, site.get(address, headers=other).content) == (
        200,
        whole.content,
    )
    if tag := head.get("etag"):
        assert site.get(address, headers=other | {"If-Range": tag}).status_code == 206


@pytest.mark.long
def test_polars_reads_tables_from_a_server(built, live):
    server = live(built)
    while server.get("/download/facts.csv")[0] == 503:  # being made
        time.sleep(0.2)
    for address in FILES:
        if "csv" in address:
            url = server.address + quote(address, safe="/?=&")
            whole = pl.read_csv(io.BytesIO(server.get(quote(address, safe="/?=&"))[1]), infer_schema=False)
            assert pl.read_csv(url, infer_schema=False).equals(whole), address


def test_a_file_that_is_not_offered(site: TestClient):
    answer = site.get("/download/ledger.sqlite")
    assert answer.status_code == 404
    assert "graph.nt.gz" in answer.json()["detail"]


def test_the_same_generation_gives_the_same_bytes(built, files: dict[str, dict]):
    with KnowledgeBase.open(built) as base:
        place = dumps.folder(base) / "graph.nt.gz"
        before = place.read_bytes()
        place.unlink()
        dumps.make(base)
        assert place.read_bytes() == before


def test_the_page_lists_them(site: TestClient, files: dict[str, dict]):
    page = site.get("/download", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert all(f"/download/{name}" in page.text for name in files)


def described(answer) -> Graph:
    assert answer.status_code == 200
    return Graph().parse(data=answer.text, format="turtle")


def test_the_data_set_is_described_once_whatever_the_host(site: TestClient, files: dict[str, dict]):
    found = described(site.get("/.well-known/void", headers={"Accept": "text/turtle"}))
    whole, own = URIRef(iri.dataset()), URIRef(iri.dataset("000001"))
    assert (whole, RDF.type, DCAT.Dataset) in found
    assert (own, DCTERMS.isVersionOf, whole) in found
    for name in (DCTERMS.title, DCTERMS.license, DCTERMS.publisher, DCTERMS.conformsTo, VOID.sparqlEndpoint):
        assert found.value(whole, name), name
    for name in (DCTERMS.created, DCTERMS.issued, DCTERMS.temporal, VOID.triples, VOID.dataDump):
        assert found.value(own, name), name
    assert {str(file).rpartition("/")[2] for file in found.objects(own, DCAT.distribution)} == set(files)
    counted = {
        str(found.value(part, VOID.property)): int(found.value(part, VOID.triples))
        for part in found.objects(own, VOID.propertyPartition)
    }
    classes = {str(found.value(part, VOID["class"])) for part in found.objects(own, VOID.classPartition)}
    assert sum(counted.values()) == int(found.value(own, VOID.triples))
    assert {str(IMR.Determination), str(IMR.Citation)} <= classes
    again = described(site.get("/dataset/000001.ttl"))
    assert (own, DCTERMS.isVersionOf, whole) in again
    assert (whole, DCTERMS.title, None) in described(site.get("/dataset.ttl"))
    answer = site.get("/sparql", params={"query": f"ASK {{ <{whole}> a <{DCAT.Dataset}> }}"})
    assert answer.json()["boolean"] is True


def test_every_description_of_the_data_states_one_licence(site: TestClient, files: dict[str, dict]):
    """DCAT and VoID, schema.org and Croissant, signposting, the endpoint."""
    said = [
        (name, license_of_data()) for name in ("whole", "own", "card", "signpost", "endpoint", *sorted(files))
    ]
    found = described(site.get("/.well-known/void", headers={"Accept": "text/turtle"}))
    whole, own = URIRef(iri.dataset()), URIRef(iri.dataset("000001"))
    stated = [("whole", found.objects(whole, DCTERMS.license)), ("own", found.objects(own, DCTERMS.license))]
    stated.append(("card", [site.get("/about", headers={"Accept": "application/ld+json"}).json()["license"]]))
    stated.append(("signpost", re.findall('<([^>]*)>; rel="license"', site.get("/about").headers["link"])))
    query = f"SELECT ?l {{ <{whole}> <{DCTERMS.license}> ?l }}"
    rows = site.get("/sparql", params={"query": query}).json()["results"]["bindings"]
    stated.append(("endpoint", [row["l"]["value"] for row in rows]))
    stated += [
        (str(file).rpartition("/")[2], found.objects(file, DCTERMS.license))
        for file in sorted(found.objects(own, DCAT.distribution))
    ]
    assert [(name, str(one)) for name, several in stated for one in several] == said


def test_the_vocabularies_have_the_licence_of_the_program(site: TestClient):
    program = "https://www.apache.org/licenses/LICENSE-2.0"
    for name in ("imr.ttl", "shapes.ttl"):
        text = resources.text("ontology", name)
        assert [term for term in turtle.statements(text).values() if program in term[str(DCTERMS.license)]], (
            name
        )
    query = f"""SELECT DISTINCT ?l {{
        ?scheme a <http://www.w3.org/2004/02/skos/core#ConceptScheme> ; <{DCTERMS.license}> ?l }}"""
    rows = site.get("/sparql", params={"query": query}).json()["results"]["bindings"]
    assert [row["l"]["value"] for row in rows] == [program]


def test_named_queries_are_executables(site: TestClient):
    found = described(site.get("/queries", headers={"Accept": "text/turtle"}))
    assert {str(name) for name in found.subjects(RDF.type, SH.SPARQLExecutable)} == {
        iri.query(name) for name in queries.names()
    }
    for name in queries.names():
        subject = URIRef(iri.query(name))
        assert str(found.value(subject, RDFS.comment)) == queries.load(name).summary
        assert described(site.get(f"/query/{name}.ttl")).value(subject, SH.select)
        page = site.get(f"/query/{name}", headers={"Accept": "text/html"}, follow_redirects=False)
        assert page.headers["location"].startswith("/query?query=")


def test_the_about_page_holds_schema_org_and_croissant(site: TestClient, files: dict[str, dict]):
    page = site.get("/about", headers={"Accept": "text/html"})
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.text, re.DOTALL)
    found = json.loads(text)
    assert found == site.get("/about", headers={"Accept": "application/ld+json"}).json()
    assert found["conformsTo"] == "http://mlcommons.org/croissant/1.0"
    assert {file["name"] for file in found["distribution"]} == set(files)
    assert all(re.fullmatch("[0-9a-f]{64}", file["sha256"]) for file in found["distribution"])
    (records,) = found["recordSet"]
    assert [field["name"] for field in records["field"]] == list(stored_columns.FACTS)
    links = page.headers["link"]
    for relation in ("cite-as", "describedby", "license", "type", "item"):
        assert f'rel="{relation}"' in links


def test_each_term_has_a_page(site: TestClient):
    """Of ours and of other vocabularies: whether it is stated or entailed, with an example that runs."""
    said = turtle.statements(resources.text("ontology", "imr.ttl"))
    kinds = {term: {turtle.local(kind) for kind in said[term][str(RDF.type)]} for term in said if ":" in term}
    terms_of_all = [term for term, of in kinds.items() if "Class" in of or any("Property" in k for k in of)]
    assert len(terms_of_all) > 200
    for address in terms_of_all:
        term = terms.described(terms.names()[address])
        assert term.status.startswith(("Stated", "Entailed", "Neither"))
        page = site.get(f"/terms/{term.name}")
        assert page.status_code == 200, term.name
        text = unescape(page.text)
        assert term.status in text
        assert term.query in text
        for value in said[address][str(RDFS.domain)]:
            assert turtle.local(value) in text
        if (found := site.get("/sparql", params={"query": term.query})).status_code != 200:
            raise AssertionError((term.name, found.text))
        rows = found.json()["results"]["bindings"]
        assert rows or term.status.startswith("Neither") or said[address][str(SKOS.scopeNote)], term.name
    assert site.get("/terms/itemOf").text == site.get("/terms/imr:itemOf").text
    for wrong in ("nothing", "cito:nothing", "nothing:nothing", "cito:", ":", "dcat:Dataset:x"):
        assert site.get(f"/terms/{wrong}").status_code == 404, wrong
