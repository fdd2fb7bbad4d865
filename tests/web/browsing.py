"""A real browser before a real server: visits that must ask nobody else and complain about nothing."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest_web import FLAGS, Live
from playwright.sync_api import Browser, BrowserContext, Error, Frame, Page, sync_playwright

from kg.base.store import KnowledgeBase

ARTEFACTS = Path(__file__).parents[1] / "artefacts"
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
"""The one without windows draws the same pages, and takes two thirds of the time for a graph."""
PAGE = "guideline/chronic-pain/2009/page/98"
MARKS = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]
LONG = [*MARKS, pytest.mark.long]
"""Each run draws one graph in a browser; the pages of a server are gone through in the long one."""


WAIT = """async (value) => {
  const holds = () => { const found = (%s); return typeof found === "function" ? found(value) : found; };
  for (const end = performance.now() + 30000; performance.now() < end;) {
    if (await holds()) return true;
    await new Promise((done) => setTimeout(done, 10));
  }
  return false;
}"""


def until(where: Page | Frame, expression: str, value: object = None, told: object = "") -> None:
    """Wait until an expression, or a function of ``value``, is true in a page.

    Not Playwright's ``wait_for_function``, which the pages' policy does not let run. The page itself looks
    again and again, since to ask it from here takes more than most of what it does meanwhile.
    """
    for _ in range(10):
        try:
            if where.evaluate(WAIT % expression, value):
                return
            break
        except Error as error:
            if "Execution context was destroyed" not in error.message:  # as it is by going to another page
                raise
    raise AssertionError(f"never came true: {expression}; {told}")


class Visit:
    """A page that must ask nobody else and complain about nothing.

    It is a tab of a visitor's, or, where a browser is given, all of another visitor.
    """

    def __init__(self, where: Browser | BrowserContext, server: Live, **options: object) -> None:
        self.server, self.faults = server, []
        self.page: Page = where.new_page(**options)
        self.page.on("console", lambda m: m.type in {"error", "warning"} and self.faults.append(m.text))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", self._asked)

    def _asked(self, request) -> None:
        if not request.url.startswith((self.server.address, "data:", "blob:")):
            self.faults.append(f"asked {request.url}")

    def go(self, path: str) -> Page:
        self.page.goto(self.server.address + path)
        self.ready()
        return self.page

    def ready(self) -> None:
        """Wait until the page's own programs have begun."""
        if self.page.query_selector("#graph"):
            self.until("document.getElementById('graph').dataset.ready === 'yes'")
        if self.page.query_selector("#words"):
            self.until("document.querySelector('[data-ready]') !== null")

    def moving(self) -> None:
        """Let things move, as they do for most visitors."""
        self.page.emulate_media(reduced_motion="no-preference")

    def until(self, expression: str) -> None:
        until(self.page, expression, told=self.faults)


class Graph:
    """The graph of a page, as a hand with a mouse meets it."""

    def __init__(self, visit: Visit, path: str) -> None:
        self.visit, self.page = visit, visit.go(path)

    def say(self, expression: str, value: object = None) -> object:
        return self.page.evaluate(expression, value)

    def ids(self) -> list[str]:
        return self.say("network.body.data.nodes.getIds()")

    def nodes(self) -> list[dict]:
        return self.say("network.body.data.nodes.get()")

    def edges(self) -> list[dict]:
        return self.say("network.body.data.edges.get()")

    def still(self) -> None:
        """Wait until the nodes have come to their places."""
        self.visit.until("document.getElementById('graph').ariaBusy !== 'true'")

    def places(self) -> dict[str, dict[str, float]]:
        self.still()
        return self.say("network.getPositions()")

    def at(self, node: str) -> tuple[float, float]:
        """Where a node is on the screen."""
        self.still()
        spot = self.say(f"network.canvasToDOM(network.getPosition({json.dumps(node)}))")
        return self._on_screen(spot)

    def on_edge(self, *edges: str) -> tuple[float, float]:
        """A place on the screen where one of these edges is, and nothing else."""
        self.still()
        spot = self.say(
            """(ids) => {
              const offsets = [-1.5, 0, 1.5].flatMap((x) => [-1.5, 0, 1.5].map((y) => [x, y]));
              for (const id of ids) {
                const alone = (one) => network.getNodeAt(one) === undefined && network.getEdgeAt(one) === id;
                const edge = network.body.edges[id], places = network.getPositions([edge.fromId, edge.toId]);
                const [a, b] = [places[edge.fromId], places[edge.toId]];
                for (let t = 0.1; t < 0.9; t += 0.02) {
                  const spot = network.canvasToDOM({ x: a.x + t * (b.x - a.x), y: a.y + t * (b.y - a.y) });
                  if (offsets.every(([x, y]) => alone({ x: spot.x + x, y: spot.y + y }))) return spot;
                }
              }
              return null;
            }""",
            edges,
        )
        assert spot, "the edges are covered all along"
        return self._on_screen(spot)

    def _on_screen(self, spot: dict[str, float]) -> tuple[float, float]:
        box = self.page.locator("#graph canvas").bounding_box()
        return box["x"] + spot["x"], box["y"] + spot["y"]

    def choose(self, node: str) -> None:
        """Click a node, and wait for its panel."""
        self.page.mouse.click(*self.at(node))
        self.visit.until(f"network.getSelectedNodes()[0] === {json.dumps(node)}")
        name = next(one["name"] for one in self.nodes() if one["id"] == node)
        self.visit.until(f"document.querySelector('#panel h2').textContent.includes({json.dumps(name)})")

    def count(self, number: str) -> None:
        """Wait until so many nodes are shown: ``== 12`` or ``> 12``."""
        self.visit.until(f"Number(document.getElementById('graph').dataset.nodes) {number}")

    def press(self, words: str) -> None:
        """Press a button of the panel."""
        self.page.click(f"#panel button:text-is({json.dumps(words)})")


@pytest.fixture(scope="session")
def server(built: Path) -> Iterator[Live]:
    live = Live(built, workers=2)
    yield live
    live.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def case(built: Path) -> str:
    with KnowledgeBase.open(built) as base:
        return base.cases()[3]


@pytest.fixture(scope="session")
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    """A visitor of many pages, one tab after the other: a visitor for each takes three times as long.

    Nodes of a graph glide to their places, which is drawn sixty times a second, in tests of that alone.
    """
    with browser.new_context(viewport={"width": 1360, "height": 900}, reduced_motion="reduce") as visitor:
        yield visitor


@pytest.fixture
def visit(visitor: BrowserContext, server: Live) -> Iterator[Visit]:
    """A page of the visitor, who afterwards has kept nothing but what any browser keeps of files."""
    visit = Visit(visitor, server)
    yield visit
    session = visitor.new_cdp_session(visit.page)
    session.send("Storage.clearDataForOrigin", {"origin": server.address, "storageTypes": "all"})
    visitor.clear_cookies()
    visitor.clear_permissions()
    for page in visitor.pages:
        page.close()
    assert visit.faults == []
