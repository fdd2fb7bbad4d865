"""Folders that are made once for all processes of a test run."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.base.building.build import build
from kg.sample import sample

MANY = 4_000
"""Letters of the largest base that tests build."""


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that ``make`` fills in the process that asks first; all others wait, and only read it."""
    own = factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / name
    folder.mkdir(exist_ok=True)
    with (folder / "made").open("a+") as made:
        fcntl.flock(made, fcntl.LOCK_EX)
        if not made.tell():
            make(folder)
            made.write("yes")
    return folder


def many_letters(factory: pytest.TempPathFactory) -> Path:
    """A knowledge base of so many synthetic letters."""

    def make(folder: Path) -> None:
        sample(MANY, seed=5, into=folder / "sample", template="mixed")
        build([folder / "sample" / "letters"], folder / "kb")

    return once(factory, "many-letters", make) / "kb"
