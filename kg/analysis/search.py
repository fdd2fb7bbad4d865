"""Words in letters: which cases hold them, and where, by the index that :mod:`kg.base.word_index` made."""

import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import NamedTuple

from kg.base import word_index
from kg.base.store import KnowledgeBase
from kg.errors import SettingError

_PIECE = re.compile(r'"([^"]*)"?|(\S+)')
_MOST_TERMS = 20
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
    """The words of one generation's letters; threads may share it."""

    def __init__(self, base: KnowledgeBase) -> None:
        self._base = base

    def find(self, query: str, limit: int = 20, offset: int = 0) -> Hits:
        """The letters that hold every word of ``query``, where words stand close and seldom the best.

        Raises:
            SettingError: there is no word in the query, or too many.
            BaseError: the index cannot be read, or an older program built the base without one.
        """
        wanted = expression(query)
        with word_index.opened(self._base.folder) as words:
            counted = words.execute("SELECT count(*) FROM letters WHERE letters MATCH ?", (wanted,))
            (total,) = counted.fetchone()
            found = words.execute(
                "SELECT name FROM letters JOIN cases ON cases.id = letters.rowid "
                "WHERE letters MATCH ? ORDER BY round(rank, 9), name LIMIT ? OFFSET ?",
                (wanted, limit, offset),
            ).fetchall()
        rows = self._snippets([case for (case,) in found], wanted)
        following = offset + limit
        return Hits(rows, total, following if following < total else None)

    def cases(self, query: str) -> list[str]:
        """The cases of all letters that hold every word of ``query``.

        Raises:
            SettingError, BaseError: as :meth:`find`.
        """
        with word_index.opened(self._base.folder) as words:
            found = words.execute(
                "SELECT name FROM letters JOIN cases ON cases.id = letters.rowid "
                "WHERE letters MATCH ? ORDER BY name",
                (expression(query),),
            ).fetchall()
        return [case for (case,) in found]

    def _snippets(self, cases: list[str], wanted: str) -> tuple[Hit, ...]:
        """Each case with the piece of its letter in which the words stand."""
        with closing(sqlite3.connect(":memory:")) as few:
            few.execute(f"CREATE VIRTUAL TABLE letters USING fts5(text, {word_index.TOKENS})")
            few.executemany(
                "INSERT INTO letters(rowid, text) VALUES (?, ?)",
                (
                    (n, " ".join(word_index.plain(self._base.letter(case)).split()))
                    for n, case in enumerate(cases)
                ),
            )
            found = dict(
                few.execute(
                    "SELECT rowid, snippet(letters, 0, ?, ?, '…', 40) FROM letters WHERE letters MATCH ?",
                    (OPEN, CLOSE, wanted),
                ).fetchall()
            )
        return tuple(Hit(case, found.get(n, "")) for n, case in enumerate(cases))
