"""An open knowledge base at the front door: what is stored, and the questions that can be asked of it."""

from functools import cached_property
from typing import TYPE_CHECKING

from kg import queries
from kg.base.store import KnowledgeBase
from kg.errors import extras

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.analysis.cache import Analyses
    from kg.analysis.driver_row.robustness import Robustness
    from kg.analysis.drivers import Drivers
    from kg.analysis.filters import Filters, Given
    from kg.analysis.network import Network
    from kg.analysis.outcomes import Outcomes
    from kg.analysis.reasons.ground_rates import Grounds
    from kg.analysis.reasons.stock_sentences import Stock
    from kg.analysis.related.rankings import Related
    from kg.analysis.search import Hits, Search
    from kg.analysis.sides import Sides
    from kg.analysis.trends import Trends
    from kg.cited.citable import Citable
    from kg.claims.claim import Checked
    from kg.queries import Answer
    from kg.questions.answers import Answer as Asked


class OpenBase(KnowledgeBase):
    """A knowledge base opened to be read and asked; make it with :func:`kg.open`.

    Its questions take the parameters of the ``kg`` command and of the API, by the same names. Filters
    (``year``, ``category``, ``drug``, ...) take one value or a list of them, ranges as ``"2014-2016"``. What
    analyses need comes with the extra ``analysis``: without it they raise ``ExtraError``.
    """

    @cached_property
    @extras()
    def analyses(self) -> "Analyses":
        """The analyses, made once and kept beside the generation."""
        from kg.analysis.cache import Analyses

        return Analyses.of(self)

    def query(self, query: str, **parameters: object) -> "Answer":
        """The rows of a named query, or of a SPARQL text.

        Raises:
            UnknownError: there is no query of that name.
            QueryError: a parameter is missing, unknown or not of its type, or the text is not SPARQL.
        """
        return queries.run(self, queries.find(query), **parameters)

    @extras()
    def drivers(
        self,
        level: str = "page",
        party: str = "reviewer",
        *,
        minimum: int = 10,
        adjust: "str | Iterable[str] | None" = None,
        sets: bool = True,
        **filters: "Given",
    ) -> "Drivers":
        """Associations between citations and outcomes, as :func:`kg.analysis.drivers.drivers` counts it.

        Raises:
            ChoiceError, SettingError: a parameter or filter has a value that it cannot have.
        """
        return self.analyses.drivers(level, party, _filters(filters), minimum, adjust=adjust, sets=sets)

    @extras()
    def related(
        self,
        case: str,
        outcome: str | None = None,
        limit: int = 10,
        cursor: str | None = None,
        *,
        mode: str = "precedent",
        **filters: "Given",
    ) -> "Related":
        """Cases like ``case``, through their items, as :func:`kg.analysis.related.rankings.related`.

        What is not in the base is asked about with ``analyses.related(analyses.asked(letter, text))``.

        Raises:
            UnknownError: there is no such case.
            ChoiceError, SettingError: a parameter or filter has a value that it cannot have.
        """
        return self.analyses.related(
            self.spelled(case), outcome, limit, cursor, filters=_filters(filters), mode=mode
        )

    @extras()
    def network(
        self,
        kind: str = "together",
        level: str = "page",
        party: str = "reviewer",
        *,
        minimum: int = 10,
        q: float = 0.05,
        **filters: "Given",
    ) -> "Network":
        """What is cited together, or by whom for what, as :func:`kg.analysis.network.network` draws it.

        Raises:
            ChoiceError, SettingError: a parameter or filter has a value that it cannot have.
        """
        from kg.analysis.network import network

        return network(self.analyses.index, kind, level, party, _filters(filters), minimum, q)

    @extras()
    def sides(
        self, level: str = "page", *, by: str | None = None, minimum: int = 10, **filters: "Given"
    ) -> "Sides":
        """What the two parties cite for the same item, as :func:`kg.analysis.sides.sides` compares it.

        ``by`` names one of :data:`kg.analysis.outcomes.GROUPINGS`, for the table ``groups``.

        Raises:
            ChoiceError, SettingError: a parameter or filter has a value that it cannot have.
        """
        from kg.analysis.outcomes import grouping
        from kg.analysis.sides import sides

        index = self.analyses.index
        return sides(index, level, _filters(filters), minimum, grouping(index, by))

    @extras()
    def robustness(
        self, key: str, level: str = "page", party: str = "reviewer", **filters: "Given"
    ) -> "Robustness":
        """One row under several specifications: :func:`kg.analysis.driver_row.robustness.robustness`.

        Raises:
            ChoiceError, SettingError: the key, a parameter or filter has a value that it cannot have.
        """
        from kg.analysis.driver_row.robustness import robustness

        return robustness(self.analyses.index, key, level, party, _filters(filters))

    @extras()
    def trends(self, key: str | None = None, party: str = "reviewer", **filters: "Given") -> "Trends":
        """Outcomes by month and at each change of edition, as :func:`kg.analysis.trends.trends` counts.

        Raises:
            ChoiceError, SettingError: the key, the party or a filter has a value that it cannot have.
        """
        from kg.analysis.trends import trends

        return trends(self.analyses.index, key, party, _filters(filters))

    @extras()
    def ask(self, question: str) -> "Asked":
        """The answer to a question in words, with how it was understood.

        Raises:
            QuestionError: words of it mean nothing here, or it asks what cannot be answered.
        """
        from kg.questions.answers import ask

        return ask(self.analyses, question)

    @cached_property
    @extras()
    def _citable(self) -> "Citable":
        """The figures that have an address."""
        from kg.cited.citable import Citable

        return Citable.of(self, self.analyses)

    @extras()
    def check(self, text: str) -> "Checked":
        """The claims of a text about cases, counts and rates, each part with its verdict.

        Raises:
            SettingError: the text is too long, or has too many claims.
        """
        from kg.claims.check import check

        return check(self._citable, text)

    @extras()
    def outcomes(
        self,
        by: str,
        across: str | None = None,
        party: str = "reviewer",
        *,
        minimum: int = 10,
        **filters: "Given",
    ) -> "Outcomes":
        """Outcomes by ``specialty``, ``drug``, ``year``, ...: :func:`kg.analysis.outcomes.outcomes`.

        Raises:
            ChoiceError, SettingError: a parameter or filter has a value that it cannot have.
        """
        from kg.analysis.outcomes import outcomes

        return outcomes(self.analyses.index, by, across, party, _filters(filters), minimum)

    @extras()
    def grounds(
        self,
        by: str = "all",
        key: str | None = None,
        party: str = "reviewer",
        *,
        minimum: int = 10,
        **filters: "Given",
    ) -> "Grounds":
        """Grounds that reviewers state, as :func:`kg.analysis.reasons.ground_rates.grounds` counts them.

        Raises:
            UnknownError: no decision has the key.
            ChoiceError, SettingError: a parameter or filter has a value that it cannot have.
        """
        from kg.analysis.reasons.ground_rates import grounds

        return grounds(self.analyses.index, by, key, party, _filters(filters), minimum)

    @extras()
    def sentences(
        self, *, alike: bool = False, minimum: int = 2, limit: int = 100, **filters: "Given"
    ) -> "Stock":
        """Sentences of several letters, as :func:`kg.analysis.reasons.stock_sentences.stock` counts them.

        Raises:
            ChoiceError, SettingError: a filter has a value that it cannot have.
        """
        from kg.analysis.reasons.stock_sentences import stock

        index, wanted = self.analyses.index, _filters(filters)
        said = self.scan_sentences()
        return stock(index, said, self.letter, alike=alike, filters=wanted, minimum=minimum, limit=limit)

    @extras()
    def search(self, q: str, limit: int = 10, offset: int = 0) -> "Hits":
        """The letters that hold all the words of ``q``, the best first; a phrase is quoted.

        Raises:
            SettingError: there is no word in ``q``, or too many.
            BaseError: the index cannot be made or read.
        """
        return self._search.find(q, limit, offset)

    @cached_property
    @extras()
    def _search(self) -> "Search":
        from kg.analysis.search import Search

        return Search(self)


def _filters(given: "dict[str, Given]") -> "Filters":
    from kg.analysis.filters import Filters

    return Filters.of(**given)
