"""Drivers over HTTP: as data cubes, and with the cases and the query behind each row."""

import html
import re
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from fastapi.testclient import TestClient

from kg.analysis.decisions import LEVELS, PARTIES
from kg.analysis.filters import Filters
from kg.analysis.network import KINDS as NETWORKS
from kg.analysis.network import network
from kg.analysis.outcomes import KINDS, outcomes
from kg.analysis.sides import sides
from kg.explore.drawing import FEW
from kg.web.pages.values import counted

ASK = "/api/drivers?level=chapter&minimum=2"


@pytest.mark.parametrize(
    ("media_type", "short", "form"),
    [
        ("text/turtle", "ttl", ox.RdfFormat.TURTLE),
        ("application/n-triples", "nt", ox.RdfFormat.N_TRIPLES),
    ],
)
def test_the_table_is_published_as_observations(site: TestClient, media_type, short, form):
    answer = site.get(ASK, headers={"Accept": media_type})
    assert answer.headers["content-type"].startswith(media_type)
    cube = ox.Store()
    cube.load(answer.content, format=form)
    counted = cube.query(
        "PREFIX imr: <https://w3id.org/imr-kg/ontology#>"
        "SELECT ?key (SUM(?n) AS ?decisions)"
        "WHERE { ?o imr:countedConcept ?key ; imr:itemCount ?n } GROUP BY ?key"
    )
    told = {row["key"].value.partition("/guideline/")[2]: int(row["decisions"].value) for row in counted}
    rows = site.get(ASK).json()["results"]
    assert told == {row["key"]: row["decisions"] for row in rows}
    assert site.get(f"{ASK}&format={short}").content == answer.content


def test_what_drivers_cannot_be_had_as(site: TestClient):
    answer = site.get(ASK, headers={"Accept": "image/png"})
    assert answer.status_code == 406
    assert "text/turtle" in answer.json()["detail"]


@pytest.mark.parametrize(
    "path", ["/api/drivers?minimum=1", "/api/drivers?level=section&party=any&minimum=1&year=2014-2016"]
)
def test_a_row_leads_to_its_cases_and_its_query(site: TestClient, path: str):
    for listed in site.get(path).json()["results"][:8]:
        about = site.get(listed["about"]).json()
        assert about["row"] == {name: value for name, value in listed.items() if name != "about"}
        counted = site.get(
            "/sparql",
            params={"query": about["sparql"]},
            headers={"Accept": "application/sparql-results+json"},
        ).json()["results"]["bindings"]
        for name in ("decisions", "upheld", "overturned", "modified"):
            assert int(counted[0][name]["value"]) == listed[name], listed["key"]
        assert 0 < about["total"] <= listed["decisions"]
        assert about["results"] == sorted(about["results"])


def test_cases_behind_a_row_come_page_by_page(site: TestClient):
    about = max(site.get(ASK).json()["results"], key=lambda row: row["decisions"])["about"]
    whole = site.get(about).json()
    first = site.get(f"{about}&limit=1").json()
    assert (first["results"], first["total"]) == (whole["results"][:1], whole["total"])
    second = site.get(f"{about}&limit=1&offset={first['next']}").json()
    assert second["results"] == whole["results"][1:2]


def test_an_unknown_row_names_the_nearest(site: TestClient):
    answer = site.get("/api/drivers/acoem-2004/page/9999")
    assert answer.status_code == 404
    assert "the nearest" in answer.json()["detail"]


@pytest.mark.parametrize("template", ["pages", "sections"])
@pytest.mark.parametrize("minimum", [1, 3, 10])
def test_the_page_shows_the_finest_level_with_enough_to_compare(
    site: TestClient, template: str, minimum: int
):
    asked = {"template": template, "minimum": minimum}
    compared = {}
    for level in LEVELS:
        rows = site.get("/api/drivers", params={"level": level, **asked}).json()["results"]
        compared[level] = sum(row["q_value"] is not None for row in rows)
    level = next((one for one in LEVELS if compared[one] >= 8), max(LEVELS, key=compared.__getitem__))
    page = site.get("/drivers", params=asked).text
    assert f'<option value="{level}" selected>' in page
    saved = f"level={level}&amp;party=reviewer&amp;minimum={minimum}&amp;template={template}&amp;format=csv"
    assert saved in page


def test_pages_are_shown_where_nothing_has_a_rate(site: TestClient):
    assert '<option value="page" selected>' in site.get("/drivers?minimum=1000000").text


@pytest.mark.parametrize("party", PARTIES)
@pytest.mark.parametrize("level", ["page", "section", "chapter", "guideline"])
def test_the_count_beside_a_row_leads_to_its_cases(site: TestClient, level: str, party: str):
    asked = f"level={level}&party={party}&minimum=1"
    page = site.get(f"/drivers?{asked}").text
    linked = [html.unescape(found) for found in re.findall(r'href="[^"]*(/cases\?place=[^"]+)"', page)]
    listed = site.get(f"/api/drivers?{asked}").json()["results"]
    assert len(linked) == min(len(listed), 200)
    for row, address in list(zip(listed, linked, strict=False))[:3]:
        behind = site.get(row["about"]).json()["total"]
        answer = site.get(address)
        assert answer.status_code == 200, address
        found = set(re.findall(r"/cases/(CM[\d-]+)", answer.text))
        assert len(found) == min(behind, 25)


def test_grounds_have_shares_and_a_sentence(site: TestClient):
    told = site.get("/api/grounds?by=category&minimum=1&limit=2").json()
    assert len(told["results"]) == 2 < told["total"]
    assert told["next"] == "2"
    table = site.get("/api/grounds?by=category&minimum=1&format=csv").text.splitlines()
    assert len(table) == 1 + told["total"]
    one = site.get("/api/grounds?by=category&key=Pharmaceuticals&year=2014-2016").json()
    assert one["verdict"].startswith("Pharmaceuticals: ")
    assert one["filters"] == {"year": ["2014-2016"]}
    assert site.get("/api/grounds?by=colour").status_code == 422
    assert site.get("/api/grounds?by=page&key=nowhere").status_code == 404


def test_pages_list_the_grounds_that_reviewers_state(site: TestClient):
    for path, asked in (
        ("/guidelines/chronic-pain/2009", "by=edition&key=chronic-pain/2009"),
        ("/topics/service/pharmaceuticals", "by=category&key=Pharmaceuticals"),
    ):
        rows = site.get(f"/api/grounds?minimum=1&{asked}").json()["results"]
        page = site.get(path).text
        assert "Grounds stated by reviewers" in page
        table = page.partition('id="grounds"')[2].partition("</table>")[0]
        for row in rows[:15]:
            name = f"{row['ground']}%3A{'met' if row['met'] else 'not-met'}"
            assert f'ground={name}">{row["decisions"]}</a>' in table
        link = next(part for part in table.split('href="')[1:]).partition('"')[0].replace("&amp;", "&")
        assert site.get(link).status_code == 200


def test_sentences_of_several_letters(site: TestClient):
    told = site.get("/api/sentences?limit=2").json()
    assert len(told["results"]) == 2 < told["total"]
    assert told["next"] == "2"
    assert "word for word" in told["verdict"]
    assert all(row["letters"] > 1 for row in told["results"])
    alike = site.get("/api/sentences?alike=true&category=Pharmaceuticals").json()
    assert "nearly word for word" in alike["verdict"]
    table = site.get("/api/sentences?format=csv&limit=3").text.splitlines()
    assert table[0].startswith("sentence,")
    assert site.get("/api/sentences?minimum=1").status_code == 422
    assert site.get("/api/sentences?category=Sugrery").status_code == 422


def test_trends_have_months_changes_and_words(site: TestClient):
    told = site.get("/api/trends?category=Pharmaceuticals").json()
    assert {"results", "changes", "notes", "help", "key", "party", "filters"} <= told.keys()
    assert told["total"] == len(told["results"]) > 10
    assert all(row["rate_low"] <= row["overturn_rate"] <= row["rate_high"] for row in told["results"])
    table = site.get("/api/trends?category=Pharmaceuticals&format=csv").text.splitlines()
    assert [*table[0].split(","), "figure"] == list(told["results"][0])
    assert len(table) == 1 + told["total"]
    assert site.get("/api/trends?key=chronic-pain").json()["key"] == "chronic-pain"
    assert site.get("/api/trends?key=chronic-pane").status_code == 404


def test_a_row_under_several_specifications(site: TestClient):
    row = site.get("/api/drivers?level=guideline&minimum=1").json()["results"][0]
    told = site.get(f"/api/robustness/{row['key']}?level=guideline").json()
    found = {one["specification"]: one for one in told["results"]}
    assert found["crude"]["decisions"] == row["decisions"]
    assert found["and number of keys"]["odds_ratio"] == pytest.approx(row["adjusted_odds_ratio"], rel=1e-3)
    assert {"e_value", "pairs", "verdict", "notes", "help"} <= told.keys()
    assert site.get("/api/robustness/nothing").status_code == 404


@pytest.mark.long
@pytest.mark.parametrize("level", LEVELS)
def test_the_page_of_a_row_under_several_specifications_shows_what_the_api_gives(
    site: TestClient, level: str
):
    rows = site.get(f"/api/drivers?level={level}&minimum=1").json()["results"]
    compared = [row["key"] for row in rows if row["q_value"] is not None]
    for key in [*compared[:2], rows[-1]["key"]]:
        told = site.get(f"/api/robustness/{quote(key)}", params={"level": level, "year": "2013-2016"}).json()
        page = site.get(f"/robustness/{quote(key)}", params={"year": "2013-2016"}).text
        for row in told["results"]:
            assert f'<th scope="row">{row["specification"]}</th>' in page
            assert row["odds_ratio"] is None or f"{row['odds_ratio']:.2f}" in page
        for pair in told["pairs"]:
            assert f'/cases/{pair["overturned"]}">' in page
            assert f'/cases/{pair["other"]}">' in page
        for said in (told["verdict"], *told["notes"]):
            assert html.escape(said[1:]) in page
        table = site.get(f"/api/robustness/{quote(key)}", params={"level": level, "format": "csv"}).text
        assert len(table.splitlines()) == 1 + len(told["results"])
        assert (
            f"/robustness/{quote(key)}" in site.get(f"/guidelines/{quote(key)}").text or key not in compared
        )
    assert site.get("/robustness/nothing").status_code == 404


def without_figures(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Rows without the addresses of their figures, which only the service gives."""
    return [{name: value for name, value in row.items() if name != "figure"} for row in rows]


@pytest.mark.parametrize("by", KINDS)
def test_outcomes_are_the_same_in_the_api_and_the_page(site: TestClient, by: str):
    asked = {"by": by, "minimum": 1, "year": "2014-2016"}
    told = site.get("/api/outcomes", params=asked).json()
    expected = outcomes(site.app.state.state.site.index, by, filters=Filters.of(year="2014-2016"), minimum=1)
    assert without_figures(told["results"]) == expected.to_frame().to_dicts()
    assert (told["notes"], told["total"]) == (list(expected.notes), expected.to_frame().height)
    table = site.get("/api/outcomes", params=asked | {"format": "csv"}).text.splitlines()
    assert len(table) == 1 + told["total"]
    page = site.get("/outcomes", params=asked).text
    assert page.count('<th scope="row"') == min(told["total"], 200)
    for note in told["notes"]:
        assert html.escape(note[1:]) in page


@pytest.mark.parametrize("level", LEVELS)
def test_the_two_sides_are_the_same_in_the_api_and_the_page(site: TestClient, level: str):
    expected = sides(site.app.state.state.site.index, level, minimum=2)
    for show in ("agreement", "pairs", "silent"):
        told = site.get("/api/sides", params={"level": level, "show": show, "minimum": 2}).json()
        assert without_figures(told["results"]) == getattr(expected, show).to_dicts()
        assert told["notes"] == list(expected.notes)
        assert (told["effect"] is None) == (expected.effect is None)
    grouped = site.get("/api/sides", params={"level": level, "by": "year", "minimum": 1}).json()
    assert sum(row["decisions"] for row in grouped["results"] if row["agreement"] == "same") <= sum(
        expected.agreement["decisions"]
    )
    page = site.get("/sides", params={"level": level, "by": "specialty"}).text
    assert "By reviewer" in page
    assert "claims_administrator<" not in page
    assert page.count("<table") >= 3


@pytest.mark.parametrize("kind", NETWORKS)
def test_networks_are_the_same_in_the_api(site: TestClient, kind: str):
    told = site.get("/api/network", params={"kind": kind, "level": "guideline", "minimum": 1, "q": 2}).json()
    expected = network(site.app.state.state.site.index, kind, "guideline", minimum=1, q=2)
    assert without_figures(told["results"]) == expected.to_frame().to_dicts() != []
    assert without_figures(told["nodes"]) == expected.nodes().to_dicts()
    assert told["notes"] == list(expected.notes)
    asked = {"kind": kind, "level": "guideline", "minimum": 1}
    told = site.get("/api/network", params=asked).json()
    page = site.get("/network", params=asked).text
    assert page.count('<th scope="row"') == min(told["total"], 200) + min(len(told["nodes"]), 200)
    links = counted(told["total"], "link")
    said = f"{links} by count" if kind == "services" else f"{links} beyond chance"
    assert (said if told["total"] else "No link is beyond chance") in page


@pytest.mark.parametrize("asked", [{}, {"year": "2014-2016"}, {"key": "chronic-pain", "party": "any"}])
def test_trends_are_the_same_in_the_api_and_the_page(site: TestClient, asked: dict[str, str]):
    told = site.get("/api/trends", params=asked).json()
    page = site.get("/trends", params=asked).text
    assert told["total"] > 0
    for row in told["results"]:
        assert f'<th scope="row">{row["month"]}</th>' in page
        point = f"<title>{row['month']}: {row['overturned']:,} of {row['decisions']:,} overturned</title>"
        assert (point in page) == (row["decisions"] >= FEW)
    for change in told["changes"]:
        assert f'<th scope="row">{change["change"]}</th>' in page
    assert page.count('class="change"') == len(told["changes"])
    for said in (told["verdict"], *told["notes"]):
        assert html.escape(said[1:]) in page
    assert site.get("/trends?key=nothing").status_code == 404


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/api/network?kind=weather", 422, "there is no kind of network 'weather'"),
        ("/api/outcomes?by=weather", 422, "there is no grouping of outcomes 'weather'"),
        ("/api/outcomes?by=year&across=year", 422, "cannot be counted across year"),
        ("/api/outcomes?by=year&minimum=0", 422, "minimum"),
        ("/api/sides?by=weather", 422, "there is no grouping 'weather'"),
        ("/api/sides?level=line", 422, "there is no level 'line'"),
    ],
)
def test_what_cannot_be_counted_is_said(site: TestClient, path: str, status: int, says: str):
    answer = site.get(path)
    assert answer.status_code == status
    assert says in answer.json()["detail"]
