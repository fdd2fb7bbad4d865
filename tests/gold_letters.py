"""The gold labels as determinations, for tests that must not depend on the reading of letters."""

import json
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from kg.graph import iri
from kg.model import (
    Basis,
    BodyPart,
    Citation,
    Decision,
    Determination,
    DisputedItem,
    Drug,
    Ground,
    GuidelineField,
    Outcome,
    PageRange,
    Patient,
    Priority,
    Quantity,
    Rationale,
    Reviewer,
    Section,
    Service,
    Sex,
    Side,
    Span,
    Specialty,
    Template,
    Unit,
)
from kg.reading.vocabulary import concepts

HERE = Span(0, 1)


def records(shared: Path, name: str = "gold.jsonl") -> list[dict[str, Any]]:
    """The labelled letters as plain JSON."""
    lines = (shared / "gold" / name).read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    labels = (shared / "gold" / "grounds.jsonl").read_text(encoding="utf-8").splitlines()
    grounds = {(one["case"], one["n"]): one["grounds"] for one in map(json.loads, labels)}
    for record in found:
        for n, item in enumerate(record["decisions"], 1):
            item["grounds"] = grounds.get((record["case_number"], n), [])
            # No label says what is recommended: of four items in turn one has an amount, one two, two none.
            item["recommended"] = [[(8, 10)], [(6, 6), (18, 18)], [], []][n % 4]
    return found


def determinations(rows: Iterable[dict[str, Any]]) -> list[Determination]:
    """The labelled letters as the reader would give them, but for spans and section concepts.

    A section has the concept that the slug of its title names.
    """
    return [_determination(row) for row in rows]


@cache
def drug_class(ingredient: str) -> str | None:
    """The label of the class of an ingredient; a dosage form is of none."""
    known = {concept.notation: concept for concept in concepts.read("drugs.ttl").values()}
    concept = known.get(iri.slug(ingredient))
    while concept and concept.broader:
        concept = known[concept.broader]
    return concept.preferred if concept and concept.notation != "form" else None


def edition(citation: dict[str, Any], decided: str | None) -> int | None:
    """The edition of a citation in the paged MTUS guidelines: as printed, or in force on the day."""
    if citation["edition"] is not None:
        return int(citation["edition"])
    if citation["guideline"] == "chronic-pain":
        return 2016 if decided is not None and decided >= "2016-07-28" else 2009
    return None


def section_concept(citation: dict[str, Any], title: str, decided: str | None) -> str:
    """The notation that tests give to a section: its title's slug under its guideline."""
    path = [citation["guideline"]]
    if citation["chapter"] is not None:
        path.append(iri.slug(str(citation["chapter"]).replace("&", "and")))
    elif (year := edition(citation, decided)) is not None and citation["guideline"] not in (
        "acoem-2004",
        "elbow-2007",
    ):
        path.append(str(year))
    return "/".join([*path, iri.slug(title)])


def _determination(row: dict[str, Any]) -> Determination:
    reviewer = row["reviewer"]
    decided = row.get("decision_date")

    def day(key: str) -> date | None:
        return date.fromisoformat(row[key]) if row.get(key) else None

    return Determination(
        case_number=row["case_number"],
        template=Template.SECTIONS if decided else Template.PAGES,
        date_assigned=day("date_assigned"),
        date_of_injury=day("date_of_injury"),
        decision_date=day("decision_date"),
        ur_denial_date=day("ur_denial_date"),
        application_received=day("application_received"),
        priority=Priority(row["priority"]) if row.get("priority") else None,
        reviewer=Reviewer(
            tuple(Specialty(name, iri.slug(name), HERE) for name in reviewer["specialties"]),
            tuple(Specialty(name, iri.slug(name), HERE) for name in reviewer.get("subspecialties", ())),
            tuple(reviewer["licensed_in"]),
        ),
        patient=Patient(
            row["patient"].get("age"), Sex(row["patient"]["sex"]) if row["patient"].get("sex") else None
        ),
        decisions=tuple(_decision(decision, decided) for decision in row["decisions"]),
    )


def _decision(row: dict[str, Any], decided: str | None) -> Decision:
    return Decision(
        item=_item(row),
        outcome=Outcome(row["outcome"]),
        outcome_span=HERE,
        claims_administrator=_field(row["claims_administrator"], decided),
        reviewer=_field(row["reviewer"], decided),
        rationale=Rationale(
            HERE,
            tuple(Quantity(low, high, Unit.VISIT, HERE) for low, high in row.get("recommended", ())),
            grounds=tuple(
                Ground(g["ground"], g["met"], g["quotes"][0], HERE, 1.0) for g in row.get("grounds", ())
            ),
        ),
    )


def _item(row: dict[str, Any]) -> DisputedItem:
    quantity = row["quantity"]
    return DisputedItem(
        text=row["item"],
        span=HERE,
        in_dispute=row["in_dispute"],
        in_dispute_span=HERE,
        original_request=row["original_request"],
        authorized=row["authorized"],
        service=Service(row["category"], row["subcategory"], HERE) if row.get("category") else None,
        body_parts=tuple(
            BodyPart(part["part"], Side(part["side"]) if part["side"] else None, HERE)
            for part in row["body_parts"]
        ),
        quantity=quantity and Quantity(quantity["min"], quantity["max"], Unit(quantity["unit"]), HERE),
        drug=Drug(names := tuple(row["drug"].split("/")), drug_class(names[0]), HERE)
        if row["drug"]
        else None,
        retrospective=row["retrospective"],
        associated_surgical_service=row["associated_surgical_service"],
    )


def _field(row: dict[str, Any], decided: str | None) -> GuidelineField:
    return GuidelineField(
        Basis(row["basis"]) if row["basis"] else None,
        tuple(_citation(citation, decided) for citation in row["citations"]),
    )


def _citation(row: dict[str, Any], decided: str | None) -> Citation:
    year = edition(row, decided)
    return Citation(
        mtus=row["mtus"],
        guideline=row["guideline"],
        edition=row["edition"],
        chapter=row["chapter"],
        sections=tuple(
            Section(title, section_concept(row, title, decided), HERE) for title in row["sections"]
        ),
        pages=tuple(PageRange(first, last, HERE) for first, last in row["pages"]),
        title=row["title"],
        span=HERE,
        inferred_edition=year if row["edition"] is None else None,
    )


def as_declared(letter: Determination) -> Determination:
    """The letter with its sections as printed only, and the specialties that are declared as concepts."""
    declared = {concept.notation for concept in concepts.read("specialties.ttl").values()}

    def known(names: tuple[Specialty, ...]) -> tuple[Specialty, ...]:
        return tuple(s if s.concept in declared else replace(s, concept=None) for s in names)

    def bare(field: GuidelineField) -> GuidelineField:
        return replace(
            field,
            citations=tuple(
                replace(citation, sections=tuple(replace(s, concept=None) for s in citation.sections))
                for citation in field.citations
            ),
        )

    decisions = tuple(
        replace(d, claims_administrator=bare(d.claims_administrator), reviewer=bare(d.reviewer))
        for d in letter.decisions
    )
    who = letter.reviewer
    reviewer = replace(who, specialties=known(who.specialties), subspecialties=known(who.subspecialties))
    return replace(letter, decisions=decisions, reviewer=reviewer)
