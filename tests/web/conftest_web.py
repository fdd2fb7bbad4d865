"""A small knowledge base in the layout of a built one, and a client of its server."""

import asyncio
import http.client
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Coroutine, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import unquote

import pyoxigraph as ox
import pytest
from base_letters import write
from fastapi.testclient import TestClient
from sparql_servers import oxigraph_at

from kg import sample
from kg.base import store as base_store
from kg.base.building.build import build
from kg.base.publish import publish
from kg.web.app import create_app
from kg.web.settings import Settings

DATA = "https://data.example/"
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run"),
)


Found = TypeVar("Found")


def in_a_loop(work: Coroutine[Any, Any, Found]) -> Found:
    """What ``work`` gives, in a thread of its own: a browser's loop may run in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


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


def until(true: Callable[[], bool]) -> None:
    """Wait until something is true."""
    end = time.monotonic() + 300
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


@contextmanager
def stand_in(folder: Path) -> Iterator[Path]:
    """The folder, whose first generation holds 300 numbers; it opens as a stand-in."""
    generation(folder, "000001", numbers(300))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(base_store.KnowledgeBase, "open", classmethod(lambda cls, path: StandIn(Path(path))))
        yield folder


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """A folder that opens as a stand-in."""
    with stand_in(tmp_path) as folder:
        yield folder


@pytest.fixture(scope="module")
def settings() -> Settings:
    """Small limits, so that tests reach them."""
    return Settings(
        time_limit=1.0, workers=2, result_rows=200, result_bytes=1_000_000, refusal_delay=0, poll_time=0.1
    )


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> Iterator[TestClient]:
    """A client of one server over the stand-in, whose generation stays."""
    with ExitStack() as opened:
        with stand_in(tmp_path_factory.mktemp("stand-in")) as folder:
            client = opened.enter_context(TestClient(create_app(folder, settings)))
        yield client


def base_of(folder: Path, letters: Iterable[tuple[str, str]]) -> Path:
    """A knowledge base in ``folder`` of some letters, each with its name, all of which are accepted."""
    texts = dict(letters)
    report = build([write(folder / "letters", **texts)], folder / "kb", processes=1)
    assert report.accepted == len(texts)
    return folder / "kb"


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A knowledge base of 120 letters of our own making, built as a user builds it."""
    made = sample.letters(120, seed=5, template="mixed")
    return base_of(tmp_path_factory.mktemp("built"), ((name, text) for name, text, _ in made))


@pytest.fixture(scope="session")
def site(built: Path) -> Iterator[TestClient]:
    """A client of a server over the built base."""
    with TestClient(create_app(built, Settings(workers=2, poll_time=5))) as client:
        yield client


@pytest.fixture(scope="session")
def endpoint(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An Oxigraph server that holds the built base."""
    with oxigraph_at(tmp_path_factory.mktemp("oxigraph")) as address:
        with base_store.KnowledgeBase.open(built) as base:
            publish(base, f"{address}/store")
        yield f"{address}/query"


@pytest.fixture(scope="session")
def remote(endpoint: str) -> Iterator[TestClient]:
    """A client of a server that has the endpoint and nothing else."""
    with TestClient(create_app(None, Settings(endpoint=endpoint, workers=2))) as client:
        yield client


class Told(NamedTuple):
    """An answer."""

    status: int
    headers: dict[str, str]
    body: bytes


class Asker:
    """Asks the application of a client in its own event loop, for those who ask thousands of times.

    A request of the client itself goes through two threads, eight times each, and takes three times as long.
    """

    def __init__(self, client: TestClient) -> None:
        self._app, self._state = client.app, client.app_state

    async def get(self, address: str, accept: str) -> Told:
        """What a GET gives; redirects are not followed."""
        path, _, query = address.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": [(b"host", b"testserver"), (b"accept", accept.encode())],
            "client": ("testclient", 50_000),
            "server": ("testserver", 80),
            "state": self._state.copy(),
        }
        got: list[dict[str, Any]] = []
        asked = iter([{"type": "http.request", "body": b"", "more_body": False}])

        async def receive() -> dict[str, Any]:
            for message in asked:
                return message
            await asyncio.Event().wait()  # who asked stays until all is said
            raise AssertionError

        async def send(message: dict[str, Any]) -> None:
            got.append(message)

        await self._app(scope, receive, send)
        head, *parts = got
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in head["headers"]}
        return Told(head["status"], headers, b"".join(part.get("body", b"") for part in parts))


class Live:
    """A real server in a process of its own."""

    def __init__(self, path: Path, **settings: object) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        environment = {f"KG_{name.upper()}": str(value) for name, value in settings.items()}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "kg.cli", "serve", "--kb", str(path), "--port", str(self.port)],
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.address = f"http://127.0.0.1:{self.port}"
        self._wait()

    def _wait(self) -> None:
        end = time.monotonic() + 300
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"{self.address}/readyz", timeout=10) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                assert self.process.poll() is None, "the server ended at its start"
                time.sleep(0.1)
        raise AssertionError("the server did not get ready")

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        """Status and body of a GET; status 0 where the answer was broken off."""
        request = urllib.request.Request(self.address + path, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()
        except http.client.IncompleteRead as error:
            return 0, error.partial

    def connect(self) -> socket.socket:
        """A bare connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def stop(self) -> int:
        """Ask the server to end; its exit code."""
        self.process.terminate()
        return self.process.wait(timeout=120)


@pytest.fixture
def live() -> Iterator[Callable[..., Live]]:
    """Start real servers; they are stopped after the test."""
    started: list[Live] = []

    def start(path: Path, **settings: object) -> Live:
        started.append(Live(path, **settings))
        return started[-1]

    yield start
    for server in started:
        if server.process.poll() is None:
            server.process.kill()
            server.process.wait()
