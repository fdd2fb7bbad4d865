"""Linked data: every IRI of a letter answers, by Accept and by suffix."""

import io
import os
import re
from collections import defaultdict
from html import unescape
from pathlib import Path

import pytest
from conftest_web import Asker
from fastapi.testclient import TestClient
from rdflib import SKOS, Graph, URIRef

from kg.analysis.decisions import LEVELS
from kg.base.building.build import build
from kg.base.export import export
from kg.base.graphs import CATALOGUE
from kg.base.store import KnowledgeBase
from kg.graph import iri
from kg.sample import sample
from kg.web.app import create_app
from kg.web.settings import Settings

BASE = "https://w3id.org/imr-kg/"


@pytest.fixture(scope="module")
def case(site: TestClient) -> str:
    return site.get("/api/cases?limit=1").json()["results"][0]["case"]


def test_every_iri_of_a_letter_answers(site: TestClient, case: str):
    graph = Graph().parse(data=site.get(f"/case/{case}.nt").text, format="nt")
    subjects = {str(subject) for subject in graph.subjects()}
    assert all(subject.startswith(f"{BASE}case/{case}") for subject in subjects)
    ours = {str(o) for o in graph.objects() if isinstance(o, URIRef) and str(o).startswith(BASE)}
    for address in sorted(subjects | ours):
        path = "/" + address.removeprefix(BASE).partition("#")[0]
        answer = site.get(path, headers={"Accept": "text/html"}, follow_redirects=False)
        if path == "/ontology":  # its own page, where pyLODE made one
            answer = site.get(path, headers={"Accept": "text/turtle"})
            assert (answer.status_code, answer.headers["content-type"]) == (200, "text/turtle; charset=utf-8")
            continue
        assert answer.status_code == 303, path
        assert site.get(answer.headers["location"]).status_code == 200, answer.headers["location"]


def printed(site: TestClient, built: Path) -> set[str]:
    """Every IRI of ours that the base and whatever writes triples prints, as paths without a fragment."""
    texts = []
    with KnowledgeBase.open(built) as base:
        for form, quotes in (("nt", True), ("jsonld", False)):
            out = io.BytesIO()
            export(base, form, out, quotes=quotes)
            texts.append(out.getvalue().decode())
        texts.append((base.folder / CATALOGUE).read_text(encoding="utf-8"))
    figures = [site.get(f"/api/drivers?level={level}&minimum=1").json()["results"] for level in LEVELS]
    turtle = ["/.well-known/void", "/ontology.ttl", "/shapes.ttl", "/context.jsonld", "/queries", "/about"]
    turtle += [f"/api/drivers?level={level}&minimum=1" for level in LEVELS]
    turtle += [row["figure"] for rows in figures for row in rows[:3]]
    for accept in ("text/turtle", "application/n-triples", "application/ld+json", "text/html"):
        texts += [site.get(address, headers={"Accept": accept}).text for address in turtle]
    found = re.findall(rf"{re.escape(BASE)}([^\s<>\"'#{{}}\\\\|^`]*)", "\n".join(texts))
    return {path for one in found if (path := unescape(one).rstrip(".,;)")) and not path.endswith("/")}


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A knowledge base of letters of all forms, few enough to ask for all that it names."""
    folder = tmp_path_factory.mktemp("few")
    sample(10, 5, folder / "sample")
    build([folder / "sample" / "letters"], folder / "kb", processes=1)
    return folder / "kb"


EVERY = int(os.environ.get("KG_LINKED", "3"))
"""Of IRIs of one form every so many-th is asked for; ``make linked`` asks for all."""


def some(paths: set[str]) -> set[str]:
    """Of the paths that differ in numbers and names alone every so many-th."""
    forms = defaultdict(list)
    for path in sorted(paths):
        kind, *parts = path.split("/")
        forms[kind, *(part if part.isalpha() and len(part) < 9 else "" for part in parts)].append(path)
    return {path for alike in forms.values() for path in alike[::EVERY]}


@pytest.mark.long
def test_every_iri_that_a_base_or_any_export_prints_answers(few: Path):
    """As data and as a page; a page to which several lead is asked for once."""
    with TestClient(create_app(few, Settings(workers=2, poll_time=5))) as site:
        paths = some(printed(site, few))
        assert len(paths) > 1_500
        assert not site.portal.call(silent_of, Asker(site), paths)


async def silent_of(asker: Asker, paths: set[str]) -> dict[object, int]:
    """The paths that do not answer, with the status that they answer."""
    pages: dict[str, str] = {}
    silent: dict[object, int] = {}
    for path in sorted(paths):
        data = await asker.get(f"/{path}", "text/turtle")
        if data.status == 303:
            data = await asker.get(data.headers["location"], "text/turtle")
        if data.status != 200 or not data.body.strip():
            silent[path] = data.status
        shown = await asker.get(f"/{path}", "text/html")
        if shown.status == 303:
            pages[shown.headers["location"].partition("#")[0]] = path
        elif shown.status != 200:
            silent[path, "page"] = shown.status
    found = {(path, page): (await asker.get(page, "text/html")).status for page, path in pages.items()}
    return silent | {named: status for named, status in found.items() if status != 200}


@pytest.mark.parametrize(
    ("accept", "suffix"),
    [
        ("text/turtle", ".ttl"),
        ("application/ld+json", ".jsonld"),
        ("application/n-triples", ".nt"),
        ("text/html;q=0.1, application/rdf+xml", ".rdf"),
    ],
)
def test_data_is_found_by_accept(site: TestClient, case: str, accept: str, suffix: str):
    answer = site.get(f"/case/{case}/item/1", headers={"Accept": accept}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/case/{case}/item/1{suffix}")
    data = site.get(answer.headers["location"])
    assert data.headers["content-type"].startswith(accept.rpartition(", ")[2])
    assert f"case/{case}/item/1" in data.text
    assert 'rel="canonical"' in data.headers["link"]


def test_a_generation_is_described(site: TestClient):
    answer = site.get("/dataset/000001", headers={"Accept": "text/turtle"})
    assert answer.status_code == 200
    graph = Graph().parse(data=answer.text, format="turtle")
    assert URIRef(f"{BASE}dataset/000001") in set(graph.subjects())


@pytest.mark.parametrize(
    "path",
    [
        "/api/drivers?level=chapter&minimum=3&year=2014-2016",
        "/figures/comparison?one-sex=male&other-sex=female",
    ],
)
def test_data_sets_and_observations_are_counted_again(site: TestClient, path: str):
    told = site.get(path, headers={"Accept": "application/n-triples"}).text
    subjects = sorted(set(re.findall(rf"^<{BASE}(dataset/[^>]+)>", told, re.M)))
    assert len(subjects) > 5
    for subject in [*subjects[:2], *subjects[-2:]]:
        again = site.get(f"/{subject}", headers={"Accept": "application/n-triples"}).text
        assert {*again.splitlines()} == {
            line for line in told.splitlines() if line.startswith(f"<{BASE}{subject}>")
        }
        assert site.get(f"/{subject}", headers={"Accept": "text/html"}).status_code == 200
    for statistic in set(re.findall(rf"<{BASE}(statistic/[^>]+)>", told)):
        assert "prefLabel" in site.get(f"/{statistic}", headers={"Accept": "application/n-triples"}).text
    none = ("dataset/000001/x", "dataset/000001/drivers/page", "dataset/000009/drivers/a/b/c/1/d")
    for wrong in (*none, "statistic/no-such"):
        assert site.get(f"/{wrong}", headers={"Accept": "text/turtle"}).status_code in {404, 422}, wrong


def test_item_data_is_the_items_alone(site: TestClient, case: str):
    graph = Graph().parse(data=site.get(f"/case/{case}/item/1.ttl").text, format="turtle")
    assert all(str(subject).startswith(f"{BASE}case/{case}/item/1") for subject in graph.subjects())


@pytest.mark.parametrize(
    "path", ["/case/CM99-9999999.ttl", "/guideline/none.ttl", "/case/", "/case", "/specialty/no-such.nt"]
)
def test_what_is_not_there_is_not_found(site: TestClient, path: str):
    assert site.get(path, headers={"Accept": "text/turtle"}).status_code == 404


def test_nothing_acceptable(site: TestClient, case: str):
    assert site.get(f"/case/{case}", headers={"Accept": "image/png"}).status_code == 406


def test_void_robots_and_sitemap(site: TestClient, case: str):
    void = Graph().parse(data=site.get("/.well-known/void").text, format="turtle")
    endpoint = URIRef("http://rdfs.org/ns/void#sparqlEndpoint")
    assert str(next(void.objects(None, endpoint))) == "http://testserver/sparql"
    assert "sitemap.xml" in site.get("/robots.txt").text
    assert "/sitemap-1.xml" in site.get("/sitemap.xml").text
    assert f"/cases/{case}" in site.get("/sitemap-1.xml").text
    assert site.get("/sitemap-99.xml").status_code == 404


def test_every_iri_of_the_graph_answers(site: TestClient):
    """Of each kind of IRI some, of what letters share all kinds; a fragment is of its document."""
    query = "SELECT DISTINCT ?x { { ?x ?p ?o } UNION { ?s ?x ?o } UNION { ?s ?p ?x FILTER isIRI(?x) } }"
    answer = site.get("/sparql", params={"query": query}, headers={"Accept": "text/csv"})
    kinds: dict[str, set[str]] = {}
    for line in answer.text.splitlines():
        address = line.strip('"').partition("#")[0]
        if address.startswith(BASE):
            path = address.removeprefix(BASE)
            shape = re.sub("[0-9]+", "0", "/".join([path.partition("/")[0], *path.split("/")[2:]]))
            kinds.setdefault(shape if path.startswith("case/") else path.partition("/")[0], set()).add(path)
    assert {*iri.SCHEMES, "run", "project", "ontology"} <= set(kinds)
    for paths in kinds.values():
        # All that there are, where they are few.
        for path in (sorted(paths)[:: max(1, len(paths) // 4)], *[p for p in paths if "/" not in p]):
            for one in [path] if isinstance(path, str) else path:
                found = site.get(f"/{one}", headers={"Accept": "text/turtle"})
                assert found.status_code == 200, one
                assert len(Graph().parse(data=found.text, format="turtle")) > 0, one
                shown = site.get(f"/{one}", headers={"Accept": "text/html"})
                assert shown.status_code == 200, one


@pytest.mark.parametrize("suffix", [".ttl", ".nt", ".rdf"])
def test_a_scheme_has_its_top_concepts(site: TestClient, suffix: str):
    found = site.get(f"/outcome{suffix}")
    assert found.status_code == 200
    form = "xml" if suffix == ".rdf" else suffix[1:]
    graph = Graph().parse(data=found.text, format=form)
    assert len(list(graph.objects(URIRef(f"{BASE}outcome"), SKOS.hasTopConcept))) == 3


def test_what_documents_name_answers(site: TestClient):
    context = site.get("/context.jsonld")
    assert context.headers["content-type"] == "application/ld+json"
    assert context.json()["@context"]["imr"] == f"{BASE}ontology#"
    shapes = Graph().parse(data=site.get("/shapes").text, format="turtle")
    assert (URIRef(f"{BASE}shapes#Citation"), None, None) in shapes
    assert site.get("/ontology/0.1.0", headers={"Accept": "text/turtle"}).status_code == 200
    assert site.get("/ontology/0.0.1", headers={"Accept": "text/turtle"}).status_code == 404
