"""Claims through the page, the API and the command."""

import pytest

from kg.claims.check import LONGEST


@pytest.fixture
def case(site):
    return site.get("/api/cases?limit=1").json()["results"][0]["case"]


def test_the_api_checks_each_part(site, case):
    told = site.get(f"/api/cases/{case}").json()
    outcome = told["decisions"][0]["outcome"]
    count = site.get("/api/ask", params={"q": "how many decisions"}).json()["value"]["decisions"]
    text = f"The reviewer in {case} reviewed a request. There are {count:,} decisions. {count + 1} decisions."
    got = site.post("/api/check", json={"text": text})
    assert got.status_code == 200
    assert outcome in {"upheld", "overturned", "modified"}
    assert [claim["verdict"] for claim in got.json()["claims"]][-2:] == ["holds", "differs"]
    assert got.headers["KG-Generation"] == got.json()["generation"]


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({}, 422, "text"),
        ({"text": ""}, 422, "text"),
        ({"text": "x" * (LONGEST + 1)}, 422, "text"),
        ({"text": "CM99-0000001 upheld it. " * 10_000}, 422, "text"),
        ({"text": "12 % were upheld. " * 1_100}, 422, "claims"),
        ({"text": "CM16-0000001", "more": 1}, 422, "more"),
    ],
)
def test_bad_input_is_told_in_a_sentence(site, body, status, said):
    got = site.post("/api/check", json=body)
    assert got.status_code == status
    assert said in got.text
    assert len(got.text) < 2_000


def test_the_page_shows_the_verdicts(site, case):
    assert "<textarea" in site.get("/check").text
    page = site.post(
        "/check",
        data={
            "text": f"{case} was decided in 1999. There are 999,999 decisions. CM99-0000001 upheld an MRI."
        },
    )
    assert page.status_code == 200
    assert "Differs" in page.text
    assert "Not in this base" in page.text
    assert f"/cases/{case}" in page.text
    assert "No sentence contains a case number" in site.post("/check", data={"text": "Hello."}).text
    assert "more than" in site.post("/check", data={"text": "12 % were upheld. " * 1_100}).text
    assert site.post("/check", data={"text": "x" * 1_000_000}).status_code == 413
