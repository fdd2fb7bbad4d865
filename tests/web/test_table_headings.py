"""What stands over a table is true of it in every state: sorted, filtered, of one row, empty."""

import re

import pytest
from fastapi.testclient import TestClient
from test_browser import ODD, PAGES

_SECTION = re.compile(r"<section>(?:(?!<section>).)*?<table class=\"[^\"]*\" data-sortable>", re.DOTALL)
_ORDER = re.compile(
    r"\b(?:first|last|order(?:ed)?|sorted|most (?:cited|frequent))\b(?! shown)", re.IGNORECASE
)
NONE = "year=1999"
FILTERED = (
    "/services",
    "/sources",
    "/drivers",
    "/topics/service/rehabilitation",
    "/topics/drug/opioids",
    "/topics/ground/response:not-met",
    "/guidelines/chronic-pain/2009",
    "/guidelines/chronic-pain/2009/page/98",
    "/outcomes",
    "/sides",
    "/trends",
    "/network",
    "/cases",
    "/sentences",
)


def page(site: TestClient, path: str) -> str:
    return site.get(path, headers={"Accept": "text/html"}).text


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


@pytest.mark.parametrize("name", PAGES | ODD)
def test_an_order_that_a_click_changes_is_marked(site: TestClient, name: str):
    """So that the page can say another once the table is sorted by another column."""
    html = page(site, (PAGES | ODD)[name].format(case="CM15-0000001"))
    for over in _SECTION.findall(html):
        unmarked = re.sub(r"<span data-order>.*?</span>", "", over)
        assert not _ORDER.search(words(unmarked)), words(over)


@pytest.mark.parametrize("path", FILTERED)
def test_nothing_is_said_of_what_is_not_there(site: TestClient, path: str):
    html = page(site, f"{path}?{NONE}")
    assert not re.search(r"<tbody>\s*</tbody>", html)
    told = words(re.search(r"<main.*</main>", html, re.DOTALL)[0])  # type: ignore[index]
    assert "1999" in told
    assert not re.search(r"\b0 \w+ compared:|all decisions, –|: No decision|\d+ rows? shown", told)


def test_rows_are_all_rows_or_the_first(site: TestClient):
    for limit, heading in ((1, "1 row"), (2, "First 2 rows"), (100_000, None)):
        told = re.search(r'<h2 id="answer">(.*?)</h2>', page(site, f"/questions/disagreements?limit={limit}"))
        assert told
        assert told[1] == heading if heading else re.fullmatch(r"\d+ rows?", told[1])


def test_one_row_is_in_no_order(site: TestClient):
    for minimum in range(1, 1000, 20):
        html = page(site, f"/drivers?level=edition&minimum={minimum}")
        heading = re.search(r'<h2 id="table">(.*?)</h2>', html)
        assert heading
        rows = html.count("<tr", html.index("<tbody>")) if "<tbody>" in html else 0
        assert (": " in heading[1]) == (rows > 1), heading[1]
        if not rows:
            return
