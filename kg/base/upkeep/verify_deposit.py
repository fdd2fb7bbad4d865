"""Hold an archive of ``kg deposit`` to its digests; no knowledge base is needed."""

import gzip
import hashlib
import re
import shutil
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import NamedTuple, cast

from kg.base.archive.deposit import CONTENT, MANIFEST, TEXTS, digest_of_rows
from kg.base.building.processes import in_order
from kg.base.upkeep.verify import Fault
from kg.errors import BaseError, TableError, why

_LINE = re.compile(r"([0-9a-f]{64})  ([ -~]+)")
_MOST = 64 << 20
"""Bytes of a file that is packed: those of a deposit are short texts. Data are stored as they are."""
_MAGIC = b"PK\x03\x04"
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError)
"""What reading a damaged, locked or strangely packed member raises."""

Digests = Mapping[str, str]
"""SHA-256 by name."""


class Verified(NamedTuple):
    """What is wrong with an archive; its content digest, where that could be read."""

    faults: list[Fault]
    digest: str | None


def verify_deposit(path: Path) -> Verified:
    """What is wrong with the archive at ``path``: files missing, changed or too many, or the archive itself.

    Each file is held to the manifest, and what graph and tables hold to ``content-sha256.txt``. Memory stays
    flat, and nothing is unpacked that the manifest does not vouch for.

    Raises:
        BaseError: it is no ZIP archive.
        OSError: it cannot be opened.
    """
    with path.open("rb") as file:
        head = file.read(len(_MAGIC))
        if not _MAGIC.startswith(head):
            raise BaseError(f"{path}: is no ZIP archive")
        try:
            zipped = zipfile.ZipFile(file)
        except _UNREADABLE:
            what = "is cut short or damaged: the list of files at its end cannot be read"
            return Verified([Fault(path.name, what)], None)
        with zipped:
            return _verified(zipped)


def _verified(zipped: zipfile.ZipFile) -> Verified:
    members = {info.filename: info for info in zipped.infolist()}
    times = Counter(info.filename for info in zipped.infolist())
    faults = [Fault(_shown(name), f"is there {number} times") for name, number in times.items() if number > 1]
    wanted = _digests(zipped, members, MANIFEST, faults)
    if wanted is None:
        return Verified(faults, None)
    faults += (Fault(name, "is not in the manifest") for name in TEXTS if name not in wanted)
    sound = set()
    for name, digest in wanted.items():
        fault = _fault(zipped, members.get(name), digest)
        if fault:
            faults.append(Fault(name, fault))
        else:
            sound.add(name)
    extra = sorted(members.keys() - wanted.keys() - {MANIFEST})
    faults += (Fault(_shown(name), "does not belong to the deposit") for name in extra)
    if CONTENT not in sound:
        return Verified(faults, None)
    stated = _digests(zipped, members, CONTENT, faults)
    if stated is None:
        return Verified(faults, None)
    faults += _content(zipped, stated, wanted, sound)
    return Verified(faults, wanted[CONTENT])


def _digests(
    zipped: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo], name: str, faults: list[Fault]
) -> Digests | None:
    """The digests that a file of the archive states; where it cannot be read, that is added to ``faults``."""
    info = members.get(name)
    if info is None:
        faults.append(Fault(name, "is missing"))
        return None
    if info.file_size > _MOST or _packed(info):
        faults.append(Fault(name, _packed(info) or f"has {info.file_size:,} bytes, too many for a list"))
        return None
    try:
        lines = zipped.read(info).decode("ascii").splitlines()
    except UnicodeDecodeError:
        lines = ["\0"]
    except _UNREADABLE as fault:
        faults.append(Fault(name, f"cannot be unpacked: {why(fault)}"))
        return None
    found = {}
    for number, line in enumerate(lines, 1):
        read = _LINE.fullmatch(line)
        if read is None or read[2] in found:
            faults.append(Fault(name, f"line {number} is not a digest and a name that stands there once"))
            return None
        found[read[2]] = read[1]
    return found


def _fault(zipped: zipfile.ZipFile, info: zipfile.ZipInfo | None, digest: str) -> str | None:
    """What is wrong with a file, ``None`` where it is as the manifest says."""
    if info is None:
        return "is missing"
    if packed := _packed(info):
        return packed
    try:
        with zipped.open(info) as file:
            found = hashlib.file_digest(cast("zipfile.ZipExtFile", file), "sha256").hexdigest()
    except _UNREADABLE as fault:
        return f"is damaged: {why(fault)}"
    return None if found == digest else "has changed: its SHA-256 is not that of the manifest"


def _packed(info: zipfile.ZipInfo) -> str | None:
    """What forbids to unpack a file."""
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is packed in a way that no file of a deposit is"
    if info.compress_type != zipfile.ZIP_STORED and info.file_size > _MOST:
        return f"unpacks to {info.file_size:,} bytes, more than a text of a deposit has"
    return None


def _content(zipped: zipfile.ZipFile, stated: Digests, wanted: Digests, sound: set[str]) -> Iterator[Fault]:
    """The data whose values are not those that were stated; what has changed already is not read again."""
    tables = {}
    for content, digest in stated.items():
        name = f"{content.removesuffix('.jsonl')}.parquet" if content.endswith(".jsonl") else f"{content}.gz"
        if name not in wanted:
            yield Fault(name, f"is not in the manifest, but in {CONTENT}")
        elif name in sound and name.endswith(".parquet"):
            tables[name] = digest
        elif name in sound:
            yield from _compared(name, digest, _of_text(zipped, name))
    for (name, digest), found in zip(tables.items(), _of_tables(zipped, list(tables)), strict=True):
        yield from _compared(name, digest, found)


def _compared(name: str, digest: str, found: str | Exception) -> Iterator[Fault]:
    if isinstance(found, Exception):
        yield Fault(name, f"cannot be read: {why(found)}")
    elif found != digest:
        yield Fault(name, f"holds other values than {CONTENT} states")


def _of_text(zipped: zipfile.ZipFile, name: str) -> str | Exception:
    try:
        with zipped.open(name) as file, gzip.GzipFile(fileobj=file) as text:
            return hashlib.file_digest(text, "sha256").hexdigest()
    except (zlib.error, EOFError, OSError) as fault:
        return fault


def _of_tables(zipped: zipfile.ZipFile, names: list[str]) -> Iterator[str | Exception]:
    """The digests of tables, read by another process that a hostile file may end, with all that follow it."""
    with tempfile.TemporaryDirectory(prefix="kg-verify-") as room:
        tables = (_unpacked(zipped, name, Path(room)) for name in names)
        done = 0
        try:
            for found in in_order(_of_rows, tables, 1):
                yield found
                done += 1
        except BrokenProcessPool:
            yield from [TableError("it, or a table before it, crashes its reader")] * (len(names) - done)


def _unpacked(zipped: zipfile.ZipFile, name: str, room: Path) -> Path:
    table = room / Path(name).name
    with zipped.open(name) as file, table.open("wb") as copy:
        shutil.copyfileobj(file, copy, 1 << 20)
    return table


def _of_rows(table: Path) -> str | Exception:
    try:
        return digest_of_rows(table)
    except (TableError, OSError) as fault:
        return fault
    finally:
        table.unlink()


def _shown(name: str) -> str:
    """A name of a stranger's archive, safe to print."""
    return name if name.isprintable() else ascii(name)
