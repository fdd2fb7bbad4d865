"""What is planted in synthetic letters is found, and nothing else: short forms of the benchmark."""

import sys
from pathlib import Path

import pytest
from tables import each_row

from kg.analysis.drivers import drivers
from kg.sampling.effects import planted as planting

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
import planted_truth

pytestmark = pytest.mark.long

SIX = (
    ("page", "chronic-pain:98", 2.0),
    ("page", "chronic-pain:111", 0.4),
    ("page", "chronic-pain:64", 2.5),
    ("page", "chronic-pain:78", 0.5),
    ("page", "chronic-pain:16", 2.5),
    ("page", "acoem-2004/12:305", 0.5),
)


def named(kind_key):
    """A planted page as the table names it, without the edition."""
    work, page = kind_key.split(":")
    return work.split("/")[0], int(page)


def members(one):
    """The pages of a credible set."""
    return {(key.key.split("/")[0], int(key.key.rsplit("/", 1)[1])) for key in one.keys}


def test_most_of_six_effects_are_found():
    there = {named(key) for _, key, _ in SIX}
    found = 0
    for seed in (1, 2, 3, 4):
        sets = drivers(planted_truth.facts_of_truth(8000, seed, planting(SIX))).sets
        assert all(members(one) & there for one in sets)
        found += len(set().union(*map(members, sets)) & there)
    assert found >= 13


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_sets_hold_a_planted_page(seed):
    there = {named(f"{work}:{page}") for (work, page), ratio in planted_truth.PAGES if ratio != 1}
    found = drivers(planted_truth.facts_of_truth(2500, seed, planted_truth.effects()))
    assert found.sets
    for one in found.sets:
        assert there & members(one)
        assert one.low is not None
        assert one.low > 1 or one.high < 1


@pytest.mark.parametrize("seed", [4, 5, 6])
def test_nothing_planted_on_pages_gives_no_set_and_no_small_q(seed):
    found = drivers(planted_truth.facts_of_truth(1500, seed, planted_truth.effects(pages=False)))
    assert found.sets == ()
    assert not (found.table["q_value"] < 0.05).any()


@pytest.mark.parametrize("seed", [120, 127, 137])
def test_few_letters_give_no_set_whose_interval_holds_1(seed):
    assert not drivers(planted_truth.facts_of_truth(120, seed, planted_truth.effects(pages=False))).sets


@pytest.fixture(scope="module")
def alike():
    """Tables of letters whose decisions are alike, with nothing planted on what is cited."""
    return planted_truth.nothing_planted(range(2), 500, "letters", categories=False)


@each_row("level", planted_truth.LEVELS)
@each_row("column", ["rate", "difference", "odds_ratio", "adjusted"])
def test_intervals_have_letters_as_their_unit(alike, level, column):
    held = alike[level].held(column)
    assert sum(held) / len(held) > (0.9 if len(held) > 100 else 0.75)


def test_letters_that_are_alike_give_no_set_and_no_small_q(alike):
    for tally in alike.values():
        assert sum(tally.any_set) + sum(tally.small_q) <= 1
