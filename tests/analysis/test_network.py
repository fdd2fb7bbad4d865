import networkx as nx
import numpy as np
import pytest
from small_facts import cite, decision, facts_of

from kg.analysis.decisions import prepare
from kg.analysis.filters import Filters
from kg.analysis.network import Relation, network
from kg.errors import UnknownError
from kg.statistics.chance import Chance, Had, together


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


def test_pairs_are_those_of_a_matrix_product():
    rng = np.random.default_rng(1)
    ones, others = rng.random((300, 7)) < 0.3, rng.random((300, 4)) < 0.4
    left, right = (Had(*np.nonzero(part), part.shape[1]) for part in (ones, others))
    found = together(left, right)
    has_right = others.any(1)
    ones = ones & has_right[:, None]
    product = ones.T.astype(int) @ others
    assert {(a, b): n for a, b, n in zip(found.left, found.right, found.count, strict=True)} == {
        (a, b): product[a, b] for a, b in np.argwhere(product)
    }
    found = together(left, None)
    ones = np.zeros((300, 7), bool)
    ones[left.letter, left.thing] = True
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
        "Chronic Pain 2009, p. 1; Chronic Pain 2009, p. 2; Chronic Pain 2009, p. 3",
        "Chronic Pain 2009, p. 7; Chronic Pain 2009, p. 8",
    )


def things(rows, count):
    """Sets of things, one a letter, as pairs."""
    letter = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    return Had(letter, np.array([thing for row in rows for thing in sorted(row)], int), count)


def traded(rows, steps, rng):
    """Another bipartite graph with the same degrees, by trades of two letters' things (Curveball)."""
    rows = [set(row) for row in rows]
    for one, two in rng.integers(len(rows), size=(steps, 2)):
        if one != two:
            first, second, both = rows[one], rows[two], rows[one] & rows[two]
            others = rng.permutation(sorted((first | second) - both)).tolist()
            kept = len(first - both)
            rows[one], rows[two] = both | {*others[:kept]}, both | {*others[kept:]}
    return rows


def drawn(rng, letters, count):
    """Letters with one to some things, of which a few are in most letters and most in few."""
    weights = rng.pareto(1.2, count) + 0.05
    sizes = np.minimum(1 + (rng.pareto(1.3, letters) * 1.2).astype(int), count)
    return [{*rng.choice(count, size, replace=False, p=weights / weights.sum()).tolist()} for size in sizes]


@pytest.mark.same_anywhere
@pytest.mark.long
@pytest.mark.parametrize(("letters", "count"), [(60, 5), (200, 8), (300, 30), (600, 60)])
def test_random_networks_with_the_same_degrees_have_no_more_links_than_said(letters, count):
    rng = np.random.default_rng(letters)
    rows, seen, small, pairs = drawn(rng, letters, count), 0, 0, 0
    for _ in range(20):
        rows = traded(rows, 5 * letters, rng)
        found = together(things(rows, count), None)
        seen += bool((found.q_value < 0.05).any())
        small += int((found.p_value < 0.05).sum())
        pairs += count * (count - 1) // 2
    assert seen <= 2  # 1 of 20 expected at most
    assert small <= 0.06 * pairs


@pytest.mark.same_anywhere
@pytest.mark.long
@pytest.mark.parametrize("count", [5, 30])
def test_nor_have_random_networks_of_two_kinds(count):
    rng = np.random.default_rng(count)
    rows, seen = drawn(rng, 300, count), 0
    for _ in range(20):
        rows = traded(rows, 1500, rng)
        other = things([{*rng.choice(6, rng.integers(1, 3), replace=False).tolist()} for _ in rows], 6)
        seen += bool((together(other, things(rows, count)).q_value < 0.05).any())
    assert seen <= 2


def test_expected_counts_are_those_of_random_networks_with_the_same_degrees():
    rng = np.random.default_rng(5)
    rows = drawn(rng, 250, 8)
    model = Chance(things(rows, 8))
    mean, variance = model.both(np.arange(8))
    counts = []
    for _ in range(300):
        rows = traded(rows, 600, rng)
        has = np.zeros((250, 8))
        has[things(rows, 8).letter, things(rows, 8).thing] = 1
        counts.append((has.T @ has)[np.triu_indices(8, 1)])
    found = np.array(counts)
    assert mean[np.triu_indices(8, 1)] == pytest.approx(found.mean(0), abs=1.0, rel=0.03)
    # What the other things' totals tell too is not taken off: the variance is rather too wide.
    assert (variance[np.triu_indices(8, 1)] > 0.75 * found.var(0) - 0.3).all()


def test_degrees_are_held():
    rng = np.random.default_rng(9)
    had = things(drawn(rng, 400, 25), 25)
    model = Chance(had)
    assert model.letters @ model.held == pytest.approx(had.totals, rel=1e-4)
    assert model.held.sum(1) == pytest.approx(model.sizes, rel=1e-6)


def test_a_planted_pair_is_found_among_others():
    rng = np.random.default_rng(2)
    rows = [{*rng.choice(20, 2, replace=False).tolist()} for _ in range(600)]
    rows = [row | {3, 4} if number % 12 == 0 else row for number, row in enumerate(rows)]
    found = together(things(rows, 20), None)
    assert list(zip(found.left[found.q_value < 0.05], found.right[found.q_value < 0.05], strict=True)) == [
        (3, 4)
    ]


@pytest.mark.parametrize(
    "rows", [[], [{0}], [{0, 1}], [{0, 1}] * 30, [{0}, {1}, {2}], [{0, 1, 2}] * 3 + [{1}], [{0}] * 50]
)
def test_few_letters_give_numbers_and_no_links(rows):
    found = together(things(rows, 3), None)
    for figures in (found.expected, found.p_value, found.q_value):
        assert np.isfinite(figures).all()
    assert not (found.q_value < 0.05).any()
    other = together(things(rows, 3), things(rows[::-1], 3))
    assert np.isfinite(other.q_value).all()


def test_a_letter_counts_once_and_ranges_are_marked():
    """Two items of each letter cite the same: letters count; pages 98-99 are a range, 98 and 120 none."""
    cited = [
        [cite("chronic-pain", edition=2009, pages=(98, 99))],
        [cite("chronic-pain", edition=2009, pages=(98, 120))],
        [cite("chronic-pain", edition=2009, pages=(7, 55))],
        [cite("acoem-2004", chapter="12", pages=(303,)), cite("chronic-pain", edition=2009, pages=(60,))],
    ]
    rows = [
        decision(f"CM15-{number:07}", item, "upheld", cited[number % 4])
        for number in range(160)
        for item in (1, 2)
    ]
    found = network(prepare(facts_of(*rows)), minimum=1, q=2)
    told = {
        tuple(sorted(row[end].rsplit("/", 1)[1] for end in ("source", "target"))): (
            row["letters"],
            row["decisions"],
            row["in_range"],
        )
        for row in found.to_frame().iter_rows(named=True)
    }
    assert told == {
        ("98", "99"): (40, 80, 1.0),
        ("120", "98"): (40, 80, 0.0),
        ("55", "7"): (40, 80, 0.0),
        ("303", "60"): (40, 80, 0.0),
    }
    assert found.notes == ("compared: 160 letters in which the party cites a page",)


def test_letters_that_cite_nothing_are_not_compared():
    """Half the letters cite no page: they are no evidence that those who cite, cite together."""
    rows = [
        decision(
            f"CM15-{n:07}", 1, "upheld", [cite("chronic-pain", edition=2009, pages=pages)] if pages else []
        )
        for n, pages in enumerate([(98, 7), (98,), (7,), (98, 7)] * 20 + [()] * 400)
    ]
    found = network(prepare(facts_of(*rows)), minimum=1)
    assert found.to_frame().is_empty()
    assert found.notes[0] == "compared: 80 letters in which the party cites a page"


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
