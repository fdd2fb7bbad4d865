"""The nodes of a network: which decisions and letters have each, and which pages were printed as a range."""

from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np
import polars as pl
from numpy.typing import NDArray

from kg.analysis import labels as called
from kg.analysis.decisions import Cited, Index, Valued, each_once
from kg.graph import iri
from kg.statistics.chance import Had, Ids


@dataclass(frozen=True, slots=True, eq=False)
class Nodes:
    """Nodes of one kind, and the decisions (``row``, of letter ``letter``) that have each."""

    kind: str
    names: tuple[str, ...]
    labels: tuple[str, ...]
    row: Ids
    letter: Ids
    thing: Ids
    outcomes: np.ndarray[Any, np.dtype[np.int64]]

    @classmethod
    def of_keys(cls, index: Index, cited: Cited) -> "Nodes":
        """What is cited."""
        names = [f"guideline/{key}" for key in cited.keys["key"]]
        labels = [called.brief(name) for name in names]
        return cls._of(index, "guideline", names, labels, cited.decision, cited.key)

    @classmethod
    def of_values(cls, index: Index, valued: Valued, scheme: str) -> "Nodes":
        """The values of a column, concepts of a scheme."""
        names = [f"{scheme}/{iri.slug(name)}" for name in valued.names]
        return cls._of(index, scheme, names, list(valued.names), valued.decision, valued.value)

    @classmethod
    def _of(
        cls, index: Index, kind: str, names: list[str], labels: list[str], row: Any, thing: Any
    ) -> "Nodes":
        outcomes = np.bincount(thing * 3 + index.outcome[row], minlength=3 * len(names)).reshape(-1, 3)
        numbers = (row.astype(np.int64), index.letter[row].astype(np.int64), thing.astype(np.int64))
        return cls(kind, tuple(names), tuple(labels), *numbers, outcomes)

    def often(self, minimum: int) -> Ids:
        """The nodes with enough decisions."""
        return np.flatnonzero(self.outcomes.sum(1) >= minimum)

    def some(self, kept: Ids) -> "Nodes":
        """Some of the nodes, numbered anew."""
        place = np.full(len(self.names), -1)
        place[kept] = np.arange(kept.size)
        inside = place[self.thing] >= 0
        return Nodes(
            self.kind,
            tuple(self.names[number] for number in kept),
            tuple(self.labels[number] for number in kept),
            self.row[inside],
            self.letter[inside],
            place[self.thing[inside]],
            self.outcomes[kept],
        )

    @property
    def letters(self) -> Had:
        """Which letter has which node, each once."""
        width = max(len(self.names), 1)
        letter, thing = np.divmod(each_once(self.letter * width + self.thing), width)
        return Had(letter, thing, len(self.names))

    @property
    def decisions(self) -> Had:
        """Which decision has which node."""
        return Had(self.row, self.thing, len(self.names))

    def add_to(self, graph: "nx.Graph[str]", minimum: int) -> None:
        """Add the nodes with enough decisions to a graph."""
        letters = self.letters.totals
        for number in self.often(minimum):
            values = {"label": self.labels[number], "letters": int(letters[number])}
            counts = {
                "decisions": int(self.outcomes[number].sum()),
                "overturned": int(self.outcomes[number, 1]),
            }
            graph.add_node(self.names[number], kind=self.kind, **values, **counts)


def mark_ranges(graph: "nx.Graph[str]", keys: Nodes, cited: Cited) -> None:
    """Set of each link in which share of its letters one printed range holds both pages.

    Pages of one guideline that follow one another in what a decision cites count as a range.
    """
    work = cited.keys.select(pl.struct("guideline", "edition").rank("dense"))["guideline"]
    places = work.to_numpy().astype(np.int64) * 100_000 + cited.keys["page"].to_numpy()
    order = np.lexsort((places[keys.thing], keys.row))
    row, thing, letter = keys.row[order], keys.thing[order], keys.letter[order]
    breaks = (np.diff(row, prepend=-1) != 0) | (np.diff(places[thing], prepend=-9) != 1)
    run = np.cumsum(breaks)
    width = len(keys.names)
    found: list[NDArray[np.int64]] = [np.zeros(0, np.int64)]
    for step in range(1, row.size):
        same = run[step:] == run[:-step]
        if not same.any():
            break
        one, two = thing[:-step][same], thing[step:][same]
        pair = np.minimum(one, two) * width + np.maximum(one, two)
        found.append(letter[:-step][same] * width * width + pair)
    pairs, counts = np.unique(each_once(np.concatenate(found)) % max(width * width, 1), return_counts=True)
    ranges = dict(zip(pairs.tolist(), counts.tolist(), strict=True))
    number = {name: place for place, name in enumerate(keys.names)}
    for source, target, values in graph.edges(data=True):
        one, two = sorted((number[source], number[target]))
        values["in_range"] = ranges.get(one * width + two, 0) / values["letters"]


def letters_of_both(one: Nodes, two: Nodes) -> dict[tuple[int, int], int]:
    """How many letters have a decision with both of two nodes."""
    frames = [
        pl.LazyFrame({"row": side.row, name: side.thing}) for side, name in ((one, "one"), (two, "two"))
    ]
    letter = pl.LazyFrame({"row": one.row, "letter": one.letter}).unique()
    joined = frames[0].join(frames[1], on="row").join(letter, on="row")
    found = joined.group_by("one", "two").agg(pl.col("letter").n_unique()).collect()
    return {(a, b): count for a, b, count in found.iter_rows()}
