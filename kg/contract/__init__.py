"""A determination as JSON: the form that ``kg parse`` prints, and its JSON Schema.

:func:`to_json` and :func:`from_json` are inverse to each other. Beside the values stand
what they were read from and how surely: ``*_span`` and ``*_spans`` (half-open offsets in
characters of the letter's text), ``*_concepts`` (notations in ``ontology/``, null where a
title is not in a catalogue), ``pages_inferred`` and ``inferred_edition``. Lists that go
together have the same length and order.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import msgspec

from kg import resources
from kg.contract import clinical, requested
from kg.contract.reasons import grounds_to_json, read_grounds
from kg.errors import SourceError
from kg.model import (
    Allowed,
    Basis,
    Citation,
    Decision,
    Determination,
    DisputedItem,
    DocumentKind,
    Drug,
    GuidelineField,
    Mention,
    Outcome,
    PageRange,
    Patient,
    Priority,
    Problem,
    ProblemKind,
    Rationale,
    Reviewer,
    Section,
    Service,
    Sex,
    Span,
    Specialty,
    Template,
)

Json = dict[str, Any]
"""A JSON object."""

DATES = ("date_assigned", "date_of_injury", "decision_date", "ur_denial_date", "application_received")
"""The keys whose values are dates, in the order of the header table."""


# --- values to JSON ---------------------------------------------------------------------------


def to_json(determination: Determination) -> Json:
    """The determination as a JSON object, ready for :func:`json.dumps`.

    >>> letter = Determination(
    ...     "CM15-0000001", Template.PAGES, None, None, date(2015, 3, 1), None, None, None,
    ...     Reviewer(licensed_in=("Texas",)), Patient(49, Sex.MALE), (),
    ... )
    >>> form = to_json(letter)
    >>> form["decision_date"], form["patient"], form["reviewer"]["licensed_in"]
    ('2015-03-01', {'age': 49, 'sex': 'male'}, ['Texas'])
    """
    d = determination
    reviewer, patient = d.reviewer, d.patient
    return {
        "case_number": d.case_number,
        "kind": d.kind.value,
        "scanned": d.scanned,
        "template": d.template.value,
        "date_assigned": d.date_assigned and d.date_assigned.isoformat(),
        "date_of_injury": d.date_of_injury and d.date_of_injury.isoformat(),
        "decision_date": d.decision_date and d.decision_date.isoformat(),
        "ur_denial_date": d.ur_denial_date and d.ur_denial_date.isoformat(),
        "application_received": d.application_received and d.application_received.isoformat(),
        "priority": d.priority and d.priority.value,
        "reviewer": {
            "specialties": [s.name for s in reviewer.specialties],
            "subspecialties": [s.name for s in reviewer.subspecialties],
            "licensed_in": [*reviewer.licensed_in],
            "specialty_concepts": [s.concept for s in reviewer.specialties],
            "specialty_spans": [[s.span.start, s.span.end] for s in reviewer.specialties],
            "subspecialty_concepts": [s.concept for s in reviewer.subspecialties],
            "subspecialty_spans": [[s.span.start, s.span.end] for s in reviewer.subspecialties],
        },
        "patient": {"age": patient.age, "sex": patient.sex and patient.sex.value},
        "decisions": [_decision(decision) for decision in d.decisions],
        "documents_reviewed": [*d.documents_reviewed],
        "spans": {path: [span.start, span.end] for path, span in d.spans.items()},
        "problems": _problems(d.problems),
        "history": clinical.history(d.history),
    }


_encode = msgspec.json.Encoder().encode


def line(form: Json) -> str:
    """The JSON object ``form`` as one line of text.

    Half of a surrogate pair, which no file in UTF-8 can hold, is escaped.

    >>> line({"case_number": "CM15-0000001", "outcome": None})
    '{"case_number":"CM15-0000001","outcome":null}'
    """
    try:
        return _encode(form).decode()
    except UnicodeEncodeError:
        return json.dumps(form, separators=(",", ":"))


def field_to_json(field: GuidelineField, problems: Iterable[Problem] = ()) -> Json:
    """One guideline field as ``kg cite`` prints it.

    >>> field_to_json(GuidelineField(Basis.NONE_CITED))
    {'basis': 'none_cited', 'citations': [], 'problems': []}
    """
    return {
        "basis": field.basis and field.basis.value,
        "citations": [_citation(citation) for citation in field.citations],
        "problems": _problems(problems),
    }


def _problems(problems: Iterable[Problem]) -> list[Json]:
    return [
        {"kind": p.kind.value, "span": [p.span.start, p.span.end], "message": p.message} for p in problems
    ]


def _decision(decision: Decision) -> Json:
    item, rationale = decision.item, decision.rationale
    service, drug = item.service, item.drug
    return {
        "item": item.text,
        "span": [item.span.start, item.span.end],
        "outcome": decision.outcome and decision.outcome.value,
        "outcome_span": [decision.outcome_span.start, decision.outcome_span.end],
        "in_dispute": item.in_dispute,
        "in_dispute_span": [item.in_dispute_span.start, item.in_dispute_span.end],
        "original_request": item.original_request,
        "authorized": item.authorized,
        "category": service and service.category,
        "subcategory": service and service.subcategory,
        "service_span": service and [service.span.start, service.span.end],
        "body_parts": clinical.body_parts(item.body_parts),
        "quantity": item.quantity and requested.quantity(item.quantity),
        "frequency": item.frequency and requested.frequency(item.frequency),
        "duration": item.duration and requested.time(item.duration),
        "refills": item.refills and requested.refills(item.refills),
        "supply": item.supply and requested.time(item.supply),
        "codes": requested.codes(item.codes) if item.codes else [],
        "drug": drug and "/".join(drug.ingredients),
        "drug_class": drug and drug.drug_class,
        "drug_span": drug and [drug.span.start, drug.span.end],
        "retrospective": item.retrospective,
        "associated_surgical_service": item.associated_surgical_service,
        "conditions": clinical.conditions(item.conditions),
        "claims_administrator": _field(decision.claims_administrator),
        "reviewer": _field(decision.reviewer),
        "rationale": rationale
        and {
            "span": [rationale.span.start, rationale.span.end],
            "recommended": [requested.quantity(quantity) for quantity in rationale.recommended],
            "mentions": [_mention(mention) for mention in rationale.mentions],
            "cues": grounds_to_json(rationale.cues),
        },
        "grounds": grounds_to_json(rationale.grounds) if rationale else [],
        "allowed": decision.allowed and _allowed(decision.allowed),
    }


def _allowed(allowed: Allowed) -> Json:
    """The amounts recommended against the quantity; each has its span in ``rationale.recommended``."""
    return {
        "min": requested.number(allowed.minimum),
        "max": requested.number(allowed.maximum),
        "unit": allowed.unit.value,
        "exceeded": allowed.exceeded,
    }


def _field(field: GuidelineField) -> Json:
    return {
        "basis": field.basis and field.basis.value,
        "citations": [_citation(citation) for citation in field.citations],
        "span": field.span and [field.span.start, field.span.end],
    }


def _citation(citation: Citation) -> Json:
    c, sections, pages = citation, citation.sections, citation.pages
    return {  # most lists are empty, and a comprehension is a call
        "mtus": c.mtus,
        "guideline": c.guideline,
        "edition": c.edition,
        "chapter": c.chapter,
        "sections": [s.title for s in sections] if sections else [],
        "pages": [[p.first, p.last] for p in pages] if pages else [],
        "title": c.title,
        "span": [c.span.start, c.span.end],
        "inferred_edition": c.inferred_edition,
        "section_concepts": [s.concept for s in sections] if sections else [],
        "section_spans": [[s.span.start, s.span.end] for s in sections] if sections else [],
        "pages_inferred": [p.inferred for p in pages] if pages else [],
        "page_spans": [[p.span.start, p.span.end] for p in pages] if pages else [],
    }


def _mention(mention: Mention) -> Json:
    pages = mention.pages
    return {
        "text": mention.text,
        "guideline": mention.guideline,
        "chapter": mention.chapter,
        "pages": [[p.first, p.last] for p in pages] if pages else [],
        "pages_inferred": [p.inferred for p in pages] if pages else [],
        "page_spans": [[p.span.start, p.span.end] for p in pages] if pages else [],
        "span": [mention.span.start, mention.span.end],
    }


# --- JSON to values ---------------------------------------------------------------------------


def from_json(form: Mapping[str, Any]) -> Determination:
    """The determination that :func:`to_json` made ``form`` of.

    Raises:
        SourceError: a key is missing or a value is not of the form; :func:`schema` tells it.
    """
    try:
        return _read_determination(form)
    except KeyError as error:
        raise SourceError(f"not a determination in JSON: missing key {error}") from error
    except (AttributeError, TypeError, ValueError) as error:
        raise SourceError(f"not a determination in JSON: {error}") from error


def _read_determination(form: Mapping[str, Any]) -> Determination:
    reviewer, patient = form["reviewer"], form["patient"]
    dates = {key: date.fromisoformat(form[key]) if form[key] is not None else None for key in DATES}
    return Determination(
        case_number=form["case_number"],
        kind=DocumentKind(form["kind"]),
        scanned=form["scanned"],
        template=Template(form["template"]),
        priority=None if form["priority"] is None else Priority(form["priority"]),
        reviewer=Reviewer(
            _read_specialties(reviewer, "specialties", "specialty"),
            _read_specialties(reviewer, "subspecialties", "subspecialty"),
            tuple(reviewer["licensed_in"]),
        ),
        patient=Patient(patient["age"], None if patient["sex"] is None else Sex(patient["sex"])),
        decisions=tuple(map(_read_decision, form["decisions"])),
        documents_reviewed=tuple(form["documents_reviewed"]),
        spans={path: Span(*span) for path, span in form["spans"].items()},
        problems=tuple(
            Problem(ProblemKind(p["kind"]), Span(*p["span"]), p["message"]) for p in form["problems"]
        ),
        history=clinical.read_history(form["history"]),
        **dates,
    )


def _read_specialties(reviewer: Json, key: str, stem: str) -> tuple[Specialty, ...]:
    rows = zip(reviewer[key], reviewer[f"{stem}_concepts"], reviewer[f"{stem}_spans"], strict=True)
    return tuple(Specialty(name, concept, Span(*span)) for name, concept, span in rows)


def _read_decision(form: Json) -> Decision:
    rationale = form["rationale"]
    return Decision(
        item=_read_item(form),
        outcome=form["outcome"] and Outcome(form["outcome"]),
        outcome_span=Span(*form["outcome_span"]),
        claims_administrator=_read_field(form["claims_administrator"]),
        reviewer=_read_field(form["reviewer"]),
        rationale=rationale
        and Rationale(
            Span(*rationale["span"]),
            tuple(map(requested.read_quantity, rationale["recommended"])),
            tuple(map(_read_mention, rationale["mentions"])),
            read_grounds(form["grounds"]),
            read_grounds(rationale["cues"]),
        ),
    )


def _read_item(form: Json) -> DisputedItem:
    category, drug = form["category"], form["drug"]
    return DisputedItem(
        text=form["item"],
        span=Span(*form["span"]),
        in_dispute=form["in_dispute"],
        in_dispute_span=Span(*form["in_dispute_span"]),
        original_request=form["original_request"],
        authorized=form["authorized"],
        service=category and Service(category, form["subcategory"], Span(*form["service_span"])),
        body_parts=clinical.read_body_parts(form["body_parts"]),
        quantity=form["quantity"] and requested.read_quantity(form["quantity"]),
        drug=drug and Drug(tuple(drug.split("/")), form["drug_class"], Span(*form["drug_span"])),
        retrospective=form["retrospective"],
        associated_surgical_service=form["associated_surgical_service"],
        conditions=clinical.read_conditions(form["conditions"]),
        frequency=form["frequency"] and requested.read_frequency(form["frequency"]),
        duration=form["duration"] and requested.read_time(form["duration"]),
        refills=form["refills"] and requested.read_refills(form["refills"]),
        supply=form["supply"] and requested.read_time(form["supply"]),
        codes=requested.read_codes(form["codes"]),
    )


def _read_field(form: Json) -> GuidelineField:
    return GuidelineField(
        form["basis"] and Basis(form["basis"]),
        tuple(map(_read_citation, form["citations"])),
        form["span"] and Span(*form["span"]),
    )


def _read_citation(form: Json) -> Citation:
    sections = zip(form["sections"], form["section_concepts"], form["section_spans"], strict=True)
    return Citation(
        mtus=form["mtus"],
        guideline=form["guideline"],
        edition=form["edition"],
        chapter=form["chapter"],
        sections=tuple(Section(title, concept, Span(*span)) for title, concept, span in sections),
        pages=_read_pages(form),
        title=form["title"],
        span=Span(*form["span"]),
        inferred_edition=form["inferred_edition"],
    )


def _read_pages(form: Json) -> tuple[PageRange, ...]:
    rows = zip(form["pages"], form["page_spans"], form["pages_inferred"], strict=True)
    return tuple(PageRange(first, last, Span(*span), inferred) for (first, last), span, inferred in rows)


def _read_mention(form: Json) -> Mention:
    return Mention(form["text"], form["guideline"], form["chapter"], _read_pages(form), Span(*form["span"]))


# --- the form ---------------------------------------------------------------------------------


def schema() -> Json:
    """The JSON Schema (draft 2020-12) of what :func:`to_json` makes.

    Its ``$defs`` hold ``cited``, the form of :func:`field_to_json`. A fresh object each time.

    >>> schema()["title"]
    'Determination'
    """
    form: Json = json.loads(resources.text("ontology", "determination.schema.json"))
    return form
