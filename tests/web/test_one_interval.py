"""The same decisions have one interval, on whatever page or table they stand: letters are its unit."""

import html
import re
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient

from kg.analysis.cache import Analyses
from kg.analysis.comparison import widening
from kg.base.store import KnowledgeBase
from kg.explore import case_lists, crossed, topic
from kg.explore.neighbours import Links
from kg.statistics import intervals

LEVELS = ("page", "section", "chapter")
GROUPED = {"service": "subcategory", "drug": "drug", "specialty": "specialty"}
"""Kinds of topics, and what outcomes are counted by for them."""


@pytest.fixture(scope="module")
def links(built: Path):
    with KnowledgeBase.open(built) as base:
        yield Links(Analyses.of(base).index, base.scan_facts())


def percents(row: topic.Row | dict) -> tuple[float, ...]:
    if isinstance(row, dict):
        return (row["decisions"], row["overturned"], row["rate_low"], row["rate_high"])
    return (row.decisions, row.overturned, row.low, row.high)


@pytest.mark.parametrize("party", ["reviewer", "claims_administrator"])
@pytest.mark.parametrize("kind", LEVELS)
def test_what_is_cited_has_the_interval_of_its_driver(site: TestClient, links: Links, kind: str, party: str):
    every = np.arange(len(links.index))
    asked = f"/api/drivers?level={kind}&party={party}&minimum=1&limit=1000"
    drivers = {f"guideline/{row['key']}": row for row in site.get(asked).json()["results"]}
    assert len(drivers) > 3
    for row in topic.cited(links, every, topic.Party(party), kind, 1000):
        assert percents(row) == pytest.approx(percents(drivers[row.node])), row.node


@pytest.mark.parametrize("kind", GROUPED)
def test_a_topic_has_the_interval_of_its_row_of_outcomes(site: TestClient, links: Links, kind: str):
    every = np.arange(len(links.index))
    asked = f"/api/outcomes?by={GROUPED[kind]}&minimum=1&limit=1000"
    outcomes = {row["value"].casefold(): row for row in site.get(asked).json()["results"]}
    compared = 0
    for row in topic.sharing(links, every, kind, 1000):
        other = outcomes.get(row.label.casefold())
        if other and other["decisions"] == row.decisions:
            compared += 1
            assert percents(row) == pytest.approx(percents(other)), row.node
    assert compared > 5
    assert compared >= 0.5 * len(outcomes)


def cited_interval(site: TestClient, path: str) -> tuple[str, str]:
    """The interval that a page says, and that of the figure that it says to cite."""
    page = site.get(path).text
    said = re.search(r"95 % interval ([\d.]+ to [\d.]+) %", page)
    address = html.unescape(re.search(r'href="(/figures/[^"]+)"', page)[1])
    values = site.get(address, headers={"Accept": "application/json"}).json()["values"]
    return said[1] if said else "", f"{100 * values['rate_low']:.1f} to {100 * values['rate_high']:.1f}"


@pytest.mark.long
def test_a_page_says_the_interval_of_its_address(site: TestClient, links: Links):
    compared = 0
    for kind in (*GROUPED, "body part", *LEVELS):
        held = links.kinds[kind]
        counts = held.by_party.get("reviewer", held.any).totals()
        for number in np.argsort(-counts, kind="stable")[:12]:
            node = held.nodes[number]
            path = f"/guidelines/{node[10:]}" if kind in LEVELS else f"/topics/{node}"
            said, cited = cited_interval(site, path)
            compared += bool(said)
            assert said in ("", cited), node
    assert compared > 25


def test_years_have_the_interval_of_outcomes(site: TestClient, links: Links):
    outcomes = {row["value"]: row for row in site.get("/api/outcomes?by=year&minimum=1").json()["results"]}
    rows, undated = topic.by_year(links, np.arange(len(links.index)))
    assert {row.label for row in rows if row.decisions} == {*outcomes} - {None}
    assert undated >= 0
    for row in rows:
        if row.decisions:
            assert percents(row) == pytest.approx(percents(outcomes[row.label]))


def test_maps_and_lists_have_it_too(links: Links):
    every = np.arange(len(links.index))
    map_ = crossed.heat(links, every, "specialty", "service")
    for made, kind in ((map_.rows, "specialty"), (map_.columns, "service")):
        table = {row.node: row for row in topic.sharing(links, every, kind, 1000)}
        compared = [row for row in made if row.decisions == table[row.node].decisions]
        assert compared == [table[row.node] for row in compared] != []
    cited = {row.node: row for row in topic.cited(links, every, topic.Party.REVIEWER, "section", 1000)}
    listed = case_lists.cited_for(links, every)
    assert listed == [cited[row.node] for row in listed] != []
    assert [row.low for row in listed] == sorted((row.low for row in listed), reverse=True)


def test_a_count_without_letters_is_widened_as_all_decisions_are(site: TestClient, links: Links):
    every = np.arange(len(links.index))
    whole, wide = topic.row(links, "", "", every), widening(links.index)
    told = topic.tallied("", whole.decisions, whole.overturned, wide)
    assert percents(told) == pytest.approx(percents(whole))
    low, high = intervals.wilson(np.array([5.0]), np.array([20.0]))
    assert topic.tallied("", 40, 10, 2.0)[-2:] == (low[0], high[0])
    page = site.get("/questions/outcomes_by_category").text
    (row,) = re.findall(r"Diagnostic Testing.*?</tr>", page, re.DOTALL)
    cells = [int(cell) for cell in re.findall(r'class="num" data-sort="(\d+)">', row)]
    made = topic.tallied("", cells[0], cells[2], wide)
    assert f"{100 * made.low:.1f} % – {100 * made.high:.1f} %" in row


def test_services_are_named_by_a_test_over_all_of_them(site: TestClient, links: Links):
    every = np.arange(len(links.index))
    q_values = topic.unlike(links, every, "service")
    sure = [node for node, q in q_values.items() if q < 0.05]
    said = re.search(r'<p class="big">(.*?)</p>', site.get("/services").text, re.DOTALL)[1]
    assert said.startswith(f"{len(sure)} of {len(q_values)} services" if sure else "No service is overturned")
