"""Print a case as the letters from 2014 on do: header table, summary, then item by item."""

from random import Random
from typing import Any

from kg.sampling import prose, truth
from kg.sampling.draws import pick
from kg.sampling.paper import Paper, Spot
from kg.sampling.people import Physician
from kg.sampling.printing import print_field
from kg.sampling.synthetic_case import Case, Decision

Json = dict[str, Any]

FORTH = "The Final Determination was based on decisions for the disputed items/services set forth below:"


def write(rng: Random, case: Case) -> tuple[str, Json]:
    """The letter's text and the truth about it."""
    paper = Paper(rng, spaced=not case.header)
    spans: dict[str, Spot] = {}
    if case.header:
        header(paper, case, spans)
    paper.print("HOW THE IMR FINAL DETERMINATION WAS MADE")
    reviewed(rng, paper, case.physician)
    paper.print("CLINICAL CASE SUMMARY")
    paper.blank()
    summary(rng, paper, case, spans)
    paper.blank()
    paper.print("IMR ISSUES, DECISIONS AND RATIONALES")
    paper.print(FORTH)
    paper.blank()
    decisions = []
    for turn, decision in enumerate(case.decisions):
        if turn:
            paper.blank()
        decisions.append(issue(rng, paper, case, decision))
    if rng.random() < 0.4:
        paper.blank()
    return paper.text(), truth.determination(case, decisions, spans, [])


def header(paper: Paper, case: Case, spans: dict[str, Spot]) -> None:
    """The header table, as text extraction leaves its two columns."""
    calendar = case.calendar
    paper.blank()
    _labelled(paper, spans, [("Case Number: ", case.number, "case_number")], "  \n")
    pair = [
        ("Date Assigned: ", f"{calendar.assigned:%m/%d/%Y}", "date_assigned"),
        (" Date of Injury:  ", f"{calendar.injury:%m/%d/%Y}", "date_of_injury"),
    ]
    _labelled(paper, spans, pair, " \n")
    pair = [
        ("Decision Date: ", f"{calendar.decided:%m/%d/%Y}", "decision_date"),
        (" UR Denial Date:  ", f"{calendar.denial:%m/%d/%Y}", "ur_denial_date"),
    ]
    _labelled(paper, spans, pair, " \n")
    _labelled(paper, spans, [("Priority:  ", case.priority.capitalize(), "priority")], " Application \n")
    received = f"{calendar.received:%m/%d/%Y}"
    _labelled(paper, spans, [("Received:  \n", received, "application_received")], " \n \n")


def _labelled(paper: Paper, spans: dict[str, Spot], pairs: list[tuple[str, str, str]], end: str) -> None:
    for label, value, name in pairs:
        paper.write(label)
        start = paper.length
        paper.write(value)
        spans[name] = [start, paper.length]
    paper.write(end)


def reviewed(rng: Random, paper: Paper, physician: Physician) -> None:
    """Who reviewed the case, in a sentence or as credentials."""
    before, after = prose.review(rng)
    if physician.sentence:
        paper.print(f"{before} {sentence(rng, physician)} {after}")
        paper.blank()
        return
    paper.print(f"{before} {after}")
    paper.blank()
    paper.print("The Expert Reviewer has the following credentials:")
    paper.print(f"State(s) of Licensure: {pick(rng, (',', ', ')).join(physician.states)}")
    paper.print(f"Certification(s)/Specialty: {', '.join(physician.specialties)}")
    if rng.random() < 0.92:
        paper.blank()


def sentence(rng: Random, physician: Physician) -> str:
    """The reviewer's certification and licences, as letters of 2013 to 2015 say them."""
    states = physician.states
    listed = states[0] if len(states) == 1 else f"{', '.join(states[:-1])} and {states[-1]}"
    special = "".join(f", has a subspecialty in {name}" for name in physician.subspecialties)
    who = pick(rng, ("expert", "expert", "physician"))
    return (
        f"The {who} reviewer is Board Certified in {physician.specialties[0]}{special} and is licensed "
        f"to practice in {listed}."
    )


def summary(rng: Random, paper: Paper, case: Case, spans: dict[str, Spot]) -> None:
    """The case summary, with the patient's age and sex, and the injury's date where no header has it."""
    text, found = prose.summary(rng, case.worker, case.calendar, [d.item for d in case.decisions])
    for name, spot in found.items():
        spans.setdefault(name, spot)
    paper.print(text, [spot for name, spot in found.items() if spans[name] is spot])


def issue(rng: Random, paper: Paper, case: Case, decision: Decision) -> Json:
    """One issue: its item and outcome, both guideline fields and the rationale."""
    item = decision.item
    outcome = decision.outcome.capitalize()
    gap = pick(rng, (" ", " ", " ", "  ", "   "))
    span = [0, len(item.text)]
    paper.print(f"{item.text}:{gap}{outcome}", [span], tail=len(gap + outcome) + 1)
    if rng.random() < 0.92:
        paper.blank()
    fields = {}
    for label, party, cited in (
        ("Claims Administrator", "claims_administrator", decision.administrator),
        ("MAXIMUS", "reviewer", decision.reviewer),
    ):
        words, fields[party], spots = print_field(rng, cited, case.era, party)
        start = f"{label} guideline: "
        for spot in spots:
            spot[0] += len(start)
            spot[1] += len(start)
        paper.print(start + words + pick(rng, ("", "", " ", "  ")), spots)
        paper.blank()
    reasons = rationale(rng, paper, case, decision, "Decision rationale:" + pick(rng, (" ", " ", "  ")))
    return truth.decision(decision, span, fields["claims_administrator"], fields["reviewer"], reasons)


def rationale(
    rng: Random, paper: Paper, case: Case, decision: Decision, label: str
) -> tuple[Spot, list[prose.Stated]]:
    """The rationale after its label, in one paragraph or two, and the grounds that it states."""
    paragraphs, stated = prose.rationale(rng, decision.item, case.calendar, decision.overturned)
    whole: Spot = []
    for turn, text in enumerate(paragraphs):
        if turn:
            paper.blank()
        lead = "" if turn else label
        spot = [len(lead), len(lead) + len(text)]
        paper.print(lead + text, [spot], prose=True)
        whole = [whole[0], spot[1]] if whole else spot
    return whole, stated
