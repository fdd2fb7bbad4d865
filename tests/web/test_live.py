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

from kg import sample
from kg.base.build import build

Start = Callable[..., Live]
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"

HOSTILE = [
    RUNAWAY,
    "SELECT * {" + "{" * 3000 + "}" * 3000 + "}",
    "SELECT * {" + "OPTIONAL { ?s ?p ?o } " * 1400 + "}",
    "SELECT * { ?a ?b ?c . FILTER(" + "!" * 20_000 + "true) }",
    "SELECT * { ?a ?b ?c . FILTER(" + "(" * 120 + "1" + ")" * 120 + "=1) }",
    "ASK { FILTER(" + "1+" * 1500 + "1 = 2) }",
    "ASK { ?s " + "<a:b>/" * 1900 + "<a:b> ?o }",
    "ASK { ?s (" + "<a:b>|" * 1900 + "<a:b>)* ?o }",
    "SELECT (GROUP_CONCAT(?x) AS ?y) { ?a ?b ?x . ?c ?d ?e . ?f ?g ?h }",
    'SELECT ?x { BIND(REPLACE("'
    + "a" * 20_000
    + '", "a", "'
    + "b" * 5000
    + '") AS ?y) BIND(CONCAT(?y,?y,?y,?y) AS ?x) }',
    'ASK { FILTER(REGEX("' + "a" * 10_000 + '", "(a+)+$")) }',
    'ASK { FILTER(REGEX("a", "' + "(a?){50}" * 100 + '")) }',
    "SELECT DISTINCT ?a ?d { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?d",
    "SELECT * { ?a (!<x:y>)* ?b . ?b (!<x:y>)* ?c }",
    "SELECT * { VALUES ?x { " + "1 " * 9000 + "} VALUES ?y { " + "1 " * 5000 + "} }",
    "ASK { SERVICE <http://127.0.0.1:{canary}/> { ?s ?p ?o } }",
    "ASK { sErViCe sIlEnT <http://127.0.0.1:{canary}/> { ?s ?p ?o } }",
    "ASK { \\u0053ERVICE <http://127.0.0.1:{canary}/> { ?s ?p ?o } }",
    "ASK { { SELECT * { SERVICE ?where { ?s ?p ?o } VALUES ?where { <http://127.0.0.1:{canary}/> } } } }",
    "PREFIX SERVICE: <http://127.0.0.1:{canary}/> ASK { SERVICE SERVICE: { ?s ?p ?o } }",
    "ASK { FILTER(1 < 2) SERVICE <http://127.0.0.1:{canary}/> { ?s ?p ?o } FILTER(3 > 2) }",
    "SELECT * FROM <http://127.0.0.1:{canary}/> { ?s ?p ?o }",
    "SELECT * FROM NAMED <file:///etc/passwd> { GRAPH ?g { ?s ?p ?o } }",
    "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
    "LOAD <http://127.0.0.1:{canary}/>",
    "INSERT DATA { <a:b> <a:b> <a:b> }",
    "DROP ALL",
    "DESCRIBE * { ?a ?b ?c . ?d ?e ?f }",
    "CONSTRUCT { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "\x00",
    "#" * 32_000,
    "'" * 32_000,
    '"""' + "a" * 30_000,
    "<" * 32_000,
    "a." * 16_000,
    "SELECT" * 5000,
]


@pytest.fixture
def canary() -> Callable[[], int]:
    """A port that nobody may ask, and how often somebody did."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)

    def asked(port: bool = False) -> int:
        if port:
            return listener.getsockname()[1]
        count = 0
        while True:
            try:
                listener.accept()[0].close()
            except BlockingIOError:
                return count
            count += 1

    yield asked
    listener.close()


def test_hostile_queries_hurt_nobody_else(live: Start, built: Path, canary):
    server = live(built, time_limit=1, workers=3, memory_limit=1 << 28)
    done, times, faults = threading.Event(), [], []

    def keep_asking() -> None:
        while not done.is_set():
            began = time.monotonic()
            status, _ = server.get("/healthz")
            times.append(time.monotonic() - began)
            if status != 200:
                faults.append(status)
            time.sleep(0.05)

    asker = threading.Thread(target=keep_asking)
    asker.start()
    pid = server.process.pid
    statuses = {}
    for query in HOSTILE:
        text = query.replace("{canary}", str(canary(port=True)))
        status, body = server.get("/sparql?query=" + quote(text))
        statuses[query[:60]] = status
        assert b"root:" not in body
    done.set()
    asker.join()
    assert server.process.poll() is None
    assert server.process.pid == pid
    assert {status for status in statuses.values() if status >= 500} <= {503, 504}, statuses
    assert canary() == 0, "somebody was asked"
    assert not faults
    assert max(times) < 30  # none was left waiting
    assert server.get("/sparql?query=" + quote("ASK {}"))[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "/static/../../../../etc/passwd",
        "/static/..%2f..%2f..%2f..%2fetc%2fpasswd",
        "/static/vendor/..%2f..%2fapp.py",
        "/cases/..%2f..%2f..%2fetc%2fpasswd",
        "/case/%2e%2e/%2e%2e/etc/passwd.ttl",
        "/guidelines/../../etc/passwd",
        "//etc/passwd",
        "/static/%00",
        "/" + "a" * 60_000,
        "/search?q=" + "%F0%9F%92%A9" * 40,
        "/explore?node=case%2F" + "%2E%2E%2F" * 30,
        "/api/queries/..%2f..%2fcase",
    ],
)
def test_paths_stay_inside(live_server: Live, path: str):
    with live_server.connect() as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert answer.startswith(b"HTTP/1.1 ")
    assert int(answer[9:12]) < 500
    assert b"root:" not in answer
    assert b"create_app" not in answer


@pytest.fixture(scope="module")
def live_server(built: Path):
    server = Live(built, workers=2, head_time=1, body_time=1, read_time=1.5, time_limit=1)
    yield server
    server.stop()


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: 1\r\n" % n for n in range(10_000)) + b"\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"a" * 200_000 + b"\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
        + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET  / HTTP/9.9\r\n\r\n",
    ],
    ids=["many headers", "long header", "smuggling", "negative length", "tls", "nonsense"],
)
def test_broken_requests_are_refused(live_server: Live, sent: bytes):
    with live_server.connect() as connection:
        try:
            connection.sendall(sent)
            answer = connection.recv(100)
        except ConnectionError:
            answer = b""
    assert answer[:12] in {b"", b"HTTP/1.1 400", b"HTTP/1.1 431"}
    assert live_server.get("/healthz")[0] == 200


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
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
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
    server = live(built, time_limit=10)
    slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(?a != ?d) } LIMIT 1"
    got: list[int] = []
    asker = threading.Thread(target=lambda: got.append(server.get("/sparql?query=" + quote(slow))[0]))
    asker.start()
    time.sleep(0.4)
    children = psutil.Process(server.process.pid).children(recursive=True)
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(timeout=25) == -signal.SIGTERM  # it drains, then ends as it was told
    asker.join()
    assert got in ([200], [504])
    psutil.wait_procs(children, timeout=5)
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

    asker = threading.Thread(target=keep_asking)
    asker.start()
    build([letters], base, processes=1)
    end = time.monotonic() + 60
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
