"""Networks of what is cited, for what service, by whom, and how it ends: networkx graphs from counts.

A node is named by the path of its IRI: ``guideline/chronic-pain/2009/page/98``,
``service/injection``, ``specialty/neurology``, ``outcome/upheld``.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Annotated, Any

import networkx as nx
import numpy as np
import polars as pl

from kg.analysis.decisions import OUTCOMES, Index, Mask, each_once
from kg.analysis.filters import Filters, check_minimum, choose, unknown
from kg.analysis.network.nodes import Nodes, letters_of_both, mark_ranges
from kg.analysis.shown_columns import SHARE, Column, Decisions, Letters, Overturned, names, schema
from kg.model import Outcome
from kg.statistics.chance import Ids, Together, counted, together

KINDS = ("together", "services", "specialties")
"""Keys cited together; guideline by service by outcome; specialty by guideline."""

HELP = (
    "A link joins two nodes (keys cited together, or a service or specialty and a guideline) that occur "
    "together in more letters than expected by chance, among letters in which the party cites something at "
    "the level. The expectation takes into account how many keys each letter cites and how many letters "
    "cite each key; q-values follow Benjamini and Yekutieli over all pairs. Each letter counts once. Pages "
    "in one printed range are cited together because they are printed so; each link reports the share of "
    "its letters in which that is the case. A link shows an association, not its reason."
)

SEED = 20160701
_PIVOTS = 32


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link of a network."""

    source: Annotated[str, Column("Source", "node at one end", "key")]
    target: Annotated[str, Column("Target", "node at the other end", "key")]
    relation: Annotated[str, Column("Relation", "relation stated by the link", "text")]
    letters: Annotated[int, Column("Letters", "letters that have both", "count")]
    decisions: Annotated[int, Column("Decisions", "decisions that have both", "count")]
    expected: Annotated[float | None, Column("Expected", "letters expected to have both by chance")]
    q_value: Annotated[float | None, Column("q", "q-value of the test against chance", form="{:.3f}")]
    in_range: Annotated[
        float | None,
        Column(
            "In one range",
            "share of these letters in which one printed range contains both pages",
            unit=SHARE,
            form="{:.0%}",
        ),
    ]


@dataclass(frozen=True, slots=True)
class NodeRow:
    """A node of a network."""

    node: Annotated[str, Column("Node", "path of the node's IRI", "key")]
    kind: Annotated[str, Column("Kind", "guideline, service, specialty or outcome", "key")]
    label: Annotated[str, Column("Label", "name of the node", "text")]
    letters: Letters
    decisions: Decisions
    overturned: Overturned
    community: Annotated[int, Column("Community", "number of the community, the largest first", "text")]
    degree: Annotated[int, Column("Degree", "number of links of the node", "count")]
    strength: Annotated[int, Column("Strength", "total letters of these links", "count")]
    pagerank: Annotated[float, Column("PageRank", "PageRank of the node, weighted by letters", form="{:.3f}")]
    betweenness: Annotated[
        float, Column("Betweenness", "share of the shortest paths through the node", form="{:.3f}")
    ]


@dataclass(frozen=True, slots=True)
class Relation:
    """How many neighbours of one kind a node has by one relation, and the decisions behind them."""

    relation: Annotated[str, Column("Relation", "relation stated by the links", "key")]
    kind: Annotated[str, Column("Kind", "kind of the neighbours", "key")]
    nodes: Annotated[int, Column("Nodes", "neighbours", "count")]
    decisions: Annotated[int, Column("Decisions", "total decisions of these links", "count")]


@dataclass(frozen=True, eq=False)
class Network:
    """A graph; its nodes have ``kind, label, letters, decisions, overturned, community`` and centralities.

    ``notes`` are sentences that a reader needs beside it. ``degree`` counts links,
    ``strength`` their letters, ``pagerank`` and ``betweenness`` are as in
    networkx (betweenness from at most 32 nodes, drawn with a fixed seed). ``communities`` are those of
    Louvain's method, the largest first, each named by its three strongest nodes.
    """

    kind: str
    level: str
    party: str
    filters: Filters
    graph: "nx.Graph[str]" = field(repr=False)
    communities: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def to_frame(self) -> pl.DataFrame:
        """The links, a :class:`LinkRow` each; the strongest first."""
        rows = [
            {"source": source, "target": target} | {name: value.get(name) for name in names(LinkRow)[2:]}
            for source, target, value in self.graph.edges(data=True)
        ]
        frame = pl.DataFrame(rows, schema=schema(LinkRow))
        order = ("letters", "decisions", "source", "target")
        return frame.sort(*order, descending=[True, True, False, False])

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
    """Make one of :data:`KINDS` from the decisions under ``filters`` in which the party cites of the level.

    Only keys, services and specialties with the ``minimum`` count of decisions are nodes; only links with a
    q-value below ``q`` are drawn, but for services and outcomes, whose links are all counts of at least
    ``minimum`` decisions.

    Raises:
        UnknownError: there is no such kind, level, party or filter value; the sentence names the nearest.
        SettingError: ``minimum`` is less than 1.
    """
    choose("kind of network", kind, KINDS)
    check_minimum(minimum)
    wanted = index.resolved(filters or Filters())
    cited = index.cited(level, party).within(index.chosen(wanted, party))
    risk = np.zeros(len(index), bool)
    risk[cited.decision] = True
    keys = Nodes.of_keys(index, cited)
    graph: nx.Graph[str] = nx.Graph()
    keys.add_to(graph, minimum)
    if kind == "together":
        often = keys.often(minimum)
        pairs = together(keys.letters, None, often)
        _link(graph, (keys, often), (keys, often), pairs, "cited together", q)
        if level == "page":
            mark_ranges(graph, keys, cited)
    elif kind == "specialties":
        held = Nodes.of_values(index, index.valued("specialties").within(risk), "specialty")
        held.add_to(graph, minimum)
        some, often = held.often(minimum), keys.often(minimum)
        pairs = together(held.some(some).letters, keys.letters, often)
        _link(graph, (held, some), (keys, often), pairs, "cites", q)
    else:
        kinds = Nodes.of_values(index, index.valued("category").within(risk), "service")
        kinds.add_to(graph, minimum)
        _services(graph, index, risk, keys, kinds, minimum)
    graph.remove_nodes_from(list(nx.isolates(graph)))
    notes = (*index.notes(wanted, party), *_told(index, risk, level, graph), *index.left_out)
    return Network(kind, level, party, wanted, graph, _measured(graph), notes)


def _told(index: Index, risk: Mask, level: str, graph: "nx.Graph[str]") -> Iterator[str]:
    """Who is at risk, and that there is nothing to draw."""
    letters = int(np.unique(index.letter[risk]).size)
    if not letters:
        yield f"no letter cites a {level}: nothing to draw"
        return
    yield f"compared: {letters:,} letter{'s' * (letters != 1)} in which the party cites a {level}"
    if not graph.number_of_edges():
        yield "no link: no two nodes share more letters than expected by chance, or decisions are too few"


_Some = tuple[Nodes, Ids]
"""Nodes of one kind, and which of them are meant."""


def _link(
    graph: "nx.Graph[str]", left: _Some, right: _Some, pairs: Together, relation: str, q: float
) -> None:
    kept = pairs.where(pairs.q_value < q)
    one, two = (side.some(some) for side, some in (left, right))
    decisions = counted(one.decisions, None if left[0] is right[0] else two.decisions)
    columns = (kept.left, kept.right, kept.count, kept.expected, kept.q_value)
    for a, b, count, expected, q_value in zip(*(column.tolist() for column in columns), strict=True):
        values = {"letters": count, "decisions": int(decisions[a, b])}
        values |= {"expected": round(expected, 3), "q_value": q_value}
        graph.add_edge(one.names[a], two.names[b], relation=relation, **values)


def _services(
    graph: "nx.Graph[str]", index: Index, risk: Mask, keys: Nodes, kinds: Nodes, minimum: int
) -> None:
    """Guideline to service, and both to the outcomes of the decisions at risk."""
    ended = np.bincount(index.outcome[risk], minlength=len(OUTCOMES)).tolist()
    for number, (outcome, count) in enumerate(zip(OUTCOMES, ended, strict=True)):
        letters = int(np.unique(index.letter[risk & (index.outcome == number)]).size)
        overturned = count if outcome == Outcome.OVERTURNED else 0
        values = {"label": outcome, "letters": letters, "decisions": count, "overturned": overturned}
        graph.add_node(f"outcome/{outcome}", kind="outcome", **values)
    often, some = keys.some(keys.often(minimum)), kinds.some(kinds.often(minimum))
    decisions = counted(often.decisions, some.decisions)
    having = letters_of_both(often, some)
    for one, two in np.argwhere(decisions >= minimum).tolist():
        values = {"letters": having[one, two], "decisions": int(decisions[one, two])}
        graph.add_edge(often.names[one], some.names[two], relation="cited for", **values)
    for side in (often, some):
        cell = (side.letter * max(len(side.names), 1) + side.thing) * 3 + index.outcome[side.row]
        ending = np.bincount(each_once(cell) % (3 * max(len(side.names), 1)), minlength=side.outcomes.size)
        for number, place in np.argwhere(side.outcomes >= minimum).tolist():
            values = {"letters": int(ending[number * 3 + place])}
            values |= {"decisions": int(side.outcomes[number, place])}
            graph.add_edge(side.names[number], f"outcome/{OUTCOMES[place]}", relation="ended as", **values)


def _measured(graph: "nx.Graph[str]") -> tuple[str, ...]:
    """Set each node's community and centralities; the names of the communities."""
    if graph.number_of_nodes() == 0:
        return ()
    strength = dict(graph.degree(weight="letters"))
    rank = nx.pagerank(graph, weight="letters")
    between = nx.betweenness_centrality(graph, k=min(_PIVOTS, len(graph)), seed=SEED)
    found = nx.community.louvain_communities(graph, weight="letters", seed=SEED)
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
