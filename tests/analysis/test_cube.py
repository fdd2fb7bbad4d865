"""Drivers as RDF Data Cube: every figure can be cited, and the cube's integrity constraints hold."""

import pyoxigraph as ox
import pytest

from kg import resources
from kg.analysis.cache import Analyses
from kg.analysis.cube import FIGURES, data_sets, n_triples, turtle
from kg.analysis.decisions import OUTCOMES
from kg.analysis.drivers import DriverRow, drivers
from kg.analysis.filters import Filters
from kg.analysis.shown_columns import names
from kg.graph import iri
from kg.resources import code_version

PREFIXES = """
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX qb: <http://purl.org/linked-data/cube#>
PREFIX imr: <https://w3id.org/imr-kg/ontology#>
PREFIX statistic: <https://w3id.org/imr-kg/statistic/>
"""

# What the specification's normalization adds (section 10.1), as far as our cubes have it.
CLOSURE = """
INSERT { ?o a qb:Observation . } WHERE { ?o qb:dataSet ?set } ;
INSERT { ?set a qb:DataSet . } WHERE { ?o qb:dataSet ?set } ;
INSERT { ?c qb:componentProperty ?p . ?p a qb:DimensionProperty } WHERE { ?c qb:dimension ?p } ;
INSERT { ?c qb:componentProperty ?p . ?p a qb:MeasureProperty } WHERE { ?c qb:measure ?p }
"""

# The integrity constraints (section 11.1) that speak of what we publish: no slices, attributes,
# measure dimensions or hierarchies. Each asks for what must not be.
BROKEN = {
    "an observation of no data set, or of two (IC-1)": """
        { ?o a qb:Observation FILTER NOT EXISTS { ?o qb:dataSet ?set } }
        UNION { ?o qb:dataSet ?set, ?other FILTER(?set != ?other) }""",
    "a data set of no structure, or of two (IC-2)": """
        { ?set a qb:DataSet FILTER NOT EXISTS { ?set qb:structure ?dsd } }
        UNION { ?set qb:structure ?dsd, ?other FILTER(?dsd != ?other) }""",
    "a structure without measure (IC-3)": """
        ?dsd a qb:DataStructureDefinition
        FILTER NOT EXISTS { ?dsd qb:component/qb:componentProperty/rdf:type qb:MeasureProperty }""",
    "a dimension without range (IC-4)": """
        ?d a qb:DimensionProperty FILTER NOT EXISTS { ?d rdfs:range ?range }""",
    "a coded dimension without code list (IC-5)": """
        ?d a qb:DimensionProperty ; rdfs:range/rdfs:subClassOf* skos:Concept
        FILTER NOT EXISTS { ?d qb:codeList ?list }""",
    "an observation that lacks a dimension (IC-11)": """
        ?o qb:dataSet/qb:structure/qb:component/qb:componentProperty ?d . ?d a qb:DimensionProperty
        FILTER NOT EXISTS { ?o ?d ?value }""",
    "two observations of the same (IC-12)": """
        { SELECT ?set ?key ?kind (COUNT(DISTINCT ?o) AS ?n) WHERE {
            ?o qb:dataSet ?set ; imr:countedConcept ?key ; imr:countedOutcome|imr:statistic ?kind }
          GROUP BY ?set ?key ?kind } FILTER(?n > 1)""",
    "an observation that lacks a measure (IC-14)": """
        ?o qb:dataSet/qb:structure/qb:component/qb:componentProperty ?m . ?m a qb:MeasureProperty
        FILTER NOT EXISTS { ?o ?m ?value }""",
    "a code that its list lacks (IC-19)": """
        ?o qb:dataSet/qb:structure/qb:component/qb:componentProperty ?d . ?d qb:codeList ?list .
        ?list a skos:ConceptScheme . ?o ?d ?code
        FILTER NOT EXISTS { ?code a skos:Concept ; skos:inScheme ?list }""",
    "an observation without a title's worth of provenance": """
        ?set a qb:DataSet FILTER NOT EXISTS {
            ?set dcterms:hasVersion ?version ; dcterms:provenance ?how ; dcterms:description ?said }""",
}


def loaded(text, form=ox.RdfFormat.N_TRIPLES):
    cube = ox.Store()
    cube.load(text.encode(), format=form)
    return cube


def closed(cube):
    cube.load(resources.text("ontology", "imr.ttl").encode(), format=ox.RdfFormat.TURTLE)
    for update in CLOSURE.split(";\nINSERT"):
        cube.update(PREFIXES + (update if "INSERT" in update else f"INSERT{update}"))
    return cube


@pytest.fixture(scope="module")
def found(base):
    return Analyses.of(base).drivers("chapter", minimum=5)


@pytest.fixture(scope="module")
def published(base, found):
    return n_triples(found, base.generation, code_version())


@pytest.fixture(scope="module")
def cube(published):
    return closed(loaded(published))


@pytest.mark.parametrize("broken", BROKEN)
def test_the_cube_is_well_formed(cube, broken):
    assert not bool(cube.query(f"{PREFIXES} ASK {{ {BROKEN[broken]} }}"))


@pytest.mark.parametrize(
    ("damage", "broken"),
    [
        ("DELETE WHERE { ?o qb:dataSet ?set }", "IC-1"),
        ("DELETE WHERE { ?set qb:structure ?dsd }", "IC-2"),
        ("DELETE WHERE { ?o imr:countedConcept ?key }", "IC-11"),
        ("INSERT { <x:o> qb:dataSet ?set ; ?p ?v } WHERE { ?o qb:dataSet ?set ; ?p ?v }", "IC-12"),
        ("DELETE WHERE { ?o imr:figure ?value }", "IC-14"),
        ("DELETE WHERE { ?code skos:inScheme ?list }", "IC-19"),
    ],
)
def test_a_damaged_cube_is_found_out(published, damage, broken):
    cube = closed(loaded(published))
    cube.update(PREFIXES + damage)
    (pattern,) = (pattern for name, pattern in BROKEN.items() if name.endswith(f"({broken})"))
    assert bool(cube.query(f"{PREFIXES} ASK {{ {pattern} }}"))


def test_the_cube_has_every_count_and_figure_of_the_table(cube, found):
    told = {
        (
            row["key"].value.split("/guideline/")[1],
            row["of"].value.rsplit("/", 1)[1].replace("-", "_"),
        ): float(row["value"].value)
        for row in cube.query(
            PREFIXES
            + "SELECT ?key ?of ?value WHERE { ?o imr:countedConcept ?key ;"
            + " imr:countedOutcome|imr:statistic ?of ; imr:itemCount|imr:figure ?value }"
        )
    }
    expected = {
        (row.key, name): value
        for row in found.rows
        for name in (*OUTCOMES, *FIGURES)
        if (value := getattr(row, name)) is not None
    }
    assert told == expected
    assert {name for _, name in told} == {*OUTCOMES, *FIGURES} - {"probability"}  # no set is found


def test_no_figure_is_forgotten():
    assert set(names(DriverRow)) >= set(FIGURES)
    after = names(DriverRow)[names(DriverRow).index("modified") + 1 :]
    assert after == (*FIGURES, "credible_set", "remark")


def test_it_says_where_it_comes_from_and_how_to_compute_it_again(base, cube, found):
    for data_set in data_sets(found, base.generation):
        (about,) = cube.query(
            f"{PREFIXES} SELECT ?version ?source ?how WHERE {{ <{data_set}> dcterms:hasVersion ?version ;"
            " dcterms:source ?source ; dcterms:provenance ?how }"
        )
        assert about["version"].value == base.generation
        assert about["source"].value == iri.dataset(base.generation)
        assert code_version() in about["how"].value
        assert about["how"].value.endswith(
            "kg drivers --level chapter --party reviewer --minimum 5 --adjust "
            "subcategory,year,template,specialty,keys"
        )


def test_it_tells_of_every_outcome_and_statistic_without_the_ontology_beside_it(published):
    told = loaded(published).query(
        f"{PREFIXES} SELECT DISTINCT ?code ?label WHERE {{ ?o imr:countedOutcome|imr:statistic ?code"
        " OPTIONAL { ?code skos:prefLabel ?label } }"
    )
    labels = {row["code"].value: row["label"] and row["label"].value for row in told}
    assert len(labels) == len(OUTCOMES) + len(FIGURES) - 1  # no set, so no probability
    assert all(labels.values())


def test_turtle_says_the_same(base, found, published):
    assert set(loaded(turtle(found, base.generation, code_version()), ox.RdfFormat.TURTLE)) == set(
        loaded(published)
    )


def test_other_questions_are_other_data_sets(base):
    kept = Analyses.of(base)
    asked = [
        kept.drivers("guideline"),
        kept.drivers("guideline", "any"),
        kept.drivers("guideline", minimum=5),
        kept.drivers("guideline", adjust="year"),
        kept.drivers("guideline", filters=Filters.of(template="pages")),
    ]
    names = {name for found in asked for name in data_sets(found, base.generation)}
    assert len(names) == 2 * len(asked)
    assert all(iri.read(name).name == base.generation for name in names)


def test_titles_without_a_concept_are_left_out_and_counted(base):
    found = Analyses.of(base).drivers("section", minimum=1)
    unnamed = sum("#" in row.key for row in found.rows)
    assert unnamed
    text = n_triples(found, base.generation, code_version())
    assert f"{unnamed} unmatched titles are left out." in text


def test_an_empty_table_is_two_empty_data_sets(make):
    found = drivers(make({}, rest=(1, 1)))
    cube = closed(loaded(n_triples(found, "000001", "0")))
    assert not any(bool(cube.query(f"{PREFIXES} ASK {{ {pattern} }}")) for pattern in BROKEN.values())
