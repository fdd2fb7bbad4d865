"""Crude and adjusted odds ratios on the pages of topics: those of the drivers of the topic's decisions."""

import csv
import html
import io
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from conftest_web import base_of
from fastapi.testclient import TestClient

from kg import sample
from kg.analysis.cache import Analyses
from kg.analysis.decisions import prepare
from kg.analysis.driver_row.odds_ratios import FIGURES
from kg.analysis.drivers import drivers
from kg.base.store import KnowledgeBase
from kg.explore import topic
from kg.explore.neighbours import Links
from kg.web.app import create_app
from kg.web.pages.values import ratio
from kg.web.settings import Settings

pytestmark = pytest.mark.long

ENOUGH = 30
"""A topic with so many decisions may have odds ratios."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base of enough letters for odds ratios of single drugs."""
    made = sample.letters(700, seed=9, template="mixed")
    return base_of(tmp_path_factory.mktemp("many"), ((name, text) for name, text, _ in made))


@pytest.fixture(scope="module")
def site(built: Path) -> Iterator[TestClient]:
    with TestClient(create_app(built, Settings(workers=1, poll_time=5))) as client:
        yield client


@pytest.fixture(scope="module")
def links(built: Path):
    with KnowledgeBase.open(built) as base:
        yield Links(Analyses.of(base).index, base.scan_facts())


@pytest.fixture(scope="module")
def facts(built: Path):
    with KnowledgeBase.open(built) as base:
        return base.facts


@pytest.fixture(scope="module")
def topics(links: Links) -> dict[str, np.ndarray]:
    """The decisions of every topic, of whatever kind, that has enough."""
    nodes = {one for name in topic.KINDS for node in links.kinds[name].nodes for one in topic.chain(node)}
    nodes |= {f"ground/{name.partition(':')[0]}" for name in links.index.valued("grounds").names}
    found = {}
    for node in sorted(nodes):
        decisions = topic.within(links, node)
        if len(decisions) >= ENOUGH:
            found[node] = decisions
    return found


def saved(site: TestClient, node: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(site.get(f"/topics/{node}?format=csv").text)))


def level_of(rows: list[dict[str, str]]) -> str:
    return "page" if any("/page/" in row["cited"] for row in rows) else "section"


def test_they_are_those_of_a_base_that_holds_the_topic_alone(
    site: TestClient, links: Links, facts: pl.DataFrame, topics: dict[str, np.ndarray]
):
    """The same model on the facts of these decisions, by whatever filter they could be asked for or not."""
    compared = 0
    for node, decisions in topics.items():
        kept = links.index.columns("case", "item")[decisions].with_columns(pl.col("case").cast(pl.String))
        own = prepare(facts.join(kept, on=["case", "item"], how="semi", maintain_order="left"))
        rows = saved(site, node)
        tables = {
            party: drivers(own, level_of(rows), party, minimum=1, sets=False)
            for party in {row["party"] for row in rows}
        }
        for row in rows:
            one = tables[row["party"]].row(row["cited"].removeprefix("guideline/"))
            for name in FIGURES:
                there = getattr(one, name)
                assert (row[name] == "") == (there is None), (node, row)
                if there is not None:
                    assert float(row[name]) == pytest.approx(there, rel=1e-3, abs=1e-6), (node, row, name)
                    compared += 1
    assert compared > 300
    assert {node.partition("/")[0] for node in topics} >= {
        "service",
        "drug",
        "body-part",
        "specialty",
        "ground",
    }


def test_a_page_prints_them_or_says_why_not(site: TestClient, topics: dict[str, np.ndarray]):
    with_figures = without = 0
    for node in topics:
        page = site.get(f"/topics/{node}").text
        for party in ("claims_administrator", "reviewer"):
            part = page.partition(f'id="by-{party}"')[2].partition("</section>")[0]
            rows = [row for row in saved(site, node) if row["party"] == party]
            printed = [
                html.unescape(re.sub(r"<[^>]+>", "", cell))
                for cell in re.findall(r'<td class="num odds"[^>]*>(.*?)</td>', part)
            ]
            if any(row["odds_ratio"] for row in rows):
                expected = [ratio(float(row[n])) if row[n] else "–" for row in rows for n in FIGURES[::3]]
                assert [words.partition(" (")[0] for words in printed] == expected, node
                assert "Odds ratios compare" in part
                with_figures += 1
            else:
                assert not printed, node
                assert not rows or re.search(r"No odds ratios: [^.]+\.", part), node
                without += 1
    assert with_figures > 10
    assert without > 10


def test_the_link_beside_them_leads_to_the_same_figures(site: TestClient, topics: dict[str, np.ndarray]):
    compared, kinds = 0, set()
    for node in topics:
        page = site.get(f"/topics/{node}").text.replace("&amp;", "&")
        link = re.search(r'href="/drivers(\?[^"]*)">All', page)
        if not link:
            continue
        said = re.search(r"of ([\d,]+) decisions were overturned", page)[1]
        assert f"{said} decisions:" in site.get(f"/drivers{link[1]}").text, node
        kinds.add(node.partition("/")[0])
        whole = site.get(f"/api/drivers{link[1]}&minimum=1&limit=1000").json()["results"]
        table = {f"guideline/{row['key']}": row for row in whole}
        for row in saved(site, node):
            if row["party"] == "reviewer" and row["adjusted_odds_ratio"]:
                there = table[row["cited"]]["adjusted_odds_ratio"]
                assert float(row["adjusted_odds_ratio"]) == pytest.approx(there, rel=1e-3), (node, row)
                compared += 1
    assert compared > 30
    assert kinds >= {"service", "body-part", "specialty", "ground"}
