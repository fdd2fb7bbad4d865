"""Tables of letters, one letter a row: JSON lines, CSV and Parquet.

A column ``text`` holds the letter, a column ``case_number``, where there is one, its name. Rows are read
one after another, so that a table may be larger than memory.
"""

import codecs
import csv
import io
import json
from collections.abc import Iterator
from typing import IO, Any, NamedTuple

from kg.errors import SourceError
from kg.files import decode

SUFFIXES = frozenset({".jsonl", ".ndjson", ".csv", ".parquet"})

_PART = 256
"""Rows of a Parquet file that are in memory together."""
_BLOCK = 1 << 20


class Row(NamedTuple):
    """One row: its number from 1 (in JSON lines and CSV its line's), and its letter or what is wrong."""

    number: int
    text: str | None
    case_number: str | None
    fault: str | None = None
    encoding: bool = False
    """Whether the table was not UTF-8, and read as Windows-1252."""


def rows(suffix: str, file: IO[bytes], limit: int) -> Iterator[Row]:
    """The rows of an open table, seekable; ``limit`` is the size that a letter may have, in bytes.

    Raises:
        SourceError: the file is damaged, or has no column ``text``.
    """
    if suffix == ".csv":
        return _csv(file, limit)
    if suffix == ".parquet":
        return _parquet(file)
    return _json_lines(file, limit)


def _first_line(fault: BaseException) -> str:
    return (str(fault).splitlines() or [type(fault).__name__])[0]


def _row(number: int, values: dict[str, Any], *, encoding: bool = False) -> Row:
    text, case = values.get("text"), values.get("case_number")
    if not isinstance(text, str):
        return Row(number, None, None, 'the row has no text in a column "text"')
    name = decode.printable(str(case).strip()) if case is not None else ""
    return Row(number, text, name or None, None, encoding)


def _json_lines(file: IO[bytes], limit: int) -> Iterator[Row]:
    number = 0
    while line := file.readline(2 * limit):  # written in JSON a text is longer
        number += 1
        if len(line) == 2 * limit and not line.endswith(b"\n"):
            while (rest := file.readline(_BLOCK)) and not rest.endswith(b"\n"):
                pass
            yield Row(number, None, None, f"the line is longer than {2 * limit:,} bytes")
        elif line.strip(b" \t\r\n\xef\xbb\xbf"):
            yield _json_line(number, line)


def _json_line(number: int, line: bytes) -> Row:
    text, problems = decode.text(line)
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as fault:
        return Row(number, None, None, f"the line is no JSON: {fault}")
    if not isinstance(values, dict):
        return Row(number, None, None, "the line is no JSON object")
    return _row(number, values, encoding=bool(problems))


def _csv(file: IO[bytes], limit: int) -> Iterator[Row]:
    utf8 = _is_utf8(file)
    csv.field_size_limit(limit)
    # newline="": line ends within a field stay as they are.
    lines = io.TextIOWrapper(
        file, "utf-8-sig" if utf8 else decode.FALLBACK, errors="strict" if utf8 else "replace", newline=""
    )
    reader = csv.reader(lines)
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        if "text" not in header:
            raise SourceError('the table has no column "text"')
        yield from _csv_rows(reader, header, utf8)
    except csv.Error as fault:
        raise SourceError(f"the table is damaged in line {reader.line_num}: {fault}") from fault
    finally:
        lines.detach()


def _csv_rows(reader: Any, header: list[str], utf8: bool) -> Iterator[Row]:
    while True:
        number = reader.line_num + 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            yield Row(number, None, None, f"the row cannot be read: {fault}")
            continue
        if fields:
            yield _row(number, dict(zip(header, fields, strict=False)), encoding=not utf8)


def _is_utf8(file: IO[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while block := file.read(_BLOCK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        file.seek(0)
    return True


def _parquet(file: IO[bytes]) -> Iterator[Row]:
    import polars as pl  # here: it takes longer to import than many letters to read
    from polars.exceptions import PanicException, PolarsError

    try:
        table = pl.scan_parquet(file)
        columns = table.collect_schema()
        if columns.get("text") != pl.String:
            raise SourceError('the table has no column "text" of strings')
        table = table.select([name for name in ("text", "case_number") if name in columns])
        number = 0
        while not (part := table.slice(number, _PART).collect()).is_empty():
            for values in part.iter_rows(named=True):
                number += 1
                yield _row(number, values)
    except (PolarsError, PanicException, OSError) as fault:
        raise SourceError(f"the table is damaged: {_first_line(fault)}") from fault
