"""Letters that carry script: whatever they hold is shown as text, wherever it is shown."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from browsing import LONG, until
from conftest_web import Live
from playwright.sync_api import Browser, Page

from kg.base.building.build import build
from kg.base.store import KnowledgeBase

pytestmark = LONG

SHOWN = """(id) => {
  const tip = document.querySelector(".vis-tooltip");
  return tip?.style.visibility === "visible" && tip.innerText === network.body.data.nodes.get(id).title;
}"""
OFFERED = "(number) => document.querySelectorAll('.suggestions li').length === number"
RUN = "window.ran=1"
PAYLOADS = [
    f"<script>{RUN}</script>",
    f"</script><script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f'"><svg onload={RUN}>',
    f"'><body onload={RUN}>",
    f"<a href=javascript:{RUN}>x</a>",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'></iframe>",
    f"{{{{ [].__class__ }}}}<b onmouseover={RUN}>",
    f"</textarea><script>{RUN}</script>",
    f"</title><script>{RUN}</script>",
    f"<math><mtext></form><form><mglyph><style></math><img src onerror={RUN}>",
    f"&lt;script&gt;{RUN}&lt;/script&gt; href= \u2028 ${{{RUN}}}",
]
LETTER = """
Case Number: CM16-{number:07d}
Date Assigned: 11/09/2016 Date of Injury: 07/08/2013
Decision Date: 12/05/2016 UR Denial Date: 10/13/2016
Priority: Standard Application
Received:
11/03/2016

HOW THE IMR FINAL DETERMINATION WAS MADE
One reviewer read the whole file {payload}.

The Expert Reviewer has the following credentials:
State(s) of Licensure: California, {payload}
Certification(s)/Specialty: Orthopedic Surgery, {payload}

CLINICAL CASE SUMMARY
The injured worker is a 49 year old male with an injury. {payload}

IMR ISSUES, DECISIONS AND RATIONALES
The Final Determination was based on decisions for the disputed items set forth below:

MRI of the lumbar spine {payload}: Upheld
Claims Administrator guideline: Decision based on MTUS Low Back Complaints 2004, Section(s): {payload}.
MAXIMUS guideline: Decision based on MTUS Low Back Complaints 2004, Section(s): Special Studies, {payload},
and Non-MTUS {payload}.
Decision rationale: It is not shown to be needed {payload}. The request is not medically necessary.
"""


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Live, list[str]]]:
    folder = tmp_path_factory.mktemp("planted")
    (folder / "letters").mkdir()
    for number, payload in enumerate(PAYLOADS):
        text = LETTER.format(number=number, payload=payload)
        (folder / "letters" / f"{number}.txt").write_text(text, encoding="utf-8")
    build([folder / "letters"], folder / "kb", processes=1)
    with KnowledgeBase.open(folder / "kb") as base:
        cases = base.cases()
    assert len(cases) == len(PAYLOADS)
    server = Live(folder / "kb", workers=1)
    yield server, cases
    server.stop()


class Watched:
    """A browser that notes whatever of a letter runs, or is stopped from running."""

    def __init__(self, page: Page, server: Live) -> None:
        self.page, self.server, self.faults = page, server, []
        page.set_default_navigation_timeout(120_000)  # many pages, on a machine that may do more
        page.on("dialog", lambda dialog: (self.faults.append(dialog.message), dialog.dismiss()))
        page.on("console", lambda m: "Content Security Policy" in m.text and self.faults.append(m.text))

    def go(self, path: str) -> None:
        self.page.goto(self.server.address + path)
        until(self.page, "(document.getElementById('graph')?.dataset.ready ?? 'yes') === 'yes'")
        self.look(path)

    def look(self, where: str) -> None:
        if self.page.evaluate("window.ran"):
            self.faults.append(where)
            self.page.evaluate("window.ran = 0")


@pytest.fixture
def watched(planted: tuple[Live, list[str]], browser: Browser) -> Iterator[Watched]:
    watched = Watched(browser.new_page(), planted[0])
    yield watched
    watched.page.close()
    assert watched.faults == []


def test_no_payload_runs_on_a_page(planted: tuple[Live, list[str]], watched: Watched):
    paths = ["/", "/cases", "/about", "/guidelines", "/explore", "/drivers?level=section&minimum=1"]
    paths += ["/guidelines/acoem-2004/12?party=any", "/guidelines/other?party=any"]
    paths += ["/drivers?level=section&party=any&minimum=1", "/explore?node=guideline/acoem-2004/12&depth=3"]
    for case, payload in zip(planted[1], PAYLOADS, strict=True):
        paths += [f"/cases/{case}", f"/explore?node=case/{case}", f"/search?q={quote(payload)}"]
        paths += [f"/explore?node=case/{case}/item/1", f"/query?query={quote(payload)}"]
        paths += [f"/cases/{quote(payload, safe='')}", f"/explore?node={quote(payload)}"]
        paths += [f"/cases?text={quote(payload)}", f"/cases?specialty={quote(payload)}"]
        paths += [f"/guidelines/{quote(payload)}", f"/resource?node={quote(payload)}"]
    for path in paths:
        watched.go(path)


def test_no_payload_runs_in_the_graph(planted: tuple[Live, list[str]], watched: Watched):
    page = watched.page
    page.set_viewport_size({"width": 1360, "height": 900})
    for case in planted[1]:
        watched.go(f"/explore?node=case/{case}&depth=2")
        page.evaluate("network.setOptions({ interaction: { tooltipDelay: 0 } })")
        for node in page.evaluate("network.body.data.nodes.getIds()"):
            where = page.evaluate(
                "(id) => { network.focus(id, { scale: 1, animation: false });"
                " return network.canvasToDOM(network.getPosition(id)) }",
                node,
            )
            box = page.locator("#graph canvas").bounding_box()
            page.mouse.move(box["x"] + where["x"], box["y"] + where["y"])
            until(page, SHOWN, node)
        page.locator("#table button").nth(1).click()
        page.focus("#graph")
        for _ in range(8):
            before = page.inner_text("#panel")
            page.keyboard.press("e")  # the sentence behind its next line
            until(page, "(before) => document.getElementById('panel').innerText !== before", before)
        for name in ("specialty", "category"):
            options = page.locator(f"[data-filter={name}] option").count()
            page.select_option(f"[data-filter={name}]", index=options - 1)
        watched.look(f"graph of {case}")


def test_no_payload_runs_in_what_scripts_draw(planted: tuple[Live, list[str]], watched: Watched):
    watched.go("/")
    for payload in PAYLOADS:
        with watched.page.expect_response("**/api/suggest?**") as answer:
            watched.page.fill("[data-suggest]", f"MRI of the lumbar spine {payload}"[:200])
        answer.value.finished()
        until(watched.page, OFFERED, len(answer.value.json()["results"]))
        watched.page.keyboard.press("ArrowDown")
        watched.look("suggestions")
    texts = "SELECT ?text { ?s ?p ?text FILTER(isLiteral(?text) && CONTAINS(STR(?text), 'window.ran')) }"
    watched.go(f"/query?query={quote(texts)}")
    watched.page.wait_for_selector("#results td, #plain td")
    assert RUN in watched.page.inner_text("#answer")
    watched.look("the table of a query")
    answer = watched.page.request.get(f"{watched.server.address}/drivers.svg?level=section&minimum=1")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert not ET.fromstring(answer.text()).findall(".//{*}script")
