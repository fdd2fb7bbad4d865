"""Tables of a base as frames of polars, which comes with the extra ``analysis``."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import polars as pl
from arro3.core import RecordBatch

from kg.base.stored_columns import EARLIER, Kind, Schema
from kg.base.tables import arrow

TYPES: Mapping[Kind, pl.DataType] = {
    Kind.TEXT: pl.String(),
    Kind.TEXTS: pl.List(pl.String()),
    Kind.SMALL: pl.Int32(),
    Kind.LARGE: pl.Int64(),
    Kind.NUMBER: pl.Float64(),
    Kind.DAY: pl.Date(),
    Kind.YES: pl.Boolean(),
}


def schema_of(schema: Schema) -> dict[str, pl.DataType]:
    """A schema as polars has it."""
    return {name: TYPES[kind] for name, kind in schema.items()}


def frame(rows: RecordBatch) -> pl.DataFrame:
    """A table in memory as a frame."""
    return pl.DataFrame(rows)


def of_rows(rows: Sequence[arrow.Row], schema: Schema) -> pl.DataFrame:
    """Rows as a frame."""
    return frame(arrow.table(rows, schema))


def scan(folder: Path, schema: Schema) -> pl.LazyFrame:
    """All files of ``folder`` as one table that is not loaded yet; none gives an empty table.

    A column that came after a file was written is null there; one that had another name has its name of now.

    Raises:
        BaseError: the generation that held the folder was cleaned away.
    """
    types = schema_of(schema)
    files = arrow.files(folder)
    if not files:
        return pl.LazyFrame(schema=types)
    renamed = [_renamed(file, schema) for file in files]
    if not any(renamed):
        return _scan(files, types)
    tables = [_scan([file], types, before) for file, before in zip(files, renamed, strict=True)]
    return pl.concat(tables)


def _scan(
    files: list[Path], types: Mapping[str, pl.DataType], before: Mapping[str, str] | None = None
) -> pl.LazyFrame:
    names = {(before or {}).get(name, name): name for name in types}
    found = {old: types[name] for old, name in names.items()}
    table = pl.scan_parquet(files, schema=found, glob=False, missing_columns="insert")
    return table.rename(names) if before else table


def _renamed(file: Path, schema: Schema) -> Mapping[str, str]:
    """What the file calls columns that have another name now."""
    there = _columns(str(file), file.stat().st_mtime_ns)
    return {name: old for name, old in EARLIER.items() if name in schema.keys() - there and old in there}


@lru_cache(maxsize=1 << 10)
def _columns(file: str, _when: int) -> frozenset[str]:
    return frozenset(pl.read_parquet_schema(file))
