"""One set of names: what each idea is called in the ontology, in JSON, in tables and in commands.

The reference prints the table, and ``tests/test_names.py`` holds every answer and every table to it.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Idea:
    """What an idea is called: space between names where a form splits it; empty where a form lacks it."""

    about: str
    term: str
    letter: str
    """In the JSON of a letter (``kg parse``, ``/api/cases/CASE``, ``kg schema``) and of its Python value."""
    row: str
    """In rows of JSON and CSV, the same for commands, API, pages and Python."""
    facts: str
    filtered: str
    """The filter: a parameter of the API and of Python, with dashes an option of commands."""


IDEAS = (
    Idea("case number", "caseNumber", "case_number", "case", "case", ""),
    Idea("outcome of an item", "outcome", "outcome", "outcome", "outcome", ""),
    Idea(
        "day of the decision",
        "decisionDate",
        "decision_date",
        "decision_date",
        "decision_date year",
        "decision_date year",
    ),
    Idea("day of the injury", "dateOfInjury", "date_of_injury", "", "date_of_injury", ""),
    Idea("day of the denial", "urDenialDate", "ur_denial_date", "", "ur_denial_date", ""),
    Idea(
        "day of the application",
        "applicationReceived",
        "application_received",
        "",
        "application_received",
        "",
    ),
    Idea("day of the assignment", "dateAssigned", "date_assigned", "", "date_assigned", ""),
    Idea("template of the letter", "template", "template", "template", "template", "template"),
    Idea("priority of the review", "priority", "priority", "priority", "priority", "priority"),
    Idea("kind of the document", "documentKind", "kind", "", "kind", ""),
    Idea("item as printed", "itemText", "item", "text", "item_text", ""),
    Idea("position of the item", "position", "", "item", "item", ""),
    Idea(
        "kind of service",
        "service",
        "category subcategory",
        "service category subcategory",
        "category subcategory",
        "category subcategory",
    ),
    Idea("drug", "drug", "drug", "drug", "drug", "drug"),
    Idea("class of the drug", "drugClass", "drug_class", "drug_class", "drug_class", ""),
    Idea("body part", "bodyPart", "body_parts", "body_part", "body_parts", "body_part"),
    Idea(
        "quantity",
        "quantityMinimum quantityMaximum quantityUnit",
        "quantity",
        "quantity",
        "quantity_min quantity_max quantity_unit",
        "quantity quantity_unit",
    ),
    Idea("ground", "ground groundClass", "grounds", "ground", "grounds", "ground"),
    Idea(
        "party that cites",
        "claimsAdministratorCitation reviewerCitation",
        "claims_administrator reviewer",
        "party",
        "party",
        "",
    ),
    Idea("guideline cited", "citesGuideline", "guideline", "guideline", "guideline", "guideline"),
    Idea(
        "edition of the guideline",
        "year editionInferred",
        "edition inferred_edition",
        "edition",
        "edition edition_inferred",
        "edition",
    ),
    Idea("chapter cited", "chapterNumber", "chapter", "chapter", "chapter", ""),
    Idea("section cited", "citesSection sectionTitle", "sections", "section", "section section_title", ""),
    Idea("page cited", "citesPage", "pages", "page", "page", ""),
    Idea(
        "specialty of the reviewer",
        "specialty specialtyName",
        "specialties",
        "specialty",
        "specialties",
        "specialty",
    ),
    Idea("licence of the reviewer", "licensedIn", "licensed_in", "licence", "licensed_in", "licence"),
    Idea("age of the worker", "workerAge", "age", "age", "age", "age"),
    Idea("sex of the worker", "workerSex", "sex", "sex", "sex", "sex"),
)

LINKS = frozenset({"iri", "node", "id", "from", "to", "source", "target", "part_of", "figure"})
"""Fields that hold a thing of any kind: its IRI, or its node in the graph."""
ANY = frozenset(
    {"value", "text", "label", "columns", "default", "key", "values", "results", "kind", "example"}
)
"""Fields that hold whatever is asked about, beside a field that says what it is."""

FORMS = {
    "case number": re.compile(r"(?:CM)\d\d-\d{7}"),
    "outcome of an item": re.compile(r"upheld|overturned|modified"),
    "party that cites": re.compile(r"reviewer|claims_administrator"),
    "day": re.compile(r"\d{4}-\d\d-\d\d"),
}
"""Ideas whose values can be recognized wherever they stand."""


def named(idea: Idea) -> set[str]:
    """All that an idea is called in JSON and tables."""
    return {name for part in (idea.letter, idea.row, idea.facts, idea.filtered) for name in part.split()}
