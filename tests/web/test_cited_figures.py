"""Figures with an address, over HTTP."""

import re
from html import unescape

import pytest


def test_rows_of_drivers_carry_an_address_that_gives_them_again(site):
    rows = site.get("/api/drivers", params={"level": "guideline", "limit": 3}).json()["results"]
    for row in rows:
        again = site.get(row["figure"], headers={"Accept": "application/json"})
        assert again.status_code == 200
        values = again.json()["values"]
        assert (values["decisions"], values["overturned"]) == (row["decisions"], row["overturned"])
        assert values["adjusted_odds_ratio"] == pytest.approx(
            row["adjusted_odds_ratio"], rel=1e-6, nan_ok=True
        )


@pytest.mark.parametrize(
    ("form", "media_type", "said"),
    [
        ("html", "text/html", "Cite this figure"),
        ("json", "application/json", '"inputs"'),
        ("ttl", "text/turtle", "qb:Observation"),
        ("nt", "application/n-triples", "Observation"),
        ("bibtex", "application/x-bibtex", "@misc"),
        ("csl", "application/vnd.citationstyles.csl+json", '"dataset"'),
        ("text", "text/plain", "inputs"),
    ],
)
def test_a_figure_has_many_forms(site, form, media_type, said):
    by_name = site.get("/figures/outcomes", params={"category": "Pharmaceuticals", "format": form})
    by_type = site.get("/figures/outcomes?category=Pharmaceuticals", headers={"Accept": media_type})
    for got in (by_name, by_type):
        assert got.status_code == 200
        assert got.headers["content-type"].startswith(media_type)
        assert said in got.text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/figures/outcomes?generation=999999", 404),
        ("/figures/outcomes?generation=000001&inputs=9-0123456789abcdef", 404),
        ("/figures/nothing", 422),
        ("/figures/outcomes?colour=red", 422),
        ("/figures/pair", 422),
    ],
)
def test_a_forged_address_is_a_problem_of_one_sentence(site, address, status):
    got = site.get(address, headers={"Accept": "application/json"})
    assert got.status_code == status
    assert got.json()["detail"]
    assert site.get("/figures/outcomes", headers={"Accept": "image/png"}).status_code == 406


FIGURED = {
    "/api/outcomes?by=specialty&minimum=1": "group",
    "/api/outcomes?by=drift&minimum=1": "group",
    "/api/outcomes?by=category&across=year&minimum=1&sex=female": "group",
    "/api/sides?level=guideline": "agreement",
    "/api/sides?level=guideline&by=priority&minimum=1": "agreement",
    "/api/sides?level=guideline&show=pairs&minimum=1": "pair",
    "/api/trends?category=Pharmaceuticals": "month",
    "/api/drivers?level=guideline&minimum=1": "driver",
}


def test_rows_of_every_table_lead_to_their_figure(site):
    wrong = []
    for address, kind in FIGURED.items():
        rows = site.get(address).json()["results"]
        for row in [*rows[:2], *rows[-1:]]:
            again = site.get(row["figure"], headers={"Accept": "application/json"}).json()
            if again.get("kind") != kind or not again["values"].items() <= row.items():
                wrong.append((address, row, again))
    assert wrong == []


def test_pages_lead_to_their_figures(site):
    drug = site.get("/api/drugs").json()["results"][0]
    page = site.get("/api/guidelines?kind=page").json()["results"][0]["notation"]
    pages = (
        *("/outcomes", "/sides", "/ask?q=overturn rate of opioids", f"/guidelines/{page}?party=any"),
        f"/topics/drug/{drug['notation']}",
    )
    for address in pages:
        text = site.get(address, headers={"Accept": "text/html"}).text
        found = re.findall(r'href="(/figures/[^"]+)"', text)
        assert found, address
        for one in dict.fromkeys([found[0], found[-1]]):
            assert site.get(unescape(one), headers={"Accept": "application/json"}).status_code == 200, one


NEGATED = (
    *("decisions not on opioids", "overturn rate of pharmaceuticals not upheld by pain medicine"),
    *('decisions drug!="Opioids" year!="2014"', "overturn rate of imaging, not MRI of the knee, in 2016"),
)
COMPARED = (
    *("overturn rate of opioids versus NSAIDs", "compare California and Texas reviewers on opioids"),
    *("opioids compared with other drugs", "imaging in 2014 versus imaging in 2015"),
)


def answer_and_figure(site, question):
    answer = site.get("/api/ask", params={"q": question}).json()
    if "figure" not in answer:
        return None, None
    figure = site.get(answer["figure"], headers={"Accept": "application/json"}).json()
    assert figure["address"] == answer["figure"]
    return answer, figure["values"]


def test_a_count_without_something_has_its_figure(site):
    read = 0
    for question in NEGATED:
        answer, values = answer_and_figure(site, question)
        if answer and any(condition["negated"] for condition in answer["conditions"]):
            read += 1
            named = {"decisions", "letters", "upheld", "overturned", "modified"}
            assert {name: values[name] for name in named} == {name: answer["value"][name] for name in named}
    assert read >= 2


def test_a_comparison_has_its_figure(site):
    read = 0
    for question in COMPARED:
        answer, values = answer_and_figure(site, question)
        if answer and len(answer["groups"]) == 2:
            read += 1
            for side, row in zip(("one", "other"), answer["rows"], strict=True):
                for name in ("decisions", "letters", "overturned"):
                    assert values[f"{side}_{name}"] == row[name], question
            one, other = (row["rate"] for row in answer["rows"])
            neither = one is None or other is None  # a side may have no decisions
            assert values["difference"] == (None if neither else pytest.approx(100 * (one - other)))
    assert read >= 2


def test_a_checked_comparison_has_its_figure(site):
    text = "Opioids were overturned more often than NSAIDs."
    [part] = site.post("/api/check", json={"text": text}).json()["claims"][0]["parts"]
    again = site.get(part["figure"], headers={"Accept": "application/json"}).json()
    rates = [again["values"][f"{side}_overturn_rate"] for side in ("one", "other")]
    assert part["truth"] == pytest.approx(rates)


def test_a_checked_count_has_its_figure(site):
    figures = site.get("/figures/outcomes?category=Pharmaceuticals&format=json").json()["values"]
    text = f"{figures['overturned']} of {figures['decisions']} decisions on Pharmaceuticals were overturned."
    parts = site.post("/api/check", json={"text": text}).json()["claims"][0]["parts"]
    assert {part["verdict"] for part in parts} == {"holds"}
    for part in parts:
        again = site.get(part["figure"], headers={"Accept": "application/json"}).json()
        assert again["values"] == figures
        assert again["inputs"]
