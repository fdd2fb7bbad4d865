"""Planted odds ratios are found again: coverage, false findings and credible sets on synthetic letters.

Run ``python tests/benchmarks/planted_truth.py [SEEDS] [LETTERS]`` for the table; the tests
run the short form. Facts are made straight from the truth of the letters, not read from their text.
Sections are counted in letters of the form cited by section, everything else in those cited by page.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from kg.analysis.decisions import Index, prepare
from kg.analysis.drivers import Drivers, drivers
from kg.base.stored_columns import FACTS
from kg.base.tables.data_frames import of_rows
from kg.sample import letters
from kg.sampling.effects import BASE_RATE, LETTER, Effects, planted

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


SUBCATEGORIES = (
    ("Opioids", 0.4),
    ("NSAID", 2.0),
    ("Topical Compounds", 0.3),
    ("Imaging/Radiology", 1.8),
    ("Physical Therapy/Occupational Therapy (PT/OT)", 2.2),
    ("DME", 0.5),
    ("Injection", 0.6),
    ("Muscle Relaxant", 2.5),
)
YEARS = ((2014, 0.6), (2015, 1.0), (2016, 2.0), (2017, 3.5))
OF_LETTERS = (("letter", "", LETTER),)
MODELS = {
    "letters": OF_LETTERS,
    "subcategories": tuple(("subcategory", *row) for row in SUBCATEGORIES),
    "years": (*(("year", str(year), ratio) for year, ratio in YEARS),),
    "number of keys": (("keys", "", 2.0),),
    "modified": (("modified", "", 0.1),),
}
"""What is planted beside the service categories, each alone and all together."""


def effects(pages: bool = True, categories: bool = True, *others: str) -> Effects:
    """The planted effects: of pages, of categories, and of the named :data:`MODELS`."""
    rows = [("page", f"{work}:{page}", ratio) for (work, page), ratio in PAGES if pages]
    rows += [("category", name, ratio) for name, ratio in CONFOUNDING if categories]
    return planted([*rows, *(row for name in others for row in MODELS[name])])


def facts_of_truth(count: int, seed: int, given: Effects, template: str = "pages") -> pl.DataFrame:
    """The facts of ``count`` letters of a template, in the form cited by page if none is named."""
    rows = []
    for case, _, truth in letters(count, seed, template, given):
        reviewer, date = truth["reviewer"], truth["decision_date"]
        head = {name: reviewer[name] for name in ("specialties", "subspecialties", "licensed_in")}
        head |= {"case": case, "template": truth["template"], "year": int(date[:4]) if date else None}
        for position, decision in enumerate(truth["decisions"], 1):
            item = head | {"item": position} | {name: decision[name] for name in _OF_AN_ITEM}
            item["body_parts"] = [part["part"] for part in decision["body_parts"]]
            for party in ("claims_administrator", "reviewer"):
                rows += [item | {"party": party} | place for place in _places(decision[party])]
    return of_rows([tuple(row.get(name) for name in FACTS) for row in rows], FACTS)


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


@dataclass
class Tally:
    """What was seen of tables with nothing planted on what is cited: their rows, small q, and sets."""

    tables: list[pl.DataFrame] = field(default_factory=list)
    small_q: list[bool] = field(default_factory=list)
    any_set: list[bool] = field(default_factory=list)

    def add(self, index: Index, level: str) -> None:
        """The table of one more sample."""
        found = drivers(index, level, minimum=1)
        ends = [f"{name}_{end}" for name in COLUMNS for end in ("low", "high")]
        columns = ("key", "decisions", "overturned", *ends)
        ended = index.outcome[np.unique(index.cited(level, "reviewer").decision)]
        totals = {"all": ended.size, "all_overturned": int((ended == 1).sum())}
        whole = found.whole.select(columns).with_columns(pl.lit(v).alias(k) for k, v in totals.items())
        self.tables.append(whole)
        self.small_q.append(bool((found.whole["q_value"] < 0.05).any()))
        self.any_set.append(bool(found.sets))

    def held(self, name: str, known: bool = True) -> list[bool]:
        """Whether each interval of a column holds the truth.

        Where what is planted moves rates and crude ratios they are ``known`` only from all tables together.
        """
        rows = pl.concat(self.tables).drop_nulls(f"{name}_low")
        if known or name not in _CRUDE:
            truth = pl.lit(COLUMNS[name])
        else:
            both, events, count, whole = (
                pl.col(part).sum().over("key")
                for part in ("overturned", "all_overturned", "decisions", "all")
            )
            rest = (whole - count - events + both) / (events - both)
            truth = both / count if name == "rate" else both / (count - both) * rest
        high = pl.col(f"{name}_high").fill_null(float("inf"))
        return rows.select((pl.col(f"{name}_low") <= truth) & (truth <= high)).to_series().to_list()

    def line(self, known: bool) -> list[str]:
        """Coverages with the number of intervals, the shares of tables with a small q and with a set."""
        shares = {name: self.held(name, known) for name in COLUMNS}
        return [
            *(f"{np.mean(held):.1%}" for held in shares.values()),
            f"{len(shares['adjusted']):,}",
            *(f"{sum(seen)} of {len(seen)}" for seen in (self.small_q, self.any_set)),
        ]


COLUMNS = {"rate": BASE_RATE, "difference": 0.0, "odds_ratio": 1.0, "adjusted": 1.0}
"""The columns with intervals, and their truth where nothing is planted on what is cited."""
_CRUDE = {"rate", "odds_ratio"}
_ALIKE = {"nothing", "letters", "modified"}
"""What moves no decision's chance to be overturned."""
LEVELS = {"page": "pages", "chapter": "pages", "guideline": "pages", "section": "sections"}
"""The levels, and the template of the letters in which each is counted."""
ALONE: dict[str, tuple[str, ...]] = {
    "nothing": (),
    **{name: (name,) for name in MODELS},
    "era": ("years",),
    "all": tuple(MODELS),
}
"""What is planted in each row of the table; ``era`` has letters of both forms, by page and by section."""


def nothing_planted(
    seeds: Iterable[int], count: int, *others: str, categories: bool = True, template: str | None = None
) -> dict[str, Tally]:
    """Tables of each level where nothing is planted on what is cited; of one ``template`` if it is named."""
    given = effects(False, categories, *others)
    forms = {level: template or form for level, form in LEVELS.items()}
    tallies = {level: Tally() for level in LEVELS}
    for seed in seeds:
        made = {form: prepare(facts_of_truth(count, seed, given, form)) for form in set(forms.values())}
        for level, form in forms.items():
            tallies[level].add(made[form], level)
    return tallies


def pages_planted(seeds: int, count: int, *others: str) -> tuple[list[bool], list[bool], int]:
    """Whether each adjusted interval holds what is planted, whether each set does, and effects found."""
    given = effects(True, True, *others)
    names = {(work.split("/")[0], page) for (work, page), ratio in PAGES if ratio != 1}
    held: list[bool] = []
    right: list[bool] = []
    hits = 0
    for seed in range(seeds):
        found = drivers(facts_of_truth(count, seed, given), minimum=1)
        held += covered(found)["covered"].to_list()
        sets = [{_page(member.key) for member in one.keys} & names for one in found.sets]
        right += map(bool, sets)
        hits += len(set().union(*sets))
    return held, right, hits


def null_lines(seeds: Iterable[int], count: int) -> Iterator[str]:
    """The lines of the table of letters with nothing planted on what is cited."""
    for name, others in ALONE.items():
        template = "mixed" if name == "era" else None
        categories = name == "all"
        tallies = nothing_planted(seeds, count, *others, categories=categories, template=template)
        for level, tally in tallies.items():
            yield f"| {name} | {level} | {' | '.join(tally.line(name in _ALIKE))} |\n"


def main(seeds: int = 20, count: int = 1000) -> None:
    """Print both tables in the form of RESULTS.md."""
    out = sys.stdout.write
    out(f"{seeds} seeds, {count} letters each\n\n")
    out("| planted, nothing on what is cited | level | rate | difference | crude | adjusted | intervals ")
    out("| q | set |\n|---|---|---|---|---|---|---|---|---|\n")
    for line in null_lines(range(seeds), count):
        out(line)
        sys.stdout.flush()
    out("\n| planted beside pages | adjusted intervals | sets | that hold a planted page | effects found |\n")
    out("|---|---|---|---|---|\n")
    there = sum(ratio != 1 for _, ratio in PAGES)
    for name in ("letters", "subcategories", "all"):
        held, right, hits = pages_planted(seeds, count, *ALONE[name])
        shares = (f"{np.mean(held):.1%}", len(right), f"{np.mean(right or [0]):.1%}")
        out(f"| {name} | {' | '.join(map(str, shares))} | {hits} of {there * seeds} |\n")
        sys.stdout.flush()


def _page(key: str) -> tuple[str, int]:
    """The work and the page of a key."""
    return key.split("/")[0], int(key.rsplit("/", 1)[1])


if __name__ == "__main__":
    main(*(int(value) for value in sys.argv[1:]))
