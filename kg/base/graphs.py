"""The Oxigraph store of one generation, while it is being written."""

import os
import shutil
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Self

import pyoxigraph
from oxrdflib import OxigraphStore
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat
from rdflib import Graph
from rdflib.graph import DATASET_DEFAULT_GRAPH_ID

from kg import resources
from kg.errors import BaseError
from kg.graph import iri, page_triples
from kg.graph.vocab import DCTERMS, SKOS

CATALOGUE = "catalogue.nt"
"""The file of a generation that holds the triples of its ontology and catalogues."""


def open_read_only(folder: Path) -> pyoxigraph.Store:
    """The store in ``folder``, which nobody writes.

    Raises:
        BaseError: it is missing or damaged.
    """
    try:
        return pyoxigraph.Store.read_only(str(folder))
    except (OSError, RuntimeError) as fault:  # a RuntimeError where RocksDB finds a file damaged
        raise BaseError(f"{folder}: the graph cannot be opened: {fault}; run: kg verify") from fault


def link(source: Path, target: Path) -> None:
    """A second store with the content of ``source``, which nobody writes; its large files are shared.

    RocksDB never changes a finished table file, so that both stores may point to the same one; the
    small files that name them are copied.
    """
    target.mkdir()
    for file in source.iterdir():
        if file.suffix == ".sst":
            (target / file.name).hardlink_to(file)
        elif file.name != "LOCK":
            shutil.copy2(file, target / file.name)


@cache
def catalogue() -> bytes:
    """The ontology and its catalogues as N-Triples, sorted, without their blank nodes."""
    lines = set()
    for file in sorted(resources.folder("ontology").glob("*.ttl")):
        if file.name == "shapes.ttl":
            continue
        text = iri.rebased(file.read_text(encoding="utf-8"))
        for triple in pyoxigraph.parse(text, RdfFormat.TURTLE):
            if isinstance(triple.subject, NamedNode) and not isinstance(triple.object, pyoxigraph.BlankNode):
                lines.add(f"{triple.subject} {triple.predicate} {triple.object} .\n")
    lines |= set(_of_schemes(lines))
    return "".join(sorted(lines)).encode("utf-8")


_LICENSED = f"<{iri.ONTOLOGY}>", f"<{DCTERMS.license}>"


def _of_schemes(lines: Iterable[str]) -> Iterator[str]:
    """What holds of every scheme: the ontology's licence, creator, and its top concepts: those below none."""
    parts = [line.split(" ", 2) for line in lines]
    licence = next(value for subject, name, value in parts if (subject, name) == _LICENSED)
    below = {subject for subject, name, _ in parts if name == f"<{SKOS.broader}>"}
    for subject, name, value in parts:
        if name == f"<{SKOS.inScheme}>" and subject not in below:
            yield f"{subject} <{SKOS.topConceptOf}> {value}"
        if value == f"<{SKOS.ConceptScheme}> .\n":
            yield f"{subject} <{DCTERMS.license}> {licence}"
            yield f"{subject} <{DCTERMS.creator}> <{iri.BASE}project> .\n"


class GraphWriter:
    """Write the store in ``folder``: a new one, or one that begins with the content of generation ``base``.

    Nothing is opened before the first change. Left with an error it gives up what is on its way; the
    folder is then to be deleted.
    """

    def __init__(self, folder: Path, base: Path | None) -> None:
        self.fresh = base is None
        self._folder, self._base = folder, base
        self._store: pyoxigraph.Store | None = None
        self._stream: _Stream | None = None
        self._pointed_to: set[str] = set()

    def load(self, data: bytes) -> None:
        """Send N-Triples text on its way into the store."""
        self._pointed_to |= page_triples.pointed_to(data)
        if self._stream is None:
            self._stream = _Stream(self._open())
        self._stream.write(data)

    def remove_cases(self, cases: Iterable[str]) -> None:
        """Wait for what was sent, if anything is to be removed: all triples under the IRIs of ``cases``."""
        for case in cases:
            self._wait()
            store = self._open()
            for quad in case_quads(store, case):
                store.remove(quad)

    def finish(self) -> None:
        """Bring the catalogue and what letters share up to date, and wait for what was sent."""
        if self._base is None:
            self.load(new := catalogue() + page_triples.descriptions(self._pointed_to).encode())
        self._wait()
        if self._base is not None:
            old = (self._base / CATALOGUE).read_bytes()
            shared = filter(self._is_pointed_to, page_triples.described(old) | self._pointed_to)
            new = catalogue() + page_triples.descriptions(shared).encode()
        if self._base and old != new:
            store = self._open()
            before, after = set(old.splitlines(keepends=True)), set(new.splitlines(keepends=True))
            for triple in pyoxigraph.parse(b"".join(before - after), RdfFormat.N_TRIPLES):
                store.remove(Quad(triple.subject, triple.predicate, triple.object, DefaultGraph()))
            store.load(b"".join(after - before), format=RdfFormat.N_TRIPLES)
        (self._folder.parent / CATALOGUE).write_bytes(new)
        if self._store is None:
            assert self._base is not None
            link(self._base / "graph", self._folder)
        else:
            self._store.flush()

    @contextmanager
    def optimizing(self) -> Iterator[None]:
        """Let Oxigraph order its files anew while the caller does other things."""
        fault: list[OSError] = []

        def optimize() -> None:
            try:
                self._open().optimize()
            except OSError as error:
                fault.append(error.with_traceback(None))

        thread = threading.Thread(target=optimize, name="optimize", daemon=True)
        thread.start()
        try:
            yield
        except Exception:
            thread.join()
            raise
        thread.join()  # a person who stops the build does not wait for it
        if fault:
            raise fault[0]

    def _open(self) -> pyoxigraph.Store:
        if self._store is None:
            if self._base is not None:
                link(self._base / "graph", self._folder)
            self._store = pyoxigraph.Store(self._folder)
        return self._store

    def _is_pointed_to(self, page_or_run: str) -> bool:
        """Whether a letter still points to it; where nothing has changed, one does."""
        pattern = (None, None, NamedNode(page_or_run), DefaultGraph())
        return self._store is None or next(self._store.quads_for_pattern(*pattern), None) is not None

    def _wait(self) -> None:
        stream, self._stream = self._stream, None
        if stream:
            stream.finish()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        stream, self._stream = self._stream, None
        if stream:
            stream.abort()
        if self._store and kind is None:
            self._store.flush()
        self._store = None


class _Stream:
    """A pipe into Oxigraph's bulk loader, which reads it in a thread of its own without Python's lock."""

    def __init__(self, store: pyoxigraph.Store) -> None:
        self._store = store
        self._read, self._write = os.pipe()
        self._fault: Exception | None = None
        self._thread = threading.Thread(target=self._load, name="bulk-load", daemon=True)
        self._thread.start()

    def _load(self) -> None:
        try:
            # Our own text, with IRIs that kg.graph.iri minted: there is nothing to validate.
            self._store.bulk_load(path=f"/dev/fd/{self._read}", format=RdfFormat.N_TRIPLES, lenient=True)
        except (OSError, SyntaxError, ValueError) as fault:
            self._fault = fault.with_traceback(None)  # whose frames would keep the store open
        finally:
            del self._store
            os.close(self._read)

    def write(self, data: bytes) -> None:
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self._write, view) :]
        except BrokenPipeError:
            self.finish()
            raise BaseError("the bulk load of the graph ended early") from None

    def finish(self) -> None:
        os.close(self._write)
        self._thread.join()
        if self._fault:
            raise self._fault

    def abort(self) -> None:
        with suppress(OSError):
            os.write(self._write, b"\nstopped\n")  # no triple: the loader gives up at once
        os.close(self._write)
        self._thread.join()


def case_quads(store: pyoxigraph.Store, case: str) -> Iterator[Quad]:
    """All quads whose subject lies under the IRI of ``case``, found by walking from it."""
    root = iri.case(case)
    waiting, seen = [NamedNode(root)], {root}
    while waiting:
        node = waiting.pop()
        quads = list(store.quads_for_pattern(node, None, None, DefaultGraph()))
        yield from quads
        ends = [quad.object for quad in quads]
        ends += [quad.subject for quad in store.quads_for_pattern(None, None, node, DefaultGraph())]
        for end in ends:
            if isinstance(end, NamedNode) and end.value not in seen and end.value.startswith(root + "/"):
                seen.add(end.value)
                waiting.append(end)


def of_cases(folder: Path, cases: Iterable[str]) -> pyoxigraph.Store:
    """A store in memory with the catalogue of the generation in ``folder`` and some of its cases."""
    store = pyoxigraph.Store()
    store.load((folder / CATALOGUE).read_bytes(), format=RdfFormat.N_TRIPLES)
    whole = open_read_only(folder / "graph")
    store.bulk_extend(quad for case in cases for quad in case_quads(whole, case))
    return store


def as_graph(store: pyoxigraph.Store) -> Graph:
    """A store as an rdflib graph; plain query text runs in Oxigraph."""
    return Graph(store=OxigraphStore(store=store), identifier=DATASET_DEFAULT_GRAPH_ID)


def kept_lines(folder: Path, keep: Iterable[str]) -> Iterator[bytes]:
    """The triples of the cases in ``keep`` as N-Triples text, from the store in ``folder``."""
    store: pyoxigraph.Store | None = None
    for case in keep:
        store = store or open_read_only(folder)
        lines = [f"{quad.subject} {quad.predicate} {quad.object} .\n" for quad in case_quads(store, case)]
        yield "".join(lines).encode("utf-8")
