"""The graph and the facts table are counted apart and say the same, row by row."""

from datetime import date
from functools import cache

import polars as pl
import pyoxigraph as ox
import pytest
from made_once import many_letters

from kg import queries
from kg.base.building.build import build
from kg.base.store import KnowledgeBase
from kg.base.stored_columns import FACTS, Kind
from kg.graph import iri
from kg.graph.concept_notations import UNPAGED
from kg.sample import sample

OUTCOMES = ("upheld", "overturned", "modified")
PARTIES = {"reviewer": "reviewer", "claims_administrator": "claimsAdministrator"}

LETTER = "?d imr:caseNumber ?case"
ITEM = f"{LETTER} ; imr:disputedItem ?i . ?i imr:position ?item"
PARTY = f"""{ITEM} . VALUES (?party ?cites ?rests) {{
  ("reviewer" imr:reviewerCitation imr:reviewerBasis)
  ("claims_administrator" imr:claimsAdministratorCitation imr:claimsAdministratorBasis) }}"""
CITED = f"""{PARTY} . ?i ?cites ?c . BIND(xsd:integer(REPLACE(STR(?c), "^.*/", "")) AS ?citation)
  ?c imr:citesGuideline ?g . BIND(STRAFTER(STR(?g), "/guideline/") AS ?notation)"""
KEYS = {LETTER: ("case",), ITEM: ("case", "item"), PARTY: ("case", "item", "party")}
KEYS[CITED] = ("case", "item", "party", "citation")

SUPPLY_DAYS = """imr:supplyUnit/skos:notation ?unit
  VALUES (?unit ?days) { ("day" 1) ("week" 7) ("month" 30) ("year" 365) } BIND(?n * ?days AS ?v)"""

# Each column of the facts as the graph says it: the pattern that gives its keys, and that of its value ?v.
SAME: dict[str, tuple[str, str]] = {
    "decision_date": (LETTER, "?d imr:decisionDate ?v"),
    "year": (LETTER, "?d imr:decisionDate ?date . BIND(YEAR(?date) AS ?v)"),
    "date_of_injury": (LETTER, "?d imr:dateOfInjury ?v"),
    "template": (LETTER, "?d imr:template/skos:notation ?v"),
    "priority": (LETTER, "?d imr:priority/skos:notation ?v"),
    "age": (LETTER, "?d imr:workerAge ?v"),
    "sex": (LETTER, "?d imr:workerSex/skos:notation ?v"),
    "specialties": (
        LETTER,
        "?d imr:review/imr:reviewer/((imr:specialty/skos:prefLabel)|imr:specialtyName) ?v",
    ),
    "subspecialties": (
        LETTER,
        "?d imr:review/imr:reviewer/((imr:subspecialty/skos:prefLabel)|imr:subspecialtyName) ?v",
    ),
    "licensed_in": (LETTER, "?d imr:review/imr:reviewer/imr:licensedIn ?v"),
    "scanned": (LETTER, "OPTIONAL { ?d imr:scanned ?flag } BIND(BOUND(?flag) AS ?v)"),
    "outcome": (ITEM, "?i imr:outcome/skos:notation ?v"),
    "item_text": (ITEM, "?i imr:itemText ?v"),
    "category": (
        ITEM,
        "?i imr:service/skos:broader? ?s . ?s skos:prefLabel ?v FILTER NOT EXISTS { ?s skos:broader ?w }",
    ),
    "subcategory": (ITEM, "?i imr:service ?s . ?s skos:broader ?w ; skos:prefLabel ?v"),
    "drug": (ITEM, "?i imr:drug ?v"),
    "drug_class": (ITEM, "?i imr:drugClass/skos:prefLabel ?v"),
    "body_parts": (
        ITEM,
        """VALUES (?says ?side) { (imr:bodyPart "") (imr:leftBodyPart ":left") (imr:rightBodyPart ":right")
          (imr:bilateralBodyPart ":bilateral") }
        ?i ?says ?b . BIND(CONCAT(REPLACE(STR(?b), "^.*/", ""), ?side) AS ?v)""",
    ),
    "quantity_min": (ITEM, "?i imr:quantityMinimum ?v"),
    "quantity_max": (ITEM, "?i imr:quantityMaximum ?v"),
    "quantity_unit": (ITEM, "?i imr:quantityUnit/skos:notation ?v"),
    "recommended_min": (ITEM, "?i imr:recommendedMinimum ?v"),
    "recommended_max": (ITEM, "?i imr:recommendedMaximum ?v"),
    "recommended_unit": (ITEM, "?i imr:recommendedMinimum ?n ; imr:quantityUnit/skos:notation ?v"),
    "exceeds_recommended": (ITEM, "?i imr:exceedsRecommended ?v"),
    "frequency_min": (ITEM, "?i imr:timesMinimum ?v"),
    "frequency_max": (ITEM, "?i imr:timesMaximum ?v"),
    "period_min": (ITEM, "?i imr:periodMinimum ?v"),
    "period_max": (ITEM, "?i imr:periodMaximum ?v"),
    "period_unit": (ITEM, "?i imr:periodUnit/skos:notation ?v"),
    "duration_min": (ITEM, "?i imr:durationMinimum ?v"),
    "duration_max": (ITEM, "?i imr:durationMaximum ?v"),
    "duration_unit": (ITEM, "?i imr:durationUnit/skos:notation ?v"),
    "refills_min": (ITEM, "?i imr:refillsMinimum ?v"),
    "refills_max": (ITEM, "?i imr:refillsMaximum ?v"),
    "supply_days_min": (ITEM, f"?i imr:supplyMinimum ?n ; {SUPPLY_DAYS}"),
    "supply_days_max": (ITEM, f"?i imr:supplyMaximum ?n ; {SUPPLY_DAYS}"),
    "codes": (ITEM, "?i imr:procedureCode|imr:diagnosisCode|imr:packageCode ?v"),
    "retrospective": (ITEM, "OPTIONAL { ?i imr:retrospective ?flag } BIND(BOUND(?flag) AS ?v)"),
    "associated_surgical_service": (
        ITEM,
        "OPTIONAL { ?i imr:associatedSurgicalService ?flag } BIND(BOUND(?flag) AS ?v)",
    ),
    "grounds": (
        ITEM,
        """?i imr:ground ?g . ?g imr:groundClass ?class ; imr:met ?met
          BIND(CONCAT(REPLACE(STR(?class), "^.*/ground/", ""), IF(?met, ":met", ":not-met")) AS ?v)""",
    ),
    "basis": (PARTY, "?i ?rests ?b . ?b skos:notation ?v"),
    "mtus": (CITED, "OPTIONAL { ?c imr:outsideMtus ?flag } BIND(!BOUND(?flag) AS ?v)"),
    "guideline": (CITED, 'BIND(REPLACE(?notation, "/.*$", "") AS ?v)'),
    "edition_inferred": (CITED, "?c imr:editionInferred ?v"),
    "chapter": (CITED, 'BIND(STRAFTER(?notation, "/") AS ?v) FILTER(?v != "" && !REGEX(?v, "^[0-9]{4}$"))'),
    "edition": (CITED, 'BIND(STRAFTER(?notation, "/") AS ?v) FILTER(REGEX(?v, "^[0-9]{4}$"))'),
    "page_inferred": (CITED, "?c imr:pagesInferred ?v"),
    "section_title": (CITED, "?c imr:sectionTitle ?v"),
    "section": (CITED, '?c imr:citesSection ?s . BIND(STRAFTER(STR(?s), "/guideline/") AS ?v)'),
    "page": (CITED, "?c imr:citesPage/imr:pageNumber ?v"),
}
APART = {  # columns that are compared otherwise, or that the graph does not have
    **dict.fromkeys(("case", "item", "party", "citation"), "the keys of the others"),
    **dict.fromkeys(("injured_parts", "earlier_treatments", "conditions"), "in the facts alone"),
    "ground_cues": "in the facts alone",
    "other_grounds": "in the facts alone",
    "wording": "a digest of text, which stays with the letter",
}
PREFIXES = f"""PREFIX imr: <{iri.ONTOLOGY}#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>"""


def plain(value):
    """A value of either store in the form in which they are compared."""
    return value.replace("-", " ") if isinstance(value, str) else value


PYTHON = {
    "integer": int,
    "boolean": "true".__eq__,
    "date": date.fromisoformat,
    "decimal": float,
    "double": float,
}


@cache
def value_of(term):
    """A term of the graph as Python has it."""
    if isinstance(term, ox.Literal):
        return plain(PYTHON.get(term.datatype.value.partition("#")[2], str)(term.value))
    return plain(term.value)


def said_in_graph(store, column):
    """What the store says of a column; asked by way of rdflib it would take five times as long."""
    keys, value = SAME[column]
    names = KEYS[keys]
    text = f"{PREFIXES} SELECT {' '.join(f'?{name}' for name in (*names, 'v'))} {{ {keys} . {value} }}"
    rows = {tuple(map(value_of, row)) for row in store.query(iri.rebased(text))}
    if column == "drug":  # one triple an ingredient
        rows = {(*key, frozenset(row[-1] for row in group)) for key, group in grouped(rows)}
    return rows


def grouped(rows):
    found = {}
    for row in rows:
        found.setdefault(row[:-1], []).append(row)
    return found.items()


def said_in_facts(facts, column):
    names = KEYS[SAME[column][0]]
    table = facts.select(*names, column).drop_nulls(column).drop_nulls(names)
    if FACTS[column] is Kind.TEXTS:
        table = table.explode(column).drop_nulls(column)
    if column in ("section", "page"):
        table = table.filter(~facts_unpaged(facts.drop_nulls(column).drop_nulls(names), column))
    if column in ("edition_inferred", "page_inferred"):  # a flag is stated where it is true
        table = table.filter(pl.col(column))
    if column in _IN_GRAPH:
        table = in_graph(facts, names, column)
    rows = table.unique().rows()
    if column == "drug":
        rows = [
            (*r[:-1], frozenset(iri.concept("drug", iri.slug(n)) for n in r[-1].split("/"))) for r in rows
        ]
    if column == "codes":  # the list that a code is of is told by its property
        rows = [(*r[:-1], r[-1].partition(":")[2]) for r in rows]
    if column == "drug":
        return {(*map(plain, r[:-1]), frozenset(map(plain, r[-1]))) for r in rows}
    return {tuple(map(plain, row)) for row in rows}


_IN_GRAPH = ("section_title", "chapter", "edition")


def in_graph(facts, names, column):
    """What the graph holds of a column: titles without a concept, and the notation of what is cited."""
    if column == "section_title":
        rows = facts.filter(pl.col("section").is_null())
    elif column == "edition":  # of works that have several
        rows = facts.filter(
            ~pl.col("guideline").is_in(["acoem-2004", "elbow-2007"]), pl.col("chapter").is_null()
        )
        rows = rows.with_columns(pl.col("edition").cast(pl.String))
    else:
        slug = pl.col("chapter").cast(pl.String).str.to_lowercase().str.replace_all("&", "and", literal=True)
        rows = facts.with_columns(chapter=slug.str.replace_all("[^a-z0-9]+", " "))
    return rows.select(*names, column).drop_nulls()


def facts_unpaged(rows, column):
    """Pages of guidelines that stand for many sources are in the graph as printed."""
    unpaged = rows["guideline"].is_in(list(UNPAGED))
    return unpaged if column == "page" else unpaged & False


def test_every_column_is_compared_or_it_is_said_why_not():
    assert set(SAME) | set(APART) == set(FACTS)
    assert not set(SAME) & set(APART)


def from_graph(base, name, key, **parameters):
    answer = queries.run(base, name, **parameters).dicts()
    return {row[key]: tuple(row[column] for column in ("items", *OUTCOMES)) for row in answer if row[key]}


def from_facts(facts, key):
    """Outcomes by a key, each item once for each value of it."""
    counts = [(pl.col("outcome") == outcome).sum().alias(outcome) for outcome in OUTCOMES]
    items = facts.select("case", "item", "outcome", key=key).drop_nulls("key").unique()
    table = items.group_by("key").agg(pl.len(), *counts)
    return {row[0]: row[1:] for row in table.iter_rows()}


def pages(facts):
    """The rows with pages, and the IRI of the page of each."""
    without_year = pl.col("guideline").is_in(["acoem-2004", "elbow-2007"]) | pl.col("edition").is_null()
    edition = pl.when(without_year).then("guideline").otherwise(pl.format("{}/{}", "guideline", "edition"))
    rows = facts.filter(~pl.col("guideline").is_in(list(UNPAGED)) & pl.col("page").is_not_null())
    return from_facts(rows, pl.format(f"{iri.BASE}guideline/{{}}/page/{{}}", edition, "page"))


def check(base):
    facts = base.facts
    store = ox.Store.read_only(str(base.graph_folder))
    for column in SAME:
        assert said_in_graph(store, column) == said_in_facts(facts, column), column
    assert from_graph(base, "outcomes_by_drug_class", "label") == from_facts(facts, pl.col("drug_class"))
    for party in PARTIES:
        rows = facts.filter(pl.col("party") == party)
        found = pages(rows)
        assert found
        assert from_graph(base, "outcomes_by_page", "page", party=party) == found
        sections = pl.format(f"{iri.BASE}guideline/{{}}", "section")
        assert from_graph(base, "outcomes_by_section", "section", party=party) == from_facts(rows, sections)
    assert from_graph(base, "outcomes_by_category", "label") == from_facts(facts, pl.col("category"))
    assert from_graph(base, "outcomes_by_year", "year") == from_facts(facts, pl.col("year"))
    names = facts.with_columns(pl.concat_list("specialties", "subspecialties")).explode("specialties")
    resolved = from_graph(base, "outcomes_by_specialty", "label")
    counted = from_facts(names, pl.col("specialties"))
    assert resolved
    assert resolved == {name: counted[name] for name in resolved}


@pytest.mark.parametrize("folder", ["letters", "letters-pages"])
def test_on_the_real_letters(shared, tmp_path, folder):
    build([shared / folder], tmp_path / "kb", processes=1)
    with KnowledgeBase.open(tmp_path / "kb") as base:
        check(base)


def test_on_sample_letters(tmp_path):
    sample(300, seed=5, into=tmp_path / "sample", template="mixed")
    build([tmp_path / "sample" / "letters"], tmp_path / "kb")
    with KnowledgeBase.open(tmp_path / "kb") as base:
        check(base)


@pytest.mark.long
def test_on_many_sample_letters(tmp_path_factory):
    with KnowledgeBase.open(many_letters(tmp_path_factory)) as base:
        check(base)
