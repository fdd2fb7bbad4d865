"""Names in the graph, measured where they are drawn: no two cover each other, the chosen keeps its own."""

import itertools
import json
import re
from collections import Counter
from pathlib import Path
from urllib.parse import quote

import pytest
from browsing import LONG, Graph, Visit
from playwright.sync_api import Browser, Page

pytestmark = LONG
MUCH = "/explore?node=guideline/odg"
SCREEN = {"width": 1280, "height": 900}

# Each text as the canvas gets it, with the box that it fills on the screen; a frame begins with a clear.
RECORD = """
  window.drawn = [];
  const proto = CanvasRenderingContext2D.prototype, { fillText, clearRect } = proto;
  proto.clearRect = function (...box) {
    if (this.canvas.closest("#graph")) window.drawn = [];
    return clearRect.apply(this, box);
  };
  proto.fillText = function (text, x, y) {
    if (this.canvas.closest("#graph")) {
      const { a, d, e, f } = this.getTransform(), size = this.measureText(text);
      window.drawn.push({
        text, left: e + a * (x - size.width / 2), right: e + a * (x + size.width / 2),
        top: f + d * (y - size.actualBoundingBoxAscent), bottom: f + d * (y + size.actualBoundingBoxDescent),
      });
    }
    return fillText.call(this, text, x, y);
  };
"""


@pytest.fixture
def recorded(visit: Visit) -> Visit:
    """A visit that records the texts of a graph as they are drawn."""
    visit.page.set_viewport_size(SCREEN)
    visit.page.add_init_script(RECORD)
    return visit


def texts(graph: Graph) -> list[dict]:
    """The texts of one frame, with their boxes in pixels."""
    graph.still()
    graph.say(
        "new Promise((done) => { network.once('afterDrawing', () => setTimeout(done)); network.redraw(); })"
    )
    return graph.say("drawn")


def overlapping(boxes: list[dict]) -> list[tuple[str, str]]:
    return [
        (one["text"], other["text"])
        for one, other in itertools.combinations(boxes, 2)
        if one["left"] < other["right"] - 0.5
        and other["left"] < one["right"] - 0.5
        and one["top"] < other["bottom"] - 0.5
        and other["top"] < one["bottom"] - 0.5
    ]


def expanded(graph: Graph, rows: int) -> None:
    """Click so many of the buttons that show more, one relation after the other."""
    for n in range(rows):
        buttons = graph.page.locator(".relations button")
        if not buttons.count():
            return
        before = graph.say("location.hash")
        buttons.nth(n % buttons.count()).click()
        graph.visit.until(f"location.hash !== {json.dumps(before)}")
        graph.still()


def covered(graph: Graph, boxes: list[dict]) -> list[str]:
    """The nodes whose middle lies under a text."""
    at = graph.say("Object.entries(network.getPositions()).map(([id, at]) => [id, network.canvasToDOM(at)])")
    return [
        node
        for node, spot in at
        if any(b["left"] < spot["x"] < b["right"] and b["top"] < spot["y"] < b["bottom"] for b in boxes)
    ]


def test_no_two_names_overlap(recorded: Visit):
    """Whatever is expanded, without anything pressed for it: the graph is laid out again on its own."""
    graph, faults = Graph(recorded, MUCH), []
    for step in range(12):
        boxes, shown = texts(graph), len(graph.ids())
        found = overlapping(boxes)
        if len(found) > (0 if shown <= 120 else 0.02 * len(boxes)):
            faults.append((step, shown, found[:5]))
        if not boxes:
            faults.append((step, "no name is drawn"))
        if shown >= 250:
            break
        expanded(graph, 1)
    assert faults == []
    assert shown > 120


def centers(visit: Visit) -> list[str]:
    """Two nodes of each kind of the base: one of many decisions and one of few; classes are in no graph."""
    ask, server = visit.page.request.get, visit.server.address
    found: dict[str, list[tuple[int, str]]] = {}
    for letter in "aeiocprsm9":
        for row in ask(f"{server}/api/suggest?q={letter}&limit=50").json()["results"]:
            if row["node"] and ask(f"{server}/api/node?node={quote(row['node'])}").ok:
                found.setdefault(row["kind"], []).append((row["decisions"], row["node"]))
    return [node for several in found.values() for _, node in {min(several), max(several)}]


def test_names_stand_at_their_nodes_around_every_kind_of_center(recorded: Visit):
    """In the first view and after each of three expansions: none over another, few over a node."""
    nodes = centers(recorded)
    kinds = {node.partition("/")[0] for node in nodes}
    assert {"service", "drug", "specialty", "body-part", "guideline", "ground"} <= kinds
    faults = []
    for node in nodes:
        graph = Graph(recorded, f"/explore?node={quote(node)}")
        for step in range(4):
            boxes, shown = texts(graph), len(graph.ids())
            found, under = overlapping(boxes), covered(graph, boxes)
            if len(found) > (0 if shown <= 120 else 0.02 * len(boxes)) or len(under) > 0.03 * shown:
                faults.append((node, step, shown, found[:3], under))
            edge = graph.page.locator("#graph canvas").bounding_box()
            if any(b["right"] < 0 or b["left"] > edge["width"] for b in boxes):
                faults.append((node, step, "a name out of sight"))
            expanded(graph, 1)
    assert faults == []


def unnamed(graph: Graph, drawn: str) -> list[str]:
    """The chosen node's neighbours of whose names neither beginning nor number stands in what is drawn."""
    near = graph.say("network.getConnectedNodes(network.getSelectedNodes()[0])")
    names = {node["id"]: node for node in graph.nodes() if node["id"] in near}
    begins = {
        node["name"]: (
            [node["name"], *node["label"].split("\n")[:1], *re.findall(r"(?:p|ch)\. \S+$", node["name"])]
            if node["kind"] != "group"
            else [f"{node['decisions']:,} "]
        )
        for node in names.values()
    }
    return [
        name
        for name, several in begins.items()
        if not any(one.partition(" (")[0][:4].strip() in drawn for one in several)
    ]


def test_what_is_chosen_keeps_its_name_and_its_neighbours_theirs(recorded: Visit):
    """All in the first view, also where the page is at 200 %; after three expansions, as many as fit."""
    faults = []
    for size, share in ((SCREEN, 0.95), ({"width": 640, "height": 450}, 0.7)):
        recorded.page.set_viewport_size(size)
        graph = Graph(recorded, MUCH)
        for step in (0, 3):
            expanded(graph, step)
            drawn = " ".join(one["text"] for one in texts(graph))
            near = len(graph.say("network.getConnectedNodes(network.getSelectedNodes()[0])"))
            left = unnamed(graph, drawn)
            if len(left) > (1 - share if step else 0) * near:
                faults.append((size["width"], step, near, left))
            if "Official" not in drawn:
                faults.append((size["width"], step, "the chosen node has no name"))
    assert faults == []


def test_many_decisions_are_one_node_that_opens(visit: Visit):
    graph = Graph(visit, MUCH)
    group = max((n for n in graph.nodes() if n["kind"] == "group"), key=lambda n: n["decisions"])
    assert group["decisions"] > 30
    assert group["upheld"] + group["overturned"] + group["modified"] == group["decisions"]
    graph.page.locator("#table button", has_text=f"{group['decisions']:,} decisions").first.click()
    graph.page.click("#panel button:text-is('Open 25')")
    visit.until(
        f"network.body.data.nodes.get({json.dumps(group['id'])}).decisions === {group['decisions'] - 25}"
    )
    assert "the most typical first" in graph.page.inner_text("#status")


def test_an_expansion_obeys_the_filter_and_says_so(visit: Visit):
    graph = Graph(visit, MUCH)
    graph.page.select_option("[data-filter=outcome]", "overturned")
    row = graph.page.locator(".relations li", has_text="specialty").locator("button")
    row.click()
    visit.until(
        "document.getElementById('status').textContent.includes('overturned, the most relevant first')"
    )
    told = graph.page.inner_text("#status")
    every = graph.page.request.get(
        f"{visit.server.address}/cases?place=odg&outcome=overturned&format=csv"
    ).text()
    assert int(told.split(" of ")[1].split()[0]) <= every.count("overturned")


def test_a_ground_is_a_node_and_its_edge_opens_the_sentence(visit: Visit):
    grounds = visit.page.request.get(f"{visit.server.address}/api/suggest?q=not+met&limit=20").json()[
        "results"
    ]
    node = next(row["node"] for row in grounds if row["node"].endswith(":not-met"))
    graph = Graph(visit, f"/explore?node={node}")
    if not any(one["kind"] == "item" for one in graph.nodes()):
        graph.page.locator(".relations li", has_text="decision").locator("button").click()
        visit.until("network.body.data.nodes.get().some((n) => n.kind === 'item')")
        graph.page.click("#fit")
    items = {n["id"] for n in graph.nodes() if n["kind"] == "item"}
    edges = [e["id"] for e in graph.edges() if node in (e["from"], e["to"]) and {e["from"], e["to"]} & items]
    graph.page.mouse.click(*graph.on_edge(*edges))
    graph.page.wait_for_selector("#panel blockquote mark")
    assert "in the letter" in graph.page.inner_text("#panel blockquote")


def test_arranging_sizing_and_the_lasso(visit: Visit):
    visit.moving()
    graph = Graph(visit, "/explore?node=guideline/odg&depth=2")
    before = graph.places()
    for by in ("kind", "community", "links"):
        graph.page.select_option("#by", by)
        graph.page.click("#arrange")
        visit.until(f"document.getElementById('status').textContent.startsWith('Arranged by {by}')")
        visit.until("document.getElementById('graph').ariaBusy === 'false'")  # they glide to their places
        places = [tuple(place.values()) for place in graph.places().values()]
        assert len({*places}) == len(places) == len(before)
    for by in ("degree", "betweenness", "count"):
        graph.page.select_option("#size", by)
        visit.until(f"location.hash.includes('{by}')")
    for _ in range(6):
        graph.page.click("#undo")
    assert graph.places() == before
    graph.page.click("#lasso")
    box = graph.page.locator("#graph canvas").bounding_box()
    corners = [(2, 2), (box["width"] - 3, 2), (box["width"] - 3, box["height"] - 3), (2, box["height"] - 3)]
    graph.page.mouse.move(box["x"] + 2, box["y"] + 2)
    graph.page.mouse.down()
    for x, y in [*corners[1:], corners[0]]:
        graph.page.mouse.move(box["x"] + x, box["y"] + y, steps=4)
    graph.page.mouse.up()
    visit.until("network.getSelectedNodes().length > 5")
    visit.until("document.querySelector('#panel h2').textContent.includes('nodes selected')")
    chosen = len(graph.say("network.getSelectedNodes()"))
    graph.press("Remove selected")
    graph.count(f"== {len(before) - chosen + 1}")  # the center stays


def outside(page: Page, picture: str) -> list[str]:
    """The texts of a saved picture that its edges cut."""
    other = page.context.new_page()
    other.set_content(picture)
    found = other.evaluate(
        """() => {
          const box = (one) => one.getBoundingClientRect(), edge = box(document.querySelector("svg"));
          const cut = ({ left, right, top, bottom }) =>
            left < edge.left || right > edge.right || top < edge.top || bottom > edge.bottom;
          const texts = [...document.querySelectorAll("text")].filter((one) => cut(box(one)));
          return texts.map((one) => one.textContent);
        }"""
    )
    other.close()
    return found


def test_every_group_has_its_heading_on_the_screen_and_in_the_picture(recorded: Visit):
    """None is left out for want of room, and none is cut by an edge."""
    graph, faults = Graph(recorded, MUCH), []
    expanded(graph, 3)
    graph.page.select_option("[data-filter=category]", index=1)
    for by in ("kind", "community"):
        graph.page.select_option("#by", by)
        graph.page.click("#arrange")
        recorded.until(f"document.getElementById('status').textContent.startsWith('Arranged by {by}')")
        sizes = Counter(node["group_name"] for node in graph.nodes() if not node["hidden"])
        boxes = texts(graph)
        edge = graph.page.locator("#graph canvas").bounding_box()
        heads = [b for b in boxes if re.search(r" \(\d+\)$", b["text"])]
        told = sorted(int(b["text"].rpartition("(")[2].rstrip(")")) for b in heads)
        if told != sorted(sizes.values()):
            faults.append((by, sizes, [b["text"] for b in heads]))
        cut = [b for b in boxes if b["left"] < 0 or b["right"] > edge["width"] or b["top"] < 0]
        faults += [(by, b["text"], "cut") for b in cut if b in heads]
        faults += [(by, *pair) for pair in overlapping(boxes)]
        graph.page.select_option("#form", "svg")
        with graph.page.expect_download() as download:
            graph.page.click("#save")
        faults += [(by, "svg", text) for text in outside(graph.page, Path(download.value.path()).read_text())]
    assert faults == []


def test_a_step_while_nodes_glide_has_the_last_word(visit: Visit):
    visit.moving()
    graph = Graph(visit, "/explore?node=guideline/odg&depth=2")
    before = graph.places()
    graph.page.select_option("#by", "kind")
    moved = graph.say(
        """async () => {
          const busy = () => document.getElementById("graph").ariaBusy === "true";
          const frame = () => new Promise(requestAnimationFrame);
          document.getElementById("arrange").click();
          for (let n = 0; n < 300 && !busy(); n += 1) await frame();
          if (!busy()) return "nothing moved";
          await frame();
          document.getElementById("undo").click();
          for (let n = 0; n < 60; n += 1) await frame();  // longer than the way takes
          return network.getPositions();
        }"""
    )
    assert moved == before == graph.places()


def test_views_make_a_story_that_a_colleague_steps_through(visit: Visit, browser: Browser):
    graph = Graph(visit, MUCH)
    graph.page.click("#views summary")
    for title, says in (("All", "It begins here."), ("Few", "Then the services go.")):
        graph.page.fill("#view-title", title)
        graph.page.fill("#view-says", says)
        graph.page.click("#keep button")
        graph.page.click("#kinds button[data-kind=service]")
    graph.page.click("#tell")
    link = graph.page.get_attribute("#story-link", "href")
    other = Visit(browser, visit.server, viewport={"width": 1360, "height": 900})
    other.go(link.removeprefix(visit.server.address))
    assert other.page.inner_text("#story p").startswith("All It begins here.")
    with other.page.expect_event("load"):
        other.page.click("#story button:text-is('Next')")
    other.ready()
    assert "Then the services go." in other.page.inner_text("#story")
    assert other.page.get_attribute("#kinds button[data-kind=service]", "aria-pressed") == "false"
    other.page.close()
    assert other.faults == []
