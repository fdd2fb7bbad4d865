"""Where there is no figure there are counts and a sentence, at every address and in every command."""

import json
import re

import pytest
from conftest_web import base_of
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from kg import sample
from kg.analysis.covariates import ADJUST
from kg.analysis.decisions import LEVELS
from kg.analysis.network import KINDS as NETWORKS
from kg.analysis.outcomes import KINDS
from kg.cli import app as command_line
from kg.web.app import create_app

pytestmark = pytest.mark.long

NUMBERLESS = re.compile(r"(?i)(?<![\w-])[+-]?(nan|inf|infinity)(?![\w-])")
"""What no answer may print."""


def three():
    """Three letters."""
    return [(name, text) for name, text, _ in sample.letters(3, 5, "pages")]


def alike():
    """Letters of which every item is upheld."""
    made = sample.letters(60, 6, "mixed")
    return [
        (name, text) for name, text, truth in made if {d["outcome"] for d in truth["decisions"]} == {"upheld"}
    ]


@pytest.fixture(scope="module", params=[three, alike], ids=["three letters", "one outcome"])
def small(request, tmp_path_factory):
    """A small base, and the service over it."""
    base = base_of(tmp_path_factory.mktemp("small"), request.param())
    with TestClient(create_app(base)) as client:
        yield base, client


def figures(text):
    """An answer's JSON, in which no number is infinite or none."""

    def refuse(name):
        raise AssertionError(name)

    return json.loads(text, parse_constant=refuse)


def told(body):
    """Whether an answer says something about figures that lack."""
    said = [body.get("verdict") or "", *body["notes"]]
    return any("no " in one or "none of" in one or "too few" in one for one in said)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("adjust", [None, "none", *ADJUST])
def test_drivers_count_and_say_why_there_is_no_figure(small, level, adjust):
    _, client = small
    asked = {"level": level, "minimum": 1} | ({"adjust": adjust} if adjust else {})
    answer = client.get("/api/drivers", params=asked)
    body = figures(answer.text)
    assert answer.status_code == 200
    assert body["verdict"].startswith(f"no {level} can be compared in")
    assert told(body)
    for row in body["results"]:
        assert row["letters"] <= row["decisions"] == row["upheld"] + row["overturned"] + row["modified"]
        assert row["rate_low"] <= row["overturn_rate"] <= row["rate_high"]
        assert row["adjusted_odds_ratio"] is row["odds_ratio"] is row["p_value"] is row["q_value"] is None
    for row in body["results"][:1]:
        found = figures(client.get(f"/api/robustness/{row['key']}", params={"level": level}).text)
        assert {one["odds_ratio"] for one in found["results"]} == {None}
        assert told(found)
        assert client.get(row["about"]).status_code == 200


@pytest.mark.parametrize("level", LEVELS)
def test_pages_and_pictures_of_drivers_are_drawn(small, level):
    _, client = small
    for path in ("/drivers", "/drivers.svg", "/drivers.svg?picture=funnel"):
        answer = client.get(path, params={"level": level, "minimum": 1} | dict(picture(path)))
        assert answer.status_code == 200
        assert not NUMBERLESS.search(words(answer.text)), path


def picture(path):
    return [("picture", "funnel")] if path.endswith("funnel") else []


def words(page):
    return re.sub(r"<style.*?</style>|<script.*?</script>|<[^>]*>", " ", page, flags=re.DOTALL)


@pytest.mark.parametrize(
    "path",
    [
        "/api/trends",
        *(f"/api/outcomes?by={by}&minimum=1" for by in KINDS),
        *(f"/api/sides?level={level}&minimum=1" for level in LEVELS),
        *(f"/api/network?kind={kind}&level={level}&minimum=1" for kind in NETWORKS for level in LEVELS),
    ],
)
def test_other_tables_have_counts_and_intervals(small, path):
    _, client = small
    answer = client.get(path)
    body = figures(answer.text)
    assert answer.status_code == 200
    for row in body["results"]:
        assert row["decisions"] >= row.get("letters", 0) >= 0
        if "rate_low" in row and row["decisions"]:
            assert row["rate_low"] <= row["overturn_rate"] <= row["rate_high"]
    if "sides" in path:
        assert body["effect"] is None
        assert told(body)
    if "network" in path and "services" not in path:
        assert all(row["q_value"] < 0.05 for row in body["results"])
        assert body["results"] or told(body) or "no link" in " ".join(body["notes"])
    if "trends" in path:
        assert all(change["level"] is None and change["remark"] for change in body["changes"])
    page = client.get(path.replace("/api", ""))
    assert page.status_code == 200
    assert not NUMBERLESS.search(words(page.text))


@pytest.mark.parametrize(
    "command",
    [
        *(f"drivers --minimum 1 --level {level}" for level in LEVELS),
        *(f"drivers --minimum 1 --sets --adjust {name}" for name in ADJUST),
        "trends",
        *(f"outcomes {by} --minimum 1" for by in KINDS),
        *(f"sides --minimum 1 --level {level}" for level in LEVELS),
        *(f"network {kind} --minimum 1 --level guideline" for kind in NETWORKS),
    ],
)
def test_commands_print_counts_and_no_number_that_is_none(small, command):
    kb, _ = small
    for form in ("table", "csv"):
        done = CliRunner().invoke(command_line, [*command.split(), "--kb", str(kb), "--format", form])
        assert done.exit_code == 0, done.output
        assert not NUMBERLESS.search(done.output), done.output


def test_a_key_that_nobody_cites_at_risk_is_said(small):
    _, client = small
    row = figures(client.get("/api/drivers?level=guideline&minimum=1").text)["results"][0]
    nothing = {"level": "guideline", "year": "1950-1951"}
    found = figures(client.get(f"/api/robustness/{row['key']}", params=nothing).text)
    assert {one["decisions"] for one in found["results"]} == {0}
    assert told(found)
    found = figures(client.get("/api/trends", params={"key": row["key"], "year": "1950-1951"}).text)
    assert found["results"] == []
    assert told(found)
    found = figures(client.get("/api/drivers", params=nothing).text)
    assert found["results"] == []
    assert told(found)
    assert client.get(f"/api/drivers/{row['key']}", params=nothing).status_code == 404
    for unknown in ("/api/robustness/nothing", "/api/trends?key=nothing", "/api/drivers/nothing"):
        answer = client.get(unknown)
        assert answer.status_code == 404
        assert "there is no" in answer.json()["detail"]
