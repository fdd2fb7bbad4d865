"""The list of cases: counts of its facets are those of the facts, and a link opens what was counted."""

import csv
import html
import io
import re
from collections import Counter
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from kg.analysis import labels
from kg.base.store import KnowledgeBase

Row = dict[str, object]


@pytest.fixture(scope="module")
def facts(built: Path) -> list[Row]:
    with KnowledgeBase.open(built) as base:
        return base.facts.to_dicts()


def decided(facts: list[Row]) -> dict[tuple[object, object], Row]:
    return {(row["case"], row["item"]): row for row in facts if row["outcome"]}


def offered(page: str) -> dict[str, int]:
    """What is offered to narrow a list: words and counts."""
    listed = page.partition('class="facets"')[2]
    pairs = re.findall(r'<li><a href="[^"]*">([^<]*)</a> <span class="num">([\d,]+)</span>', listed)
    return {words: int(count.replace(",", "")) for words, count in pairs}


def test_facets_count_the_decisions(site: TestClient, facts: list[Row]):
    rows = decided(facts).values()
    found = offered(site.get("/cases").text)
    for outcome, count in Counter(row["outcome"] for row in rows).items():
        assert found[str(outcome)] == count
    for year, count in Counter(row["year"] for row in rows).items():
        assert found["no date" if year is None else str(year)] == count
    grounds = Counter(ground for row in rows for ground in set(row["grounds"] or []))
    for ground, count in grounds.most_common(3):
        assert found[html.escape(labels.label(f"ground/{ground}"), quote=False)] == count  # as elsewhere
    services = Counter(row["subcategory"] for row in rows if row["subcategory"])
    name, count = services.most_common(1)[0]
    assert found[str(name)] == count


def test_a_choice_leads_to_as_many_decisions_as_it_says(site: TestClient):
    page = site.get("/cases").text
    links = re.findall(r'<li><a href="(\?[^"]*)">[^<]*</a> <span class="num">([\d,]+)</span>', page)
    assert len(links) > 12
    for link, count in links[:: max(len(links) // 12, 1)]:
        rows = site.get(f"/cases{link.replace('&amp;', '&')}&format=csv").text
        assert len(list(csv.DictReader(io.StringIO(rows)))) == int(count.replace(",", ""))


def test_what_is_chosen_is_a_chip_that_takes_it_away(site: TestClient, facts: list[Row]):
    node = "service/rehabilitation"
    asked = {"outcome": "upheld", "about": node, "text": "therapy", "undated": "true", "place": "odg"}
    page = site.get("/cases", params=asked | {"year": "", "party": "reviewer"}).text
    chips = re.findall(r'class="button" href="([^"]*)" title="Remove', page)
    assert len(chips) == 5
    for chip, name in zip(chips, asked, strict=True):
        assert f"{name}=" not in chip
        assert all(f"{other}=" in chip for other in asked if other != name)
    assert "category: Rehabilitation" not in page
    assert "service: Rehabilitation" in site.get("/cases?category=Rehabilitation&undated=false").text


def test_undated_letters_are_never_dropped_in_silence(site: TestClient, facts: list[Row]):
    undated = sum(row["year"] is None for row in decided(facts).values())
    assert undated
    assert f"{undated} decisions without a date not included" in site.get("/cases?year=2015..2016").text
    for quiet in ("/cases", "/cases?undated=true"):
        assert "without a date not included" not in site.get(quiet).text
    assert "no date" in site.get("/cases?undated=true").text


@pytest.mark.parametrize("order", ["newest", "oldest", "case"])
def test_the_order_holds_over_all_pages(site: TestClient, facts: list[Row], order: str):
    path, seen = f"/cases?order={order}", []
    while path:
        page = site.get(path).text
        seen += re.findall(r'href="/cases/([^"#]+)">\1</a></th><td class="when">([^<]*)<', page)
        following = re.search(r'class="button" href="([^"]*)">Next', page)
        path = f"/cases{following[1].replace('&amp;', '&')}" if following else ""
    assert (
        len(seen) == len({case for case, _ in seen}) == len({row["case"] for row in decided(facts).values()})
    )
    dated = [day for _, day in seen if day != "no date"]
    if order == "case":
        assert [case for case, _ in seen] == sorted(case for case, _ in seen)
    else:
        assert dated == sorted(dated, reverse=order == "newest")
        assert all(day == "no date" for _, day in seen[len(dated) :])


@pytest.mark.parametrize("party", ["reviewer", "claims_administrator", "any"])
@pytest.mark.parametrize("level", ["section", "page"])
def test_a_link_opens_the_very_citation_that_was_counted(
    site: TestClient, facts: list[Row], level: str, party: str
):
    cited = Counter(row[level] for row in facts if row[level] and party in {"any", row["party"]})
    place = cited.most_common(1)[0][0]
    if level == "page":
        row = next(row for row in facts if row["page"] == place)
        place = f"{row['edition_key']}/page/{place}" if "edition_key" in row else None
        rows = site.get(f"/api/drivers?level=page&party={party}&minimum=1&limit=1").json()["results"]
        place = rows[0]["key"]
    page = site.get("/cases", params={"place": place, "party": party}).text
    links = re.findall(r'href="/cases/([^"#]+)#m-item-(\d+)-([a-z-]+)-citation-(\d+)" title', page)
    assert links
    for case, item, side, number in links[:4]:
        letter = site.get(f"/cases/{case}").text
        assert f'id="m-item-{item}-{side}-citation-{number}"' in letter
        line = letter.partition(f'href="#m-item-{item}-{side}-citation-{number}"')[2].partition("</li>")[0]
        assert f"/guidelines/{place}" in line


def test_items_are_cut_to_what_is_in_dispute(site: TestClient):
    pages = [site.get("/cases", params={"text": "remaining"}).text]
    assert all("was the original request" not in page for page in pages)


def test_a_cursor_of_another_list_is_passed_over(site: TestClient):
    assert site.get("/cases?order=newest&cursor=c1.CM00-0000000").status_code == 200
    assert site.get("/cases?cursor=x").status_code == 422
