"""Sources outside the MTUS: counts are those of the facts, and a count leads to its decisions."""

import csv
import io
import re
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from kg.base.store import KnowledgeBase

Key = tuple[object, object]


@pytest.fixture(scope="module")
def cited(built: Path) -> dict[str, dict[Key, str]]:
    """By party, the decisions in which it cites something outside the MTUS, with their outcomes."""
    with KnowledgeBase.open(built) as base:
        rows = [row for row in base.facts.to_dicts() if row["outcome"] and row["mtus"] is False]
    return {
        party: {(row["case"], row["item"]): row["outcome"] for row in rows if row["party"] == party}
        for party in ("reviewer", "claims_administrator")
    }


def decisions(site: TestClient, address: str) -> dict[Key, str]:
    rows = csv.DictReader(io.StringIO(site.get(f"{address}&format=csv").text))
    return {(row["case"], int(row["item"])): row["outcome"] for row in rows}


def test_the_verdict_and_its_decisions_are_those_of_the_facts(site: TestClient, cited):
    for party, wanted in cited.items():
        page = site.get("/sources", params={"party": party}).text
        assert f" of {len(wanted):,} decisions were overturned" in page
        assert decisions(site, f"/cases?place={party}:outside-mtus") == wanted


def test_every_count_leads_to_as_many_decisions(site: TestClient):
    page, faults = site.get("/sources?party=any").text, []
    links = re.findall(r'<a href="(/cases\?[^"]*)">([\d,]+) of ([\d,]+)</a>', page)
    assert len(links) > 12
    for link, won, count in links[:: len(links) // 12]:
        found = decisions(site, unescape(link))
        if [len(found), [*found.values()].count("overturned")] != [int(count), int(won)]:
            faults.append((link, count, len(found)))
    assert faults == []


def test_a_list_by_ground_opens_the_letter_at_the_ground(site: TestClient):
    [row, *_] = site.get("/api/grounds?limit=1").json()["results"]
    name = f"{row['ground']}:{'met' if row['met'] else 'not-met'}"
    for asked in (f"ground={name}", f"about=ground/{name}"):
        links = re.findall(
            r'<a href="(/cases/CM[^"]*)" title="In the letter">', site.get(f"/cases?{asked}").text
        )
        assert links
        for link in links[:5]:
            path, _, anchor = link.partition("#")
            assert re.fullmatch(r"m-item-\d+-ground-\d+", anchor)
            marked = site.get(path).text.partition(f'id="{anchor}"')[2]
            assert re.search(r'k-ground-(not-)?met" title="[^"]*: ([^"]*)"', marked)[2] == row["ground"]
