"""Every figure that the API or a page shows has an address that gives it again."""

import math
import re
from html import unescape
from urllib.parse import urlsplit

import pytest

from kg import queries

PLACE, GUIDELINE = "chronic-pain/2009/page/98", "chronic-pain"
QUERIES = {
    "outcomes_by_page": [f"?page={PLACE}&party=any"],
    "category_share_by_year": ["?category=imaging"],
    "outcomes_by_license": ["?state=Texas"],
    "number_of_cases": ["?outcome=overturned"],
}
"""More to ask of named queries."""
ASKED = {
    "/api/": [""],
    "/api/stats": [""],
    "/api/cases": ["", "?category=Pharmaceuticals&outcome=upheld&outcome=modified&text=tab"],
    "/api/cases/{case}/related": ["", "?mode=pending&outcome=other"],
    "/api/drivers": ["?level=guideline", "?level=section&minimum=1&year=2014-2016"],
    "/api/drivers/{key}": [f"{GUIDELINE}?level=guideline"],
    "/api/ask": [
        *("?q=overturn rate by specialty", "?q=mean days to decision by year"),
        *(
            "?q=which grounds are stated where imaging is upheld",
            "?q=what do the two parties cite for imaging",
        ),
        *("?q=share of opioids among pharmaceuticals by year", "?q=how many letters have both outcomes"),
        *("?q=which guidelines are associated with overturning", "?q=decisions like {case}"),
        "?q=overturn rate of opioids versus NSAIDs versus muscle relaxants",
    ],
    "/api/complete": ["?q=overturn"],
    "/api/search": ["?q=lumbar"],
    "/api/suggest": ["?q=lumbar", "?q=pain"],
    "/api/guidelines": ["?limit=8"],
    "/api/guidelines/{notation}": [PLACE, "chronic-pain/2009"],
    "/api/specialties": [""],
    "/api/services": [""],
    "/api/drugs": [""],
    "/api/body-parts": [""],
    "/api/node": [f"?node=guideline/{PLACE}", "?node=case/{case}"],
    "/api/neighbours": [f"?node=guideline/{PLACE}&relation=service"],
    "/api/grounds": ["", "?by=category&sex=female", f"?by=guideline&key={GUIDELINE}"],
    "/api/sentences": ["", "?alike=true&minimum=5&category=Pharmaceuticals&limit=3&offset=2"],
    "/api/trends": ["?category=Pharmaceuticals"],
    "/api/outcomes": ["?by=specialty&minimum=1", "?by=drift&minimum=1", "?by=category&across=year&minimum=1"],
    "/api/sides": [
        f"?level=guideline&minimum=1&{more}" for more in ("", "show=pairs", "show=silent", "by=priority")
    ],
    "/api/network": [
        f"?level=guideline&minimum=3&kind={kind}" for kind in ("together&q=2", "services", "specialties&q=2")
    ],
    "/api/robustness/{key}": [f"{GUIDELINE}?level=guideline"],
} | {
    f"/api/queries/{name}": ["?limit=3", *QUERIES.get(name, ())]
    for name in queries.names()
    if queries.load(name).figures
}
"""Calls that give figures, with what to ask of each."""

COUNTED = {"/api/cases", "/api/search", "/api/cases/{case}/related"}
"""Calls whose number of results is a figure; that of others says how many rows a table has."""
WITHOUT = {
    "/api/cases/{case}": "what one letter says",
    "/api/cases/{case}/letter": "what one letter says",
    "/api/cases/{case}/annotations": "what one letter says",
    "/api/changes": "letters, not figures",
    "/api/changes.atom": "letters, not figures",
    "/api/path": "nodes, not figures",
    "/api/evidence": "sentences, not figures",
    "/api/queries": "names",
    "/api/queries/{name}/text": "a text",
    "/figures/{kind}": "the figures themselves",
} | {f"/api/queries/{name}": "what letters say" for name in queries.names() if not queries.load(name).figures}

NO_FIGURE = {
    **dict.fromkeys(("minimum", "limit", "q"), "what was asked"),
    **dict.fromkeys(("positions", "item", "asked", "hits", "overturned_item", "other_item"), "a place"),
    **dict.fromkeys(("year", "edition", "page", "first_page", "last_page", "years", "value"), "a key"),
    **dict.fromkeys(("about", "relations"), "the size of the base or the graph, which `generation` names"),
    **dict.fromkeys(("reasons", "shared"), "why a pair is alike"),
    "named": "whether a sentence names its guideline",
    **dict.fromkeys(("credible_set", "probability"), "in the figure of the whole table, set by set"),
}


def numbers(told, path=()):
    """The numbers of an answer beside the nearest figure above them: address, path, number."""

    def within(value, path, figure):
        if isinstance(value, dict):
            figure = value.get("figure") or figure
            for name, one in value.items():
                yield from within(one, (*path, name), figure)
        elif isinstance(value, list):
            for one in (*value[:2], *value[2:][-1:]):
                yield from within(one, path, figure)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield figure, path, value

    return [row for row in within(told, path, None) if not NO_FIGURE.keys() & set(row[1])]


def found_again(values, path, number):
    """Whether a figure has a number, under its name where it has it."""
    named = {path[-1]: values[path[-1]]} if path[-1] in values else values
    return any(
        isinstance(value, int | float) and math.isclose(value, number, rel_tol=1e-9, abs_tol=1e-12)
        for value in named.values()
    )


def counted_by(call):
    """The columns of a named query that say what its row is of."""
    name = call.removeprefix("/api/queries/")
    return set() if name == call else {*queries.load(name).columns} - {*queries.load(name).figures}


def test_every_call_is_asked_or_gives_no_figure(site):
    described = site.get("/api/openapi.json").json()["paths"]
    calls = {path for path, methods in described.items() if "get" in methods}
    assert calls == ASKED.keys() | WITHOUT.keys()


@pytest.mark.long
@pytest.mark.parametrize("call", ASKED)
def test_every_figure_of_an_answer_has_an_address_that_gives_it_again(site, call):
    case = site.get("/api/cases").json()["results"][0]["case"]
    wrong, right = [], 0
    again = {}
    for asked in ASKED[call]:
        path = re.sub(r"\{(key|notation)\}", "", call)
        address = f"{path}{asked}".replace("{case}", case)
        for figure, where, number in numbers(site.get(address).json()):
            if (where == ("total",) and call not in COUNTED) or where[-1] in counted_by(call):
                continue
            if figure and figure not in again:
                again[figure] = site.get(figure, headers={"Accept": "application/json"}).json()
            if figure and found_again(again[figure].get("values") or {}, where, number):
                right += 1
            else:
                wrong.append((address, ".".join(where), number, figure))
    assert wrong == []
    assert right


PAGES = (
    *("/", "/about", "/outcomes", "/outcomes?by=category&across=year", "/sides?level=guideline&by=year"),
    *("/drivers?level=guideline", "/drivers?level=section&party=both", "/trends", "/services", "/sources"),
    *("/network?level=guideline&minimum=1", f"/robustness/{GUIDELINE}", "/sentences"),
    *("/cases", "/services?year=2016"),
    *(
        "/cases?category=Pharmaceuticals&order=newest",
        "/cases?text=tab&outcome=upheld",
        "/services?year=2016",
    ),
    *(f"/guidelines/{PLACE}", "/guidelines/chronic-pain/2009?party=any", "/topics/service/pharmaceuticals"),
    *("/topics/specialty/pain-medicine?sex=female", f"/explore?node=guideline/{PLACE}"),
    *("/ask?q=overturn rate by specialty", "/ask?q=which grounds are stated where imaging is upheld"),
    *("/ask?q=overturn rate of opioids versus NSAIDs versus muscle relaxants",),
    "/ask?q=how many letters have both outcomes",
    *(
        "/questions/outcomes_by_year",
        f"/questions/outcomes_by_page?page={PLACE}",
        "/questions/days_to_decision",
    ),
)
_LINK = re.compile(r'<a [^>]*href="([^"]+)"[^>]*>(.*?)</a>', re.S)
_COUNT = re.compile(r"\s*(?:([\d,]+) of )?([\d,]+)\s*")


def links(text):
    """Where a page leads, with the words."""
    return [(unescape(href), re.sub(r"<[^>]+>", "", words)) for href, words in _LINK.findall(text)]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_with_figures_leads_to_their_addresses(site, page):
    text = site.get(page, headers={"Accept": "text/html"}).text
    cited = dict.fromkeys(href for href, _ in links(text) if href.startswith("/figures/"))
    assert cited, page
    chosen = [*cited][:3] + [*cited][-3:]
    answers = {one: site.get(one, headers={"Accept": "application/json"}) for one in chosen}
    assert {one for one, got in answers.items() if got.status_code != 200} == set()
    assert all(got.json()["values"] for got in answers.values())


@pytest.mark.parametrize("page", PAGES)
def test_a_count_that_leads_to_a_list_of_cases_is_that_of_the_list(site, page):
    text = site.get(page, headers={"Accept": "text/html"}).text
    counts = [
        (href, told[1], told[2])
        for href, words in links(text)
        if urlsplit(href).path == "/cases" and (told := _COUNT.fullmatch(words))
    ]
    wrong = []
    for href, part, whole in [*counts[:6], *counts[-6:]]:
        got = site.get(
            f"/figures/cases?{urlsplit(href).query}", headers={"Accept": "application/json"}
        ).json()
        values = got.get("values") or {}
        shown = [int(one.replace(",", "")) for one in (part, whole) if one]
        if "outcome=overturned" in href and part:  # it leads to the first of the two numbers
            shown = shown[:1]
        if shown != [values.get("overturned"), values.get("decisions")][-len(shown) :]:
            wrong.append((href, shown, values, got.get("detail")))
    assert wrong == []
