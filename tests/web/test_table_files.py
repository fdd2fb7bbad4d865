"""Every table that is given as CSV is there for spreadsheets, too: marked CSV, and a workbook with notes."""

import csv
import io

import pytest
from fastapi.testclient import TestClient
from workbooks import cells

from kg import queries
from kg.sheets import MEDIA_TYPES
from kg.web.table_files import FILES

ASKED = {
    "/api/drivers": "minimum=1&level=guideline",
    "/api/network": "q=2&minimum=1&level=guideline",
    "/api/outcomes": "by=year&minimum=1",
    "/api/sides": "minimum=1&level=guideline",
}
PAGES = ["/cases?outcome=overturned", "/services", "/sources", "/topics/service/rehabilitation"]
_QUERIES = 3
"""Named queries that are asked: all take the same way."""
STRIP = "/guidelines/chronic-pain/2009?party=any"


def tables(site: TestClient) -> list[str]:
    """The addresses of the API that say that they give CSV, but for queries with a parameter to be given."""
    found = []
    for path, methods in site.get("/api/openapi.json").json()["paths"].items():
        call = methods.get("get", {})
        content = call.get("responses", {}).get("200", {}).get("content", {})
        if "text/csv" in content and not any(one.get("required") for one in call.get("parameters", ())):
            assert content.keys() >= set(FILES), path
            found.append(f"{path}?{ASKED.get(path, '')}")
    of_queries = [address for address in found if "/queries/" in address]
    return [address for address in found if address not in of_queries[_QUERIES:]]


def check(site: TestClient, address: str, prefix: str = "") -> None:
    """The three forms hold the same rows, and the notes say what was asked and what each column means."""
    join = "&" if "?" in address else "?"
    got = {form: site.get(f"{address}{join}format={prefix}{form}") for form in MEDIA_TYPES}
    for form, answer in got.items():
        assert answer.status_code == 200, (address, form, answer.text[:300])
        assert answer.headers["content-type"].startswith(MEDIA_TYPES[form])
        suffix = "xlsx" if form == "xlsx" else "csv"
        assert answer.headers["content-disposition"].endswith(f'.{suffix}"'), address
    assert got["csv-bom"].content == b"\xef\xbb\xbf" + got["csv"].content
    rows = list(csv.reader(io.StringIO(got["csv"].text)))
    book = cells(got["xlsx"].content)
    assert book["Table"][0] == rows[0], address
    assert len(book["Table"]) == len(rows), address
    notes = {line[0]: line[-1] for line in book["Notes"] if line}
    assert notes["generation"] == "000001"
    assert address.partition("?")[0].split("/")[-1] in notes["source"]
    assert {f"column {name}" for name in rows[0]} <= notes.keys()
    if "/queries/" not in address:
        for name in rows[0]:
            assert notes[f"column {name}"].endswith("."), (address, name)


def test_every_table_of_the_api_is_a_workbook_too(site):
    pytest.importorskip("xlsxwriter")
    found = tables(site)
    assert len(found) > 12
    for address in found:
        check(site, address)


@pytest.mark.parametrize("address", PAGES)
def test_a_page_that_saves_csv_saves_a_workbook(site, address):
    pytest.importorskip("xlsxwriter")
    check(site, address)


def test_a_strip_of_pages_is_a_workbook_too(site):
    pytest.importorskip("xlsxwriter")
    check(site, STRIP, "pages.")


def test_the_notes_say_the_filters_and_the_help(site):
    pytest.importorskip("xlsxwriter")
    answer = site.get("/api/outcomes?by=year&minimum=1&category=Pharmaceuticals&format=xlsx")
    notes = cells(answer.content)["Notes"]
    assert ["filter category", "Pharmaceuticals"] in notes
    assert ["by", "year"] in notes
    assert any(line[0] == "help" and "letter as the unit" in line[1] for line in notes if line)


def test_a_query_says_its_parameters(site):
    pytest.importorskip("xlsxwriter")
    name = next(
        name for name in queries.names() if any(p.name == "limit" for p in queries.load(name).parameters)
    )
    answer = site.get(f"/api/queries/{name}?limit=3&format=xlsx")
    assert ["parameter limit", 3] in cells(answer.content)["Notes"]


def test_accept_asks_for_a_workbook_as_format_does(site):
    pytest.importorskip("xlsxwriter")
    answer = site.get("/api/outcomes?minimum=1", headers={"Accept": MEDIA_TYPES["xlsx"]})
    assert answer.headers["content-type"] == MEDIA_TYPES["xlsx"]
    refused = site.get("/api/outcomes", headers={"Accept": "image/png"})
    assert refused.status_code == 406
