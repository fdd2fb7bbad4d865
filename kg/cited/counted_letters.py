"""The letters that a figure is counted over: those of a generation, or some of them."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import polars as pl
from rdflib import Graph

from kg.analysis.cache import Analyses
from kg.analysis.decisions import Index, Mask
from kg.analysis.reasons.rationales import searching
from kg.analysis.search import Search
from kg.base.graphs import as_graph, of_cases
from kg.base.store import KnowledgeBase
from kg.cited.wanted import Values
from kg.errors import SettingError
from kg.explore.neighbours import Links

if TYPE_CHECKING:
    from arro3.core import RecordBatch

_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True)
class Table:
    """What an analysis counts: figures of the whole, where there are any, and of each row by its name."""

    rows: dict[str, Values]
    whole: Values | None = None


def _kept(made: dict[object, Any], asked: object, make: Callable[[], Any]) -> Any:
    """What was made last, at most some."""
    if asked not in made:
        while len(made) >= _KEPT:
            made.pop(next(iter(made)), None)
        made[asked] = make()
    return made[asked]


_KEPT = 32
_SET_APART = 10_000


@dataclass(eq=False)
class CountedLetters:
    """Letters of a base with what the analyses make of them; a figure is counted over these alone."""

    base: KnowledgeBase
    analyses: Analyses
    some: frozenset[str] | None = None
    """Their cases, where they are not all."""
    _links: Callable[[], Links] | None = None
    tables: dict[object, Table] = field(default_factory=dict)
    """The last tables that were counted, by what was asked, so that the next row of one costs nothing."""
    _analysed: dict[object, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, base: KnowledgeBase, cases: Collection[str] | None = None) -> "CountedLetters":
        """The letters of a base, or some, with analyses that are kept in memory alone."""
        some = None if cases is None else frozenset(cases)
        made = cls(base, Analyses.of(base), some)
        made.analyses = Analyses(
            base.generation, made.scan_facts, None, made.scan_determinations, searching(base)
        )
        return made

    @property
    def index(self) -> Index:
        """Their decisions."""
        return self.analyses.index

    def table(self, asked: object, make: Callable[[], Table]) -> Table:
        """A table that is counted once."""
        table: Table = _kept(self.tables, asked, make)
        return table

    def analysed(self, asked: object, make: Callable[[], _Made]) -> _Made:
        """An analysis that several tables are taken from, made once."""
        made: _Made = _kept(self._analysed, asked, make)
        return made

    @cached_property
    def links(self) -> Links:
        """Who is linked to what."""
        return self._links() if self._links else Links(self.index, self.scan_facts())

    def scan_facts(self) -> pl.LazyFrame:
        """Their facts."""
        return self._of(self.base.scan_facts())

    def scan_determinations(self) -> pl.LazyFrame:
        """A row for each letter."""
        return self._of(self.base.scan_determinations())

    def rows(self, table: str, *, columns: Collection[str] | None = None) -> "Iterator[RecordBatch]":
        """A table of theirs without polars, as that of a base."""
        return self.base.rows(table, self.some, columns=columns)

    def scan_sentences(self) -> pl.LazyFrame:
        """The sentences of their rationales."""
        return self._of(self.base.scan_sentences())

    def _of(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        return frame if self.some is None else frame.filter(pl.col("case").is_in(list(self.some)))

    def graph(self) -> Graph:
        """Their triples.

        Raises:
            SettingError: they are too many to be set apart from the others.
        """
        if self.some is None:
            return self.base.graph
        if len(self.some) > _SET_APART:
            raise SettingError(f"a query is asked again of at most {_SET_APART:,} letters of a generation")
        return self.analysed("graph", lambda: as_graph(of_cases(self.base.folder, sorted(self.some or ()))))

    def holding(self, words: str) -> list[str]:
        """The cases of those that hold all the words of a search."""
        found = Search(self.base).cases(words)
        return found if self.some is None else [case for case in found if case in self.some]

    def cases(self, counted: Mask | None = None) -> list[str]:
        """The cases of some of the decisions; without ``counted`` of all letters, decided or not."""
        if counted is None:
            return self.scan_determinations().select("case").collect()["case"].sort().to_list()
        return self._names.gather(np.unique(self.index.letter[counted])).sort().to_list()

    @cached_property
    def _names(self) -> pl.Series:
        """The case of each letter, by its number in the index."""
        letter = self.index.letter
        size = int(letter.max(initial=-1)) + 1
        first = np.zeros(size, np.int64)
        first[letter[::-1]] = np.arange(len(letter))[::-1]
        return self.index.columns("case")["case"].cast(pl.String).gather(first)
