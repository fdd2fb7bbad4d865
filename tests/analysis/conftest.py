"""Fixtures of the analyses' tests."""

from collections.abc import Callable

import polars as pl
import pyoxigraph
import pytest
from small_facts import cite, decision, facts_of

from kg import sample
from kg.base.building.build import build
from kg.base.store import KnowledgeBase


@pytest.fixture(scope="session")
def make() -> Callable[..., pl.DataFrame]:
    """Two-by-two counts as a frame: ``make({98: (overturned, upheld)}, rest=(overturned, upheld))``."""

    def made(pages: dict[int, tuple[int, int]], rest: tuple[int, int] = (0, 0), **values) -> pl.DataFrame:
        rows, number = [], 0
        for page, counts in [*pages.items(), (None, rest)]:
            for outcome, count in zip(("overturned", "upheld"), counts, strict=True):
                for _ in range(count):
                    number += 1
                    cited = [] if page is None else [cite("chronic-pain", edition=2009, pages=(page,))]
                    rows.append(decision(f"CM15-{number:07}", 1, outcome, reviewer=cited, **values))
        return facts_of(*rows)

    return made


@pytest.fixture(scope="session")
def base(tmp_path_factory):
    """A small base of sample letters of every form."""
    folder = tmp_path_factory.mktemp("letters")
    for number, (name, text, _) in enumerate(sample.letters(80, 11, "all")):
        (folder / f"{number}-{name}.txt").write_text(text, encoding="utf-8", newline="")
    build([folder], folder / "kb", processes=1)
    with KnowledgeBase.open(folder / "kb") as opened:
        yield opened


@pytest.fixture(scope="session")
def store(base):
    """The graph of the small base."""
    return pyoxigraph.Store.read_only(str(base.graph_folder))
