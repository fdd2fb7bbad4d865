"""An item whose outcome is printed in other words: kept, told and never counted as decided."""

import json

import polars as pl
import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

import kg
from kg import contract
from kg.analysis import outcomes
from kg.analysis.cache import Analyses
from kg.base.building.build import build
from kg.base.upkeep.validate import validate
from kg.cli import app
from kg.web.app import create_app

HEAD = """\
Case Number: {case}
Date Assigned: 11/09/2016 Date of Injury: 03/02/2015
Decision Date: 12/01/2016 UR Denial Date: 10/20/2016
Priority: Standard Application
Received:
11/02/2016

HOW THE IMR FINAL DETERMINATION WAS MADE
The Expert Reviewer has the following credentials:
State(s) of Licensure: California
Certification(s)/Specialty: Internal Medicine

CLINICAL CASE SUMMARY
The injured worker is a 41 year old female.

IMR ISSUES, DECISIONS AND RATIONALES
"""
ISSUE = """
{line}

Claims Administrator guideline: The Claims Administrator did not cite any medical evidence for its decision.

MAXIMUS guideline: Decision based on MTUS Low Back Complaints 2004, Section(s): Special Studies.

Decision rationale: It was looked at.
"""
IMR = "PREFIX imr: <https://w3id.org/imr-kg/ontology#> "
LETTERS = {
    "CM16-0000001": ("MRI of the left knee: Upheld", "Norco 10/325mg #60: Withdrawn", "A cane: Overturned"),
    "CM16-0000002": ("MRI of the right knee: Overturned",),
    "CM16-0000003": ("MRI of the neck: Uphold",),
}


def text_of(case):
    return HEAD.format(case=case) + "".join(ISSUE.format(line=line) for line in LETTERS[case])


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("undecided")
    for case in LETTERS:
        (folder / f"{case}.txt").write_text(text_of(case))
    build([folder], folder / "kb")
    return folder / "kb"


@pytest.fixture(scope="module")
def base(root):
    with kg.open(root) as opened:
        yield opened


def test_the_contract_has_null(root):
    found = kg.parse_letter(text_of("CM16-0000001"))
    form = contract.to_json(found)
    assert [decision["outcome"] for decision in form["decisions"]] == ["upheld", None, "overturned"]
    assert [problem["message"] for problem in form["problems"]] == [
        'the outcome "Withdrawn" is not understood'
    ]
    assert contract.from_json(json.loads(contract.line(form))) == found
    assert None in contract.schema()["$defs"]["decision"]["properties"]["outcome"]["enum"]


def test_the_facts_have_null(base):
    told = base.facts.select("case", "item", "outcome").unique().sort("case", "item")
    assert told["outcome"].to_list() == ["upheld", None, "overturned", "overturned", None]


def test_the_graph_says_nothing_and_is_valid(root, base):
    assert len(list(base.graph.query(f"{IMR}SELECT ?i WHERE {{ ?i a imr:DisputedItem }}"))) == 5
    assert len(list(base.graph.query(f"{IMR}SELECT ?i WHERE {{ ?i imr:outcome ?o }}"))) == 3
    assert validate(base).sound


def test_figures_leave_it_out_and_say_so(base):
    analyses = Analyses.of(base)
    told = "2 disputed items whose outcome could not be read: not counted"
    for index in (analyses.index, Analyses.of(base).index):  # made, and read from disk
        assert (len(index), index.undecided) == (3, 2)
    for found in (
        analyses.drivers("guideline"),
        *(outcomes.outcomes(analyses.index, by, minimum=1) for by in outcomes.KINDS),
    ):
        assert told in found.notes
    assert analyses.drivers("guideline").decisions == 3


def said(*words):
    """What a command prints."""
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code in (0, 1), done.stderr
    return done.stdout


def test_the_commands_show_it(root):
    assert "not read" in said("show", "CM16-0000001", "--kb", root)
    assert "MRI of the neck" in said("parse", root.parent / "CM16-0000003.txt", "--format", "table")
    assert "bad-value" in said("stats", "--kb", root)


@pytest.fixture(scope="module")
def client(root):
    with TestClient(create_app(root)) as found:
        yield found


@pytest.mark.parametrize("case", LETTERS)
def test_the_page_of_a_case_shows_it(client, case):
    page = client.get(f"/cases/{case}")
    assert page.status_code == 200
    assert ("outcome not read" in page.text) is (case != "CM16-0000002")
    assert ("is not understood" in page.text) is (case != "CM16-0000002")


def test_lists_link_to_the_right_item(client):
    page = client.get("/cases")
    assert page.status_code == 200
    row = client.get("/api/cases", params={"outcome": "overturned"}).json()["results"][0]
    assert (row["case"], row["items"], row["positions"]) == (
        "CM16-0000001",
        ["MRI of the left knee", "A cane"],
        [1, 3],
    )


def test_a_case_that_decided_nothing_is_compared_as_a_request(client):
    answer = client.get("/api/cases/CM16-0000003/related")
    assert answer.status_code == 200
    body = answer.json()
    assert [side["outcome"] for side in body["asked"]] == [None]
    assert "CM16-0000003" not in {row["case"] for row in body["results"]}
    assert client.get("/api/cases/CM16-0000003").json()["decisions"][0]["outcome"] is None
    assert pl.DataFrame(client.get("/api/cases").json()["results"]).height == 2
