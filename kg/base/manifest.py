"""Size and SHA-256 of each file of a generation, by which any later loss or damage is found."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from kg.base import generations

FILE = "files.json"

_NOT_OURS = (FILE, generations.WHOLE, "graph/LOCK")
# Written later: RocksDB's diary whenever a store is opened, and analyses when they are asked for.
_LATER = ("graph/LOG", "analysis/")

Files = dict[str, tuple[int, str]]
"""Size in bytes and SHA-256 by path in the generation."""


def write(folder: Path, base: Path | None) -> None:
    """Enter all files of the generation in ``folder``; those shared with ``base`` are not read again."""
    before = read(base) if base and (base / FILE).exists() else {}
    entries: Files = {}
    for name, path in _files(folder):
        shared = base / name if base and name in before else None
        if shared and shared.exists() and shared.samefile(path):
            entries[name] = before[name]
        else:
            entries[name] = _entry(path)
    generations.write_json(folder / FILE, entries)


def read(folder: Path) -> Files:
    """The files that the generation in ``folder`` should have.

    Raises:
        OSError: the list is not there.
        ValueError: it is damaged.
    """
    entries = json.loads((folder / FILE).read_text(encoding="utf-8"))
    return {name: (int(size), str(digest)) for name, (size, digest) in entries.items()}


def faults(folder: Path) -> Iterator[tuple[str, str]]:
    """The files of the generation that are missing, damaged or too many, each with what is wrong."""
    wanted, there = read(folder), dict(_files(folder))
    for name, entry in wanted.items():
        path = there.get(name)
        if path is None:
            yield name, "is missing"
        elif path.stat().st_size != entry[0]:
            yield name, f"has {path.stat().st_size} bytes instead of {entry[0]}"
        elif _entry(path) != entry:
            yield name, "is damaged: its bytes have changed"
    for name in there.keys() - wanted.keys():
        yield name, "does not belong to the generation"


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if name not in _NOT_OURS and not name.startswith(_LATER) and path.is_file():
            yield name, path


def _entry(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()
