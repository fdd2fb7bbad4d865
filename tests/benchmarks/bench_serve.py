"""How much a server bears: ``python tests/benchmarks/bench_serve.py [LETTERS | BASE]`` (a hundred thousand).

A base of so many letters of ``kg sample``, or the one given, is served by ``kg serve`` as it comes, and asked
by clients on the same machine: case pages and related cases, each of another case, pages beside hostile
clients, lookups, a runaway query, a long result, clients that go away. Exits with 1 where a goal is missed.
"""

import itertools
import platform
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pyoxigraph
from load import Load, Server, put, query, request

from kg.base.building.build import build
from kg.base.store import KnowledgeBase
from kg.graph import iri
from kg.sample import sample

SECONDS = 10.0
DISTINCT = 2_000
"""Cases whose pages are asked for again and again."""
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
ENDLESS = (
    f"SELECT (COUNT(*) AS ?n) {{ {' '.join(f'VALUES ?v{n} {{ 1 2 3 4 5 6 7 8 9 }}' for n in range(12))} }}"
)
"""A query without end that takes hardly any memory, of which the other has too little first."""
LONG = "SELECT ?s { ?s ?p ?o } LIMIT 99000"
HOSTILE = [
    RUNAWAY,
    "SELECT * { ?a (!<x:y>)* ?b . ?b (!<x:y>)* ?c } ORDER BY ?c",
    "SELECT (GROUP_CONCAT(?x) AS ?y) { ?a ?b ?x . ?c ?d ?e }",
    "SELECT DISTINCT ?a ?d { ?a ?b ?c . ?d ?e ?f } ORDER BY DESC(?a) ?d",
]


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class Report:
    """Lines of figures, and whether all goals were met."""

    def __init__(self) -> None:
        self.missed: list[str] = []

    def line(self, what: str, figure: float, unit: str, goal: float, *, most: bool, more: str = "") -> None:
        """One figure beside its goal, of which it is to be at most, or at least, so much."""
        met = figure <= goal if most else figure >= goal
        if not met:
            self.missed.append(what)
        bound = "at most" if most else "at least"
        say(f"| {what} | {figure:,.1f} {unit} | {bound} {goal:g} {unit} | {more} |")


def loaded(server: Server, clients: int, requests: Iterator[bytes], hosts: int = 1) -> tuple[Load, str]:
    """A load of so many seconds, and what it cost the server."""
    before = server.work()
    load = put(server, clients, requests, SECONDS, hosts)
    asked = max(1, sum(load.statuses.values()))
    work = 1000 * (server.work() - before) / asked
    return load, f"{work:.2f} ms of processor each; {load.failed} of {asked:,} failed"


def pages(cases: Iterator[str]) -> Iterator[bytes]:
    """Requests for case pages."""
    return (request(f"/cases/{case}") for case in cases)


def measure_pages(server: Server, cases: list[str], report: Report) -> None:
    """Case pages and related cases."""
    fresh = itertools.cycle(cases)
    some = itertools.cycle(cases[:DISTINCT])
    load, more = loaded(server, 16, pages(fresh))
    say(f"| case pages, each of another case | {load.rate:,.1f} /s | | {more} |")
    put(server, 16, pages(itertools.islice(some, DISTINCT)), 60)
    load, more = loaded(server, 16, pages(some))
    report.line(f"case pages of {DISTINCT:,} cases", load.rate, "/s", 800, most=False, more=more)
    report.line("99 of 100 within", 1000 * load.within(0.99), "ms", 50, most=True)
    load, more = loaded(server, 16, (request(f"/api/cases/{case}/related") for case in fresh))
    report.line("related cases, each of another case", load.rate, "/s", 150, most=False, more=more)


def measure_beside(server: Server, cases: list[str], report: Report) -> None:
    """Case pages while others ask what has no end."""
    attack = threading.Thread(
        target=put, args=(server, 8, map(query, itertools.cycle(HOSTILE)), SECONDS + 4, 8), daemon=True
    )
    attack.start()
    time.sleep(2)
    load, more = loaded(server, 4, pages(itertools.cycle(cases[:DISTINCT])))
    report.line(
        "pages beside 8 hostile clients, 99 of 100 within", 1000 * load.within(0.99), "ms", 100, most=True
    )
    report.line("of them failed", load.failed, "", 0, most=True, more=more)
    attack.join()


def lookup(case: str) -> bytes:
    """A query that knows what it wants."""
    return query(f"SELECT ?p ?o {{ <{iri.case(case)}> ?p ?o }}")


def measure_lookups(server: Server, cases: list[str], report: Report) -> None:
    """SPARQL lookups."""
    for clients, goal in ((32, 250), (128, 150)):
        load, more = loaded(server, clients, map(lookup, itertools.cycle(cases)))
        report.line(f"lookups by {clients} clients", load.rate, "/s", goal, most=False, more=more)


def until(met: Callable[[], bool], most: float = 30.0) -> float:
    """Seconds until something is so."""
    began = time.perf_counter()
    while not met() and time.perf_counter() - began < most:
        time.sleep(0.01)
    return time.perf_counter() - began


def measure_runaway(server: Server, report: Report, limit: float) -> None:
    """A query without end, and a client that does not wait for it."""
    whole = server.workers()
    began = time.perf_counter()
    status, _ = server.get("/sparql?query=" + quote(ENDLESS))
    seconds = time.perf_counter() - began
    report.line(
        "a runaway query is gone after its limit within",
        seconds - limit,
        "s",
        0.5,
        most=True,
        more=f"{status}",
    )
    back = until(lambda: len(server.workers()) == len(whole) and server.workers() != whole)
    report.line("its worker is back within", back, "s", 1, most=True)
    whole = server.workers()
    connection = server.connect()
    connection.sendall(query(ENDLESS))
    time.sleep(0.5)
    connection.close()
    gone = until(lambda: bool(set(whole) - set(server.workers())))
    report.line("a client that goes away frees its worker within", gone, "s", 1, most=True)


def measure_stream(server: Server, report: Report, graph: Path) -> None:
    """A long result: its first byte beside the engine's, and what it takes of memory."""
    firsts, sizes = [], []
    began = time.perf_counter()
    next(iter(pyoxigraph.Store.read_only(str(graph)).query(LONG)))
    engine = time.perf_counter() - began
    before = server.memory()
    peak, done = [before], threading.Event()

    def watch() -> None:
        while not done.wait(0.05):
            peak[0] = max(peak[0], server.memory())

    watching = threading.Thread(target=watch)
    watching.start()
    for text in (LONG, LONG, LONG):
        with server.connect() as connection:
            began = time.perf_counter()
            connection.sendall(
                query(text).replace(b"\r\n\r\n", b"\r\nAccept: text/csv\r\nConnection: close\r\n\r\n")
            )
            size = len(connection.recv(100))
            firsts.append(time.perf_counter() - began)
            while part := len(connection.recv(1 << 20)):
                size += part
            sizes.append(size)
    done.set()
    watching.join()
    late = 1000 * (min(firsts) - engine)
    report.line("first byte after the engine's", late, "ms", 50, most=True, more=f"{sizes[0]:,} bytes")
    report.line("memory they take", (peak[0] - before) / 1e6, "MB", 150, most=True)


def measure(base: Path) -> int:
    """Print all figures of a base; 1 where one misses its goal."""
    with KnowledgeBase.open(base) as opened:
        cases, graph = opened.cases(), opened.graph_folder
    random.Random(7).shuffle(cases)
    say(f"{len(cases):,} letters; {platform.platform()}, Python {platform.python_version()}")
    say("| what | measured | goal | more |\n|---|---|---|---|")
    report, limit = Report(), 3.0
    server = Server(base, time_limit=limit)
    try:
        until(lambda: server.get("/api/search?q=knee")[0] == 200, 300)  # the index of words is made
        measure_pages(server, cases, report)
        measure_beside(server, cases, report)
        measure_lookups(server, cases, report)
        measure_runaway(server, report, limit)
        measure_stream(server, report, graph)
    finally:
        server.stop()
    say("missed: " + "; ".join(report.missed) if report.missed else "all goals are met")
    return bool(report.missed)


def main(given: str) -> int:
    """Measure the base ``given``, or one of so many letters."""
    if not given.isdecimal():
        return measure(Path(given))
    with tempfile.TemporaryDirectory() as folder:
        letters = sample(int(given), 7, Path(folder) / "sample", "mixed").folder / "letters"
        build([letters], Path(folder) / "kb")
        return measure(Path(folder) / "kb")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "100000"))
