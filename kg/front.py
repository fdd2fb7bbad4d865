"""The front door's knowledge base: what is stored, and the questions that may be asked of it."""

from typing import TYPE_CHECKING

from kg import queries
from kg.base import store

if TYPE_CHECKING:
    from kg.queries import Answer


class KnowledgeBase(store.KnowledgeBase):
    """A knowledge base opened to be read, with the named queries of ``ontology/queries/``."""

    def query(self, name: str, **parameters: object) -> "Answer":
        """The rows of the named query ``name``.

        Raises:
            UnknownError: there is no query of that name.
            QueryError: a parameter is missing, unknown or not of its type.
        """
        return queries.run(self, name, **parameters)
