"""The graph and the facts of one small base of sample letters agree on every count."""

import pytest

from kg.analysis.cache import Analyses
from kg.analysis.decisions import LEVELS, PARTIES
from kg.analysis.filters import Filters, values
from kg.analysis.row_query import sparql


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


@pytest.mark.parametrize("party", PARTIES)
@pytest.mark.parametrize("years", [[2009], [2009, 2016], [2004]])
def test_sparql_of_a_guideline_filters_its_editions(base, store, party, years):
    found = Analyses.of(base).drivers("guideline", party, Filters.of(edition=years), model=False)
    agree(store, found, 8)
