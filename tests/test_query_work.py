"""What a named query costs grows as the letters do, so that none fails on a large base alone."""

import time

import pyoxigraph as ox
import pytest
from made_once import MANY, many_letters

from kg import queries
from kg.base.building.build import build
from kg.base.store import KnowledgeBase
from kg.errors import QueryError
from kg.graph.entailed import rewritten
from kg.sample import sample

FEW = 1_000
MORE = MANY / FEW
GIVEN = {
    "case": {"case": "CM14-0000001"},
    "case_facts": {"case": "CM14-0000001"},
    "cases_citing_page": {"page": "chronic-pain/2009/page/98"},
    "decisions_on": {"service": "pharmaceuticals/opioids"},
}
"""Parameters of queries that have one without a default."""


def seconds(store: ox.Store, text: str) -> float:
    """Processor time of a query, of a short one the best of three."""
    taken = []
    while len(taken) < 3 and (not taken or taken[0] < 0.1):
        started = time.process_time()
        sum(1 for _ in store.query(text))
        taken.append(time.process_time() - started)
    return min(taken)


@pytest.mark.long
def test_no_query_takes_more_than_its_share(tmp_path, tmp_path_factory):
    taken = dict.fromkeys(queries.names(), ())
    sample(FEW, seed=11, into=tmp_path / "few", template="mixed")
    build([tmp_path / "few" / "letters"], tmp_path / "kb")
    for path in (tmp_path / "kb", many_letters(tmp_path_factory)):
        with KnowledgeBase.open(path) as base:
            store = ox.Store.read_only(str(base.graph_folder))
            for name in taken:
                text = rewritten(queries.load(name).bind(GIVEN.get(name)))
                taken[name] += (seconds(store, text),)
    slow = {name: (few, many) for name, (few, many) in taken.items() if many > 2 * MORE * max(few, 0.01)}
    assert slow == {}


def test_every_query_is_asked():
    """A query that wants a value is given one above."""

    def wants(name):
        try:
            queries.load(name).bind()
        except QueryError:
            return True
        return False

    assert {name for name in queries.names() if wants(name)} == set(GIVEN)
