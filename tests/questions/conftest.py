"""A knowledge base of synthetic letters, which the tests of questions share."""

import pytest

import kg
from kg.base.building.build import build
from kg.sample import sample


@pytest.fixture(scope="session")
def base(tmp_path_factory):
    folder = tmp_path_factory.mktemp("questions")
    sample(300, 5, folder / "sample")
    build([folder / "sample" / "letters"], folder / "kb")
    with kg.open(folder / "kb") as opened:
        yield opened
