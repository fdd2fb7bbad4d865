"""The one writer and the row-by-row reader of a base's tables, on Arrow in Rust (``arro3``).

What is written depends on nothing but the rows and the library's version. Tables that earlier programs wrote
are read as of now: a column that came later is null, one that had another name has its name of now.
"""

import io
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain
from pathlib import Path
from typing import IO, Any, NoReturn

from arro3.core import Array, DataType, Field, RecordBatch, RecordBatchReader, Table, list_array
from arro3.core import Schema as ArrowSchema
from arro3.io import read_ipc, write_csv, write_ipc, write_parquet

from kg.base.stored_columns import EARLIER, Kind, Schema
from kg.base.tables import parquet
from kg.errors import BaseError, TableError

Row = tuple[Any, ...]

_LIST = DataType.list(Field("element", DataType.string(), nullable=True))
TYPES: Mapping[Kind, DataType] = {
    Kind.TEXT: DataType.string(),
    Kind.TEXTS: _LIST,
    Kind.SMALL: DataType.int32(),
    Kind.LARGE: DataType.int64(),
    Kind.NUMBER: DataType.float64(),
    Kind.DAY: DataType.date32(),
    Kind.YES: DataType.bool(),
}
values = parquet.values
"""The values of a column, as Python's."""
_FIRST_DAY = date(1970, 1, 1).toordinal()
_ROWS_AT_ONCE = 8192
"""Rows that are in memory together where a table is read; as Python objects they take some 30 MB."""
_ROW_GROUP = 1 << 18


def schema_of(schema: Schema) -> ArrowSchema:
    """A schema as Arrow has it."""
    return ArrowSchema([Field(name, TYPES[kind], nullable=True) for name, kind in schema.items()])


def column(given: Sequence[Any], kind: Kind) -> Array:
    """Values, some of them ``None``, as a column."""
    if kind is Kind.TEXTS:
        return _lists(given)
    if kind is Kind.DAY:
        days = [None if day is None else day.toordinal() - _FIRST_DAY for day in given]
        return Array(days, DataType.int32()).cast(TYPES[kind])
    return Array(given, TYPES[kind])


def _lists(given: Sequence[Any]) -> Array:
    ends, end = array("i", [0]), 0
    for each in given:
        end += len(each or ())
        ends.append(end)
    flat = Array(list(chain.from_iterable(each or () for each in given)), DataType.string())
    missing = [each is None for each in given]
    mask = Array(missing, DataType.bool()) if any(missing) else None
    return list_array(ends, flat, type=_LIST, mask=mask)


def table(rows: Sequence[Row], schema: Schema) -> RecordBatch:
    """Rows as a table in memory.

    Raises:
        TableError: a value is not of the kind of its column.
    """
    columns = zip(*rows, strict=True) if rows else ((),) * len(schema)
    made = []
    for given, (name, kind) in zip(columns, schema.items(), strict=True):
        try:
            made.append(column(given, kind))
        except (TypeError, ValueError, OverflowError, AttributeError) as fault:
            wrong = next((value for value in given if not _fits(value, kind)), None)
            raise TableError(f"{name} must be {kind.value}, found {wrong!r}") from fault
    return beside(made, schema)


def _fits(value: Any, kind: Kind) -> bool:
    try:
        column([value], kind)
    except (TypeError, ValueError, OverflowError, AttributeError):
        return False
    return True


def beside(columns: Sequence[Array], schema: Schema) -> RecordBatch:
    """Columns as a table."""
    return RecordBatch.from_arrays(columns, schema=schema_of(schema))


def taken(rows: RecordBatch, places: Iterable[int]) -> RecordBatch:
    """The rows at some places, in their order."""
    return rows.take(Array(list(places), DataType.uint32()))


def without(rows: RecordBatch, column: str, lost: Iterable[Any]) -> RecordBatch:
    """The rows whose ``column`` has none of some values."""
    gone, found = set(lost), values(rows, column)
    if not gone or gone.isdisjoint(found):
        return rows
    return taken(rows, (place for place, value in enumerate(found) if value not in gone))


def joined(tables: Sequence[RecordBatch], schema: Schema) -> RecordBatch:
    """Tables one under the other."""
    if not tables:
        return table((), schema)
    return tables[0] if len(tables) == 1 else Table.from_batches(tables).combine_chunks().to_batches()[0]


def rows_of(batches: Iterable[RecordBatch]) -> Iterator[Row]:
    """The rows of tables as Python values."""
    for batch in batches:
        yield from zip(*(values(batch, name) for name in batch.column_names), strict=True)


# --- Parquet ---------------------------------------------------------------------------------

COMPRESSION = "zstd(3)"
"""How Parquet is compressed, in the words of the library."""


def write(
    batches: Iterable[RecordBatch], schema: Schema, into: Path | IO[bytes], row_group: int = _ROW_GROUP
) -> None:
    """Write one Parquet file, compressed with zstd; ``batches`` are taken one by one.

    Raises:
        OSError: it cannot be written.
    """
    if isinstance(into, Path):
        with into.open("wb") as file:
            write(batches, schema, file, row_group)
        return
    source, sink = _Source(batches), _Sink(into)
    fault: BaseException | None = None
    try:
        with parquet.sound():
            write_parquet(
                RecordBatchReader.from_batches(schema_of(schema), source),
                sink,  # type: ignore[arg-type]
                compression=COMPRESSION,
                max_row_group_size=row_group,
                skip_arrow_metadata=True,
            )
    except BaseException as found:
        fault = found
    if known := source.fault or sink.fault or fault:
        raise known


class _Source:
    """Tables for the library, which makes another exception of what is raised while it takes them."""

    def __init__(self, batches: Iterable[RecordBatch]) -> None:
        self._batches = iter(batches)
        self.fault: BaseException | None = None

    def __iter__(self) -> "_Source":
        return self

    def __next__(self) -> RecordBatch:
        try:
            return next(self._batches)
        except StopIteration:
            raise
        except BaseException as fault:
            self.fault = fault
            raise


class _Sink:
    """A file for the library, which panics at a fault of the disk: that is kept, and the rest not written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.fault: BaseException | None = None

    def write(self, data: bytes) -> int:
        if self.fault is None:
            try:
                self._file.write(data)
            except BaseException as fault:
                self.fault = fault
        return len(data)

    def flush(self) -> None:
        if self.fault is None:
            try:
                self._file.flush()
            except BaseException as fault:
                self.fault = fault

    def seek(self, *_: int) -> NoReturn:
        """What the library wants of a file, and does not use."""
        raise io.UnsupportedOperation("seek")


def csv(rows: RecordBatch, *, header: bool = False) -> bytes:
    """A table without lists as CSV."""
    file = io.BytesIO()
    write_csv(rows, file, header=header)
    return file.getvalue()


def files(folder: Path) -> list[Path]:
    """The files of a table, in order.

    Raises:
        BaseError: the generation that held the folder was cleaned away.
    """
    found = sorted(folder.glob("*.parquet"))
    if not found and not folder.parent.is_dir():
        raise BaseError(f"{folder.parent}: this generation was deleted; open the knowledge base again")
    return found


def read(files: Iterable[Path], schema: Schema, rows: int = _ROWS_AT_ONCE) -> Iterator[RecordBatch]:
    """Files of a table, ``rows`` at a time, in the columns of ``schema``.

    Raises:
        TableError: a file is damaged.
        OSError: a file cannot be read.
    """
    for file in files:
        for batch in parquet.batches(parquet.opened(file, rows)):
            yield fitted(batch, schema)


def fitted(batch: RecordBatch, schema: Schema) -> RecordBatch:
    """A table in the columns of ``schema``."""
    there = set(batch.column_names)
    arrays = []
    for name, kind in schema.items():
        called = name if name in there else EARLIER.get(name, name)
        if called not in there:
            arrays.append(column([None] * batch.num_rows, kind))
            continue
        found = batch.column(called)
        arrays.append(found if found.type == TYPES[kind] else found.cast(TYPES[kind]))
    return beside(arrays, schema)


# --- what is put aside for a moment -----------------------------------------------------------


def packed(rows: RecordBatch, compression: str = "lz4") -> bytes:
    """A table as an Arrow file."""
    file = io.BytesIO()
    write_ipc(rows, file, compression=compression)  # type: ignore[arg-type]
    return file.getvalue()


def unpacked(data: bytes) -> list[RecordBatch]:
    """The table that an Arrow file holds.

    Raises:
        TableError: it is damaged.
    """
    with parquet.sound():
        return list(read_ipc(data))


def packed_texts(texts: Sequence[bytes]) -> bytes:
    """Texts as a file of one column."""
    schema = ArrowSchema([Field("text", DataType.binary())])
    return packed(RecordBatch.from_arrays([Array(texts, DataType.binary())], schema=schema), "zstd")


def unpacked_texts(data: bytes) -> list[bytes]:
    """The texts that such a file holds.

    Raises:
        TableError: it is damaged.
    """
    return [text for batch in unpacked(data) for text in values(batch, "text")]
