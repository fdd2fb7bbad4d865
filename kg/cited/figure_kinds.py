"""The kinds of figures that can be cited: what each takes, the letters that it counts, and its values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from kg.analysis.decisions import Mask
from kg.analysis.filters import unknown
from kg.cited import counted_decisions as of
from kg.cited import figure_tables as tables
from kg.cited import query_tables
from kg.cited.counted_letters import CountedLetters, Table
from kg.cited.wanted import LISTED, NOT, PARTS, Values, Wanted
from kg.errors import ChoiceError


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of figure: what it takes, how it is counted, and over which decisions.

    ``row`` says what its row is; ``whole`` whether there are figures without one. ``counted`` is ``None``
    for what is counted of all letters, decided or not.
    """

    takes: tuple[str, ...]
    row: str
    counted: Callable[[CountedLetters, Wanted], Mask] | None
    table: Callable[[CountedLetters, Wanted], Table]
    words: str
    parts: tuple[str, ...] = ()
    whole: bool = False
    needs: tuple[str, ...] = ()
    filtered: bool = True
    """Whether it takes filters."""
    party: str = "reviewer"
    """Whose citations count where an address does not say."""
    holding: Callable[[CountedLetters, Wanted], list[str]] | None = None
    """The cases of the letters that it counts, where no decisions say which they are."""
    by_row: bool = False
    """Whether its table is counted for one row alone."""
    called: str = "row"
    """What a row is called where there is none of the name."""

    def cases(self, letters: CountedLetters, asked: Wanted) -> list[str]:
        """The cases of the letters that it counts."""
        if self.holding:
            return self.holding(letters, asked)
        return letters.cases(None if self.counted is None else self.counted(letters, asked))

    def values(self, letters: CountedLetters, asked: Wanted) -> Values:
        """The figures.

        Raises:
            ChoiceError: there is no such row.
        """
        table = self.every(letters, asked)
        if not asked.row:
            return table.whole or {}
        if asked.row not in table.rows:
            raise unknown(self.called, asked.row, table.rows, ChoiceError)
        return table.rows[asked.row]

    def every(self, letters: CountedLetters, asked: Wanted) -> Table:
        """The whole table."""
        row = asked.row if self.by_row else bool(asked.row) and "row"
        wanted = (row, replace(asked, row="", generation="", inputs=""))
        return letters.table(wanted, lambda: self.table(letters, asked))


_OPTIONS = ("level", "party", "row")

KINDS: Mapping[str, Kind] = {
    "outcomes": Kind(
        ("party",), "", of.passing, tables.of_outcomes, "Outcomes of decisions", (NOT,), whole=True
    ),
    "comparison": Kind(
        ("party",),
        *("", of.of_either, tables.comparison, "Outcomes of two groups of decisions", PARTS),
        whole=True,
    ),
    "driver": Kind(
        ("level", "party", "row", "adjust"),
        *("what is cited", of.at_risk, tables.driver, "Association of what is cited with outcomes"),
        whole=True,
    ),
    "month": Kind(
        ("party", "key", "row"),
        *("a month such as 2016-03", of.of_trend, tables.month, "Outcomes of one month"),
        called="month",
    ),
    "change": Kind(
        ("party", "key", "row"),
        *("a day such as 2016-07-28", of.of_trend, tables.change, "Change of outcomes at an edition"),
        whole=True,
        called="change",
    ),
    "group": Kind(
        ("by", "across", "party", "row"),
        *("the value that is counted by, or two with | between them", of.passing, tables.group),
        "Outcomes by what decisions have",
    ),
    "agreement": Kind(
        ("level", "by", "row"),
        "how the citations stand to one another, such as same, after a value that is counted by",
        *(of.of_any, tables.agreement, "Outcomes by agreement of both parties' citations"),
        whole=True,
    ),
    "pair": Kind(
        ("level", "row"),
        "what the administrator and what the reviewer cites, with | between them",
        *(of.of_any, tables.pair, "Outcomes by what both parties cite"),
    ),
    "silent": Kind(
        ("level", "row"),
        *("the party", of.of_any, tables.silent, "Decisions in which a party cites nothing"),
    ),
    "link": Kind(
        ("links", *_OPTIONS, "minimum", "q"),
        "the two ends, with | between them",
        *(of.of_links, tables.link, "What occurs together in letters"),
        whole=True,
    ),
    "linked": Kind(
        ("links", *_OPTIONS, "minimum", "q"),
        *("the node and its kind, with | between them", of.of_links, tables.linked, "A node of a network"),
    ),
    "ground": Kind(
        ("by", "key", "party", "row"),
        "what is counted by, the ground, and yes if it is met or no, with | between them",
        *(of.of_every, tables.ground, "Grounds that reviewers state"),
        whole=True,
    ),
    "specification": Kind(
        ("key", *_OPTIONS),
        *("the name of a specification", of.of_specifications, tables.specification),
        "Association of what is cited with outcomes under several specifications",
        whole=True,
        needs=("key",),
    ),
    "sentence": Kind(
        ("alike", "minimum", "row"),
        *(
            "the digest of a sentence",
            of.passing,
            tables.sentence,
            "Sentences that appear in several letters",
        ),
        whole=True,
        by_row=True,
    ),
    "answer": Kind(
        ("q", "row"),
        *("what the row is counted by", of.of_question, tables.answered, "Answer to a question"),
        whole=True,
        needs=("q",),
        filtered=False,
    ),
    "node": Kind(
        ("node", "party"),
        *("", of.of_node, tables.node, "Outcomes of the decisions of a node of the graph"),
        whole=True,
        party="any",
        needs=("node",),
        filtered=False,
    ),
    "wording": Kind(
        ("text",),
        *("", of.of_wording, tables.wording, "Outcomes of the decisions on items in the same words"),
        whole=True,
        needs=("text",),
        filtered=False,
    ),
    "neighbour": Kind(
        ("node", "relation", "row"),
        *("the node that the relation leads to", of.of_neighbours, tables.neighbour),
        "Decisions that two nodes of the graph share",
        whole=True,
        needs=("node", "relation"),
        filtered=False,
    ),
    "cases": Kind(
        LISTED,
        *("", of.of_list, tables.listed, "Outcomes of the decisions of a list of cases"),
        whole=True,
        party="any",
    ),
    "stated": Kind(
        (*LISTED, "row"),
        "the ground, and yes if it is met or no, with | between them",
        *(of.of_every, tables.stated, "Grounds that reviewers state in a list of cases"),
        whole=True,
        party="any",
    ),
    "flow": Kind(
        (*LISTED, "level", "row"),
        "a service, what the reviewer cites, and an outcome, with | between them",
        *(of.of_list, tables.flow, "Decisions of a list of cases by service, citation and outcome"),
        whole=True,
        party="any",
    ),
    "search": Kind(
        ("q",),
        *("", None, tables.search, "Letters that hold all the words"),
        whole=True,
        needs=("q",),
        filtered=False,
        holding=lambda letters, asked: letters.holding(asked.q),
    ),
    "similar": Kind(
        ("case", "outcome", "mode", "row"),
        *("a similar case", of.of_every, tables.similar, "Similarity of cases"),
        whole=True,
        by_row=True,
        needs=("case",),
    ),
    "query": Kind(
        ("query", "given", "row"),
        *("what the row is counted by, its values with | between them", None, query_tables.answered),
        "Answer to a named query",
        whole=True,
        needs=("query",),
        filtered=False,
    ),
    "field": Kind(
        ("row",),
        "the name of a field, alone or before a template, or what could not be read",
        *(None, tables.field, "Coverage of the letters by what was read"),
        whole=True,
        filtered=False,
    ),
}
"""Every kind of figure by name."""
