"""A real server among bad clients: slow ones, hostile ones, ones that go away; and a new generation."""

import shutil
import signal
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import psutil
import pytest
from conftest_web import Live
from hostile import RUNAWAY

from kg import sample
from kg.base.building.build import build
from kg.web.server import listen

pytestmark = pytest.mark.long

Start = Callable[..., Live]


@pytest.fixture(scope="module")
def live_server(built: Path):
    server = Live(built, workers=2, head_time=1, body_time=1, read_time=1.5, time_limit=1)
    yield server
    server.stop()


def test_the_second_part_of_an_answer_does_not_wait():
    """Where asyncio is not told that it is TCP, a client's delayed acknowledgement holds each answer up."""
    with listen("127.0.0.1", 0) as listening:
        assert listening.proto == socket.IPPROTO_TCP


def test_slow_heads_are_cut_off(live_server: Live):
    began = time.monotonic()
    waiting = [live_server.connect() for _ in range(50)]
    for connection in waiting:
        connection.sendall(b"GET / HTTP/1.1\r\nX: ")
    for connection in waiting:
        assert connection.recv(10) == b""
        connection.close()
    assert time.monotonic() - began < 8


def test_slow_bodies_are_cut_off(live_server: Live):
    with live_server.connect() as connection:
        head = "POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
        head += "Content-Length: 99\r\n\r\nASK"
        connection.sendall(head.encode())
        assert connection.recv(1000).startswith(b"HTTP/1.1 408")


def test_slow_readers_are_cut_off(live_server: Live):
    with live_server.connect() as connection:
        # with a smaller window the system takes minutes to hand over what was sent
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        query = quote("SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 60000")
        connection.sendall(f"GET /sparql?query={query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        time.sleep(5)
        got = 0
        try:
            while chunk := connection.recv(1 << 20):
                got += len(chunk)
        except ConnectionError:
            pass
        assert got < 9_000_000, "the whole result was kept for a client that did not read"


def test_a_client_that_goes_away_frees_its_worker(live: Start, built: Path):
    server = live(built, workers=1, time_limit=30)
    connection = server.connect()
    connection.sendall(f"GET /sparql?query={quote(RUNAWAY)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    time.sleep(0.5)
    connection.close()
    began = time.monotonic()
    assert server.get("/sparql?query=" + quote("ASK {}"))[0] == 200
    assert time.monotonic() - began < 2


def test_a_result_over_the_limit_is_never_taken_for_whole(live: Start, built: Path):
    server = live(built, workers=1, result_bytes=3_000_000)
    with server.connect() as connection:
        query = quote("SELECT * { ?a ?b ?c . ?d ?e ?f }")
        connection.sendall(f"GET /sparql?query={query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert answer.startswith(b"HTTP/1.1 413") or not answer.endswith(b"0\r\n\r\n")


def test_sigterm_lets_requests_end(live: Start, built: Path):
    server = live(built, time_limit=3)
    slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(?a != ?d) } LIMIT 1"
    got: list[int] = []
    asker = threading.Thread(target=lambda: got.append(server.get("/sparql?query=" + quote(slow))[0]))
    asker.start()
    time.sleep(0.4)
    children = psutil.Process(server.process.pid).children(recursive=True)
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(timeout=120) == -signal.SIGTERM  # it drains, then ends as it was told
    asker.join()
    assert got in ([200], [504])
    psutil.wait_procs(children, timeout=60)
    assert not [child for child in children if child.is_running() and child.status() != "zombie"]


def test_a_new_generation_is_picked_up(live: Start, built: Path, tmp_path: Path):
    base, letters = tmp_path / "kb", tmp_path / "letters"
    shutil.copytree(built, base, symlinks=True)
    letters.mkdir()
    server = live(base, poll_time=0.2, workers=2)
    assert server.get("/api/")[1].count(b'"000001"') > 0
    for name, text, _ in sample.letters(5, seed=99, template="sections"):
        (letters / f"{name}.txt").write_text(text, encoding="utf-8")
    done, statuses = threading.Event(), []

    def keep_asking() -> None:
        while not done.is_set():
            statuses.append(server.get("/cases")[0])
            statuses.append(server.get("/sparql?query=" + quote("ASK {}"))[0])
            time.sleep(0.05)  # a new generation is made meanwhile, on the same cores

    asker = threading.Thread(target=keep_asking)
    asker.start()
    build([letters], base, processes=1)
    end = time.monotonic() + 300
    while b'"000002"' not in server.get("/api/")[1]:
        assert time.monotonic() < end, "the new generation was never served"
        time.sleep(0.1)
    done.set()
    asker.join()
    assert set(statuses) == {200}
    name = next(iter(sorted(letters.iterdir()))).stem
    assert server.get(f"/cases/{name}")[0] == 200
    query = f"ASK {{ <https://w3id.org/imr-kg/case/{name}> ?p ?o }}"
    assert b"true" in server.get("/sparql?query=" + quote(query))[1]
    assert psutil.Process(server.process.pid).num_fds() < 300
