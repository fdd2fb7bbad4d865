"""Fifteen tasks of an analyst, done as a person does them: at most five clicks, each ending on a figure.

Every figure is computed from the facts in plain Python, not by the code that the pages use.
"""

import re
from collections import Counter
from pathlib import Path
from urllib.parse import quote

import pytest
from browsing import LONG, Visit
from playwright.sync_api import Page
from test_pictures import cited, outcomes, services
from test_topics import Row, facts, figures

from kg.base.store import KnowledgeBase

__all__ = ["facts"]
pytestmark = LONG

PT = "Physical Therapy/Occupational Therapy (PT/OT)"
MOST = 5


class Hand:
    """Somebody at the home page, whose clicks are counted."""

    def __init__(self, visit: Visit) -> None:
        self.page: Page = visit.go("/")
        self.clicks = 0

    def click(self, what: str) -> None:
        self.clicks += 1
        assert self.clicks <= MOST
        self.page.click(what)

    def menu(self, words: str) -> None:
        self.click(f"nav[aria-label=Pages] a:text-is('{words}')")

    def find(self, words: str, suggested: str) -> None:
        """Type words, and click what is suggested under them."""
        self.page.fill("main [data-suggest]", "")
        with self.page.expect_response(lambda answer: answer.url.endswith(f"q={quote(words)}")):
            self.page.type("main [data-suggest]", words)
        self.page.wait_for_timeout(200)  # what is suggested for the first words is on the page until then
        self.page.wait_for_selector(f".suggestions li:has-text('{suggested}')")
        self.click(f".suggestions li:has-text('{suggested}') >> nth=0")
        self.page.wait_for_selector("h1")

    def verdict(self) -> str:
        return self.page.inner_text(".big").replace("\n", " ")

    def rows(self, heading: str) -> list[tuple[str, int, int]]:
        """Name, overturned and decisions of each row of a section's first table that has decisions."""
        found = []
        for line in self.page.locator(f"section:has({heading}) tbody").first.locator("tr:has(td a)").all():
            name = line.locator("th, td").first.text_content().strip()
            counted = re.fullmatch(r"([\d,]+) of ([\d,]+)", line.locator("td a").first.text_content())
            found.append((name, *(int(n.replace(",", "")) for n in counted.groups())))
        return found


@pytest.fixture
def hand(visit: Visit) -> Hand:
    return Hand(visit)


def told(page_words: str, decisions: int, overturned: int) -> bool:
    """Whether a verdict tells these figures."""
    if decisions < 10:
        return f"{overturned} of {decisions} decision" in page_words
    return f"{100 * overturned / decisions:.1f} % of {decisions:,} decisions" in page_words


def of_service(row: Row) -> bool:
    return row["subcategory"] == PT


def test_what_the_two_sides_cite_for_physical_therapy(hand: Hand, facts: list[Row]):
    hand.find("physical therapy", PT)
    assert told(hand.verdict(), *figures(facts, of_service))
    own = [row for row in facts if of_service(row)]
    for party in ("claims_administrator", "reviewer"):
        counts = Counter(place for places in cited(own, party).values() for place in places)
        most = max(counts.values())
        assert hand.rows(f"#by-{party}")[0][2] == most


def test_topical_analgesics_by_year(hand: Hand, facts: list[Row]):
    hand.find("topical analgesics", "Topical Analgesics")
    hand.page.wait_for_url("**/topics/service/**")
    hand.click("section:has(#years) summary")
    years = {row["year"] for row in facts if row["subcategory"] == "Topical Analgesics" and row["year"]}
    for year, overturned, decisions in hand.rows("#years"):
        mine = figures(
            facts, lambda row, y=int(year): row["subcategory"] == "Topical Analgesics" and row["year"] == y
        )
        assert (decisions, overturned) == mine
    assert years


def test_opioids_from_2014_to_2016(hand: Hand, facts: list[Row]):
    hand.click("a:has-text('Opioids from 2014 to 2016')")
    hand.page.wait_for_selector("#understood")
    for line in hand.page.locator("tbody tr").all():
        year, decisions = (cell.inner_text() for cell in line.locator("td").all()[:2])
        mine, _ = figures(facts, lambda row, y=int(year): row["drug_class"] == "Opioids" and row["year"] == y)
        assert int(decisions.replace(",", "")) == mine
        assert 2014 <= int(year) <= 2016


def test_which_services_are_overturned_most(hand: Hand, facts: list[Row]):
    hand.menu("Services")
    _, overturned, decisions = hand.rows("#services")[0]
    service, ended = services(facts), outcomes(facts)
    counts = Counter(service[key] for key in ended)
    won = Counter(service[key] for key, outcome in ended.items() if outcome == "overturned")

    def low(node: str) -> float:
        n, p, z = counts[node], won[node] / counts[node], 1.959964
        return (p + z * z / (2 * n) - z * ((p * (1 - p) + z * z / (4 * n)) / n) ** 0.5) / (1 + z * z / n)

    best = max((node for node in counts if counts[node] >= 10), key=low)
    assert (overturned, decisions) == (won[best], counts[best])


def test_what_is_associated_with_overturning(hand: Hand, facts: list[Row]):
    hand.menu("Associations")
    hand.page.select_option("select[name=level]", "section")
    hand.click("form.filters button")
    hand.page.wait_for_url("**level=section**")
    link = hand.page.locator("#table ~ .scroll tbody th a, table.drivers tbody th a").first
    key = link.get_attribute("href").partition("/guidelines/")[2].replace("%23", "#")
    hand.click("table.drivers tbody th a >> nth=0")
    edition, _, page = key.partition("/page/")

    def has(row: Row) -> bool:
        place = f"{row['guideline']}/{row['edition']}" if row["edition"] else row["guideline"]
        if row["party"] != "reviewer":
            return False
        return place == edition and row["page"] == int(page) if page else row["section"] == key

    assert told(hand.verdict(), *figures(facts, has))


def test_how_decisions_end_that_cite_page_98(hand: Hand, facts: list[Row]):
    hand.find("chronic pain page 98", "page 98")
    hand.page.wait_for_url("**/page/98")

    def has(row: Row) -> bool:
        return (row["party"], row["guideline"], row["page"]) == ("reviewer", "chronic-pain", 98)

    assert told(hand.verdict(), *figures(facts, has))


def test_a_specialty_by_its_abbreviation(hand: Hand, facts: list[Row]):
    name = "Physical Medicine and Rehabilitation"
    hand.find("PM&R", name)

    def has(row: Row) -> bool:
        return name in [*(row["specialties"] or []), *(row["subspecialties"] or [])]

    assert told(hand.verdict(), *figures(facts, has))


def test_a_misspelled_treatment_is_found(hand: Hand, facts: list[Row]):
    hand.find("physcal therpy", PT)
    assert told(hand.verdict(), *figures(facts, of_service))


def test_a_brand_leads_to_its_ingredient(hand: Hand, facts: list[Row]):
    hand.find("Norco", "hydrocodone")
    hand.page.wait_for_url("**/topics/drug/**")
    assert told(hand.verdict(), *figures(facts, lambda row: "hydrocodone" in (row["drug"] or "").split("/")))


def test_how_decisions_end_that_cite_chapter_12(hand: Hand, facts: list[Row]):
    hand.find("chapter 12", "Low Back Complaints (ACOEM 2004, ch. 12)chapter")
    hand.page.wait_for_url("**/guidelines/acoem-2004/12")

    def has(row: Row) -> bool:
        return row["party"] == "reviewer" and (row["guideline"], row["chapter"]) == ("acoem-2004", "12")

    assert told(hand.verdict(), *figures(facts, has))


def test_a_case_in_any_spelling(hand: Hand, built: Path):
    with KnowledgeBase.open(built) as base:
        case = base.cases()[7]
        decisions = len(base.determination(case).decisions)
    hand.find(case.lower().replace("-", " "), case)
    hand.page.wait_for_url(f"**/cases/{case}")
    assert hand.page.locator(".card.decision").count() == decisions


def test_a_cell_of_both_sides_leads_to_its_letters(hand: Hand, facts: list[Row]):
    hand.find("physical therapy", PT)
    cell = hand.page.locator("section:has(#sides) td a").first
    counted = int(cell.inner_text().partition(" of ")[2].replace(",", ""))
    one, two = re.findall(r"place=(?:claims_administrator|reviewer):([^&]*)", cell.get_attribute("href"))
    own = [row for row in facts if of_service(row)]
    ours, theirs = cited(own, "reviewer"), cited(own, "claims_administrator")
    both = [key for key in ours if two in ours[key] and one in theirs.get(key, ())]
    assert counted == len(both)
    hand.click("section:has(#sides) td a >> nth=0")
    hand.page.wait_for_url("**/cases?**")
    assert hand.page.inner_text("h1").split()[0] == str(len({case for case, _ in both}))


def test_overturned_decisions_by_their_grounds(hand: Hand, facts: list[Row]):
    hand.menu("Cases")
    hand.click(".facets a:text-is('overturned')")
    hand.page.wait_for_url("**outcome=overturned**")
    stated = Counter(
        ground
        for grounds in {
            (row["case"], row["item"]): tuple(sorted(set(row["grounds"] or [])))
            for row in facts
            if row["outcome"] == "overturned"
        }.values()
        for ground in grounds
    )
    choice = hand.page.locator(".facets h3:text-is('Ground') + ul li").first
    assert choice.locator(".num").inner_text() == str(max(stated.values()))
    hand.click(".facets h3:text-is('Ground') + ul a >> nth=0")
    hand.page.wait_for_url("**ground=**")
    assert f"{max(stated.values())} overturned" in hand.page.inner_text("main")


def test_letters_without_a_date(hand: Hand, facts: list[Row]):
    hand.menu("Cases")
    undated = {row["case"] for row in facts if row["year"] is None}
    if not undated:
        assert hand.page.locator(".facets a:text-is('no date')").count() == 0
        return
    hand.click(".facets a:text-is('no date')")
    hand.page.wait_for_url("**undated=true**")
    assert hand.page.inner_text("h1").split()[0] == str(len(undated))


def test_whether_expedited_reviews_end_otherwise(hand: Hand, facts: list[Row]):
    hand.menu("Questions")
    hand.click("a:has-text('Are expedited reviews decided differently')")
    hand.page.wait_for_selector("tbody tr")
    lines = [line.inner_text().split() for line in hand.page.locator("tbody tr").all()]
    assert lines
    for priority, items, _, overturned, *_ in lines:
        mine = figures(facts, lambda row, p=priority: row["priority"] == p.rpartition("/")[2].lower())
        assert (int(items), int(overturned)) == mine
    hand.click("a:text-is('SPARQL')")
    hand.page.wait_for_url("**/query?**")
