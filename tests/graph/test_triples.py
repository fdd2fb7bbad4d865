import re
from datetime import date

import gold_letters
import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kg.errors import IriError
from kg.graph import iri, page_triples
from kg.graph.triples import escaped, n_triples, statements
from kg.model import (
    Basis,
    BodyPart,
    Citation,
    Code,
    CodeSystem,
    Decision,
    Determination,
    DisputedItem,
    DocumentKind,
    Drug,
    Frequency,
    GuidelineField,
    Outcome,
    PageRange,
    Patient,
    Priority,
    Quantity,
    Rationale,
    Refills,
    Reviewer,
    Section,
    Service,
    Sex,
    Side,
    Span,
    Specialty,
    Template,
    TimeSpan,
    TimeUnit,
    Unit,
)

HERE = Span(3, 9)

LETTER = Determination(
    case_number="CM16-0000001",
    template=Template.PAGES,
    date_assigned=date(2016, 1, 4),
    date_of_injury=None,
    decision_date=date(2016, 2, 1),
    ur_denial_date=None,
    application_received=None,
    priority=Priority.STANDARD,
    reviewer=Reviewer(
        specialties=(
            Specialty("Orthopedic Surgery", "orthopedic-surgery", HERE),
            Specialty("Spaceflight Medicine", None, HERE),
        ),
        licensed_in=("California",),
    ),
    patient=Patient(49, Sex.FEMALE),
    decisions=(
        Decision(
            item=DisputedItem(
                text='Therapy for the left "trick" knee, 12-18 visits',
                span=Span(100, 147),
                in_dispute="12-18 visits",
                in_dispute_span=HERE,
                service=Service("Rehabilitation", "Chiropractic", HERE),
                body_parts=(BodyPart("knee", Side.LEFT, HERE), BodyPart("low back", None, HERE)),
                quantity=Quantity(12, 18, Unit.VISIT, HERE),
                drug=Drug(("hydrocodone", "acetaminophen"), None, HERE),
                retrospective=True,
                frequency=Frequency(2, 3, 4, 6, TimeUnit.WEEK, HERE),
                duration=TimeSpan(1, 1.5, TimeUnit.YEAR, HERE),
                refills=Refills(0, 2, HERE),
                supply=TimeSpan(30, 30, TimeUnit.DAY, HERE),
                codes=tuple(Code(system, f"1{n}", HERE) for n, system in enumerate(CodeSystem)),
            ),
            outcome=Outcome.OVERTURNED,
            outcome_span=HERE,
            claims_administrator=GuidelineField(Basis.NONE_CITED),
            reviewer=GuidelineField(
                Basis.MTUS_AND_OTHER,
                (
                    Citation(
                        True,
                        "chronic-pain",
                        None,
                        None,
                        (Section("Physical Medicine", "chronic-pain/2009/physical-medicine", HERE),),
                        (PageRange(98, 99, HERE, inferred=True),),
                        None,
                        Span(200, 240),
                        inferred_edition=2009,
                    ),
                    Citation(
                        False,
                        "odg",
                        None,
                        "Knee & Leg",
                        (Section("Manipulation", None, HERE),),
                        (),
                        None,
                        Span(241, 260),
                    ),
                    Citation(
                        False,
                        "other",
                        None,
                        None,
                        (),
                        (PageRange(5, 6, HERE),),
                        "A journal",
                        Span(261, 280),
                    ),
                ),
            ),
            rationale=Rationale(Span(300, 400)),
        ),
    ),
)

EXPECTED = """
CASE rdf:type imr:Determination
CASE imr:caseNumber "CM16-0000001"
CASE imr:template <template/pages>
CASE imr:dateAssigned "2016-01-04"^^xsd:date
CASE imr:decisionDate "2016-02-01"^^xsd:date
CASE imr:priority <priority/standard>
CASE imr:workerAge "49"^^xsd:integer
CASE imr:workerSex <sex/female>
CASE imr:readBy <run/0.1.0>
CASE imr:review CASE/review
CASE/review rdf:type imr:Review
CASE/review imr:reviewer CASE/reviewer
CASE/reviewer rdf:type imr:Reviewer
CASE/reviewer imr:specialty <specialty/orthopedic-surgery>
CASE/reviewer imr:specialtyName "Spaceflight Medicine"
CASE/reviewer imr:licensedIn "California"
CASE imr:disputedItem CASE/item/1
CASE/item/1 rdf:type imr:DisputedItem
CASE/item/1 imr:position "1"^^xsd:integer
CASE/item/1 imr:outcome <outcome/overturned>
CASE/item/1 oa:start "100"^^xsd:integer
CASE/item/1 oa:end "147"^^xsd:integer
CASE/item/1 imr:itemText "Therapy for the left \\"trick\\" knee, 12-18 visits"
CASE/item/1 imr:inDispute "12-18 visits"
CASE/item/1 imr:service <service/rehabilitation/chiropractic>
CASE/item/1 imr:drug <drug/hydrocodone>
CASE/item/1 imr:drug <drug/acetaminophen>
CASE/item/1 imr:leftBodyPart <body-part/knee>
CASE/item/1 imr:bodyPart <body-part/low-back>
CASE/item/1 imr:quantityMinimum "12"^^xsd:decimal
CASE/item/1 imr:quantityMaximum "18"^^xsd:decimal
CASE/item/1 imr:quantityUnit <unit/visit>
CASE/item/1 imr:timesMinimum "2"^^xsd:decimal
CASE/item/1 imr:timesMaximum "3"^^xsd:decimal
CASE/item/1 imr:periodMinimum "4"^^xsd:decimal
CASE/item/1 imr:periodMaximum "6"^^xsd:decimal
CASE/item/1 imr:periodUnit <unit/week>
CASE/item/1 imr:durationMinimum "1"^^xsd:decimal
CASE/item/1 imr:durationMaximum "1.5"^^xsd:decimal
CASE/item/1 imr:durationUnit <unit/year>
CASE/item/1 imr:refillsMinimum "0"^^xsd:decimal
CASE/item/1 imr:refillsMaximum "2"^^xsd:decimal
CASE/item/1 imr:supplyMinimum "30"^^xsd:decimal
CASE/item/1 imr:supplyMaximum "30"^^xsd:decimal
CASE/item/1 imr:supplyUnit <unit/day>
CASE/item/1 imr:procedureCode "10"
CASE/item/1 imr:procedureCode "11"
CASE/item/1 imr:diagnosisCode "12"
CASE/item/1 imr:diagnosisCode "13"
CASE/item/1 imr:packageCode "14"
CASE/item/1 imr:retrospective "true"^^xsd:boolean
CASE/item/1 imr:claimsAdministratorBasis <basis/none-cited>
CASE/item/1 imr:reviewerBasis <basis/mtus-and-other>
CASE/item/1 imr:reviewerCitation CASE/item/1/reviewer/citation/1
CASE/item/1 imr:reviewerCitation CASE/item/1/reviewer/citation/2
CASE/item/1 imr:reviewerCitation CASE/item/1/reviewer/citation/3
CASE/item/1/reviewer/citation/1 rdf:type imr:Citation
CASE/item/1/reviewer/citation/1 imr:citesGuideline <guideline/chronic-pain/2009>
CASE/item/1/reviewer/citation/1 oa:start "200"^^xsd:integer
CASE/item/1/reviewer/citation/1 oa:end "240"^^xsd:integer
CASE/item/1/reviewer/citation/1 imr:editionInferred "true"^^xsd:boolean
CASE/item/1/reviewer/citation/1 imr:citesSection <guideline/chronic-pain/2009/physical-medicine>
CASE/item/1/reviewer/citation/1 imr:citesPage <guideline/chronic-pain/2009/page/98>
CASE/item/1/reviewer/citation/1 imr:citesPage <guideline/chronic-pain/2009/page/99>
CASE/item/1/reviewer/citation/1 imr:pagesInferred "true"^^xsd:boolean
CASE/item/1/reviewer/citation/2 rdf:type imr:Citation
CASE/item/1/reviewer/citation/2 imr:citesGuideline <guideline/odg/knee-and-leg>
CASE/item/1/reviewer/citation/2 oa:start "241"^^xsd:integer
CASE/item/1/reviewer/citation/2 oa:end "260"^^xsd:integer
CASE/item/1/reviewer/citation/2 imr:outsideMtus "true"^^xsd:boolean
CASE/item/1/reviewer/citation/2 imr:sectionTitle "Manipulation"
CASE/item/1/reviewer/citation/3 rdf:type imr:Citation
CASE/item/1/reviewer/citation/3 imr:citesGuideline <guideline/other>
CASE/item/1/reviewer/citation/3 oa:start "261"^^xsd:integer
CASE/item/1/reviewer/citation/3 oa:end "280"^^xsd:integer
CASE/item/1/reviewer/citation/3 imr:outsideMtus "true"^^xsd:boolean
CASE/item/1/reviewer/citation/3 imr:citedTitle "A journal"
CASE/item/1/reviewer/citation/3 imr:printedPages "5-6"
CASE/item/1 imr:rationale CASE/item/1/rationale
CASE/item/1/rationale rdf:type imr:Rationale
CASE/item/1/rationale oa:start "300"^^xsd:integer
CASE/item/1/rationale oa:end "400"^^xsd:integer
"""

PREFIXES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "oa": "http://www.w3.org/ns/oa#",
    "imr": f"{iri.BASE}ontology#",
}


def parsed(text):
    return set(ox.parse(text.encode(), format=ox.RdfFormat.N_TRIPLES))


def written_out(short):
    prefixes = "".join(f"PREFIX {name}: <{namespace}>\n" for name, namespace in PREFIXES.items())
    lines = [
        re.sub(r"\bCASE(\S*)", rf"<{iri.BASE}case/CM16-0000001\1>", line) + " ."
        for line in short.strip().splitlines()
    ]
    turtle = prefixes + "\n".join(lines)
    return set(ox.parse(turtle.encode(), format=ox.RdfFormat.TURTLE, base_iri=iri.BASE))


def test_a_whole_letter():
    expected = written_out(EXPECTED)
    found = parsed(n_triples(LETTER, "0.1.0"))
    assert found - expected == set()
    assert expected - found == set()


def test_another_kind_of_document_is_stated():
    plain = statements(LETTER)
    amended = statements(replace(LETTER, kind=DocumentKind.AMENDED))
    (more,) = set(amended) - set(plain)
    assert more.endswith("documentKind> <https://w3id.org/imr-kg/document-kind/amended-determination>")


def test_a_letter_that_says_nothing():
    bare = Determination("A", Template.PAGES, None, None, None, None, None, None, Reviewer(), Patient(), ())
    assert len(parsed(n_triples(bare))) == 7


def test_no_case_number_no_triples():
    bare = Determination(None, Template.PAGES, None, None, None, None, None, None, Reviewer(), Patient(), ())
    with pytest.raises(IriError, match=r"without a case number"):
        n_triples(bare)


def test_a_misprinted_range_is_kept_as_printed():
    citation = Citation(True, "acoem-2004", 2004, 12, (), (PageRange(3, 99_999, HERE),), None, HERE)
    field = GuidelineField(Basis.MTUS, (citation,))
    item = DisputedItem("A cane", HERE, "A cane", HERE)
    decision = Decision(item, Outcome.UPHELD, HERE, field, GuidelineField(None), None)
    letter = Determination(
        "A", Template.PAGES, None, None, None, None, None, None, Reviewer(), Patient(), (decision,)
    )
    assert '"3-99999"' in n_triples(letter)


@settings(deadline=None)
@given(st.text(st.characters()))
def test_any_text_survives_but_half_surrogates(text):
    quad = next(iter(parsed(f'<x:s> <x:p> "{escaped(text)}" .')))
    assert quad.object.value == re.sub("[\ud800-\udfff]", "\ufffd", text)


@pytest.mark.parametrize("name", ["gold.jsonl", "gold-pages.jsonl"])
def test_every_subject_lies_under_its_case(shared, name):
    for letter in gold_letters.determinations(gold_letters.records(shared, name)):
        own = iri.case(letter.case_number)
        subjects = {quad.subject.value for quad in parsed(n_triples(letter, "0.1.0"))}
        assert all(subject == own or subject.startswith(f"{own}/") for subject in subjects)


@pytest.mark.parametrize(("name", "most"), [("gold.jsonl", 122), ("gold-pages.jsonl", 129)])
def test_the_graph_stays_small(shared, name, most):
    """Two items, five citations and five grounds of seven triples, and for some items a limit of three."""
    letters = gold_letters.determinations(gold_letters.records(shared, name))
    assert sum(len(parsed(n_triples(letter, "0.1.0"))) for letter in letters) / len(letters) <= most


def test_pages_and_runs_are_described_once():
    text = n_triples(LETTER, "0.1.0").encode()
    shared = {iri.run("0.1.0"), *(iri.page("chronic-pain/2009", number) for number in (98, 99))}
    assert page_triples.pointed_to(text) == page_triples.pointed_to(text + text) == shared
    described = page_triples.descriptions(shared)
    assert len(parsed(described)) == len(described.splitlines()) == 8
    assert page_triples.described(described.encode()) == shared
