"""What a person changes in a base by hand: a letter taken out, a misreading corrected, a damage repaired."""

import csv
import logging
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

from kg.base import corrections as corrected
from kg.base import generations
from kg.base.building import read
from kg.base.building.build import Build, BuildReport, OnProgress
from kg.base.building.draft import Draft
from kg.base.generations import Layout
from kg.base.ledger import Correction, Ledger, LetterRow, Status, now
from kg.base.letter_texts import Letters, text_hash
from kg.base.store import KnowledgeBase
from kg.errors import BaseError, SourceError, why
from kg.files import sources as letter_sources
from kg.files.sources import Letter, Source

log = logging.getLogger(__name__)

_COLUMNS = ("case", "path", "value", "why")


def remove(kb: str | Path, cases: Sequence[str], why: str) -> str:
    """Take letters out of graph, tables and texts; the ledger remembers that they stay out.

    Older generations, which still hold them, are deleted but for those that a reader has open.
    The name of the generation that is served then.

    Raises:
        UnknownError: the base has no such case; nothing was changed.
        BaseError: the base cannot be changed.
    """
    with _changing(kb) as layout:
        with KnowledgeBase.open(kb) as base:
            cases = [base.spelled(case) for case in cases]
            reader = base.about["reader"]
        shutil.rmtree(layout.staging, ignore_errors=True)  # what a stopped build has read may hold the letter
        with Draft(layout, layout.served()) as draft:
            ledger = draft.ledger
            for case in cases:
                ledger.drop_letter(case)
                ledger.put_removed(case, why)
                said = f"{case} was removed: {why}"
                ledger.put_files(
                    row._replace(status=Status.QUARANTINED, kind="removed", reason=f"{row.place}: {said}")
                    for row in ledger.files_of(case)
                )
            with draft.graph(fresh=False) as graph:
                graph.remove_cases(cases)
                graph.finish()
            draft.carry(without=cases)
            draft.index_words()
            draft.serve(reader)
        generations.clean(layout, keep=1)
        return draft.name


def correct(kb: str | Path, wanted: Sequence[Correction]) -> BuildReport:
    """Set values in place of misread ones, now and whenever the letters are read again.

    Raises:
        UnknownError: the base has no such case, or its determination no such value.
        SourceError: a value is not one that its field may have.
        BaseError: the base cannot be changed.
    """
    with _changing(kb) as layout:
        with KnowledgeBase.open(kb) as base:
            wanted = [one._replace(case=base.spelled(one.case)) for one in wanted]
            for correction in wanted:
                corrected.apply(base.determination(correction.case), [correction])
        with Draft(layout, layout.served()) as draft:
            for correction in wanted:
                draft.ledger.put_correction(correction)
            cases = sorted({correction.case for correction in wanted})
            job = Build(draft, again=True)
            report = job.run(_kept(draft, cases))
        generations.clean(layout, keep=2)
        return report


def correction(case: str, path: str, value: str, why: str) -> Correction:
    """A correction of today."""
    return Correction(case, path, value, why, now())


def read_corrections(file: Path) -> list[Correction]:
    """The corrections in a CSV file with the columns case, path, value, why.

    Raises:
        SourceError: the file cannot be read or lacks a column.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.DictReader(lines)
            if missing := set(_COLUMNS) - set(rows.fieldnames or ()):
                raise SourceError(f"{file}: there is no column {min(missing)!r}, of {', '.join(_COLUMNS)}")
            return [correction(*(row[name] or "" for name in _COLUMNS)) for row in rows]
    except (OSError, UnicodeDecodeError, csv.Error) as fault:
        raise SourceError(f"{file}: the corrections cannot be read: {why(fault)}") from fault


def repair(
    kb: str | Path,
    sources: Sequence[str | Path] = (),
    *,
    processes: int | None = None,
    on_progress: OnProgress | None = None,
    column: str | None = None,
    ocr: bool = False,
) -> BuildReport:
    """Make the served generation anew: from the kept texts, where these are damaged from their sources.

    ``sources`` are read too, as a build would with ``column`` and ``ocr``. Letters of which neither text nor
    source is left are quarantined.

    Raises:
        BaseError: no generation has a ledger that can be read, and no sources are given.
        SourceError: a source is not there, or what ``ocr`` needs is not installed.
    """
    given = letter_sources.locate(sources, column=column, ocr=ocr)
    with _changing(kb) as layout:
        base = _readable(layout)
        if base is None and not sources:
            raise BaseError(f"{kb}: no ledger can be read here any more; name the sources of the letters")
        with Draft(layout, base, bare=True) as draft:
            job = Build(draft, processes, None, on_progress, again=True)
            report = job.run(chain(_all_kept(base, ocr=ocr) if base else (), given))
        generations.clean(layout, keep=1)
        return report


def reread(
    kb: str | Path, *, processes: int | None = None, on_progress: OnProgress | None = None
) -> BuildReport:
    """Read the kept texts again of all letters that another version of the reader read.

    Nothing changes where there is none.

    Raises:
        BaseError: the base cannot be changed.
    """
    with _changing(kb) as layout:
        with Draft(layout, layout.served()) as draft:
            cases = draft.ledger.cases_of_other_readers(read.reader_version())
            job = Build(draft, processes, None, on_progress, again=True)
            report = job.run(_kept(draft, cases))
        generations.clean(layout, keep=2)
        return report


@contextmanager
def _changing(kb: str | Path) -> Iterator[Layout]:
    layout = generations.check(Path(kb))
    with generations.builder_lock(layout), generations.explained(layout):
        generations.clean(layout, keep=2)
        yield layout


def _kept(draft: Draft, cases: Iterable[str]) -> Iterator[Source]:
    """The letters of ``cases`` as they are in the base."""
    assert draft.base is not None
    letters = Letters(draft.base)
    try:
        for case in cases:
            row = letters.row(case)
            yield _source(letters.ledger, row, letters.text_of(row))
    finally:
        letters.close()


def _all_kept(base: Path, *, ocr: bool) -> Iterator[Source]:
    """All letters of a damaged generation: with their text, or where that is damaged as they can be found."""
    letters = Letters(base)
    try:
        for row in letters.ledger.letters():
            try:
                text = letters.text_of(row)
            except BaseError as fault:
                log.warning("%s; read from %s", fault, row.place)
                text = ""
            if text_hash(text) == row.text_hash:
                yield _source(letters.ledger, row, text)
            else:
                yield Source(row.place, row.case, row.place, ocr=ocr)
    finally:
        letters.close()


def _source(ledger: Ledger, row: LetterRow, text: str) -> Source:
    file = ledger.file(row.place)
    digest = file.hash if file else row.text_hash
    return Source(row.place, row.case, found=Letter(row.case, row.place, text, digest))


def _readable(layout: Layout) -> Path | None:
    """The newest generation whose ledger is whole."""
    for folder in sorted(layout.generations.iterdir(), reverse=True):
        try:
            with Ledger(folder) as ledger:
                ledger.check()
        except BaseError as fault:
            log.warning("%s", fault)
        else:
            return folder
    return None
