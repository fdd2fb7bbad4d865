"""Heat maps, flows and years: what is drawn is what the facts say, and saves as a file of its own."""

import re
import xml.etree.ElementTree as ET
from collections import Counter
from datetime import date
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from test_topics import Row, facts, figures, slug

from kg.explore.topic import tallied
from kg.web.drawings import years

__all__ = ["facts"]

Key = tuple[object, object]


def services(rows: list[Row]) -> dict[Key, str]:
    """The node of the service of each decision."""
    found = {}
    for row in rows:
        names = [slug(row[name]) for name in ("category", "subcategory") if row[name]]
        found[row["case"], row["item"]] = "/".join(["service", *names])
    return found


def cited(rows: list[Row], party: str) -> dict[Key, set[object]]:
    """The sections that a party cites for each decision."""
    found: dict[Key, set[object]] = {}
    for row in rows:
        if row["party"] == party and row["section"]:
            found.setdefault((row["case"], row["item"]), set()).add(row["section"])
    return found


def outcomes(rows: list[Row]) -> dict[Key, object]:
    return {(row["case"], row["item"]): row["outcome"] for row in rows if row["outcome"]}


def squares(page: str) -> dict[tuple[str, str], tuple[int, int]]:
    """The squares of all maps of a page: overturned and decisions by what they lead to."""
    found = {}
    for path, told in re.findall(r'<a href="/cases\?([^"]*)" aria-label="([^"]*)"><rect', page):
        one, two = path.replace("&amp;", "&").split("&")
        overturned, decisions = re.search(r"([\d,]+) of ([\d,]+) overturned", told).groups()
        found[one, two] = (int(overturned.replace(",", "")), int(decisions.replace(",", "")))
    return found


def test_a_square_counts_the_facts_and_leads_to_what_it_counts(site: TestClient, facts: list[Row]):
    service, sections, ended = services(facts), cited(facts, "reviewer"), outcomes(facts)
    found = squares(site.get("/services").text)
    maps = Counter("place" in two for _, two in found)
    assert min(maps[True], maps[False]) > 10
    for (one, two), told in found.items():
        if "place" not in two:
            continue
        node = one.removeprefix("about=").replace("%2F", "/")
        place = two.removeprefix("place=reviewer%3A").replace("%2F", "/").replace("%23", "#")
        both = [key for key in ended if service[key] == node and place in sections.get(key, ())]
        if not both:  # a section of a title that no catalogue has: the facts print it otherwise
            continue
        assert told == (sum(ended[key] == "overturned" for key in both), len(both)), (node, place)
        page = site.get(f"/cases?{one}&{two}").text
        assert f"{len({case for case, _ in both})} case" in page


def test_the_services_stand_by_the_lower_end_of_their_intervals(site: TestClient, facts: list[Row]):
    page = site.get("/services").text
    rows = page.partition('id="services"')[2].partition("</tbody>")[0]
    lows = [float(low) for low in re.findall(r'class="range" data-sort="([^"]*)"', rows)]
    assert len(lows) > 3
    assert lows == sorted(lows, reverse=True)
    service = services(facts)
    for node, overturned, decisions in re.findall(
        r'/topics/([^"]*)">[^<]*</a></th><td[^>]*><a[^>]*>([\d,]+) of ([\d,]+)', rows
    ):
        told = figures(facts, lambda row, node=node: service[row["case"], row["item"]] == node)
        assert (int(decisions), int(overturned)) == told


@pytest.mark.parametrize(
    "path", ["/services", "/topics/service/rehabilitation", "/guidelines/chronic-pain/2009"]
)
def test_a_flow_has_each_decision_once(site: TestClient, path: str):
    page = site.get(path).text
    table = page.partition('id="flow"')[2].partition("<tbody>")[2].partition("</tbody>")[0]
    counts = [int(n.replace(",", "")) for n in re.findall(r'<td class="num">([\d,]+)</td>', table)]
    endings = re.findall(r"class=\"node (upheld|overturned|modified)\"[^>]*><title>\w+: ([\d,]+)", page)
    assert sum(counts) == sum(int(n.replace(",", "")) for _, n in endings) > 10
    told = re.search(r"of ([\d,]+) decisions were overturned", page)
    assert told is None or int(told[1]) == sum(counts)


def test_a_cell_of_both_parties_leads_to_its_cases(site: TestClient, facts: list[Row]):
    page = site.get("/topics/service/rehabilitation").text.replace("&amp;", "&")
    ours, theirs = cited(facts, "reviewer"), cited(facts, "claims_administrator")
    cells = re.findall(
        r'href="(/cases\?about=[^"]*&place=claims_administrator:([^"&]*)&place=reviewer:([^"&]*))">'
        r"([\d,]+) of ([\d,]+)",
        page,
    )
    assert cells
    ended = outcomes(facts)
    service = services(facts)
    for path, one, two, overturned, decisions in cells[:12]:
        both = [
            key
            for key in ended
            if service[key].startswith("service/rehabilitation")
            and one.replace("%23", "#") in theirs.get(key, ())
            and two.replace("%23", "#") in ours.get(key, ())
        ]
        if not both:
            continue
        assert (int(overturned), int(decisions)) == (sum(ended[k] == "overturned" for k in both), len(both))
        listed = site.get(path).text
        assert f"{len({case for case, _ in both})} case" in listed
        assert "cited by the claims administrator" in listed


@pytest.mark.parametrize(
    "path",
    [
        *(f"/services?format={form}.svg" for form in ("cited", "specialties", "flow")),
        "/trends?format=svg",
        "/robustness/chronic-pain?format=svg",
        *(f"/topics/ground/response?format={form}.svg" for form in ("years", "flow")),
        *(f"/guidelines/chronic-pain/2009?format={form}.svg" for form in ("years", "flow")),
    ],
)
def test_a_picture_is_a_file_of_its_own(site: TestClient, path: str):
    answer = site.get(path)
    assert answer.headers["content-type"].startswith("image/svg+xml")
    drawn = ET.fromstring(answer.text)
    spaced = "{http://www.w3.org/2000/svg}"
    assert drawn.find(f"{spaced}title").text
    assert drawn.find(f"{spaced}style") is not None
    assert drawn.findall(f".//{spaced}text")
    assert not drawn.findall(f".//{spaced}a")
    assert "generation" in answer.text or "not causes" in answer.text


def test_the_pages_of_grounds_count_the_facts(site: TestClient, facts: list[Row]):
    stated = Counter(ground for row in facts for ground in set(row["grounds"] or []))
    assert stated
    for ground in list(stated)[:8]:
        decisions, overturned = figures(facts, lambda row, g=ground: g in (row["grounds"] or []))
        page = site.get(f"/topics/ground/{quote(ground)}").text
        assert f"of {decisions:,} decision" in page
        name = ground.partition(":")[0]
        whole = figures(facts, lambda row, n=name: any(g.startswith(f"{n}:") for g in row["grounds"] or []))
        assert f"of {whole[0]:,} decision" in site.get(f"/topics/ground/{name}").text
        assert overturned <= decisions


def test_changes_of_edition_stand_among_the_years():
    rows = [tallied(str(year), 20, 4, 1.0)._replace(node=str(year)) for year in (2015, 2016, 2017)]
    drawn = years.chart(rows, 0.2, (date(2009, 7, 18), date(2016, 7, 28)))
    assert drawn.inner.count('class="change"') == 1
    assert "Jul 2016" in drawn.inner
    middle = {row.label: 48 + 64 * n for n, row in enumerate(rows)}
    at = float(re.search(r'class="change" d="M([\d.]+)', drawn.inner)[1])
    assert middle["2016"] < at < middle["2016"] + 32


def test_a_page_without_decisions_says_so(site: TestClient):
    assert "No decision matches these filters" in site.get("/services?year=1990").text
