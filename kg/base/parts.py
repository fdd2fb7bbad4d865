"""A generation's tables and texts, in parts: for some letters, a Parquet file a table and a pack of texts.

A later build adds parts and shares the older ones; a part that holds a letter which is replaced or
removed is written again without it.
"""

import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from kg.base import facts, letter_texts
from kg.base.building.staging import PACK
from kg.base.columns import TABLES
from kg.base.facts import POSITION
from kg.base.ledger import Ledger

LETTERS_IN_PART = 20_000


def make_folders(generation: Path) -> None:
    """The folders of a new generation."""
    for name in (*TABLES, "letters"):
        (generation / name).mkdir(parents=True)


def assemble(
    generation: Path, part: str, batches: Sequence[Path], without: Mapping[Path, Collection[int]]
) -> None:
    """Make a part from staged batches; ``without`` gives the positions of letters that lost to others."""
    for table in TABLES:
        staged = [(file, batch) for batch in batches if (file := batch / f"{table}.arrow").exists()]
        frames = [_without(pl.read_ipc(file), without.get(batch, ())) for file, batch in staged]
        if frames:
            whole = pl.concat(frames) if len(frames) > 1 else frames[0]
            facts.write(whole, generation / table / f"{part}.parquet")
    with (generation / "letters" / (part + letter_texts.SUFFIX)).open("wb") as pack:
        for batch in batches:
            with (batch / PACK).open("rb") as texts:
                shutil.copyfileobj(texts, pack, 1 << 20)


def _without(rows: pl.DataFrame, positions: Collection[int]) -> pl.DataFrame:
    if positions:
        rows = rows.filter(~pl.col(POSITION).is_in(list(positions)))
    return rows.drop(POSITION)


def share(served: Path, generation: Path, part: str) -> None:
    """Take a part of the served generation over as it is."""
    for file in files(served, part):
        (generation / file.relative_to(served)).hardlink_to(file)


def rewrite(served: Path, generation: Path, part: str, without: Collection[str], ledger: Ledger) -> None:
    """Take a part of the served generation over without some letters; their text goes too."""
    rest = list(ledger.letters(part))
    if not rest:
        return
    for table in TABLES:
        file = served / table / f"{part}.parquet"
        if file.exists():
            kept = pl.read_parquet(file).filter(~pl.col("case").is_in(list(without)))
            facts.write(kept, generation / table / file.name)
    rest.sort(key=lambda row: (row.block, row.start))
    old = letter_texts.Letters(served)
    try:
        with (generation / "letters" / (part + letter_texts.SUFFIX)).open("wb") as pack:
            places = letter_texts.pack((old.text_of(row) for row in rest), pack)
            ledger.put_letters(
                row._replace(**place._asdict()) for row, place in zip(rest, places, strict=True)
            )
    finally:
        old.close()


def files(generation: Path, part: str) -> Iterator[Path]:
    """The files of a part that are there."""
    names = [generation / table / f"{part}.parquet" for table in TABLES]
    names.append(generation / "letters" / (part + letter_texts.SUFFIX))
    return (name for name in names if name.exists())
