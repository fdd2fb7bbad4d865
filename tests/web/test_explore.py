"""The graph as a person meets it, with mouse and keyboard: what each step does, and what stays."""

import csv
import io
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import networkx as nx
import pyoxigraph as ox
import pytest
from browsing import LONG, PAGE, Graph, Visit
from conftest_web import Live
from playwright.sync_api import Browser

from kg.explore.drawing import FEW, GREY, MOST

pytestmark = LONG
START = f"/explore?node={PAGE}"
MUCH = "/explore?node=guideline/odg"


def undo_and_redo(graph: Graph, before: dict[str, dict[str, float]], after: dict[str, dict[str, float]]):
    """Take a step back and forth: all stands where it stood before it, and after it."""
    for button, places in (("#undo", before), ("#redo", after)):
        graph.page.click(button)
        graph.count(f"== {len(places)}")
        assert graph.places() == places


def test_a_double_click_goes_one_hop_and_moves_others_by_small_steps(visit: Visit):
    visit.moving()
    graph = Graph(visit, START)
    before, places = graph.ids(), graph.places()
    other = next(node["id"] for node in graph.nodes() if node["kind"] == "specialty")
    graph.choose(other)
    counts = graph.page.locator(".relations li > span").all_inner_texts()
    assert all(words.split()[-1].isdecimal() for words in counts)  # how many there are, before they come
    graph.page.mouse.dblclick(*graph.at(other))
    graph.count(f"> {len(before)}")
    after = graph.places()
    assert len(after) - len(before) <= 50
    assert after[PAGE] == places[PAGE]
    assert len({(place["x"], place["y"]) for place in after.values()}) == len(after)
    for axis in "xy":  # what was on one side is there still, nearly everywhere
        far = sorted(before, key=lambda node: places[node][axis])
        low, high = far[: len(far) // 3], far[-(len(far) // 3) :]
        assert sum(after[one][axis] < after[other][axis] for one in low for other in high) > 0.9 * len(
            low
        ) * len(high)
    undo_and_redo(graph, places, after)
    assert graph.page.locator("#table tbody tr").count() == len(after)


def test_the_next_25_of_many(visit: Visit):
    graph = Graph(visit, MUCH)
    row = graph.page.locator(".relations li", has_text="cited by the reviewer")
    total = int(row.locator(".sub").inner_text())
    assert total > 50
    for step in (1, 2):
        row.locator("button").click()
        visit.until(
            "[...document.querySelectorAll('.relations li')].some(({ textContent }) => "
            f"textContent.includes('reviewer {25 * step} of {total}') && textContent.includes('next '))"
        )


def test_undo_and_redo(visit: Visit):
    visit.moving()
    graph = Graph(visit, START)
    before = graph.places()
    graph.page.click(".relations button >> nth=0")
    graph.count(f"> {len(before)}")
    after = graph.places()
    undo_and_redo(graph, before, after)


def test_a_redo_that_fails_loses_nothing(browser: Browser, server: Live):
    visit = Visit(browser, server, viewport={"width": 1360, "height": 900})  # which complains of the failure
    graph = Graph(visit, START)
    before = len(graph.ids())
    graph.page.click(".relations button >> nth=0")
    graph.count(f"> {before}")
    more = len(graph.ids())
    graph.page.click("#undo")
    graph.count(f"== {before}")
    graph.page.route("**/api/expand", lambda route: route.abort())
    graph.page.click("#redo")
    visit.until("document.getElementById('status').textContent.includes('does not answer')")
    assert len(graph.ids()) == before
    assert graph.page.is_enabled("#redo")
    graph.page.unroute("**/api/expand")
    graph.page.click("#redo")
    graph.count(f"== {more}")
    visit.page.close()


def test_a_click_on_an_edge_shows_its_sentence(visit: Visit, case: str):
    graph = Graph(visit, f"/explore?node=case/{case}/item/1")
    cited = [edge for edge in graph.edges() if edge["relation"].startswith("cited by")]
    graph.page.mouse.click(*graph.on_edge(cited[0]["id"]))
    graph.page.wait_for_selector("#panel blockquote mark")
    assert cited[0]["relation"].removeprefix("cited by ") in graph.page.inner_text("#panel blockquote .small")
    graph.page.click("#panel blockquote a")
    graph.page.wait_for_url("**/cases/**#m-item-1-**")


def test_the_legend_counts_hides_and_shows(visit: Visit):
    graph = Graph(visit, START)
    kinds = [node["kind"] for node in graph.nodes()]
    told = graph.page.locator("#kinds button").all_inner_texts()
    assert sorted(words.strip() for words in told) == sorted(f"{k} {kinds.count(k)}" for k in set(kinds))
    assert graph.page.locator("#kinds svg path").count() == len(told)  # each with its shape
    rows = graph.page.locator("#table tbody tr").count()
    graph.page.click("#kinds button[data-kind=item]")
    visit.until(f"document.querySelectorAll('#table tbody tr').length === {rows - kinds.count('item')}")
    assert graph.page.get_attribute("#kinds button[data-kind=item]", "aria-pressed") == "false"
    graph.page.click("#kinds button[data-kind=item]")
    visit.until(f"document.querySelectorAll('#table tbody tr').length === {rows}")


@pytest.mark.parametrize("name", ["outcome", "category", "specialty", "guideline", "year"])
def test_a_filter_fades_or_hides(visit: Visit, name: str):
    graph = Graph(visit, START)
    items = [node for node in graph.nodes() if node["kind"] == "item"]
    options = graph.page.locator(f"[data-filter={name}] option").all_inner_texts()[1:]
    graph.page.select_option(f"[data-filter={name}]", options[0])

    def has(node: dict) -> bool:
        value = node.get(name)
        return options[0] in (value if isinstance(value, list) else [str(value)])

    others = sum(not has(node) for node in items)
    visit.until(f"network.body.data.nodes.get().filter((n) => n.opacity < 1).length === {others}")
    graph.page.uncheck("#fade")
    visit.until(f"network.body.data.nodes.get().filter((n) => n.hidden).length === {others}")


def test_size_and_colour_have_a_key_and_words(visit: Visit):
    graph = Graph(visit, MUCH)
    assert "size: number of decisions" in graph.page.inner_text(".key")
    features = [node for node in graph.nodes() if node["kind"] not in {"item", "case", "group"}]
    few = [node for node in features if node["decisions"] < FEW]
    many = sorted((n for n in features if n["decisions"] >= FEW), key=lambda node: node["decisions"])
    assert few
    assert many
    assert all(node["color"] == GREY for node in few)
    assert all(node["label"].endswith(f"\n{node['overturned']} of {node['decisions']}") for node in few)
    assert all(f"% of {node['decisions']}" in node["label"] for node in many)
    assert [node["size"] for node in many] == sorted(node["size"] for node in many)
    outcomes = {
        node["outcome"]: node["label"][-len(node["outcome"]) :] for node in graph.nodes() if "outcome" in node
    }
    assert all(name == label for name, label in outcomes.items())


def test_pin_remove_and_collapse(visit: Visit):
    graph = Graph(visit, START)
    item = next(node["id"] for node in graph.nodes() if node["kind"] == "item")
    graph.choose(item)
    graph.press("Pin")
    visit.until(f"network.body.data.nodes.get({json.dumps(item)}).fixed === true")
    count = len(graph.ids())
    graph.press("Expand")
    graph.count(f"> {count}")
    more = len(graph.ids())
    graph.press("Collapse")
    graph.count(f"< {more}")
    fewer = len(graph.ids())
    graph.press("Remove")
    graph.count(f"== {fewer - 1}")
    assert item not in graph.ids()


def test_a_shortest_path(visit: Visit):
    graph = Graph(visit, START)
    one = next(node["id"] for node in graph.nodes() if node["kind"] == "specialty")
    other = next(node["id"] for node in graph.nodes() if node["kind"] == "body part")
    graph.choose(one)
    graph.press("Path from here")
    graph.choose(other)
    graph.press("Path to here")
    visit.until("document.getElementById('status').textContent.includes('→')")
    way = graph.say("network.getSelectedNodes()")
    assert {one, other} <= set(way)
    edges = {frozenset((edge["from"], edge["to"])) for edge in graph.edges()}
    chain = nx.Graph([tuple(edge) for edge in edges if edge <= set(way)])
    assert nx.has_path(chain, one, other)


def test_depth(visit: Visit):
    graph = Graph(visit, START)
    sizes = [len(graph.ids())]
    for depth in ("2", "3"):
        graph.page.select_option("#depth", depth)
        graph.page.wait_for_url(f"**depth={depth}")
        visit.ready()
        sizes.append(len(graph.ids()))
    assert sizes == sorted(set(sizes))
    assert sizes[-1] <= MOST


def test_the_table_is_always_in_step(visit: Visit):
    graph = Graph(visit, START)

    def same() -> None:
        seen = "network.body.data.nodes.get({ filter: (n) => !n.hidden }).map((n) => n.id)"
        told = "[...document.querySelectorAll('#table tbody tr')].map((row) => row.dataset.id)"
        visit.until(f"JSON.stringify({seen}) === JSON.stringify({told})")

    same()
    count = len(graph.ids())
    graph.page.click(".relations button >> nth=0")
    graph.count(f"> {count}")
    same()
    item = graph.say("network.body.data.nodes.get().find((n) => n.kind === 'item').outcome")
    graph.page.select_option("[data-filter=outcome]", item)
    graph.page.uncheck("#fade")
    same()
    graph.page.click("#kinds button >> nth=2")
    same()
    for _ in range(4):
        graph.page.click("#undo")
        same()
    graph.count(f"== {count}")


def test_the_table_chooses_nodes(visit: Visit):
    graph = Graph(visit, START)
    button = graph.page.locator("#table button").nth(3)
    name = button.inner_text()
    button.click()
    visit.until(f"document.querySelector('#panel h2').textContent.includes({json.dumps(name)})")
    assert graph.say("network.getSelectedNodes().length") == 1


def test_the_panel_leads_to_pages_and_data(visit: Visit, case: str):
    graph = Graph(visit, f"/explore?node=case/{case}/item/1")
    assert {"category", "guideline"} <= set(graph.page.locator("#panel dt").all_inner_texts())
    address = graph.page.get_attribute("#panel a:text-is('Turtle')", "href")
    assert graph.page.request.get(visit.server.address + address).ok
    graph.page.click("#panel a:text-is('Open details')")
    graph.page.wait_for_url(f"**/cases/{case}#item-1")


LOOK = "[network.getPositions(), network.body.data.nodes.get().filter((n) => n.hidden).length]"


def changed(visit: Visit, path: str = START) -> Graph:
    """A graph that was expanded, and of which a kind is hidden."""
    graph = Graph(visit, path)
    graph.page.click(".relations button >> nth=0")
    visit.until("location.hash.includes('expand')")
    graph.page.click("#kinds button >> nth=1")
    visit.until("location.hash.includes('hide')")
    graph.still()
    return graph


def test_a_colleague_sees_the_same_from_the_link(visit: Visit, browser: Browser, server: Live):
    visit.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    graph = changed(visit)
    graph.page.click("#copy")
    visit.until("document.getElementById('status').textContent.includes('link')")
    link = graph.say("navigator.clipboard.readText()")
    other = Visit(browser, server, viewport={"width": 1360, "height": 900})
    other.go(link.removeprefix(server.address))
    assert other.page.evaluate(LOOK) == graph.say(LOOK)
    other.page.close()
    assert other.faults == []


@pytest.mark.parametrize("depth", [1, 2])
def test_the_state_as_a_file(visit: Visit, tmp_path: Path, depth: int):
    graph = changed(visit, f"{START}&depth={depth}")
    seen = graph.say(LOOK)
    with graph.page.expect_download() as download:
        graph.page.select_option("#form", "json")
        graph.page.click("#save")
    kept = tmp_path / "state.json"
    download.value.save_as(kept)
    visit.go("/explore?node=guideline/odg")
    with graph.page.expect_event("load"):
        graph.page.set_input_files("#load", kept)
    visit.ready()
    assert graph.say(LOOK) == seen


def test_a_damaged_state_is_refused_in_words(visit: Visit, tmp_path: Path):
    graph = Graph(visit, START)
    kept = tmp_path / "state.json"
    kept.write_text('{"node": 3}')
    graph.page.set_input_files("#load", kept)
    visit.until("document.getElementById('status').textContent.includes('not a saved view')")


@pytest.mark.parametrize("form", ["png", "svg", "csv", "graphml", "ttl"])
def test_what_is_seen_as_a_file(visit: Visit, form: str):
    graph = Graph(visit, START)
    with graph.page.expect_download() as download:
        graph.page.select_option("#form", form)
        graph.page.click("#save")
    content = Path(download.value.path()).read_bytes()
    assert download.value.suggested_filename == f"graph.{form}"
    shown = graph.nodes()
    if form == "png":
        assert content.startswith(b"\x89PNG\r\n\x1a\n")
        assert len(content) > 10_000
    elif form == "svg":
        drawn = ET.fromstring(content)
        assert len(drawn.findall(".//{*}g[@class='node']")) == len(shown)
        told = " ".join(text.text for text in drawn.findall(".//{*}text"))
        site = graph.page.request.get(f"{visit.server.address}/api/").json()
        for words in (f"generation {site['generation']}", "overturned less often", "/explore?node=", "size:"):
            assert words in told
    elif form == "csv":
        rows = list(csv.DictReader(io.StringIO(content.decode())))
        assert {row["node"] for row in rows} == {node["id"] for node in shown}
    elif form == "graphml":
        assert nx.parse_graphml(content.decode()).number_of_nodes() == len(shown)
    else:
        assert len(list(ox.parse(content, format=ox.RdfFormat.TURTLE))) > len(shown)


def test_everything_by_keyboard(visit: Visit):
    graph = Graph(visit, START)
    graph.page.focus("#graph")
    graph.page.keyboard.press("ArrowUp")
    visit.until(f"network.getSelectedNodes()[0] !== {json.dumps(PAGE)}")
    before = len(graph.ids())
    for key, number in (
        ("Enter", f"> {before}"),
        ("Control+z", f"== {before}"),
        ("Control+y", f"> {before}"),
    ):
        graph.page.keyboard.press(key)
        graph.count(number)
    now = len(graph.ids())
    graph.page.keyboard.press("Delete")
    graph.count(f"== {now - 1}")
    graph.page.keyboard.press("Control+z")
    graph.count(f"== {now}")
    graph.page.keyboard.press("p")
    visit.until("location.hash.includes('pin')")
    scale = graph.say("network.getScale()")
    graph.page.keyboard.press("+")
    visit.until(f"network.getScale() > {scale}")
    graph.page.keyboard.press("f")
    visit.until(f"network.getScale() !== {scale} * 1.25")


def test_paths_sentences_and_filters_by_keyboard(visit: Visit, case: str):
    graph = Graph(visit, f"/explore?node=case/{case}/item/1")
    press = graph.page.keyboard.press
    graph.page.focus("#graph")
    for _ in range(len(graph.edges())):  # line by line, until one that a sentence made
        press("e")
        visit.until("document.querySelector('#panel h2').textContent.includes(' – ')")
        graph.page.wait_for_timeout(100)
        if graph.page.locator("#panel blockquote mark").count():
            break
    assert graph.page.locator("#panel blockquote mark").count()
    press("a")
    visit.until("document.getElementById('status').textContent.startsWith('A path from')")
    press("ArrowUp")
    visit.until(f"network.getSelectedNodes()[0] !== 'case/{case}/item/1'")
    press("a")
    visit.until("document.getElementById('status').textContent.includes('→')")
    for wanted in ("kinds", "outcome", "fade"):  # what comes after the graph is reached with Tab
        for _ in range(40):
            press("Tab")
            now = "document.activeElement"
            name = graph.say(f"{now}.parentElement.id || {now}.id || {now}.dataset.filter || ''")
            if wanted in (name, graph.say(f"{now}.id"), graph.say(f"{now}.dataset.filter")):
                break
        else:
            raise AssertionError(f"Tab never comes to {wanted}")
    press("Space")
    visit.until("!document.getElementById('fade').checked")


def test_no_more_than_300_nodes_and_it_says_so(visit: Visit):
    graph = Graph(visit, MUCH)
    for _ in range(60):
        buttons = graph.page.locator(".relations button")
        if not buttons.count():
            node = graph.say("network.body.data.nodes.get().find((n) => n.kind === 'specialty').id")
            graph.say("(id) => { window.focusNode = id; network.focus(id); }", node)
            graph.choose(node)
            continue
        before = graph.page.inner_text(".relations")
        buttons.first.click()
        visit.until(f"document.querySelector('.relations').innerText !== {json.dumps(before)}")
        if len(graph.ids()) >= MOST:
            break
    assert len(graph.ids()) == MOST
    assert f"at most {MOST} are shown" in graph.page.inner_text("#status")


def test_all_of_the_graph_is_on_paper_and_the_screen_as_it_was(visit: Visit):
    graph = Graph(visit, START)
    graph.say("network.moveTo({ scale: 3 }), network.redraw()")
    before = graph.say("[network.getScale(), network.getViewPosition()]")
    inside = """() => {
      const { clientWidth, clientHeight } = document.getElementById("graph");
      return Object.values(network.getPositions()).map((at) => network.canvasToDOM(at))
        .every(({ x, y }) => x > 0 && y > 0 && x < clientWidth && y < clientHeight);
    }"""
    assert not graph.say(inside)
    graph.page.emulate_media(media="print")
    visit.until(inside)
    graph.page.emulate_media(media="screen")
    visit.until("network.getScale() === 3")
    assert graph.say("[network.getScale(), network.getViewPosition()]") == before
