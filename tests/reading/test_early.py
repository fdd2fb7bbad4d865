"""The two letter forms of 2013: the notice, and the professional review."""

from datetime import date

import pytest

from kg.model import Basis, Outcome, ProblemKind, Template
from kg.reading.early import early_layout
from kg.reading.letter import read_letter

NOTICE = """MAXIMUS FEDERAL SERVICES, INC.
Notice of Independent Medical Review Determination

Dated: 9/26/2013

Case Number: CM13-0000123
Date of Injury: 5/13/2010

1) MAXIMUS Federal Services, Inc. has determined the request for a walker is not medically
necessary and appropriate.

2) MAXIMUS Federal Services, Inc. has determined the request for a wheeled cane is medically
necessary and appropriate.

INDEPENDENT MEDICAL REVIEW DECISION AND RATIONALE
An application for Independent Medical Review was filed on 8/1/2013 disputing the
Utilization Review Denial dated 7/9/2013. A Notice of Assignment and Request for Information
was provided to the above parties on 8/20/2013.
1) MAXIMUS Federal Services, Inc. has determined the request for a walker is not medically
necessary and appropriate.

2) MAXIMUS Federal Services, Inc. has determined the request for a wheeled cane is medically
necessary and appropriate.

Medical Qualifications of the Expert Reviewer:
The physician reviewer is Board Certified in Neurology and is licensed to practice in Ohio.

Case Summary:
The claimant is a 38-year-old female who was injured at work on 05/13/2010.

Documents Reviewed for Determination:
- Application
- MRI report

1) Regarding the request for a walker :

Section of the Medical Treatment Utilization Schedule Relied Upon by the Expert Reviewer to
Make His/Her Decision
The Expert Reviewer did not base their decision on the MTUS.

Rationale for the Decision:
She walks well.

2) Regarding the request for a wheeled cane :

Section of the Medical Treatment Utilization Schedule Relied Upon by the Expert Reviewer to
Make His/Her Decision
Decision based on MTUS ACOEM Chapter 13 Knee Complaints Page(s): 339.

Rationale for the Decision:
She needs it.
"""

REVIEW = """MEDICAL PROFESSIONAL REVIEW

Case Number: CM13-0000124
Decision Date: 3/10/2013

ISSUE AT DISPUTE:
A walker

CASE SUMMARY:
The injured worker is a 38-year-old male.

DOCUMENTS REVIEWED FOR DETERMINATION:
- Application

MEDICAL TREATMENT GUIDELINE(S) RELIED UPON BY PROFESSIONAL
REVIEWER AND WHY:
Decision based on MTUS Chronic Pain Treatment Guidelines Yoga Page(s): 126.

RATIONALE FOR WHY THE REQUESTED TREATMENT/SERVICE IS/WAS NOT
MEDICALLY NECESSARY:
He walks well.

MEDICAL REVIEWER QUALIFICATIONS:
The physician reviewer is Board Certified in Neurology and is licensed to practice in Ohio.
"""


def test_a_notice():
    letter = read_letter(NOTICE)
    assert (letter.template, letter.case_number) == (Template.NOTICE_2013, "CM13-0000123")
    assert letter.decision_date == date(2013, 9, 26)
    assert letter.application_received == date(2013, 8, 1)
    assert letter.ur_denial_date == date(2013, 7, 9)
    assert letter.date_assigned == date(2013, 8, 20)
    assert letter.date_of_injury == date(2010, 5, 13)
    assert [(d.item.text, d.outcome) for d in letter.decisions] == [
        ("a walker", Outcome.UPHELD),
        ("a wheeled cane", Outcome.OVERTURNED),
    ]
    assert [d.reviewer.basis for d in letter.decisions] == [Basis.OUTSIDE_MTUS, Basis.MTUS]
    assert [d.rationale.span.of(NOTICE) for d in letter.decisions] == ["She walks well.", "She needs it."]
    assert letter.documents_reviewed == ("Application", "MRI report")
    assert letter.reviewer.licensed_in == ("Ohio",)
    assert letter.patient.age == 38


def test_the_items_of_a_notice_are_quoted_where_the_reasons_are():
    letter = read_letter(NOTICE)
    again = NOTICE.index("INDEPENDENT MEDICAL REVIEW DECISION")
    assert all(decision.item.span.start > again for decision in letter.decisions)


def test_a_notice_without_its_second_part_has_the_items_of_the_first():
    text = NOTICE[: NOTICE.index("INDEPENDENT MEDICAL REVIEW DECISION")]
    letter = read_letter(text)
    assert [d.item.span.of(text) for d in letter.decisions] == ["a walker", "a wheeled cane"]
    assert {p.kind for p in letter.problems} == {ProblemKind.MISSING_FIELD, ProblemKind.MISSING_HEADING}


def test_an_outcome_of_a_notice_without_its_end_is_a_problem():
    text = NOTICE.replace("walker is not medically\nnecessary and appropriate", "walker is")
    letter = read_letter(text)
    assert [d.item.text for d in letter.decisions] == ["a wheeled cane"]
    assert ProblemKind.MISSING_FIELD in {p.kind for p in letter.problems}


def test_a_professional_review():
    letter = read_letter(REVIEW)
    assert (letter.template, letter.case_number) == (Template.PROFESSIONAL_2013, "CM13-0000124")
    [decision] = letter.decisions
    assert (decision.item.text, decision.outcome) == ("A walker", Outcome.UPHELD)
    [citation] = decision.reviewer.citations
    assert (citation.guideline, citation.pages[0].first) == ("chronic-pain", 126)
    assert decision.rationale.span.of(REVIEW) == "He walks well."
    assert letter.documents_reviewed == ("Application",)
    assert letter.problems == ()


@pytest.mark.parametrize(
    ("old", "new", "outcome"),
    [
        ("IS/WAS NOT\nMEDICALLY", "IS/WAS MEDICALLY", Outcome.OVERTURNED),
        ("IS/WAS NOT\nMEDICALLY", "IS/WAS\nNOT MEDICALLY", Outcome.UPHELD),  # wrapped elsewhere
    ],
)
def test_the_heading_of_the_reasons_tells_the_outcome(old, new, outcome):
    [decision] = read_letter(REVIEW.replace(old, new)).decisions
    assert decision.outcome is outcome


def test_what_a_professional_review_lacks_is_told():
    text = REVIEW.replace("CASE SUMMARY:", "").replace("MEDICAL REVIEWER QUALIFICATIONS:", "")
    assert [p.kind for p in read_letter(text).problems] == [ProblemKind.MISSING_HEADING] * 2


@pytest.mark.parametrize(
    "text", ["", "Dear reader", "ISSUE AT DISPUTE:\nA walker", "Rationale for the Decision:\nnone"]
)
def test_other_texts_are_neither(text):
    assert early_layout("\n" + text) is None


RELIED = "The Expert Reviewer did not base their decision on the MTUS."
OWN = "The Expert Reviewer based his/her decision on the ODG, Pain Chapter, which is not part of the MTUS."
MTUS = """The Claims Administrator based its decision on the Chronic Pain Guidelines, page 45, which is
part of the MTUS."""
NONE = "The Claims Administrator did not cite any"


@pytest.mark.parametrize(
    ("said", "administrator", "reviewer"),
    [
        (f"{NONE} evidence-based criteria. {OWN}", Basis.NONE_CITED, Basis.OUTSIDE_MTUS),
        (f"{MTUS}\n{OWN}", Basis.MTUS, Basis.OUTSIDE_MTUS),
        (f"{OWN} {NONE} guidelines.", Basis.NONE_CITED, Basis.OUTSIDE_MTUS),
        (OWN, None, Basis.OUTSIDE_MTUS),
        # the guidelines are the other's, which is not read, and told
        (f"{MTUS} The Expert Reviewer found the guidelines cited apt.", Basis.MTUS, None),
    ],
)
def test_a_field_that_says_what_both_parties_relied_on_is_parted(said, administrator, reviewer):
    found = read_letter(NOTICE.replace(RELIED, said))
    decision = found.decisions[0]
    assert (decision.claims_administrator.basis, decision.reviewer.basis) == (administrator, reviewer)
    assert any(each.kind is ProblemKind.UNREAD_TEXT for each in found.problems) is (reviewer is None)
    assert decision.reviewer.basis is None or len(decision.reviewer.citations) == 1
