"""The pages as a person meets them, in a real browser: no other host, no error, no script of a letter's."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest_web import FLAGS, Live
from playwright.sync_api import Browser, Page, sync_playwright

from kg.base.store import KnowledgeBase

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is not installed"),
]

ARTEFACTS = Path(__file__).parents[1] / "artefacts"
PAGE = "guideline/chronic-pain/2009/page/98"


@pytest.fixture(scope="module")
def server(built: Path) -> Iterator[Live]:
    live = Live(built, workers=2)
    yield live
    live.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def case(built: Path) -> str:
    with KnowledgeBase.open(built) as base:
        return base.cases()[3]


class Visit:
    """A page that must ask nobody else and complain about nothing."""

    def __init__(self, browser: Browser, server: Live, **options: object) -> None:
        self.server, self.faults = server, []
        self.page: Page = browser.new_page(**options)
        self.page.on("console", lambda m: m.type in {"error", "warning"} and self.faults.append(m.text))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", self._asked)

    def _asked(self, request) -> None:
        if not request.url.startswith((self.server.address, "data:", "blob:")):
            self.faults.append(f"asked {request.url}")

    def go(self, path: str) -> Page:
        self.page.goto(self.server.address + path)
        if self.page.query_selector("#graph"):
            self.until("document.getElementById('graph').dataset.ready === 'yes'")
        return self.page

    def until(self, expression: str) -> None:
        for _ in range(100):
            if self.page.evaluate(expression):
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"never came true: {expression}; {self.faults}")


@pytest.fixture
def visit(browser: Browser, server: Live) -> Iterator[Visit]:
    visit = Visit(browser, server, viewport={"width": 1360, "height": 900})
    yield visit
    visit.page.close()
    assert visit.faults == []


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
    "about": "/about",
    "api": "/api/docs",
    "problem": "/cases/CM99-0000000",
}
LOOKS = {
    "wide-light": {"viewport": {"width": 1360, "height": 900}, "color_scheme": "light"},
    "narrow-dark": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_each_page_is_accessible_and_quiet(browser: Browser, server: Live, case: str, name: str, look: str):
    visit = Visit(browser, server, **LOOKS[look])
    page = visit.go(PAGES[name].format(case=case))
    found = Axe().run(page)
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"{name}-{look}.png", full_page=name not in {"case", "explore"})
    sideways = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    page.close()
    bad = [v for v in found.response["violations"] if v["impact"] in {"serious", "critical"}]
    assert [(v["id"], [n["html"][:200] for n in v["nodes"][:3]]) for v in bad] == []
    expected = ["Failed to load resource: the server responded with a status of 404 (Not Found)"]
    assert visit.faults == (expected if name == "problem" else [])
    assert sideways <= 0, "the page is wider than the window"


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


def test_the_graph_grows_and_goes_back(visit: Visit):
    page = visit.go(f"/explore?node={PAGE}")
    before = page.evaluate("[...network.body.data.nodes.getIds()]")
    places = page.evaluate("network.getPositions()")
    page.click(".relations button >> nth=0")
    visit.until(f"document.getElementById('graph').dataset.nodes > {len(before)}")
    after = page.evaluate("network.getPositions()")
    assert all(after[node] == places[node] for node in before), "a node that stood has moved"
    rows = page.locator("#table tbody tr").count()
    assert rows == len(after), "the table is not in step"
    page.click("#undo")
    visit.until(f"document.getElementById('graph').dataset.nodes == {len(before)}")
    page.click("#redo")
    visit.until(f"document.getElementById('graph').dataset.nodes == {len(after)}")


def test_a_link_holds_all_that_is_seen(visit: Visit, browser: Browser, server: Live):
    look = "[network.getPositions(), network.body.data.nodes.get().filter((n) => n.hidden).length]"
    page = visit.go(f"/explore?node={PAGE}")
    page.click(".relations button >> nth=0")
    visit.until("location.hash.length > 10")
    page.click("#kinds button >> nth=1")
    visit.until("location.hash.includes('hide')")
    seen = page.evaluate(look)
    assert seen[1] > 0
    other = Visit(browser, server)
    other.go(page.url.removeprefix(server.address))
    assert other.page.evaluate(look) == seen
    other.page.close()


def test_the_graph_by_keyboard(visit: Visit):
    page = visit.go(f"/explore?node={PAGE}")
    page.focus("#graph")
    page.keyboard.press("ArrowUp")
    visit.until(f"network.getSelectedNodes()[0] !== {json.dumps(PAGE)}")
    before = page.evaluate("network.body.data.nodes.length")
    page.keyboard.press("Delete")
    visit.until(f"network.body.data.nodes.length === {before - 1}")
    page.keyboard.press("Control+z")
    visit.until(f"network.body.data.nodes.length === {before}")


def test_an_edge_shows_its_sentence(visit: Visit, case: str):
    page = visit.go(f"/explore?node=case/{case}/item/1")
    edge = page.evaluate("network.body.data.edges.get().find((e) => e.relation.startsWith('cited by')).id")
    page.evaluate(f"network.body.emitter.emit('selectEdge', {{nodes: [], edges: [{json.dumps(edge)}]}})")
    page.wait_for_selector("#panel blockquote mark")
    page.click("#panel blockquote a")
    page.wait_for_url("**/cases/**#m-item-1-*")


def test_filters_fade_and_kinds_hide(visit: Visit):
    page = visit.go(f"/explore?node={PAGE}")
    outcomes = page.evaluate("network.body.data.nodes.get().map((n) => n.outcome).filter(Boolean)")
    page.select_option("[data-filter=outcome]", outcomes[0])
    faded = sum(outcome != outcomes[0] for outcome in outcomes)
    visit.until(f"network.body.data.nodes.get().filter((n) => n.opacity < 1).length === {faded}")
    visit.until("location.hash.includes('filter')")
    kinds = page.locator("#kinds button").count()
    rows = page.locator("#table tbody tr").count()
    page.click("#kinds button[data-kind=item]")
    visit.until(f"document.querySelectorAll('#table tbody tr').length < {rows}")
    assert page.locator("#kinds button").count() == kinds


@pytest.mark.parametrize("form", ["png", "svg", "csv", "json", "graphml", "ttl"])
def test_the_graph_as_a_file(visit: Visit, form: str):
    page = visit.go(f"/explore?node={PAGE}")
    with page.expect_download() as download:
        page.select_option("#save", form)
    content = Path(download.value.path()).read_bytes()
    assert download.value.suggested_filename == f"graph.{form}"
    assert len(content) > (50 if form == "json" else 500)


def test_the_strip_tells_on_hover_and_focus(visit: Visit):
    page = visit.go("/guidelines/chronic-pain/2009?party=any")
    cell = page.locator("a.cell").first
    cell.hover()
    assert page.inner_text("[data-readout]") == cell.get_attribute("data-tip")
    cell.focus()
    page.keyboard.press("ArrowRight")
    assert page.inner_text("[data-readout]") == page.locator("a.cell").nth(1).get_attribute("data-tip")
    page.keyboard.press("Enter")
    page.wait_for_url("**/page/*")
    assert page.locator(".cell.here").count() == 1


def test_a_table_sorts(visit: Visit):
    page = visit.go("/drivers?minimum=1")
    page.click("thead button >> nth=2")
    rates = [float(cell.get_attribute("data-sort")) for cell in page.locator("tbody td:nth-child(3)").all()]
    assert rates == sorted(rates, reverse=True)


def test_a_query_without_script(browser: Browser, server: Live):
    page = browser.new_page(java_script_enabled=False)
    page.goto(server.address + "/query")
    page.fill("textarea", "SELECT (COUNT(*) AS ?n) { ?s a <https://w3id.org/imr-kg/ontology#Determination> }")
    page.click("#query-form button")
    assert page.inner_text("tbody td") == "120"
    page.close()


@pytest.mark.parametrize(
    ("path", "most"), [("/", 300_000), ("/drivers", 300_000), (f"/explore?node={PAGE}", 1_500_000)]
)
def test_pages_are_light(visit: Visit, path: str, most: int):
    answers = []
    visit.page.on("response", lambda answer: answers.append(answer))
    visit.go(path)
    assert sum(len(answer.body()) for answer in answers if answer.status == 200) <= most
