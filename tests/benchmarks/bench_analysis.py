"""How fast the analyses are, each beside its bound at a million letters.

Run ``python tests/benchmarks/bench_analysis.py [LETTERS]`` for facts drawn at random (a million letters),
``... --kb DIR`` for a knowledge base that is there: what is made of it is made in a folder of its own.
``--kept DIR`` keeps the facts, index and lists in a folder, where two versions can be asked in turns. Set
``OPENBLAS_NUM_THREADS=1``, as ``kg`` does: the analyses take two threads themselves.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from analysis_world import facts

from kg.analysis.cache import Analyses
from kg.analysis.drivers import drivers
from kg.analysis.filters import Filters
from kg.analysis.network import network
from kg.analysis.related.features import Features, features
from kg.analysis.related.rankings import case_of, related
from kg.base.store import KnowledgeBase


def recall_of_kin(letters: int, kin: int, seed: int = 1) -> float:
    """The share of planted kin among the first ten: letters copied with one thing changed."""
    table = facts(letters, seed)
    rng = np.random.default_rng(seed)
    cases = table["case"].unique().sort()
    chosen = cases.gather(np.sort(rng.choice(len(cases), kin, replace=False)))
    copies = [table]
    for number in range(3):
        copy = table.filter(pl.col("case").is_in(chosen.implode())).with_columns(
            case=pl.lit(f"CM9{number}-") + pl.col("case").str.slice(5)
        )
        changed = (
            copy.with_columns(page=pl.col("page") + number + 1),
            copy.with_columns(drug=pl.lit("another drug")),
            copy.with_columns(body_parts=pl.lit(["head"])),
        )
        copies.append(changed[number].cast(dict(table.schema)))
    known = features(pl.concat(copies))
    found = [
        sum(row.case[5:] == case[5:] for row in related(known, case, limit=10).rows) / 3 for case in chosen
    ]
    return float(np.mean(found))


def _say(what: str, value: float, unit: str, bound: float | None, busy: float | None = None) -> None:
    told = "" if busy is None else f"{busy:12,.1f} {unit} of processor"
    held = (
        "" if bound is None else f"   {'holds' if value <= bound else 'ABOVE'} the bound of {bound:,g} {unit}"
    )
    sys.stdout.write(f"{what:58s}{value:12,.1f} {unit}{told}{held}\n")
    sys.stdout.flush()


def _timed(what: str, ask: Callable[[], Any], bound: float | None = None) -> Any:
    """Ask, and say how many milliseconds that took."""
    start, busy = time.perf_counter(), time.process_time()
    answer = ask()
    wall, busy = time.perf_counter() - start, time.process_time() - busy
    _say(what, 1000 * wall, "ms", bound, 1000 * busy)
    return answer


def main(letters: int, kb: Path | None, kept: Path | None) -> None:
    """Print what each question takes, first and later."""
    with ExitStack() as stack:
        folder = kept or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(exist_ok=True)
        for made in (*folder.glob("analysis/drivers-*"), *folder.glob("analysis/cells-*")):
            shutil.rmtree(made)
        if kb is None:
            if not (folder / "facts.parquet").exists():
                facts(letters).write_parquet(folder / "facts.parquet")
            scan: Callable[[], pl.LazyFrame] = lambda: pl.scan_parquet(folder / "facts.parquet")  # noqa: E731
        else:
            scan = stack.enter_context(KnowledgeBase.open(kb)).scan_facts
        measure(scan, folder / "analysis")
    if kept:
        return
    sys.stdout.write(f"recall of planted kin at 10 among 100,000: {recall_of_kin(100_000, 300):.3f}\n")


def measure(scan: Callable[[], pl.LazyFrame], folder: Path) -> None:
    """Make what is kept of the facts in ``folder``, and ask it as new processes would."""
    kept = Analyses("bench", scan, folder)
    _timed("index, made from the facts", lambda: kept.index)
    sys.stdout.write(f"{len(kept.index):,} decisions of {int(kept.index.letter[-1]) + 1:,} letters\n")
    _timed("drivers by page with sets, once for a generation", kept.drivers, 3000)
    _timed("inverted index of cases, made", lambda: kept.features)
    _timed("the rest of what is kept, made", kept.prepare)
    category, year = (
        kept.index.columns(name)[name].drop_nulls().value_counts(sort=True)[name][0]
        for name in ("category", "year")
    )
    few = Filters.of(category=category, year=year)
    again = Analyses("bench", scan, folder)
    _timed("drivers by page, from the table kept ready", again.drivers, 5)
    _timed(
        "drivers by page with filters, nothing in memory",
        lambda: again.drivers(filters=few, sets=False),
        400,
    )
    _timed(
        "drivers by page with filters, index in memory", lambda: again.drivers(filters=few, sets=False), 400
    )
    _timed("drivers by page with filters and sets", lambda: again.drivers(filters=few), 2000)
    wide = Filters.of(year=("2014", "2015"))
    _timed("drivers by page of two years, no sets", lambda: again.drivers(filters=wide, sets=False), 400)
    _timed("drivers by page of two years, with sets", lambda: again.drivers(filters=wide), 2000)
    every = Filters.of(year="2000-2050")
    _timed("drivers by page of all years, no sets", lambda: again.drivers(filters=every, sets=False), 400)
    _timed("drivers by page of all years, with sets", lambda: again.drivers(filters=every), 2000)
    _timed("drivers by page, no sets", lambda: drivers(again.index, sets=False), 1000)
    _timed("network of pages cited together, communities, centralities", lambda: network(again.index), 2000)
    _timed("related cases, opened", lambda: again.features)
    # A process of its own shows what answering related cases alone holds in memory.
    subprocess.run([sys.executable, __file__, "--related", folder], check=True)


def answer_related(folder: Path) -> None:
    """Ask for cases related to 500 drawn at random, as a process that does nothing else."""
    kept = Analyses("bench", pl.LazyFrame, folder)
    known = kept.features
    chosen = [
        known.cases[int(place)] for place in np.random.default_rng(2).integers(0, len(known.cases), 500)
    ]
    # The plain pass turns with the questions: a busy machine slows both.
    times = np.array(
        [
            (*_taken(lambda case=case: kept.related(case)), *_taken(lambda case=case: _plain(known, case)))
            for case in chosen
        ]
    )
    for what, share, bound in (("median", 50, 10), ("99th percentile", 99, 50)):
        took, worked, _, plain = np.percentile(times, share, axis=0)
        _say(f"related cases, {what}", took, "ms", bound, worked)
        _say(f"all decisions compared in plain numpy, {what}", plain, "ms", None)
    other = [_taken(lambda case=case: kept.related(case, "other"))[1] for case in chosen[:100]]
    _say("related cases that went the other way, median", float(np.median(other)), "ms", None)
    took, worked = _taken(lambda: list(kept.related_each(chosen[100:200])))
    _say("a hundred cases at once", took, "ms", 1000, worked)
    # Not getrusage, whose maximum a process has from the one that started it.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    kilobytes = int(status.partition("VmHWM:")[2].split()[0])
    _say("related cases, resident at most", kilobytes / 1024, "MB", 600)


def _taken(ask: Callable[[], Any]) -> tuple[float, float]:
    """Milliseconds on the clock, and of processor."""
    start, worked = time.perf_counter(), time.process_time()
    ask()
    return 1000 * (time.perf_counter() - start), 1000 * (time.process_time() - worked)


def _plain(known: Features, case: str) -> None:
    """The nearest 500 decisions to each item of a case, by adding up every list of its features."""
    for item in case_of(known, case).items:
        shared = np.zeros(len(known), np.int64)
        for feature in item.features:
            shared[known.having(feature)] += known.weights[feature]
        whole = known.whole("precedent")
        score = shared / (int(known.weights[item.features].sum()) + whole - shared)
        nearest = np.argpartition(-score, 500)[:500]
        nearest[np.argsort(-score[nearest])]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("letters", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--kb", type=Path, help="a knowledge base in place of facts drawn at random")
    parser.add_argument("--kept", type=Path, help="a folder that keeps what is made, for another run")
    parser.add_argument("--related", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.related:
        answer_related(given.related)
    else:
        main(given.letters, given.kb, given.kept)
