"""Readers through many generations: no answer mixes two of them, and no reader goes back."""

import hashlib
import http.client
import os
import shutil
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from conftest_web import Live
from fastapi.testclient import TestClient

from kg import sample
from kg.base.building.build import build
from kg.web.app import create_app
from kg.web.settings import Settings

READERS, SWAPS = int(os.environ.get("KG_READERS", "8")), int(os.environ.get("KG_SWAPS", "6"))
READS = int(os.environ.get("KG_READS", "0"))
"""Readers at once, generations after the first, and how often they read at least in all."""
COUNT = "PREFIX imr: <https://w3id.org/imr-kg/ontology#> SELECT (COUNT(*) AS ?n) { ?s imr:outcome ?o }"
ASKED = (
    "/api/cases?limit=5",
    "/api/outcomes?by=year",
    "/api/drivers?level=guideline",
    f"/sparql?query={quote(COUNT)}",
    "/api/queries/outcomes_by_year",
    "/drivers?level=guideline",
)
Start = Callable[..., Live]
Bodies = dict[tuple[str, str], str]


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def bodies(base: Path) -> Bodies:
    """What the generation that is current answers, by address and generation."""
    found = {}
    with TestClient(create_app(base, Settings(workers=1))) as site:
        for path in ASKED:
            answer = site.get(path, headers={"Host": "kg.example"})
            assert answer.status_code == 200, path
            found[path, answer.headers["KG-Generation"]] = digest(answer.content)
    return found


@pytest.fixture(scope="module")
def generations(built: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str], Bodies]:
    """A base with its generations, one letter more in each, and what each of them answers."""
    folder = tmp_path_factory.mktemp("history")
    base, source = folder / "kb", folder / "letters"
    shutil.copytree(built, base, symlinks=True)
    source.mkdir()
    names, true = [(base / "current").readlink().name], bodies(base)
    for name, text, _ in sample.letters(SWAPS, seed=99, template="sections"):
        (source / f"{name}.txt").write_text(text, encoding="utf-8")
        build([source], base, processes=1, keep=SWAPS + 1)
        names.append((base / "current").readlink().name)
        true |= bodies(base)
    assert len(set(names)) == SWAPS + 1
    assert len(set(true.values())) == len(true)  # no two generations answer alike
    return base, names, true


def serve_from(base: Path, name: str) -> None:
    """Make a generation the current one, as a build does: by one rename."""
    (base / "next").symlink_to(Path("generations") / name)
    (base / "next").replace(base / "current")


class Reader(threading.Thread):
    """A client that asks until it is told to stop, over one connection, and notes what it got."""

    def __init__(self, server: Live, first: int, done: threading.Event) -> None:
        super().__init__()
        self.history: list[tuple[str, str, str]] = []
        self.failed: list[str] = []
        self.refused = 0
        self._server, self._first, self._done = server, first, done

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=60)
        turn = self._first
        while not self._done.is_set():
            path = ASKED[turn % len(ASKED)]
            turn += 1
            connection.request("GET", path, headers={"Host": "kg.example"})
            answer = connection.getresponse()
            body = answer.read()
            if answer.status == 200:
                self.history.append((path, answer.headers["KG-Generation"], digest(body)))
            elif answer.status == 503 and answer.headers["Retry-After"]:  # the machine is busy: it asks again
                self.refused += 1
            else:
                self.failed.append(f"{path}: {answer.status}")
        connection.close()


@pytest.mark.long
def test_no_answer_mixes_generations_and_no_reader_goes_back(generations, live: Start):
    base, names, true = generations
    serve_from(base, names[0])
    server, done = live(base, poll_time=0.1, workers=2), threading.Event()
    readers = [Reader(server, number, done) for number in range(READERS)]
    for reader in readers:
        reader.start()
    for name in names[1:]:
        seen = [len(reader.history) for reader in readers]
        serve_from(base, name)
        end = time.monotonic() + 120
        while not all(
            any(generation == name for _, generation, _ in reader.history[start:])
            for reader, start in zip(readers, seen, strict=True)
        ):
            assert time.monotonic() < end, f"not every reader was given {name}"
            time.sleep(0.05)
    while sum(len(reader.history) for reader in readers) < READS:
        time.sleep(0.1)
    done.set()
    for reader in readers:
        reader.join()
    assert [fault for reader in readers for fault in reader.failed] == []
    mixed = defaultdict(int)
    for reader in readers:
        for path, generation, body in reader.history:
            mixed[path] += body != true[path, generation]
    assert dict.fromkeys(ASKED, 0) == {path: mixed[path] for path in ASKED}
    for reader in readers:
        order = [names.index(generation) for _, generation, _ in reader.history]
        assert order == sorted(order)
        assert reader.refused * 100 <= len(reader.history)
