"""The headings and labels of each form of letter, as its readers look for them."""

import re

import pytest

from kg.sample import letters

MODERN = (
    "HOW THE IMR FINAL DETERMINATION WAS MADE",
    "CLINICAL CASE SUMMARY",
    "IMR ISSUES, DECISIONS AND RATIONALES",
    "Claims Administrator guideline:",
    "MAXIMUS guideline:",
    "Decision rationale:",
)
NOTICE = (
    "MAXIMUS FEDERAL SERVICES, INC.",
    "Notice of Independent Medical Review Determination",
    "INDEPENDENT MEDICAL REVIEW DECISION AND RATIONALE",
    "Medical Qualifications of the Expert Reviewer:",
    "Case Summary:",
    "Documents Reviewed for Determination:",
    "1) Regarding the request for",
    "Rationale for the Decision:",
)
PROFESSIONAL = (
    "MEDICAL PROFESSIONAL REVIEW",
    "ISSUE AT DISPUTE:",
    "CASE SUMMARY:",
    "DOCUMENTS REVIEWED FOR DETERMINATION:",
    "MEDICAL TREATMENT GUIDELINE(S) RELIED UPON BY PROFESSIONAL",
    "REVIEWER AND WHY:",
    "RATIONALE FOR WHY THE REQUESTED TREATMENT/SERVICE IS/WAS",
    "MEDICALLY NECESSARY:",
    "MEDICAL REVIEWER QUALIFICATIONS:",
)


@pytest.mark.parametrize(
    ("template", "headings"),
    [
        ("pages", MODERN),
        ("sections", MODERN),
        ("2018", MODERN),
        (
            "2013-14",
            (*MODERN[:1], "DOCUMENTS REVIEWED", MODERN[1], "IMR DECISION(S) AND RATIONALE(S)", *MODERN[3:]),
        ),
        ("2013-notice", NOTICE),
        ("2013-professional", PROFESSIONAL),
    ],
)
def test_headings_stand_at_the_start_of_a_line_in_their_order(template, headings):
    for _, text, _ in letters(40, 6, template):
        lines = [line.strip() for line in text.replace("\f", "").split("\n")]
        places = [next(i for i, line in enumerate(lines) if line.startswith(heading)) for heading in headings]
        assert places == sorted(places)


@pytest.mark.parametrize(
    ("template", "form"),
    [
        ("pages", r"ACOEM Chapter \d+ [\w,\s]+ Page\(s\): s \d"),  # a stray s
        ("pages", r"Page\(s\): (s )?\d+-\d\b"),  # a shortened range
        ("pages", r"ACOEM Chapter \d+ [\w, ]+, Chapter \d+ [\w, -]+ Page\(s\):"),  # a shared page list
        ("pages", r"Page\(s\): [\d,;\- s]+,Chronic Pain Treatment Guidelines"),  # joined without a blank
        ("pages", r"did not base their decision on the MTUS\."),
        ("pages", r"has a subspecialty in [\w ]+ and is licensed to practice in"),
        ("sections", r"2004, Section\(s\): [\w ]+, and Chronic Pain Medical Treatment 2016, Section\(s\): "),
        ("sections", r"outside of the MTUS Guidelines\."),
        ("sections", r"General Approaches 2004, Section\(s\): Cornerstones"),
        ("sections", r"Inital Care|Diagnositc Criteria|Electro-diagnostic"),  # misspelt
        ("sections", r"Chronic Pain Medical Treatment 2009"),
        (
            "sections",
            r"remaining IMR eligible portion of the original request, .{3,90} is: +(Upheld|Overturned)",
        ),
        ("sections", r"leaving the original request IMR eligible\."),
        ("2018", r"Low Back Disorders 2016"),
        ("2018", r"Opioids 2017"),
        ("2013-notice", r"has determined the request for .{3,90} is medically necessary and appropriate\."),
        (
            "2013-notice",
            r"has determined the request for .{3,90} is not medically necessary and appropriate\.",
        ),
    ],
)
def test_every_way_of_printing_is_met(template, form):
    texts = (re.sub(r"\s+", " ", text) for _, text, _ in letters(1500, 12, template))
    assert any(re.search(form, text) for text in texts)


@pytest.mark.parametrize(
    "broken", [r"Non- \n\s*MTUS", r"Section\(s\): \n", r"Page\(s\): \n", r"Official \n\s*Disability"]
)
def test_lines_break_inside_citations(broken):
    assert any(re.search(broken, text) for _, text, _ in letters(1500, 13))


def test_some_letters_come_without_a_header_and_say_the_injury_in_the_summary():
    truths = [(text, truth) for _, text, truth in letters(200, 14, "pages") if truth["decision_date"] is None]
    assert 20 < len(truths) < 90
    for text, truth in truths:
        assert "Case Number" not in text
        assert truth["date_assigned"] is truth["priority"] is None
        assert truth["date_of_injury"]


def test_shared_pages_are_shared_out_by_chapter():
    seen = 0
    for _, _, truth in letters(1500, 12, "pages"):
        for decision in truth["decisions"]:
            for citation in decision["reviewer"]["citations"]:
                if citation["chapter"] == 12 and citation["mtus"]:
                    assert all(287 <= a <= b <= 328 for a, b in citation["pages"])
                    seen += bool(citation["pages"])
    assert seen > 100


def test_a_notice_tells_dates_in_its_sentences():
    for _, text, truth in letters(20, 3, "2013-notice"):
        for name in ("decision_date", "application_received", "ur_denial_date", "date_assigned"):
            start, end = truth["spans"][name]
            month, day, year = text[start:end].split("/")
            assert truth[name] == f"{year}-{int(month):02d}-{int(day):02d}"
        assert truth["documents_reviewed"][0] == "Application for Independent Medical Review"
        assert all(d["claims_administrator"] == {"basis": None, "citations": []} for d in truth["decisions"])
