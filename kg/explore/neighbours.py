"""Who is linked to what, from the facts: decisions and the pages, services and people they name.

A *feature* is what several decisions can share: a guideline's page, section, chapter or edition, a
service, drug, body part or reviewer's specialty. A *node* is a feature, a disputed item or a case,
named by the path of its IRI: ``guideline/chronic-pain/2009/page/98``, ``case/CM15-0000001/item/2``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple
from urllib.parse import quote, unquote

import numpy as np
import polars as pl

from kg.analysis import labels
from kg.analysis.decisions import OUTCOMES, Index
from kg.errors import UnknownError
from kg.explore.incidence import Ids, Pairs, typical
from kg.graph import iri
from kg.model import Party

CITED = ("page", "section", "chapter", "edition")
FEATURES = (*CITED, "service", "drug", "body part", "specialty", "ground")


class Figures(NamedTuple):
    """How some decisions ended."""

    decisions: int
    upheld: int
    overturned: int
    modified: int

    @property
    def rate(self) -> float | None:
        """The share that was overturned."""
        return self.overturned / self.decisions if self.decisions else None


class Neighbour(NamedTuple):
    """A node that a node is linked to, and by how many decisions."""

    node: str
    relation: str
    weight: int


@dataclass(frozen=True, eq=False)
class Kind:
    """The features of one kind: ``nodes[i]`` has the pairs of key ``i``, of either party and of each."""

    name: str
    nodes: list[str]
    any: Pairs
    by_party: dict[str, Pairs]

    @cached_property
    def number(self) -> dict[str, int]:
        """The key of each node."""
        return {node: number for number, node in enumerate(self.nodes)}


class Links:
    """All links of one generation."""

    def __init__(self, index: Index, facts: pl.LazyFrame) -> None:
        self.index = index
        self._facts = facts
        self._case = index.decisions["case"].cast(pl.String)
        self._item = index.decisions["item"]

    @cached_property
    def kinds(self) -> dict[str, Kind]:
        """The features, by kind."""
        return {name: self._cited(name) if name in CITED else self._plain(name) for name in FEATURES}

    @cached_property
    def _by_node(self) -> dict[str, tuple[str, int]]:
        return {
            node: (name, number)
            for name, kind in reversed(self.kinds.items())
            for number, node in enumerate(kind.nodes)
        }

    @cached_property
    def _first(self) -> dict[str, int]:
        first = self._case.to_frame("case").with_row_index("at").group_by("case").agg(pl.col("at").min())
        return dict(zip(first["case"].to_list(), first["at"].to_list(), strict=True))

    @cached_property
    def _positions(self) -> Ids:
        return self._item.cast(pl.Int64).to_numpy()

    def _cited(self, level: str) -> Kind:
        cited = {party: self.index.cited(level, party) for party in ("any", *(p.value for p in Party))}
        size = cited["any"].keys.height
        pairs = {
            party: Pairs.of(
                found.decision.astype(np.int64), found.key.astype(np.int64), len(self.index), size
            )
            for party, found in cited.items()
        }
        nodes = [f"guideline/{key}" for key in cited["any"].keys["key"].to_list()]
        return Kind(level, nodes, pairs.pop("any"), pairs)

    def _plain(self, kind: str) -> Kind:
        rows = self.index.columns("grounds") if kind == "ground" else self.index.decisions
        table = rows.with_row_index("decision").select("decision", node=_NODES[kind])
        table = table.explode("node", empty_as_null=True, keep_nulls=True).drop_nulls().unique()
        nodes = table["node"].unique().sort()
        number = nodes.to_frame("node").with_row_index("key")
        table = table.join(number, on="node")
        pairs = Pairs.of(
            table["decision"].cast(pl.Int64).to_numpy(),
            table["key"].cast(pl.Int64).to_numpy(),
            len(self.index),
            len(nodes),
        )
        return Kind(kind, nodes.to_list(), pairs, {})

    def has(self, node: str) -> bool:
        """Whether the base has a node."""
        try:
            self.kind_of(node)
        except UnknownError:
            return False
        return True

    def kind_of(self, node: str) -> str:
        """The kind of a node.

        Raises:
            UnknownError: the base has no such node.
        """
        if node.startswith("case/"):
            self.decisions(node)
            return "item" if "/item/" in node else "case"
        if node in self._by_node:
            return self._by_node[node][0]
        raise UnknownError(f"nothing here is linked to {node!r}")

    def decisions(self, node: str, party: str | None = None) -> Ids:
        """The decisions of a node: those that have the feature, the item itself, the case's items.

        Raises:
            UnknownError: the base has no such node.
        """
        if node.startswith("case/"):
            return self._of_case(node)
        if node not in self._by_node:
            raise UnknownError(f"nothing here is linked to {node!r}")
        name, number = self._by_node[node]
        kind = self.kinds[name]
        return kind.by_party.get(party or "", kind.any).having(number)

    def _of_case(self, node: str) -> Ids:
        path, _, position = node.removeprefix("case/").partition("/item/")
        case = unquote(path)
        at = self._first.get(case)
        if at is None:
            raise UnknownError(f"there is no case {case!r}")
        letter = self.index.letter
        found = np.arange(at, np.searchsorted(letter, letter[at], side="right"))
        if not position:
            return found
        wanted = found[self._positions[found] == int(position)] if position.isdecimal() else self.none
        if not len(wanted):
            raise UnknownError(f"{case} has no item {position}")
        return wanted

    def item_node(self, decision: int) -> str:
        """The node of a decision."""
        return f"{case_node(self._case[decision])}/item/{self._item[decision]}"

    @property
    def none(self) -> Ids:
        """No decisions."""
        return np.zeros(0, np.int64)

    def outcome(self, item: str) -> str:
        """How a disputed item ended."""
        return str(OUTCOMES[self.index.outcome[int(self.decisions(item)[0])]])

    def told(self, item: str) -> dict[str, object]:
        """What an item can be picked out by: category, year, and lists of specialties and guidelines."""
        at = int(self.decisions(item)[0])
        found: dict[str, object] = {name: column[at] for name, column in self._said.items()}
        for name, kind in (("specialty", "specialty"), ("guideline", "edition")):
            nodes = self.kinds[kind].nodes
            found[name] = [labels.label(nodes[key]) for key in self.kinds[kind].any.of_decision(at)]
        return found

    @cached_property
    def _said(self) -> dict[str, pl.Series]:
        return {name: self.index.decisions[name] for name in ("category", "year")}

    def text(self, item: str) -> str:
        """What a disputed item was."""
        return str(self.texts["item_text"][int(self.decisions(item)[0])])

    @cached_property
    def texts(self) -> pl.DataFrame:
        """What each decision was about and when, in their order: ``case, item, item_text, decision_date``."""
        keys = ("case", "item")
        told = self._facts.select(*keys, "item_text", "decision_date").unique(keys, keep="any").collect()
        order = pl.DataFrame({"case": self._case, "item": self._item})
        return order.join(told, on=keys, how="left", maintain_order="left")

    @cached_property
    def base_rate(self) -> float:
        """The share of all decisions that was overturned."""
        return float((self.index.outcome == OUTCOMES.index("overturned")).mean()) if len(self.index) else 0.0

    def figures(self, decisions: Ids) -> Figures:
        """How decisions ended."""
        counts = np.bincount(self.index.outcome[decisions], minlength=len(OUTCOMES))
        return Figures(len(decisions), *(int(count) for count in counts))

    def relations(self, node: str) -> dict[str, int]:
        """How many nodes each relation leads to, before anything is drawn."""
        kind, found = self.kind_of(node), self.decisions(node)
        if kind == "case":
            counts = {"item": len(found)}
        elif kind == "item":
            counts = {"case": 1}
        elif kind in CITED:
            counts = {f"cited by {_SAID[p]}": len(self.decisions(node, p)) for p in _SAID}
        else:
            counts = {"decision": len(found)}
        for name in FEATURES:
            if kind == "case" and name != "specialty":
                continue
            number = int((self.kinds[name].any.counts(found) > 0).sum())
            counts[_TOGETHER.get(name, name)] = number - (name == kind)
        above = labels.above(node)
        counts["part of"] = int(above is not None and above in self._by_node)
        return {relation: count for relation, count in counts.items() if count > 0}

    def neighbours(
        self, node: str, relation: str, offset: int = 0, limit: int = 25, within: Ids | None = None
    ) -> tuple[list[Neighbour], int]:
        """The nodes that ``relation`` leads to, the most relevant first, and how many there are.

        Features come by their weight: how many of the node's decisions have them, times how rare
        they are. Items come by how much they have of what is frequent among them. ``within`` are the
        decisions that count, where not all do.

        Raises:
            UnknownError: there is no such node or relation.
        """
        found = self.led_to(node, relation, within)
        if relation in {"decision", "item"} or relation.startswith("cited by "):
            ids = self.of_relation(node, relation, within)
            page = [Neighbour(self.item_node(int(d)), relation, 1) for d in ids[offset : offset + limit]]
            return page, len(ids)
        if relation == "case":
            return [Neighbour(case_node(self._case[int(d)]), relation, 1) for d in found[:1]], len(found[:1])
        if relation == "part of":
            above = labels.above(node)
            return ([Neighbour(above, relation, len(found))], 1) if above in self._by_node else ([], 0)
        name = next((k for k in FEATURES if relation in {k, _TOGETHER.get(k)}), None)
        if name is None:
            raise UnknownError(f"there is no relation {relation!r}")
        return self._features(node, found, relation, self.kinds[name], offset, limit)

    def led_to(self, node: str, relation: str, within: Ids | None = None) -> Ids:
        """The decisions that a relation leads to, in order: those of a party, or all."""
        said = next((p for p, words in _SAID.items() if relation == f"cited by {words}"), None)
        found = self.decisions(node, said)
        return found if within is None else np.intersect1d(found, within)

    def of_relation(self, node: str, relation: str, within: Ids | None = None) -> Ids:
        """The same, the most typical first."""
        return typical([kind.any for kind in self.kinds.values()], self.led_to(node, relation, within))

    def _features(
        self, node: str, found: Ids, relation: str, kind: Kind, offset: int, limit: int
    ) -> tuple[list[Neighbour], int]:
        counts = kind.any.counts(found)
        if node in kind.number:
            counts[kind.number[node]] = 0
        there = np.flatnonzero(counts)
        rare = np.log((len(self.index) + 1) / np.maximum(kind.any.totals()[there], 1))
        order = there[np.lexsort((there, -counts[there] * rare))]
        page = order[offset : offset + limit]
        return [Neighbour(kind.nodes[k], relation, int(counts[k])) for k in page], len(order)

    def between(self, nodes: Sequence[str]) -> list[tuple[str, str, str]]:
        """The links among ``nodes``: item to case, and item to each feature, with the relation."""
        shown, found = set(nodes), []
        for node in nodes:
            if "/item/" not in node:
                continue
            decision = int(self.decisions(node)[0])
            if (case := node.partition("/item/")[0]) in shown:
                found.append((case, node, "item"))
            for kind in self.kinds.values():
                parties = kind.by_party or {"": kind.any}
                for party, pairs in parties.items():
                    said = f"cited by {_SAID[party]}" if party else kind.name
                    found += [
                        (node, kind.nodes[key], said)
                        for key in pairs.of_decision(decision)
                        if kind.nodes[key] in shown
                    ]
        return found

    def path(self, one: str, other: str, most: int = 6) -> list[str]:
        """The nodes of a shortest way from ``one`` to ``other``, both included; none beyond ``most`` steps.

        Each step goes from a feature or case to a disputed item that has it, or back; what many
        items share is stepped on last.

        Raises:
            UnknownError: the base has no such node.
        """
        before: dict[str, str | None] = {one: None}
        edge = [one]
        self.kind_of(other)
        for _ in range(most):
            if other in before or not edge:
                break
            following: list[str] = []
            for node in edge[:_WIDEST]:
                for near in self._next(node):
                    if near not in before:
                        before[near] = node
                        following.append(near)
            edge = following
        if other not in before:
            return []
        way: list[str] = []
        step: str | None = other
        while step is not None:
            way.append(step)
            step = before[step]
        return way[::-1]

    def _next(self, node: str) -> list[str]:
        found = self.decisions(node)
        if "/item/" not in node:
            return [self.item_node(int(decision)) for decision in found[:_WIDEST]]
        decision = int(found[0])
        features = [
            (int(kind.any.totals()[key]), kind.nodes[key])
            for kind in self.kinds.values()
            for key in kind.any.of_decision(decision)
        ]
        return [node.partition("/item/")[0], *(name for _, name in sorted(features))]


_WIDEST = 3000  # nodes of one step that a search for a path follows

_SAID = {Party.REVIEWER.value: "the reviewer", Party.CLAIMS_ADMINISTRATOR.value: "the claims administrator"}
_TOGETHER = {level: f"{level} cited with it" for level in CITED}


def case_node(case: str) -> str:
    """The node of a case.

    >>> case_node("CM15-0000001")
    'case/CM15-0000001'
    """
    return f"case/{quote(case, safe='')}"


def _slug(text: pl.Expr) -> pl.Expr:
    return text.str.to_lowercase().str.replace_all(r"[^a-z0-9]+", "-").str.strip_chars("-")


def _feature(scheme: str, value: pl.Expr) -> pl.Expr:
    return pl.lit(f"{scheme}/") + _slug(value)


_NODES: dict[str, pl.Expr] = {
    "service": pl.concat_list(
        _feature("service", pl.col("category").cast(pl.String))
        + pl.coalesce(pl.lit("/") + _slug(pl.col("subcategory").cast(pl.String)), pl.lit(""))
    ),
    "drug": pl.col("drug").cast(pl.String).str.split("/").list.eval(_feature("drug", pl.element())),
    "body part": pl.col("body_parts")
    .cast(pl.List(pl.String))
    .list.eval(_feature("body-part", pl.element().str.split(":").list.first())),
    "specialty": pl.col("specialties")
    .cast(pl.List(pl.String))
    .list.eval(_feature("specialty", pl.element())),
    "ground": pl.col("grounds").cast(pl.List(pl.String)).list.eval(pl.lit("ground/") + pl.element()),
}


def address(node: str) -> str:
    """The IRI of a node; of a ground, met or not, that of the ground.

    >>> address("ground/response:not-met") == address("ground/response")
    True
    """
    return iri.BASE + (node.partition(":")[0] if node.startswith("ground/") else node)
