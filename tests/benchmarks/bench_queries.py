"""What each named query takes on a base, asked as the pages ask it: ``bench_queries.py BASE [NAME...]``."""

import argparse
import statistics
import sys
import time
from pathlib import Path

import pyoxigraph as ox

from kg import queries
from kg.base.store import KnowledgeBase
from kg.errors import QueryError
from kg.graph.entailed import rewritten

LIMIT = 10.0
"""Seconds that a server gives a query unless told otherwise."""


def main(base: Path, names: list[str], rounds: int) -> None:
    """Print the median seconds of each query that needs no parameter, the slowest last."""
    with KnowledgeBase.open(base) as opened:
        store = ox.Store.read_only(str(opened.graph_folder))
    taken = {}
    for name in names or queries.names():
        try:
            text = rewritten(queries.load(name).bind())
        except QueryError:
            continue
        taken[name] = statistics.median(_seconds(store, text) for _ in range(rounds))
    for name, seconds in sorted(taken.items(), key=lambda one: one[1]):
        held = "" if seconds <= LIMIT else f"   ABOVE the limit of {LIMIT:g} s"
        sys.stdout.write(f"{name:36s}{seconds:8.2f} s{held}\n")


def _seconds(store: ox.Store, text: str) -> float:
    started = time.perf_counter()
    sum(1 for _ in store.query(text))
    return time.perf_counter() - started


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base", type=Path, help="a knowledge base that is there")
    parser.add_argument("names", nargs="*", help="only these")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    main(given.base, given.names, given.rounds)
