"""A real server among all that is hostile: nobody is asked, nothing is read, nobody else waits."""

import json
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest
from conftest_web import Live
from hostile import QUERIES, REQUESTS, queries, requests

SECRET = "x-7f3a-nobody-may-read-this"


class Canary:
    """A port that nobody may ask and a file that nobody may read."""

    def __init__(self, file: Path) -> None:
        self.file = file
        file.write_text(f"<a:b> <a:b> '{SECRET}' .")
        os.utime(file, (0, time.time()))  # a read would set the first of them
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        self.port = self._listener.getsockname()[1]

    def asked(self) -> int:
        """How often somebody asked."""
        count = 0
        while True:
            try:
                self._listener.accept()[0].close()
            except BlockingIOError:
                return count
            count += 1

    def was_read(self) -> bool:
        return self.file.stat().st_atime != 0

    def close(self) -> None:
        self._listener.close()


@pytest.fixture
def canary(tmp_path: Path) -> Iterator[Canary]:
    made = Canary(tmp_path / "secret.ttl")
    yield made
    made.close()


class Asker(threading.Thread):
    """A visitor who asks something modest every 50 ms."""

    def __init__(self, server: Live) -> None:
        super().__init__()
        self._server, self._done = server, threading.Event()
        self.times: list[float] = []
        self.faults: list[int] = []

    def run(self) -> None:
        while not self._done.wait(0.05):
            began = time.monotonic()
            status, _ = self._server.get("/healthz")
            self.times.append(time.monotonic() - began)
            if status != 200:
                self.faults.append(status)

    def stop(self) -> None:
        self._done.set()
        self.join()


def sent(server: Live, raw: bytes) -> bytes:
    """What a bare connection gets for some bytes."""
    got = b""
    with server.connect() as connection:
        connection.settimeout(20)
        try:
            connection.sendall(raw)
            while part := connection.recv(65_536):
                got += part
        except ConnectionError:
            pass
    return got


def test_there_are_enough():
    assert len(QUERIES) + len(REQUESTS) >= 130


def to_sparql(query: str) -> bytes:
    """A query as the SPARQL protocol sends it."""
    body = query.encode("utf-8", "surrogatepass")
    head = f"POST /sparql HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"Content-Type: application/sparql-query\r\n\r\n" + body


def to_agents(query: str) -> bytes:
    """A query as a call of the tool for agents."""
    call = {"name": "query", "arguments": {"sparql": query}}
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}).encode()
    head = f"POST /mcp HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(body)}\r\n"
    kinds = b"Accept: application/json, text/event-stream\r\nMCP-Protocol-Version: 2025-06-18\r\n"
    return head.encode() + kinds + b"Content-Type: application/json\r\n\r\n" + body


@pytest.mark.long
@pytest.mark.parametrize(("door", "ended"), [(to_sparql, b"HTTP/1.1 504"), (to_agents, b"did not end in")])
def test_what_is_hostile_hurts_nobody_else(
    built: Path, canary: Canary, door: Callable[[str], bytes], ended: bytes
):
    limits = {"time_limit": 0.5, "memory_limit": 1 << 28, "head_time": 2, "body_time": 2}
    server = Live(built, workers=3, refusal_delay=0.1, **limits)
    asker = Asker(server)
    asker.start()

    def ask(named: tuple[str, bytes]) -> tuple[str, bytes]:
        name, raw = named
        return name, sent(server, raw)

    faults, where = [], (canary.port, str(canary.file))
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, ((name, door(text)) for name, text in queries(*where))))
    assert sum(ended in got for _, got in answers) >= 5, "few were asked of the engine"
    assert all(got.startswith(b"HTTP/1.1 ") for _, got in answers)
    if door is to_sparql:  # these do not go through a door
        with ThreadPoolExecutor(4) as pool:
            answers += pool.map(ask, requests(*where))
    for name, got in answers:
        head, _, body = got.partition(b"\r\n\r\n")
        status = int(got[9:12] or 0)
        if status not in {0, *range(200, 500), 501, 503, 504} or b"Set-Cookie" in head:
            faults.append((name, got[:300]))
        if any(word in body for word in (SECRET.encode(), b"root:", b"create_app")):
            faults.append((name, got[:300]))
    asker.stop()
    assert faults == []
    assert server.process.poll() is None
    assert canary.asked() == 0, "somebody was asked"
    assert not canary.was_read(), "somebody read the file"
    assert asker.faults == []
    assert server.get("/sparql?query=" + quote("ASK {}"))[0] == 200
    times = sorted(asker.times)
    late = 1000 * times[int(0.99 * len(times))]
    sys.stdout.write(f"{len(times)} modest requests, 99 of 100 within {late:.0f} ms\n")
    server.stop()
