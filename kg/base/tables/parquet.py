"""Parquet read batch by batch; what is damaged is an error of ours, never a panic of the library."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

from arro3.core import RecordBatch, RecordBatchReader
from arro3.io import read_parquet

from kg.errors import TableError

_MAGIC = b"PAR1"
_FOOTER = 8
"""Bytes at the end: the length of what is said of the table, and the magic number again."""


@contextmanager
def sound() -> Iterator[None]:
    """Say in one line what the library finds wrong with a file.

    Raises:
        TableError: in place of its exceptions, which are of no class of their own, and of its panics.
    """
    try:
        yield
    except BaseException as fault:
        if type(fault) is not Exception and type(fault).__name__ != "PanicException":
            raise
        said = (str(fault).splitlines() or ["it cannot be read"])[0]
        raise TableError(said.removeprefix("C Data interface error: ")) from fault


def opened(file: Path | IO[bytes], rows: int) -> RecordBatchReader:
    """A reader of a Parquet file, which gives so many rows at a time.

    Raises:
        TableError: it is no Parquet file, or is damaged.
        OSError: it cannot be read.
    """
    if isinstance(file, Path):
        with file.open("rb") as ends:
            _check(ends)
    else:
        _check(file)
    with sound():
        return read_parquet(file, batch_size=rows)


def batches(reader: RecordBatchReader) -> Iterator[RecordBatch]:
    """What a reader gives.

    Raises:
        TableError: the file is damaged.
    """
    while True:
        with sound():
            batch = next(reader, None)
        if batch is None:
            return
        yield batch


def values(rows: RecordBatch, column: str) -> list[Any]:
    """The values of a column as Python's, ``None`` where there is none.

    Raises:
        TableError: the file is damaged: a value is none that Python has.
    """
    found: Any = rows.column(column)
    try:
        return cast("list[Any]", found.to_pylist())
    except (ValueError, OverflowError) as fault:
        raise TableError(f"{column}: {fault}") from fault


def _check(file: IO[bytes]) -> None:
    """Refuse what is no Parquet file before the library panics at it."""
    head = file.read(len(_MAGIC))
    size = file.seek(0, 2)
    file.seek(max(0, size - _FOOTER))
    end = file.read(_FOOTER)
    file.seek(0)
    if head != _MAGIC or end[4:] != _MAGIC:
        raise TableError("it does not begin and end as Parquet does")
    if int.from_bytes(end[:4], "little") > size - _FOOTER - len(_MAGIC):
        raise TableError("it is cut short")
