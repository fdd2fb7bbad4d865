"""From a question to a sentence of a letter, as a new analyst goes: how many clicks it takes."""

from collections.abc import Iterator

import pytest
from browsing import LONG, Visit
from conftest_web import Live
from playwright.sync_api import Browser

from kg.base.building.build import build

pytestmark = LONG

LETTER = """
Case Number: CM16-{number:07d}
Date Assigned: 11/09/2016 Date of Injury: 07/08/2013
Decision Date: 12/05/2016 UR Denial Date: 10/13/2016
Priority: Standard Application
Received:
11/03/2016

HOW THE IMR FINAL DETERMINATION WAS MADE
The Expert Reviewer has the following credentials:
State(s) of Licensure: California
Certification(s)/Specialty: Orthopedic Surgery

CLINICAL CASE SUMMARY
The injured worker is a 49 year old male with an injury of the back.

IMR ISSUES, DECISIONS AND RATIONALES
The Final Determination was based on decisions for the disputed items set forth below:

Physical therapy two times a week for four weeks: Upheld
Claims Administrator guideline: Decision based on MTUS Chronic Pain Medical Treatment 2009, Section(s):
Physical Medicine.
MAXIMUS guideline: Decision based on MTUS Chronic Pain Medical Treatment 2009, Section(s): Physical Medicine.
Decision rationale: Twelve visits were had before. The request is not medically necessary.

MRI of the lumbar spine: {outcome}
Claims Administrator guideline: Decision based on MTUS Low Back Complaints 2004, Section(s): Special Studies.
MAXIMUS guideline: Decision based on MTUS Low Back Complaints 2004, Section(s): {section}.
Decision rationale: The leg is weak since the fall. The request {is_} medically necessary.
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Sixteen letters: of those that cite special studies half are overturned, of the others none."""
    folder = tmp_path_factory.mktemp("journey")
    (folder / "letters").mkdir()
    for number in range(16):
        special, won = number < 10, number < 5
        text = LETTER.format(
            number=number,
            outcome="Overturned" if won else "Upheld",
            section="Special Studies" if special else "Initial Care",
            is_="is" if won else "is not",
        )
        (folder / "letters" / f"{number}.txt").write_text(text, encoding="utf-8")
    assert build([folder / "letters"], folder / "kb", processes=1).accepted == 16
    live = Live(folder / "kb", workers=1)
    yield live
    live.stop()


def test_from_an_item_to_the_sentence_that_a_colleague_opens(visit: Visit, browser: Browser, server: Live):
    page, clicks = visit.go("/"), 0

    def click(what: str) -> None:
        nonlocal clicks
        clicks += 1
        page.click(what)

    page.keyboard.type("MRI of the lumbar spine")  # the field has the focus
    page.wait_for_selector(".suggestions li")
    click(".suggestions li:has-text('MRI of the lumbar spine') >> nth=0")
    page.wait_for_url("**/cases?**text=**")
    assert page.inner_text("#cited") == "Guidelines cited by reviewers in these cases"
    first = page.locator("section:has(#cited) tbody tr").first
    assert first.inner_text().split("\t")[:3] == [
        "Special Studies (ACOEM 2004, ch. 12)",
        "5 of 10",
        "50.0 %",
    ]
    click("section:has(#cited) td a >> nth=0")
    page.wait_for_url("**outcome=overturned**")
    assert page.locator("tbody tr").count() == 5
    click("tbody td a >> nth=0")
    page.wait_for_url("**/cases/**#m-item-**")
    assert clicks == 3
    assert page.evaluate("location.hash") == "#m-item-2-reviewer-citation-1"
    colleague = Visit(browser, server, viewport={"width": 1360, "height": 900})
    other = colleague.go(page.url.removeprefix(server.address))
    mark = other.locator(f".anchor#{page.url.partition('#')[2]}")
    sentence = mark.locator("xpath=following-sibling::a[1]")
    assert sentence.inner_text().startswith("Low Back Complaints")
    sentence.evaluate("it => { window.sentence = it }")
    colleague.until("Math.abs(sentence.getBoundingClientRect().top - innerHeight / 2) < innerHeight / 2")
    other.close()
    assert colleague.faults == []
