"""Tables of figures on a phone, where each row is a block: every figure stands beside its name."""

import re

import pytest
from fastapi.testclient import TestClient

PATHS = (
    "/outcomes?minimum=1",
    "/outcomes?by=year&minimum=1",
    "/sides?minimum=1",
    "/trends?minimum=1",
    "/network",
    "/questions/outcomes_by_category",
    "/questions/outcomes_by_year",
    "/questions/grounds_by_outcome",
    "/ask?q=overturn rate by specialty",
    "/ask?q=which chapters do reviewers cite",
    "/ask?q=do both sides cite the same guideline",
    "/ask?q=which grounds are stated when physical therapy is overturned",
    "/ask?q=median age by body part",
    "/ask?q=opioids as a share of drugs by year",
    "/ask?q=list upheld decisions on opioids",
)


def labelled(page: str) -> list[tuple[list[str], list[str | None]]]:
    """Of each table with labels its heads, and the labels of the cells of its first row."""
    found = []
    for table in re.findall(r'<table class="list labelled\b.*?</table>', page, re.S):
        heads = [
            re.sub(r"<[^>]+>", "", head) for head in re.findall(r"<th scope=\"col\".*?</th>", table, re.S)
        ]
        first = re.search(r"<tbody><tr>(.*?)</tr>", table, re.S)
        assert first
        cells = re.findall(r"<t[hd]\b[^>]*>", first[1])
        labels = [re.search(r'data-label="([^"]*)"', cell) for cell in cells]
        found.append((heads, [label[1] if label else None for label in labels]))
    return found


@pytest.mark.parametrize("path", PATHS)
def test_every_figure_has_its_name(site: TestClient, path: str):
    tables = labelled(site.get(path, headers={"Accept": "text/html"}).text)
    assert tables
    for heads, labels in tables:
        told = [
            (head, label) for head, label in list(zip(heads, labels, strict=True))[1:] if label is not None
        ]
        assert all(head == label for head, label in told)
        assert {*heads[1:]} - {head for head, _ in told} <= {"Figure", "Outcomes"}


def test_figures_of_a_question_are_written_as_on_other_pages(site: TestClient):
    page = site.get("/questions/outcomes_by_category").text
    assert re.search(
        r'data-label="Share"[^>]*data-sort="0\.\d+">\d+\.\d %<', re.sub(r'class="num" ', "", page)
    )


def test_questions_of_ours_are_answered_while_visitors_wait(
    site: TestClient, monkeypatch: pytest.MonkeyPatch
):
    async def full(*_: object) -> None:
        pytest.fail("asked where visitors wait")

    monkeypatch.setattr(site.app.state.state.visitors, "ask", full)  # type: ignore[attr-defined]
    assert "<tbody><tr>" in site.get("/questions/outcomes_by_service").text
