"""The JSON API over a built base: lists, filters, forms, errors."""

import csv
import io
import json
import shutil
from xml.etree import ElementTree

import numpy as np
import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from kg import contract, queries
from kg.analysis.prepared import query_answers
from kg.base.store import KnowledgeBase
from kg.cli import app
from kg.explore import layout
from kg.explore.incidence import correlated

LISTS = [
    "/api/cases",
    "/api/drivers",
    "/api/guidelines",
    "/api/specialties",
    "/api/services",
    "/api/drugs",
    "/api/body-parts",
    "/api/queries",
    "/api/search?q=injury",
    "/api/suggest?q=physical",
    "/api/queries/outcomes_by_specialty",
]


def first_case(site: TestClient) -> str:
    return site.get("/api/cases?limit=1").json()["results"][0]["case"]


@pytest.mark.parametrize("path", LISTS)
def test_lists_have_one_form(site: TestClient, path: str):
    answer = site.get(path)
    assert answer.status_code == 200
    body = answer.json()
    assert {"results", "total", "next", "generation"} <= body.keys()
    assert body["results"]
    assert body["total"] >= len(body["results"])
    assert answer.headers["kg-generation"] == body["generation"] == "000001"
    again = site.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


def test_named_queries_are_a_short_list_with_the_text_behind_each(site: TestClient):
    rows = site.get("/api/queries").json()["results"]
    assert [row["name"] for row in rows] == list(queries.names())
    for row in rows:
        assert row.keys() == {"name", "summary", "parameters", "columns"}
        text = site.get(f"/api/queries/{row['name']}/text")
        assert text.headers["content-type"].startswith("application/sparql-query")
        assert text.text == queries.load(row["name"]).text


@pytest.mark.parametrize("path", [*LISTS, "/cases", "/drivers", "/api/openapi.json", "/healthz", "/explore"])
def test_head_is_get_without_its_body(site: TestClient, path: str):
    got, head = site.get(path), site.head(path)
    assert (head.status_code, head.content) == (got.status_code, b"")
    assert head.headers.get("content-length") == got.headers.get("content-length")
    assert head.headers.get("etag") == got.headers.get("etag")


@pytest.mark.parametrize("path", LISTS)
def test_lists_are_packed_and_found_again(site: TestClient, path: str):
    plain = site.get(path, headers={"Accept-Encoding": "identity"})
    packed = site.get(path, headers={"Accept-Encoding": "gzip"})
    assert plain.json() == packed.json()
    assert "content-encoding" not in plain.headers
    if len(plain.content) >= 1000:
        assert packed.headers["content-encoding"] == "gzip"
        assert "Accept-Encoding" in packed.headers["vary"]
        assert int(packed.headers["content-length"]) < len(plain.content)
    for tag in (plain.headers["etag"], packed.headers["etag"], "*", f'"other", {plain.headers["etag"]}'):
        assert site.get(path, headers={"If-None-Match": tag}).status_code == 304
    assert site.get(path, headers={"If-None-Match": plain.headers["etag"][:-2]}).status_code == 200


@pytest.mark.parametrize(
    "path", ["/api/cases?limit=50", "/api/guidelines?limit=40&kind=page", "/api/services?limit=2"]
)
def test_a_link_leads_to_the_following_page(site: TestClient, path: str):
    seen, total, address = 0, None, path
    for _ in range(40):
        page = site.get(address)
        body = page.json()
        seen, total = seen + len(body["results"]), body["total"]
        if "link" not in page.headers:
            assert body["next"] is None
            break
        address = path.partition("?")[0] + page.links["next"]["url"]
    assert seen == total


@pytest.mark.parametrize("path", ["/api/cases?limit=1&limit=2", "/api/drivers?level=page&level=section"])
def test_a_parameter_given_twice_is_refused(site: TestClient, path: str):
    answer = site.get(path)
    assert answer.status_code == 422
    assert "given 2 times" in answer.json()["detail"]


def test_the_description_is_found_where_programs_look(site: TestClient):
    assert site.get("/openapi.json").json() == site.get("/api/openapi.json").json()


def test_a_mirror_reads_what_changed(site: TestClient):
    page = site.get("/api/changes?since=000000&limit=100")
    again = site.get("/api/changes" + page.links["next"]["url"]).json()
    rows = page.json()["results"] + again["results"]
    assert len(rows) == page.json()["total"] == 120
    assert {row["change"] for row in rows} == {"written"}
    assert rows[0].keys() == {"iri", "case", "change", "generation", "at"}
    assert site.get("/api/changes?since=000001").json()["results"] == []
    assert site.get("/api/changes?since=000009").status_code == 422
    assert site.get("/api/changes?since=last").status_code == 422


def test_changes_are_an_atom_feed(site: TestClient):
    answer = site.get("/api/changes.atom")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(answer.content)
    name = "{http://www.w3.org/2005/Atom}"
    entries = feed.findall(f"{name}entry")
    assert len(entries) == 100
    assert len({entry.findtext(f"{name}id") for entry in entries}) == 100
    assert all(entry.findtext(f"{name}updated", "")[:2] == "20" for entry in (feed, *entries))


def test_cursors_give_every_case_once(site: TestClient):
    seen, cursor = [], None
    while True:
        page = site.get("/api/cases", params={"limit": 37, **({"cursor": cursor} if cursor else {})}).json()
        seen += [row["case"] for row in page["results"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == sorted(set(seen))
    assert len(seen) == page["total"] == 120


def test_filters_give_what_the_letters_say(site: TestClient):
    found = site.get("/api/cases?outcome=overturned&category=Rehabilitation&limit=1000").json()["results"]
    assert found
    listed = {row["case"] for row in found}
    for row in site.get("/api/cases?limit=1000").json()["results"]:
        letter = site.get(f"/api/cases/{row['case']}").json()
        wanted = any(
            d["outcome"] == "overturned" and d["category"] == "Rehabilitation" for d in letter["decisions"]
        )
        assert wanted == (row["case"] in listed)


def test_one_case_is_a_determination(site: TestClient):
    case = first_case(site)
    body = site.get(f"/api/cases/{case}").json()
    assert body.pop("iri") == f"https://w3id.org/imr-kg/case/{case}"
    body.pop("generation")
    assert contract.to_json(contract.from_json(body)) == body


def test_marks_quote_the_letter(site: TestClient):
    case = first_case(site)
    body = site.get(f"/api/cases/{case}/letter").json()
    plain = site.get(f"/api/cases/{case}/letter", headers={"Accept": "text/plain"})
    assert plain.text == body["text"]
    items = [mark for mark in body["marks"] if mark["kind"] == "item" and mark["node"].count("/") == 1]
    assert items
    for mark in items:
        start, end = mark["span"]
        assert " ".join(body["text"][start:end].split()) == mark["value"]


def test_csv_has_the_rows_of_the_json(site: TestClient):
    rows = site.get("/api/drivers?minimum=1&limit=1000").json()["results"]
    answer = site.get("/api/drivers?minimum=1&format=csv")
    assert answer.headers["content-type"].startswith("text/csv")
    table = list(csv.DictReader(io.StringIO(answer.text)))
    assert [int(row["decisions"]) for row in table] == [row["decisions"] for row in rows]


def test_a_search_marks_its_hits(site: TestClient):
    row = site.get("/api/search", params={"q": "therapy"}).json()["results"][0]
    assert row["hits"]
    assert all("therap" in row["snippet"][start:end].lower() for start, end in row["hits"])


@pytest.mark.parametrize(("offset", "status"), [(0, 200), (0.0, 200), (False, 422), ("0", 422), (0.5, 422)])
def test_an_offset_is_a_number_as_json_has_it(site: TestClient, offset, status):
    wanted = {"node": "guideline/acoem-2004", "relation": "service", "offset": offset}
    assert site.post("/api/expand", json=wanted).status_code == status
    assert site.post("/api/expansions", json={"steps": [wanted]}).status_code == status


def test_expanding_keeps_what_stands(site: TestClient):
    node = "guideline/" + site.get("/api/guidelines?kind=page&limit=1").json()["results"][0]["notation"]
    start = site.post("/api/expand", json={"node": node}).json()
    shown = {one["id"]: (one["x"], one["y"]) for one in start["nodes"]}
    relations = site.get("/api/node", params={"node": node}).json()["relations"]
    relation = max(relations, key=relations.get)
    more = site.post(
        "/api/expand", json={"node": node, "relation": relation, "limit": 25, "shown": shown}
    ).json()
    assert not shown.keys() & {one["id"] for one in more["nodes"]}
    assert more["total"] == relations[relation]
    known = shown.keys() | {one["id"] for one in more["nodes"]}
    assert all({edge["from"], edge["to"]} <= known for edge in more["edges"])


def test_a_path_is_made_of_steps(site: TestClient):
    one, other = (row["case"] for row in site.get("/api/cases?limit=2").json()["results"])
    way = site.get("/api/path", params={"one": f"case/{one}", "other": f"case/{other}"}).json()["results"]
    assert [way[0]["node"], way[-1]["node"]] == [f"case/{one}", f"case/{other}"]


def test_evidence_is_a_sentence_of_the_letter(site: TestClient):
    case = first_case(site)
    text = " ".join(site.get(f"/api/cases/{case}/letter").json()["text"].split())
    item = f"case/{case}/item/1"
    relations = site.get("/api/node", params={"node": item}).json()["relations"]
    relation = next(name for name in relations if "edition" in name)
    near = site.get("/api/neighbours", params={"node": item, "relation": relation}).json()["results"][0]
    found = site.get("/api/evidence", params={"item": item, "node": near["node"]}).json()["results"]
    assert found
    assert all(row["quote"].strip() in text for row in found)


@pytest.mark.parametrize("form", ["graphml", "ttl"])
def test_what_is_shown_can_be_taken_away(site: TestClient, form: str):
    case = first_case(site)
    nodes = [f"case/{case}", f"case/{case}/item/1"]
    answer = site.post(f"/api/export/{form}", json={"nodes": nodes})
    assert f"case/{case}/item/1" in answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/cases/CM99-9999999", 404),
        ("/api/cases?cursor=x", 422),
        ("/api/cases?cursor=%00", 422),
        ("/api/cases?limit=0", 422),
        ("/api/cases?outcome=lost", 422),
        ("/api/cases?category=Gardening", 422),
        ("/api/cases?page=chronic-pain/2009/page/9999", 404),
        ("/api/drivers?level=word", 422),
        ("/api/search?q=%22", 422),
        ("/api/queries/nothing", 404),
        ("/api/queries/nothing/text", 404),
        ("/api/queries/outcomes/text?nonsense=1", 422),
        ("/api/queries/cases_citing_page", 422),
        ("/api/queries/outcomes_by_page?nonsense=1", 422),
        ("/api/cases?colour=red", 422),
        ("/api/guidelines/odg?offset=1", 422),
        ("/api/node?node=guideline/none", 404),
        ("/api/nothing", 404),
        ("/api/cases/" + "x" * 3000, 404),
        ("/api/cases/%00", 404),
        ("/api/cases/..%2f..%2fetc%2fpasswd", 404),
    ],
)
def test_errors_are_problems(site: TestClient, path: str, status: int):
    answer = site.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]
    assert str(site.app.state.state.path) not in answer.text


def test_what_is_not_there_or_not_taken_is_said_in_a_sentence(site: TestClient):
    assert site.get("/api/nothing").json()["detail"] == "there is nothing at /api/nothing"
    assert site.post("/api/cases").json()["detail"] == "/api/cases takes GET, not POST"
    told = site.get("/api/stats?colour=red").json()["detail"]
    assert told == "there is no parameter 'colour' here; it takes limit, view, generation"


def test_openapi_names_every_parameter(site: TestClient):
    description = json.loads(site.get("/api/openapi.json").text)
    assert "/api/cases/{case}/related" in description["paths"]
    assert all("summary" in call for methods in description["paths"].values() for call in methods.values())


def test_no_number_is_taken_for_yes_or_no(site: TestClient):
    """Pydantic takes 0 and "no" for false, which the schema of a body does not allow."""
    told = site.get("/api/openapi.json").json()
    lax, tried = [], 0
    for path, operations in told["paths"].items():
        body = (
            operations.get("post", {}).get("requestBody", {}).get("content", {}).get("application/json", {})
        )
        named = body.get("schema", {}).get("$ref", "").rpartition("/")[2]
        for field, said in told["components"]["schemas"].get(named, {}).get("properties", {}).items():
            if said.get("type") == "boolean":
                tried += 1
                asked = site.post(path, json={"node": "outcome/upheld", field: 0})
                lax += [] if asked.status_code == 422 else [(path, field)]
    assert tried
    assert lax == []


def test_communities_are_of_nodes_that_decisions_have_together():
    """A star has no communities of its own; those of what goes together do not follow its edges."""
    kinds = dict.fromkeys(["c", "p", "q", "r", "s"], "page")
    star = [("c", node) for node in "pqrs"]
    alike = [("p", "r", 0.9), ("q", "s", 0.8)]
    groups = layout.arranged(kinds, star, "community", "c", alike).groups
    assert groups["p"] == groups["r"] != groups["q"] == groups["s"]
    assert groups["c"] not in (groups["p"], groups["q"])
    assert len({*layout.arranged(kinds, star, "community", "c").groups.values()}) == 1


def test_sets_apart_or_too_few_do_not_go_together():
    among = np.arange(200)
    half, other, few, none = np.arange(100), np.arange(0, 200, 2), np.arange(2), np.arange(0)
    phi = correlated([half, half, other, few, none], among)
    assert phi[0, 1] == pytest.approx(1)
    assert not phi[0, 2:].any()
    assert correlated([], np.arange(0)).shape == (0, 0)


def test_an_answer_to_which_nothing_is_given_is_kept(site, built):
    """The API, the page and the command give what is kept of the generation that is served."""
    text = queries.load("outcomes_by_agreement").bind()
    with KnowledgeBase.open(built) as base:
        first = site.get("/api/queries/outcomes_by_agreement").json()
        kept = json.loads(query_answers.read(base.folder, text))
        assert len(kept["results"]["bindings"]) == first["total"]
        assert site.get("/api/queries/outcomes_by_agreement").json() == first
        (place,) = [
            path for path in base.folder.rglob("answer.json") if json.loads(path.read_bytes()) == kept
        ]
        shutil.rmtree(place.parent)
        kept["results"]["bindings"] = kept["results"]["bindings"][:1]
        query_answers.write(base.folder, text, json.dumps(kept).encode())
        assert site.get("/api/queries/outcomes_by_agreement").json()["total"] == 1
        printed = CliRunner().invoke(
            app, ["query", "outcomes_by_agreement", "--kb", str(built), "--format", "json"]
        )
        assert len(json.loads(printed.output)["results"]["bindings"]) == 1
        shutil.rmtree(place.parent)
    assert site.get("/api/queries/outcomes_by_agreement").json() == first
