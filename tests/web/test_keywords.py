"""A keyword is one only where SPARQL has one: every term, named query, row and example is answered."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from rdflib import Graph

from kg import queries, resources
from kg.analysis.decisions import prepare
from kg.analysis.driver_row import row_query
from kg.analysis.drivers import drivers
from kg.analysis.filters import FILTERS, Filters
from kg.base.store import KnowledgeBase
from kg.errors import QueryError
from kg.graph import iri
from kg.web.pages.query import PREFIXES
from kg.web.sparql import guard

pytestmark = pytest.mark.long

ROOT = resources.folder("ontology").parent


def terms() -> list[str]:
    """The local names of all terms of the ontology."""
    found = Graph().parse(ROOT / "ontology" / "imr.ttl", format="turtle")
    space = f"{iri.DEFAULT_BASE}ontology#"
    return sorted({str(s).removeprefix(space) for s in found.subjects() if str(s).startswith(space)})


def examples() -> Iterator[tuple[str, str]]:
    """The SPARQL in the documentation: fenced blocks, and what follows ``PREFIX`` in prose and code."""
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        text = path.read_text(encoding="utf-8")
        for number, block in enumerate(re.findall(r"```sparql\n(.*?)```", text, re.DOTALL)):
            yield f"{path.name}-{number}", block
        for number, block in enumerate(
            re.findall(r"echo ['\"]((?:PREFIX|SELECT|ASK|CONSTRUCT)[^\n]*?)['\"] \|", text)
        ):
            yield f"{path.name}-echo-{number}", block


def asked(client: TestClient, query: str) -> int:
    """The status of an answer, all sent by POST as editors do."""
    return client.post(
        "/sparql", data={"query": query}, headers={"Accept": "text/csv, text/turtle"}
    ).status_code


@pytest.fixture(scope="module", params=["base", "endpoint"])
def served(request: pytest.FixtureRequest) -> TestClient:
    """A server over a base, and one before another SPARQL server."""
    return request.getfixturevalue({"base": "site", "endpoint": "remote"}[request.param])


def test_every_term_and_prefix_can_be_asked_for(served: TestClient) -> None:
    for term in terms():
        assert (
            asked(served, f"PREFIX imr: <{iri.ONTOLOGY}#> SELECT (COUNT(*) AS ?n) {{ ?s imr:{term} ?x }}")
            == 200
        ), term
        assert (
            asked(served, f"PREFIX imr: <{iri.ONTOLOGY}#> SELECT ?{term} {{ ?{term} a imr:{term} }} LIMIT 1")
            == 200
        ), term
    for name, space in PREFIXES.items():
        assert (
            asked(served, f"PREFIX {name}: <{space}> SELECT * {{ ?s ?p {name}:x {{ ?s ?p ?o }} }} LIMIT 1")
            == 200
        ), name


def test_every_named_query_is_answered_as_it_stands(served: TestClient) -> None:
    for name in queries.names():
        assert asked(served, queries.load(name).text) == 200, name


def test_every_example_is_answered(served: TestClient) -> None:
    for name, text in examples():
        assert asked(served, text) == 200, name


def test_every_row_under_every_filter_is_answered(built: Path, served: TestClient) -> None:
    with KnowledgeBase.open(built) as base:
        index = prepare(base.facts)
        for name in FILTERS:
            for value in index.values(name)[:2]:
                for level in ("section", "page"):
                    found = drivers(
                        index, level=level, filters=Filters.of(**{name: value}), minimum=1, sets=False
                    )
                    for row in found.rows[:2]:
                        assert asked(served, row_query.sparql(found, row.key)) == 200, (name, value, row.key)


GLUED = "PREFIX x: <http://a.example/> PREFIX : <http://a.example/> PREFIX service: <http://a.example/> "


@pytest.mark.parametrize(
    "query",
    [
        "ASK { SERVICEx:a { ?s ?p ?o } }",  # no space after a keyword: the engine reads SERVICE
        "ASK { SERVICE:a { ?s ?p ?o } }",
        "ASK { ?s ?p trueSERVICEx:a { ?s ?p ?o } }",
        "ASK { SERVICESILENT x:a { ?s ?p ?o } }",
        "ASK { ?s ?p ?o.SERVICE?o{ ?s ?p ?o } }",
        'ASK { ?s ?p "a\\u0022" . SERVICE <http://a.example/> {} . ?s ?p "b" }',  # one reading of escapes
        'ASK { ?s ?p "\\u0022 . SERVICE <http://a.example/> {} . ?s ?p \\u0022" }',  # the other
    ],
)
def test_a_service_in_any_spelling_is_refused(query: str) -> None:
    with pytest.raises(QueryError, match="SERVICE at character"):
        guard.check(GLUED + query)
