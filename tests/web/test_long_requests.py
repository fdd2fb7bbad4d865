"""Requests that last while two generations are put in place are answered as of the one they began with."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from conftest_web import until
from fastapi.dependencies.models import Dependant
from fastapi.testclient import TestClient
from test_browser import ODD, PAGES
from test_generations import as_current, grown
from test_openapi import asked, calls, described, known

from kg import sample
from kg.base import generations
from kg.base.building.build import build
from kg.web.app import create_app
from kg.web.parameters import served, site_of
from kg.web.settings import Settings

__all__ = ["described", "grown", "known"]


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base that may be changed."""
    made = tmp_path_factory.mktemp("long") / "kb"
    grow(made, 60, seed=5)
    return made


@pytest.fixture(scope="module")
def site(kb: Path) -> Iterator[TestClient]:
    """A client of it, which nobody else asks: nothing was computed before."""
    with TestClient(create_app(kb, Settings(workers=2, poll_time=1000))) as client:
        yield client


def grow(kb: Path, letters: int, seed: int) -> None:
    """Build a generation of so many letters more."""
    folder = kb.parent / f"letters-{seed}"
    folder.mkdir()
    for name, text, _ in sample.letters(letters, seed=seed, template="mixed"):
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    build([folder], kb, processes=1)


class Gate:
    """Where requests wait after they were given the generation that is to answer them."""

    def __init__(self) -> None:
        self.waiting, self.open = 0, False

    def behind(self, given: Callable[..., Any]) -> Callable[..., Any]:
        """``given``, whose value is passed on when the gate is open."""

        async def wait(**values: Any) -> Any:
            found = await given(**values)
            self.waiting += 1
            while not self.open:
                await asyncio.sleep(0.01)
            return found

        return wait


def given_a_site(needed: Dependant) -> Iterator[Dependant]:
    """Where a route is given its generation."""
    for one in needed.dependencies:
        if one.call in (served, site_of):
            yield one
        yield from given_a_site(one)


Ask = Callable[[TestClient], Any]


def asks(described: dict[str, Any], known: dict[str, Any]) -> dict[str, Ask]:
    """Every call of the API, and every page."""

    def call(path: str, method: str, operation: dict[str, Any]) -> Ask:
        return lambda site: asked(site, path, method, operation, known)

    def page(path: str) -> Ask:
        return lambda site: site.get(path.format(**known), headers={"Accept": "text/html"})

    found = {
        f"{method} {path}": call(path, method, operation) for path, method, operation in calls(described)
    }
    return found | {path: page(path) for path in (PAGES | ODD).values()}


def close_the_gate(gate: Gate, site: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every request wait that was given a generation."""
    routes = (route for route in site.app.router.routes if hasattr(route, "dependant"))
    for one in {id(one): one for route in routes for one in given_a_site(route.dependant)}.values():
        monkeypatch.setattr(one, "call", gate.behind(one.call))


SLOW = "SELECT (COUNT(*) AS ?n) { { SELECT * { ?a ?b ?c } LIMIT 2000 } { SELECT * { ?d ?e ?f } LIMIT 2000 } }"


@pytest.mark.long
def test_a_request_keeps_its_generation_open(grown, monkeypatch):
    gate, few = Gate(), ("/api/sentences", "/api/stats", "/cases", "/search?q=pain")
    with TestClient(create_app(grown, Settings(workers=1, poll_time=1000))) as site:
        before = {path: site.get(path).content for path in few}
        close_the_gate(gate, site, monkeypatch)
        with ThreadPoolExecutor(len(few) + 1) as pool:
            answers = {path: pool.submit(site.get, path) for path in few}
            try:
                until(lambda: gate.waiting == len(few))
                for name in ("000003", "000004"):
                    as_current(grown, name)
                    site.portal.call(site.app.state.state.refresh)
                assert stored(grown) == ["000001", "000004"]
            finally:
                gate.open = True
        assert {path: answer.result().content for path, answer in answers.items()} == before
        assert stored(grown) == ["000004"]


@pytest.mark.long
def test_a_query_of_an_earlier_generation_ends_in_its_own_time(grown):
    as_current(grown, "000005")
    with TestClient(create_app(grown, Settings(workers=1, poll_time=1000, time_limit=60))) as site:
        state = site.app.state.state
        with ThreadPoolExecutor(1) as pool:
            asked_for = {"query": SLOW, "generation": "000003"}
            answer = pool.submit(site.get, "/sparql", params=asked_for)
            until(lambda: state._past is not None and len(state._past._tasks) == 1)
            as_current(grown, "000004")
            site.portal.call(state.refresh)
        assert (answer.result().status_code, answer.result().headers["kg-generation"]) == (200, "000003")


@pytest.mark.long
def test_every_answer_is_of_the_generation_it_began_with(kb, site, described, known, monkeypatch):
    """All is asked; all wait for two builds that keep no other generation, and then are answered."""
    every, gate = asks(described, known), Gate()
    with TestClient(create_app(kb, Settings(workers=2, poll_time=1000))) as other:
        before = {name: ask(other) for name, ask in every.items()}
    close_the_gate(gate, site, monkeypatch)
    with ThreadPoolExecutor(len(every)) as pool:
        answers = {name: pool.submit(ask, site) for name, ask in every.items()}
        try:
            until(lambda: gate.waiting + sum(answer.done() for answer in answers.values()) == len(every))
            waited = [name for name, answer in answers.items() if not answer.done()]
            for seed in (101, 102):
                grow(kb, 5, seed)
                site.portal.call(site.app.state.state.refresh)
            assert stored(kb) == ["000001", "000003"]
        finally:
            gate.open = True
    assert len(waited) > 80
    wrong, late = [], 0
    for name in waited:
        answer = answers[name].result()
        # A query is answered by the generation that is served when its turn comes.
        began = answer.headers["kg-generation"] == "000001"
        late += not began
        true = before[name] if began else every[name](site)
        same = (
            answer.content == true.content or name == "/about"
        )  # which lists the generations that are there
        if not same or answer.status_code != true.status_code:
            wrong.append((name, answer.status_code, answer.text[:200]))
    assert wrong == []
    assert len(waited) - late > 50
    assert stored(kb) == ["000003"]


def stored(kb: Path) -> list[str]:
    """The generations that stay when all others that nobody has open are deleted."""
    generations.clean(generations.Layout(kb), 1)
    return sorted(folder.name for folder in (kb / "generations").iterdir())
