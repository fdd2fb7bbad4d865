"""The profile of the ontology holds what OWL 2 DL can hold, as far as it is told without a reasoner."""

import pytest
from rdflib import OWL, RDF, RDFS, XSD, Graph, Literal

from kg import resources
from kg.graph import iri
from kg.graph.profile import owl_dl

# The datatype map (https://www.w3.org/TR/owl2-syntax/#Datatype_Maps), and what stands for all literals.
DATATYPES = {
    *(OWL.real, OWL.rational, RDF.PlainLiteral, RDF.XMLLiteral, RDF.langString, RDFS.Literal),
    *(
        XSD[name]
        for name in (
            *("decimal", "integer", "nonNegativeInteger", "nonPositiveInteger", "positiveInteger"),
            *("negativeInteger", "long", "int", "short", "byte", "unsignedLong", "unsignedInt"),
            *("unsignedShort", "unsignedByte", "double", "float", "string", "normalizedString", "token"),
            *("language", "Name", "NCName", "NMTOKEN", "boolean", "hexBinary", "base64Binary", "anyURI"),
            *("dateTime", "dateTimeStamp"),
        )
    ),
}
KINDS = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
BUILT_IN = (str(RDF), str(RDFS), str(OWL))


@pytest.fixture(scope="module")
def profile() -> Graph:
    return Graph().parse(data=owl_dl(resources.text("ontology", "imr.ttl")), format="nt")


def test_it_has_the_datatypes_of_owl_2_only(profile: Graph):
    used = {term.datatype for term in profile.objects() if isinstance(term, Literal) and term.datatype}
    ranges = {kind for kind in profile.objects(None, RDFS.range) if str(kind).startswith(str(XSD))}
    assert used | ranges <= DATATYPES


def test_each_property_is_of_one_kind_and_declared(profile: Graph):
    for name in set(profile.predicates()):
        if not str(name).startswith(BUILT_IN):
            assert sum((name, RDF.type, kind) in profile for kind in KINDS) == 1, name


def test_what_a_chain_defines_is_not_restricted(profile: Graph):
    """A property that follows from a chain, or lies above one, is not simple (OWL 2, 11.2)."""
    found = set(profile.subjects(OWL.propertyChainAxiom))
    above = {over for name in found for over in profile.transitive_objects(name, RDFS.subPropertyOf)}
    for name in above:
        assert not {OWL.FunctionalProperty, OWL.InverseFunctionalProperty} & set(
            profile.objects(name, RDF.type)
        )


def test_all_but_dates_is_kept(profile: Graph):
    whole = Graph().parse(data=resources.text("ontology", "imr.ttl"), format="turtle")
    lost = {(s, p, o) for s, p, o in whole if XSD.date in (s, o)}
    assert len(whole) - len(profile) == len(lost) > 0
    assert (None, RDF.type, OWL.Ontology) in profile
    assert iri.DEFAULT_BASE in profile.serialize(format="nt")
