"""Questions in words through the page and the API."""

import json
import re

import pytest
from typer.testing import CliRunner

import kg
from kg.cli import app
from kg.questions.examples import EXAMPLES
from kg.questions.facets.facet_table import FACETS


def test_the_api_says_how_it_understood(site):
    got = site.get("/api/ask", params={"q": "overturn rate by year"})
    assert got.status_code == 200
    body = got.json()
    assert body["reading"] == "figures overturned |  | by year"
    assert body["echo"] == "Share overturned of decisions, by year of decision."
    assert sum(row["decisions"] for row in body["rows"]) <= body["value"]["decisions"]
    counted = site.get("/sparql", params={"query": body["sparql"]}, headers={"Accept": "application/json"})
    assert counted.status_code == 200


@pytest.mark.parametrize(
    "text",
    [
        "acupuncture upheld by year",
        "which grounds are stated when physical therapy is overturned",
        "list upheld decisions on opioids",
        "do both sides cite the same page",
        "top 5 sections cited by reviewers",
        "average days from UR denial to decision by year",
        "opioids as a share of drugs by year",
        "{case}",
        "cases like {case} that went the other way",
    ],
)
def test_an_answer_is_the_same_everywhere(site, built, text):
    with kg.open(built) as base:
        text = text.format(case=base.cases()[0])
        told = json.loads(json.dumps(base.ask(text).to_dict()))
        called = site.get("/api/ask", params={"q": text}).json()
    shown = CliRunner().invoke(app, ["ask", text, "--kb", str(built), "--format", "json"])
    assert json.loads(shown.stdout) == called
    assert called.pop("generation") == "000001"
    assert (called.pop("total"), called.pop("next")) == (len(told["rows"]), None)
    assert called.pop("figure")
    beside = [row for value in called["value"].values() if isinstance(value, list) for row in value]
    for row in (*called["rows"], *beside):
        row.pop("figure", None)
    assert called == told
    assert {"decisions", "letters", "overturned"} <= set(told["value"])


def test_what_is_not_understood_is_a_422_with_the_words(site):
    got = site.get("/api/ask", params={"q": "unicorns by year"})
    assert got.status_code == 422
    assert "“unicorns”" in got.json()["detail"]


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_question_offered_has_its_page(site, text):
    got = site.get("/ask", params={"q": text}, follow_redirects=False)
    assert got.status_code in {200, 303}
    if got.status_code == 200:
        assert 'role="alert"' not in got.text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("median age by body part", "Mean and median of the age of the worker"),
        ("opioids as a share of drugs by year", "Share, among decisions"),
        ("letters with both outcomes", "with both upheld and overturned items"),
        ("overturn rate of opioids versus the rest", "compared with not"),
    ],
)
def test_means_and_shares_have_their_page(site, text, says):
    got = site.get("/ask", params={"q": text})
    assert got.status_code == 200
    assert says in got.text
    assert 'role="alert"' not in got.text


def test_a_condition_can_be_removed(site):
    page = site.get("/ask", params={"q": "lumbar MRI by year"}).text
    links = re.findall(r'href="([^"]*/ask\?[^"]*)">without this condition', page)
    assert len(links) == 2
    for link in links:
        again = site.get(link.replace("&amp;", "&"))
        assert again.status_code == 200
        assert len(re.findall(">without this condition", again.text)) == 1


def test_what_is_not_understood_leads_to_the_search_and_to_questions(site):
    page = site.get("/ask", params={"q": "chronic headache unicorns"}).text
    assert 'role="alert"' in page
    assert "/search?q=" in page
    assert "/ask?q=" in page


def test_completions_are_questions(site):
    rows = site.get("/api/complete", params={"q": "overturned mri"}).json()["results"]
    assert rows
    assert all(site.get("/api/ask", params={"q": row["text"]}).status_code == 200 for row in rows)


def test_the_page_tells_how_both_parties_cite_with_rates_and_links(site):
    page = site.get("/ask", params={"q": "do both sides cite the same guideline"}).text
    told = site.get("/api/ask", params={"q": "do both sides cite the same guideline"}).json()
    rows = {row["agreement"]: row["decisions"] for row in told["value"]["agreement"]}
    both = rows["same"] + rows["overlap"] + rows["different"]
    assert f"{rows['same']:,} of {both:,}" in page
    table = page[page.index('id="agreement"') :]
    assert [f'data-label="Decisions">{number:,}</td>' in table for number in rows.values()] == [True] * 6
    for row in told["rows"][:5]:
        for place in (row["administrator"], row["reviewer"]):
            assert "#" in place or site.get(f"/guidelines/{place}").status_code == 200
            assert "#" in place or f'href="/guidelines/{place}"' in page


@pytest.mark.parametrize("text", ["overturn rate by year", "opioids as a share of drugs by year"])
def test_the_page_draws_rates_by_year(site, text):
    page = site.get("/ask", params={"q": text}).text
    rows = site.get("/api/ask", params={"q": text}).json()["rows"]
    svg = page[page.index('<svg class="years"') : page.index("</svg>", page.index('<svg class="years"'))]
    for row in rows:
        assert f">{row['year']}</text>" in svg
        assert f">{row.get('part', row.get('overturned')):,}/{row['decisions']:,}</text>" in svg


def test_no_decision_has_no_figures(site):
    page = site.get("/ask", params={"q": "acupuncture for workers under 2"}).text
    assert "No decision meets these conditions." in page
    assert 'class="figures"' not in page


@pytest.mark.parametrize("measure", FACETS)
def test_a_list_by_a_number_shows_the_number(site, measure):
    """Whatever cases are sorted by stands in their rows."""
    asked = f'show measure="{measure}" longest first'
    answer = site.get("/api/ask", params={"q": asked})
    if answer.status_code == 422:
        assert not FACETS[measure].unit
        return
    shown = site.get("/ask", params={"q": asked}).text
    for row in answer.json()["rows"][:3]:
        number = row[FACETS[measure].unit]
        assert re.search(rf'<td class="num" data-label="[^"]+">{number:,}</td>', shown), number
