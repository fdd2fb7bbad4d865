"""Pages and answers whose graph lies on another server."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sparql_servers import virtuoso_at

from kg import queries
from kg.base.publish import publish
from kg.base.store import KnowledgeBase
from kg.web.app import create_app
from kg.web.settings import Settings
from kg.web.sparql.remote import MISSING

ALIKE = ("outcomes_by_page", "outcomes", "case", "cases", "letters_by_month")
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
HTML = {"Accept": "text/html"}


def rows(client: TestClient, name: str, case: str) -> object:
    """The rows of a named query, without the addresses that only a base gives them."""
    wanted = {p.name for p in queries.load(name).parameters if p.default is None}
    answer = client.get(f"/api/queries/{name}", params={"case": case} if wanted else {})
    assert answer.status_code == 200, answer.text
    return [{one: row[one] for one in row if one != "figure"} for row in answer.json()["results"]]


def alike(found: object) -> object:
    """Rows without the last digits of numbers, and with numbers for yes and no, in which servers differ."""
    text = json.dumps(found).replace(": true", ": 1").replace(": false", ": 0")
    return json.loads(text, parse_float=lambda text: round(float(text), 6), parse_int=float)


@pytest.fixture(scope="module")
def case(built: Path) -> str:
    with KnowledgeBase.open(built) as base:
        return base.cases()[7]


def test_queries_and_data_are_those_of_the_base(remote: TestClient, site: TestClient, case: str) -> None:
    for name in ALIKE:
        assert rows(remote, name, case) == rows(site, name, case)
    for form in ("json", "csv", "xml", "tsv"):
        wanted = {"query": COUNT, "format": form}
        assert remote.get("/sparql", params=wanted).text == site.get("/sparql", params=wanted).text
    ask = {"query": "ASK { ?s ?p ?o }", "format": "csv"}
    assert remote.get("/sparql", params=ask).text == "true\n"
    page = "/guideline/acoem-2004/12.nt"
    assert sorted(remote.get(page).text.splitlines()) == sorted(site.get(page).text.splitlines())
    assert remote.get(f"/case/{case}.ttl").status_code == 200


def test_cases_are_listed_and_shown(remote: TestClient, site: TestClient, case: str) -> None:
    ours, theirs = site.get("/api/cases?outcome=overturned&limit=5").json(), None
    theirs = remote.get("/api/cases?outcome=overturned&limit=5").json()
    assert theirs["total"] == ours["total"]
    assert [row["case"] for row in theirs["results"]] == [row["case"] for row in ours["results"]]
    assert theirs["results"][0]["items"] == ours["results"][0]["items"]
    after = remote.get("/api/cases", params={"outcome": "overturned", "limit": 5, "cursor": theirs["next"]})
    assert after.json()["results"][0]["case"] > theirs["results"][-1]["case"]
    assert remote.get(f"/api/cases/{case}").json()["items"][0]["text"] in remote.get(f"/cases/{case}").text
    assert remote.get("/cases", headers=HTML).text.count("<tr>") > 5
    assert "120" in remote.get("/", headers=HTML).text
    cited = remote.get("/api/queries/outcomes_by_page").json()["results"][0]["page"]
    shown = remote.get(f"/guidelines/{cited.partition('/guideline/')[2]}", headers=HTML)
    assert "/cases/CM" in shown.text
    assert remote.get("/cases/CM99-0000000", headers=HTML).status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/api/drivers", "/api/cases/{}/related", "/api/cases/{}/letter", "/api/search?q=knee", "/api/stats"],
)
def test_what_needs_a_base_says_so(path: str, remote: TestClient, case: str) -> None:
    answer = remote.get(path.format(case))
    assert answer.status_code == 501
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == MISSING


@pytest.mark.parametrize("path", ["/drivers", "/explore?node=drug/ibuprofen", "/search?q=knee", "/about"])
def test_a_page_that_needs_a_base_says_so(path: str, remote: TestClient) -> None:
    answer = remote.get(path, headers=HTML)
    assert answer.status_code == 501
    assert "only the graph" in answer.text


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("INSERT DATA { <http://a.example/> <http://b.example/> 1 }", 400),
        ('DEFINE get:soft "replace" SELECT * FROM <http://a.example/> { ?s ?p ?o }', 400),
        ("SELECT * { SERVICE <http://a.example/> { ?s ?p ?o } }", 400),
        ("SELECT * {", 400),
        ("SELECT * { ?s ?p ?o . ?t ?q ?r }", 413),
    ],
)
def test_only_bounded_queries_of_the_standard_pass(query: str, status: int, remote: TestClient) -> None:
    count = remote.get("/sparql", params={"query": COUNT, "format": "csv"}).text
    assert remote.get("/sparql", params={"query": query}).status_code in (status, 504)
    assert remote.get("/sparql", params={"query": COUNT, "format": "csv"}).text == count


def test_a_base_here_gives_what_the_graph_does_not(built: Path, endpoint: str, case: str) -> None:
    with TestClient(create_app(built, Settings(endpoint=endpoint, workers=2))) as client:
        assert client.get(f"/api/cases/{case}/related").status_code == 200
        assert client.get("/api/drivers").status_code == 200
        wanted = {"query": COUNT, "format": "csv"}
        assert int(client.get("/sparql", params=wanted).text.split()[1]) > 1000


def test_a_server_that_went_away_is_a_bad_gateway(built: Path) -> None:
    with TestClient(create_app(None, Settings(endpoint="http://127.0.0.1:9/query"))) as client:
        answer = client.get("/sparql", params={"query": COUNT})
        assert answer.status_code == 502
        assert "cannot be reached" in answer.json()["detail"]


@pytest.mark.long
def test_the_program_says_what_it_cannot_reach() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kg.cli", "serve", "--endpoint", "http://127.0.0.1:9/query"],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 3
    assert b"http://127.0.0.1:9/query: the server cannot be reached" in done.stderr


@pytest.mark.long
def test_virtuoso_serves_as_well(
    built: Path, site: TestClient, case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with virtuoso_at(tmp_path) as address:
        monkeypatch.setenv("KG_PUBLISH_USER", "dba")
        monkeypatch.setenv("KG_PUBLISH_PASSWORD", "dba")
        with KnowledgeBase.open(built) as base:
            publish(base, f"{address}/sparql-graph-crud-auth", graph="https://w3id.org/imr-kg/graph")
        monkeypatch.delenv("KG_PUBLISH_USER")
        with TestClient(create_app(None, Settings(endpoint=f"{address}/sparql"))) as client:
            for name in ("outcomes", "cases", "letters_by_month"):
                ours, theirs = (alike(rows(c, name, case)) for c in (site, client))
                assert theirs == ours
            assert client.get(f"/cases/{case}", headers=HTML).status_code == 200
            update = "INSERT INTO <http://a.example/g> { <http://a.example/> <http://b.example/> 1 }"
            assert client.get("/sparql", params={"query": update}).status_code == 400
