"""Names are found by brand, abbreviation and misspelling; a treatment is one entry however it is worded."""

import re

import pytest
from fastapi.testclient import TestClient
from tables import some_or_all

from kg.analysis import labels


def paths(site: TestClient, words: str) -> list[str]:
    return [row["path"] for row in site.get("/api/suggest", params={"q": words}).json()["results"]]


@pytest.mark.parametrize(
    ("words", "path"),
    [
        ("PM&R", "/topics/specialty/physical-medicine-and-rehabilitation"),
        ("pmr", "/topics/specialty/physical-medicine-and-rehabilitation"),
        ("chapter 12", "/guidelines/acoem-2004/12"),
        ("physcal therpy", "/topics/service/rehabilitation/physical-therapy-occupational-therapy-pt-ot"),
        ("Norco", "/topics/drug/hydrocodone"),
        ("opioids", "/topics/drug/opioids"),
    ],
)
def test_a_name_is_found_in_other_words(site: TestClient, words: str, path: str):
    assert path in paths(site, words)


@some_or_all(4)
def test_every_other_name_of_a_drug_leads_to_it(site: TestClient, step: int):
    """Brands and misspellings of every drug that the base has."""
    rows = site.get("/api/drugs?limit=200").json()["results"]
    known = {f"drug/{row['notation']}" for row in rows}
    tried = 0
    for node in sorted(known & labels.concepts().keys())[::step]:
        for other in labels.concepts()[node].others:
            found = paths(site, other)
            assert any(path.startswith("/topics/drug/") for path in found), (node, other)
            tried += 1
    assert tried > 20 / step


def test_no_node_is_offered_twice(site: TestClient):
    for words in ("opioid", "mri", "pain", "therapy", "chapter"):
        found = [path for path in paths(site, words) if not path.startswith("/cases")]
        assert len(found) == len(set(found))


def test_the_nearest_words_are_offered(site: TestClient):
    page = site.get("/search?q=physcal+therpy").text
    assert "Did you mean" in page
    [nearest] = re.findall(r'Did you mean <a href="([^"]*)"', page)
    assert "In the graph" in site.get(nearest).text
    assert "Did you mean" not in site.get("/search?q=physical+therapy").text
    assert "Did you mean" not in site.get("/search?q=zzzzzzzz").text


def test_a_treatment_is_one_entry_with_its_wordings(site: TestClient):
    page = site.get("/search?q=mri").text.partition("Treatments</h2>")[2].partition("</section>")[0]
    labels_shown = re.findall(r'<li><a href="/cases\?about=[^"]*">([^<]*)</a>', page)
    assert labels_shown
    assert len(labels_shown) == len(set(labels_shown))
    wordings = re.findall(r'/cases\?text=[^"]*">([^<]*)</a>', page)
    assert wordings
    assert all("mri" in words.lower() for words in wordings)


TYPED = (
    "mri",
    "lumbar",
    "therap",
    "physical therapy",
    "inject",
    "tramadol",
    "x-ray",
    "of the",
    "right knee",
    "3 times a week",
)


def test_a_suggested_treatment_is_one_entry_that_lists_what_it_counts(site: TestClient):
    """No wording stands alone beside its treatment, and a count is that of the list that it leads to."""
    seen = 0
    for words in TYPED:
        rows = site.get("/api/suggest", params={"q": words, "limit": 20}).json()["results"]
        treated = [row for row in rows if row["kind"] == "treatment"]
        assert not [row for row in rows if row["kind"] == "item"], words
        names = [row["path"] for row in treated]
        assert len(names) == len(set(names))
        for row in treated:
            listed = site.get(row["path"] + "&format=csv").text.splitlines()[1:]
            assert row["decisions"] == len(listed), row
            seen += 1
    assert seen > 20


def test_questions_are_grouped_found_and_answered(site: TestClient):
    page = site.get("/questions").text
    names = re.findall(r'href="/questions/([a-z_]+)"', page)
    assert len(names) == len(set(names)) > 40
    fewer = re.findall(r'href="/questions/([a-z_]+)"', site.get("/questions?q=expedited").text)
    assert fewer == ["outcomes_by_priority"]
    answer = site.get("/questions/outcomes_by_priority").text
    assert "95 % interval" in answer
    assert 'class="bar"' in answer
    needed = site.get("/questions/case").text
    assert "Enter case." in needed
    refused = site.get("/questions/outcomes_by_section?party=nobody").text
    assert 'class="fault"' in refused
    assert site.get("/questions/nothing", headers={"Accept": "text/html"}).status_code == 404


def test_every_question_without_needs_is_answered(site: TestClient):
    for name in re.findall(r'href="/questions/([a-z_]+)"', site.get("/questions").text):
        page = site.get(f"/questions/{name}")
        assert page.status_code == 200
        assert 'class="fault"' not in page.text, name
