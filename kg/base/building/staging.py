"""What a build has read and not yet put into a generation: one folder a batch, whole or not there.

The name of a batch is made from what it read and by which reader, so that a build that was killed
finds its batches again, and a batch of other files or of another reader is not taken for it.
"""

import hashlib
import json
import logging
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from kg.base import facts, letter_texts
from kg.base.building import read
from kg.base.ledger import Correction, FileRow, Status
from kg.base.tables import arrow
from kg.errors import KgError, LetterError
from kg.files import sources
from kg.files.sources import Source
from kg.graph.triples import statements
from kg.graph.triples import text as n_triples
from kg.model import DocumentKind

log = logging.getLogger(__name__)

RECORDS, TRIPLES, PACK = "records.json", "triples.arrow", "texts.pack"
READ, UNCHANGED, QUARANTINED = "read", "unchanged", "quarantined"


class Record(NamedTuple):
    """What one source gave: a letter, nothing new, or a reason why it is quarantined."""

    place: str
    hash: str
    status: str  # READ, UNCHANGED or QUARANTINED
    case: str | None = None
    kind: str | None = None
    reason: str | None = None
    printed: bool = True
    decided: str | None = None
    text_hash: str = ""
    triples: int = 0
    row: int = 0  # of its triples among those of the batch
    document: str = DocumentKind.DETERMINATION.value  # its kind of document
    text: letter_texts.TextPlace = letter_texts.TextPlace(0, 0, 0, 0)


class Known(NamedTuple):
    """What reading must know of the base: its files, which may be unchanged, removals and corrections."""

    files: Mapping[str, FileRow] = {}
    removed: Mapping[str, str] = {}
    corrections: tuple[Correction, ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """Some sources to be read in one go, on any machine that can open them."""

    sources: tuple[Source, ...]
    known: Known
    reader: str

    @property
    def name(self) -> str:
        """The name of what comes of it: the same for the same sources, reader and base alone."""
        digest = hashlib.sha256(repr((self.reader, self.known)).encode("utf-8", "surrogatepass"))
        for source in self.sources:
            digest.update(
                f"{source.place}\0{read.stamp(source)}{' ocr' * source.ocr}\n".encode(
                    "utf-8", "surrogatepass"
                )
            )
        return digest.hexdigest()[:32]


def stage(batch: Batch, staging: Path) -> Path:
    """Read the batch into ``staging``, if that was not done before; the folder that holds it now."""
    folder = staging / batch.name
    if folder.is_dir():
        return folder
    fresh = staging / f"{folder.name}.{os.getpid()}"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    records = _Reading(batch, fresh).records()
    (fresh / RECORDS).write_text(json.dumps(records), encoding="utf-8")
    fresh.rename(folder)
    return folder


def triples(folder: Path) -> list[bytes]:
    """The N-Triples text of each letter that the staged batch in ``folder`` holds, in order."""
    return arrow.unpacked_texts((folder / TRIPLES).read_bytes())


def records(folder: Path) -> list[Record]:
    """What the staged batch in ``folder`` holds, in the order of its sources."""
    rows = json.loads((folder / RECORDS).read_text(encoding="utf-8"))
    return [Record._make([*row[:-1], letter_texts.TextPlace._make(row[-1])]) for row in rows]


class _Reading:
    """One batch on its way from sources to files."""

    def __init__(self, batch: Batch, folder: Path) -> None:
        self._batch, self._folder = batch, folder
        self._rows = facts.Rows(read.specialty_labels())
        self._texts: list[str] = []
        self._triples: list[bytes] = []

    def records(self) -> list[Record]:
        """Read all sources and write what they say."""
        found: list[Record] = []
        for source in self._batch.sources:
            if known := self._unchanged(source):
                found.append(known)
                continue
            for letter in read.letters(source):
                found.append(self._read(len(found), letter))
        # Compressed they take a fifteenth: what a build of millions of letters has on disk, and must write.
        (self._folder / TRIPLES).write_bytes(arrow.packed_texts(self._triples))
        with (self._folder / PACK).open("wb") as file:
            places = letter_texts.pack(self._texts, file)
            found = [
                record._replace(text=next(places)) if record.status == READ else record for record in found
            ]
        for table, rows in self._rows.tables().items():
            if rows.num_rows:
                (self._folder / f"{table}.arrow").write_bytes(arrow.packed(rows))
        return found

    def _read(self, position: int, letter: sources.Letter | sources.Quarantined) -> Record:
        if isinstance(letter, sources.Quarantined):
            return _refused(letter, "unreadable", letter.reason)
        try:
            return self._letter(position, letter)
        except KgError as fault:
            return _refused(letter, "no-letter", f"{letter.place}: {fault}")
        except Exception as fault:  # one letter's fault in our own code must not end the build of a million
            log.exception("%s: fault in the reader", letter.place)
            reason = f"{letter.place}: fault in the reader: {type(fault).__name__}: {fault}"
            return _refused(letter, "fault", reason)

    def _unchanged(self, source: Source) -> Record | None:
        known = self._batch.known.files.get(source.place)
        if known is None or known.reader != self._batch.reader or known.hash != read.fingerprint(source):
            return None
        if known.status == Status.SUPERSEDED:  # the letter that it lost to may have changed
            return None
        if known.status == Status.QUARANTINED and source.ocr:  # a scan can be read now
            return None
        kind, reason = (known.kind, known.reason) if known.status == Status.QUARANTINED else (None, None)
        return Record(source.place, known.hash, UNCHANGED, known.case, kind, reason)

    def _letter(self, position: int, letter: sources.Letter) -> Record:
        found = read.determination(letter.text, letter.name, letter.problems, self._corrections)
        case = found.case_number
        if case is None:
            raise LetterError("the letter prints no case number and its source has no name")
        if (why := self._batch.known.removed.get(case)) is not None:
            return _refused(letter, "removed", f"{letter.place}: {case} was removed: {why}")
        said = statements(found, self._batch.reader)
        triples = n_triples(said).encode("utf-8")
        self._rows.add(position, case, found, letter.text)
        self._texts.append(letter.text)
        self._triples.append(triples)
        return Record(
            letter.place,
            letter.sha256,
            READ,
            case,
            printed=read.case_is_printed(found),
            decided=found.decision_date.isoformat() if found.decision_date else None,
            text_hash=letter_texts.text_hash(letter.text),
            triples=len(set(said)),
            row=len(self._triples) - 1,
            document=found.kind.value,
        )

    def _corrections(self, case: str) -> list[Correction]:
        return [correction for correction in self._batch.known.corrections if correction.case == case]


def _refused(letter: sources.Letter | sources.Quarantined, kind: str, reason: str) -> Record:
    return Record(letter.place, letter.sha256, QUARANTINED, kind=kind, reason=reason)
