"""Planted odds ratios are found again: coverage, false findings and credible sets on synthetic letters.

Run ``python tests/benchmarks/planted_truth.py [SEEDS] [LETTERS]`` for the table; the tests
run the short form. Facts are made straight from the truth of the letters, not read from their text.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from kg.analysis.drivers import Drivers, drivers
from kg.base.columns import FACTS
from kg.base.facts import frame
from kg.sample import letters
from kg.sampling.effects import Effects, read

RATIOS = (0.25, 0.5, 1.0, 2.0, 4.0)
SIZES = (10, 20, 40, 100, 400)
CONFOUNDING = (
    ("Rehabilitation", 2.5),
    ("Evaluation & Management", 3.0),
    ("Pharmaceuticals", 0.5),
    ("Diagnostic Testing", 1.5),
    ("Injection", 0.4),
)
"""Odds ratios of the service categories, which also differ in what is cited for them."""

PAGES = tuple(
    ((work, page), ratio)
    for work, pages in {
        "chronic-pain": {
            98: 2.0,
            78: 0.5,
            111: 0.25,
            46: 4.0,
            63: 0.5,
            22: 2.0,
            94: 1.0,
            68: 0.25,
            13: 2.0,
            121: 4.0,
        },
        "acoem-2004/12": {303: 0.5, 304: 2.0, 300: 1.0, 308: 0.25},
        "acoem-2004/8": {178: 4.0, 177: 1.0, 181: 2.0},
        "acoem-2004/13": {343: 0.5, 341: 1.0},
    }.items()
    for page, ratio in pages.items()
)
"""Pages with what is planted on them; every other page has 1."""


_OF_AN_ITEM = (
    "outcome",
    "category",
    "subcategory",
    "retrospective",
    "associated_surgical_service",
    "drug",
)


def effects(pages: bool = True, categories: bool = True) -> Effects:
    """The planted effects, read as a file of them would be."""
    rows = [f"page,{work}:{page},{ratio}" for (work, page), ratio in PAGES if pages]
    rows += [f'category,"{name}",{ratio}' for name, ratio in CONFOUNDING if categories]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "effects.csv"
        path.write_text("\n".join(["kind,key,odds_ratio", *rows]), encoding="utf-8")
        return read(path)


def facts_of_truth(count: int, seed: int, planted: Effects) -> pl.DataFrame:
    """The facts of ``count`` letters in the form cited by page."""
    rows = []
    for case, _, truth in letters(count, seed, "pages", planted):
        reviewer, date = truth["reviewer"], truth["decision_date"]
        head = {name: reviewer[name] for name in ("specialties", "subspecialties", "licensed_in")}
        head |= {"case": case, "template": "pages", "year": int(date[:4]) if date else None}
        for position, decision in enumerate(truth["decisions"], 1):
            named = (
                "outcome",
                "category",
                "subcategory",
                "retrospective",
                "associated_surgical_service",
                "drug",
            )
            item = head | {"item": position} | {name: decision[name] for name in named}
            item["body_parts"] = [part["part"] for part in decision["body_parts"]]
            for party in ("claims_administrator", "reviewer"):
                rows += [item | {"party": party} | place for place in _places(decision[party])]
    return frame([tuple(row.get(name) for name in FACTS) for row in rows], FACTS)


def _places(field: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if not field["citations"]:
        yield {}
    for number, citation in enumerate(field["citations"], 1):
        chapter = citation["chapter"]
        head = {"citation": number, "guideline": citation["guideline"], "mtus": citation["mtus"]}
        head |= {"edition": citation["edition"], "chapter": None if chapter is None else str(chapter)}
        pages = [{"page": page} for first, last in citation["pages"] for page in range(first, last + 1)]
        sections = [{"section_title": title} for title in citation["sections"]]
        yield from (head | place for place in sections + pages or [{}])


def planted_ratios(table: pl.DataFrame, pages: bool = True) -> np.ndarray:
    """What is planted on each row of a drivers table."""
    known = {(work.split("/")[0], page): ratio for (work, page), ratio in PAGES} if pages else {}
    return np.array([known.get(key, 1.0) for key in table.select("guideline", "page").iter_rows()])


def covered(found: Drivers, columns: str = "adjusted", pages: bool = True) -> pl.DataFrame:
    """Each row with an interval: what is planted, and whether the interval holds it."""
    table = found.table.with_columns(planted=planted_ratios(found.table, pages)).drop_nulls(f"{columns}_low")
    inside = pl.col("planted").is_between(f"{columns}_low", f"{columns}_high")
    return table.select("key", "decisions", "planted", covered=inside)


def main(seeds: int = 40, count: int = 2000) -> None:
    """Print coverage, the credible sets and what they hold, and false findings where nothing is planted."""
    planted, confounded = effects(), effects(pages=False)
    names = {key for key, ratio in PAGES if ratio != 1}
    rows, held, false_q, false_sets = [], [], [], []
    for seed in range(seeds):
        found = drivers(facts_of_truth(count, seed, planted), minimum=1)
        held += [any(_planted(member.key) in names for member in one.keys) for one in found.sets]
        found = drivers(facts_of_truth(count, seed, confounded), minimum=1)
        false_q.append(bool((found.table["q_value"] < 0.05).any()))
        false_sets.append(bool(found.sets))
        rows += [covered(found, pages=False)]
    out = sys.stdout.write
    out(f"{seeds} seeds, {count} letters each\n")
    table = pl.concat(rows)
    out(f"nothing planted on pages: {table.height} intervals, {table['covered'].mean():.3f} hold 1\n")
    out(f"tables with any q below 0.05: {np.mean(false_q):.3f}, with a set: {np.mean(false_sets):.3f}\n")
    out(f"planted: {len(held)} credible sets, {np.mean(held or [0]):.3f} hold a planted page\n")


def _planted(key: str) -> tuple[str, int]:
    """A key of the table as :data:`PAGES` names it, where the chapter is not told."""
    work, page = key.split("/page/")
    number = int(page)
    return next(
        (name for name, _ in PAGES if name[0].split("/")[0] == work.split("/")[0] and name[1] == number),
        (work, number),
    )


if __name__ == "__main__":
    pl.Config.set_tbl_rows(50)
    main(*(int(value) for value in sys.argv[1:]))
