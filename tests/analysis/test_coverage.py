"""What a knowledge base says of its own understanding, counted on tables made by hand."""

import pytest

from kg.analysis.coverage import coverage
from kg.base.stored_columns import TABLES
from kg.base.tables import arrow


class Base:
    """The tables of a base, in batches of two rows: what stands together is counted across them."""

    def __init__(self, **tables):
        self._tables = tables

    def rows(self, table, *, columns):
        schema, rows = TABLES[table], self._tables.get(table, ())
        listed = [tuple((dict.fromkeys(schema) | row)[name] for name in schema) for row in rows]
        for two in batched(listed, 2):
            yield arrow.table(two, schema).select(list(columns))


def batched(rows, size):
    return [rows[at : at + size] for at in range(0, len(rows), size)]


@pytest.fixture
def base():
    """Two letters, three items: one of a known guideline's section and pages, one of nothing, one unknown."""
    counts = {"specialties": 0, "unresolved_specialties": 0, "licensed_in": 0, "items": 0, "rationales": 0}
    letters = [
        counts | {"case": "A", "template": "pages", "age": 40, "specialties": 2, "unresolved_specialties": 1,
                  "licensed_in": 1, "items": 2, "rationales": 1, "citations": 2},
        counts | {"case": "B", "template": "sections", "items": 1, "rationales": 1, "citations": 1},
    ]  # fmt: skip
    first = {"case": "A", "item": 1, "template": "pages", "outcome": "upheld", "category": "Other",
             "body_parts": ["neck"]}  # fmt: skip
    second = {"case": "A", "item": 2, "template": "pages", "outcome": "upheld", "category": "Injection"}
    other = {"case": "B", "item": 1, "template": "sections", "outcome": "overturned", "body_parts": [],
             "category": "Injection", "other_grounds": ["The worker was not paid."]}  # fmt: skip
    admin, reviewer = {"party": "claims_administrator"}, {"party": "reviewer"}
    known = {"basis": "mtus", "citation": 1, "guideline": "chronic-pain"}
    facts = [
        first | admin | {"basis": "none_cited"},
        first | reviewer | known | {"section_title": "Opioids", "section": "chronic-pain/2009/opioids"},
        first | reviewer | known | {"section_title": "Strange"},
        first | reviewer | known | {"page": 76},
        first | reviewer | known | {"page": 77},
        first | reviewer | {"basis": "mtus", "citation": 2, "guideline": "other"},
        second | admin,
        second | reviewer,
        other | admin,
        other | reviewer | {"basis": "outside_mtus", "citation": 1, "guideline": "odg"},
    ]
    problem = {"template": "pages", "kind": "unresolved-title", "start": 5, "end": 9}
    problems = [
        problem | {"case": "B", "quote": "Rare", "message": "unknown: Rare"},
        problem | {"case": "A", "quote": "Strange", "message": "unknown: Strange"},
        problem | {"case": "B", "quote": "Strange", "message": "unknown: Strange"},
        problem | {"case": "A", "kind": "bad-pages", "quote": "9-3", "message": "backwards"},
    ]
    return Base(determinations=letters, facts=facts, problems=problems)


def test_the_whole_is_counted(base):
    found = coverage(base)
    assert (found.letters, found.items, found.citations) == (2, 3, 3)


@pytest.mark.parametrize(
    ("field", "counts"),
    [
        ("age", (1, 1, 0, 1)),
        ("reviewer specialties", (2, 1, 1, 1)),
        ("outcome", (3, 3, 0, 0)),
        ("reviewer licences", (1, 1, 0, 1)),
        ("category", (3, 2, 1, 0)),  # "Other" is read, but no category of the list fits
        ("body parts", (1, 1, 0, 2)),
        ("rationale", (2, 2, 0, 1)),
        ("claims administrator basis", (1, 1, 0, 2)),  # "cited nothing" is a basis, a missing field is none
        ("reviewer basis", (2, 2, 0, 1)),
        ("reviewer guideline", (3, 2, 1, 1)),  # one citation, two sections and two pages are one guideline
        ("reviewer sections", (2, 1, 1, 0)),
        ("reviewer pages", (2, 2, 0, 0)),
    ],
)
def test_a_field_is_read_resolved_unresolved_or_absent(base, field, counts):
    totals = {row.field: row[1:] for row in coverage(base).totals()}
    assert totals[field] == counts


def test_each_template_has_its_own_counts(base):
    rows = [(row.template, row.read) for row in coverage(base).fields if row.field == "outcome"]
    assert rows == [("pages", 2), ("sections", 1)]


def test_unknown_wordings_come_by_frequency_with_an_example(base):
    found = coverage(base)
    assert list(found.unresolved) == [
        ("unresolved-title", None, None, "Rare", 1, 1, "B"),
        ("unresolved-title", None, None, "Strange", 1, 1, "B"),
        ("unresolved-section", "chronic-pain", None, "Strange", 1, 1, "A"),  # told once, though a problem too
        (
            "unclassified-ground",
            None,
            None,
            "The worker was not paid.",
            1,
            1,
            "B",
        ),  # once an item, not a party
    ]
    assert [row.kind for row in found.problems] == ["unresolved-title", "bad-pages"]


def test_an_empty_base_has_nothing():
    found = coverage(Base())
    assert (found.letters, found.items, found.fields, found.unresolved) == (0, 0, (), ())
