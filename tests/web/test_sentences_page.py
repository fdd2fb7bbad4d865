"""Stock sentences in the page: the same as the API tells, with filters and files; dimmed in a letter."""

import csv
import io
import re
from html import unescape

from fastapi.testclient import TestClient


def test_the_page_tells_what_the_api_tells(site: TestClient):
    faults = []
    for query in ("", "alike=true", "minimum=3", "category=Pharmaceuticals", "year=1990"):
        found = site.get(f"/api/sentences?{query}&limit=25").json()
        page = unescape(site.get(f"/sentences?{query}").text)
        if found["verdict"][1:] not in page:
            faults.append((query, "verdict"))
        faults += [(query, row["sentence"]) for row in found["results"] if row["sentence"] not in page]
        if ("No sentence stands" in page) != (not found["results"]):
            faults.append((query, "empty"))
    assert faults == []


def test_pages_of_the_list_and_its_file(site: TestClient):
    total = site.get("/api/sentences").json()["total"]
    assert total > 25
    first = site.get("/sentences").text
    assert f"1 to 25 of {total:,}" in first
    after = unescape(re.search(r'href="([^"]*offset[^"]*)">Next', first)[1])
    following = site.get(f"/sentences{after}").text
    assert "26 to " in following
    file = unescape(re.search(r'href="([^"]+format=csv)"', first)[1])
    rows = list(csv.DictReader(io.StringIO(site.get(file).text)))
    assert len(rows) == min(total, 1000)


def test_a_letter_dims_the_sentences_that_others_have(site: TestClient):
    row = site.get("/api/sentences?limit=1").json()["results"][0]
    case = row["cases"][0]
    plain, page = site.get(f"/cases/{case}").text, site.get(f"/cases/{case}?stock=true").text
    assert 'class="stock"' not in plain
    assert "Dim stock sentences" in plain
    marked = re.findall(
        r'<span class="stock" title="word for word in (\d+) other letters?">(.*?)</span>', page, re.DOTALL
    )
    assert str(row["letters"] - 1) in {others for others, _ in marked}
    told = re.search(r"(\d+) of (\d+) sentences of the rationales", page)
    assert 0 < int(told[1]) <= int(told[2])

    def letter(html: str) -> str:
        return unescape(re.sub(r"<[^>]+>", "", html[html.index('<div class="text">') :]))

    assert letter(page) == letter(plain)  # the text stays what it was
