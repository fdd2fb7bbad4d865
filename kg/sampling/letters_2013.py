"""Print a case in the forms of 2013: the notice, the letter with its documents, the professional review.

The notice opens::

    MAXIMUS FEDERAL SERVICES, INC.
    Notice of Independent Medical Review Determination
    Dated: 9/26/2013
    Case Number: CM13-0001234
    Date of Injury: 3/1/2012
    1) MAXIMUS Federal Services, Inc. has determined the request for ITEM is not medically
    necessary and appropriate.
    INDEPENDENT MEDICAL REVIEW DECISION AND RATIONALE
    An application for Independent Medical Review was filed on 7/1/2013 disputing the Utilization
    Review Denial dated 6/20/2013. A Notice of Assignment and Request for Information was provided
    to the above parties on 7/9/2013. (the outcomes once more)
    Medical Qualifications of the Expert Reviewer: / Case Summary: / Documents Reviewed for
    Determination: / for each item
    1) Regarding the request for ITEM :
    Section of the Medical Treatment Utilization Schedule Relied Upon by the Expert Reviewer to
    Make His/Her Decision
    Decision based on MTUS ...
    Rationale for the Decision:

The professional review has one item, under ``ISSUE AT DISPUTE:``, and its outcome in the heading
``RATIONALE FOR WHY THE REQUESTED TREATMENT/SERVICE IS/WAS NOT MEDICALLY NECESSARY:``, without
``NOT`` where the item was overturned. Neither form tells what the claims administrator cited.
"""

from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

from kg.sampling import prose, truth
from kg.sampling.draws import Urn, between
from kg.sampling.letters_2014 import FORTH, header, issue, rationale, reviewed, sentence, summary
from kg.sampling.paper import Paper, Spot
from kg.sampling.printing import print_field
from kg.sampling.synthetic_case import Case, Decision

Json = dict[str, Any]

COMPANY = "MAXIMUS FEDERAL SERVICES, INC."
_DOCUMENTS = Urn(
    [
        (5, "Medical records from the treating physician"),
        (4, "Report of the initial orthopedic evaluation"),
        (3, "MRI report"),
        (3, "Physical therapy notes"),
        (2, "Report of electrodiagnostic studies"),
        (2, "Operative report"),
    ]
)


def documents(rng: Random) -> list[str]:
    """What was reviewed: the application, the denial and some records."""
    listed = {"Application for Independent Medical Review": None, "Utilization Review Determination": None}
    for _ in range(between(rng, 1, 4)):
        listed[_DOCUMENTS.draw(rng)] = None
    return list(listed)


def letter(rng: Random, case: Case) -> tuple[str, Json]:
    """The letter of late 2013: as later ones, with ``DOCUMENTS REVIEWED``."""
    paper, spans = Paper(rng, spaced=False), dict[str, Spot]()
    paper.print(COMPANY)
    paper.print("Independent Medical Review")
    header(paper, case, spans)
    paper.print("HOW THE IMR FINAL DETERMINATION WAS MADE")
    reviewed(rng, paper, case.physician)
    paper.print("DOCUMENTS REVIEWED")
    listed = documents(rng)
    for name in listed:
        paper.print(name)
    paper.blank()
    paper.print("CLINICAL CASE SUMMARY")
    summary(rng, paper, case, spans)
    paper.blank()
    paper.print("IMR DECISION(S) AND RATIONALE(S)")
    paper.print(FORTH)
    decisions = []
    for decision in case.decisions:
        paper.blank()
        decisions.append(issue(rng, paper, case, decision))
    return paper.text(), truth.determination(case, decisions, spans, listed)


def notice(rng: Random, case: Case) -> tuple[str, Json]:
    """The notice of 2013, which tells each outcome twice before its reasons."""
    paper, spans = Paper(rng, spaced=False), dict[str, Spot]()
    calendar = case.calendar
    paper.print(COMPANY)
    paper.print("Notice of Independent Medical Review Determination")
    paper.blank()
    _value(paper, spans, "Dated: {}", {"decision_date": _day(calendar.decided)})
    paper.blank()
    _value(paper, spans, "Case Number: {}", {"case_number": case.number})
    _value(paper, spans, "Date of Injury: {}", {"date_of_injury": _day(calendar.injury)})
    paper.blank()
    _determined(paper, case)
    paper.blank()
    paper.print("INDEPENDENT MEDICAL REVIEW DECISION AND RATIONALE")
    _value(
        paper,
        spans,
        "An application for Independent Medical Review was filed on {} disputing the Utilization Review "
        "Denial dated {}. A Notice of Assignment and Request for Information was provided to the above "
        "parties on {}.",
        {
            "application_received": _day(calendar.received),
            "ur_denial_date": _day(calendar.denial),
            "date_assigned": _day(calendar.assigned),
        },
    )
    items = _determined(paper, case)
    paper.blank()
    paper.print("Medical Qualifications of the Expert Reviewer:")
    paper.print(_qualified(rng, case))
    paper.blank()
    paper.print("Case Summary:")
    summary(rng, paper, case, spans)
    paper.blank()
    paper.print("Documents Reviewed for Determination:")
    listed = _listed(rng, paper)
    decisions = [
        _regarding(rng, paper, case, decision, turn, span)
        for turn, (decision, span) in enumerate(zip(case.decisions, items, strict=True), start=1)
    ]
    return paper.text(), truth.determination(case, decisions, spans, listed)


def professional(rng: Random, case: Case) -> tuple[str, Json]:
    """The professional review of 2013, of one item."""
    paper, spans = Paper(rng, spaced=False), dict[str, Spot]()
    decision = case.decisions[0]
    paper.print("MEDICAL PROFESSIONAL REVIEW")
    paper.blank()
    _value(paper, spans, "Case Number: {}", {"case_number": case.number})
    _value(paper, spans, "Date of Injury: {}", {"date_of_injury": _day(case.calendar.injury)})
    _value(paper, spans, "Decision Date: {}", {"decision_date": _day(case.calendar.decided)})
    paper.blank()
    paper.print("ISSUE AT DISPUTE:")
    item = [0, len(decision.item.text)]
    paper.print(decision.item.text, [item])
    paper.blank()
    paper.print("CASE SUMMARY:")
    summary(rng, paper, case, spans)
    paper.blank()
    paper.print("DOCUMENTS REVIEWED FOR DETERMINATION:")
    listed = _listed(rng, paper)
    paper.blank()
    paper.print("MEDICAL TREATMENT GUIDELINE(S) RELIED UPON BY PROFESSIONAL")
    paper.print("REVIEWER AND WHY:")
    words, cited, spots = print_field(rng, decision.reviewer, case.era, "reviewer")
    paper.print(words, spots)
    paper.blank()
    paper.print(
        "RATIONALE FOR WHY THE REQUESTED TREATMENT/SERVICE IS/WAS" + ("" if decision.overturned else " NOT")
    )
    paper.print("MEDICALLY NECESSARY:")
    reasons = rationale(rng, paper, case, decision, "")
    paper.blank()
    paper.print("MEDICAL REVIEWER QUALIFICATIONS:")
    paper.print(_qualified(rng, case))
    told = truth.decision(decision, item, truth.nothing(), cited, reasons)
    return paper.text(), truth.determination(case, [told], spans, listed)


WRITERS: dict[str, Callable[[Random, Case], tuple[str, Json]]] = {
    "2013-notice": notice,
    "2013-14": letter,
    "2013-professional": professional,
}


def _day(when: date) -> str:
    return f"{when.month}/{when.day}/{when.year}"


def _value(paper: Paper, spans: dict[str, Spot], words: str, values: dict[str, str]) -> None:
    """Print ``words`` with its values, and keep where each came to stand."""
    text = ""
    for part, (name, value) in zip(words.split("{}"), values.items(), strict=False):
        text += part
        spans[name] = [len(text), len(text) + len(value)]
        text += value
    paper.print(text + words.rpartition("{}")[2], [spans[name] for name in values])


def _determined(paper: Paper, case: Case) -> list[Spot]:
    """The numbered outcomes, and where their items stand."""
    items = []
    for turn, decision in enumerate(case.decisions, start=1):
        opening = f"{turn}) MAXIMUS Federal Services, Inc. has determined the request for "
        span = [len(opening), len(opening) + len(decision.item.text)]
        verdict = "is" if decision.overturned else "is not"
        paper.print(f"{opening}{decision.item.text} {verdict} medically necessary and appropriate.", [span])
        paper.blank()
        items.append(span)
    return items


def _qualified(rng: Random, case: Case) -> str:
    before, after = prose.review(rng)
    return f"{before} {sentence(rng, case.physician)} {after}"


def _listed(rng: Random, paper: Paper) -> list[str]:
    listed = documents(rng)
    for name in listed:
        paper.print(f"- {name}")
    return listed


def _regarding(rng: Random, paper: Paper, case: Case, decision: Decision, turn: int, item: Spot) -> Json:
    """The reasons for one item of a notice."""
    paper.blank()
    paper.print(f"{turn}) Regarding the request for {decision.item.text} :")
    paper.blank()
    paper.print(
        "Section of the Medical Treatment Utilization Schedule Relied Upon by the Expert Reviewer to Make "
        "His/Her Decision"
    )
    words, cited, spots = print_field(rng, decision.reviewer, case.era, "reviewer")
    paper.print(words, spots)
    paper.blank()
    paper.print("Rationale for the Decision:")
    return truth.decision(decision, item, truth.nothing(), cited, rationale(rng, paper, case, decision, ""))
