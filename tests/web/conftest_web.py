"""A small knowledge base in the layout of a built one, and a client of its server."""

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from fastapi.testclient import TestClient

from kg.base import store as base_store
from kg.web.app import create_app
from kg.web.settings import Settings

DATA = "https://data.example/"


def store_of(folder: Path, quads: list[ox.Quad]) -> Path:
    """An Oxigraph store on disk that holds ``quads``."""
    store = ox.Store(str(folder))
    store.extend(quads)
    store.flush()
    del store
    return folder


def numbers(count: int) -> list[ox.Quad]:
    """So many triples: thing i has value i."""
    value = ox.NamedNode(f"{DATA}value")
    return [
        ox.Quad(ox.NamedNode(f"{DATA}thing/{number}"), value, ox.Literal(number)) for number in range(count)
    ]


class StandIn(base_store.KnowledgeBase):
    """A knowledge base that has a graph and nothing else."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, (root / "current").resolve())


def generation(root: Path, name: str, quads: list[ox.Quad]) -> Path:
    """A generation that is served from now on."""
    folder = root / "generations" / name
    folder.mkdir(parents=True)
    store_of(folder / "graph", quads)
    (folder / "generation.json").write_text("{}")
    fresh = root / "current.new"
    fresh.symlink_to(Path("generations") / name)
    fresh.rename(root / "current")
    return folder


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose first generation holds 300 numbers; it opens as a stand-in."""
    generation(tmp_path, "000001", numbers(300))
    monkeypatch.setattr(base_store.KnowledgeBase, "open", classmethod(lambda cls, path: StandIn(Path(path))))
    return tmp_path


@pytest.fixture
def settings() -> Settings:
    """Small limits, so that tests reach them."""
    return Settings(
        time_limit=1.0, workers=2, result_rows=200, result_bytes=1_000_000, refusal_delay=0, poll_time=0.1
    )


@pytest.fixture
def client(root: Path, settings: Settings) -> Iterator[TestClient]:
    """A client of the server over the stand-in."""
    with TestClient(create_app(root, settings)) as client:
        yield client
