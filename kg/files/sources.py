"""Find letters and read them: files, folders, tables, standard input, here or at any fsspec address.

:func:`locate` tells where letters are without reading more than a table needs, :func:`read` reads one,
:func:`find` does both. What cannot be read comes out as :class:`Quarantined`: nothing is dropped.
"""

import hashlib
import os
import stat
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO, Any

import fsspec

from kg.errors import SourceError
from kg.files import containers, decode, pdf, scans, tables
from kg.model import Problem, ProblemKind, Span

MAX_BYTES = 20_000_000
"""Bytes that a letter may have. Letters have 5,000 to 500,000 (PDF); what is larger is no letter, and
would take memory that other letters in the same process need."""

MAX_TABLE = 4_000_000_000
"""Bytes that a table in an archive may unpack to."""

_BLOCK = 1 << 16
STDIN = "-"

_SUFFIXES = {".txt", ".text", ".pdf", ".html", ".htm"}


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter's text, as decoded.

    ``name`` is the file's stem or the table's ``case_number``; ``sha256`` is that of the file's bytes, of
    a row the text's.
    """

    name: str | None
    place: str
    text: str
    sha256: str
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A file or row that is no letter, with one sentence why; ``sha256`` is empty where it was not read."""

    place: str
    sha256: str
    reason: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where a letter is: a file to be read, or a row, which came with its table and was ``found``.

    ``place`` can be printed and stored; ``path`` is what opens the file, whose name may hold any byte.
    """

    place: str
    name: str | None
    path: str = ""
    found: Letter | Quarantined | None = None
    ocr: bool = False
    """Whether a PDF without text is recognized."""


def find(
    sources: Sequence[str | Path], files_from: str | Path | None = None, column: str | None = None
) -> Iterator[Letter | Quarantined]:
    """Read all letters of ``sources``, in order; parameters and errors as :func:`locate`.

    >>> list(find([]))
    []
    """
    return map(read, locate(sources, files_from, column))


def locate(
    sources: Sequence[str | Path],
    files_from: str | Path | None = None,
    column: str | None = None,
    *,
    ocr: bool = False,
) -> Iterator[Source]:
    """Where the letters of ``sources`` are, and of the list of paths in the file ``files_from``.

    A source is a file, a folder (read through in sorted order, hidden files and links to folders left
    out), a table (.jsonl, .json, .csv, .tsv, .parquet; its ``column`` of letters is known by its name, or
    given), a container of such files (.zip, .tar, .gz and the like, .eml, .mbox), ``-`` for a letter on
    standard input, or an address that fsspec knows. Memory does not grow with the number of letters. ``ocr``
    recognizes PDFs without text.

    Raises:
        SourceError: a source is not there, or what ``ocr`` needs is not installed; before anything is read.
    """
    if ocr:
        scans.program()
    given = [str(source) for source in sources]
    if files_from is not None:
        given += _listed(str(files_from))
    for source in given:
        _check(source)
    return chain.from_iterable(_locate(source, column, ocr=ocr) for source in given)


def read(source: Source) -> Letter | Quarantined:
    """Read the letter at ``source``."""
    if source.found:
        return source.found
    digest = ""
    try:
        data = _bytes(source.path)
        digest = hashlib.sha256(data).hexdigest()
        text, problems = _text(source.path, data, ocr=source.ocr)
    except SourceError as fault:
        return Quarantined(source.place, digest, f"{source.place}: {fault}")
    return Letter(source.name, source.place, text, digest, problems)


def _listed(files_from: str) -> list[str]:
    try:
        data = sys.stdin.buffer.read() if files_from == STDIN else Path(files_from).read_bytes()
    except OSError as fault:
        raise SourceError(f"{files_from}: the list of files cannot be read: {fault.strerror}") from fault
    return [line for line in os.fsdecode(data).splitlines() if line.strip()]


def _is_address(source: str) -> bool:
    return "://" in source or "::" in source


def _filesystem(address: str) -> tuple[Any, str]:
    try:
        filesystem, path = fsspec.core.url_to_fs(address)
    except (ValueError, ImportError, OSError) as fault:
        raise SourceError(f"{address}: {fault}") from fault
    return filesystem, path


def _check(source: str) -> None:
    if source == STDIN:
        return
    try:
        if _is_address(source):
            filesystem, path = _filesystem(source)
            there = bool(filesystem.exists(path))
        else:
            there = os.path.exists(source)  # noqa: PTH110 - a name may hold a NUL, which raises
    except (OSError, ValueError) as fault:
        raise SourceError(f"{decode.printable(source)}: {fault}") from fault
    if not there:
        raise SourceError(f"{decode.printable(source)}: there is no such file or folder")


def _locate(source: str, column: str | None, *, ocr: bool) -> Iterator[Source]:
    if source == STDIN:
        yield Source(STDIN, None, STDIN, _standard_input(ocr=ocr))
        return
    files = _remote_files(source) if _is_address(source) else _files(source)
    for path in files:
        stem, suffix = _parted(path)
        if suffix in tables.SUFFIXES:
            yield from _table(path, column)
        elif suffix in containers.SUFFIXES:
            yield from _container(path, column, ocr=ocr)
        else:
            yield Source(decode.printable(path), decode.printable(stem), path, ocr=ocr)


def _parted(path: str) -> tuple[str, str]:
    """A name without its suffix, and the suffix in small letters (path objects take ten times as long)."""
    name = path.rpartition("/")[2]
    stem, _, suffix = name.rpartition(".")
    return (stem, f".{suffix.lower()}") if stem else (name, "")


def _files(path: str) -> Iterator[str]:
    if not os.path.isdir(path):  # noqa: PTH112
        yield path
        return
    try:
        with os.scandir(path) as entries:
            names = sorted(entry.name for entry in entries if not entry.name.startswith("."))
    except OSError:
        yield path  # reading it says why it cannot be read
        return
    for name in names:
        below = os.path.join(path, name)  # noqa: PTH118
        if os.path.isdir(below) and os.path.islink(below):  # noqa: PTH112, PTH114 - may lead in a circle
            continue
        yield from _files(below)


def _remote_files(address: str) -> Iterator[str]:
    filesystem, root = _filesystem(address)
    if not filesystem.isdir(root):
        yield address
        return
    for folder, folders, files in filesystem.walk(root):
        folders.sort()  # in place: the walk goes on in this order
        for name in sorted(files):
            if not name.startswith("."):
                yield filesystem.unstrip_protocol(f"{folder}/{name}")


def _open(place: str) -> IO[bytes]:
    if not _is_address(place):
        if not stat.S_ISREG(os.stat(place).st_mode) and not place.startswith(("/dev/fd/", "/proc/")):  # noqa: PTH116
            raise SourceError("not a file that can be read")
        return open(place, "rb")  # noqa: PTH123
    filesystem, path = _filesystem(place)
    opened: IO[bytes] = filesystem.open(path, "rb")
    return opened


def _bytes(place: str) -> bytes:
    try:
        with _open(place) as file:
            return _limited(place, file)
    except OSError as fault:
        raise SourceError(f"the file cannot be read: {fault.strerror or fault}") from fault


def _limited(place: str, file: IO[bytes]) -> bytes:
    data = file.read(_BLOCK)
    if len(data) == _BLOCK:  # asking for all that a letter may have makes room for it
        data += file.read(MAX_BYTES + 1 - _BLOCK)
    if len(data) > MAX_BYTES:
        why = decode.refused(place, data[: decode.HEAD])
        raise SourceError(why or f"the file is larger than the {MAX_BYTES:,} bytes that a letter may have")
    return data


def _text(place: str, data: bytes, *, ocr: bool) -> tuple[str, tuple[Problem, ...]]:
    head = data[: decode.HEAD]
    if not data:
        raise SourceError("the file is empty")
    if why := decode.refused(place, head):
        raise SourceError(why)
    suffix = _parted(place)[1]
    if suffix == ".pdf" or decode.is_pdf(head):
        try:
            return pdf.text(data), ()
        except pdf.NoTextError:
            if not ocr:
                raise
            return scans.text(data), ()
    if suffix not in _SUFFIXES and place != STDIN and b"\0" in head and not decode.wide(head):
        raise SourceError("not a text, PDF, web page or table of letters")
    text, problems = decode.text(data)
    if suffix in (".html", ".htm") or decode.is_html(head):
        # Spans of a problem would point into the page's source, which is not kept.
        return decode.html_text(text), tuple(Problem(p.kind, Span(0, 0), p.message) for p in problems)
    return text, problems


def _standard_input(*, ocr: bool) -> Letter | Quarantined:
    digest = ""
    try:
        data = _limited(STDIN, sys.stdin.buffer)
        digest = hashlib.sha256(data).hexdigest()
        text, problems = _text(STDIN, data, ocr=ocr)
    except SourceError as fault:
        return Quarantined(STDIN, digest, f"standard input: {fault}")
    return Letter(None, STDIN, text, digest, problems)


def _table(path: str, column: str | None) -> Iterator[Source]:
    place = decode.printable(path)
    stem, suffix = _parted(path)
    try:
        with _seekable(path) as file:
            yield from _rows(place, stem, tables.rows(suffix, file, MAX_BYTES, column))
    except OSError as fault:
        reason = f"{place}: the file cannot be read: {fault.strerror or fault}"
        yield Source(place, None, path, Quarantined(place, "", reason))
    except SourceError as fault:
        yield Source(place, None, path, Quarantined(place, "", f"{place}: {fault}"))


def _container(path: str, column: str | None, *, ocr: bool) -> Iterator[Source]:
    """The letters in an archive or e-mail."""
    place = decode.printable(path)
    reason = "it contains no files"
    try:
        with _seekable(path) as file:
            for member in containers.members(path, file):
                reason = ""
                yield from _member(f"{place}/{decode.printable(member.name)}", member, column, ocr=ocr)
    except OSError as fault:
        reason = f"the file cannot be read: {fault.strerror or fault}"
    except SourceError as fault:
        reason = str(fault)
    if reason:
        yield Source(place, None, path, Quarantined(place, "", f"{place}: {reason}"))


def _member(place: str, member: containers.Member, column: str | None, *, ocr: bool) -> Iterator[Source]:
    stem, suffix = _parted(member.name)
    digest = ""
    try:
        if suffix in tables.SUFFIXES and member.file is not None:
            with tempfile.TemporaryFile() as copy:
                _copied(member.file, copy)
                yield from _rows(place, stem, tables.rows(suffix, copy, MAX_BYTES, column))
            return
        data = _unpacked(member, suffix)
        digest = hashlib.sha256(data).hexdigest()
        text, problems = _text(member.name, data, ocr=ocr)
    except containers.DAMAGED as fault:
        yield Source(place, stem, "", Quarantined(place, digest, f"{place}: it is damaged: {fault}"))
    except SourceError as fault:
        yield Source(place, stem, "", Quarantined(place, digest, f"{place}: {fault}"))
    else:
        yield Source(place, stem, "", Letter(decode.printable(stem), place, text, digest, problems))


def _unpacked(member: containers.Member, suffix: str) -> bytes:
    if member.file is None:
        raise SourceError(member.fault or "it cannot be read")
    if suffix in containers.SUFFIXES:
        raise SourceError("a nested archive or e-mail is not read: unpack it first")
    return _limited(member.name, member.file)


def _copied(file: IO[bytes], copy: IO[bytes]) -> None:
    """Unpack a table beside nothing else; what unpacks to more than any table has is refused."""
    size = 0
    while block := file.read(1 << 20):
        if (size := size + len(block)) > MAX_TABLE:
            raise SourceError(f"the table unpacks to more than {MAX_TABLE:,} bytes: unpack it first")
        copy.write(block)
    copy.seek(0)


def _rows(place: str, stem: str, rows: Iterable[tables.Row]) -> Iterator[Source]:
    none = True
    for row in rows:
        none = False
        at = f"{place}:{row.number}"
        if row.text is None:
            yield Source(at, None, "", Quarantined(at, "", f"{at}: {row.fault}"))
            continue
        digest = hashlib.sha256(row.text.encode("utf-8", "surrogatepass")).hexdigest()
        name = row.case_number or decode.printable(f"{stem}-{row.number}")
        if not row.text.strip() or len(row.text) > MAX_BYTES:
            why = "is larger than a letter may be" if row.text.strip() else "is empty"
            yield Source(at, name, "", Quarantined(at, digest, f"{at}: the text {why}"))
            continue
        message = "the table is not UTF-8: read as Windows-1252"
        problems = (Problem(ProblemKind.ENCODING, Span(0, 0), message),) if row.encoding else ()
        yield Source(at, name, "", Letter(name, at, row.text, digest, problems))
    if none:
        raise SourceError("the table has no rows")


def _seekable(place: str) -> IO[bytes]:
    """A table is read twice, or from its end: one that is elsewhere is copied here first."""
    if not _is_address(place):
        return _open(place)
    copy: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
    with _open(place) as file:
        while block := file.read(1 << 20):
            copy.write(block)
    copy.seek(0)
    return copy
