"""One knowledge base, opened to be read.

>>> from kg.base.store import KnowledgeBase
>>> KnowledgeBase.open("/nowhere")
Traceback (most recent call last):
    ...
kg.errors.BaseError: /nowhere: there is no knowledge base here; create one with: kg build SOURCE --kb /nowhere
"""

import difflib
import os
import re
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from rdflib import Graph

from kg.base import generations
from kg.base.graphs import as_graph, open_read_only
from kg.base.ledger import Changed, Correction
from kg.base.letter_texts import Letters
from kg.base.stored_columns import TABLES
from kg.base.tables import arrow
from kg.errors import UnknownError, extras
from kg.model import Determination

if TYPE_CHECKING:
    import polars as pl
    from arro3.core import RecordBatch


class Source(NamedTuple):
    """Where a letter came from: the file (with the line or row of a table) and the hash of its text."""

    place: str
    sha256: str


_FEW = 0.1
"""The part of the letters up to which each is looked up by itself."""
_NUMBER = re.compile(r"(?:CM)?[\s_-]*([0-9]{2})[\s_-]*([0-9]{1,8})", re.IGNORECASE)


def _spellings(case: str) -> list[str]:
    """What a case may be called in a base, as given first.

    >>> _spellings("cm16 219557")
    ['cm16 219557', 'CM16-219557', 'CM16-0219557']
    """
    found = _NUMBER.fullmatch(case.strip())
    if not found:
        return [case, case.strip()]
    return [case, *(f"CM{found[1]}-{digits}" for digits in (found[2], found[2].zfill(7)))]


class KnowledgeBase:
    """The generation of a knowledge base that was served when it was opened, whatever is built later.

    Open it once, with :meth:`open`, and pass it on. Threads may share it.
    """

    def __init__(self, path: Path, folder: Path, pin: int | None = None) -> None:
        self.path = path
        """The directory of the knowledge base, as given."""
        self.folder = folder
        """The directory of the generation: ``graph/``, ``facts/``, ``letters/``, ``ledger.sqlite``."""
        self._pin = pin

    @classmethod
    def open(cls, path: str | Path = "kb") -> Self:
        """Open the knowledge base in directory ``path`` to be read.

        Raises:
            BaseError: there is none, it is not ours, it has another format, or nothing was built yet.
        """
        layout = generations.check(Path(path))
        folder, pin = generations.pin(layout)
        return cls(layout.root, folder, pin)

    def kept(self, generation: str) -> Self | None:
        """Another generation of the same base, opened, ``None`` where it is not kept.

        One that holds letters which were removed since is not, even if a reader has it open still.
        """
        if self._letters.ledger.removed_after(generation):
            return None
        found = generations.pin_kept(generations.Layout(self.path), generation)
        return None if found is None else type(self)(self.path, *found)

    def states(self, generation: str) -> dict[str, str]:
        """The cases that a generation had, each with a digest of its text, reader and corrections."""
        return self._letters.ledger.states(generation)

    @property
    def generation(self) -> str:
        """The name of the opened generation, such as ``000002``; later ones sort after it."""
        return self.folder.name

    @cached_property
    def about(self) -> dict[str, Any]:
        """What the generation says of itself: letters, items, citations, triples, reader, built."""
        return generations.about(self.folder)

    @property
    def history(self) -> list[dict[str, Any]]:
        """What each generation that is kept says of itself, the newest first."""
        kept = sorted((self.path / "generations").glob(f"*/{generations.WHOLE}"), reverse=True)
        return [generations.about(file.parent) for file in kept]

    @property
    def graph_folder(self) -> Path:
        """The Oxigraph directory, for processes that open it themselves, read-only."""
        return self.folder / "graph"

    @cached_property
    def graph(self) -> Graph:
        """The triples as an rdflib graph over Oxigraph, read-only; plain query text runs in Oxigraph."""
        return as_graph(open_read_only(self.graph_folder))

    @cached_property
    def facts(self) -> "pl.DataFrame":
        """The facts table, one row a decision, party, citation and section or page; loaded once and kept."""
        return self.scan_facts().collect()

    def scan_facts(self) -> "pl.LazyFrame":
        """The facts table, not loaded: select columns and rows of a large base, then ``collect()``."""
        return self._scan("facts")

    def scan_problems(self) -> "pl.LazyFrame":
        """Parsing problems: case, template, kind, start, end, quote, message."""
        return self._scan("problems")

    def scan_grounds(self) -> "pl.LazyFrame":
        """Grounds and cues, a row each: case, item, outcome, class, met, likelihood, span and words."""
        return self._scan("grounds")

    def scan_sentences(self) -> "pl.LazyFrame":
        """Sentences of rationales: case, item, span, and digests that are equal where they are alike."""
        return self._scan("sentences")

    def scan_determinations(self) -> "pl.LazyFrame":
        """One row a letter: case, template, header and patient values, counts of items and citations."""
        return self._scan("determinations")

    def _scan(self, table: str) -> "pl.LazyFrame":
        with extras():
            from kg.base.tables import data_frames
        return data_frames.scan(self.folder / table, TABLES[table])

    def rows(
        self, table: str, cases: Collection[str] | None = None, *, columns: Collection[str] | None = None
    ) -> "Iterator[RecordBatch]":
        """A table as Arrow, some thousand rows at a time: all or of some cases, all columns or some."""
        names = dict.fromkeys(TABLES[table] if columns is None else ("case", *columns))
        schema = {name: TABLES[table][name] for name in names}
        files = arrow.files(self.folder / table)
        if cases is None:
            yield from arrow.read(files, schema)
            return
        wanted = frozenset(cases)
        parts = {row.part for row in map(self._letters.ledger.letter, wanted) if row}
        for rows in arrow.read((file for file in files if file.stem in parts), schema):
            those = arrow.values(rows, "case")
            if places := [place for place, case in enumerate(those) if case in wanted]:
                yield arrow.taken(rows, places)

    def cases(self) -> list[str]:
        """All case numbers, sorted."""
        return self._letters.ledger.cases()

    def changes(self, since: str) -> list[Changed]:
        """The cases that changed after the generation ``since``, by case; ``000000`` gives all.

        Raises:
            UnknownError: there was no such generation yet.
        """
        if since > self.generation:
            raise UnknownError(
                f"there is no generation {since} yet; the one that is served is {self.generation}"
            )
        return self._letters.ledger.changes(since)

    def spelled(self, case: str) -> str:
        """A case number as this base has it, from any spelling: ``cm16 219557`` is ``CM16-0219557``.

        Raises:
            UnknownError: the base has no such case; the text names the nearest ones.
        """
        for spelling in _spellings(case):
            if self._letters.ledger.letter(spelling) is not None:
                return spelling
        raise self._unknown(case)

    @cached_property
    def outdated(self) -> int:
        """Letters that another version of the reader read; ``kg build --reread`` reads them with this one."""
        from kg.base.building import read  # late: as above

        return len(self._letters.ledger.cases_of_other_readers(read.reader_version()))

    def __contains__(self, case: object) -> bool:
        return isinstance(case, str) and any(map(self._letters.ledger.letter, _spellings(case)))

    def __len__(self) -> int:
        return self._letters.ledger.count()

    def letter(self, case: str) -> str:
        """The text of the letter, into which all spans of its determination point.

        Raises:
            UnknownError: the base has no such case; the text names the nearest ones.
        """
        return self._letters.text(self.spelled(case))

    def texts(self, cases: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Some letters' cases and texts, in the order in which they are stored: a block is read once.

        Raises:
            KeyError: the base has no such case.
        """
        wanted = set(cases)
        ledger = self._letters.ledger
        if len(wanted) > _FEW * len(self):
            rows = (row for row in ledger.letters() if row.case in wanted)
        else:
            rows = (self._letters.row(case) for case in wanted)
        for row in sorted(rows, key=lambda row: (row.part, row.block, row.start)):
            yield row.case, self._letters.text_of(row)

    def source(self, case: str) -> Source:
        """The file that the letter came from.

        Raises:
            UnknownError: the base has no such case.
        """
        row = self._letters.row(self.spelled(case))
        return Source(row.place, row.text_hash)

    def determination(self, case: str) -> Determination:
        """What the letter says, read again from the kept text (half a millisecond), corrections applied.

        Raises:
            UnknownError: the base has no such case.
        """
        from kg.base.building import read  # late: opening a base for its facts does not load the grammars

        case = self.spelled(case)
        return read.determination(self.letter(case), case, (), self._letters.ledger.corrections)

    def corrections(self) -> list[Correction]:
        """What persons set in place of misread values, each with its reason and date, by case."""
        return self._letters.ledger.corrections()

    def removed(self) -> dict[str, str]:
        """The cases that were taken out and stay out, each with the reason."""
        return self._letters.ledger.removed()

    def close(self) -> None:
        """Let go of the generation, so that a later build may clean it away."""
        self.__dict__.pop("graph", None)
        self.__dict__.pop("facts", None)
        if letters := self.__dict__.pop("_letters", None):
            letters.close()
        if self._pin is not None:
            os.close(self._pin)
            self._pin = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"KnowledgeBase({str(self.path)!r}, generation {self.generation})"

    @cached_property
    def _letters(self) -> Letters:
        return Letters(self.folder)

    def _unknown(self, case: str) -> UnknownError:
        likely = _spellings(case)[-1]
        near = difflib.get_close_matches(likely, self._letters.ledger.neighbours(likely), n=3, cutoff=0.5)
        hint = f"; the nearest are {', '.join(near)}" if near else ""
        return UnknownError(f"there is no case {case!r}{hint}")
