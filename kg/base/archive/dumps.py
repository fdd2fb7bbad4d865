"""The whole of one generation as packed files that anyone may fetch.

They lie in ``dumps/`` of the generation, are made once, and can be deleted: they are made again when
asked for.
Each is written beside its place and renamed, so that a file that is there is whole.
"""

import gzip
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

import pyoxigraph as ox

from kg.base.export import export
from kg.base.generations import whole, write_json
from kg.base.graphs import open_read_only
from kg.base.store import KnowledgeBase
from kg.errors import BaseError


class Dump(NamedTuple):
    """One form of the whole: its file, the format of :mod:`kg.base.export`, and what it is.

    ``media_type`` is that of what is packed; a file that ends in ``.gz`` is packed by gzip.
    """

    name: str
    form: str
    media_type: str
    title: str

    @property
    def packed(self) -> bool:
        """Whether it is packed by gzip."""
        return self.name.endswith(".gz")


DUMPS = (
    Dump("graph.nt.gz", "nt", "application/n-triples", "All triples, with ontology and catalogues"),
    Dump("graph.ttl.gz", "ttl", "text/turtle", "The same as Turtle"),
    Dump("graph.jsonld.gz", "jsonld", "application/ld+json", "The same as JSON-LD, one document a letter"),
    Dump("facts.parquet", "parquet", "application/vnd.apache.parquet", "The facts table"),
    Dump("facts.csv", "csv", "text/csv", "The same as CSV"),
    Dump("facts.csv.gz", "csv", "text/csv", "The same as CSV, packed"),
)


_INDEX = "index.json"
_COUNTS = {
    "classes": "SELECT ?t (COUNT(?s) AS ?n) { ?s a ?t } GROUP BY ?t",
    "properties": "SELECT ?t (COUNT(*) AS ?n) { ?s ?t ?o } GROUP BY ?t",
}


def folder(base: KnowledgeBase) -> Path:
    """Where the dumps of the opened generation lie."""
    return base.folder / "dumps"


def ready(base: KnowledgeBase) -> list[tuple[Dump, Path]]:
    """The dumps that are there, each with its file."""
    found = ((dump, folder(base) / dump.name) for dump in DUMPS)
    return [(dump, path) for dump, path in found if path.is_file()]


def complete(base: KnowledgeBase) -> bool:
    """Whether all dumps are there, with their digests."""
    return len(ready(base)) == len(DUMPS) and (folder(base) / _INDEX).is_file()


def make(base: KnowledgeBase) -> None:
    """Make the dumps that are not there yet; memory stays flat in the number of letters.

    Raises:
        BaseError: they cannot be written.
    """
    try:
        folder(base).mkdir(exist_ok=True)
        for dump in DUMPS:
            if not (folder(base) / dump.name).is_file():
                _write(base, dump, folder(base) / dump.name)
        digests = {dump.name: _digest(path) for dump, path in ready(base)}
        write_json(folder(base) / _INDEX, {"sha256": digests, "partitions": _counted(base)})
    except OSError as fault:
        raise BaseError(f"{folder(base)}: the dumps cannot be written: {fault}") from fault


def digest(base: KnowledgeBase, dump: Dump) -> str | None:
    """The SHA-256 of a file, in hexadecimal digits; ``None`` while files are being made."""
    found: str | None = _index(base).get("sha256", {}).get(dump.name)
    return found


def partitions(base: KnowledgeBase) -> dict[str, dict[str, int]]:
    """Of each class the number of its members, of each property that of its triples; empty until then."""
    found: dict[str, dict[str, int]] = _index(base).get("partitions", {})
    return found


def faults(generation: Path) -> Iterator[tuple[str, str]]:
    """The dumps in the folder of a generation that are missing or damaged, each with what is wrong."""
    path = generation / "dumps" / _INDEX
    if not path.is_file():
        return
    try:
        wanted = dict(json.loads(path.read_text(encoding="utf-8"))["sha256"])
    except (ValueError, KeyError, TypeError):
        yield f"dumps/{_INDEX}", "is damaged; delete the folder, and the dumps are made again"
        return
    for name, digest in wanted.items():
        file = path.parent / name
        if not file.is_file():
            yield f"dumps/{name}", "is missing"
        elif _digest(file) != digest:
            yield f"dumps/{name}", "is damaged: its bytes have changed"


def _index(base: KnowledgeBase) -> dict[str, Any]:
    path = folder(base) / _INDEX
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # not made yet, or damaged, as verifying says
        return {}
    return found


def _counted(base: KnowledgeBase) -> dict[str, dict[str, int]]:
    store, found = open_read_only(base.graph_folder), {}
    for kind, query in _COUNTS.items():
        rows = cast("ox.QuerySolutions", store.query(query))
        found[kind] = {row["t"].value: int(row["n"].value) for row in rows}
    return found


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(base: KnowledgeBase, dump: Dump, path: Path) -> None:
    with whole(path) as file:
        if dump.packed:
            # No name and no time within: the same generation gives the same bytes.
            with gzip.GzipFile("", "wb", 6, file, mtime=0) as packed:
                export(base, dump.form, cast("BinaryIO", packed))
        else:
            export(base, dump.form, file)
