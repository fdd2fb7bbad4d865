"""Size and SHA-256 of each file of a generation, by which any later loss or damage is found."""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from kg.base import generations

FILE = "files.json"

_NOT_OURS = (FILE, generations.WHOLE, "graph/LOCK")
# Written later: RocksDB's diary whenever a store is opened, analyses and dumps when they are asked for.
_LATER = ("graph/LOG", "analysis/", "dumps/")
_SMALL = 1 << 20
"""Bytes that are hashed faster here than threads start."""

Files = dict[str, tuple[int, str]]
"""Size in bytes and SHA-256 by path in the generation."""


def write(folder: Path, base: Path | None, about: object = None) -> None:
    """Enter all files of the generation in ``folder``; those shared with ``base`` are not read again.

    ``about`` is what the generation will say of itself in its last file, which makes it whole.
    """
    before = read(base) if base and (base / FILE).exists() else {}
    there = dict(_files(folder))
    shared = {name for name, path in there.items() if base and name in before and _is_same(base / name, path)}
    new = dict(_entries({name: path for name, path in there.items() if name not in shared}))
    entries = {name: before[name] if name in shared else new[name] for name in there}
    if about is not None:
        last = generations.as_json(about)
        entries[generations.WHOLE] = len(last), hashlib.sha256(last).hexdigest()
    generations.write_json(folder / FILE, entries)


def _is_same(one: Path, other: Path) -> bool:
    return one.exists() and one.samefile(other)


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
    if generations.WHOLE in wanted and (folder / generations.WHOLE).is_file():
        there[generations.WHOLE] = folder / generations.WHOLE
    found = dict(_entries({name: path for name, path in there.items() if name in wanted}))
    for name, entry in wanted.items():
        path = there.get(name)
        if path is None:
            yield name, "is missing"
        elif found[name][0] != entry[0]:
            yield name, f"has {found[name][0]} bytes instead of {entry[0]}"
        elif found[name] != entry:
            yield name, "is damaged: its bytes have changed"
    for name in there.keys() - wanted.keys():
        yield name, "does not belong to the generation"


def fault(folder: Path) -> str | None:
    """What is wrong first with a folder of what is kept: its files are those that were written."""
    try:
        return next((f"{name} {said}" for name, said in faults(folder)), None)
    except (OSError, ValueError):
        return f"{FILE} is missing or damaged"


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    found: dict[str, Path] = {}
    for parent, _, files in os.walk(folder):
        below = "" if Path(parent) == folder else f"{Path(parent).relative_to(folder).as_posix()}/"
        found |= {f"{below}{file}": Path(parent, file) for file in files}
    for name in sorted(found, key=lambda name: name.split("/")):
        if name not in _NOT_OURS and not name.startswith(_LATER) and found[name].is_file():
            yield name, found[name]


def _entries(paths: Mapping[str, Path]) -> Iterator[tuple[str, tuple[int, str]]]:
    """Size and hash of each file; Python's lock is free while a file is hashed."""
    if sum(path.stat().st_size for path in paths.values()) < _SMALL:
        yield from ((name, _entry(path)) for name, path in paths.items())
        return
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        yield from zip(paths, threads.map(_entry, paths.values()), strict=True)


def _entry(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()
