"""Facts of a made-up million letters, drawn column by column: for measuring, not for reading."""

import numpy as np
import polars as pl

from kg.base.stored_columns import FACTS
from kg.base.tables import data_frames

CATEGORIES = (
    ("Pharmaceuticals", 0.38),
    ("Rehabilitation", 0.18),
    ("Diagnostic Testing", 0.12),
    ("DMEPOS", 0.1),
    ("Injection", 0.08),
    ("Surgery", 0.06),
    ("Evaluation & Management", 0.04),
    ("Psych Services", 0.02),
    ("Home Health", 0.01),
    ("Programs", 0.01),
)
PARTS = (
    "low back",
    "neck",
    "shoulder:left",
    "shoulder:right",
    "knee:left",
    "knee:right",
    "wrist",
    "ankle",
    "hip",
)
WORKS = (("chronic-pain", 127), ("acoem-2004", 378), ("odg", 0), ("postsurgical", 40), ("acupuncture", 12))
SPECIALTIES = 60
CONDITIONS = 40
GROUNDS = 38
"""Nineteen classes, met or not."""


def _weights(count: int, power: float) -> np.ndarray:
    weights = 1 / np.arange(1, count + 1) ** power
    return weights / weights.sum()


def facts(letters: int, seed: int = 1) -> pl.DataFrame:
    """The facts of ``letters`` letters: about 1.6 items a letter and 6 rows an item."""
    rng = np.random.default_rng(seed)
    items = rng.choice([1, 2, 3, 5], letters, p=[0.62, 0.22, 0.1, 0.06])
    letter = np.repeat(np.arange(letters), items)
    decisions = _decisions(rng, letters, letter, items)
    cited = _cited(rng, decisions.height)
    table = decisions.with_row_index("decision").join(
        cited, on="decision", how="inner", maintain_order="right"
    )
    types = data_frames.schema_of(FACTS)
    rest = [pl.lit(None, kind).alias(name) for name, kind in types.items() if name not in table.columns]
    return table.with_columns(rest).select(pl.col(name).cast(kind) for name, kind in types.items())


def _decisions(rng: np.random.Generator, letters: int, letter: np.ndarray, items: np.ndarray) -> pl.DataFrame:
    number = letter.size
    category = rng.choice(len(CATEGORIES), number, p=[share for _, share in CATEGORIES])
    sub = rng.choice(8, number, p=_weights(8, 1))
    drug = np.where(category == 0, rng.choice(80, number, p=_weights(80, 0.8)), -1)
    names = [f"Specialty {place:02}" for place in range(SPECIALTIES)]
    first = rng.choice(SPECIALTIES, letters, p=_weights(SPECIALTIES, 1))
    second = np.where(rng.random(letters) < 0.3, rng.integers(0, SPECIALTIES, letters), first)
    pairs = pl.DataFrame({"a": first[letter], "b": second[letter]})
    by_name = [pl.col(side).replace_strict(range(SPECIALTIES), names) for side in ("a", "b")]
    rate = 1 / (1 + np.exp(2.2 - 0.15 * category))
    years = 2014 + (np.arange(letters) * 3 // letters)
    frame = pl.DataFrame(
        {
            "case": pl.Series(np.arange(letters)).cast(pl.String).str.zfill(7)[letter],
            "item": np.arange(number) - np.repeat(np.cumsum(items) - items, items) + 1,
            "outcome": np.where(rng.random(number) < rate, "overturned", "upheld"),
            "category": np.array([name for name, _ in CATEGORIES])[category],
            "subcategory": pl.Series(category * 10 + sub).cast(pl.String),
            "drug": pl.Series(drug).cast(pl.String),
            "drug_class": pl.Series(drug // 8).cast(pl.String),
            "part": np.array(PARTS)[rng.choice(len(PARTS), number, p=_weights(len(PARTS), 0.7))],
            "year": years[letter],
            "template": np.where(letter * 3 < 2 * letters, "pages", "sections"),
            "age": rng.integers(20, 70, letters)[letter],
            "retrospective": False,
            "associated_surgical_service": False,
        }
    ).with_columns(
        conditions=_several(rng, "condition", CONDITIONS, [0.3, 0.4, 0.3], letter),
        earlier_treatments=_several(rng, "treatment", 60, [0.4, 0.3, 0.3], letter),
        grounds=_several(rng, "ground", GROUNDS, [0.1, 0.5, 0.4], np.arange(number)),
    )
    for column in ("drug", "drug_class"):
        frame = frame.with_columns(pl.when(pl.Series(drug) >= 0).then(column).alias(column))
    specialties = pairs.select(specialties=pl.concat_list(by_name).list.unique(maintain_order=True))
    return frame.with_columns(
        specialties["specialties"],
        case="CM15-" + pl.col("case"),
        body_parts=pl.concat_list("part"),
        subspecialties=pl.lit([], pl.List(pl.String)),
        licensed_in=pl.lit([], pl.List(pl.String)),
    ).drop("part")


def _several(
    rng: np.random.Generator, name: str, values: int, shares: list[float], owner: np.ndarray
) -> pl.Series:
    """None, one or two of some values for each owner, the first of them often, as lists."""
    owners = int(owner.max()) + 1
    count = rng.choice(3, owners, p=shares)
    drawn = rng.choice(values, (owners, 2), p=_weights(values, 0.8))
    named = np.array([f"{name} {place:02}" for place in range(values)])[drawn]
    pairs = pl.DataFrame({"one": named[:, 0], "two": named[:, 1], "count": count})
    both = pl.concat_list("one", "two").list.unique(maintain_order=True)
    lists: pl.Series = pairs.select(both.list.head("count"))["one"][owner]
    return lists


def _cited(rng: np.random.Generator, decisions: int) -> pl.DataFrame:
    """Rows of citations: two parties, one to three guidelines each, pages in short ranges."""
    frames = []
    for party, silent in (("claims_administrator", 0.2), ("reviewer", 0.08)):
        count = rng.choice([1, 2, 3], decisions, p=[0.65, 0.25, 0.1])
        count[rng.random(decisions) < silent] = 0
        decision = np.repeat(np.arange(decisions), count)
        work = rng.choice(len(WORKS), decision.size, p=[0.45, 0.3, 0.15, 0.05, 0.05])
        last = np.array([pages for _, pages in WORKS])[work]
        page = np.minimum((rng.random(decision.size) ** 2 * last).astype(int) + 1, np.maximum(last, 1))
        length = np.where(last > 0, rng.choice([1, 2, 4], decision.size, p=[0.5, 0.35, 0.15]), 1)
        row = np.repeat(np.arange(decision.size), length)
        offset = np.arange(row.size) - np.repeat(np.cumsum(length) - length, length)
        pages = page[row] + offset
        chapter = np.where(work == 1, 1 + page // 27, np.where(work == 2, 100 + page % 20, -1))
        cited = pl.DataFrame(
            {
                "decision": decision[row],
                "party": party,
                "citation": 1,
                "guideline": np.array([name for name, _ in WORKS])[work[row]],
                "edition": np.where(work[row] == 1, 2004, np.where(work[row] == 0, 2009, 0)),
                "chapter": pl.Series(chapter[row]).cast(pl.String),
                "page": pages,
                "section": pl.Series(page[row] // 3).cast(pl.String),
            }
        ).with_columns(
            page=pl.when(pl.Series(last[row] > 0)).then("page"),
            edition=pl.when(pl.col("edition") > 0).then("edition"),
            chapter=pl.when(pl.Series(chapter[row] >= 0)).then("chapter"),
            section=pl.when(pl.Series(last[row] == 0)).then("odg/topic-" + pl.col("section")),
            section_title=pl.when(pl.Series(last[row] == 0)).then("Topic " + pl.col("section")),
        )
        silences = pl.DataFrame({"decision": np.flatnonzero(count == 0)}).with_columns(party=pl.lit(party))
        frames += [cited, silences]
    return (
        pl.concat(frames, how="diagonal")
        .with_columns(pl.col("decision").cast(pl.UInt32))
        .sort("decision", maintain_order=True)
    )
