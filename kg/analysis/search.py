"""Words in letters: which cases hold them, and where.

The index is SQLite's FTS5, without the texts (the base keeps those), in ``search/`` beside the
generations: one file a generation, made when it is first asked for.
"""

import math
import os
import re
import sqlite3
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from kg.base.store import KnowledgeBase
from kg.errors import BaseError, SettingError

_TOKENS = "tokenize = 'porter unicode61 remove_diacritics 2'"
_PIECE = re.compile(r'"([^"]*)"?|(\S+)')
_MOST_TERMS = 20
_BATCH = 2000
OPEN, CLOSE = "\ue000", "\ue001"
"""Mark the beginning and the end of a hit in a snippet; no letter holds these characters."""


class Hit(NamedTuple):
    """A letter that holds what was asked for; in ``snippet`` :data:`OPEN` and :data:`CLOSE` enclose hits."""

    case: str
    snippet: str


@dataclass(frozen=True, slots=True)
class Hits:
    """One page of results, the best first; ``next`` is the offset of the following page."""

    rows: tuple[Hit, ...]
    total: int
    next: int | None


def expression(query: str) -> str:
    """What a person typed as an FTS5 expression: all words, quoted phrases whole.

    >>> expression('lumbar "epidural steroid" OR')
    '"lumbar" AND "epidural steroid" AND "OR"'

    Raises:
        SettingError: there is no word in it, or more than 20.
    """
    found = [phrase or word for phrase, word in _PIECE.findall(query.replace("\0", " "))]
    terms = [f'"{term.replace(chr(34), " ")}"' for term in found if re.search(r"\w", term)]
    if not terms or len(terms) > _MOST_TERMS:
        raise SettingError(f"search for 1 to {_MOST_TERMS} words, found {len(terms)}")
    return " AND ".join(terms)


class Search:
    """The words of one generation's letters; threads may share it.

    With ``waits`` it makes no index, and waits for the one that another process makes.
    """

    def __init__(self, base: KnowledgeBase, *, waits: bool = False) -> None:
        self._base, self._waits = base, waits
        self._cases = base.cases()
        self._file = base.path / "search" / f"{base.generation}.sqlite"
        self._lock = threading.Lock()

    @property
    def ready(self) -> bool:
        """Whether the index is there, so that an answer comes at once."""
        return self._file.is_file()

    def make(self, patience: float | None = None) -> None:
        """Make the index where there is none: some 2,000 letters a second; older generations' are deleted.

        Where another thread makes it, wait for that, at most ``patience`` seconds.

        Raises:
            BaseError: the file cannot be written, or is still being made.
        """
        if self.ready:
            return
        if self._waits:
            end = time.monotonic() + (math.inf if patience is None else patience)
            while not self.ready and time.monotonic() < end:
                time.sleep(0.05)
            if not self.ready:
                raise BaseError("the search index is being built; retry in a minute")
            return
        if not self._lock.acquire(timeout=-1 if patience is None else patience):
            raise BaseError("the search index is being built; retry in a minute")
        try:
            if self.ready:
                return
            try:
                self._file.parent.mkdir(exist_ok=True)
                self._write(self._file.with_suffix(f".{os.getpid()}.new"))
            except (OSError, sqlite3.Error) as fault:
                raise BaseError(f"{self._file}: the search index cannot be built: {fault}") from fault
            # The generation before may still be asked by those who opened it.
            for old in sorted(self._file.parent.glob("*.sqlite"))[:-2]:
                old.unlink(missing_ok=True)
        finally:
            self._lock.release()

    def _write(self, file: Path) -> None:
        file.unlink(missing_ok=True)
        with closing(sqlite3.connect(file)) as words:
            words.execute("PRAGMA journal_mode = OFF")
            words.execute("PRAGMA synchronous = OFF")
            words.execute(f"CREATE VIRTUAL TABLE letters USING fts5(text, content = '', {_TOKENS})")
            for start in range(0, len(self._cases), _BATCH):
                part = self._cases[start : start + _BATCH]
                words.executemany(
                    "INSERT INTO letters(rowid, text) VALUES (?, ?)",
                    ((start + n, _text(self._base, case)) for n, case in enumerate(part, 1)),
                )
            words.execute("INSERT INTO letters(letters) VALUES ('optimize')")
            words.commit()
        file.rename(self._file)

    def find(self, query: str, limit: int = 20, offset: int = 0, patience: float | None = None) -> Hits:
        """The letters that hold every word of ``query``, where words stand close and seldom the best.

        Raises:
            SettingError: there is no word in the query, or too many.
            BaseError: the index cannot be made or read.
        """
        wanted = expression(query)
        self.make(patience)
        try:
            with closing(sqlite3.connect(f"file:{self._file}?mode=ro", uri=True)) as words:
                total = words.execute(
                    "SELECT count(*) FROM letters WHERE letters MATCH ?", (wanted,)
                ).fetchone()[0]
                found = words.execute(
                    "SELECT rowid FROM letters WHERE letters MATCH ? ORDER BY rank, rowid LIMIT ? OFFSET ?",
                    (wanted, limit, offset),
                ).fetchall()
        except sqlite3.Error as fault:
            raise BaseError(f"{self._file}: the search index cannot be read: {fault}") from fault
        rows = self._snippets([self._cases[row - 1] for (row,) in found], wanted)
        following = offset + limit
        return Hits(rows, total, following if following < total else None)

    def _snippets(self, cases: list[str], wanted: str) -> tuple[Hit, ...]:
        """Each case with the piece of its letter in which the words stand."""
        with closing(sqlite3.connect(":memory:")) as few:
            few.execute(f"CREATE VIRTUAL TABLE letters USING fts5(text, {_TOKENS})")
            few.executemany(
                "INSERT INTO letters(rowid, text) VALUES (?, ?)",
                ((n, " ".join(_text(self._base, case).split())) for n, case in enumerate(cases)),
            )
            found = dict(
                few.execute(
                    "SELECT rowid, snippet(letters, 0, ?, ?, '…', 40) FROM letters WHERE letters MATCH ?",
                    (OPEN, CLOSE, wanted),
                ).fetchall()
            )
        return tuple(Hit(case, found.get(n, "")) for n, case in enumerate(cases))


def _text(base: KnowledgeBase, case: str) -> str:
    return base.letter(case).encode("utf-8", "replace").decode()
