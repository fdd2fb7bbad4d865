"""The index of the words of a generation's letters: SQLite's FTS5 without the texts, which the packs keep.

What the generation before held in the same words is copied and changed where letters have, so that a
small build into a large base stays small. The index says the same whatever builds led to it.
"""

import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path

from kg.base.ledger import LetterRow
from kg.base.letter_texts import Letters
from kg.errors import BaseError

FILE = "words.sqlite"
TOKENS = "tokenize = 'porter unicode61 remove_diacritics 2'"
"""How a text is cut into words: without accents and endings."""

_BATCH = 500
_ANEW = 2  # where one letter in so many has changed, the index is made anew


@contextmanager
def opened(folder: Path) -> Iterator[sqlite3.Connection]:
    """The index of the generation in ``folder``, to be asked.

    Raises:
        BaseError: the index cannot be read, or an older program built the base without one.
    """
    file = folder / FILE
    if not file.is_file():
        raise BaseError(f"{file}: there is no index of words; run: kg build --repair")
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)) as words:
            yield words
    except sqlite3.Error as fault:
        raise BaseError(f"{file}: the search index cannot be read: {fault}") from fault


def write(folder: Path, base: Path | None) -> None:
    """Make the index of the generation in ``folder``, which follows the generation ``base``."""
    file = folder / FILE
    with closing(Letters(folder)) as letters:
        wanted = {row.case: row for row in letters.ledger.letters()}
        if base is None or not (base / FILE).exists() or not _follow(letters, wanted, base, file):
            file.unlink(missing_ok=True)
            with closing(_open(file)) as words:
                _put_in(words, letters, wanted.values())


def _follow(letters: Letters, wanted: Mapping[str, LetterRow], base: Path, file: Path) -> bool:
    """Make the index in ``file`` of that of ``base``; ``False`` where it is to be made anew."""
    with closing(Letters(base)) as old:
        before = {row.case: row for row in old.ledger.letters()}
        gone = [row for case, row in before.items() if not _is_same(row, wanted.get(case))]
        fresh = [row for case, row in wanted.items() if not _is_same(row, before.get(case))]
        if len(gone) * _ANEW > len(wanted):
            return False
        if not gone and not fresh:
            file.hardlink_to(base / FILE)
            return True
        shutil.copyfile(base / FILE, file)
        with closing(_open(file)) as words:
            try:
                _take_out(words, old, gone)
            except BaseError:  # the text that FTS5 must be told is damaged
                return False
            _put_in(words, letters, fresh)
            if gone:
                words.execute("VACUUM")  # free pages would still tell what a removed letter said
        return True


def _is_same(row: LetterRow, other: LetterRow | None) -> bool:
    return other is not None and row.text_hash == other.text_hash


def _open(file: Path) -> sqlite3.Connection:
    words = sqlite3.connect(file)
    words.execute("PRAGMA journal_mode = OFF")
    words.execute("PRAGMA synchronous = OFF")
    words.execute(f"CREATE VIRTUAL TABLE IF NOT EXISTS letters USING fts5(text, content = '', {TOKENS})")
    words.execute("CREATE TABLE IF NOT EXISTS cases (id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL)")
    return words


def _take_out(words: sqlite3.Connection, old: Letters, gone: Iterable[LetterRow]) -> None:
    """FTS5 forgets a text of which it keeps no copy when it is told the same text again."""
    for row in gone:
        (number,) = words.execute("SELECT id FROM cases WHERE name = ?", (row.case,)).fetchone()
        words.execute(
            "INSERT INTO letters(letters, rowid, text) VALUES ('delete', ?, ?)",
            (number, plain(old.text_of(row))),
        )
        words.execute("DELETE FROM cases WHERE id = ?", (number,))


def _put_in(words: sqlite3.Connection, letters: Letters, fresh: Iterable[LetterRow]) -> None:
    (last,) = words.execute("SELECT coalesce(max(id), 0) FROM cases").fetchone()
    # In the order of the packs, so that no block is unpacked twice.
    ordered = iter(sorted(fresh, key=lambda row: (row.part, row.block, row.start)))
    while batch := list(islice(ordered, _BATCH)):
        words.executemany(
            "INSERT INTO cases VALUES (?, ?)", ((last + n, row.case) for n, row in enumerate(batch, 1))
        )
        words.executemany("INSERT INTO letters(rowid, text) VALUES (?, ?)", _numbered(last, letters, batch))
        last += len(batch)
    words.execute("INSERT INTO letters(letters) VALUES ('optimize')")
    words.commit()


def _numbered(last: int, letters: Letters, batch: list[LetterRow]) -> Iterator[tuple[int, str]]:
    for number, row in enumerate(batch, last + 1):
        try:
            yield number, plain(letters.text_of(row))
        except BaseError:
            yield number, ""  # whose text is damaged: verifying says so, and nothing finds it


def plain(text: str) -> str:
    r"""A text as SQLite can take it: a lone surrogate of a damaged table becomes a question mark.

    >>> plain("knee \ud800")
    'knee ?'
    """
    return text.encode("utf-8", "replace").decode()
