"""Letters of our own making and a knowledge base made of them, by the command itself."""

from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from kg.cli import app
from kg.sample import letters, sample


class Done(NamedTuple):
    """How `kg` ended, and what it said."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def kg():
    """`kg` with some words and perhaps standard input, in this process."""

    def run(*words: object, given: str | bytes | None = None) -> Done:
        done = CliRunner().invoke(app, [str(word) for word in words], input=given)
        return Done(done.exit_code, done.stdout, done.stderr)

    return run


@pytest.fixture(scope="session")
def letter() -> str:
    """The text of one letter."""
    return next(iter(letters(1, seed=5, template="sections")))[1]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with letters/ and truth.jsonl."""
    into: Path = tmp_path_factory.mktemp("cli") / "sample"
    sample(40, 3, into)
    return into


@pytest.fixture(scope="session")
def kb(made: Path, kg) -> Path:
    """A knowledge base of these letters."""
    base = made.parent / "kb"
    done = kg("build", made / "letters", "--kb", base, "--jobs", 1)
    assert done.code == 0, done.err
    return base


@pytest.fixture(scope="session")
def case(made: Path) -> str:
    """One of its case numbers."""
    return min(path.stem for path in (made / "letters").rglob("*.txt"))
