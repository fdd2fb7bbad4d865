from pathlib import Path

import gold_letters
import pyshacl
import pytest
from rdflib import RDF, SH, Graph, URIRef

from kg import parse_letter, resources, sample
from kg.graph import iri, page_triples
from kg.graph.triples import n_triples
from kg.graph.vocab import IMR

BAD = Path(__file__).parent / "bad"
SHAPES = Graph().parse(resources.folder("ontology") / "shapes.ttl")
NAMES = sorted(str(shape).rpartition("#")[2] for shape in SHAPES.subjects(RDF.type, SH.NodeShape))


@pytest.fixture(scope="module")
def ontology():
    graph = Graph()
    for name in ("imr", "guidelines", "services", "specialties", "body-parts", "drugs"):
        graph.parse(resources.folder("ontology") / f"{name}.ttl")
    return graph


def messages(data, **options):
    _, report, _ = pyshacl.validate(data, shacl_graph=SHAPES, **options)
    return {
        (str(report.value(result, SH.resultMessage)), report.value(result, SH.resultSeverity))
        for result in report.subjects(RDF.type, SH.ValidationResult)
    }


def rules(name):
    """The messages of a shape and of its property shapes."""
    shape = URIRef(f"https://w3id.org/imr-kg/shapes#{name}")
    return {
        str(message)
        for node in (shape, *SHAPES.objects(shape, SH.property))
        for message in SHAPES.objects(node, SH.message)
    }


def test_every_shape_has_a_bad_file():
    assert sorted(path.stem for path in BAD.glob("*.ttl")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_bad_file_breaks_every_rule_of_its_shape(name, ontology):
    bad = Graph().parse(BAD / f"{name}.ttl")
    found = {message for message, _ in messages(bad, ont_graph=ontology)}
    assert rules(name) - found == set()


def test_every_rule_says_what_to_do():
    for shape in SHAPES.subjects(RDF.type, SH.NodeShape):
        for node in SHAPES.objects(shape, SH.property):
            assert SHAPES.value(node, SH.message), f"a rule of {shape} has no message"


def test_every_class_of_data_has_a_shape():
    targets = set(SHAPES.objects(None, SH.targetClass))
    assert targets >= {
        *(IMR.Determination, IMR.Review, IMR.Reviewer, IMR.ReadingRun, IMR.DisputedItem, IMR.Citation),
        *(IMR.Rationale, IMR.Guideline, IMR.Edition, IMR.Chapter, IMR.GuidelineSection, IMR.Page),
        *(IMR.Outcome, IMR.Basis, IMR.Template, IMR.Priority, IMR.Sex, IMR.Unit),
    }


def test_the_shapes_are_shapes_themselves():
    assert pyshacl.validate(Graph(), shacl_graph=SHAPES, meta_shacl=True)[0]


@pytest.mark.parametrize("name", ["gold.jsonl", "gold-pages.jsonl"])
def test_the_real_letters_and_the_catalogues_conform(shared, ontology, name):
    letters = [
        gold_letters.as_declared(letter)
        for letter in gold_letters.determinations(gold_letters.records(shared, name))
    ]
    text = "".join(n_triples(letter, "1") for letter in letters)
    data = Graph().parse(
        data=text + page_triples.descriptions(page_triples.pointed_to(text.encode())), format="nt"
    )
    data += ontology
    assert messages(data, inplace=True) == set()


MUTATIONS = [  # a property that points to a concept of another scheme, or to nowhere, and what is said of it
    ("service", "body-part/knee", "the service scheme"),
    ("service", "service/astrology", "the service scheme"),
    ("drug", "service/surgery", "the drug scheme"),
    ("drugClass", "drug/astrology", "the drug scheme"),
    ("bodyPart", "drug/opioids", "the body-part scheme"),
    ("bodyPart", "body-part/tail", "the body-part scheme"),
    ("leftBodyPart", "service/surgery", "the body-part scheme"),
    ("specialty", "drug/opioids", "the specialty scheme"),
    ("specialty", "specialty/astrology", "the specialty scheme"),
    ("subspecialty", "body-part/knee", "the specialty scheme"),
]


@pytest.fixture(scope="module")
def one_letter(ontology):
    """A synthetic letter's triples, with the vocabularies."""
    _, text, _ = next(iter(sample.letters(1, seed=3, template="sections")))
    letter = n_triples(parse_letter(text), "1")
    shared = page_triples.descriptions(page_triples.pointed_to(letter.encode()))
    data = Graph().parse(data=letter + shared, format="nt")
    data += ontology
    assert messages(data) == set()
    return data


@pytest.mark.parametrize(("name", "value", "said"), MUTATIONS)
def test_a_concept_of_another_scheme_or_of_none_is_noticed(name, value, said, one_letter):
    kind = IMR.Reviewer if "pecialty" in name else IMR.DisputedItem
    changed = Graph()
    changed += one_letter
    changed.set((next(changed.subjects(RDF.type, kind)), getattr(IMR, name), URIRef(f"{iri.BASE}{value}")))
    ((message, _),) = messages(changed)
    assert said in message
