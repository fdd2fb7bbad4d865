"""Letters that carry script: whatever they hold is shown as text, wherever it is shown."""

import shutil
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from conftest_web import FLAGS, Live
from playwright.sync_api import sync_playwright

from kg.base.build import build
from kg.base.store import KnowledgeBase

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is not installed"),
]

RUN = "window.ran=1"
PAYLOADS = [
    f"<script>{RUN}</script>",
    f"</script><script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f'"><svg onload={RUN}>',
    f"'><body onload={RUN}>",
    f"<a href=javascript:{RUN}>x</a>",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'></iframe>",
    f"{{{{ [].__class__ }}}}<b onmouseover={RUN}>",
    f"</textarea><script>{RUN}</script>",
    f"</title><script>{RUN}</script>",
    f"<math><mtext></form><form><mglyph><style></math><img src onerror={RUN}>",
    f"&lt;script&gt;{RUN}&lt;/script&gt; href= \u2028 ${{{RUN}}}",
]
LETTER = """
Case Number: CM16-{number:07d}
Date Assigned: 11/09/2016 Date of Injury: 07/08/2013
Decision Date: 12/05/2016 UR Denial Date: 10/13/2016
Priority: Standard Application
Received:
11/03/2016

HOW THE IMR FINAL DETERMINATION WAS MADE
One reviewer read the whole file {payload}.

The Expert Reviewer has the following credentials:
State(s) of Licensure: California, {payload}
Certification(s)/Specialty: Orthopedic Surgery, {payload}

CLINICAL CASE SUMMARY
The injured worker is a 49 year old male with an injury. {payload}

IMR ISSUES, DECISIONS AND RATIONALES
The Final Determination was based on decisions for the disputed items set forth below:

MRI of the lumbar spine {payload}: Upheld
Claims Administrator guideline: Decision based on MTUS Low Back Complaints 2004, Section(s): {payload}.
MAXIMUS guideline: Decision based on MTUS Low Back Complaints 2004, Section(s): Special Studies, {payload},
and Non-MTUS {payload}.
Decision rationale: It is not shown to be needed {payload}. The request is not medically necessary.
"""


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Live, list[str]]]:
    folder = tmp_path_factory.mktemp("planted")
    (folder / "letters").mkdir()
    for number, payload in enumerate(PAYLOADS):
        text = LETTER.format(number=number, payload=payload)
        (folder / "letters" / f"{number}.txt").write_text(text, encoding="utf-8")
    build([folder / "letters"], folder / "kb", processes=1)
    with KnowledgeBase.open(folder / "kb") as base:
        cases = base.cases()
    assert len(cases) == len(PAYLOADS)
    server = Live(folder / "kb", workers=1)
    yield server, cases
    server.stop()


def test_no_payload_runs(planted: tuple[Live, list[str]]):
    server, cases = planted
    faults: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        page = browser.new_page()
        page.on("dialog", lambda dialog: (faults.append(dialog.message), dialog.dismiss()))
        page.on("console", lambda m: "Content Security Policy" in m.text and faults.append(m.text))
        paths = ["/cases", "/about", "/guidelines", "/explore", "/drivers?level=section&minimum=1"]
        paths += ["/guidelines/acoem-2004/12?party=any"]
        for case, payload in zip(cases, PAYLOADS, strict=True):
            paths += [f"/cases/{case}", f"/explore?node=case/{case}", f"/search?q={quote(payload)}"]
            paths += [f"/explore?node=case/{case}/item/1", f"/query?query={quote(payload)}"]
            paths += [f"/cases/{quote(payload, safe='')}", f"/explore?node={quote(payload)}"]
            paths += [f"/cases?text={quote(payload)}"]
        for path in paths:
            page.goto(server.address + path)
            if page.query_selector("#graph"):
                page.wait_for_timeout(250)
            if page.evaluate("window.ran"):
                faults.append(path)
        browser.close()
    assert faults == []
