import networkx as nx
import numpy as np
import pytest
from scipy.stats import hypergeom
from small_facts import cite, decision, facts_of

from kg.analysis.decisions import prepare
from kg.analysis.filters import Filters
from kg.analysis.network import Relation, network
from kg.errors import UnknownError
from kg.statistics.chance import Had, tail, together


@pytest.fixture(scope="module")
def index():
    """Two families of pages that are cited together, and one decision in twenty that mixes them."""
    families = ((98, 99), (7, 8))
    return prepare(
        facts_of(
            *(
                decision(
                    f"CM15-{number:07}",
                    1,
                    "overturned" if number % 5 == 0 else "upheld",
                    [cite("chronic-pain", edition=2009, pages=families[number % 2])]
                    + (
                        [cite("chronic-pain", edition=2009, pages=(families[1 - number % 2][0],))]
                        * (number % 20 == 0)
                    ),
                    category=("Surgery", "Injection")[number % 2],
                    specialties=[("Neurology", "Pain Medicine")[number % 2]],
                )
                for number in range(200)
            )
        )
    )


@pytest.mark.parametrize(
    "counts", [(3, 4, 4, 8), (5, 10, 20, 100), (0, 3, 4, 50), (40, 60, 90, 1000), (1, 1, 1, 1)]
)
def test_tail_is_scipys(counts):
    count, one, two, size = counts
    found = tail(np.array([float(count)]), np.array([float(one)]), np.array([float(two)]), float(size))
    expected = hypergeom.sf(count - 1, size, one, two) if count > one * two / size else 1.0
    assert found[0] == pytest.approx(expected, rel=1e-9)


def test_pairs_are_those_of_a_matrix_product():
    rng = np.random.default_rng(1)
    ones, others = rng.random((300, 7)) < 0.3, rng.random((300, 4)) < 0.4
    left, right = (Had(*np.nonzero(part), part.shape[1]) for part in (ones, others))
    found = together(left, right, 300)
    product = ones.T.astype(int) @ others
    assert {(a, b): n for a, b, n in zip(found.left, found.right, found.count, strict=True)} == {
        (a, b): product[a, b] for a, b in np.argwhere(product)
    }
    found = together(left, None, 300)
    product = np.triu(ones.T.astype(int) @ ones, 1)
    assert {(a, b): n for a, b, n in zip(found.left, found.right, found.count, strict=True)} == {
        (a, b): product[a, b] for a, b in np.argwhere(product)
    }


def test_only_links_stronger_than_chance_stay(index):
    found = network(index, minimum=5)
    links = found.to_frame().select("source", "target", "decisions").rows()
    page = "guideline/chronic-pain/2009/page/"
    assert sorted(tuple(sorted(link[:2])) for link in links) == [
        (f"{page}7", f"{page}8"),
        (f"{page}98", f"{page}99"),
    ]
    assert len(found.communities) == 2
    nodes = found.nodes()
    assert nodes["community"].n_unique() == 2
    assert nodes.filter(nodes["node"] == f"{page}98")["decisions"].item() == 100


def test_what_all_decisions_under_a_filter_cite_is_together_by_chance(index):
    found = network(index, minimum=20, filters=Filters.of(category="Surgery"))
    assert found.to_frame().is_empty()


def test_communities_are_named_the_largest_first():
    families = ((7, 8), (1, 2, 3))
    drawn = [cite("chronic-pain", edition=2009, pages=family) for family in families]
    found = network(
        prepare(facts_of(*(decision(f"CM15-{n:07}", 1, "upheld", [drawn[n % 2]]) for n in range(100))))
    )
    assert found.communities == (
        "chronic-pain 2009, page 1; chronic-pain 2009, page 2; chronic-pain 2009, page 3",
        "chronic-pain 2009, page 7; chronic-pain 2009, page 8",
    )


def test_no_links_by_chance_alone():
    rng = np.random.default_rng(7)
    drawn = rng.random((2000, 40)) < 0.1
    assert not (together(Had(*np.nonzero(drawn), 40), None, 2000).q_value < 0.05).any()


def test_guideline_by_service_by_outcome(index):
    found = network(index, "services", "guideline")
    rows = {
        frozenset(row[:2]): row[2] for row in found.to_frame().select("source", "target", "decisions").rows()
    }
    assert rows == {
        frozenset(("guideline/chronic-pain", "service/injection")): 100,
        frozenset(("guideline/chronic-pain", "service/surgery")): 100,
        frozenset(("guideline/chronic-pain", "outcome/upheld")): 160,
        frozenset(("guideline/chronic-pain", "outcome/overturned")): 40,
        frozenset(("service/injection", "outcome/upheld")): 80,
        frozenset(("service/injection", "outcome/overturned")): 20,
        frozenset(("service/surgery", "outcome/upheld")): 80,
        frozenset(("service/surgery", "outcome/overturned")): 20,
    }
    assert {node: values["overturned"] for node, values in found.graph.nodes(data=True)} == {
        "guideline/chronic-pain": 40,
        "service/injection": 20,
        "service/surgery": 20,
        "outcome/upheld": 0,
        "outcome/overturned": 40,
    }
    assert found.neighbourhood("service/surgery") == (
        Relation("cited for", "guideline", 1, 100),
        Relation("ended as", "outcome", 2, 100),
    )


@pytest.mark.parametrize(
    ("chosen", "ended"),
    [
        ({}, {"upheld": (160, 0), "overturned": (40, 40)}),
        ({"category": "Injection"}, {"upheld": (80, 0), "overturned": (20, 20)}),
    ],
)
def test_outcomes_count_the_decisions_under_the_filters(index, chosen, ended):
    nodes = network(index, "services", "guideline", filters=Filters.of(**chosen)).nodes()
    found = {
        row["label"]: (row["decisions"], row["overturned"])
        for row in nodes.rows(named=True)
        if row["kind"] == "outcome"
    }
    assert found == ended
    assert nodes["strength"].n_unique() > 1
    assert nodes["strength"].is_sorted(descending=True)


@pytest.mark.parametrize(("minimum", "links"), [(20, 8), (21, 6), (100, 3)])
def test_links_to_services_and_outcomes_have_the_minimum_count(index, minimum, links):
    assert network(index, "services", "guideline", minimum=minimum).to_frame().height == links


@pytest.mark.parametrize(("minimum", "links"), [(10, 5), (11, 4)])
def test_so_have_links_from_a_page_to_a_service(index, minimum, links):
    """Both pages of a family with its service, and ten times a page of the other."""
    drawn = network(index, "services", "page", minimum=minimum).to_frame()
    assert drawn.filter(drawn["relation"] == "cited for").height == links


def test_specialty_by_guideline(index):
    found = network(index, "specialties", "page", minimum=20)
    assert ("specialty/neurology", "guideline/chronic-pain/2009/page/99") in {
        tuple(sorted(row, reverse=True)) for row in found.to_frame().select("source", "target").rows()
    }


def test_exports_can_be_read_again_and_do_not_change(index, tmp_path):
    found = network(index, minimum=5)
    again = network(index, minimum=5)
    assert (found.graphml(), found.gexf()) == (again.graphml(), again.gexf())
    (tmp_path / "a.graphml").write_text(found.graphml())
    (tmp_path / "a.gexf").write_text(found.gexf())
    read = nx.read_graphml(tmp_path / "a.graphml")
    assert {frozenset(edge) for edge in read.edges} == {frozenset(edge) for edge in found.graph.edges}
    assert dict(read.nodes(data="label")) == dict(found.graph.nodes(data="label"))
    assert set(nx.read_gexf(tmp_path / "a.gexf")) == set(again.graph)


def test_nothing_makes_an_empty_network(index):
    found = network(index, minimum=1000)
    assert (found.to_frame().height, found.nodes().height, found.communities) == (0, 0, ())
    assert found.graphml().startswith("<graphml")


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (
            lambda index: network(index, "togeter"),
            "there is no kind of network 'togeter'; the nearest: together",
        ),
        (lambda index: network(index).neighbourhood("outcome/upheld"), "there is no node 'outcome/upheld'"),
    ],
)
def test_unknown(index, ask, sentence):
    with pytest.raises(UnknownError) as error:
        ask(index)
    assert str(error.value).startswith(sentence)
