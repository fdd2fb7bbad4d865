"""Earlier generations, asked for by name."""

import re
import shutil
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from kg import sample
from kg.analysis.filters import FILTERS
from kg.base.building.build import build
from kg.base.upkeep.edit import remove
from kg.graph import iri
from kg.web.app import create_app
from kg.web.settings import Settings

pytestmark = pytest.mark.long


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
        assert f">{number}</td>" in page.text


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


NT = {"Accept": "application/n-triples"}
TABLE = "/api/drivers?level=chapter&minimum=3&category=Pharmaceuticals&category=Surgery"


def data_cube(client, generation):
    """A table of drivers of a generation as observations: the lines of each subject of its own."""
    told = client.get(f"{TABLE}&generation={generation}", headers=NT).text.splitlines()
    found = {}
    for line in told:
        if line.startswith(f"<{iri.BASE}dataset/"):
            found.setdefault(line[1 : line.index(">")].removeprefix(iri.BASE), set()).add(line)
    return found


def lines(client, path):
    answer = client.get(f"/{path}", headers=NT)
    return {*answer.text.splitlines()} if answer.status_code == 200 else answer.status_code


def test_observations_of_an_earlier_generation_are_counted_in_it(changed):
    client, _ = changed
    earlier = data_cube(client, "000001")
    assert earlier.keys() != data_cube(client, "000002").keys()
    for path in [*earlier][::7]:
        assert lines(client, path) == earlier[path]
        assert client.get(f"/{path}", headers={"Accept": "text/html"}).status_code == 200
    assert f"<{iri.dataset()}>" in client.get("/dataset/000001", headers=NT).text
    assert lines(client, "dataset/000003/drivers/page/any/none/10/counts") == 404
    assert lines(client, "dataset/000003") == 404


def test_a_filter_value_with_a_comma_is_one_value(changed):
    """Of each filter the words of the vocabulary that have one, and words of rationales, which may always."""
    client, _ = changed
    values = {name: [v for v in map(str, one.vocabulary()) if "," in v][:2] for name, one in FILTERS.items()}
    values["rationale"] = ["MTUS, the"]
    asked = [(name, value) for name in values for value in values[name]]
    assert len(asked) > 1
    for name, value in asked:
        parameters = {"level": "guideline", "minimum": "1", "adjust": "none", name: value}
        told = client.get("/api/drivers", params=parameters, headers=NT).text
        subjects = re.findall(rf"^<{iri.BASE}(dataset/[^>]+)>", told, re.M)
        for path in {subjects[0], subjects[-1]}:
            mine = {line for line in told.splitlines() if line.startswith(f"<{iri.BASE}{path}>")}
            assert lines(client, path) == mine, (name, value)


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
    first = {row["case"] for row in client.get("/api/cases?limit=500&generation=000001").json()["results"]}
    later = [row["case"] for row in client.get("/api/cases?limit=500").json()["results"]]
    earlier = {name: data_cube(client, name) for name in ("000001", "000002")}
    case = next(case for case in later if case not in first)
    remove(kb, [case], "a test")
    client.portal.call(client.app.state.state.refresh)
    assert client.get(f"/api/cases/{case}").status_code == 404
    for name in ("000001", "000002"):
        assert client.get("/api/cases", params={"generation": name}).status_code == 422
        assert "is not kept" in client.get(f"/dataset/{name}", headers=NT).text
    # The first had no letter that was removed: it is counted over the same letters.
    for path in [*earlier["000001"]][::7]:
        assert lines(client, path) == earlier["000001"][path]
    for path in [*earlier["000002"]][::7]:
        gone = client.get(f"/{path}", headers=NT)
        assert (gone.status_code, "1 of its 120 letters" in gone.json()["detail"]) == (410, True)


def test_observations_of_cited_figures_say_why_they_are_gone(changed):
    """Of a generation that is not kept, whose letters were removed: the data set and each value say so."""
    client, kb = changed
    figure = client.get("/api/drivers?level=guideline").json()["results"][0]["figure"]
    told = client.get(figure, headers=NT).text
    subjects = sorted(set(re.findall(rf"^<{iri.BASE}(dataset/[^>]+)>", told, re.M)), key=len)
    assert len(subjects) > 3
    assert lines(client, subjects[-1]) == {
        one for one in told.splitlines() if one.startswith(f"<{iri.BASE}{subjects[-1]}>")
    }
    remove(kb, client.get("/api/cases?limit=2&guideline=mtus").json()["results"][0]["case"].split(), "a test")
    client.portal.call(client.app.state.state.refresh)
    assert "removed" in client.get(f"/{subjects[0]}", headers=NT).text
    gone = client.get(f"/{subjects[-1]}", headers=NT)
    assert (gone.status_code, "removed" in gone.json()["detail"]) == (410, True)


def as_current(kb: Path, name: str) -> None:
    (kb / "next").symlink_to(Path("generations") / name)
    (kb / "next").replace(kb / "current")


@pytest.fixture
def grown(tmp_path: Path) -> Path:
    """A base of five generations of two to six letters, the first of which is served."""
    (tmp_path / "letters").mkdir()
    for number, (name, text, _) in enumerate(sample.letters(6, seed=3, template="sections")):
        (tmp_path / "letters" / f"{name}.txt").write_text(text, encoding="utf-8")
        if number:
            build([tmp_path / "letters"], tmp_path / "kb", processes=1, keep=5)
    as_current(tmp_path / "kb", "000001")
    return tmp_path / "kb"


CASES = "SELECT ?case { ?case a <https://w3id.org/imr-kg/ontology#Determination> }"


def test_an_answer_is_of_the_generation_that_it_names(grown):
    """Two new generations are put in place as soon as the first query of an answer is taken up."""
    app = create_app(grown, Settings(workers=1, poll_time=1000))
    state, names = app.state.state, iter(["000002", "000003", "000004", "000005"])

    def swapping(take: Any) -> Any:
        async def ask(*given: Any) -> Any:
            answer = await take(*given)
            for name in islice(names, 2):
                as_current(grown, name)
                await state.refresh()
            return answer

        return ask

    with TestClient(app) as client:
        for lane in (state.visitors, state.own):
            lane.ask = swapping(lane.ask)
        first = client.get(f"/sparql?query={quote(CASES)}", headers={"Accept": "text/csv"})
        assert (first.headers["kg-generation"], len(first.text.splitlines()) - 1) == ("000001", 2)
        # Its rows would be of one generation and their number of another: both are asked for again.
        listed = client.get("/api/queries/cases?limit=1")
        assert listed.headers["kg-generation"] == listed.json()["generation"] == "000005"
        assert listed.json() == client.get("/api/queries/cases?limit=1").json()
