"""A base as one ZIP archive, to be deposited, cited and checked without this program.

======================  ===============================================================================
graph.nt.gz             the triples case by case, those of a case sorted, then those that cases share
tables/NAME.parquet     the tables of :data:`kg.base.stored_columns.TABLES`, ordered by case
dataset.ttl             DCAT and VoID: what the generation says of itself, and the files
data-card.md            what the data are, how precise, and what they cannot show
content-sha256.txt      SHA-256 of the graph's text and of each table's rows
ro-crate-metadata.json  RO-Crate 1.2: files, columns, program, terms of use
manifest-sha256.txt     SHA-256 of every other file, as ``sha256sum --check`` reads it
======================  ===============================================================================

The *content digest* is the SHA-256 of ``content-sha256.txt``. It depends on values alone, not on how a
file is packed: the same letters, read by the same reader in any order, give the same digest and the same
files of data. ``dataset.ttl`` and ``ro-crate-metadata.json`` also name the generation and when it was
built. One generation gives the same archive byte by byte with the same libraries.

Letters' whole texts are not in it. Memory stays flat: a part of the letters is held at a time.
"""

import gzip
import hashlib
import json
import re
import shutil
import tempfile
import zipfile
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from kg import resources
from kg.base import generations
from kg.base.archive import ro_crate
from kg.base.dataset_description import distributions, license_of_data, licensed
from kg.base.graphs import CATALOGUE, kept_lines
from kg.base.store import KnowledgeBase
from kg.base.stored_columns import TABLES, Schema
from kg.base.tables import arrow, parquet
from kg.errors import BaseError, SettingError, TableError
from kg.graph import iri
from kg.graph.vocab import DCTERMS

if TYPE_CHECKING:
    from arro3.core import RecordBatch

GRAPH, CARD, DESCRIPTION, CRATE = "graph.nt.gz", "data-card.md", "dataset.ttl", "ro-crate-metadata.json"
MANIFEST, CONTENT = "manifest-sha256.txt", "content-sha256.txt"
TEXTS = (CARD, DESCRIPTION, CRATE, CONTENT)
"""The files beside data and manifest that every deposit has."""

_ADDRESS = re.compile(r"https?://[^\s<>\"{}|\\^`]+")
_LETTERS_AT_ONCE = 10_000
_ROWS_AT_ONCE = 20_000
_ROWS_SET_APART = 1 << 16
_CHUNK = 1 << 20
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The time of every file in the archive: the first that ZIP can say."""


class Deposited(NamedTuple):
    """What an archive holds: its content digest, number of letters and triples."""

    digest: str
    letters: int
    triples: int


def deposit(
    base: KnowledgeBase,
    into: Path,
    *,
    license_iri: str | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Deposited:
    """Write a base to the archive ``into``: all of it, or on a fault nothing.

    ``license_iri`` is the address of a licence, if not that of the data set. ``on_progress`` is told of how
    many letters of how many the triples are written.

    Raises:
        SettingError: ``into`` is a folder, or the licence is no address.
        BaseError: the base is damaged, or its tables cannot be written.
        OSError: the archive cannot be written.
    """
    if into.is_dir():
        raise SettingError(f"{into}: expected a file to write, found a folder")
    license_iri = license_of_data() if license_iri is None else license_iri
    if not _ADDRESS.fullmatch(license_iri):
        raise SettingError(f"{license_iri}: expected the address of a licence, http or https")
    cases = base.cases()
    with (
        generations.whole(into) as file,
        tempfile.TemporaryDirectory(prefix=".kg-deposit-", dir=into.parent) as room,
        zipfile.ZipFile(file, "w") as zipped,
    ):
        archive = _Archive(zipped)
        content = {GRAPH.removesuffix(".gz"): _put_graph(archive, base, cases, license_iri, on_progress)}
        for name, schema in TABLES.items():
            table = Path(room, f"{name}.parquet")
            _write_table(base.folder / name, schema, cases, table)
            archive.put(table_name(name), table)
            content[rows_name(name)] = digest_of_rows(table)
            table.unlink()
        stated = _lines(content)
        archive.put_text(CONTENT, stated)
        digest = hashlib.sha256(stated.encode()).hexdigest()
        _put_descriptions(archive, base, digest, license_iri)
        archive.put_text(MANIFEST, _lines({name: sha256 for name, (_, sha256) in archive.files.items()}))
    return Deposited(digest, len(cases), int(base.about["triples"]))


def table_name(table: str) -> str:
    """The file of a table in the archive.

    >>> table_name("facts"), rows_name("facts")
    ('tables/facts.parquet', 'tables/facts.jsonl')
    """
    return f"tables/{table}.parquet"


def rows_name(table: str) -> str:
    """What ``content-sha256.txt`` calls the rows of a table."""
    return f"tables/{table}.jsonl"


def digest_of_rows(table: Path) -> str:
    """SHA-256 of the rows of a Parquet file, in order, as JSON: a line of names, then a line for each row.

    Raises:
        TableError: it is no Parquet file, or damaged.
    """
    digest = hashlib.sha256()
    reader = parquet.opened(table, _ROWS_AT_ONCE)
    digest.update(_json_line(reader.schema.names))
    for row in arrow.rows_of(parquet.batches(reader)):
        digest.update(_json_line(row))
    return digest.hexdigest()


def _lines(digests: Mapping[str, str]) -> str:
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items()))


def _json_line(values: Iterable[object]) -> bytes:
    # Dates are the only values that JSON lacks; they are written as Python prints them, 2016-12-01.
    text = json.dumps(list(values), ensure_ascii=False, separators=(",", ":"), default=str)
    return f"{text}\n".encode()


class _Hashed:
    """A file that is written, with size and hash of what went into it."""

    def __init__(self, file: IO[bytes] | gzip.GzipFile) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> int:
        self._digest.update(data)
        self.size += len(data)
        self._file.write(data)
        return len(data)

    def flush(self) -> None:
        self._file.flush()

    @property
    def entry(self) -> tuple[int, str]:
        return self.size, self._digest.hexdigest()


class _Archive:
    """A ZIP archive in which nothing depends on the time or the machine, and the digests of its files."""

    def __init__(self, zipped: zipfile.ZipFile) -> None:
        self._zipped = zipped
        self.files: dict[str, tuple[int, str]] = {}

    @contextmanager
    def writing(self, name: str, packing: int = zipfile.ZIP_STORED) -> Iterator[_Hashed]:
        info = zipfile.ZipInfo(name, _FIRST_DAY)
        info.compress_type, info.create_system, info.external_attr = packing, 3, 0o100644 << 16
        with self._zipped.open(info, "w", force_zip64=True) as file:
            hashed = _Hashed(file)
            yield hashed
        self.files[name] = hashed.entry

    def put(self, name: str, path: Path) -> None:
        with path.open("rb") as file, self.writing(name) as member:
            shutil.copyfileobj(file, member, _CHUNK)

    def put_text(self, name: str, text: str) -> None:
        with self.writing(name, zipfile.ZIP_DEFLATED) as member:
            member.write(text.encode())


def _put_graph(
    archive: _Archive,
    base: KnowledgeBase,
    cases: list[str],
    license_iri: str,
    on_progress: Callable[[int, int], None] | None,
) -> str:
    """Write the triples; the digest of their text."""
    count = 0
    # Packed without a name and a time, so that the same triples are the same bytes.
    with archive.writing(GRAPH) as member, gzip.GzipFile("", "wb", 6, member, mtime=0) as packed:
        text = _Hashed(packed)
        for done, lines in enumerate(kept_lines(base.graph_folder, cases), 1):
            each = sorted(lines.splitlines(keepends=True))
            count += len(each)
            text.write(b"".join(each))
            if on_progress and (done % 1000 == 0 or done == len(cases)):
                on_progress(done, len(cases))
        stated = f"<{iri.dataset()}> <{DCTERMS.license}> ".encode()
        shared = sorted(
            stated + f"<{license_iri}> .\n".encode() if line.startswith(stated) else line
            for line in (base.folder / CATALOGUE).read_bytes().splitlines(keepends=True)
        )
        text.write(b"".join(shared))
    count, wanted = count + len(shared), int(base.about["triples"])
    if count != wanted:
        raise BaseError(f"{base.path}: the graph has {count:,} triples instead of {wanted:,}; run: kg verify")
    return text.entry[1]


def _write_table(folder: Path, schema: Schema, cases: list[str], into: Path) -> None:
    """Write one file of a table's rows by case; a letter's rows stay in the order of the letter."""
    try:
        apart = _Apart(into.with_suffix(".pieces"), cases[::_LETTERS_AT_ONCE])
        for rows in arrow.read(arrow.files(folder), schema, _ROWS_SET_APART):
            apart.put(rows)
        arrow.write(apart.in_order(schema), schema, into, _ROWS_AT_ONCE)
        apart.close()
    except TableError as fault:
        raise BaseError(f"{folder}: the table cannot be written to the archive: {fault}") from fault


class _Apart:
    """The rows of a table on disk, in a file for each range of cases that begins with one of ``first``."""

    def __init__(self, folder: Path, first: list[str]) -> None:
        self._folder, self._first = folder, first
        self._pieces: dict[int, list[int]] = {at: [] for at in range(len(first))}
        folder.mkdir()

    def put(self, rows: "RecordBatch") -> None:
        places: dict[int, list[int]] = {}
        for place, case in enumerate(arrow.values(rows, "case")):
            places.setdefault(max(0, bisect_right(self._first, case) - 1), []).append(place)
        for at, some in places.items():
            piece = arrow.packed(arrow.taken(rows, some))
            with (self._folder / str(at)).open("ab") as file:
                file.write(piece)
            self._pieces[at].append(len(piece))

    def in_order(self, schema: Schema) -> "Iterator[RecordBatch]":
        """The rows by case, a range at a time."""
        for at, sizes in self._pieces.items():
            if sizes:
                with (self._folder / str(at)).open("rb") as file:
                    pieces = [rows for size in sizes for rows in arrow.unpacked(file.read(size))]
                rows = arrow.joined(pieces, schema)
                cases = arrow.values(rows, "case")
                yield arrow.taken(rows, sorted(range(len(cases)), key=cases.__getitem__))

    def close(self) -> None:
        shutil.rmtree(self._folder)


def _put_descriptions(archive: _Archive, base: KnowledgeBase, digest: str, license_iri: str) -> None:
    archive.put_text(CARD, resources.text("docs", CARD))
    data = {name: archive.files[name] for name in (GRAPH, *map(table_name, TABLES))}
    about = (base.folder / "about.ttl").read_text(encoding="utf-8")
    about = licensed(about, license_iri)
    archive.put_text(DESCRIPTION, about + distributions(base.generation, data, GRAPH, digest))
    metadata = ro_crate.metadata(base.about, archive.files, digest, license_iri)
    archive.put_text(CRATE, json.dumps(metadata, ensure_ascii=False, indent=1) + "\n")
