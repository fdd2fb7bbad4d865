"""Every filter at every address that takes it: what parses to nothing is never no filter."""

import pytest
from starlette.testclient import TestClient

from kg.analysis.filters import FILTERS
from kg.analysis.filters.ranges import WORD

WRONG = ["", "%20", "2016-2014", "2016-06..2016-01", "no+such+thing"]


def addresses(site: TestClient) -> list[str]:
    """The addresses that take filters, with their parameters given."""
    case = site.get("/api/cases?limit=1").json()["results"][0]["case"]
    key = site.get("/api/drivers?minimum=1&limit=1").json()["results"][0]["key"]
    found = [
        path
        for path, calls in site.get("/api/openapi.json").json()["paths"].items()
        if any(parameter["name"] == "priority" for parameter in calls.get("get", {}).get("parameters", []))
    ]
    return [path.replace("{case}", case).replace("{key}", key) for path in found]


@pytest.fixture(scope="module")
def taking(site: TestClient) -> list[str]:
    found = addresses(site)
    assert len(found) == 11
    return found


def absent(name: str) -> str:
    """A value of a filter that no decision has."""
    if FILTERS[name].searched:
        return "no such words"
    if FILTERS[name].kind is not WORD:
        return "1950..1960"
    return {"template": "2013-notice", "priority": "expedited"}.get(
        name, str(sorted(FILTERS[name].vocabulary())[-1])
    )


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("value", WRONG)
def test_what_is_no_value_is_refused_at_every_address(site, taking, name, value):
    if FILTERS[name].searched and value.strip("%20"):
        return  # any words can be searched for
    for path in taking:
        answer = site.get(f"{path}?{name}={value}")
        assert answer.status_code == 422, (path, name, value)
        assert "detail" in answer.json()
    if value:
        for page in ("/cases", "/drivers", "/drivers.svg"):
            assert site.get(f"{page}?{name}={value}").status_code == 422


@pytest.mark.parametrize("name", FILTERS)
def test_a_value_keeps_the_same_decisions_at_every_address(site, taking, name):
    whole = site.get("/api/drivers?limit=1").json()["decisions"]
    values = site.app.state.state.site.index.values(name)[:3]
    for value in ["medical", "not medically"] if FILTERS[name].searched else values:
        asked = {name: value, "party": "any", "level": "guideline", "minimum": 1}
        table = site.get("/api/drivers", params=asked).json()
        assert 0 < table["decisions"] <= whole
        assert table["filters"] == {name: [value]}
        for row in table["results"][:2]:
            behind = site.get(row["about"]).json()
            listed = {name: value, "guideline": row["key"]} if name != "guideline" else {name: value}
            cases = site.get("/api/cases", params=listed).json()
            assert name == "guideline" or behind["total"] == cases["total"]


@pytest.mark.parametrize("name", FILTERS)
def test_a_value_that_no_decision_has_is_an_empty_answer_with_a_note(site, taking, name):
    if absent(name) in site.app.state.state.site.index.values(name):
        pytest.skip("a decision has it")
    for path in taking:
        answer = site.get(path, params={name: absent(name)})
        if "/drivers/" in path:  # a row of a table that is empty
            assert answer.status_code == 404
            continue
        body = answer.json()
        assert answer.status_code == 200, (path, name)
        if "/robustness/" in path or path == "/api/sides":  # specifications and agreements, which count none
            assert {row["decisions"] for row in body["results"]} == {0}
        else:
            assert body["results"] == []
        told = f"no decision has the {name.replace('_', ' ')} {FILTERS[name].read(absent(name))}"
        assert told in body["notes"], path
