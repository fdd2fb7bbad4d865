"""Networks of what is cited, for what service, by whom, and how it ends: networkx graphs from counts.

A node is named by the path of its IRI: ``guideline/chronic-pain/2009/page/98``,
``service/injection``, ``specialty/neurology``, ``outcome/upheld``.
"""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Annotated, Any

import networkx as nx
import numpy as np
import polars as pl

from kg.analysis.columns import Column, Decisions, Overturned, label, names, schema
from kg.analysis.decisions import OUTCOMES, Cited, Index, Valued
from kg.analysis.filters import Filters, choose, unknown
from kg.graph import iri
from kg.model import Outcome
from kg.statistics.chance import Had, Together, together

KINDS = ("together", "services", "specialties")
"""Keys cited together; guideline by service by outcome; specialty by guideline."""

HELP = (
    "A link of keys cited together, or of a specialty and a guideline, is drawn when more decisions have "
    "both than chance would have it (hypergeometric, Benjamini-Yekutieli over all pairs): it tells that "
    "they go together, not why."
)

SEED = 20160701
_PIVOTS = 32


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link of a network."""

    source: Annotated[str, Column("Source", "node at one end", "key")]
    target: Annotated[str, Column("Target", "node at the other end", "key")]
    relation: Annotated[str, Column("Relation", "what the link says", "text")]
    decisions: Annotated[int, Column("Decisions", "decisions that have both", "count")]
    expected: Annotated[float | None, Column("Expected", "decisions that would have both by chance")]
    q_value: Annotated[float | None, Column("q", "of the test against chance", form="{:.3f}")]


@dataclass(frozen=True, slots=True)
class NodeRow:
    """A node of a network."""

    node: Annotated[str, Column("Node", "path of the node's IRI", "key")]
    kind: Annotated[str, Column("Kind", "guideline, service, specialty or outcome", "key")]
    label: Annotated[str, Column("Label", "what the node is called", "text")]
    decisions: Decisions
    overturned: Overturned
    community: Annotated[int, Column("Community", "number of the community, the largest first", "text")]
    degree: Annotated[int, Column("Degree", "links of the node", "count")]
    strength: Annotated[int, Column("Strength", "decisions of these links together", "count")]
    pagerank: Annotated[float, Column("PageRank", "of the node, weighted by decisions", form="{:.3f}")]
    betweenness: Annotated[
        float, Column("Betweenness", "share of the shortest paths through the node", form="{:.3f}")
    ]


@dataclass(frozen=True, slots=True)
class Relation:
    """How many neighbours of one kind a node has by one relation, and the decisions behind them."""

    relation: Annotated[str, Column("Relation", "what the links say", "key")]
    kind: Annotated[str, Column("Kind", "kind of the neighbours", "key")]
    nodes: Annotated[int, Column("Nodes", "neighbours", "count")]
    decisions: Annotated[int, Column("Decisions", "decisions of these links together", "count")]


@dataclass(frozen=True, eq=False)
class Network:
    """A graph; its nodes have ``kind, label, decisions, overturned, community`` and centralities.

    ``degree`` counts links, ``strength`` their decisions, ``pagerank`` and ``betweenness`` are as in
    networkx (betweenness from at most 32 nodes, drawn with a fixed seed). ``communities`` are those of
    Louvain's method, the largest first, each named by its three strongest nodes.
    """

    kind: str
    level: str
    party: str
    filters: Filters
    graph: "nx.Graph[str]" = field(repr=False)
    communities: tuple[str, ...]

    def to_frame(self) -> pl.DataFrame:
        """The links, a :class:`LinkRow` each; the strongest first."""
        rows = [
            {"source": source, "target": target} | {name: value.get(name) for name in names(LinkRow)[2:]}
            for source, target, value in self.graph.edges(data=True)
        ]
        frame = pl.DataFrame(rows, schema=schema(LinkRow))
        return frame.sort("decisions", "source", "target", descending=[True, False, False])

    def nodes(self) -> pl.DataFrame:
        """The nodes, a :class:`NodeRow` each; the strongest first."""
        rows = [{"node": node} | values for node, values in self.graph.nodes(data=True)]
        frame = pl.DataFrame(rows, schema=schema(NodeRow))
        return frame.sort("strength", "node", descending=[True, False])

    def neighbourhood(self, node: str) -> tuple[Relation, ...]:
        """What would be shown if ``node`` were expanded, by relation and kind, without expanding it.

        Raises:
            UnknownError: there is no such node; the sentence names the nearest.
        """
        if node not in self.graph:
            raise unknown("node", node, self.graph)
        found: dict[tuple[str, str], list[int]] = {}
        for other, values in self.graph[node].items():
            of = values["relation"], self.graph.nodes[other]["kind"]
            found.setdefault(of, []).append(values["decisions"])
        return tuple(Relation(*of, len(counts), sum(counts)) for of, counts in sorted(found.items()))

    def around(self, node: str) -> pl.DataFrame:
        """:meth:`neighbourhood` as a frame."""
        return pl.DataFrame(list(map(asdict, self.neighbourhood(node))), schema=schema(Relation))

    def graphml(self) -> str:
        """The graph as GraphML."""
        return "\n".join(nx.generate_graphml(_plain(self.graph), prettyprint=True)) + "\n"

    def gexf(self) -> str:
        """The graph as GEXF, for Gephi; without the date of writing, so that equal graphs are equal texts."""
        text = "\n".join(nx.generate_gexf(_plain(self.graph), prettyprint=True)) + "\n"
        return re.sub(r' lastmodifieddate="[^"]*"', "", text)


def network(
    index: Index,
    kind: str = "together",
    level: str = "page",
    party: str = "reviewer",
    filters: Filters | None = None,
    minimum: int = 10,
    q: float = 0.05,
) -> Network:
    """Make one of :data:`KINDS` from the decisions under ``filters``.

    Only keys, services and specialties with the ``minimum`` count are nodes; only links with a q-value
    below ``q`` are drawn, but for services and outcomes, whose links are all counts of at least ``minimum``.

    Raises:
        UnknownError: there is no such kind, level, party or filter value; the sentence names the nearest.
    """
    choose("kind of network", kind, KINDS)
    wanted = filters or Filters()
    chosen = index.chosen(wanted, party)
    size = len(index) if chosen is None else int(chosen.sum())
    cited = index.cited(level, party).within(chosen)
    keys = _Side.of_keys(index, cited, minimum)
    graph: nx.Graph[str] = nx.Graph()
    if kind == "together":
        keys.add_to(graph)
        _link(graph, keys, keys, together(keys.had, None, size), "cited together", q)
    elif kind == "specialties":
        held = _Side.of_values(index, index.valued("specialties").within(chosen), "specialty", minimum)
        keys.add_to(graph)
        held.add_to(graph)
        _link(graph, held, keys, together(held.had, keys.had, size), "cites", q)
    else:
        kinds = _Side.of_values(index, index.valued("category").within(chosen), "service", minimum)
        ended = index.outcome if chosen is None else index.outcome[chosen]
        _services(graph, keys, kinds, np.bincount(ended, minlength=len(OUTCOMES)).tolist(), minimum)
    graph.remove_nodes_from(list(nx.isolates(graph)))
    return Network(kind, level, party, wanted, graph, _measured(graph))


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """Nodes of one kind, and the decisions that have each."""

    kind: str
    names: tuple[str, ...]
    labels: tuple[str, ...]
    had: Had
    counts: np.ndarray[Any, np.dtype[np.int64]]

    @classmethod
    def of_keys(cls, index: Index, cited: Cited, minimum: int) -> "_Side":
        names = [f"guideline/{key}" for key in cited.keys["key"]]
        labels = [label(row) for row in cited.keys.iter_rows(named=True)]
        return cls._of(index, "guideline", names, labels, cited.decision, cited.key, minimum)

    @classmethod
    def of_values(cls, index: Index, valued: Valued, scheme: str, minimum: int) -> "_Side":
        names = [f"{scheme}/{iri.slug(name)}" for name in valued.names]
        return cls._of(index, scheme, names, list(valued.names), valued.decision, valued.value, minimum)

    @classmethod
    def _of(
        cls, index: Index, kind: str, names: list[str], labels: list[str], row: Any, column: Any, minimum: int
    ) -> "_Side":
        outcomes = np.bincount(column * 3 + index.outcome[row], minlength=3 * len(names)).reshape(-1, 3)
        often = np.flatnonzero(outcomes.sum(1) >= minimum)
        place = np.full(len(names), -1)
        place[often] = np.arange(often.size)
        kept = place[column] >= 0
        had = Had(row[kept].astype(np.int64), place[column[kept]], often.size)
        labels = [labels[number] for number in often]
        return cls(kind, tuple(names[number] for number in often), tuple(labels), had, outcomes[often])

    def add_to(self, graph: "nx.Graph[str]") -> None:
        for name, words, counts in zip(self.names, self.labels, self.counts.tolist(), strict=True):
            graph.add_node(name, kind=self.kind, label=words, decisions=sum(counts), overturned=counts[1])


def _link(
    graph: "nx.Graph[str]", left: _Side, right: _Side, pairs: Together, relation: str, q: float
) -> None:
    kept = pairs.where(pairs.q_value < q)
    columns = (kept.left, kept.right, kept.count, kept.expected, kept.q_value)
    for one, two, count, expected, q_value in zip(*(column.tolist() for column in columns), strict=True):
        values = {"decisions": count, "expected": round(expected, 3), "q_value": q_value}
        graph.add_edge(left.names[one], right.names[two], relation=relation, **values)


def _services(graph: "nx.Graph[str]", keys: _Side, kinds: _Side, ended: list[int], minimum: int) -> None:
    """Guideline to service, and both to the outcomes, of which ``ended`` has the count of each."""
    keys.add_to(graph)
    kinds.add_to(graph)
    for outcome, count in zip(OUTCOMES, ended, strict=True):
        overturned = count if outcome == Outcome.OVERTURNED else 0
        values = {"label": outcome, "decisions": count, "overturned": overturned}
        graph.add_node(f"outcome/{outcome}", kind="outcome", **values)
    pairs = together(keys.had, kinds.had, sum(ended))
    for one, two, count in zip(pairs.left.tolist(), pairs.right.tolist(), pairs.count.tolist(), strict=True):
        if count >= minimum:
            graph.add_edge(keys.names[one], kinds.names[two], relation="cited for", decisions=count)
    for side in (keys, kinds):
        for name, counts in zip(side.names, side.counts.tolist(), strict=True):
            for outcome, count in zip(OUTCOMES, counts, strict=True):
                if count >= minimum:
                    graph.add_edge(name, f"outcome/{outcome}", relation="ended as", decisions=count)


def _measured(graph: "nx.Graph[str]") -> tuple[str, ...]:
    """Set each node's community and centralities; the names of the communities."""
    if graph.number_of_nodes() == 0:
        return ()
    strength = dict(graph.degree(weight="decisions"))
    rank = nx.pagerank(graph, weight="decisions")
    between = nx.betweenness_centrality(graph, k=min(_PIVOTS, len(graph)), seed=SEED)
    found = nx.community.louvain_communities(graph, weight="decisions", seed=SEED)
    found = sorted(found, key=lambda members: (-len(members), min(members)))
    names = []
    for number, members in enumerate(found, 1):
        strongest = sorted(members, key=lambda node: (-strength[node], node))[:3]
        names.append("; ".join(graph.nodes[node]["label"] for node in strongest))
        for node in members:
            graph.nodes[node].update(
                community=number,
                degree=graph.degree(node),
                strength=strength[node],
                pagerank=round(rank[node], 6),
                betweenness=round(between[node], 6),
            )
    return tuple(names)


def _plain(graph: "nx.Graph[str]") -> "nx.Graph[str]":
    """A copy in sorted order, without values that are not there."""
    plain: nx.Graph[str] = nx.Graph()
    for node in sorted(graph):
        plain.add_node(node, **_known(graph.nodes[node].items()))
    for source, target in sorted(sorted(edge) for edge in graph.edges()):
        plain.add_edge(source, target, **_known(graph.edges[source, target].items()))
    return plain


def _known(values: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    return {name: value for name, value in values if value is not None}
