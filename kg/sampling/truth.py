"""The truth about a letter, in the form in which a determination is said in JSON."""

from typing import Any

from kg.sampling.paper import Spot
from kg.sampling.prose import Stated
from kg.sampling.synthetic_case import Case, Decision

Json = dict[str, Any]


def decision(
    case_decision: Decision,
    span: Spot,
    administrator: Json,
    reviewer: Json,
    rationale: tuple[Spot, list[Stated]] | None,
) -> Json:
    """The truth about one disputed item."""
    item = case_decision.item
    low, high, unit = item.quantity or (0, 0, "")
    return {
        "item": item.text,
        "span": span,
        "outcome": case_decision.outcome,
        "in_dispute": item.in_dispute,
        "original_request": item.original,
        "authorized": item.authorized,
        "category": item.kind.category,
        "subcategory": item.kind.subcategory,
        "body_parts": [{"part": part, "side": side} for part, side in item.parts],
        "quantity": {"min": low, "max": high, "unit": unit} if item.quantity else None,
        "drug": item.drug,
        "retrospective": item.retrospective,
        "associated_surgical_service": item.kind.associated,
        "claims_administrator": administrator,
        "reviewer": reviewer,
        "rationale": rationale and {"span": rationale[0]},
        "grounds": [each._asdict() for each in rationale[1]] if rationale else [],
    }


def nothing() -> Json:
    """The truth about a guideline field that the letter lacks."""
    return {"basis": None, "citations": []}


def determination(case: Case, decisions: list[Json], spans: dict[str, Spot], documents: list[str]) -> Json:
    """The truth about a whole letter; a date is there where ``spans`` tells where it is printed."""
    calendar, physician = case.calendar, case.physician
    dates = {
        "date_assigned": calendar.assigned,
        "date_of_injury": calendar.injury,
        "decision_date": calendar.decided,
        "ur_denial_date": calendar.denial,
        "application_received": calendar.received,
    }
    return {
        "case_number": case.number,
        "template": case.template,
        **{name: value.isoformat() if name in spans else None for name, value in dates.items()},
        "priority": case.priority if "priority" in spans else None,
        "reviewer": {
            "specialties": [*physician.specialties],
            "subspecialties": [*physician.subspecialties],
            "licensed_in": [*physician.states],
        },
        "patient": {
            "age": case.worker.age if "patient.age" in spans else None,
            "sex": case.worker.sex if "patient.sex" in spans else None,
        },
        "decisions": decisions,
        "documents_reviewed": documents,
        "spans": spans,
        "problems": [],
    }
