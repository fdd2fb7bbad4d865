"""How fast a base grows: ``python tests/benchmarks/bench_build.py [LETTERS] [--keep DIR] [--room DIR]``.

For 1,000, 10,000 and 100,000 letters and so many (a hundred thousand), each of ``kg sample``: the build
from files to an optimized base, in seconds on the clock and of processor time, as ratios to Oxigraph's own
bulk load and optimize of the ready N-Triples, with the peak memory of all processes together and the disk
that a letter takes; then a thousand further letters. At 10,000 letters also rdflib's memory store.

A million letters take 45 GB of disk for a while. ``--keep DIR`` leaves the largest base, with its thousand
further letters, in DIR for other measurements; ``--room DIR`` is where all the rest is made and deleted.
"""

import argparse
import multiprocessing
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import psutil
import pyoxigraph

from kg.base.store import KnowledgeBase
from kg.sample import FOLDER, letters

MORE = 1_000
RDFLIB = 10_000
MOST = 1.6
"""Times the bulk load of the ready N-Triples that a build may take."""
DISK = 12_000
"""Bytes that a letter may take, its text included."""
MEMORY = 4 << 30
MINUTE = 60
"""Seconds that a thousand letters more may take, whatever is there."""

BUILD = "import sys; from kg.base.building.build import build; build([sys.argv[1]], sys.argv[2])"
BULK = """
import sys, pyoxigraph
store = pyoxigraph.Store(sys.argv[2])
store.bulk_load(path=sys.argv[1], format=pyoxigraph.RdfFormat.N_TRIPLES, lenient=True)
store.optimize()
store.flush()
"""
RDFLIB_MEMORY = "import sys, rdflib; rdflib.Graph().parse(sys.argv[1], format='nt')"


@dataclass(frozen=True, slots=True)
class Cost:
    """What a program took: seconds on the clock and of processors, peak memory of all its processes."""

    seconds: float
    work: float
    memory: int


def run(program: str, *arguments: Path) -> Cost:
    """Run a Python program in processes of its own."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    began = time.monotonic()
    running = subprocess.Popen(command)
    peak, done = [0], threading.Event()

    def watch() -> None:
        whole = psutil.Process(running.pid)
        while not done.is_set():
            try:
                family = [whole, *whole.children(recursive=True)]
                peak[0] = max(peak[0], sum(process.memory_info().rss for process in family))
            except psutil.NoSuchProcess:
                pass
            time.sleep(0.1)

    watching = threading.Thread(target=watch)
    watching.start()
    _, status, used = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - began
    done.set()
    watching.join()
    if running.returncode:
        sys.exit(f"ended with {running.returncode}: {' '.join(command)}")
    return Cost(seconds, used.ru_utime + used.ru_stime, peak[0])


def say(line: str) -> None:
    """Print a line now, also into a pipe."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def write(folder: Path, seed: int, first: int, end: int) -> None:
    """Write some letters of a sample into a folder of their own."""
    place = folder / f"{first // FOLDER:04d}"
    place.mkdir(parents=True)
    for name, text, _ in letters(end - first, seed, first=first):
        (place / f"{name}.txt").write_bytes(text.encode())


def sample(count: int, seed: int, folder: Path) -> None:
    """Write the letters of ``kg sample``, without their truth, with all processors."""
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as processes:
        firsts = range(0, count, FOLDER)
        parts = [processes.submit(write, folder, seed, n, min(count, n + FOLDER)) for n in firsts]
        for part in parts:
            part.result()


def size(folder: Path) -> int:
    """Bytes of all files under ``folder``."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def grow(count: int, room: Path, kb: Path) -> list[str]:
    """Measure a base of so many letters at ``kb``; what went beyond its bound."""
    sample(count, 1, room / "sample")
    built = run(BUILD, room / "sample", kb)
    shutil.rmtree(room / "sample")
    with KnowledgeBase.open(kb) as base:
        generation, triples = base.folder, base.about["triples"]
        text = room / "ready.nt"
        pyoxigraph.Store.read_only(str(base.graph_folder)).dump(
            text, pyoxigraph.RdfFormat.N_TRIPLES, from_graph=pyoxigraph.DefaultGraph()
        )
    disk = {name: size(generation / name) / count for name in ("graph", "facts", "letters")}
    whole = size(generation) / count
    loaded = run(BULK, text, room / "store")
    shutil.rmtree(room / "store")
    ratio, work = built.seconds / loaded.seconds, built.work / loaded.work
    say(f"{count:,} letters, {triples / count:.0f} triples each")
    say(f"  build      {_cost(built)}, {count / built.seconds:,.0f} letters/s")
    say(f"  bulk load  {_cost(loaded)}: the build is {ratio:.2f} times that, {work:.2f} in processor time")
    if count == RDFLIB:
        memory = run(RDFLIB_MEMORY, text)
        times = memory.seconds / loaded.seconds
        say(f"  rdflib     {_cost(memory)}: its Memory takes {times:.1f} times the bulk load")
    parts = ", ".join(f"{name} {taken:,.0f}" for name, taken in disk.items())
    say(f"  disk       {whole:,.0f} bytes a letter: {parts}")
    text.unlink()
    sample(MORE, 2, room / "more")
    more = run(BUILD, room / "more", kb)
    say(f"  {MORE:,} more {_cost(more)}")
    faults = [f"{more.seconds:.1f} s for {MORE:,} letters more; at most {MINUTE}"] * (more.seconds > MINUTE)
    if count > RDFLIB:  # what is there once, as the catalogue, weighs on small bases
        faults += [f"{ratio:.2f} times the bulk load; at most {MOST}"] * (ratio > MOST)
        faults += [f"{whole:,.0f} bytes a letter; at most {DISK:,}"] * (whole > DISK)
        faults += [f"{built.memory:,} bytes of memory; at most {MEMORY:,}"] * (built.memory > MEMORY)
    return faults


def _cost(cost: Cost) -> str:
    return f"{cost.seconds:.1f} s ({cost.work:.1f} of processors), {cost.memory / 2**20:,.0f} MiB"


def main() -> int:
    """Measure, print, and end with 1 where a bound is broken."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    given.add_argument("letters", type=int, nargs="?", default=100_000)
    given.add_argument("--keep", type=Path, metavar="DIR", help="keep the largest base here")
    given.add_argument(
        "--room", type=Path, metavar="DIR", help="where the rest is made; the system's own if not given"
    )
    asked = given.parse_args()
    most = asked.letters
    packages = ", ".join(f"{name} {version(name)}" for name in ("pyoxigraph", "polars", "lark", "rdflib"))
    memory = psutil.virtual_memory().total / 2**30
    say(f"{platform.machine()}, {psutil.cpu_count()} cores, {memory:.0f} GiB, load {os.getloadavg()[0]:.1f}")
    say(f"Python {platform.python_version()}, {packages}")
    faults: list[str] = []
    for count in (*(few for few in (1_000, 10_000, 100_000) if few < most), most):
        with tempfile.TemporaryDirectory(prefix="kg-bench-", dir=asked.room) as room:
            kept = asked.keep if count == most else None
            faults += grow(count, Path(room), kept or Path(room, "kb"))
    for fault in faults:
        say(f"too much: {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
