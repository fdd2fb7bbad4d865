"""How fast the analyses are: ``python tests/benchmarks/bench_analysis.py [LETTERS]`` (a million)."""

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from analysis_world import facts

from kg.analysis.filters import Filters
from kg.analysis.kept import Analyses
from kg.analysis.network import network
from kg.analysis.related import features, related


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


def _timed(what: str, ask: Callable[[], Any]) -> Any:
    start, busy = time.perf_counter(), time.process_time()
    answer = ask()
    wall, busy = time.perf_counter() - start, time.process_time() - busy
    sys.stdout.write(f"{what:58s}{1000 * wall:10.1f} ms{1000 * busy:10.1f} ms of processor\n")
    sys.stdout.flush()
    return answer


def main(letters: int = 1_000_000) -> None:
    """Print what each question takes, first and later."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "facts.parquet"
        facts(letters).write_parquet(path)
        kept = Analyses("bench", lambda: pl.scan_parquet(path), Path(folder) / "analysis")
        _timed("index, made from the facts", lambda: kept.index)
        _timed("drivers by page, with the model", kept.drivers)
        _timed("inverted index of cases", lambda: kept.features)
        again = Analyses("bench", lambda: pl.scan_parquet(path), Path(folder) / "analysis")
        _timed("drivers by page, from the table kept ready", again.drivers)
        few = Filters.of(category="Injection", year=2015)
        _timed("drivers by page with filters, cold", lambda: again.drivers(filters=few, model=False))
        whole = Filters.of(template="pages")
        _timed("drivers by page with a filter, warm", lambda: again.drivers(filters=whole, model=False))
        _timed("network of pages cited together", lambda: network(again.index))
        _related(again, letters)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"most memory, making included: {megabytes:.0f} MB\n")
    sys.stdout.write(f"recall of planted kin at 10 among 100,000: {recall_of_kin(100_000, 300):.3f}\n")


def _related(kept: Analyses, letters: int) -> None:
    cases = kept.features.cases
    times = []
    for place in np.random.default_rng(2).integers(0, letters, 500):
        start = time.perf_counter()
        kept.related(cases[int(place)])
        times.append(1000 * (time.perf_counter() - start))
    median, late = np.percentile(times, [50, 99])
    for what, value in (("median", median), ("99th percentile", late)):
        sys.stdout.write(f"{'related cases, ' + what:58s}{value:10.1f} ms\n")


if __name__ == "__main__":
    main(*(int(value) for value in sys.argv[1:]))
