"""The short form of every answer, and the limit of every list, over the description of the API."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from test_openapi import asked, calls, described, known, schema_of

from kg import queries
from kg.questions.examples import EXAMPLES
from kg.web.api.answers.brief import CAUTION, MOST, tokens

__all__ = ["described", "known"]

WHOLE = {
    "/api/cases/{case}": "one letter, in the form of kg schema",
    "/api/cases/{case}/letter": "the text of one letter, with its marks",
    "/api/expand": "a picture: the steps in its body have a limit",
    "/api/expansions": "a picture: the steps in its body have a limit",
    "/api/arrange": "a picture: the places of the nodes that are sent",
    "/api/": "the data set",
}
"""Answers that are no list, though they hold some: why they take no limit."""
NO_SHORT_FORM = {path for path, why in WHOLE.items() if why.startswith(("a picture", "the text"))}


def resolved(described: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = described["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def forms(described: dict[str, Any], operation: dict[str, Any]) -> list[dict[str, Any]]:
    """The schemas of an answer in JSON: in full, and the short form if it has one.

    Where the rows depend on what is asked there are several in full, and then as many short ones.
    """
    content = operation["responses"]["200"].get("content", {}).get("application/json", {})
    schema = content.get("schema", {})
    return [resolved(described, one) for one in schema.get("anyOf", [schema])] if schema else []


def parameters(operation: dict[str, Any]) -> set[str]:
    return {one["name"] for one in operation.get("parameters", [])}


def lists(described: dict[str, Any], schema: dict[str, Any]) -> Iterator[str]:
    """The names of the lists that an answer holds."""
    for name, field in schema.get("properties", {}).items():
        for one in [field, *field.get("anyOf", [])]:
            if resolved(described, one).get("type") == "array":
                yield name


def test_whatever_is_a_list_or_holds_one_takes_a_limit(described):
    without, count = [], 0
    for path, method, operation in calls(described):
        found = [name for form in forms(described, operation)[:1] for name in lists(described, form)]
        streamed = "application/x-ndjson" in operation["responses"]["200"].get("content", {})
        if path.startswith("/api/") and (found or streamed):
            count += 1
            if path not in WHOLE and "limit" not in parameters(operation):
                without.append((method, path, found))
    assert without == []
    assert count > 70


def test_whatever_is_answered_in_json_has_a_short_form(described):
    without = [
        path
        for path, _, operation in calls(described)
        if path.startswith("/api/")
        and (found := forms(described, operation))
        and ("view" not in parameters(operation) or len(found) % 2)
    ]
    assert set(without) == NO_SHORT_FORM
    assert "view" in parameters(described["paths"]["/api/related"]["post"])


def short(site: TestClient, path: str, method: str, operation: dict[str, Any], known: dict[str, Any]) -> Any:
    """The answer to a call with its examples, in the short form."""
    viewed = {**operation, "parameters": [*operation["parameters"], VIEW]}
    return asked(site, path, method, viewed, {**known, "view": "brief"})


VIEW = {"name": "view", "in": "query", "required": True, "schema": {}}


def test_every_short_form_is_short_and_as_it_is_described(site: TestClient, described, known):
    wrong, count, cut = [], 0, 0
    for path, method, operation in calls(described):
        if "view" not in parameters(operation):
            continue
        answer = short(site, path, method, operation, known)
        for line in answer.text.splitlines() if path == "/api/related" else [answer.text]:
            told = json.loads(line)
            if answer.status_code != 200 or tokens(line) > MOST or told.get("caution") != CAUTION:
                wrong.append((path, answer.status_code, tokens(line), line[:200]))
            count, cut = count + 1, cut + bool(told.get("truncated"))
        found = forms(described, operation)
        if found:
            schema = {"anyOf": found[len(found) // 2 :]}
            wrong += [(path, one.message[:200]) for one in schema_of(described, schema).iter_errors(told)]
            wrong += [(path, "not narrowed")] if told["truncated"] and not told["narrow"] else []
    assert wrong == []
    assert count > 70
    assert cut > 5


def within(one: Any, other: Any) -> bool:
    """Whether what a short form says is what the full one says under the same names."""
    if isinstance(one, dict) and isinstance(other, dict):
        return all(name in other and within(value, other[name]) for name, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) <= len(other) and all(map(within, one, other))
    return one == other


OWN = {"address", "caution", "truncated", "narrow", "next", "question"}
"""What a short form says of itself."""
ANOTHER_FORM = {"/api/cases/{case}", "/api/queries"}
"""Whose short forms are in other words, beside the rows of named queries."""


@pytest.mark.long
def test_a_short_form_says_what_the_full_one_says(site: TestClient, described, known):
    wrong = []
    for path, method, operation in calls(described):
        if "view" not in parameters(operation) or path in ANOTHER_FORM or path == "/api/related":
            continue
        brief = short(site, path, method, operation, known).json()
        full = asked(site, path, method, operation, known).json()
        said = {name: value for name, value in brief.items() if name not in OWN}
        if "columns" in said:
            rows = [list(row.values()) for row in full["results"]]
            full = full | {"named": [], "rows": [[text(value) for value in row] for row in rows]}
        if not within(said, full):
            wrong.append(path)
        if (
            method == "get"
            and site.get(brief["address"]).json() != asked(site, path, method, operation, known).json()
        ):
            wrong.append((path, brief["address"]))
    assert wrong == []


def text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def pages(site: TestClient, address: str, **given: str) -> Iterator[dict[str, Any]]:
    """The pages of a list, from its address on."""
    following: str | None = None
    name = "cursor" if address.startswith("/api/cases") else "offset"
    while True:
        page = site.get(address, params=given | ({name: following} if following else {})).json()
        yield page
        following = page["next"]
        if following is None:
            return


@pytest.mark.parametrize(
    ("address", "listed", "given"),
    [
        ("/api/cases", "results", {"limit": "1000"}),
        ("/api/search", "results", {"limit": "100", "q": "epidural"}),
        ("/api/sentences", "results", {"limit": "1000"}),
        ("/api/guidelines", "results", {"limit": "1000"}),
        ("/api/changes", "results", {"limit": "1000", "since": "000000"}),
        ("/api/drivers", "results", {"limit": "1000", "minimum": "1"}),
        ("/api/queries/grounds_by_page", "rows", {"limit": "1000"}),
        ("/api/queries/disagreements", "rows", {"limit": "1000"}),
        ("/api/ask", "rows", {"q": "outcomes by page"}),
    ],
)
def test_a_short_list_goes_on_where_it_was_cut(site: TestClient, address, listed, given):
    found = list(pages(site, address, view="brief", **given))
    full = site.get(address, params={**given, "limit": given.get("limit", "200")}).json()
    full_rows = full["results" if listed == "rows" and "results" in full else listed]
    rows = [row for page in found for row in page[listed]]
    assert len(rows) == full["total"] == len(full_rows)
    if listed == "results":
        assert all(map(within, rows, full_rows))
    assert all(page["truncated"] == (page["next"] is not None) for page in found)


PAGED = (
    *("/api/queries", "/api/queries/outcomes_by_specialty", "/api/queries/disagreements"),
    *("/api/ask?q=outcomes by specialty", "/api/guidelines?kind=chapter", "/api/changes?since=000000"),
)


@pytest.mark.parametrize("address", PAGED)
def test_pages_of_a_list_are_the_whole_in_order(site: TestClient, address: str):
    place, _, query = address.partition("?")
    given = dict(part.split("=", 1) for part in query.split("&") if part)
    whole = site.get(place, params=given | {"limit": "200"}).json()
    listed = "rows" if place == "/api/ask" else "results"
    assert len(whole[listed]) == whole["total"] > 7
    found = [row for page in pages(site, place, **given, limit="7") for row in page[listed]]
    assert found == whole[listed]


LIMITED = [name for name in queries.names() if "limit" in {p.name for p in queries.load(name).parameters}]
GIVEN = {
    "cases_citing_page": "page=chronic-pain/2009/page/98",
    "decisions_on": "service=rehabilitation/physical-therapy-occupational-therapy-pt-ot&outcome=any",
}


@pytest.mark.parametrize("name", LIMITED)
def test_the_total_of_a_query_with_a_limit_counts_all_its_rows(site: TestClient, name: str):
    address = f"/api/queries/{name}?{GIVEN.get(name, '')}"
    whole = site.get(f"{address}&limit=100000").json()
    assert whole["total"] == len(whole["results"])
    for limit, view in ((1, "full"), (1, "brief"), (3, "full")):
        told = site.get(f"{address}&limit={limit}&view={view}").json()
        assert told["total"] == whole["total"], (limit, view)
        assert (told["next"] is None) == (limit >= whole["total"])


def test_another_view_is_refused(site: TestClient):
    answer = site.get("/api/drivers?view=short")
    assert answer.status_code == 422
    assert "view" in answer.text
    assert site.get("/api/expand?view=brief").status_code == 405
    assert site.get("/api/cases/CM16-0000001/letter?view=brief").status_code == 422


QUESTIONS = (
    *EXAMPLES,
    *("do both sides cite the same page", "which grounds are stated when opioids are upheld"),
    *("mean days from UR denial to decision by year", "opioids as a share of drugs", "items per letter"),
    *("list overturned decisions on MRI", "which pages are overturned most", "opioids versus NSAIDs"),
)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_kind_of_question_has_its_short_answer(site: TestClient, described, question: str):
    schemas = forms(described, described["paths"]["/api/ask"]["get"])
    question = re.sub(r"CM\d\d-\d{7}", site.get("/api/cases?limit=1").json()["results"][0]["case"], question)
    for view, schema in zip(("full", "brief"), schemas, strict=True):
        answer = site.get("/api/ask", params={"q": question, "view": view})
        assert answer.status_code == 200, answer.text
        assert list(schema_of(described, schema).iter_errors(answer.json())) == []
