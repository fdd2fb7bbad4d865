"""``/api/related``, ``/api/cases/{case}/related`` and the page for pasted requests."""

import json

import pytest
from fastapi.testclient import TestClient

from kg.analysis.related.rankings import RelatedRow
from kg.analysis.shown_columns import columns


def lines(answer):
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    return [json.loads(line) for line in answer.text.splitlines()]


def some_cases(site: TestClient, count: int) -> list[str]:
    return [row["case"] for row in site.get(f"/api/cases?limit={count}").json()["results"]]


def without(body, *names):
    return {name: value for name, value in body.items() if name not in names}


def test_related_cases_have_pairs_with_reasons(site: TestClient):
    [case] = some_cases(site, 1)
    body = site.get(f"/api/cases/{case}/related?limit=3").json()
    pair = body["results"][0]["pairs"][0]
    assert sum(reason["share"] for reason in pair["reasons"]) == pytest.approx(1, abs=1e-3)
    assert {each.name for each in columns(RelatedRow)} <= body["results"][0].keys() | pair.keys()
    assert {"reasons", "differences", "shared"} <= pair.keys()
    after = site.get(f"/api/cases/{case}/related", params={"limit": 3, "cursor": body["next"]}).json()
    assert not {row["case"] for row in body["results"]} & {row["case"] for row in after["results"]}


def test_the_other_way_is_an_item_decided_otherwise(site: TestClient):
    for case in some_cases(site, 20):
        body = site.get(f"/api/cases/{case}/related?outcome=other").json()
        own = {side["item"]: side["outcome"] for side in body["asked"]}
        for row in body["results"]:
            assert all(pair["outcome"] != own[pair["asked"]] for pair in row["pairs"])
        assert body["results"] or body["notes"]


def test_any_spelling_of_a_case_number(site: TestClient):
    [case] = some_cases(site, 1)
    spelled = case.lower().replace("-", " ")
    assert site.get(f"/api/cases/{spelled}/related").json() == site.get(f"/api/cases/{case}/related").json()
    [one, two] = lines(site.post("/api/related", json={"questions": [{"case": spelled}, {"case": case}]}))
    assert without(one, "question") == without(two, "question")


def test_the_case_page_switches_between_the_modes(site: TestClient):
    [case] = some_cases(site, 1)
    usual, pending = (site.get(f"/cases/{case}{options}") for options in ("", "?mode=pending"))
    assert f'href="/cases/{case}?mode=pending#related"' in usual.text
    assert "both reviewers" not in pending.text.partition('id="related"')[2]
    assert usual.headers["etag"] != pending.headers["etag"]
    assert site.get(f"/cases/{case}?mode=presedent").status_code == 422


@pytest.mark.long
@pytest.mark.parametrize("options", ["", "?mode=pending", "?outcome=other&limit=3", "?outcome=upheld"])
def test_many_at_once_are_as_one_by_one(site: TestClient, options):
    texts = {case: site.get(f"/api/cases/{case}/letter").json()["text"] for case in some_cases(site, 40)}
    cases = [case for case, text in texts.items() if case in text][:8]  # some letters print no number
    letters = [{"letter": texts[case]} for case in cases]
    requests = [{"items": ["MRI of the left knee", "ibuprofen"], "summary": "Diagnoses: knee sprain."}]
    asked = [{"case": case} for case in cases] + letters + requests
    together = lines(site.post(f"/api/related{options}", json={"questions": asked}))
    assert [body["question"] for body in together] == list(range(len(asked)))
    for number, question in enumerate(asked):
        [alone] = lines(site.post(f"/api/related{options}", json={"questions": [question]}))
        assert without(alone, "question") == without(together[number], "question")
    for case, body in zip(cases, together, strict=False):
        got = site.get(f"/api/cases/{case}/related{options}").json()
        assert got["results"] == body["results"]
    for known, letter in zip(together, together[len(cases) : -1], strict=False):
        assert letter["results"] == known["results"]


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        ({"questions": []}, 422, "questions"),
        ({"questions": [{}]}, 422, "use one of case, letter or items"),
        ({"questions": [{"case": "CM1", "items": ["MRI"]}]}, 422, "use one of case, letter or items"),
        ({"questions": [{"case": "CM1", "summary": "old"}]}, 422, "summary requires items"),
        ({"questions": [{"items": ["MRI"]}, {"case": "CM1"}]}, 404, "question 1: there is no case 'CM1'"),
        ({"questions": [{"letter": "Dear sir"}]}, 422, "question 0: none of the headings"),
        ({"questions": [{"items": [" "]}]}, 422, "question 0: an item must have"),
        ({"questions": [{"items": ["MRI"]}] * 101}, 422, "questions"),
        ({"questions": [{"items": ["MRI"] * 50}] * 11}, 422, "at most 500 items"),
        ({"queries": []}, 422, "questions"),
    ],
)
def test_bad_questions(site: TestClient, body, status, sentence):
    answer = site.post("/api/related", json=body)
    assert answer.status_code == status, answer.text
    assert sentence in answer.text


@pytest.mark.parametrize("option", ["mode=presedent", "outcome=oter"])
def test_a_misspelt_option_is_named(site: TestClient, option):
    answer = site.post(f"/api/related?{option}", json={"questions": [{"items": ["MRI"]}]})
    assert answer.status_code in {400, 404, 422}
    assert "the nearest" in answer.json()["detail"]


def test_the_page_finds_decisions_for_a_pasted_request(site: TestClient):
    assert "Paste a request" in site.get("/related").text
    found = site.post(
        "/related", data={"items": "MRI of the left knee\n<b>ibuprofen</b>", "summary": "He fell."}
    )
    assert found.status_code == 200
    assert "Most similar cases" in found.text
    assert "<b>ibuprofen" not in found.text
    assert "give at least one item" in site.post("/related", data={"items": " "}).text
    assert site.post("/related", content=b"items=" + b"x" * 200_000).status_code == 413
    assert "at most 20 items" in site.post("/related", data={"items": "MRI\n" * 21}).text
