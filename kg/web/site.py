"""One generation of the knowledge base, made ready for pages and the API."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, cast

from kg.analysis.drivers import Drivers, drivers
from kg.analysis.filters import Filters
from kg.analysis.index import Index, prepare
from kg.analysis.related import Features, Related, count, features, related
from kg.base.store import KnowledgeBase
from kg.web import cases
from kg.web.links import Links

T = TypeVar("T")
_KEPT = 256


class Site:
    """A generation with what is computed from it once."""

    def __init__(self, base: KnowledgeBase) -> None:
        self.base = base
        self.generation = base.generation
        self._kept: OrderedDict[Any, Any] = OrderedDict()
        self._lock = threading.Lock()

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
        """Compute what every answer needs, before the first is asked."""
        with self._lock:
            _ = self.features, self.links.kinds, self.links.texts

    @cached_property
    def index(self) -> Index:
        """The facts, ready for counting."""
        return prepare(self.base.scan_facts())

    @cached_property
    def links(self) -> Links:
        """Who is linked to what."""
        return Links(self.index, self.base.scan_facts())

    @cached_property
    def features(self) -> Features:
        """What cases share."""
        return features(self.index)

    def etag(self, *parts: str) -> str:
        """A tag that is the same for the same question on the same generation."""
        text = "\0".join((self.generation, *parts))
        return f'"{hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:24]}"'

    def _once(self, key: Any, compute: Callable[[], T]) -> T:
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

    def drivers(self, level: str, party: str, filters: Filters, minimum: int, strata: str) -> Drivers:
        """What is cited where items are overturned.

        Raises:
            UnknownError, SettingError: an option is not one there is.
        """
        key = ("drivers", level, party, filters, minimum, strata)
        return self._once(key, lambda: drivers(self.index, level, party, filters, minimum, strata=strata))

    def related(
        self, case: str, outcome: str | None, limit: int, cursor: str | None, filters: Filters
    ) -> Related:
        """Cases like ``case``.

        Raises:
            UnknownError, SettingError: an option is not one there is.
        """
        return related(self.features, case, outcome, limit, cursor, filters=filters)

    def related_count(self, case: str, outcome: str | None, filters: Filters) -> int:
        """How many cases :meth:`related` gives in all.

        Raises:
            UnknownError: an option is not one there is.
        """
        key = ("related", case, outcome, filters)
        return self._once(key, lambda: count(self.features, case, outcome, filters))

    def cases(self, wanted: cases.Wanted, limit: int, cursor: str | None) -> cases.Found:
        """One page of the cases that pass.

        Raises:
            UnknownError, SettingError: a filter or the cursor is not one there is.
        """
        found = self._once(("decisions", wanted), lambda: cases.decisions(self.links, wanted))
        return cases.page_of(self.links, found, limit, cursor)
