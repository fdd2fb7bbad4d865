from pathlib import Path

import pyshacl
import pytest
from ontology_files import FOLDER, parsed
from rdflib import RDF, SH, Graph, URIRef

from kg.graph.vocab import IMR

BAD = Path(__file__).parent / "bad"
SHAPES = parsed(FOLDER / "shapes.ttl")
NAMES = sorted(str(shape).rpartition("#")[2] for shape in SHAPES.subjects(RDF.type, SH.NodeShape))


@pytest.fixture(scope="module")
def ontology():
    graph = Graph()
    for name in ("imr", "guidelines", "services", "specialties", "body-parts", "drugs", "grounds"):
        graph += parsed(FOLDER / f"{name}.ttl")
    return graph


CORE = Graph() + SHAPES  # without the rules in SPARQL, which pySHACL takes minutes for; kg validate asks them
CORE.remove((None, SH.sparql, None))


def messages(data, shapes=CORE, **options):
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, **options)
    return {
        (str(report.value(result, SH.resultMessage)), report.value(result, SH.resultSeverity))
        for result in report.subjects(RDF.type, SH.ValidationResult)
    }


def rules(name):
    """The messages of a shape, of its property shapes and of its rules in SPARQL."""
    shape = URIRef(f"https://w3id.org/imr-kg/shapes#{name}")
    return {
        str(message)
        for node in (shape, *SHAPES.objects(shape, SH.property), *SHAPES.objects(shape, SH.sparql))
        for message in SHAPES.objects(node, SH.message)
    }


def rules_in_sparql(name):
    return list(SHAPES.objects(URIRef(f"https://w3id.org/imr-kg/shapes#{name}"), SH.sparql))


def test_every_shape_has_a_bad_file():
    assert sorted(path.stem for path in BAD.glob("*.ttl")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_bad_file_breaks_every_rule_of_its_shape(name, ontology):
    bad = Graph().parse(BAD / f"{name}.ttl")
    found = {
        message for message, _ in messages(bad, SHAPES, ont_graph=None if rules_in_sparql(name) else ontology)
    }
    assert rules(name) - found == set()


def test_every_rule_says_what_to_do():
    for shape in SHAPES.subjects(RDF.type, SH.NodeShape):
        for node in (*SHAPES.objects(shape, SH.property), *SHAPES.objects(shape, SH.sparql)):
            assert SHAPES.value(node, SH.message), f"a rule of {shape} has no message"


def test_every_class_of_data_has_a_shape():
    targets = set(SHAPES.objects(None, SH.targetClass))
    assert targets >= {
        *(IMR.Determination, IMR.Review, IMR.Reviewer, IMR.ReadingRun, IMR.DisputedItem, IMR.Citation),
        *(IMR.Rationale, IMR.Guideline, IMR.Edition, IMR.Chapter, IMR.GuidelineSection, IMR.Page),
        *(IMR.Outcome, IMR.Basis, IMR.DocumentKind, IMR.Template, IMR.Priority, IMR.Sex, IMR.Unit),
    }


def test_the_shapes_are_shapes_themselves():
    assert pyshacl.validate(Graph(), shacl_graph=SHAPES, meta_shacl=True)[0]
