"""The description of the API against its answers: each operation is called and held to its schema."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator

from kg import contract
from kg.graph import iri
from kg.web.api import openapi

METHODS = ("get", "post")
KEY = "chronic-pain/2009/page/98"


@pytest.fixture(scope="module")
def described(site: TestClient) -> dict[str, Any]:
    return site.get("/api/openapi.json").json()


@pytest.fixture(scope="module")
def known(site: TestClient) -> dict[str, Any]:
    """Values of parameters that this base has, and bodies by address."""
    case = site.get("/api/cases?limit=1").json()["results"][0]["case"]
    key = site.get("/api/drivers?level=page&minimum=1").json()["results"][0]["key"]
    item = f"case/{case}/item/1"
    relations = site.get("/api/node", params={"node": item}).json()["relations"]
    edition = next(name for name in relations if "edition" in name)
    near = site.get("/api/neighbours", params={"node": item, "relation": edition}).json()["results"][0]
    services = site.get("/api/services").json()["results"]
    step = {"node": max(services, key=lambda row: row["decisions"])["iri"].removeprefix(iri.BASE)}
    drawn = site.post("/api/expand", json=step).json()["nodes"]
    assert "group" in {node["kind"] for node in drawn}  # of more decisions than are drawn one by one
    return {
        "case": case,
        "key": key,
        "notation": key,
        "kind": "outcomes",
        "form": "graphml",
        "node": f"guideline/{key}",
        "relation": "service",
        "item": item,
        "one": f"case/{case}",
        "other": f"guideline/{key}",
        "q": "opioids",
        "since": "000000",
        "name": "outcomes",
        "page": key,
        "service": site.get("/api/services?limit=1").json()["results"][0]["notation"],
        "/api/evidence": {"node": near["node"]},
        "/api/check": {"text": f"{case} upheld the denial. 5 decisions on opioids."},
        "/api/related": {"questions": [{"case": case}, {"items": ["MRI of the left knee"]}]},
        "/api/expand": step,
        "/api/expansions": {"steps": [step]},
        "/api/arrange": {"nodes": [f"guideline/{key}"]},
        "/api/export/{form}": {"nodes": [f"case/{case}", item]},
    }


def calls(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            if method in METHODS:
                yield path, method, operation


def value(parameter: dict[str, Any], known: dict[str, Any]) -> str | None:
    """What a parameter that must be given gets: what is known, else its example."""
    name, schema = parameter["name"], parameter["schema"]
    found = known.get(name, next(iter(schema.get("examples", [])), schema.get("example")))
    return None if found is None else str(found)


def asked(site: TestClient, path: str, method: str, operation: dict[str, Any], known: dict[str, Any]):
    """The answer to a call with its examples."""
    parameters = {
        one["name"]: value(one, known)
        for one in operation.get("parameters", [])
        if one["required"] or one["in"] == "path"
    }
    own = known.get(path, {})
    if method == "get":
        parameters |= own
    address = path
    for one in operation.get("parameters", []):
        if one["in"] == "path":
            address = address.replace(f"{{{one['name']}}}", quote(parameters.pop(one["name"])))
    accept = {"Accept": "application/json, */*;q=0.1"}
    if method == "post":
        return site.post(address, params=parameters, json=own, headers=accept)
    return site.get(address, params=parameters, headers=accept)


def schema_of(described: dict[str, Any], schema: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": described["components"]})


def test_every_answer_is_as_it_is_described(site: TestClient, described, known):
    wrong, count = [], 0
    for path, method, operation in calls(described):
        answer = asked(site, path, method, operation, known)
        if answer.status_code != 200:
            wrong.append((path, answer.status_code, answer.text[:200]))
            continue
        kind = answer.headers["content-type"].partition(";")[0]
        content = operation["responses"]["200"]["content"]
        if kind not in content:
            wrong.append((path, kind, list(content)))
        elif kind == "application/json":
            faults = list(schema_of(described, content[kind]["schema"]).iter_errors(answer.json()))
            wrong += [(path, fault.json_path, fault.message[:200]) for fault in faults[:2]]
            count += 1
    assert wrong == []
    assert count > 30


@pytest.mark.long
def test_every_form_of_an_answer_is_as_it_is_described(site: TestClient, described, known):
    wrong, count = [], 0
    for path, method, operation in calls(described):
        for kind, content in operation["responses"]["200"].get("content", {}).items():
            if method != "get" or kind == "application/json" or "/json" in kind:
                continue
            address = asked(site, path, method, operation, known).request.url
            answer = site.get(str(address), headers={"Accept": kind})
            got = answer.headers["content-type"].partition(";")[0]
            if got != kind:  # a form that only `format=` asks for
                continue
            count += 1
            value = answer.json() if kind.endswith("json") else answer.text
            faults = schema_of(described, content["schema"]).iter_errors(value)
            wrong += [(path, kind, fault.message[:200]) for fault in faults]
    assert wrong == []
    assert count > 20


def closed(operation: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Each value of each parameter of a call that has a closed set of them, in each view."""
    given = {one["name"]: one["schema"] for one in operation.get("parameters", []) if one["in"] == "query"}
    more = {"minimum": "1"} if "minimum" in given else {}
    for name in given.keys() - {"format"}:
        for word in given[name].get("enum", ()):
            for view in given.get("view", {}).get("enum", (None,)):
                yield more | ({"view": view} if view else {}) | {name: word}


@pytest.mark.long
def test_every_value_of_a_closed_set_is_answered_as_described(site: TestClient, described, known):
    wrong, count = [], 0
    for path, method, operation in calls(described):
        schema = operation["responses"]["200"].get("content", {}).get("application/json", {}).get("schema")
        for given in closed(operation) if schema and method == "get" else ():
            answer = asked(site, path, method, operation, known | {path: given})
            if answer.status_code == 200:
                faults = schema_of(described, schema).iter_errors(answer.json())
                wrong += [(path, given, fault.message[-200:]) for fault in faults]
                count += 1
            elif answer.status_code not in {404, 422}:  # a page is no section; a combination that is refused
                wrong.append((path, given, answer.text[:200]))
    assert wrong == []
    assert count > 300


def test_every_problem_is_as_it_is_described(site: TestClient, described):
    wrong = []
    for path, method, operation in calls(described):
        content = operation["responses"]["default"]["content"]["application/problem+json"]["schema"]
        address = path.replace("{", "").replace("}", "")
        answer = site.get(address, params={"colour": "red"}) if method == "get" else site.post(address)
        if answer.status_code < 400 and not path.startswith("/sparql"):
            wrong.append((path, answer.status_code))
        elif answer.headers["content-type"] == "application/problem+json":
            wrong += [(path, f.message) for f in schema_of(described, content).iter_errors(answer.json())]
    assert wrong == []


def _bare(schema: Any, place: str) -> Iterator[str]:
    """Where an answer has objects whose fields are not named."""
    if isinstance(schema, dict):
        named = {"properties", "$ref"} & schema.keys() or schema.get("additionalProperties", True) is not True
        if schema.get("type") == "object" and not named:
            yield place
        for name, part in schema.items():
            if name not in {"examples", "default", "const", "enum"}:
                yield from _bare(part, f"{place}/{name}")
    elif isinstance(schema, list):
        for number, part in enumerate(schema):
            yield from _bare(part, f"{place}/{number}")


def test_every_answer_has_named_fields(described):
    found = []
    for name, schema in described["components"]["schemas"].items():
        found += list(_bare(schema, name))
    for path, _, operation in calls(described):
        content = operation["responses"]["200"].get("content", {})
        schema = json.dumps(content.get("application/json", {"schema": "none"}))
        if schema == '{"schema": {}}' or re.search(r'schemas/(Listing|Thing)"', schema):
            found.append(path)
    assert found == []


def test_closed_sets_list_their_values(described):
    """No answer but a row of a named query has another word under one of these names."""
    schemas = described["components"]["schemas"]
    for name in openapi.CLOSED:
        having = {
            one: schema["properties"][name]
            for one, schema in schemas.items()
            if name in schema.get("properties", {})
        }
        any_word = [
            one
            for one, field in having.items()
            if any(schema_of(described, field).is_valid(word) for word in ("anything", ["anything"]))
        ]
        assert having
        assert [one for one in any_word if not one.startswith("Query")] == [], name


def test_every_schema_has_a_name_of_its_own(described):
    known = described["components"]["schemas"]
    referred = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(described)))
    assert [name for name in known if "__" in name] == []
    assert referred - known.keys() == set()


def test_the_determination_is_that_of_kg_schema(described):
    form = contract.schema()
    case = described["components"]["schemas"]["Case"]
    assert case["properties"].keys() == form["properties"].keys() | {"iri", "generation"}
    assert case["properties"]["kind"] == form["properties"]["kind"]
    decision = described["components"]["schemas"]["LetterDecision"]
    assert decision["properties"].keys() == form["$defs"]["decision"]["properties"].keys()
    assert case["properties"]["decisions"]["items"]["$ref"].endswith("/LetterDecision")
