"""Topic pages: the figures of services, drugs, body parts and specialties are those of the facts."""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from kg.base.store import KnowledgeBase

Row = dict[str, object]


def slug(name: object) -> str:
    return re.sub(r"[^a-z0-9]+", "-", str(name).lower()).strip("-")


@pytest.fixture(scope="module")
def facts(built: Path) -> list[Row]:
    with KnowledgeBase.open(built) as base:
        return base.facts.to_dicts()


def figures(rows: list[Row], has: Callable[[Row], bool]) -> tuple[int, int]:
    """Decisions, and those overturned."""
    found = {(row["case"], row["item"]): row["outcome"] for row in rows if has(row)}
    return len(found), sum(outcome == "overturned" for outcome in found.values())


TOPICS = {
    "service/rehabilitation": lambda row: row["category"] == "Rehabilitation",
    "service/pharmaceuticals": lambda row: row["category"] == "Pharmaceuticals",
    "body-part/knee": lambda row: any(p.split(":")[0] == "knee" for p in row["body_parts"] or []),
    "specialty/pain-medicine": lambda row: (
        "Pain Medicine" in [*(row["specialties"] or []), *(row["subspecialties"] or [])]
    ),
}


@pytest.mark.parametrize("node", TOPICS)
def test_the_verdict_is_that_of_the_facts(site: TestClient, facts: list[Row], node: str):
    decisions, overturned = figures(facts, TOPICS[node])
    assert decisions >= 10
    page = site.get(f"/topics/{node}").text
    assert f"{100 * overturned / decisions:.1f} % of {decisions:,} decisions were overturned" in page
    listed = site.get(f"/cases?about={node}").text
    cases = {row["case"] for row in facts if TOPICS[node](row)}
    assert f"{len(cases)} cases" in listed


def test_what_each_party_cites_is_that_of_the_facts(site: TestClient, facts: list[Row]):
    node, has = "service/rehabilitation", TOPICS["service/rehabilitation"]
    rows = list(csv.DictReader(io.StringIO(site.get(f"/topics/{node}?format=csv").text)))
    assert {row["party"] for row in rows} == {"reviewer", "claims_administrator"}
    citing: dict[tuple[object, str], set[tuple[object, object]]] = {}
    for row in facts:
        if has(row) and row["section"]:
            citing.setdefault((row["party"], f"guideline/{row['section']}"), set()).add(
                (row["case"], row["item"])
            )
    known = {(row["party"], row["cited"]): int(row["decisions"]) for row in rows}
    assert any(key in citing for key in known)
    assert all(count == len(citing[key]) for key, count in known.items() if key in citing)


def test_a_filter_holds_for_the_whole_page(site: TestClient, facts: list[Row]):
    years = Counter(row["year"] for row in facts if row["year"])
    year = years.most_common(1)[0][0]
    decisions, overturned = figures(
        facts, lambda row: row["category"] == "Pharmaceuticals" and row["year"] == year
    )
    page = site.get(f"/topics/service/pharmaceuticals?year={year}").text
    assert f"{overturned} of {decisions}" in page or f"of {decisions} decisions were overturned" in page


def test_a_topic_that_nobody_decided_is_refused(site: TestClient):
    assert site.get("/topics/drug/unobtainium", headers={"Accept": "text/html"}).status_code == 404


def test_a_suggestion_leads_to_its_topic(site: TestClient):
    found = site.get("/api/suggest?q=pain medicine").json()["results"]
    assert "/topics/specialty/pain-medicine" in [row["path"] for row in found]


def test_a_case_and_a_chapter_are_found_however_they_are_spelled(site: TestClient, facts: list[Row]):
    case = str(facts[0]["case"])
    for spelled in (case, case.lower(), case.replace("-", " "), case[2:], f"{case[:4]}{int(case[5:])}"):
        found = site.get("/api/suggest", params={"q": spelled}).json()["results"]
        assert f"/cases/{case}" in [row["path"] for row in found], spelled
    found = site.get("/api/suggest?q=chapter 12").json()["results"]
    assert "/guidelines/acoem-2004/12" in [row["path"] for row in found]


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("acupunct", "/topics/service/rehabilitation/acupuncture"),  # before supplies for it
        ("PT", "/topics/service/rehabilitation/physical-therapy-occupational-therapy-pt-ot"),
        ("chapter 12", "/guidelines/acoem-2004/12"),  # before its sections
        ("physical therapy", "/topics/service/rehabilitation/physical-therapy-occupational-therapy-pt-ot"),
        ("orthop", "/topics/specialty/orthopedic-surgery"),
        ("PM&R", "/topics/specialty/physical-medicine-and-rehabilitation"),
    ],
)
def test_what_is_called_so_comes_first(site: TestClient, typed: str, path: str):
    assert site.get("/api/suggest", params={"q": typed}).json()["results"][0]["path"] == path


def test_questions_are_offered_in_the_words_typed_and_once(site: TestClient):
    for typed in ("acupunct", "physical ther", "orthop", "mri", "gabapen", "overturned opio"):
        rows = site.get("/api/suggest", params={"q": typed}).json()["results"]
        offered = [row for row in rows if row["kind"] == "question"]
        for row in offered:
            words = re.findall(r"\w+", row["label"].casefold())
            assert all(any(word.startswith(start) for word in words) for start in typed.split()), row
        assert len({row["figure"] for row in offered}) == len(offered)


@pytest.mark.long
def test_of_few_decisions_pages_say_no_more_than_they_bear(site: TestClient):
    """No share, interval, flow or chart of fewer decisions than ten; no list of no letters."""
    seen = 0
    for letter in "aceimprs":
        for row in site.get(f"/api/suggest?q={letter}&limit=50").json()["results"]:
            if not row["node"] or row["decisions"] >= 10:
                continue
            page = site.get(row["path"]).text
            seen += 1
            words = re.sub(r"<[^>]+>", " ", page.partition('class="summary"')[2].partition("</main>")[0])
            grounds = page.partition('id="grounds"')[2].partition("<tbody>")[2].partition("</tbody>")[0]
            assert 'id="flow"' not in page
            assert not re.search(r"\d %", grounds), row
            assert not re.search(r"\b0 of 0\b|\bNone\b|\bnan\b|\b1 decisions\b", words), row
            assert "too few for a rate" in words or "Not cited" in words, row
    assert seen > 10


PLACED = [
    ("/guidelines/chronic-pain/2009", "by-claims_administrator", "-claims-administrator-citation-"),
    ("/guidelines/chronic-pain/2009", "by-reviewer", "-reviewer-citation-"),
    ("/guidelines/chronic-pain/2009", "grounds", "-ground-"),
    ("/topics/ground/response:not-met", "by-claims_administrator", "-claims-administrator-citation-"),
    ("/topics/ground/response:not-met", "by-reviewer", "-reviewer-citation-"),
    ("/topics/service/rehabilitation", "grounds", "-ground-"),
]


@pytest.mark.parametrize(("path", "heading", "mark"), PLACED)
def test_a_count_leads_to_what_it_counts_in_the_letter(site: TestClient, path: str, heading: str, mark: str):
    table = site.get(path).text.partition(f'id="{heading}"')[2].partition("</tbody>")[0]
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/cases\?[^"]*)"', table)]
    assert links
    for link in links[:6]:
        places = re.findall(r'href="(/cases/[^"#]+)#([^"]*)" title="In the letter"', site.get(link).text)
        assert places
        for case, anchor in places:
            assert mark in anchor, (link, case, anchor)
        case, anchor = places[0]
        assert f'id="{anchor}"' in site.get(case, headers={"Accept": "text/html"}).text
