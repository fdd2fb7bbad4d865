import gold_letters
import pyoxigraph as ox
import pytest
from msgspec.structs import replace

from kg.base import graphs
from kg.base.upkeep import validate
from kg.base.upkeep.validate import Finding, Report
from kg.graph import iri, page_triples
from kg.graph.triples import n_triples
from kg.model import (
    Citation,
    Decision,
    Determination,
    DisputedItem,
    GuidelineField,
    Outcome,
    PageRange,
    Patient,
    Rationale,
    Reviewer,
    Span,
    Template,
)

HERE = Span(1, 2)
CITATION = Citation(True, "acoem-2004", 2004, 12, (), (PageRange(303, 304, HERE),), None, HERE)
LETTER = Determination(
    "A",
    Template.PAGES,
    *[None] * 6,
    Reviewer(),
    Patient(),
    (
        Decision(
            DisputedItem("A cane", HERE, "A cane", HERE),
            Outcome.UPHELD,
            HERE,
            GuidelineField("mtus", (CITATION,)),
            GuidelineField("mtus", (CITATION,)),
            Rationale(HERE),
        ),
    ),
)
CASES = ("A", "B", "C")


# Of the guidelines only the few that the letters cite: thousands of sections take seconds to check.
GUIDELINES = f"<{iri.BASE}guideline/".encode()
CITED = tuple(GUIDELINES + name for name in (b"mtus>", b"acoem-2004>", b"acoem-2004/12>"))
CATALOGUE = [
    line
    for line in graphs.catalogue().splitlines(keepends=True)
    if line.startswith(CITED) or not line.startswith(GUIDELINES)
]


def case(path):
    return ox.NamedNode(f"{iri.BASE}case/{path}")


def term(name):
    return ox.NamedNode(f"{iri.ONTOLOGY}#{name}")


@pytest.fixture
def store():
    store = ox.Store()
    text = "".join(n_triples(replace(LETTER, case_number=name), "1") for name in CASES)
    text += page_triples.descriptions(page_triples.pointed_to(text.encode()))
    store.load(text.encode() + b"".join(CATALOGUE), format=ox.RdfFormat.N_TRIPLES)
    return store


def faults(report):
    return {(finding.case, finding.severity, finding.message) for finding in report.findings}


def test_a_sound_base(store):
    report = validate.validate_store(store, CASES)
    assert report.sound
    assert str(report) == "3 letters checked: 0 violations, 0 warnings"


PLANTED = [
    (
        "B/reviewer",
        ox.NamedNode("http://xmlns.com/foaf/0.1/name"),
        ox.Literal("Somebody"),
        "B",
        "A reviewer lies under the case's IRI and has credentials only, no name and nothing else by which"
        " a person can be told (Labor Code 4610.6(f)).",
    ),
    (
        "B/item/1",
        term("outcome"),
        ox.NamedNode(f"{iri.BASE}outcome/overturned"),
        "B",
        "A disputed item has one outcome, upheld, overturned or modified, or none that could be read.",
    ),
    (
        "C/item/1/reviewer/citation/7",  # nothing leads to it
        ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"),
        term("Citation"),
        "C",
        "A citation is made by a party for a disputed item.",
    ),
    (
        "D",  # a letter that the base does not know
        ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"),
        term("Determination"),
        "D",
        "A determination decides at least one disputed item.",
    ),
]


@pytest.mark.parametrize(("subject", "predicate", "value", "named", "message"), PLANTED)
def test_a_planted_fault_is_found_and_its_case_named(store, subject, predicate, value, named, message):
    store.add(ox.Quad(case(subject), predicate, value))
    report = validate.validate_store(store, CASES)
    assert (named, "violation", message) in faults(report)
    assert {finding.case for finding in report.findings} == {named}
    assert not report.sound


def test_all_planted_faults_are_found_together(store):
    for subject, predicate, value, _, _ in PLANTED:
        store.add(ox.Quad(case(subject), predicate, value))
    found = {(name, message) for name, _, message in faults(validate.validate_store(store, CASES))}
    assert {(named, message) for *_, named, message in PLANTED} <= found


def test_two_letters_that_share_a_reviewer(store):
    store.add(ox.Quad(case("A/review"), term("reviewer"), case("B/reviewer")))
    found = faults(validate.validate_store(store, CASES))
    assert (
        "B",
        "violation",
        "A reviewer belongs to one review: reviewers are never shared by letters.",
    ) in found


def test_a_page_without_number(store):
    page = ox.NamedNode(iri.page("acoem-2004", 303))
    for quad in list(store.quads_for_pattern(page, term("pageNumber"), None)):
        store.remove(quad)
    assert faults(validate.validate_store(store, CASES)) == {(None, "violation", "A page has one number.")}


def test_an_unknown_guideline_is_a_warning(store):
    citation = case("A/item/1/reviewer/citation/1")
    for quad in list(store.quads_for_pattern(citation, term("citesGuideline"), None)):
        store.remove(quad)
    store.add(ox.Quad(citation, term("citesGuideline"), ox.NamedNode(f"{iri.BASE}guideline/unheard-of")))
    report = validate.validate_store(store, CASES)
    assert report.sound
    assert faults(report) == {
        ("A", "warning", "The guideline is not in ontology/guidelines.ttl; add it there.")
    }


def test_only_the_cases_asked_for_are_checked(store):
    store.add(ox.Quad(case("B"), term("workerAge"), ox.Literal("forty")))
    steps = []
    report = validate.validate_store(store, ["A"], whole=False, on_progress=lambda *step: steps.append(step))
    assert (report.letters, report.findings, steps) == (1, (), [(1, 1)])


def test_a_finding_reads_as_a_line():
    finding = Finding(
        "A", "violation", f"{iri.BASE}case/A", f"{iri.ONTOLOGY}#workerAge", "forty", "The age is a number."
    )
    assert str(Report(1, (finding,))).splitlines() == [
        "1 letters checked: 1 violations, 0 warnings",
        "case/A: violation: The age is a number. (workerAge, found forty)",
    ]


@pytest.mark.long
@pytest.mark.parametrize("name", ["gold.jsonl", "gold-pages.jsonl"])
def test_the_real_letters_conform(shared, name):
    letters = gold_letters.determinations(gold_letters.records(shared, name))
    text = "".join(n_triples(gold_letters.as_declared(letter), "1") for letter in letters)
    store = ox.Store()
    text += page_triples.descriptions(page_triples.pointed_to(text.encode()))
    store.load(text.encode() + graphs.catalogue(), format=ox.RdfFormat.N_TRIPLES)
    assert validate.validate_store(store, [letter.case_number for letter in letters]).findings == ()
