"""Earlier generations, asked for by name."""

import shutil

import pytest
from fastapi.testclient import TestClient

from kg.base.building.build import build
from kg.base.upkeep.edit import remove
from kg.web.app import create_app
from kg.web.settings import Settings


@pytest.fixture(scope="module")
def changed(built, tmp_path_factory):
    """A server over the built base, less five letters in a second generation."""
    folder = tmp_path_factory.mktemp("generations")
    shutil.copytree(built.parent / "letters", folder / "letters")
    letters = sorted((folder / "letters").iterdir())
    aside = letters[:5]
    for one in aside:
        one.rename(folder / one.name)
    build([folder / "letters"], folder / "kb", processes=1)
    for one in aside:
        (folder / one.name).rename(one)
    build([folder / "letters"], folder / "kb", processes=1)
    with TestClient(create_app(folder / "kb", Settings(workers=1))) as client:
        yield client, folder / "kb"


LISTS = ("/api/cases", "/api/drivers", "/api/outcomes", "/api/sides", "/api/trends", "/api/guidelines")


def test_a_kept_generation_answers(changed):
    client, _ = changed
    assert client.get("/api/cases").json()["total"] == 120
    for address in LISTS:
        earlier = client.get(f"{address}?generation=000001")
        assert earlier.json()["generation"] == earlier.headers["kg-generation"] == "000001"
        now = client.get(f"{address}?generation=000002")
        assert now.json()["generation"] == now.headers["kg-generation"] == "000002"
        assert now.json()["results"] == client.get(address).json()["results"]
    assert client.get("/api/cases?generation=000001").json()["total"] == 115
    page = client.get("/cases?generation=000001", headers={"Accept": "text/html"})
    assert page.headers["kg-generation"] == "000001"
    assert "115" in page.text


COUNT = "SELECT (COUNT(DISTINCT ?case) AS ?cases) { ?case imr:disputedItem ?item }"


def counted(got):
    """The only number of a SPARQL answer."""
    assert got.status_code == 200, got.text
    [row] = got.json()["results"]["bindings"]
    return int(row["cases"]["value"])


def test_queries_are_answered_by_a_kept_generation(changed):
    client, _ = changed
    text = f"PREFIX imr: <https://w3id.org/imr-kg/ontology#> {COUNT}"
    for name, number in (("000001", 115), ("000002", 120), ("000001", 115), ("", 120)):
        given = {"generation": name} if name else {}
        asked = client.get("/sparql", params={"query": text, "format": "json"} | given)
        assert counted(asked) == number
        assert asked.headers["kg-generation"] == name or not name
        rows = client.get("/api/queries/number_of_cases", params=given)
        assert rows.json()["results"][0]["cases"] == number
        assert rows.json()["generation"] == rows.headers["kg-generation"]
        page = client.get("/questions/number_of_cases", params=given, headers={"Accept": "text/html"})
        assert f"<td>{number}</td>" in page.text


def test_a_row_of_a_named_query_is_a_figure_of_its_generation(changed):
    client, _ = changed
    for name in ("000001", "000002"):
        for query in ("outcomes_by_section", "number_of_cases"):
            row = client.get(f"/api/queries/{query}", params={"generation": name, "limit": 1}).json()
            [row] = row["results"]
            assert f"generation={name}" in row["figure"]
            again = client.get(row["figure"], headers={"Accept": "application/json"}).json()
            assert {one: row[one] for one in again["values"].keys() & row.keys()} == {
                one: value for one, value in again["values"].items() if one in row
            }
            assert again["values"].keys() & row.keys()


def test_downloads_are_of_the_served_generation(changed):
    client, _ = changed
    assert client.get("/download?generation=000002").status_code == 200
    refused = client.get("/download?generation=000001", headers={"Accept": "application/json"})
    assert refused.status_code == 422
    assert "000002" in refused.json()["detail"]


@pytest.mark.parametrize("name", ["000009", "999999999", "x", "1", "../../x"])
def test_another_is_refused_in_a_sentence(changed, name):
    client, _ = changed
    for address in (*LISTS, "/api/queries/outcomes", "/sparql"):
        asked = {"query": "ASK {}"} if address == "/sparql" else {}
        refused = client.get(address, params=asked | {"generation": name})
        assert refused.status_code == 422
        assert refused.json()["detail"]


def test_a_removed_letter_takes_the_earlier_generations_with_it(changed):
    client, kb = changed
    case = client.get("/api/cases").json()["results"][0]["case"]
    remove(kb, [case], "a test")
    client.portal.call(client.app.state.state.refresh)
    assert client.get(f"/api/cases/{case}").status_code == 404
    for name in ("000001", "000002"):
        assert client.get("/api/cases", params={"generation": name}).status_code == 422
