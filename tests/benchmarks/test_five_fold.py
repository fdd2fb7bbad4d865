"""Items of the labelled letters are read right, and without the words that came from them nearly so."""

import pytest
from five_fold import five_fold, whole

AT_LEAST = {
    "in dispute": 0.99,
    "flags": 0.98,
    "category": 0.97,
    "subcategory": 0.95,
    "body parts": 0.96,
    "quantity": 0.96,
    "drug": 0.97,
}
UNSEEN = 0.02


@pytest.fixture(scope="module")
def read(shared):
    return whole(shared)


@pytest.mark.parametrize("measure", AT_LEAST)
def test_items(read, measure):
    assert read[measure] >= AT_LEAST[measure]


def test_five_fold(read, shared):
    unseen, _ = five_fold(shared)
    assert {name: value for name, value in unseen.items() if value < read[name] - UNSEEN} == {}
