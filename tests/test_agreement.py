"""The graph and the facts table are counted apart and say the same, row by row."""

import polars as pl
import pytest

from kg import queries
from kg.base.building.build import build
from kg.base.store import KnowledgeBase
from kg.graph import iri
from kg.graph.triples import UNPAGED
from kg.sample import sample

OUTCOMES = ("upheld", "overturned", "modified")
PARTIES = ("reviewer", "claims_administrator")


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


@pytest.mark.parametrize("letters", [300, pytest.param(10_000, marks=pytest.mark.long)])
def test_on_sample_letters(tmp_path, letters):
    sample(letters, seed=5, into=tmp_path / "sample", template="mixed")
    build([tmp_path / "sample" / "letters"], tmp_path / "kb")
    with KnowledgeBase.open(tmp_path / "kb") as base:
        check(base)
