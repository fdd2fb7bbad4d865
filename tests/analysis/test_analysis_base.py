"""The graph and the facts of one small base of sample letters agree on every count."""

import pyoxigraph
import pytest

from kg import sample
from kg.analysis.counting import sparql
from kg.analysis.cube import data_set, n_triples
from kg.analysis.filters import Filters, values
from kg.analysis.index import LEVELS, PARTIES
from kg.analysis.kept import Analyses, code_version
from kg.base.build import build
from kg.base.store import KnowledgeBase


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    folder = tmp_path_factory.mktemp("letters")
    for number, (name, text, _) in enumerate(sample.letters(80, 11, "all")):
        (folder / f"{number}-{name}.txt").write_text(text, encoding="utf-8", newline="")
    build([folder], folder / "kb", processes=1)
    with KnowledgeBase.open(folder / "kb") as opened:
        yield opened


@pytest.fixture(scope="module")
def store(base):
    return pyoxigraph.Store.read_only(str(base.graph_folder))


def counted(store, query):
    (row,) = store.query(query)
    return tuple(int(row[name].value) for name in ("decisions", "upheld", "overturned", "modified"))


def agree(store, found, rows):
    for row in found.rows[:rows]:
        expected = (row.decisions, row.upheld, row.overturned, row.modified)
        assert counted(store, sparql(found, row.key)) == expected, row.key


@pytest.mark.parametrize("party", PARTIES)
@pytest.mark.parametrize("level", LEVELS)
def test_sparql_counts_what_the_facts_count(base, store, level, party):
    found = Analyses.of(base).drivers(level, party, model=False)
    assert len(found)
    agree(store, found, 40)


@pytest.mark.parametrize(
    "name", ["year", "category", "subcategory", "body_part", "specialty", "template", "edition", "drug"]
)
def test_sparql_filters_as_the_facts_do(base, store, name):
    kept = Analyses.of(base)
    if name == "edition":
        chosen = [2009, 2016]
    elif name == "drug":
        chosen = [drug for drug in values(kept.index.decisions, name) if drug == drug.lower() != "compound"][
            :6
        ]
    else:
        chosen = values(kept.index.decisions, name)[:6]
    for value in chosen:
        for level, party in (("page", "reviewer"), ("section", "any"), ("edition", "claims_administrator")):
            if name == "edition" and party == "claims_administrator":
                continue
            found = kept.drivers(level, party, Filters.of(**{name: [value]}), model=False)
            agree(store, found, 4)


def test_the_cube_can_be_cited_and_computed_again(base):
    found = Analyses.of(base).drivers("chapter")
    cube = pyoxigraph.Store()
    cube.load(
        n_triples(found, base.generation, code_version()).encode(), format=pyoxigraph.RdfFormat.N_TRIPLES
    )
    (about,) = cube.query(
        f"PREFIX dcterms: <http://purl.org/dc/terms/> SELECT ?version ?how WHERE {{"
        f"<{data_set(found, base.generation)}> dcterms:hasVersion ?version ; dcterms:provenance ?how }}"
    )
    assert about["version"].value == base.generation
    assert code_version() in about["how"].value
    rows = cube.query(
        "PREFIX qb: <http://purl.org/linked-data/cube#> PREFIX imr: <https://w3id.org/imr-kg/ontology#>"
        "PREFIX statistic: <https://w3id.org/imr-kg/statistic/>"
        "SELECT ?key ?decisions ?overturned ?low WHERE {"
        "?row a qb:Observation ; imr:countedConcept ?key ; statistic:decisions ?decisions ;"
        " statistic:overturned ?overturned . OPTIONAL { ?row statistic:adjusted-low ?low } }"
    )
    told = {
        row["key"].value.split("/guideline/")[1]: (
            int(row["decisions"].value),
            int(row["overturned"].value),
            row["low"] and float(row["low"].value),
        )
        for row in rows
    }
    assert told == {row.key: (row.decisions, row.overturned, row.adjusted_low) for row in found.rows}


def test_every_measure_of_the_cube_is_declared(base):
    text = n_triples(Analyses.of(base).drivers("guideline"), base.generation, code_version())
    cube = pyoxigraph.Store()
    cube.load(text.encode(), format=pyoxigraph.RdfFormat.N_TRIPLES)
    loose = cube.query(
        "PREFIX qb: <http://purl.org/linked-data/cube#>"
        "ASK { ?row a qb:Observation ; ?property ?value ."
        "FILTER(CONTAINS(STR(?property), '/statistic/'))"
        "FILTER NOT EXISTS { ?property a qb:MeasureProperty } }"
    )
    assert not bool(loose)
