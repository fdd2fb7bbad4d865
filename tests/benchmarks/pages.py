"""What a person waits for: first paint of each kind of page, the graph, suggestions, and bytes transferred.

Run ``python tests/benchmarks/pages.py BASE``: it serves the knowledge base and visits it with Chromium, each
time with an empty cache. Times are wall-clock milliseconds in the browser, so the machine should have nothing
else to do.
"""

import argparse
import json
import shutil
import statistics
import sys
import time
import urllib.request
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / name) for name in ("web", "base")]

from conftest_web import FLAGS, Live  # noqa: E402
from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

NODE = "guideline/odg"
PAGES = {
    "home": "/",
    "search": "/search?q=lumbar+mri",
    "cases": "/cases?outcome=overturned",
    "cases of an item": "/cases?text=MRI+of+the+lumbar+spine",
    "case": "/cases/{case}",
    "drivers": "/drivers",
    "drivers by section": "/drivers?level=section",
    "guidelines": "/guidelines",
    "guideline": "/guidelines/chronic-pain/2009",
    "guideline, both parties": "/guidelines/acoem-2004?party=any",
    "guideline of chapters": "/guidelines/odg",
    "chapter": "/guidelines/acoem-2004/12",
    "section": "/guidelines/chronic-pain/2009/topical-analgesics",
    "page": "/guidelines/chronic-pain/2009/page/98",
    "category of services": "/topics/service/pharmaceuticals",
    "service": "/topics/service/rehabilitation/physical-therapy-occupational-therapy-pt-ot",
    "class of drugs": "/topics/drug/opioids",
    "drug": "/topics/drug/tramadol",
    "specialty": "/topics/specialty/pain-medicine",
    "body part": "/topics/body-part/low-back",
    "ground": "/topics/ground/response",
    "sources outside the MTUS": "/sources",
    "services, heat maps, flow": "/services",
    "outcomes": "/outcomes",
    "sides": "/sides",
    "trends": "/trends",
    "network": "/network",
    "robustness": "/robustness/chronic-pain/2009/page/98",
    "stock sentences": "/sentences",
    "questions": "/questions",
    "named query": "/questions/outcomes_by_category",
    "question in words": "/ask?q=overturned+opioids+by+year",
    "similar": "/related",
    "start of the graph": "/explore",
    "graph": "/explore?node=guideline/chronic-pain/2009/page/98",
    "graph, three deep": "/explore?node=guideline/chronic-pain/2009/page/98&depth=3",
    "editor": "/query",
    "about": "/about",
    "api": "/api/docs",
}
HEAVY = {"graph", "graph, three deep", "editor"}
READY = """async (wanted) => {
  const there = () => document.getElementById("graph").dataset.ready === "yes";
  while (!there()) await new Promise(requestAnimationFrame);
  return performance.now();
}"""
EXPANDED = """async (button) => {
  const stage = document.getElementById("graph"), before = stage.dataset.nodes, start = performance.now();
  button.click();
  while (stage.dataset.nodes === before) await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  return performance.now() - start;
}"""
SUGGESTED = """async (text) => {
  const field = document.querySelector("[data-suggest]"), list = document.querySelector(".suggestions");
  list.replaceChildren(); field.value = text;
  const start = performance.now();
  field.dispatchEvent(new Event("input"));
  while (!list.children.length) await new Promise(requestAnimationFrame);
  return performance.now() - start;
}"""


def say(what: str, value: float, unit: str, bound: float | None = None) -> None:
    held = (
        "" if bound is None else f"   {'holds' if value <= bound else 'ABOVE'} the bound of {bound:,g} {unit}"
    )
    sys.stdout.write(f"{what:44s}{value:12,.0f} {unit}{held}\n")
    sys.stdout.flush()


def fresh(browser: Browser) -> Page:
    """A page with an empty cache."""
    return browser.new_context(viewport={"width": 1360, "height": 900}).new_page()


def visited(browser: Browser, address: str) -> tuple[float, int, int]:
    """First contentful paint in milliseconds, bytes transferred, and bytes of the page itself, not packed."""
    page, sizes = fresh(browser), []
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    paint = (
        "performance.getEntriesByType('paint').find((e) => e.name === 'first-contentful-paint')?.startTime"
    )
    first = page.evaluate(paint)
    plain = page.evaluate("performance.getEntriesByType('navigation')[0].decodedBodySize")
    page.context.close()
    return float(first or 0), int(sum(sizes)), int(plain)


def filled(page: Page, most: int) -> str:
    """The address of a graph of ``most`` nodes, grown by hand."""
    for _ in range(80):
        button = page.locator(".relations button").first
        count = int(page.get_attribute("#graph", "data-nodes") or 0)
        if count >= most or not page.locator(".relations button").count():
            break
        before = page.inner_text(".relations")
        button.click()
        for _ in range(200):
            if page.inner_text(".relations") != before or page.get_attribute("#graph", "data-nodes") == str(
                most
            ):
                break
            page.wait_for_timeout(20)
    return page.url


def graph(browser: Browser, site: str, rounds: int) -> None:
    page = fresh(browser)
    page.goto(f"{site}/explore?node={NODE}")
    page.evaluate(READY)
    grown = [
        page.evaluate(EXPANDED, page.query_selector(f".relations li:nth-child({row}) button"))
        for row in (1, 2)
        for _ in range(rounds)
        if page.wait_for_timeout(400) is None
    ]
    say("an expansion of 25, median", statistics.median(grown), "ms", 300)
    say("an expansion of 25, slowest", max(grown), "ms", 300)
    address = filled(page, 300)
    count = int(page.get_attribute("#graph", "data-nodes") or 0)
    settled = []
    for _ in range(rounds):
        again = fresh(browser)
        again.goto(address, wait_until="commit")
        settled.append(again.evaluate(READY))
        before = again.evaluate("network.getPositions()")
        again.wait_for_timeout(500)
        if before != again.evaluate("network.getPositions()"):
            say("nodes that moved afterwards", 1, "", 0)
        again.context.close()
    say(f"a graph of {count} nodes from its link, settled", statistics.median(settled), "ms", 1500)
    page.context.close()


def suggestions(browser: Browser, site: str) -> None:
    page = fresh(browser)
    page.goto(site)
    words = (
        "mri",
        "mri of the lumbar",
        "physical th",
        "chronic pain page",
        "opi",
        "knee",
        "CM14",
        "oxy",
        "spine surg",
    )
    waited = [page.evaluate(SUGGESTED, word) for word in words if page.wait_for_timeout(150) is None]
    say("suggestions, from the key to the list, median", statistics.median(waited), "ms", 100)
    say("suggestions, slowest", max(waited), "ms", 100)
    page.context.close()


def main(base: Path, rounds: int) -> None:
    """Serve ``base`` and print what each page takes."""
    server = Live(base, workers=2)
    try:
        time.sleep(1)
        with urllib.request.urlopen(f"{server.address}/api/cases?limit=5") as answer:
            case = json.load(answer)["results"][-1]["case"]
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
            for name, path in PAGES.items():
                seen = [visited(browser, server.address + path.format(case=case)) for _ in range(rounds)]
                later = statistics.median(first for first, *_ in seen[1:] or seen)
                say(f"{name}: first paint, first time", seen[0][0], "ms", 1000)
                say(f"{name}: first paint, later", later, "ms", 1000)
                say(f"{name}: transferred", seen[0][1] / 1000, "kB", 1500 if name in HEAVY else 300)
                say(f"{name}: the page itself, not packed", seen[0][2] / 1000, "kB")
            graph(browser, server.address, rounds)
            suggestions(browser, server.address)
            browser.close()
    finally:
        server.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base", type=Path, help="a knowledge base that is there")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    main(given.base, given.rounds)
