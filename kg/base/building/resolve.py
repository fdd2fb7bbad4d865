"""Which of several letters of one case is kept, and what became of every file.

A letter from the same file replaces what that file said before. Of two files that print one case
number, the same text counts once, and of different texts an amended determination is kept, else the one
with the later decision date (of two with one date, that with the greater hash: an arbitrary choice,
but the same in every order of reading). Where neither prints a number and only their names are
equal, the second one is quarantined: they may well be different cases.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from kg.base.building.staging import PACK, READ, UNCHANGED, Record, records
from kg.base.ledger import FileRow, Ledger, LetterRow, Status
from kg.base.letter_texts import TextPlace
from kg.base.parts import LETTERS_IN_PART
from kg.model import DocumentKind


class Quarantined(NamedTuple):
    """A file that gave no letter, with the kind of reason and one sentence."""

    place: str
    kind: str
    reason: str


class Resolution:
    """What a build decides as the batches come in, in the order of the sources.

    ``fresh`` says that the graph is made anew, so that letters of the served generation which are
    replaced are not in it; ``again`` that letters which seem unchanged are replaced too.
    """

    def __init__(
        self, ledger: Ledger, generation: str, reader: str, *, fresh: bool, again: bool = False
    ) -> None:
        self._ledger, self._generation, self._reader = ledger, generation, reader
        self._fresh, self._again = fresh, again
        self.counts: Counter[str] = Counter()
        """Files by what became of them, in the words of :class:`kg.base.building.build.BuildReport`."""
        self.quarantine: list[Quarantined] = []
        self.parts: dict[str, list[tuple[int, Path]]] = {}
        """The new parts: their staged batches, each with the place of its texts in the pack."""
        self.without: dict[Path, set[int]] = {}
        """Positions of the letters of a staged batch that lost to others."""
        self.replaced: set[str] = set()
        """Cases of the served generation whose letter goes."""
        self.retracted: set[str] = set()
        """Cases that must leave the graph before ``late`` is loaded."""
        self.late: dict[str, tuple[Path, Record]] = {}
        """Letters to be loaded after the removals."""
        self.news = False
        """Whether anything differs from the served generation."""
        self._part, self._letters, self._offset = "", LETTERS_IN_PART, 0

    def batch(self, folder: Path) -> Iterator[Record]:
        """Decide on a staged batch; the records whose triples are to be loaded now."""
        found = records(folder)
        reads = sum(record.status == READ for record in found)
        if reads:
            self._open_part(folder, reads)
        for position, record in enumerate(found):
            if record.status == READ:
                if self._letter(folder, position, record):
                    yield record
            elif record.kind:
                self._quarantine(record, record.kind, record.reason or "", known=record.status == UNCHANGED)
            else:
                self._count(record, "unchanged", None)
        if reads:
            self._offset += (folder / PACK).stat().st_size

    def _open_part(self, folder: Path, reads: int) -> None:
        if self._letters + reads > LETTERS_IN_PART:
            self._part = f"{self._generation}-{len(self.parts):03d}"
            self.parts[self._part] = []
            self._letters, self._offset = 0, 0
        self.parts[self._part].append((self._offset, folder))
        self._letters += reads

    def _letter(self, folder: Path, position: int, record: Record) -> bool:
        """Decide on one letter; whether its triples are to be loaded now."""
        assert record.case is not None
        kept = self._ledger.letter(record.case)
        if kept is None:
            return self._keep(folder, record, "accepted")
        ours = kept.part in self.parts
        again = self._again and not ours
        if kept.text_hash == record.text_hash and kept.reader == self._reader and not again:
            self._lose(folder, position)
            status = None if kept.place == record.place else Status.SAME
            self._count(record, "unchanged", status, f"{record.place}: has the text of {kept.place}")
            return False
        edited = not ours and (kept.place == record.place or kept.text_hash == record.text_hash)
        if not edited and not kept.printed and not record.printed:
            self._lose(folder, position)
            reason = (
                f"{record.place}: prints no case number, and another letter, {kept.place}, has the same name"
            )
            self._quarantine(record, "same-name", reason)
            return False
        rank = (_amends(kept.kind), kept.decided or "", kept.text_hash)
        if not edited and rank > (_amends(record.document), record.decided or "", record.text_hash):
            self._lose(folder, position)
            reason = _superseded(record.place, kept.place, kept.decided, kept.kind)
            self._count(record, "superseded", Status.SUPERSEDED, reason)
            return False
        return self._replace(folder, record, kept, ours)

    def _replace(self, folder: Path, record: Record, kept: LetterRow, ours: bool) -> bool:
        """Keep ``record`` in place of ``kept``, which this build read before, or an earlier one."""
        case = kept.case
        if ours:
            self._retract(kept)
            self.counts["superseded"] += 1
        else:
            self.replaced.add(case)
            if not self._fresh:
                self.retracted.add(case)
        if kept.place != record.place:
            old = self._ledger.file(kept.place)
            assert old is not None
            reason = _superseded(kept.place, record.place, record.decided, record.document)
            self._ledger.put_files([old._replace(status=Status.SUPERSEDED, reason=reason)])
        # In place of a letter of this build it is counted as that one was, which is now superseded.
        return self._keep(folder, record, None if ours else "replaced")

    def _keep(self, folder: Path, record: Record, count: str | None) -> bool:
        assert record.case is not None
        row = LetterRow(
            record.case,
            record.place,
            record.text_hash,
            self._reader,
            record.decided,
            record.printed,
            record.triples,
            self._part,
            self._offset + record.text.block,
            *record.text[1:],
            record.document,
        )
        self._ledger.put_letters([row])
        self.news |= self._again
        self._count(record, count, Status.ACCEPTED)
        if record.case in self.retracted:
            self.late[record.case] = (folder, record)
            return False
        return True

    def _lose(self, folder: Path, position: int) -> None:
        self.without.setdefault(folder, set()).add(position)

    def _retract(self, kept: LetterRow) -> None:
        """Let a letter that this build read before lose."""
        batches = self.parts[kept.part]
        offset, folder = batches[bisect_right(batches, kept.block, key=lambda batch: batch[0]) - 1]
        place = TextPlace(kept.block - offset, kept.size, kept.start, kept.length)
        texts = [record.text if record.status == READ else None for record in records(folder)]
        self._lose(folder, texts.index(place))
        self.retracted.add(kept.case)

    def _quarantine(self, record: Record, kind: str, reason: str, *, known: bool = False) -> None:
        self.quarantine.append(Quarantined(record.place, kind, reason))
        self._count(record, "quarantined", None if known else Status.QUARANTINED, reason, kind)

    def _count(
        self,
        record: Record,
        count: str | None,
        status: Status | None,
        reason: str | None = None,
        kind: str | None = None,
    ) -> None:
        """Count a file and, where ``status`` says something new, enter it into the ledger."""
        if count:
            self.counts[count] += 1
        if status is None:
            return
        row = FileRow(
            record.place, record.hash, self._reader, status, record.case, kind, reason, self._generation
        )
        before = self._ledger.file(record.place)
        if before is None or before[:7] != row[:7]:
            self.news = True
            self._ledger.put_files([row])


def _amends(kind: str) -> bool:
    return kind == DocumentKind.AMENDED


def _superseded(place: str, winner: str, decided: str | None, kind: str) -> str:
    why = "has the same case, is amended" if _amends(kind) else "has the same case"
    return f"{place}: {winner} {why} and is kept (decision date {decided or 'not given'})"
