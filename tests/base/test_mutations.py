"""One fault of a reader at a time: each is found by its own rule, and by no other."""

import re
from datetime import date

import owlrl
import pyoxigraph as ox
import pyshacl
import pytest
from msgspec.structs import replace
from rdflib import SH, XSD, Graph, Literal

from kg import resources
from kg.base import graphs
from kg.base.upkeep import validate
from kg.graph import iri, page_triples
from kg.graph.triples import n_triples
from kg.graph.vocab import IMR
from kg.model import (
    BodyPart,
    Citation,
    Code,
    CodeSystem,
    Decision,
    Determination,
    DisputedItem,
    Drug,
    Frequency,
    Ground,
    GuidelineField,
    Mention,
    Outcome,
    PageRange,
    Patient,
    Problem,
    ProblemKind,
    Quantity,
    Rationale,
    Refills,
    Reviewer,
    Section,
    Service,
    Side,
    Span,
    Specialty,
    Template,
    TimeSpan,
    TimeUnit,
    Unit,
)

HERE, THERE = Span(1, 2), Span(10, 20)
ACOEM = Citation(True, "acoem-2004", 2004, 12, (), (PageRange(303, 304, HERE),), None, HERE)
CHRONIC = Citation(
    True,
    "chronic-pain",
    2009,
    None,
    (Section("Physical Medicine", "chronic-pain/2009/physical-medicine", HERE),),
    (),
    None,
    HERE,
)
DECISION = Decision(
    DisputedItem(
        "Norco, 12 visits",
        HERE,
        "Norco, 12 visits",
        HERE,
        service=Service("Pharmaceuticals", "Opioids", HERE),
        drug=Drug(("Hydrocodone",), "Opioids", HERE),
        body_parts=(
            BodyPart("Knee", Side.LEFT, HERE),
            BodyPart("Elbow", None, HERE),  # not in the midline: owlrl takes true for 1
        ),
        quantity=Quantity(77, 77, Unit.VISIT, HERE),
        frequency=Frequency(71, 72, 73, 74, TimeUnit.WEEK, HERE),
        duration=TimeSpan(75, 76, TimeUnit.WEEK, HERE),
        refills=Refills(78, 79, HERE),
        supply=TimeSpan(81, 82, TimeUnit.DAY, HERE),
        codes=(
            Code(CodeSystem.CPT, "97110", HERE),
            Code(CodeSystem.ICD_10, "M54.5", HERE),
            Code(CodeSystem.NDC, "00406-0125-01", HERE),
        ),
    ),
    Outcome.UPHELD,
    HERE,
    GuidelineField("mtus", (ACOEM,)),
    GuidelineField("mtus", (ACOEM, CHRONIC)),
    Rationale(
        THERE,
        (),
        (Mention("ACOEM", "acoem-2004", 12, (), HERE),),
        (Ground("dependent", False, "No records", Span(12, 14), 0.9),),
    ),
)
LETTER = Determination(
    "A",
    Template.PAGES,
    date(2015, 5, 1),
    date(2012, 1, 1),
    date(2015, 6, 1),
    date(2015, 3, 1),
    date(2015, 4, 1),
    None,
    Reviewer((Specialty("Orthopedic Surgery", "orthopedic-surgery", HERE),), (), ("California",)),
    Patient(40),
    (DECISION, DECISION),
    problems=(Problem(ProblemKind.MISPRINT, HERE, "a misprint"),),
)
TYPE, SUBJECT = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", "A/item/1"
CITATION = "A/item/1/reviewer/citation/1"
SECTIONED = "A/item/1/reviewer/citation/2"
PAGE = "guideline/acoem-2004/page/303"

# A node under /case/ (or /guideline/), a property, its value instead (None: gone), and what is said.
REPLACED = [
    (SUBJECT, "service", "<body-part/knee>", "A disputed item has at most one service"),
    (SUBJECT, "service", "<service/astrology>", "A disputed item has at most one service"),
    (SUBJECT, "drug", "<service/surgery>", "A drug is a declared concept"),
    (SUBJECT, "drug", "<drug/snake-oil>", "A drug is a declared concept"),
    (SUBJECT, "drugClass", "<body-part/knee>", "A drug class is one declared concept"),
    (SUBJECT, "drugClass", "<drug/astrology>", "A drug class is one declared concept"),
    (SUBJECT, "bodyPart", "<drug/opioids>", "A body part is a declared concept"),
    (SUBJECT, "bodyPart", "<body-part/tail>", "A body part is a declared concept"),
    (SUBJECT, "leftBodyPart", "<drug/opioids>", "A left body part is a declared concept"),
    (SUBJECT, "quantityUnit", "<body-part/knee>", "The unit of a quantity is one concept"),
    (
        "A/item/1/rationale/mention/1",
        TYPE,
        None,
        "What a rationale mentions is a mention, and is said to be one.",
    ),
    ("A/item/1/rationale/mention/1", "mentionsGuideline", "<drug/opioids>", "A mention is of one guideline"),
    ("A/item/1/rationale/mention/1", "oa:exact", None, "A mention has the words"),
    ("A/problem/1", TYPE, None, "A problem of a determination is a problem, and is said to be one."),
    ("A/problem/1", "problemKind", None, "A problem is of one kind."),
    ("A/problem/1", "problemMessage", None, "A problem has one message."),
    (SUBJECT, "quantityUnit", None, "A quantity has a minimum, a maximum and a unit"),
    (SUBJECT, "quantityMaximum", "3.0", "The minimum quantity is greater than the maximum."),
    (SUBJECT, "periodUnit", "<body-part/knee>", "The unit of a period is one concept"),
    (SUBJECT, "periodUnit", None, "A frequency has times, a period and its unit"),
    (SUBJECT, "timesMaximum", "1.0", "The minimum of a frequency is greater"),
    (SUBJECT, "durationUnit", "<body-part/knee>", "The unit of a duration is one concept"),
    (SUBJECT, "durationMinimum", None, "A duration has a minimum, a maximum and a unit"),
    (SUBJECT, "refillsMaximum", None, "Refills have a minimum and a maximum"),
    (SUBJECT, "supplyUnit", None, "A supply has a minimum, a maximum and a unit"),
    (SUBJECT, "supplyUnit", "<body-part/knee>", "The unit of a supply is one concept"),
    (SUBJECT, "procedureCode", '"97 110"', "A procedure code is five characters."),
    (SUBJECT, "diagnosisCode", '"back pain"', "A diagnosis code is a text of three to eight"),
    (SUBJECT, "packageCode", '"Norco"', "A package code is a text of digits"),
    (SUBJECT, "outcome", "<basis/mtus>", "A disputed item has one outcome"),
    (SUBJECT, "itemText", None, "A disputed item has one text"),
    (SUBJECT, "position", None, "A disputed item has one position"),
    (SUBJECT, "position", "2", "The position of a disputed item is the one in its IRI."),
    (SUBJECT, "reviewerBasis", None, "The reviewer has a basis where it cites something."),
    (SUBJECT, "claimsAdministratorBasis", None, "The claims administrator has a basis where"),
    (SUBJECT, "reviewerBasis", "<basis/none-cited>", 'The reviewer\'s basis is "none cited"'),
    (SUBJECT, "claimsAdministratorBasis", "<basis/none-cited>", "The claims administrator's basis is \"none"),
    (SUBJECT, "reviewerBasis", "<outcome/upheld>", "The reviewer's basis is one concept"),
    (SUBJECT, TYPE, None, "What a determination decides is a disputed item."),
    (CITATION, TYPE, None, "What the reviewer cites is a citation, and is said to be one."),
    ("A/item/1/claims-administrator/citation/1", TYPE, None, "What the claims administrator cites is"),
    ("A/item/1/rationale", TYPE, None, "A disputed item has at most one rationale."),
    ("A/item/1/ground/1", TYPE, None, "The ground of a disputed item is a ground."),
    ("A/item/1/ground/1", "groundClass", "<basis/mtus>", "A ground has one class"),
    ("A/item/1/ground/1", "met", None, "A ground is met or not met."),
    ("A/item/1/ground/1", "oa:end", "25", "A ground lies within the rationale."),
    (CITATION, "oa:start", "9", "A part of a letter ends before it starts."),
    (CITATION, "citesGuideline", None, "A citation cites one guideline"),
    (
        CITATION,
        "citesPage",
        "<guideline/acoem-2004/page/9999>",
        "A cited page is a page of a guideline, which",
    ),
    (
        CITATION,
        "citesPage",
        "<guideline/chronic-pain/2009/page/98>",
        "A cited page is a page of a guideline, wh",
    ),
    (
        CITATION,
        "citesGuideline",
        "<guideline/chronic-pain/2009>",
        "A cited page is one of the guideline that",
    ),
    (
        SECTIONED,
        "citesGuideline",
        "<guideline/acoem-2004/12>",
        "A cited section is one of the guideline that",
    ),
    (SECTIONED, "citesSection", "<guideline/nowhere>", "A cited section is a concept of"),
    ("A", TYPE, None, "What comes out of a review is a determination, and is said to be one."),
    ("A", "caseNumber", '"B"', "A determination's case number is that of its IRI."),
    ("A", "template", None, "A determination has one template"),
    ("A", "readBy", "<run/2>", "A determination was read by one run, which is described."),
    ("A", "decisionDate", '"2015-04-20"^^xsd:date', "The case was decided before it was assigned"),
    ("A", "dateOfInjury", '"2015-03-02"^^xsd:date', "The denial came before the injury"),
    ("A", "applicationReceived", '"2015-02-01"^^xsd:date', "The application was received before the denial"),
    ("A", "applicationReceived", '"2015-07-01"^^xsd:date', "The case was decided before the application"),
    ("A", "workerAge", "400", "No worker is of this age"),
    ("A", "workerAge", "-1", "No worker is of this age"),
    ("A", "workerAge", "7", "Few workers are younger than 14"),
    ("A/reviewer", "specialty", "<drug/opioids>", "A specialty is a declared concept"),
    ("A/reviewer", "specialty", "<specialty/astrology>", "A specialty is a declared concept"),
    ("A/reviewer", TYPE, None, "A review has one reviewer."),
    (PAGE, "pageNumber", "304", "The number of a page is the one in its IRI."),
    (PAGE, "pageOf", None, "A page belongs to one edition or work."),
    (PAGE, TYPE, None, "A cited page is a page of a guideline, which is described."),
]
ADDED = [  # a triple more
    ("B", "disputedItem", "<case/A/item/1>", "A disputed item belongs to one determination, under whose IRI"),
    ("B/review", "reviewer", "<case/A/reviewer>", "A reviewer belongs to one review"),
    ("B", "review", "<case/A/review>", "A review belongs to one determination, under whose IRI it lies."),
    (
        SUBJECT,
        "reviewerCitation",
        "<case/A/item/1/claims-administrator/citation/1>",
        "A citation is made by one",
    ),
    (
        "A/item/2",
        "reviewerCitation",
        f"<case/{CITATION}>",
        "A citation of the reviewer belongs to one disputed",
    ),
    ("A/item/2", "ground", "<case/A/item/1/ground/1>", "A ground belongs to one disputed item, under whose"),
    (
        CITATION,
        "outsideMtus",
        "true",
        "The reviewer's basis is the MTUS alone, and a citation is from outside",
    ),
    ("A", "<http://xmlns.com/foaf/0.1/name>", '"Somebody"', "Something is said of a determination"),
    (SUBJECT, "dcterms:description", '"Asked for by"', "Something is said of a disputed item"),
    (SUBJECT, "outcome", "<outcome/modified>", "A disputed item has one outcome"),
]
HEAD = f"""BASE <{iri.BASE}> PREFIX imr: <{iri.ONTOLOGY}#> PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX dcterms: <http://purl.org/dc/terms/> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""


def catalogue(letters):
    """What the catalogues say of the concepts that letters point to, and of those above them."""
    about = {}
    for line in graphs.catalogue().decode().splitlines(keepends=True):
        about.setdefault(line.partition(" ")[0], []).append(line)
    waiting, kept = [word for line in letters.splitlines() for word in line.split(" ")[2:3]], {}
    waiting += [f"<{iri.BASE}{name}>" for name in ("body-part/knee", "service/surgery", "basis/none-cited")]
    waiting += [f"<{iri.BASE}{name}>" for name in ("outcome/modified", "drug/opioids")]
    while waiting:
        name = waiting.pop()
        if name not in kept and name in about:
            kept[name] = "".join(about[name])
            waiting += [line.split(" ")[2] for line in about[name]]
    return "".join(kept.values())


@pytest.fixture(scope="module")
def sound():
    text = "".join(n_triples(replace(LETTER, case_number=name), "1") for name in "AB")
    text += page_triples.descriptions(page_triples.pointed_to(text.encode()))
    return (text + catalogue(text)).encode()


@pytest.fixture
def store(sound):
    store = ox.Store()
    store.bulk_load(sound, format=ox.RdfFormat.N_TRIPLES)
    return store


def node(path):
    return f"<{path if path.startswith('guideline/') else f'case/{path}'}>"


def term(name):
    if name.startswith("http"):
        return f"<{name}>"
    return name if ":" in name else f"imr:{name}"


def said(store):
    return {finding.message for finding in validate.validate_store(store, "AB").findings}


def test_the_untouched_base_breaks_none(store):
    assert said(store) == set()


@pytest.mark.parametrize(("subject", "name", "value", "message"), REPLACED)
def test_a_value_that_is_misread_or_gone(subject, name, value, message, store):
    about = f"{node(subject)} {term(name)}"
    assert store.query(f"{HEAD} ASK {{ {about} ?o }}")
    store.update(f"{HEAD} DELETE WHERE {{ {about} ?o }}")
    if value is not None:
        store.update(f"{HEAD} INSERT DATA {{ {about} {value} }}")
    (found,) = said(store)
    assert found.startswith(message)


@pytest.mark.parametrize(("subject", "name", "value", "message"), ADDED)
def test_a_triple_more(subject, name, value, message, store):
    store.update(f"{HEAD} INSERT DATA {{ {node(subject)} {term(name)} {value} }}")
    (found,) = said(store)
    assert found.startswith(message)


def test_a_page_after_the_last(store):
    text = page_triples.descriptions([iri.page("acoem-2004", 9999)])
    store.load(text.encode(), format=ox.RdfFormat.N_TRIPLES)
    (finding,) = validate.validate_store(store, "AB").findings
    assert (finding.severity, finding.message[:33]) == ("warning", "The catalogue has no page of this")


def test_one_case_is_held_to_the_rules_that_compare_nodes(store):
    store.update(f"{HEAD} DELETE WHERE {{ <case/A/item/1> imr:reviewerBasis ?o }}")
    report = validate.validate_store(store, "A", whole=False)
    assert {(f.case, f.focus) for f in report.findings} == {("A", iri.disputed_item("A", 1))}
    assert validate.validate_store(store, "B", whole=False).findings == ()


ANNOTATIONS = (
    "label",
    "definition",
    "example",
    "isDefinedBy",
    "scopeNote",
    "source",
    "altLabel",
    "note",
    "cue",
)


@pytest.mark.long
@pytest.mark.parametrize("reasoner", [owlrl.RDFS_Semantics, owlrl.OWLRL_Semantics])
def test_what_the_ontology_entails_breaks_none(reasoner, sound):
    core = Graph().parse(data=resources.text("ontology", "shapes.ttl"), format="turtle")
    core.remove((None, SH.sparql, None))
    data = Graph().parse(data=resources.text("ontology", "imr.ttl"), format="turtle")
    # One letter: to owlrl all that have a key of one property are the same (prp-key).
    data.parse(
        data="".join(line for line in sound.decode().splitlines(True) if "/case/B" not in line), format="nt"
    )
    for triple in list(data):  # which entail nothing and would be walked through again and again
        if re.split("[/#]", triple[1])[-1] in ANNOTATIONS:
            data.remove(triple)
    stated = len(data)
    owlrl.DeductiveClosure(reasoner).expand(data)
    assert len(data) > stated
    for subject, name, value in list(data):  # owlrl has "A" and "A"^^xsd:string, which are one in RDF 1.1
        if getattr(value, "datatype", None) == XSD.string:
            data.remove((subject, name, value))
            data.add((subject, name, Literal(str(value))))
    assert (None, IMR.itemOf, None) in data or reasoner is owlrl.RDFS_Semantics
    assert not [*data.objects(None, owlrl.Namespaces.ERRNS.error)]
    conforms, _, text = pyshacl.validate(data, shacl_graph=core, inplace=True)
    assert conforms, text
