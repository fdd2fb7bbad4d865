"""A server in use for long: ``python tests/benchmarks/soak.py [SECONDS]`` (180; ``make soak SOAK=1800``).

Fourteen clients ask pages and the API, two ask queries, two attackers ask what has no end and send what is no
request, and a build puts a new generation in place each minute. Exits with 1 where a page request failed, or
the web process holds over 20 MB more, more files or more children at the end than after the second
generation.
"""

import itertools
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from bench_serve import HOSTILE, lookup, say, until
from load import Load, Server, put, query, request

from kg.base.building.build import build
from kg.base.store import KnowledgeBase
from kg.sample import letters

MEMORY = 20_000_000
MINUTE = 60.0
RUBBISH = [
    b"GET / HTTP/1.1\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
    b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
    b"GET /sparql?query=%00 HTTP/1.1\r\nHost: x\r\n\r\n",
]


class State(NamedTuple):
    """What the web process holds: bytes of its own, open files but connections, children."""

    memory: int
    files: int
    children: int

    @classmethod
    def of(cls, server: Server) -> "State":
        """The smallest of some looks, since requests come and go."""
        looks = []
        for _ in range(20):
            looks.append((server.memory(), server.files(), len(server.workers())))
            time.sleep(0.1)
        return cls(*map(min, zip(*looks, strict=True)))


def put_letters(folder: Path, count: int, seed: int) -> None:
    """Add so many letters of our own."""
    for name, text, _ in letters(count, seed=seed, template="mixed"):
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")


def asked(cases: list[str]) -> list[bytes]:
    """What visitors ask, most of all cases."""
    found = [request(f"/cases/{case}") for case in cases for _ in range(4)]
    found += [request(f"/api/cases/{case}/related") for case in cases]
    found += [request(path) for path in ("/", "/cases", "/guidelines", "/drivers", "/api/search?q=knee")] * 20
    random.Random(1).shuffle(found)
    return found


def soak(folder: Path, seconds: float) -> list[str]:
    """Ask for so long; what was wrong in the end."""
    source, base = folder / "letters", folder / "kb"
    source.mkdir()
    put_letters(source, 1_000, 7)
    build([source], base, processes=1)
    with KnowledgeBase.open(base) as opened:
        cases = opened.cases()
    server = Server(base, time_limit=2)
    until(lambda: server.get("/api/search?q=knee")[0] == 200)  # the index of words is made
    pages, queries, attacks = Load(), Load(), Counter[int]()
    try:
        visiting = threading.Thread(
            target=lambda: pages.add(put(server, 14, itertools.cycle(asked(cases)), seconds, 4))
        )
        searching = threading.Thread(
            target=lambda: queries.add(put(server, 2, map(lookup, itertools.cycle(cases)), seconds, 2))
        )
        attacking = threading.Thread(
            target=lambda: attacks.update(
                put(server, 2, itertools.cycle([*map(query, HOSTILE), *RUBBISH]), seconds, 2).statuses
            )
        )
        visiting.start()
        searching.start()
        attacking.start()
        states = _watched(server, source, base, seconds)
        visiting.join()
        searching.join()
        attacking.join()
    finally:
        server.stop()
    say(f"visitors: {dict(pages.statuses)}, {pages.rate:.0f}/s, 99 of 100 within {pages.within(0.99):.3f} s")
    say(f"queries: {dict(queries.statuses)}, 99 of 100 within {queries.within(0.99):.3f} s")
    say(f"attackers: {dict(attacks)}")
    first, last = states[1 if len(states) > 2 else 0], states[-1]
    faults = [f"{pages.failed} requests of visitors failed"] if pages.failed else []
    if last.memory - first.memory > MEMORY:
        faults.append(f"memory grew by {(last.memory - first.memory) / 1e6:.1f} MB")
    if last.files > first.files or last.children > first.children:
        faults.append(
            f"{last.files} files and {last.children} children, {first.files} and {first.children} before"
        )
    return faults


def _watched(server: Server, source: Path, base: Path, seconds: float) -> list[State]:
    """The state after each minute; a generation is built in each."""
    states, began = [], time.monotonic()
    for minute in itertools.count(1):
        put_letters(source, 5, 1000 + minute)
        build([source], base, processes=1)
        left = began + min(seconds, minute * MINUTE) - time.monotonic() - 3
        time.sleep(max(0.0, left))
        states.append(State.of(server))
        state = states[-1]
        generation = (base / "current").readlink().name
        held = f"{state.memory / 1e6:.1f} MB, {state.files} files, {state.children} children"
        say(f"{minute} min: {held}, generation {generation}")
        if time.monotonic() - began >= seconds - MINUTE / 2:
            return states
    raise AssertionError


def main(seconds: float) -> int:
    """Soak, and say what was wrong."""
    with tempfile.TemporaryDirectory() as folder:
        faults = soak(Path(folder), seconds)
    say("; ".join(faults) or "no request failed, nothing grew")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 180))
