"""Which decision has which value of a column, as numbers."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

Ids = NDArray[np.int32]
Mask = NDArray[np.bool_]


class Strata(NamedTuple):
    """The stratum of each decision by a column's value: 0 for none, and ``names`` from stratum 1 on."""

    code: NDArray[np.unsignedinteger]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Valued:
    """Which decision has which value of a column: value ``names[value[i]]``, each pair once, in order."""

    decision: Ids
    value: Ids
    names: tuple[str, ...]

    def within(self, chosen: Mask | None) -> "Valued":
        """The pairs of the decisions that are ``chosen``, all of them for ``None``."""
        if chosen is None:
            return self
        kept = chosen[self.decision]
        return Valued(self.decision[kept], self.value[kept], self.names)


class Together(NamedTuple):
    """Which values decisions have together: decision ``i`` has those of row ``code[i]`` of ``rows``."""

    code: Ids
    rows: sparse.csr_array
    names: tuple[str, ...]


def strata(values: pl.Series) -> Strata:
    """The strata of a column of categories, or of whole numbers."""
    known = values.unique().drop_nulls().sort()
    codes, present = (part.to_physical().cast(pl.Int64) for part in (values, known))
    # The fewer bytes a code has, the sooner a file of codes is read and checked.
    place = np.zeros(int(present.max() or 0) + 2, np.min_scalar_type(len(known)))  # type: ignore[arg-type]
    place[present.to_numpy() + 1] = np.arange(1, len(known) + 1)
    return Strata(place[codes.fill_null(-1).to_numpy() + 1], tuple(str(value) for value in known))


def valued(values: pl.Series) -> Valued:
    """The pairs of a column of text or of lists of text; nulls have none."""
    pairs = values.to_frame("value").with_row_index("decision")
    if isinstance(pairs.schema["value"], pl.List):
        pairs = pairs.explode("value", empty_as_null=True, keep_nulls=True)
    pairs = pairs.drop_nulls()
    names = pairs["value"].unique().sort()
    number = places(pairs["value"], names)
    decision = pairs["decision"].cast(pl.Int32).to_numpy()
    packed = decision.astype(np.int64) * max(len(names), 1) + number
    if each_once(packed).size < packed.size:
        first = np.sort(np.unique(packed, return_index=True)[1])
        decision, number = decision[first], number[first]
    return Valued(decision, number, tuple(str(name) for name in names))


def together(valued: Valued, decisions: int) -> Together:
    """Values that the same decisions have, by a random mark of each that is added up."""
    marks = np.random.default_rng(1).integers(1, 2**62, max(len(valued.names), 1)).astype(np.uint64)
    mark = np.zeros(decisions, np.uint64)
    starts = np.flatnonzero(np.diff(valued.decision, prepend=-1))
    if starts.size:
        mark[valued.decision[starts]] = np.add.reduceat(marks[valued.value], starts)
    ordered = np.sort(mark)
    distinct = ordered[np.flatnonzero(np.diff(ordered, prepend=ordered[:1] + np.uint64(1)))]
    code = np.searchsorted(distinct, mark)
    first = np.empty(distinct.size, np.int64)
    first[code[::-1]] = np.arange(decisions)[::-1]
    shape = (decisions, len(valued.names))
    start = np.concatenate(([0], np.cumsum(np.bincount(valued.decision, minlength=decisions))))
    whole = sparse.csr_array((np.ones(valued.value.size), valued.value, start), shape=shape)
    return Together(code.astype(np.int32), sparse.csr_array(whole[first]), valued.names)


def each_once(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """The numbers sorted, each once; ``numpy.unique`` hashes, which takes ten times as long here."""
    ordered = np.sort(numbers)
    return ordered[np.diff(ordered, prepend=-1) > 0]


def places(values: pl.Series, known: pl.Series) -> Ids:
    """The place of each value in ``known``."""
    table = pl.DataFrame({"name": known}).with_row_index("place")
    joined = values.to_frame("name").join(table, on="name", how="left", maintain_order="left")
    return joined["place"].cast(pl.Int32).to_numpy()
