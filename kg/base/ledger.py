"""The ledger of one generation: what became of each file, and where each letter lies. SQLite.

It is written once, with its generation, and only read after that.
"""

import hashlib
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple, Self

from kg.errors import BaseError
from kg.model import DocumentKind

FILE = "ledger.sqlite"

_MANY = 2_000  # rows that are put together: one by one they take ten times as long

_TABLES = """
CREATE TABLE IF NOT EXISTS file (   -- each source: its last hash, who read it, what became of it
    place TEXT PRIMARY KEY, hash TEXT NOT NULL, reader TEXT NOT NULL, status TEXT NOT NULL,
    case_id TEXT, kind TEXT, reason TEXT, generation TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS letter ( -- each case: the file and text that it was read from, and its part
    case_id TEXT PRIMARY KEY, place TEXT NOT NULL, text_hash TEXT NOT NULL, reader TEXT NOT NULL,
    decided TEXT, printed INTEGER NOT NULL, triples INTEGER NOT NULL, part TEXT NOT NULL,
    block INTEGER NOT NULL, size INTEGER NOT NULL, start INTEGER NOT NULL, length INTEGER NOT NULL,
    kind TEXT NOT NULL DEFAULT 'determination') WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS file_case ON file (case_id);
CREATE INDEX IF NOT EXISTS letter_part ON letter (part);
CREATE TABLE IF NOT EXISTS build (  -- each generation: when, by which reader, with which counts
    generation TEXT PRIMARY KEY, at TEXT NOT NULL, reader TEXT NOT NULL, given INTEGER NOT NULL,
    accepted INTEGER NOT NULL, unchanged INTEGER NOT NULL, replaced INTEGER NOT NULL,
    superseded INTEGER NOT NULL, quarantined INTEGER NOT NULL, seconds REAL NOT NULL);
CREATE TABLE IF NOT EXISTS removed (case_id TEXT PRIMARY KEY, why TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS correction (
    case_id TEXT NOT NULL, path TEXT NOT NULL, value TEXT NOT NULL, why TEXT NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (case_id, path));
CREATE TABLE IF NOT EXISTS history ( -- each state of a case and the generation that brought it; null: it left
    case_id TEXT NOT NULL, generation TEXT NOT NULL, state TEXT,
    PRIMARY KEY (case_id, generation)) WITHOUT ROWID;
"""

# A state is a digest of text, reader and corrections. A ledger without a history takes the generation of a
# letter from its part; in another, only letters that the draft wrote can have a new state.
_ENTER = """
INSERT OR REPLACE INTO history
SELECT case_id, iif(:all, substr(part, 1, instr(part, '-') - 1), :made), state FROM (
  SELECT case_id, part, state_of(text_hash, reader, (
    SELECT group_concat(path || '=' || value, char(10))
    FROM (SELECT * FROM correction c WHERE c.case_id = l.case_id ORDER BY path))) AS state
  FROM letter l WHERE :all OR part LIKE :made || '-%') AS new
WHERE state IS NOT (
  SELECT state FROM history h WHERE h.case_id = new.case_id ORDER BY generation DESC LIMIT 1)
"""
_LEAVE = """
INSERT OR REPLACE INTO history SELECT case_id, :made, NULL
FROM (SELECT case_id, state, max(generation) FROM history GROUP BY case_id) AS last
WHERE state IS NOT NULL AND NOT EXISTS (SELECT 1 FROM letter WHERE letter.case_id = last.case_id)
"""


# A generation begins with the ledger of the one before, which an older program may have written.
_ADD_KIND = "ALTER TABLE letter ADD COLUMN kind TEXT NOT NULL DEFAULT 'determination'"


class Status(StrEnum):
    """The status of a file."""

    ACCEPTED = "accepted"
    SAME = "same"  # its text is that of a letter that is there
    SUPERSEDED = "superseded"
    QUARANTINED = "quarantined"


class FileRow(NamedTuple):
    """One source file, or one row of a table of letters."""

    place: str
    hash: str
    reader: str
    status: str
    case: str | None
    kind: str | None
    reason: str | None
    generation: str


class LetterRow(NamedTuple):
    """One case of the base.

    ``part`` names the files that hold it, the four values after that its text in the pack; ``kind`` is the
    kind of document, which the ledger of an older program lacks.
    """

    case: str
    place: str
    text_hash: str
    reader: str
    decided: str | None
    printed: bool
    triples: int
    part: str
    block: int
    size: int
    start: int
    length: int
    kind: str = DocumentKind.DETERMINATION.value


class Changed(NamedTuple):
    """A case that changed: ``written`` (added, replaced or read anew), ``corrected`` or ``removed``."""

    case: str
    change: str
    generation: str | None
    """The generation that holds the letter as it is now, ``None`` for one that was removed."""
    at: str


class Correction(NamedTuple):
    """A value that a person set in place of the one that was read."""

    case: str
    path: str
    value: str
    why: str
    at: str


def now() -> str:
    """The time in UTC, ISO 8601, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _state(*parts: str | None) -> str:
    return hashlib.blake2b("\0".join(part or "" for part in parts).encode(), digest_size=8).hexdigest()


class Ledger:
    """The ledger of the generation in ``folder``; threads may share it."""

    def __init__(self, folder: Path, *, write: bool = False) -> None:
        self.path = folder / FILE
        self._lock = threading.Lock()
        # What was put and is not in the file yet, by key.
        self._new_files: dict[str, FileRow] = {}
        self._new_letters: dict[str, LetterRow] = {}
        mode = "rwc" if write else "ro&immutable=1"
        try:
            self._connection = sqlite3.connect(
                f"{self.path.absolute().as_uri()}?mode={mode}",
                uri=True,
                check_same_thread=False,
                isolation_level=None,
            )
            if write:
                # Nobody reads this file before its generation is whole: a journal would guard nothing.
                self._connection.executescript(
                    f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-65536; {_TABLES}"
                )
                if not self._all("SELECT 1 FROM pragma_table_info('letter') WHERE name = 'kind'"):
                    self._connection.execute(_ADD_KIND)
                self._connection.execute("BEGIN")
            else:
                self._connection.execute("SELECT 1 FROM letter LIMIT 1")
        except sqlite3.Error as fault:
            raise BaseError(f"{self.path}: the ledger cannot be opened: {fault}") from fault

    # --- read ---------------------------------------------------------------------------------

    def file(self, place: str) -> FileRow | None:
        """The status of the file at ``place``."""
        if found := self._new_files.get(place):
            return found
        row = self._one("SELECT * FROM file WHERE place = ?", place, flush=False)
        return FileRow(*row) if row else None

    def files_of(self, case: str) -> list[FileRow]:
        """The files that gave a letter of ``case``."""
        return [FileRow(*row) for row in self._all("SELECT * FROM file WHERE case_id = ?", case)]

    def check(self) -> None:
        """Hold the file to SQLite's own integrity check.

        Raises:
            BaseError: it is damaged.
        """
        try:
            found = self._all("PRAGMA integrity_check")
        except sqlite3.Error as fault:
            raise BaseError(f"{self.path}: the ledger is damaged: {fault}") from fault
        if found != [("ok",)]:
            raise BaseError(f"{self.path}: the ledger is damaged: {found[0][0]}")

    def letter(self, case: str) -> LetterRow | None:
        """Where the letter of ``case`` lies."""
        if found := self._new_letters.get(case):
            return found
        row = self._one("SELECT * FROM letter WHERE case_id = ?", case, flush=False)
        return LetterRow(*row) if row else None

    def files(self) -> Iterator[FileRow]:
        """All files, by place."""
        return map(FileRow._make, self._all("SELECT * FROM file ORDER BY place"))

    def letters(self, part: str | None = None) -> Iterator[LetterRow]:
        """All letters, or those of one part, by case."""
        if part is None:
            rows = self._all("SELECT * FROM letter ORDER BY case_id")
        else:
            rows = self._all("SELECT * FROM letter WHERE part = ? ORDER BY case_id", part)
        return (LetterRow(*row) for row in rows)

    def cases(self) -> list[str]:
        """All case numbers, sorted."""
        return [case for (case,) in self._all("SELECT case_id FROM letter ORDER BY case_id")]

    def first_case(self) -> str | None:
        """The first case number, ``None`` where there is no letter."""
        row = self._one("SELECT min(case_id) FROM letter")
        return None if row is None or row[0] is None else str(row[0])

    def neighbours(self, case: str) -> list[str]:
        """Up to fifty case numbers on each side of ``case``."""
        before = self._all("SELECT case_id FROM letter WHERE case_id < ? ORDER BY 1 DESC LIMIT 50", case)
        after = self._all("SELECT case_id FROM letter WHERE case_id > ? ORDER BY 1 LIMIT 50", case)
        return [found for (found,) in (*before, *after)]

    def cases_of_other_readers(self, reader: str) -> list[str]:
        """The cases whose letters another version of the reader than ``reader`` read, sorted."""
        found = self._all("SELECT case_id FROM letter WHERE reader <> ? ORDER BY case_id", reader)
        return [case for (case,) in found]

    def count(self) -> int:
        """Number of letters."""
        row = self._one("SELECT count(*) FROM letter")
        assert row is not None
        return int(row[0])

    def count_in(self, parts: Iterable[str]) -> int:
        """Number of letters in some parts."""
        rows = [self._one("SELECT count(*) FROM letter WHERE part = ?", part) for part in parts]
        return sum(int(row[0]) for row in rows if row)

    def parts(self) -> list[str]:
        """The names of the parts, oldest first."""
        return [str(part) for (part,) in self._all("SELECT DISTINCT part FROM letter ORDER BY part")]

    def triples(self) -> int:
        """Number of triples of all letters together."""
        row = self._one("SELECT coalesce(sum(triples), 0) FROM letter")
        assert row is not None
        return int(row[0])

    def removed(self) -> dict[str, str]:
        """The cases that were taken out and stay out, each with the reason."""
        return dict(self._all("SELECT case_id, why FROM removed"))

    def corrections(self, case: str | None = None) -> list[Correction]:
        """All corrections, or those of one case."""
        where, values = ("WHERE case_id = ?", (case,)) if case is not None else ("", ())
        rows = self._all(f"SELECT * FROM correction {where} ORDER BY case_id, path", *values)  # noqa: S608
        return [Correction(*row) for row in rows]

    def changes(self, since: str) -> list[Changed]:
        """The cases that changed after the generation ``since``, by case.

        What changed in the second in which that generation was built may be among them.
        """
        last = self._one("SELECT max(at) FROM build WHERE generation <= ?", since)
        moment = str(last[0]) if last and last[0] else ""
        written = self._all(
            "SELECT case_id, made, coalesce((SELECT at FROM build WHERE generation = made), ?) FROM "
            "(SELECT case_id, substr(part, 1, instr(part, '-') - 1) AS made FROM letter) WHERE made > ?",
            moment, since,
        )  # fmt: skip
        corrected = dict(
            self._all("SELECT case_id, max(at) FROM correction WHERE at >= ? GROUP BY case_id", moment)
        )
        removed = self._all("SELECT case_id, at FROM removed WHERE at >= ?", moment)
        found = [Changed(case, "removed", None, at) for case, at in removed]
        for case, made, at in written:
            change = "corrected" if case in corrected else "written"
            found.append(Changed(case, change, made, corrected.get(case, at)))
        return sorted(found)

    def states(self, generation: str) -> dict[str, str]:
        """The cases of a generation, each with a digest of its text, reader and corrections.

        Empty where the ledger does not go back so far.
        """
        if self._one("SELECT 1 FROM sqlite_master WHERE name = 'history'") is None:
            return {}
        rows = self._all(
            "SELECT case_id, state, max(generation) FROM history WHERE generation <= ? GROUP BY case_id",
            generation,
        )
        return {case: state for case, state, _ in rows if state is not None}

    def removed_after(self, generation: str) -> bool:
        """Whether letters of a generation were removed later."""
        if self._one("SELECT 1 FROM sqlite_master WHERE name = 'history'") is None:
            return False
        found = "SELECT 1 FROM history WHERE state IS NULL AND generation > ? LIMIT 1"
        return self._one(found, generation) is not None

    # --- write --------------------------------------------------------------------------------

    def enter_history(self, generation: str) -> None:
        """Remember the state of each case that ``generation``, which is finished now, changed."""
        new = self._one("SELECT 1 FROM history LIMIT 1") is None
        self._connection.create_function("state_of", 3, _state, deterministic=True)
        self._connection.execute(_ENTER, {"made": generation, "all": new})
        self._connection.execute(_LEAVE, {"made": generation})

    def put_files(self, rows: Iterable[FileRow]) -> None:
        """Say what became of files, in place of what was said before."""
        self._new_files.update((row.place, row) for row in rows)
        self._write_many()

    def put_letters(self, rows: Iterable[LetterRow]) -> None:
        """Say where letters lie, in place of what was said before."""
        self._new_letters.update((row.case, row) for row in rows)
        self._write_many()

    def put_build(self, *values: str | float) -> None:
        """Enter a build; the values are the columns of the table ``build``."""
        self._connection.execute("INSERT OR REPLACE INTO build VALUES (?,?,?,?,?,?,?,?,?,?)", values)

    def drop_letters(self) -> None:
        """Forget where all letters lie."""
        self._new_letters.clear()
        self._connection.execute("DELETE FROM letter")

    def drop_letter(self, case: str) -> None:
        """Forget where the letter of ``case`` lies."""
        self._new_letters.pop(case, None)
        self._connection.execute("DELETE FROM letter WHERE case_id = ?", (case,))

    def put_removed(self, case: str, why: str) -> None:
        """Remember that ``case`` stays out."""
        self._connection.execute("INSERT OR REPLACE INTO removed VALUES (?,?,?)", (case, why, now()))

    def put_correction(self, correction: Correction) -> None:
        """Keep a correction, in place of an earlier one of the same value."""
        self._connection.execute("INSERT OR REPLACE INTO correction VALUES (?,?,?,?,?)", correction)

    def commit(self) -> None:
        """Write what was put."""
        with self._lock:
            self._write()
        self._connection.execute("COMMIT")
        self._connection.execute("BEGIN")

    def close(self) -> None:
        """Let go of the file; what was put and not committed is lost."""
        with self._lock:  # another thread may still read
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _write_many(self) -> None:
        if len(self._new_files) + len(self._new_letters) >= _MANY:
            with self._lock:
                self._write()

    def _write(self) -> None:
        """Write what was put; sorted, it takes few pages of the file at a time."""
        for table, new in (("file", self._new_files), ("letter", self._new_letters)):
            if new:
                rows = [new[key] for key in sorted(new)]
                places = ",".join("?" * len(rows[0]))
                self._connection.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({places})", rows)  # noqa: S608
        self._new_files, self._new_letters = {}, {}

    def _one(self, query: str, *values: str, flush: bool = True) -> tuple[Any, ...] | None:
        with self._lock:
            if flush:
                self._write()
            with closing(self._connection.execute(query, values)) as cursor:
                row: tuple[Any, ...] | None = cursor.fetchone()
                return row

    def _all(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        with self._lock:
            self._write()
            return self._connection.execute(query, values).fetchall()
