"""Answers to named queries that a server makes before anybody asks."""

import json
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest_web import in_a_loop, until
from fastapi.testclient import TestClient

from kg import queries
from kg.analysis.prepared import query_answers
from kg.base.store import KnowledgeBase
from kg.web.app import create_app
from kg.web.settings import Settings
from kg.web.sparql import prepare_answers
from kg.web.sparql.lanes import Lane, Limits


@pytest.fixture
def generation(built: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A generation whose answers are kept elsewhere, so that it has none."""
    monkeypatch.setattr(query_answers, "_folder", lambda _: tmp_path / "answers")
    with KnowledgeBase.open(built) as base:
        return base.folder


def make(generation: Path) -> None:
    in_a_loop(prepare_answers.make(generation, generation / "graph", Limits(time=0.001)))


def test_those_that_want_nothing_are_made_once(generation: Path, monkeypatch: pytest.MonkeyPatch):
    make(generation)
    kept = [text for text in prepare_answers.texts() if query_answers.read(generation, text)]
    assert {queries.load(name).bind() for name in ("disagreements", "identical_citations")} <= {*kept}
    assert len(kept) > 20
    monkeypatch.setattr(prepare_answers, "texts", lambda: iter(kept))
    monkeypatch.setattr(Lane, "start", lambda _: pytest.fail("asked again"))
    make(generation)


def test_a_prepared_answer_is_that_of_the_store(generation: Path):
    make(generation)
    text = queries.load("outcomes_by_category").bind()
    plain = ox.Store.read_only(str(generation / "graph")).query(text)
    assert isinstance(plain, ox.QuerySolutions)
    made = query_answers.read(generation, text)
    assert made is not None
    assert json.loads(made) == json.loads(plain.serialize(format=ox.QueryResultsFormat.JSON) or b"")


def test_what_cannot_be_asked_is_made_later(generation: Path, caplog: pytest.LogCaptureFixture):
    in_a_loop(prepare_answers.make(generation, generation / "nowhere", Limits()))
    assert "as they are asked for" in caplog.text


def test_the_api_of_a_large_base_is_described_before_it_is_asked(
    built: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("kg.web.app.LARGE", 1)
    app = create_app(built, Settings(workers=1))
    with TestClient(app):
        until(lambda: app.openapi_schema is not None)
    assert app.openapi_schema["components"]["schemas"]["Case"]
