"""The strip of pages: names from what letters cite, colours from the adjusted estimate, files."""

import csv
import io
import re
from bisect import bisect_right
from collections import Counter, defaultdict
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from kg.analysis import labels
from kg.base.store import KnowledgeBase
from kg.web.pages.subjects.page_strips import STEPS

PLACES = ("chronic-pain/2009", "acoem-2004")
CELL = re.compile(
    r'<a class="cell s(\d) (r\w)[^"]*" href="[^"]*/guidelines/([^"?]*)[^"]*" aria-label="([^"]*)"', re.DOTALL
)


@pytest.fixture(scope="module")
def cited(built: Path) -> dict[str, list[set[str]]]:
    """For each page the sections that are cited in each of the decisions that cite it."""
    sections, pages = defaultdict(set), defaultdict(set)
    with KnowledgeBase.open(built) as base:
        for row in base.facts.to_dicts():
            if not row["outcome"]:
                continue
            key = (row["case"], row["item"])
            if row["section"]:
                sections[key].add(row["section"])
            if row["page"] is not None:
                work, year = row["guideline"], row["edition"]
                edition = f"{work}/{year}" if year and not work[-1].isdigit() else work
                pages[f"{edition}/page/{row['page']}"].add(key)
    return {page: [sections[key] for key in keys] for page, keys in pages.items()}


def test_a_page_is_called_by_what_its_letters_cite(site: TestClient, cited):
    faults, named = [], 0
    for place in PLACES:
        printed = defaultdict(list)
        for concept in labels.concepts().values():
            if concept.broader == f"guideline/{place}" and concept.first and concept.last:
                for number in range(concept.first, concept.last + 1):
                    printed[number].append(concept.label)
        for _, _, page, told in CELL.findall(site.get(f"/guidelines/{place}?party=any").text):
            name = re.fullmatch(r"Page (\d+)(?:, (.*?))?: .*", unescape(told))
            counts = Counter(one for several in cited[page] for one in several)
            most = [
                labels.short(f"guideline/{one}") for one, n in counts.items() if 2 * n >= len(cited[page])
            ]
            fits = most if name[2] in most else printed[int(name[1])]
            named += bool(name[2])
            if name[2] and name[2] not in fits:
                faults.append((page, name[2], most))
    assert faults == []
    assert named


def test_colours_are_steps_of_the_adjusted_estimate(site: TestClient):
    faults, coloured = [], 0
    for place in PLACES:
        rows = site.get("/api/drivers?level=page&party=any&minimum=1&limit=1000").json()["results"]
        known = {row["key"]: row for row in rows}
        for certain, shade, page, _ in CELL.findall(site.get(f"/guidelines/{place}?party=any").text):
            row = known[page]
            value = row["adjusted_odds_ratio"]
            wanted = "rn" if value is None else f"r{bisect_right(STEPS, value)}"
            sure = row["q_value"] is not None and row["q_value"] < 0.05 and value is not None
            coloured += value is not None
            if shade != wanted or (certain == "2") != sure:
                faults.append((page, shade, wanted, certain))
    assert faults == []
    assert coloured


def test_what_nobody_cites_is_folded_and_files_have_the_rest(site: TestClient):
    page = site.get("/guidelines/chronic-pain/2009?party=any").text
    shown = {int(one.rpartition("/")[2]) for _, _, one, _ in CELL.findall(page)}
    folds = re.findall(r'<li class="fold" title="Not cited">(\d+)(?:–(\d+))?<', page)
    folded = {number for low, high in folds for number in range(int(low), int(high or low) + 1)}
    assert folds
    assert not shown & folded
    assert sorted(shown | folded) == list(range(min(shown | folded), max(shown | folded) + 1))
    rows = csv.DictReader(
        io.StringIO(site.get("/guidelines/chronic-pain/2009?party=any&format=pages.csv").text)
    )
    assert {int(row["page"].rpartition("/")[2]) for row in rows} == shown
    drawn = site.get("/guidelines/chronic-pain/2009?party=any&format=pages.svg").text
    assert all(f">{number}</text>" in drawn for number in shown)
    assert f"generation {site.get('/api/').json()['generation']}" in drawn
