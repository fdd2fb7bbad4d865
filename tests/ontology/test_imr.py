"""The ontology is complete, consistent and used: nothing undeclared, nothing idle."""

import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import gold_letters
import owlrl
import pytest
from ontology_files import FOLDER, parsed
from rdflib import OWL, RDF, RDFS, SKOS, XSD, Graph, URIRef
from tables import each_row

from kg import queries
from kg.analysis import cube
from kg.cited import figure_citations
from kg.graph import iri, page_triples, triples
from kg.graph.triples import n_triples
from kg.graph.vocab import CITO, DCTERMS, IMR, OA, PROV

FILES = sorted(FOLDER.glob("*.ttl"))
OWN = f"{iri.DEFAULT_BASE}ontology#"
BUILT_IN = tuple(str(namespace) for namespace in (RDF, RDFS, OWL, XSD))
# The generator's text shows what an unknown name does.
CODE = [
    path
    for path in sorted(Path(iri.__file__).parents[1].rglob("*.py"))
    if path.stem not in ("vocab", "generate")
    and re.search(r"\bIMR\.|\bimr:|ontology#|ONTOLOGY\}#", path.read_text())
]


@cache
def ontology():
    return parsed(FOLDER / "imr.ttl")


@cache
def data(shared):
    text = "".join(
        n_triples(letter, "1")
        for name in ("gold.jsonl", "gold-pages.jsonl")
        for letter in gold_letters.determinations(gold_letters.records(shared, name))
    )
    return Graph().parse(
        data=text + page_triples.descriptions(page_triples.pointed_to(text.encode())), format="nt"
    )


def own_terms():
    return sorted({term for term in ontology().subjects() if str(term).startswith(OWN)})


def properties():
    kinds = (OWL.ObjectProperty, OWL.DatatypeProperty)
    return sorted(t for t in own_terms() if any((t, RDF.type, kind) in ontology() for kind in kinds))


def local(term):
    return str(term).rpartition("#")[2]


# --- each term --------------------------------------------------------------------------------


@each_row("term", own_terms())
def test_a_term_is_described(term):
    for needed in (RDFS.label, SKOS.definition, SKOS.example, DCTERMS.source):
        assert (term, needed, None) in ontology(), f"{local(term)} has no {needed}"
    assert ontology().value(term, RDFS.isDefinedBy) == URIRef(f"{iri.DEFAULT_BASE}ontology")
    assert all(len(str(text)) > 15 for text in ontology().objects(term, SKOS.definition))


@each_row("term", properties())
def test_a_property_has_domain_and_range(term):
    assert len(list(ontology().objects(term, RDFS.domain))) == 1
    assert len(list(ontology().objects(term, RDFS.range))) == 1


@each_row("term", own_terms())
def test_names_are_of_one_pattern(term):
    a_property = (term, RDFS.domain, None) in ontology()
    assert re.fullmatch(r"[a-z][A-Za-z]+" if a_property else r"[A-Z][A-Za-z]+", local(term))


@pytest.mark.parametrize("kind", [OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty], ids=local)
def test_labels_are_unique(kind):
    terms = [term for term in own_terms() if (term, RDF.type, kind) in ontology()]
    labels = [str(ontology().value(term, RDFS.label)).casefold() for term in terms]
    assert len(labels) == len(set(labels))


def test_the_ontology_says_who_made_it_and_which_version_it_is():
    itself = URIRef(f"{iri.DEFAULT_BASE}ontology")
    for needed in (OWL.versionIRI, OWL.versionInfo, DCTERMS.license, DCTERMS.creator, DCTERMS.title):
        assert (itself, needed, None) in ontology()
    assert (itself, OWL.imports, None) not in ontology()


def test_prefixes_are_declared():
    declared = {
        str(ontology().value(node, URIRef("http://www.w3.org/ns/shacl#prefix")))
        for node in ontology().objects(None, URIRef("http://www.w3.org/ns/shacl#declare"))
    }
    assert {"imr", "skos", "oa"} <= declared


def test_concepts_have_iris_of_one_pattern():
    for path in (path for path in FILES if path.stem != "mappings"):  # its codes are those of others
        graph = parsed(path)
        for concept, notation in graph.subject_objects(SKOS.notation):
            place = iri.read(str(concept))
            assert place.name.replace("-", "_") == str(notation).replace("-", "_")


# --- declared and used ------------------------------------------------------------------------


def declared():
    return set(ontology().subjects(RDF.type, None))


def used_terms(graph):
    """The terms that statements are made with: properties and classes."""
    return {
        term
        for subject, predicate, value in graph
        for term in (predicate, *([value] if predicate == RDF.type else []))
        if not str(term).startswith(BUILT_IN)
    }


def test_no_data_uses_an_undeclared_term(shared):
    assert used_terms(data(shared)) - declared() == set()


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.stem != "shapes"], ids=lambda path: path.stem
)
def test_no_catalogue_uses_an_undeclared_term(path):
    assert used_terms(parsed(path)) - declared() == set()


def test_no_shape_speaks_of_an_undeclared_term():
    shapes = parsed(FOLDER / "shapes.ttl")
    spoken = {
        term for triple in shapes for term in triple if isinstance(term, URIRef) and term.startswith(OWN)
    }
    assert spoken - declared() == set()


@each_row("name", queries.names())
def test_no_query_asks_for_an_undeclared_term(name):
    text = queries.load(name).text
    prefixes = dict(re.findall(r"PREFIX (\w+): <([^>]*)>", text))
    body = re.sub(r'"[^"\n]*"|<[^>]*>|#[^\n]*', "", text)
    asked = {
        URIRef(prefixes[prefix] + name)
        for prefix, name in re.findall(r"\b(\w+):(\w+)", body)
        if prefixes.get(prefix) in (OWN, str(SKOS))
    }
    assert asked
    assert asked - declared() == set()


@each_row("path", CODE)
def test_no_code_speaks_of_an_undeclared_term(path):
    text = path.read_text(encoding="utf-8")
    spoken = re.findall(r"(?:\bIMR\.|\bimr:|ontology#|ONTOLOGY\}#)(\w+)", text)
    assert {URIRef(OWN + name) for name in spoken} - declared() == set()


def test_no_term_is_idle():
    """Every term is used by letters' triples, figures, a catalogue, a query or an axiom about another."""
    used = {value for subject, _, value in ontology() if value != subject}
    for path in FILES:
        used |= used_terms(parsed(path))
    written = "".join(
        Path(room.__file__).read_text(encoding="utf-8")
        for room in (triples, page_triples, cube, figure_citations)
    )
    asked = "".join(queries.load(name).text for name in queries.names())
    idle = {
        term
        for term in own_terms()
        if term not in used and f"imr:{local(term)}" not in asked and f"IMR.{local(term)}" not in written
    }
    assert idle == set()


# --- consistency ------------------------------------------------------------------------------


def reasoned(graph):
    """The OWL RL closure, and what contradicts itself in it."""
    closed = Graph()
    closed += ontology()
    closed += graph
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(closed)
    errors = [
        str(text)
        for text in closed.objects(None, URIRef("http://www.daml.org/2002/03/agents/agent-ont#error"))
    ]
    nothing = list(closed.subjects(RDF.type, OWL.Nothing))
    return closed, errors + [f"{node} is nothing" for node in nothing]


@pytest.fixture(scope="module")
def letter(shared):
    """One letter with all that it points to."""
    found = next(
        letter
        for letter in gold_letters.determinations(gold_letters.records(shared))
        if letter.case_number == "CM16-0219557"
    )
    text = n_triples(found, "1")
    return Graph().parse(
        data=text + page_triples.descriptions(page_triples.pointed_to(text.encode())), format="nt"
    )


@pytest.fixture(scope="module")
def closure(letter):
    return reasoned(letter)


CASE = URIRef(iri.case("CM16-0219557"))
CITED = URIRef(f"{CASE}/item/1/reviewer/citation/1")


def test_a_letter_is_consistent_with_the_ontology(closure):
    assert closure[1] == []


@pytest.mark.parametrize(
    "inferred",
    [
        (CASE, RDF.type, PROV.Entity),
        (CASE, PROV.wasGeneratedBy, URIRef(f"{CASE}/review")),
        (URIRef(f"{CASE}/review"), PROV.wasAssociatedWith, URIRef(f"{CASE}/reviewer")),
        (CITED, RDF.type, CITO.Citation),
        (CITED, CITO.hasCitationCharacterization, CITO.citesAsAuthority),
        (CITED, CITO.hasCitedEntity, URIRef(iri.concept("guideline", "acoem-2004/12"))),
        (URIRef(f"{CASE}/item/1"), IMR.hasCitation, CITED),
        (CITED, OA.hasSource, CASE),  # two steps: the citation's item, the item's letter
    ],
)
def test_standard_vocabularies_follow(closure, inferred):
    assert inferred in closure[0]


@pytest.mark.long
@pytest.mark.parametrize(
    "wrong",
    [
        (CASE, RDF.type, IMR.Reviewer),  # classes that share nothing
        (CASE, IMR.outcome, URIRef(iri.concept("outcome", "upheld"))),  # a letter is no item
    ],
)
def test_a_contradiction_is_found(letter, wrong):
    planted = Graph()
    planted += letter
    planted.add(wrong)
    assert reasoned(planted)[1]


@pytest.mark.skipif(not shutil.which("rapper"), reason="needs raptor2-utils")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_independent_parser_reads_every_file(path):
    told = subprocess.run(
        ["rapper", "--quiet", "--count", "--input", "turtle", path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (told.returncode, told.stderr) == (0, "")
