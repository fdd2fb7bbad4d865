"""Random histories of a knowledge base, which says at each step what a plain dictionary says.

``make model SEEDS=10000`` plays many; ``make model SEED=1234`` plays one again.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from base_model import lightened, play

pytestmark = pytest.mark.same_anywhere

SEEDS = int(os.environ.get("KG_SEEDS", "20"))
ONE = os.environ.get("KG_SEED")
SHARES = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
"""One for each worker, of which there are more than cores: while one waits for the disk, another goes on."""


def played(seeds: range, room: Path) -> int:
    """How many strikes the histories had; the seed of one that fails is named, and what it left stays."""
    strikes = 0
    for seed in seeds:
        (place := room / str(seed)).mkdir()
        try:
            strikes += play(seed, place)
        except Exception as error:
            raise AssertionError(f"seed {seed} fails ({error}); again: make model SEED={seed}") from error
        shutil.rmtree(place)
    return strikes


def test_a_base_says_what_a_dictionary_says(tmp_path: Path) -> None:
    assert played(range(2), tmp_path) > 0


def test_a_small_base_does(tmp_path: Path) -> None:
    with lightened():
        assert played(range(2, 10), tmp_path) > 0


@contextmanager
def on_one_core(number: int) -> Iterator[None]:
    """Stay on one core: the store begins hundreds of threads when it is opened, and each that moves costs."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[number % len(cores)]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


@pytest.mark.long
@pytest.mark.parametrize("share", range(SHARES))
def test_many_histories(tmp_path: Path, share: int) -> None:
    with lightened(), on_one_core(share):
        played(range(int(ONE), int(ONE) + 1) if ONE else range(share, SEEDS, SHARES), tmp_path)
