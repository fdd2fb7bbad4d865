"""The SPARQL editor as a person meets it: our prefixes and terms, examples, a table, files, a link."""

from pathlib import Path
from urllib.parse import quote

import pytest
from browsing import LONG, Visit
from conftest_web import Live
from playwright.sync_api import Browser, Page

from kg.explore import vendor

pytestmark = LONG
editor = pytest.mark.skipif(not vendor.has_editor(), reason="the editor could not be fetched")
COUNT = "SELECT (COUNT(*) AS ?n) { ?s a <https://w3id.org/imr-kg/ontology#Determination> }"


def write(page: Page, text: str) -> None:
    """Put text into the editor, as typing over what is there."""
    page.click("#query-form .CodeMirror")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def test_a_query_without_script(browser: Browser, server: Live):
    page = browser.new_page(java_script_enabled=False)
    page.goto(server.address + "/query")
    page.fill("textarea", COUNT)
    page.click("#query-form button")
    assert page.inner_text("tbody td") == "120"
    page.close()


def test_a_plain_form_where_there_is_no_editor(site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(vendor, "FOLDER", Path("/nowhere"))
    vendor.find.cache_clear()
    answer = site.get(f"/query?query={quote(COUNT)}")
    vendor.find.cache_clear()
    assert answer.status_code == 200
    assert "<td>120</td>" in answer.text
    assert "yasgui" not in answer.text


@editor
def test_a_query_and_its_link(visit: Visit, browser: Browser, server: Live):
    page = visit.go("/query")
    assert "after 10 seconds" in page.inner_text(".lead")
    write(page, COUNT)
    page.click("#ask")
    page.wait_for_selector("#results tbody td")
    assert page.inner_text("#results tbody td:last-child") == "120"
    assert page.inner_text("#rows") == "1 row"
    page.wait_for_url("**/query?query=SELECT**")
    with page.expect_download() as download:
        page.evaluate("document.querySelector('#downloads a').download = 'rows.csv'")
        page.click("#downloads a:text-is('CSV')")
    assert Path(download.value.path()).read_text(encoding="utf-8").split() == ["n", "120"]
    colleague = Visit(browser, server)
    other = colleague.go(page.url.removeprefix(server.address))
    assert other.inner_text("#results tbody td:last-child") == "120"
    assert COUNT in other.evaluate("editor.getValue()")
    other.close()
    assert colleague.faults == []


@editor
@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("SELECT * { ?s imr:reviewerC", "imr:reviewerCitation"),  # a property, its prefix not yet there
        ("SELECT * { ?s a imr:Determ", "imr:Determination"),  # a class
        ("PREFIX ski", None),  # no prefix of ours
        ("PREFIX sko", "skos: <http://www.w3.org/2004/02/skos/core#>"),
    ],
)
def test_our_terms_are_completed(visit: Visit, typed: str, offered: str | None):
    page = visit.go("/query")
    write(page, "")
    page.keyboard.type(typed)
    page.wait_for_timeout(300)
    hints = page.locator(".CodeMirror-hint").all_inner_texts()
    assert hints == ([offered] if offered else [])
    if offered and "imr:" in offered:
        page.keyboard.press("Enter")
        text = page.evaluate("editor.getValue()")
        assert text.startswith("PREFIX imr: <https://w3id.org/imr-kg/ontology#>")
        assert text.endswith(offered)


@editor
def test_an_example_is_answered(visit: Visit):
    page = visit.go("/query")
    examples = page.locator(".examples a")
    assert examples.count() >= 20
    examples.nth(3).click()
    page.wait_for_url("**/query?query=**")
    visit.ready()
    assert page.locator("#results tbody tr").count() > 0


@editor
def test_iris_of_ours_lead_to_our_pages(visit: Visit):
    page = visit.go(
        "/query?query=" + quote("SELECT ?i { ?s <https://w3id.org/imr-kg/ontology#disputedItem> ?i } LIMIT 1")
    )
    page.click("#results a.iri")
    page.wait_for_url("**/cases/CM*#item-*")


@editor
def test_a_graph_is_a_table_of_triples(visit: Visit):
    page = visit.go("/query?query=" + quote("CONSTRUCT WHERE { ?s ?p ?o } LIMIT 4"))
    assert page.locator("#results tbody tr").count() == 4
    assert page.locator("#downloads a").all_inner_texts() == ["TTL", "NT", "JSONLD"]


@editor
def test_a_fault_is_told_at_its_place(visit: Visit):
    page = visit.go("/query")
    write(page, "SELECT * { ?s")
    page.click("#ask")
    page.wait_for_selector("#fault:not([hidden])")
    assert page.inner_text("#fault").startswith("line 1, column 14: ")
    visit.faults.remove("Failed to load resource: the server responded with a status of 400 (Bad Request)")


@editor
def test_the_keyboard_can_leave_the_editor(visit: Visit):
    page = visit.go("/query")
    page.click("#query-form .CodeMirror")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "ask"


@editor
def test_a_letters_text_stays_text_in_the_table(visit: Visit):
    page = visit.go("/query?query=" + quote("SELECT ?x { BIND('<img src=x onerror=ran()>' AS ?x) }"))
    assert page.inner_text("#results tbody td:last-child") == "<img src=x onerror=ran()>"
    assert page.locator("#results img").count() == 0
