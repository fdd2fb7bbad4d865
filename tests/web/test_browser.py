"""The pages as a person meets them, in a real browser: no other host, no error, no script of a letter's."""

import os
import re
import xml.etree.ElementTree as ET
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import ARTEFACTS, LONG, PAGE, Visit
from conftest_web import Live
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page
from reference import flat

pytestmark = LONG

PAGES = {
    "home": "/",
    "search": "/search?q=lumbar+mri",
    "cases": "/cases?outcome=overturned",
    "case": "/cases/{case}",
    "drivers": "/drivers?minimum=1",
    "guidelines": "/guidelines",
    "guideline": "/guidelines/chronic-pain/2009",
    "start": "/explore",
    "explore": f"/explore?node={PAGE}",
    "query": "/query?query=" + quote("SELECT * { ?s ?p ?o } LIMIT 5"),
    "resource": "/resource?node=outcome/upheld",
    "page": f"/guidelines/{PAGE.removeprefix('guideline/')}?party=any",
    "item": "/cases?text=mri",
    "topic": "/topics/service/rehabilitation",
    "services": "/services",
    "sentences": "/sentences",
    "trends": "/trends",
    "network": "/network?minimum=1",
    "questions": "/questions",
    "question": "/questions/outcomes_by_section?party=any",
    "about": "/about",
    "api": "/api/docs",
    "problem": "/cases/CM99-0000000",
}
ODD = {
    "section": "/guidelines/acoem-2004/12/special-studies",
    "schedule": "/guidelines/mtus",
    "specialty": "/explore?node=specialty/pain-medicine",
    "deep": f"/explore?node={PAGE}&depth=3",
    "topic of a class": "/topics/drug/opioids?year=2014-2016",
    "ground": "/topics/ground/response:not-met",
    "stock": "/cases/{case}?stock=true",
    "sources": "/sources?party=any",
    "ask": "/ask?q=overturned+lumbar+mri+by+year",
    "check": "/check",
    "figure": "/figures/outcomes?year=2015",
    "term": "/terms/DisputedItem",
    "related": "/related",
    "outcomes": "/outcomes?minimum=1",
    "sides": "/sides?minimum=1",
    "robustness": f"/robustness/{PAGE.removeprefix('guideline/')}",
    "nothing": "/search?q=zzzzzz",
    "refused": "/cases?year=abc",
    "fault": "/query?query=SELECT",
}
"""More kinds of pages."""
FILES = {"/drivers/query", "/drivers.svg"}
"""What the pages lead to that is none: a redirection and a picture."""
BAD = {"problem": HTTPStatus.NOT_FOUND, "refused": HTTPStatus(422)}  # whose name Python 3.13 changed
WIDE, NARROW = {"width": 1360, "height": 900}, {"width": 390, "height": 844}


def test_each_kind_of_page_is_visited(site: TestClient):
    visited = [path.partition("?")[0].format(case="CM15-0000001") for path in (PAGES | ODD).values()]
    for route in flat(site.app.routes):
        if route.endpoint.__module__.startswith("kg.web.pages.") and "GET" in route.methods:
            seen = any(route.path_regex.match(path) for path in visited)
            assert seen != (route.path in FILES), route.path


def _transferred(visit: Visit, path: str) -> int:
    """The bytes that come over the network for a page, as they come: heads and compressed bodies."""
    session = visit.page.context.new_cdp_session(visit.page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    visit.go(path)
    visit.page.wait_for_load_state("networkidle")
    return int(sum(sizes))


def _inaccessible(page: Page, colours_of: str = "") -> list[tuple[str, list[str]]]:
    """What axe finds; with ``colours_of`` (elements, in JavaScript), in their colours alone."""
    rules = {"runOnly": ["color-contrast", "link-in-text-block"]} if colours_of else {}
    found = page.evaluate(
        """async (options) => (await axe.run(%s, options)).violations
          .filter(({ impact }) => impact !== "minor")
          .map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ html }) => html.slice(0, 200))])"""
        % (colours_of or "document"),
        {"resultTypes": ["violations"], **rules},
    )
    return [(rule, places) for rule, places in found]


VISIBLE = """[...document.body.querySelectorAll("*")].filter((one) => one.checkVisibility()
  && [...one.childNodes].some(({ nodeType, data }) => nodeType === Node.TEXT_NODE && data.trim()))"""
"""The elements that show text of their own."""


@pytest.mark.parametrize("name", PAGES | ODD)
def test_each_page_is_accessible_quiet_and_light(visit: Visit, case: str, name: str):
    """In light and wide, and in dark and narrow, by all rules; none is cut there or in print.

    The other two have no colour of their own, so there it looks only at what one of the sizes alone shows.
    """
    page = visit.page
    transferred = _transferred(visit, (PAGES | ODD)[name].format(case=case))
    assert transferred <= (1_500_000 if page.query_selector("#graph, #words") else 300_000)
    page.evaluate(Axe().axe_script)
    _show(page, name, "wide", "light")
    assert _inaccessible(page) == []
    page.evaluate(f"window.wide = {VISIBLE}")
    _show(page, name, "narrow", "dark")
    assert _inaccessible(page) == []
    page.evaluate(f"window.narrow = {VISIBLE}")
    for size, scheme, other in (("narrow", "light", "wide"), ("wide", "dark", "narrow")):
        _show(page, name, size, scheme)
        page.evaluate(
            f"window.seen = new Set({other}), window.alone = {VISIBLE}.filter((one) => !seen.has(one))"
        )
        if page.evaluate("alone.length"):
            assert _inaccessible(page, "alone") == []
    _print(page)
    told = [f"{status.value} ({status.phrase})" for status in [BAD.get(name)] if status]
    assert visit.faults == [
        f"Failed to load resource: the server responded with a status of {t}" for t in told
    ]
    visit.faults.clear()


CUT = """(sheet) => {
  const words = (one) => one.textContent.trim().replace(/\\s+/g, " ").slice(0, 60), found = [];
  const wide = "svg:not(.bar, .forest), .heat, pre";
  for (const one of document.querySelectorAll("main *")) {
    if (one.namespaceURI.endsWith("svg") || one.closest(".yasqe, #results")) continue;
    if (!one.clientWidth || one.scrollWidth <= one.clientWidth + 1) continue;
    const { overflowX } = getComputedStyle(one);
    if (overflowX === "visible" || one.closest(".sr, select, input") || !words(one)) continue;
    const moves = overflowX !== "hidden" && !sheet && (one.querySelector(wide) || one.matches(wide));
    if (!moves) found.push(words(one));
  }
  for (const picture of document.querySelectorAll("main svg:not(.forest)")) {
    if (!picture.checkVisibility()) continue;
    const edge = picture.getBoundingClientRect();
    for (const text of picture.querySelectorAll("text")) {
      if (!text.checkVisibility()) continue;
      const box = text.getBoundingClientRect();
      if (box.left < edge.left - 1.5 || box.right > edge.right + 1.5 || box.top < edge.top - 2
        || box.bottom > edge.bottom + 2) found.push(`in a picture: ${words(text)}`);
    }
  }
  return found;
}"""
"""The texts that an edge cuts, but for pictures and matrices that a narrow window moves under its edges."""
SHEET = {"width": 1032, "height": 700}
"""A4 across, less its margins."""


def _print(page: Page) -> None:
    """Look at a page as it is printed: nothing goes on beyond the sheet, and nothing is light on white."""
    page.set_viewport_size(SHEET)
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(CUT, True) == [], "cut in print"
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, "wider than a sheet"
    light = "getComputedStyle(document.querySelector('h1')).color.match(/\\d+/g).map(Number)"
    assert max(page.evaluate(light)) < 0x60, "light letters"


def _show(page: Page, name: str, size: str, scheme: str) -> None:
    """Look at a page in a size and a colour scheme: it must not be wider than its window."""
    page.set_viewport_size({"wide": WIDE, "narrow": NARROW}[size])
    page.emulate_media(color_scheme=scheme)
    if not os.environ.get("CI"):  # where nobody looks at them
        ARTEFACTS.mkdir(exist_ok=True)
        whole = name not in {"case", "explore", "deep"}
        page.screenshot(path=ARTEFACTS / f"{name}-{size}-{scheme}.png", full_page=whole)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, f"wider than {size}"
    assert page.evaluate(CUT, False) == [], f"cut in {size}"


def test_what_is_cited_is_found_by_its_name(visit: Visit):
    page = visit.go("/trends")
    page.fill("main [data-suggest]", "physical med")
    page.wait_for_selector("main .suggestions li")
    assert page.locator("main .suggestions li").count() == page.locator("main .suggestions .kind").count()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    notation = page.input_value("main [data-suggest]")
    assert "physical" in notation
    assert page.url.endswith("/trends")
    page.click("main form button")
    page.wait_for_url("**key=*")
    assert page.input_value("main [data-suggest]") == notation
    assert page.locator("main h1").inner_text()


def test_a_search_leads_to_a_case_and_its_sentence(visit: Visit):
    page = visit.go("/")
    page.fill("[data-suggest]", "physical the")
    page.wait_for_selector(".suggestions li")
    page.keyboard.press("ArrowDown")
    assert page.get_attribute("[data-suggest]", "aria-activedescendant")
    page.keyboard.press("Enter")
    page.wait_for_url("**/*physical*")
    visit.go("/search?q=physical+therapy")
    assert page.locator(".snippet mark").count() > 0
    page.click(".snippet >> nth=0")
    page.click("section:last-of-type .rows a >> nth=0")
    page.wait_for_url("**/cases/CM*")
    page.click(".decision .where >> nth=0")
    assert page.evaluate("location.hash").startswith("#m-item-")


def test_marks_and_cards_lead_to_each_other(visit: Visit, case: str):
    page = visit.go(f"/cases/{case}")
    page.click("a.m.k-item >> nth=0")
    assert page.evaluate("location.hash") == "#item-1"
    assert page.locator(".decision:target").count() == 1
    quoted = page.inner_text("a.m.k-outcome >> nth=0").lower()
    assert quoted in page.inner_text(".decision >> nth=0").lower()


def test_the_strip_tells_on_hover_and_focus(visit: Visit):
    page = visit.go("/guidelines/chronic-pain/2009?party=any")
    cell = page.locator("a.cell").first
    told = [one.get_attribute("data-tip") for one in page.locator("a.cell").all()]
    assert all(re.match(r"Page \d+.*: \d+ of \d+ items? overturned, ", words) for words in told)
    figures = r" \d+\.\d % \(\d+\.\d to \d+\.\d %\); adjusted odds ratio .* \(.* to .*\), q = \d\.\d{3}$"
    assert any(re.search(figures, words) for words in told)
    cell.hover()
    assert page.inner_text("[data-readout]") == cell.get_attribute("data-tip")
    cell.focus()
    page.keyboard.press("ArrowRight")
    assert page.inner_text("[data-readout]") == page.locator("a.cell").nth(1).get_attribute("data-tip")
    page.keyboard.press("Enter")
    page.wait_for_url("**/page/*")
    assert page.locator(".cell.here").count() == 1
    chosen = page.url.partition("/guidelines/")[2].partition("?")[0]
    cited = page.request.get(f"{visit.server.address}/api/cases?page={chosen}").json()["results"]
    listed = page.locator("section:has(h2:text-is('Cases')) tbody th").all_inner_texts()
    assert listed == [row["case"] for row in cited][:12]
    page.click("section:has(h2:text-is('Cases')) td a >> nth=0")
    page.wait_for_url("**/cases/CM*#m-item-*")


def test_a_guideline_tells_its_sections_and_its_parts(visit: Visit):
    page = visit.go("/guidelines/mtus?party=any")
    assert page.locator("a.cell").count() == 0
    page.click(".tiles a:has-text('ACOEM')")
    page.wait_for_url("**/guidelines/acoem-2004?party=any")
    assert re.match(r"\d+\. \w", page.locator(".leaves h3").first.inner_text())
    rows = page.locator("section:has(h2:text-is('Sections')) tbody tr")
    assert rows.locator("svg.forest").count() > 0
    assert page.locator(".tiles a:has-text('Low Back Complaints')").count() == 1


def test_a_table_sorts(visit: Visit):
    page = visit.go(PAGES["topic"])
    page.click("table[data-sortable] >> nth=0 >> thead button >> nth=1")
    cells = page.locator("table[data-sortable] >> nth=0 >> tbody td:nth-child(2)").all()
    values = [
        float((cell.get_attribute("data-sort") or cell.inner_text()).replace(",", "")) for cell in cells
    ]
    assert len(values) > 1
    assert values == sorted(values, reverse=True)


def test_what_stands_over_a_table_says_how_it_is_sorted(visit: Visit):
    page = visit.go("/services")
    told = page.locator("section:has(#services) [data-order]")
    assert told.inner_text().startswith("Ordered by the lower end")
    for order in ("descending", "ascending"):
        page.click("section:has(#services) thead button:text-is('Rate')")
        assert told.inner_text() == f"Sorted by Rate, {order}."


def test_on_a_phone_a_long_table_opens_on_demand(browser: Browser, server: Live):
    visit = Visit(browser, server, viewport=NARROW)
    rows = visit.go("/questions/outcomes_by_section?party=any").locator("tbody tr")
    seen = [row.is_visible() for row in rows.all()]
    assert (seen.count(True), seen[19], len(seen) > 30) == (20, True, True)
    visit.page.click(f"button:text-is('Show all {len(seen):,} rows')")
    assert all(row.is_visible() for row in rows.all())
    visit.page.close()


def test_the_order_of_the_drivers_is_in_the_link(visit: Visit):
    page = visit.go("/drivers?minimum=1&level=section")
    page.click("thead a:text-is('Overturned')")
    page.wait_for_url("**sort=**")
    rates = [float(text.split()[0]) for text in page.locator("tbody td:nth-child(3)").all_inner_texts()]
    assert len(rates) > 1
    assert rates == sorted(rates, reverse=True)


@pytest.mark.parametrize(
    ("name", "kept"), [("case", ".letter .text"), ("guideline", ".strip"), ("drivers", "tbody svg.forest")]
)
def test_a_page_prints_without_its_controls(visit: Visit, case: str, name: str, kept: str):
    page = visit.go(PAGES[name].format(case=case))
    page.emulate_media(media="print")
    assert not page.is_visible("header.top")
    assert not page.is_visible("footer")
    assert not any(one.is_visible() for one in page.locator("form").all())
    assert page.locator(kept).first.is_visible()
    ARTEFACTS.mkdir(exist_ok=True)
    page.pdf(path=ARTEFACTS / f"{name}.pdf")


def test_a_start_is_a_search_or_a_sample(visit: Visit):
    page = visit.go("/explore")
    assert page.query_selector("#graph") is None
    page.fill("[data-suggest]", "lumbar")
    page.wait_for_selector(".suggestions li")
    page.click(".cards a >> nth=0")
    page.wait_for_url("**/explore?node=**")


def test_the_start_page_tells_what_the_base_holds(visit: Visit):
    page = visit.go("/")
    told = dict(zip(page.locator("dt").all_inner_texts(), page.locator("dd").all_inner_texts(), strict=True))
    assert told["letters"] == "120"
    assert set(told) == {
        "letters",
        "decisions",
        "overturned",
        "decided",
        "citations matched to a guideline",
    }
    assert page.locator(".cards a").count() == 12


def test_filters_of_the_drivers_are_in_the_link(visit: Visit):
    page = visit.go("/drivers")
    page.select_option("select[name=level]", "chapter")
    page.select_option("select[name=minimum]", "5")
    page.select_option("select[name=category]", "Diagnostic Testing")
    page.click(".filters button")
    page.wait_for_url("**/drivers?**category=Diagnostic**")
    assert "category Diagnostic Testing" in page.inner_text(".lead")
    assert page.inner_text("h1") == "What is associated with overturning"
    heads = [head.partition("\n")[0] for head in page.locator("thead th").all_inner_texts()]
    assert {"Crude odds ratio", "Adjusted odds ratio", "q"} <= set(heads)  # crude beside adjusted
    assert page.locator("svg.forest .ci").count() > 0
    page.click("tbody td a >> nth=0")
    page.wait_for_url("**/cases?**category=Diagnostic**")
    assert "cited by the reviewer" in page.inner_text(".chips")


def test_the_drivers_as_files_and_as_a_query(visit: Visit):
    page = visit.go("/drivers?level=section&minimum=1")
    with page.expect_download() as download:
        page.click("a:text-is('Forest (SVG)')")
    drawing = ET.parse(Path(download.value.path()))
    assert len(drawing.findall(".//{*}circle")) > 1
    with page.expect_download() as download:
        page.click("a:text-is('CSV')")
    assert Path(download.value.path()).read_text(encoding="utf-8").startswith("key,guideline,edition,")
    wanted = page.inner_text("tbody tr:first-child td >> nth=0")
    page.click("a:text-is('SPARQL') >> nth=0")
    page.wait_for_url("**/query?query=**")
    page.wait_for_selector("#results td, #plain td")
    assert wanted in page.locator("#results td, #plain td").all_inner_texts()


def test_both_sides_stand_beside_each_other(visit: Visit, case: str):
    page = visit.go(f"/cases/{case}")
    sides = page.locator(".sides >> nth=0").locator("h4")
    assert [side.inner_text() for side in sides.all()] == ["Claims administrator", "Reviewer"]
    left, right = (sides.nth(n).bounding_box() for n in (0, 1))
    assert left["y"] == right["y"]
    assert left["x"] < right["x"]
    assert page.locator("h2").all_inner_texts().index("Similar requests, different outcome") == 1
    assert page.locator(".relatives .why").count() > 0
    for name in ("Turtle", "JSON-LD"):
        address = page.get_attribute(f"a:text-is('{name}')", "href")
        assert page.request.get(visit.server.address + address).ok


def test_about_tells_generations_coverage_and_limits(visit: Visit):
    page = visit.go("/about")
    (row,) = page.locator("section:has(#history) tbody tr").all()
    assert row.locator("td").all_inner_texts()[1] == "120"
    fields = page.locator("section:has(#coverage) tbody th").all_inner_texts()
    assert {"outcome", "age", "category"} <= set(fields)
    for words in ("Methods", "Limits of the data", "Ontology"):
        assert page.is_visible(f"h2:text-is('{words}')")


def test_in_a_narrow_window_names_stand_above_their_text(browser: Browser, server: Live):
    visit = Visit(browser, server, viewport=NARROW)
    row = visit.go("/api/docs").locator("table.named tr").first
    name, words = (row.locator(cell).bounding_box() for cell in ("th", "td"))
    assert name is not None
    assert words is not None
    assert (words["x"], words["y"] >= name["y"] + name["height"]) == (name["x"], True)
    built = visit.go("/about").locator("section:has(#history) tbody td").first
    assert built.evaluate("cell => cell.getClientRects()[0].height < 60")  # a date is one line
    visit.page.close()


def test_on_a_phone_the_wide_pictures_stand_as_their_tables(browser, server):
    visit = Visit(browser, server, viewport=NARROW)
    visit.go("/services")
    assert visit.page.locator("svg.alluvial").is_visible()  # as a table it is thirty times as high as a phone
    pictures = visit.page.locator("svg.squares")
    assert pictures.count() == visit.page.locator(".twin[open]").count() > 0
    assert not any(picture.is_visible() for picture in pictures.all())
    visit.page.locator(".twin summary").first.click()
    assert [picture.is_visible() for picture in pictures.all()].count(True) == 1
    visit.page.set_viewport_size(WIDE)
    assert all(picture.is_visible() for picture in pictures.all())
