"""The door for agents, through the official client: every tool, both protocols, bad calls, sizes."""

import json
import os
import random
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from conftest_web import Live, in_a_loop
from fastapi.testclient import TestClient
from hostile import RUNAWAY
from mcp import StdioServerParameters
from mcp.client import Client

from kg.analysis.filters import FILTERS
from kg.web.agents.tool_server import server as agents
from kg.web.api.answers.brief import MOST, tokens
from kg.web.app import create_app
from kg.web.settings import Settings

CALLS = int(os.environ.get("KG_CALLS", "1000"))
"""How many calls the long test makes; `make agents` makes 5,000."""
TOOLS = {"find", "ask", "drivers", "grounds", "decisions", "decision", "related", "check", "query"}

Words = dict[str, Any]


def talk(built: Path, with_client: Callable[[Client], Awaitable[Any]], mode: str = "auto") -> Any:
    """What is found out with a client of the tools over the built base."""

    async def run() -> Any:
        app = create_app(built, Settings(workers=1, time_limit=2))
        async with app.router.lifespan_context(app), Client(agents(app), mode=mode) as client:
            return await with_client(client)

    return in_a_loop(run())


def words_of(answer: Any) -> str:
    return " ".join(part.text for part in answer.content)


@pytest.mark.parametrize("mode", ["legacy", "2026-07-28"])
def test_the_tools_are_listed_with_their_schemas_and_only_read(built: Path, mode: str):
    found = talk(built, lambda client: client.list_tools(), mode)
    assert {tool.name for tool in found.tools} == TOOLS
    for tool in found.tools:
        assert tool.annotations.read_only_hint
        assert tool.output_schema["properties"]["generation"]
        assert tool.description
    assert len(found.model_dump_json()) < 60_000


def test_the_figures_are_those_of_the_api(built: Path, site: TestClient):
    async def asked(client: Client) -> list[Any]:
        calls = (
            ("ask", {"question": "overturn rate of physical therapy"}),
            ("drivers", {"level": "guideline", "limit": 50}),
            ("decisions", {"filters": {"category": "Pharmaceuticals"}, "outcome": "overturned"}),
            ("grounds", {"filters": {"category": "Pharmaceuticals"}}),
        )
        return [(await client.call_tool(name, given)).structured_content for name, given in calls]

    found = talk(built, asked)
    for told in found:
        assert told == site.get(f"{told['address']}&view=brief").json()
    rate, drivers, decisions, grounds = found
    assert rate["value"] == site.get(rate["address"]).json()["value"]
    full = site.get(drivers["address"]).json()
    assert (drivers["verdict"], drivers["total"]) == (full["verdict"], full["total"])
    assert [row["key"] for row in drivers["results"]] == [row["key"] for row in full["results"]]
    assert decisions["total"] == site.get(decisions["address"]).json()["total"] > 0
    assert grounds["verdict"] == site.get(grounds["address"]).json()["verdict"] != ""


def test_an_answer_that_is_cut_goes_on(built: Path, site: TestClient):
    """By the cursor of the tool, until all rows of the full answer were given once."""

    async def asked(client: Client) -> list[list[str]]:
        rows, cursor = [], None
        while True:
            given = {"name": "grounds_by_page", "cursor": cursor}
            page = (await client.call_tool("query", given)).structured_content
            rows += page["rows"]
            assert page["truncated"] == (page["next"] is not None)
            if (cursor := page["next"]) is None:
                return rows

    full = site.get("/api/queries/grounds_by_page?limit=1000").json()["results"]
    found = talk(built, asked)
    assert [row[0] for row in found] == [row["page"] for row in full]
    assert len(found) > 100


def test_a_letter_is_told_in_its_own_words(built: Path, site: TestClient):
    case = site.get("/api/cases?limit=1").json()["results"][0]["case"]
    told = talk(built, lambda client: client.call_tool("decision", {"case": case.lower()}))
    letter = " ".join(site.get(f"/api/cases/{case}/letter").json()["text"].split())
    assert told.structured_content["case"] == case
    for row in told.structured_content["decisions"]:
        assert row["item"] in letter
        for printed in (*row["reviewer"], *row["claims_administrator"], row["rationale"]):
            assert printed in letter


BAD = [
    ("find", {}, "words"),
    ("ask", {"question": "what is the meaning of life"}, "meaning"),
    ("drivers", {"level": "chapters"}, "level"),
    ("drivers", {"filters": {"colour": "red"}}, "colour"),
    ("decisions", {"filters": {"year": "2016-2014"}}, "2016"),
    ("decisions", {"filters": {"category": "Sugrery"}}, "Surgery"),
    ("decision", {"case": "CM99-9999999"}, "CM99-9999999"),
    ("related", {}, "one of the two"),
    ("related", {"case": "CM16-0000001", "items": ["MRI"]}, "one of the two"),
    ("query", {"sparql": "SELECT * { ?a ?b"}, "line 1"),
    ("query", {"sparql": "INSERT DATA { <x:a> <x:b> <x:c> }"}, "begins with"),
    ("query", {"sparql": "SELECT * { SERVICE <http://127.0.0.1/> { ?a ?b ?c } }"}, "SERVICE"),
    ("query", {"sparql": RUNAWAY}, "did not end"),
    ("query", {"name": "nothing"}, "nothing"),
    ("query", {"name": "outcomes", "sparql": "ASK {}"}, "one of the two"),
]


def test_a_bad_call_is_told_what_is_wrong(built: Path):
    async def asked(client: Client) -> list[Any]:
        return [await client.call_tool(name, given) for name, given, _ in BAD]

    for answer, (name, given, said) in zip(talk(built, asked), BAD, strict=True):
        assert answer.is_error, f"{name} {given} was answered"
        assert said in words_of(answer), f"{name} {given}: {words_of(answer)}"
        assert "Traceback" not in words_of(answer)


def calls(count: int, cases: list[str]) -> list[tuple[str, Words]]:
    """Calls made at random of what each tool takes, now and then with values that it refuses."""
    chance = random.Random(7)
    filters = [{one.name: one.example} for one in FILTERS.values()] + [
        {},
        {"year": "2014-2016"},
        {"drug": "x"},
    ]
    texts = ["MRI of the lumbar spine", "Norco 10/325mg #60", "page 98", "é" * 50, "opioids", "0", "?"]
    questions = [
        "overturn rate of opioids by year",
        "which sections are overturned most",
        "hello",
        "MRI 2014",
    ]
    claims = [
        f"{cases[0]} upheld the denial of an MRI, citing ODG.",
        f"{cases[1]} was decided. 12 % of decisions on opioids were overturned.",
        "Nothing is claimed.",
        "page 98 " * 200,
    ]
    named = ["outcomes", "grounds_by_page", "disagreements", "case", "nothing"]
    queries = ["SELECT * { ?a ?b ?c } LIMIT 500", "ASK {}", "SELECT (1 AS ?x) {}", "x"]

    def some(*values: Any) -> Any:
        return chance.choice(values)

    made: dict[str, Callable[[], Words]] = {
        "find": lambda: {"words": some(*texts), "limit": some(1, 10, 50)},
        "ask": lambda: {"question": some(*questions)},
        "drivers": lambda: {
            "level": some("guideline", "chapter", "section", "page"),
            "party": some("reviewer", "claims_administrator", "any", "both"),
            "filters": some(*filters),
            "limit": some(1, 50, 51),
        },
        "grounds": lambda: {
            "by": some("all", "page", "body_part"),
            "key": some(None, None, "chronic-pain/2009/page/98", "?"),
            "filters": some(*filters),
            "limit": some(1, 50),
        },
        "decisions": lambda: {
            "filters": some(*filters),
            "outcome": some(None, "upheld", "overturned"),
            "words": some("", *texts),
            "limit": some(1, 50),
            "cursor": some(None, None, "c1.5", "?"),
        },
        "decision": lambda: {"case": some(*cases)},
        "related": lambda: {
            **some({"case": some(*cases)}, {"items": [some(*texts), some(*texts)]}),
            "outcome": some(None, "same", "other", "overturned"),
            "mode": some("precedent", "pending"),
            "limit": some(1, 50),
        },
        "check": lambda: {"text": some(*claims), "cursor": some(None, "0", "1")},
        "query": lambda: {
            **some({}, {"name": some(*named)}, {"sparql": some(*queries)}),
            "cursor": some(None, "0", "7"),
        },
    }
    return [(name, made[name]()) for name in (some(*made) for _ in range(count))]


def hold(built: Path, count: int) -> None:
    async def held(client: Client) -> None:
        schemas = {tool.name: tool.output_schema for tool in (await client.list_tools()).tools}
        found = await client.call_tool("decisions", {"limit": 50})
        cases = [row["case"] for row in found.structured_content["results"]]
        answered = 0
        # What is asked again is answered alike.
        asked = {json.dumps(call): call for call in calls(count, cases)}
        for name, given in asked.values():
            answer = await client.call_tool(name, given)
            if answer.is_error:
                assert "Internal" not in words_of(answer), (name, given, words_of(answer))
                continue
            answered += 1
            jsonschema.validate(answer.structured_content, schemas[name])
            assert tokens(words_of(answer)) <= MOST, (name, given)
            assert json.loads(words_of(answer)) == answer.structured_content
        assert answered > len(asked) / 2

    talk(built, held)


def test_answers_match_their_schemas_and_are_short(built: Path):
    hold(built, 40)


@pytest.mark.long
def test_thousands_of_answers_match_their_schemas(built: Path):
    hold(built, CALLS)


def test_each_request_is_answered_without_a_session(site: TestClient):
    """As a client of 2025-06-18 asks: no session, JSON and not a stream, one route."""
    accept = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}
    request = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
    request["params"] = {"name": "query", "arguments": {"name": "outcomes"}}
    answer = site.post("/mcp", json=request, headers=accept)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert "mcp-session-id" not in answer.headers
    assert answer.json()["result"]["structuredContent"]["columns"] == ["outcome", "items", "share"]
    assert site.post("/mcp", content=b"{", headers=accept).status_code == 400
    assert site.post("/mcp", json=request | {"x": "x" * 300_000}, headers=accept).status_code == 413


@pytest.mark.long
@pytest.mark.parametrize("mode", ["legacy", "2026-07-28"])
def test_the_official_client_over_http_and_over_standard_input(built: Path, mode: str):
    live = Live(built, workers=1)
    command = StdioServerParameters(command=sys.executable, args=["-m", "kg.cli", "mcp", "--kb", str(built)])

    async def counted(server: Any) -> list[list[str]]:
        async with Client(server, mode=mode) as client:
            answer = await client.call_tool("query", {"name": "outcomes"})
            return answer.structured_content["rows"]

    try:
        over_http = in_a_loop(counted(f"{live.address}/mcp"))
    finally:
        live.stop()
    assert over_http == in_a_loop(counted(command))
