"""Tables of letters, one letter a row: JSON lines, CSV and Parquet, and JSON of a list of objects.

The column of the letters is the one that is given, else the first of :data:`TEXTS` that the table has, else
the only one whose name ends in one of :data:`ENDS`; one of :data:`NAMES`, where there is one, is a letter's
name. Rows are read one after another, so that a table may be larger than memory, but for JSON.
"""

import codecs
import csv
import io
import json
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Any, NamedTuple

from kg.errors import SourceError, TableError
from kg.files import decode, parquet_rows

SUFFIXES = frozenset({".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet"})

TEXTS = (
    *("text", "letter", "letter_text", "full_text", "fulltext", "content", "contents", "body", "document"),
    *("document_text", "raw_text", "ocr_text", "plain_text", "page_text", "decision_text", "determination"),
)
"""Names under which tables have letters, in small letters with low lines."""
ENDS = frozenset(
    [
        *("text", "texts", "txt", "content", "contents", "body", "letter", "document", "doc", "fulltext"),
        *("plaintext", "transcript", "narrative", "markdown", "ocr", "raw", "extracted"),
    ]
)
"""Words that the name of such a column may end in (``pdf_text``, ``letterBody``)."""
NAMES = ("case_number", "case_no", "casenumber", "imr_case_number", "case_id", "case")
"""Names under which they have the case number."""

_LARGEST_JSON = 1 << 29
"""Bytes of a JSON file, which is in memory as a whole."""
_DELIMITERS = ",;\t|"
_TEXT_KINDS = {f"{size}{kind}" for kind in ("Utf8", "Binary") for size in ("", "Large")}
_TEXT_KINDS |= {"Utf8View", "BinaryView"}
_BLOCK = 1 << 20


class Row(NamedTuple):
    """One row: its number from 1 (in JSON lines and CSV its line's), and its letter or what is wrong."""

    number: int
    text: str | None
    case_number: str | None
    fault: str | None = None
    encoding: bool = False
    """Whether the table was not UTF-8, and read as Windows-1252."""


def rows(suffix: str, file: IO[bytes], limit: int, column: str | None = None) -> Iterator[Row]:
    """The rows of an open table, seekable; ``limit`` is the size that a letter may have, in bytes.

    ``column`` holds the letters, where its name does not tell.

    Raises:
        SourceError: the file is damaged, or has no column of letters.
    """
    if suffix == ".parquet":
        yield from _parquet(file, column)
        return
    read = _csv if suffix in (".csv", ".tsv") else _json if suffix == ".json" else _json_lines
    with _narrow(file) as narrow:
        yield from read(narrow, limit, column)


@contextmanager
def _narrow(file: IO[bytes]) -> Iterator[IO[bytes]]:
    """The table, as UTF-8 where it is UTF-16: so that lines end with one byte."""
    encoding = decode.wide(file.read(decode.HEAD))
    file.seek(0)
    if encoding is None:
        yield file
        return
    with tempfile.TemporaryFile() as copy:
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        while block := file.read(_BLOCK):
            copy.write(decoder.decode(block).removeprefix("\ufeff").encode("utf-8", "replace"))
        copy.seek(0)
        yield copy


_WORDS = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z0-9]+|[^\W_]+")


def _key(name: str) -> str:
    """A column's name as small words with low lines (``Letter Text``, ``letterText``)."""
    return "_".join(word.lower() for word in _WORDS.findall(name))


def _columns(names: Iterable[str], column: str | None) -> tuple[str, str | None]:
    """The columns of the letters and of their names among ``names``.

    Raises:
        SourceError: there is no column of letters.
    """
    known = {_key(name): name for name in names}
    ending = [name for key, name in known.items() if key.rpartition("_")[2] in ENDS]
    only = ending[0] if len(ending) == 1 else None
    found = known.get(_key(column)) if column else next((known[n] for n in TEXTS if n in known), only)
    if found is None:
        lacks = f'no column "{column}"' if column else f"no column of letters ({', '.join(TEXTS[:6])}, ...)"
        has = ", ".join(map(str, known.values())) or "none"
        raise SourceError(
            f"the table has {lacks}; it has {decode.printable(has)[:200]}: name one with --column"
        )
    return found, next((known[n] for n in NAMES if n in known), None)


def _row(
    number: int, values: dict[str, Any], columns: tuple[str, str | None], *, encoding: bool = False
) -> Row:
    text, case = values.get(columns[0]), values.get(columns[1] or "")
    if isinstance(text, bytes):
        if decode.refused("", text[: decode.HEAD]) or decode.is_pdf(text):
            return Row(number, None, None, f'the column "{columns[0]}" contains files, not texts')
        text, problems = decode.text(text)
        encoding = bool(problems)
    if not isinstance(text, str):
        return Row(number, None, None, f'the row has no text in the column "{columns[0]}"')
    name = decode.printable(str(case).strip()) if case is not None else ""
    return Row(number, text, name or None, None, encoding)


def _json_lines(file: IO[bytes], limit: int, column: str | None) -> Iterator[Row]:
    number = 0
    while line := file.readline(2 * limit):  # written in JSON a text is longer
        number += 1
        if len(line) == 2 * limit and not line.endswith(b"\n"):
            while (rest := file.readline(_BLOCK)) and not rest.endswith(b"\n"):
                pass
            yield Row(number, None, None, f"the line is longer than {2 * limit:,} bytes")
        elif line.strip(b" \t\r\n\xef\xbb\xbf"):
            yield _json_line(number, line, column)


def _json(file: IO[bytes], limit: int, column: str | None) -> Iterator[Row]:
    """A list of objects, alone or the only one in an object, one object that is a row, or lines of them."""
    data = file.read(_LARGEST_JSON + 1)
    if len(data) > _LARGEST_JSON:
        raise SourceError(
            f"the JSON is larger than {_LARGEST_JSON:,} bytes: convert it to JSON lines (.jsonl)"
        )
    try:
        said = json.loads(decode.text(data)[0])
    except (ValueError, RecursionError):
        yield from _json_lines(io.BytesIO(data), limit, column)
        return
    if isinstance(said, dict):
        lists = [value for value in said.values() if isinstance(value, list)]
        said = lists[0] if len(lists) == 1 and all(isinstance(one, dict) for one in lists[0]) else [said]
    if not isinstance(said, list):
        raise SourceError("the JSON is no list of objects")
    for number, values in enumerate(said, 1):
        yield _json_row(number, values, column)


def _json_line(number: int, line: bytes, column: str | None) -> Row:
    text, problems = decode.text(line)
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as fault:
        return Row(number, None, None, f"the line is not valid JSON: {fault}")
    return _json_row(number, values, column, encoding=bool(problems))


def _json_row(number: int, values: Any, column: str | None, *, encoding: bool = False) -> Row:
    if not isinstance(values, dict):
        return Row(number, None, None, "the line is not a JSON object")
    try:
        columns = _columns(values, column)
    except SourceError as fault:
        return Row(number, None, None, str(fault).replace("the table", "the row", 1))
    return _row(number, values, columns, encoding=encoding)


def _csv(file: IO[bytes], limit: int, column: str | None) -> Iterator[Row]:
    utf8 = _is_utf8(file)
    csv.field_size_limit(limit)
    # newline="": line ends within a field stay as they are.
    lines = io.TextIOWrapper(
        file, "utf-8-sig" if utf8 else decode.FALLBACK, errors="strict" if utf8 else "replace", newline=""
    )
    reader = csv.reader(lines, delimiter=_delimiter(file))
    try:
        header = [name.strip() for name in next(reader, [])]
        yield from _csv_rows(reader, header, _columns(header, column), utf8)
    except csv.Error as fault:
        raise SourceError(f"the table is damaged in line {reader.line_num}: {fault}") from fault
    finally:
        lines.detach()


def _csv_rows(reader: Any, header: list[str], columns: tuple[str, str | None], utf8: bool) -> Iterator[Row]:
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
            yield _row(number, dict(zip(header, fields, strict=False)), columns, encoding=not utf8)


def _delimiter(file: IO[bytes]) -> str:
    """What parts the columns: the sign that the first line has most of, a comma before others."""
    first = file.readline(_BLOCK).decode("utf-8", "replace")
    file.seek(0)
    return max(_DELIMITERS, key=first.count)


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


def _parquet(file: IO[bytes], column: str | None) -> Iterator[Row]:
    try:
        with parquet_rows.opened(file) as table:
            columns = _columns(table.columns, column)
            if (kind := table.columns[columns[0]]) not in _TEXT_KINDS:
                raise SourceError(
                    f'the column "{columns[0]}" contains {kind}: texts (String or Binary) are read'
                )
            names = [name for name in columns if name is not None]
            for number, values in enumerate(table.rows(names), 1):
                yield _row(number, dict(zip(names, values, strict=True)), columns)
    except (TableError, OSError) as fault:
        raise SourceError(f"the table is damaged: {fault}") from fault
