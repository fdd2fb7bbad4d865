"""The SPARQL protocol as clients meet it: forms, formats, limits."""

import time

import pytest
from conftest_web import until
from fastapi.testclient import TestClient

from kg.web.settings import Settings

FIRST = "SELECT ?v { <https://data.example/thing/7> <https://data.example/value> ?v }"
GRAPH = "CONSTRUCT WHERE { <https://data.example/thing/7> ?p ?o }"
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


def ask(client: TestClient, query: str, accept: str = "*/*", **more):
    return client.get("/sparql", params={"query": query}, headers={"Accept": accept, **more})


@pytest.mark.parametrize(
    ("accept", "media_type", "part"),
    [
        ("*/*", "application/sparql-results+json", '"value":"7"'),
        ("application/json", "application/sparql-results+json", '"value":"7"'),
        ("application/sparql-results+xml", "application/sparql-results+xml", "<variable name="),
        ("text/csv", "text/csv; charset=utf-8", "v\r\n7"),
        ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8", "?v\n7"),
        ("text/csv;q=0.2, application/xml;q=0.9", "application/sparql-results+xml", "<binding name="),
    ],
)
def test_solutions_in_each_format(client, accept, media_type, part):
    answer = ask(client, FIRST, accept)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == media_type
    assert part in answer.text


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "text/turtle; charset=utf-8"),
        ("application/n-triples", "application/n-triples; charset=utf-8"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("application/ld+json, text/turtle;q=0.9", "application/ld+json"),
    ],
)
def test_triples_in_each_format(client, accept, media_type):
    answer = ask(client, GRAPH, accept)
    assert answer.headers["content-type"] == media_type
    assert "thing/7" in answer.text


@pytest.mark.parametrize(
    ("query", "accept", "status"),
    [
        ("SELECT ?v {", "*/*", 400),  # syntax
        ("SELECT ?v {} ; SELECT ?v {}", "*/*", 400),  # two queries
        ("ASK { SERVICE <http://127.0.0.1:1/> {} }", "*/*", 400),
        ("ASK {" * 200 + "}" * 200, "*/*", 400),  # nesting
        ("SELECT * {}", "image/png", 406),
        ("SELECT * {" + " " * 40_000 + "}", "*/*", 413),
        ("INSERT DATA { <a:b> <a:b> <a:b> }", "*/*", 400),  # an update is no query
        ("SELECT * { ?a ?b ?c . ?d ?e ?f }", "*/*", 413),  # 90,000 rows in a result of at most 200
        (RUNAWAY, "*/*", 504),
    ],
)
def test_what_is_refused_says_why(client, query, accept, status):
    answer = ask(client, query, accept)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


def test_a_syntax_error_has_its_place(client):
    problem = ask(client, "SELECT ?v\n{ ?s ?p }").json()
    assert (problem["line"], problem["column"]) == (2, 9)
    assert problem["detail"] == "line 2, column 9: unexpected '}'; expected '(', '[' or a term"


@pytest.mark.parametrize(
    ("query", "more"),
    [
        ("SELECT * FROM <https://data.example/g> { ?s ?p ?o }", {}),
        ("SELECT * FROM NAMED <https://data.example/g> { ?s ?p ?o }", {}),
        ("SELECT * { GRAPH <https://data.example/g> { ?s ?p ?o } }", {}),
        ("PREFIX d: <https://data.example/> ASK { GRAPH d:g { ?s ?p ?o } }", {}),
        ("ASK { GRAPH ?g { ?s ?p ?o } }", {}),
        ("ASK { ?s ?p ?o }", {"default-graph-uri": "https://data.example/g"}),
        ("ASK { ?s ?p ?o }", {"named-graph-uri": "https://data.example/g"}),
    ],
)
def test_a_graph_that_is_not_there_is_refused(client, query, more):
    answer = client.get("/sparql", params={"query": query, **more})
    assert answer.status_code == 400
    assert "there is no such graph; all triples are in the default graph" in answer.json()["detail"]


def test_an_alternative_path_gives_each_pair_once(client):
    """As docs/sparql.md says: the standard would give a pair for each of the properties that join it."""
    start, value = "<https://data.example/thing/7>", "<https://data.example/value>"
    rows = ask(client, f"SELECT ?v {{ {start} {value}|{value} ?v }}", "text/csv").text.split()
    assert rows == ["v", "7"]
    both = f"{{ {start} {value} ?v }} UNION {{ {start} {value} ?v }}"
    assert ask(client, f"SELECT ?v {{ {both} }}", "text/csv").text.split() == ["v", "7", "7"]


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (FIRST, "application/sparql-query", 200),
        (FIRST, "application/sparql-query; charset=UTF-8", 200),
        (FIRST, "application/sparql-query; charset=latin-1", 415),
        (FIRST, "text/plain", 415),
        (b"ASK { ?s ?p '\xff' }", "application/sparql-query", 400),
        ("INSERT DATA {}", "application/sparql-update", 403),
        ("update=CLEAR+ALL", "application/x-www-form-urlencoded", 403),
        ("query=ASK%20%7B%7D", "application/x-www-form-urlencoded", 200),
        ("query=ASK%20%7B%7D&query=ASK%20%7B%7D", "application/x-www-form-urlencoded", 400),
        ("query=%FF", "application/x-www-form-urlencoded", 400),
        ("", "application/x-www-form-urlencoded", 400),
        ("x" * 200_000, "application/sparql-query", 413),
    ],
)
def test_post(client, content, kind, status):
    assert client.post("/sparql", content=content, headers={"Content-Type": kind}).status_code == status


def test_a_compressed_body_is_not_unpacked(client):
    headers = {"Content-Type": "application/sparql-query", "Content-Encoding": "gzip"}
    assert client.post("/sparql", content=b"\x1f\x8b", headers=headers).status_code == 415


def test_an_empty_get_describes_the_service(client):
    answer = client.get("/sparql", headers={"Accept": "text/turtle"})
    assert "sparql-service-description#endpoint" in answer.text.replace("sd:", "sparql-service-description#")


def test_a_runaway_query_is_gone_and_its_worker_back(client, settings: Settings):
    began = time.monotonic()
    assert ask(client, RUNAWAY).status_code == 504
    assert time.monotonic() - began < settings.time_limit + 0.5
    state = client.app.state.state
    until(lambda: len(state.visitors.pids()) == settings.workers)
    assert ask(client, FIRST).status_code == 200


def test_an_unchanged_answer_is_not_sent_again(client):
    etag = ask(client, FIRST).headers["etag"]
    assert ask(client, FIRST, **{"If-None-Match": etag}).status_code == 304
    assert ask(client, FIRST, "text/csv", **{"If-None-Match": etag}).status_code == 200


def test_methods(client):
    assert "POST" in client.options("/sparql").headers["allow"]
    assert client.put("/sparql").status_code == 405
    head = client.head("/sparql", params={"query": FIRST})
    assert (head.status_code, head.text) == (200, "")
    assert (
        client.get("/sparql", params={"query": FIRST}, headers={"Origin": "https://a.example"}).headers[
            "access-control-allow-origin"
        ]
        == "*"
    )
