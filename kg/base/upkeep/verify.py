"""Find loss and damage: compare graph, tables, texts and ledger of the served generation with each other."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import Store

from kg.base import generations, manifest, parts
from kg.base.archive import dumps
from kg.base.graphs import CATALOGUE, case_quads, open_read_only
from kg.base.ledger import Ledger, LetterRow
from kg.base.letter_texts import SUFFIX, Letters, text_hash
from kg.base.stored_columns import TABLES
from kg.base.tables import arrow
from kg.errors import BaseError, TableError
from kg.graph.vocab import IMR


class Fault(NamedTuple):
    """Something of the base that is lost, damaged or does not agree, and where."""

    place: str
    what: str


def verify(
    kb: str | Path, *, deep: bool = False, on_progress: Callable[[int, int], None] | None = None
) -> list[Fault]:
    """What is wrong with the base at ``kb``; nothing, if it is whole.

    Each file is held to its hash, and the letters of ledger, tables and graph to each other. ``deep`` also
    holds each letter's text to its hash and counts its triples one by one (a millisecond a letter);
    ``on_progress`` is told how many letters of how many that was done for.

    Raises:
        BaseError: there is no knowledge base, or none that this program reads.
    """
    layout = generations.check(Path(kb))
    folder, pin = generations.pin(layout)
    with generations.held(pin):
        found = list(_files(folder))
        damaged = {place.partition("/")[0] for place, _ in found}
        try:
            with Ledger(folder) as ledger:
                ledger.check()
                letters = list(ledger.letters())
                triples = ledger.triples()
        except BaseError as fault:
            return [*found, Fault("ledger.sqlite", str(fault))]
        for name in TABLES:
            if name not in damaged:
                found += _table(folder, name, letters)
        found += _packs(folder, letters)
        store = None
        if "graph" not in damaged:
            try:
                store = open_read_only(folder / "graph")
                found += _graph(store, folder, len(letters), triples)
            except (BaseError, OSError, RuntimeError) as fault:
                found.append(Fault("graph", f"cannot be read: {fault}"))
        if deep:
            found += _letters(folder, letters, store, on_progress or (lambda *_: None))
        return found


_IN_EVERY_LETTER = ("facts", "determinations")
"""The tables that have a row of each letter."""


def _files(folder: Path) -> Iterator[Fault]:
    try:
        yield from (Fault(*fault) for fault in manifest.faults(folder))
    except (OSError, ValueError) as fault:
        yield Fault(manifest.FILE, f"the list of files cannot be read: {fault}")
    yield from (Fault(*fault) for fault in dumps.faults(folder))


def _table(folder: Path, name: str, letters: list[LetterRow]) -> Iterator[Fault]:
    """Each case once in the table of letters, at least once in the facts, and nowhere another."""
    there: Counter[str] = Counter()
    try:
        for rows in arrow.read(arrow.files(folder / name), {"case": TABLES[name]["case"]}):
            there.update(arrow.values(rows, "case"))
    except (TableError, OSError) as fault:
        yield Fault(name, f"cannot be read: {fault}")
        return
    wanted = {row.case for row in letters}
    if name in _IN_EVERY_LETTER:
        yield from (Fault(name, f"{case} is missing") for case in sorted(wanted - there.keys()))
    yield from (Fault(name, f"{case} is not in the ledger") for case in sorted(there.keys() - wanted))
    if name == "determinations":
        twice = sorted(case for case, count in there.items() if count > 1)
        yield from (Fault(name, f"{case} is there more than once") for case in twice)


def _packs(folder: Path, letters: list[LetterRow]) -> Iterator[Fault]:
    for part in sorted({row.part for row in letters}):
        if folder / "letters" / (part + SUFFIX) not in set(parts.files(folder, part)):
            yield Fault(f"letters/{part}{SUFFIX}", "is missing, with the texts of its letters")


def _graph(store: Store, folder: Path, letters: int, triples: int) -> Iterator[Fault]:
    wanted = triples + (folder / CATALOGUE).read_bytes().count(b"\n")
    if len(store) != wanted:
        yield Fault("graph", f"has {len(store):,} triples instead of {wanted:,}")
    query = f"SELECT (COUNT(?case) AS ?count) WHERE {{ ?case a <{IMR.Determination}> }}"
    count = int(next(iter(store.query(query)))[0].value)  # type: ignore[arg-type]
    if count != letters:
        yield Fault("graph", f"has {count:,} determinations instead of {letters:,}")


def _letters(
    folder: Path, rows: list[LetterRow], store: Store | None, on_progress: Callable[[int, int], None]
) -> Iterator[Fault]:
    letters = Letters(folder)
    try:
        for done, row in enumerate(rows):
            if done % 1000 == 0:
                on_progress(done, len(rows))
            try:
                if text_hash(letters.text_of(row)) != row.text_hash:
                    yield Fault(row.case, "the text is not the one that was read")
            except BaseError as fault:
                yield Fault(row.case, str(fault))
            if store and (count := sum(1 for _ in case_quads(store, row.case))) != row.triples:
                yield Fault(row.case, f"the graph has {count} of its triples instead of {row.triples}")
    finally:
        letters.close()
    on_progress(len(rows), len(rows))
