"""One generation of the knowledge base, made ready for pages and the API."""

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np

from kg.analysis import labels
from kg.analysis.cache import Analyses
from kg.analysis.covariates import NOTHING, USUAL
from kg.analysis.covariates import wanted as covariates
from kg.analysis.coverage import Coverage, coverage
from kg.analysis.decisions import LEVELS, PARTIES, Index
from kg.analysis.drivers import Drivers, drivers
from kg.analysis.filters import FILTERS, Filters
from kg.analysis.reasons.stock_sentences import Repeated, Stock, of_letter, stock
from kg.analysis.related.features import Features
from kg.analysis.related.outside import asked_cases
from kg.analysis.related.rankings import AskedCase, case_of
from kg.analysis.search import Search
from kg.base.building.read import specialty_labels
from kg.base.store import KnowledgeBase
from kg.cited.citable import Citable, Figure
from kg.cited.counted_letters import CountedLetters
from kg.cited.figure_address import Asked
from kg.errors import UnknownError
from kg.explore import case_lists, drawing
from kg.explore.incidence import Ids
from kg.explore.neighbours import Figures, Links, address
from kg.explore.row_types import FeatureRow
from kg.explore.suggest import Suggestions
from kg.model import Determination
from kg.questions.complete import complete
from kg.web.problems import ProblemError

T = TypeVar("T")
_KEPT = 256
_FIRST_LETTERS = 24
"""Letters that are read before the first is asked for: grammars are quick once they know some."""
_MINIMUM = 10  # decisions of a row that has figures, where nobody says otherwise
SENTENCES = 25
"""Stock sentences on a page."""
PATIENCE = 8.0
"""Seconds that an answer waits for what another one is making."""
_KEPT_BYTES = 32_000_000


class Pages:
    """Pages that were asked for lately, packed as ``gzip`` does, up to some megabytes."""

    def __init__(self, most: int = _KEPT_BYTES) -> None:
        self._pages: OrderedDict[str, bytes] = OrderedDict()
        self._most, self._size = most, 0
        self._lock = threading.Lock()

    def get(self, key: str, make: Callable[[], bytes]) -> bytes:
        """The page kept under ``key``, packed; made where it is not."""
        with self._lock:
            if key in self._pages:
                self._pages.move_to_end(key)
                return self._pages[key]
        page = gzip.compress(make(), compresslevel=1, mtime=0)  # a fifteenth of what it takes to make it
        with self._lock:
            self._size += len(page) - len(self._pages.pop(key, b""))
            self._pages[key] = page
            while self._size > self._most:
                self._size -= len(self._pages.popitem(last=False)[1])
        return page


class Site:
    """A generation with what is computed from it once."""

    has_letters = True
    """Whether the letters' texts are here."""

    def __init__(self, base: KnowledgeBase) -> None:
        self.base = base
        self.generation = base.generation
        self.pages = Pages()
        self._kept: OrderedDict[Any, Any] = OrderedDict()
        self._lock = threading.Lock()
        self._fitting = threading.Semaphore()

    @classmethod
    def opened(cls, path: Path) -> "Site":
        """The generation that is served now, ready to answer at once.

        Raises:
            BaseError: it cannot be opened.
        """
        site = cls(KnowledgeBase.open(path))
        site.prepare()
        return site

    def prepare(self) -> None:
        """Compute what most answers need, before the first is asked."""
        with self._lock:
            _ = self.features, self.links.kinds, self.links.texts, self.suggestions, self.figures
        _ = self.coverage
        for level in LEVELS[:2]:
            self.drivers(level, "reviewer", Filters(), _MINIMUM)
        self.index.values("guideline")

    def load_the_rest(self) -> None:
        """Load pyvis, the grammars and stock sentences, and count what every page of a guideline shows.

        So the first who asks need not wait for them.
        """
        drawing.html(drawing.View([], []))
        complete(self.index, "o")
        for case in self.base.cases()[:_FIRST_LETTERS]:
            self.base.determination(case)
        for name in FILTERS:
            self.index.values(name)
        for party in PARTIES:
            for level in LEVELS:
                self.counted(level, party, Filters())
        self.stock_sentences(Filters(), alike=False, minimum=2, limit=SENTENCES, offset=0)

    @cached_property
    def analyses(self) -> Analyses:
        """What is counted once and kept beside the generation."""
        return Analyses.of(self.base)

    @cached_property
    def index(self) -> Index:
        """The facts, ready for counting."""
        return self.analyses.index

    @cached_property
    def citable(self) -> Citable:
        """The figures that have an address."""
        return Citable(CountedLetters(self.base, self.analyses, _links=lambda: self.links))

    def cite(self, asked: Asked) -> str:
        """The address of a figure of this generation, to be cited."""
        return self.citable.cite(asked)

    @cached_property
    def links(self) -> Links:
        """Who is linked to what."""
        return Links(self.index, self.base.scan_facts())

    @cached_property
    def features(self) -> Features:
        """What cases share."""
        return self.analyses.features

    @cached_property
    def search(self) -> Search:
        """The words of the letters."""
        return Search(self.base)

    @cached_property
    def suggestions(self) -> Suggestions:
        """The names of the nodes."""
        return Suggestions(self.links)

    @cached_property
    def coverage(self) -> Coverage:
        """Extraction coverage."""
        return coverage(self.base)

    @cached_property
    def figures(self) -> Figures:
        """How all decisions ended."""
        return self.links.figures(np.arange(len(self.index)))

    @cached_property
    def years(self) -> tuple[int, int] | None:
        """The first and last year of decision."""
        years = self.index.decisions["year"].drop_nulls().unique().sort().to_list()
        return (years[0], years[-1]) if years else None

    def cited(self, kind: str) -> list[dict[str, Any]]:
        """The features of a kind with how the decisions that have them ended."""
        return self.kept(("cited", kind), lambda: self._cited(kind))

    def _cited(self, kind: str) -> list[dict[str, Any]]:
        found = self.links.kinds[kind]
        rows = []
        for number, node in enumerate(found.nodes):
            counts = self.links.figures(found.any.having(number))
            about = FeatureRow(
                notation=node.partition("/")[2],
                iri=address(node),
                label=labels.label(node),
                kind=kind,
                **counts._asdict(),
                overturn_rate=counts.rate,
            )
            rows.append(asdict(about))
        return rows

    def place(self, notation: str) -> dict[str, Any]:
        """A place in a guideline: its figures by party, what is above and beneath it.

        Raises:
            UnknownError: it is not in the catalogue and nobody cites it.
        """
        node = f"guideline/{notation}"
        concept = labels.concepts().get(node)
        if concept is None and not self.links.has(node):
            raise UnknownError(f"there is no guideline {notation!r}")
        by_party = {}
        for party in ("reviewer", "claims_administrator", "any"):
            found = self.links.decisions(node, party) if self.links.has(node) else np.arange(0)
            by_party[party] = self.links.figures(found)._asdict()
        under = notation + "/"
        return {
            "notation": notation,
            "iri": address(node),
            "label": labels.label(node),
            "part_of": labels.above(node),
            "first_page": concept.first if concept else None,
            "last_page": concept.last if concept else None,
            "cited": by_party,
            "pages": [row for row in self.cited("page") if row["notation"].startswith(f"{under}page/")],
            "sections": [
                row for row in self.cited("section") if row["notation"].startswith((under, f"{notation}#"))
            ],
            "chapters": [row for row in self.cited("chapter") if row["notation"].startswith(under)],
        }

    def forget(self) -> None:
        """Let go of pages and tables that were kept because they were asked for lately."""
        self.pages = Pages()
        with self._lock:
            self._kept.clear()

    def etag(self, *parts: str) -> str:
        """A tag that is the same for the same question on the same generation."""
        text = "\0".join((self.generation, *parts))
        return f'"{hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:24]}"'

    def kept(self, key: Any, compute: Callable[[], T]) -> T:
        """What ``compute`` gives, kept while it is among the last asked for."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return cast("T", self._kept[key])
        value = compute()
        with self._lock:
            self._kept[key] = value
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return value

    def drivers(
        self, level: str, party: str, filters: Filters, minimum: int, adjust: str | None = None
    ) -> Drivers:
        """Associations between citations and outcomes.

        Raises:
            UnknownError, SettingError: an option is not one there is.
        """
        equal = covariates(adjust)
        if not filters.given() and equal == USUAL:
            return self.analyses.drivers(level, party, minimum=minimum)
        key = ("drivers", level, party, filters, equal)
        return self.kept(key, lambda: self._fitted(level, party, filters, equal)).shown(minimum)

    def drivers_of(
        self, generation: str, level: str, party: str, filters: Filters, minimum: int, adjust: str
    ) -> Drivers:
        """The associations in this or an earlier generation.

        Raises:
            UnknownError: there was none such, or its letters are not all there as they were.
            SettingError: an option is not one there is.
        """
        if generation == self.generation:
            return self.drivers(level, party, filters, minimum, adjust)

        def count() -> Drivers:
            with self._fitted_alone(), self.citable.of_generation(generation) as letters:
                return drivers(letters.index, level, party, filters, adjust=covariates(adjust) or (NOTHING,))

        return self.kept(("drivers of", generation, level, party, filters, adjust), count).shown(minimum)

    def counted(self, level: str, party: str, filters: Filters) -> Drivers:
        """The same at once: without credible sets, unless the table with them was made before.

        Raises:
            UnknownError, SettingError: an option is not one there is.
        """
        if not filters.given():  # kept with the analyses
            return self.analyses.drivers(level, party, minimum=_MINIMUM, sets=False)
        key = ("counted", level, party, filters)
        return self.kept(key, lambda: self.analyses.drivers(level, party, filters, _MINIMUM, sets=False))

    def _fitted(self, level: str, party: str, filters: Filters, equal: tuple[str, ...]) -> Drivers:
        """A table that a visitor thought of: its sets can take seconds, so one at a time is made."""
        with self._fitted_alone():
            return drivers(self.index, level, party, filters, adjust=equal or (NOTHING,))

    @contextmanager
    def _fitted_alone(self) -> Iterator[None]:
        if not self._fitting.acquire(timeout=PATIENCE):
            raise ProblemError(
                503, "the server is busy computing tables; retry in 10 s", headers={"Retry-After": "10"}
            )
        try:
            yield
        finally:
            self._fitting.release()

    def figure(self, asked: Asked) -> Figure:
        """A cited figure again; those of a whole table of drivers, which has sets, one at a time.

        Raises:
            UnknownError, SettingError: as :meth:`~kg.cited.citable.Citable.figure`.
        """
        if asked.kind != "driver" or asked.row:
            return self.citable.figure(asked)
        with self._fitted_alone():
            return self.citable.figure(asked)

    def stock_sentences(
        self, filters: Filters, *, alike: bool, minimum: int, limit: int, offset: int
    ) -> Stock:
        """Sentences that stand in several letters.

        Raises:
            ChoiceError: there is no such filter value.
        """
        return self.kept(
            ("stock", filters, alike, minimum, limit, offset),
            lambda: stock(
                self.index,
                self.base.scan_sentences(),
                self.base.letter,
                alike=alike,
                filters=filters,
                minimum=minimum,
                limit=limit,
                offset=offset,
            ),
        )

    def repeated(self, case: str) -> tuple[Repeated, ...]:
        """The sentences of a letter's rationales, each with how many other letters have it.

        Raises:
            UnknownError: the base has no such case.
        """
        determination, text = self.base.determination(case), self.base.letter(case)
        return of_letter(determination, text, self.base.scan_sentences())

    def asked(self, letters: Sequence[tuple[Determination, str]]) -> list[AskedCase]:
        """Letters and requests, each with its text, as cases that are asked about."""
        return asked_cases(self.features, letters, specialty_labels())

    def asked_case(self, case: str) -> AskedCase:
        """A case of the base, in any spelling, as one that is asked about.

        One of whose items no outcome was understood is read from its letter: nothing is counted of it.

        Raises:
            UnknownError: the base has no such case; the text names the nearest ones.
        """
        case = self.base.spelled(case)
        if self.index.undecided and case not in self.features.cases:
            [asked] = self.asked([(self.base.determination(case), self.base.letter(case))])
            return asked
        return case_of(self.features, case)

    def decisions(self, wanted: case_lists.Wanted) -> Ids:
        """The decisions that pass, in order.

        Raises:
            UnknownError: a filter's value is not in the base.
        """
        return self.kept(("decisions", wanted), lambda: case_lists.decisions(self.links, wanted))

    def cases(
        self, wanted: case_lists.Wanted, limit: int, cursor: str | None, order: str = "case"
    ) -> case_lists.Found:
        """One page of the cases that pass.

        Raises:
            UnknownError, SettingError: a filter or the cursor is not one there is.
        """
        return case_lists.page_of(self.links, self.decisions(wanted), limit, cursor, order)
