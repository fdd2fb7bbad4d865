"""A generation's tables and texts, in parts: for some letters, a Parquet file a table and a pack of texts.

A later build adds parts and shares the older ones; a part that holds a letter which is replaced or
removed is written again without it.
"""

import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kg.base import letter_texts
from kg.base.building.staging import PACK
from kg.base.facts import POSITION, staged
from kg.base.ledger import Ledger
from kg.base.stored_columns import TABLES, Schema
from kg.base.tables import arrow

if TYPE_CHECKING:
    from arro3.core import RecordBatch

LETTERS_IN_PART = 20_000


def make_folders(generation: Path) -> None:
    """The folders of a new generation."""
    for name in (*TABLES, "letters"):
        (generation / name).mkdir(parents=True)


def assemble(
    generation: Path, part: str, batches: Sequence[Path], without: Mapping[Path, Collection[int]]
) -> None:
    """Make a part from staged batches; ``without`` gives the positions of letters that lost to others."""
    for table, schema in TABLES.items():
        rows = [file for batch in batches if (file := batch / f"{table}.arrow").exists()]
        if rows:
            kept = (each for file in rows for each in _kept(file, schema, without.get(file.parent, ())))
            arrow.write(kept, schema, generation / table / f"{part}.parquet")
    with (generation / "letters" / (part + letter_texts.SUFFIX)).open("wb") as pack:
        for batch in batches:
            with (batch / PACK).open("rb") as texts:
                shutil.copyfileobj(texts, pack, 1 << 20)


def _kept(file: Path, schema: Schema, lost: Collection[int]) -> "Iterator[RecordBatch]":
    """The rows of a staged table but for those of letters at some positions."""
    for rows in arrow.unpacked(file.read_bytes()):
        yield arrow.fitted(arrow.without(arrow.fitted(rows, staged(schema)), POSITION, lost), schema)


def share(served: Path, generation: Path, part: str) -> None:
    """Take a part of the served generation over as it is."""
    for file in files(served, part):
        (generation / file.relative_to(served)).hardlink_to(file)


def rewrite(served: Path, generation: Path, part: str, without: Collection[str], ledger: Ledger) -> None:
    """Take a part of the served generation over without some letters; their text goes too."""
    rest = list(ledger.letters(part))
    if not rest:
        return
    for table, schema in TABLES.items():
        file = served / table / f"{part}.parquet"
        if file.exists():
            kept = (arrow.without(rows, "case", without) for rows in arrow.read([file], schema))
            arrow.write(kept, schema, generation / table / file.name)
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
