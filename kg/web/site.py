"""One generation of the knowledge base, made ready for pages and the API."""

from functools import cached_property
from pathlib import Path

from kg.analysis.index import Index, prepare
from kg.base.store import KnowledgeBase


class Site:
    """A generation with what is computed from it once."""

    def __init__(self, base: KnowledgeBase) -> None:
        self.base = base
        self.generation = base.generation

    @classmethod
    def opened(cls, path: Path) -> "Site":
        """The generation that is served now, ready to answer at once.

        Raises:
            BaseError: it cannot be opened.
        """
        return cls(KnowledgeBase.open(path))

    @cached_property
    def index(self) -> Index:
        """The facts, ready for counting."""
        return prepare(self.base.facts)
