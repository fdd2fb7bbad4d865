"""The comparison of what is cited under filters, whose sums are taken over prepared pairs."""

from collections.abc import Callable
from functools import cache, cached_property, partial

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kg.analysis.comparison import Comparison, compared
from kg.analysis.covariates import Held, held
from kg.analysis.decisions import Cited, Ids, Mask
from kg.analysis.prepared.cells import Chosen
from kg.statistics.adjusting import Citing, Population


class Filtered(Comparison):
    """As :meth:`Comparison.of_cited` of the chosen pairs; ``cited`` makes them if each is wanted.

    What is made later than asked for knows only arrays, not the comparison: nothing here is part of a cycle,
    so that its arrays are free as soon as its figures are told, and the next comparison takes their memory.
    """

    chosen: Chosen
    _made: Callable[[], Cited]

    def __init__(self, chosen: Chosen, cited: Callable[[], Cited], adjust: tuple[str, ...]) -> None:
        made = {"index": chosen.index, "risk": chosen.risk, "keys": chosen.keys, "adjust": adjust}
        self.__dict__.update(made, chosen=chosen, _cited=None, _made=cache(cited))

    @property
    def decision(self) -> Ids:
        """The decision of each pair, ascending."""
        return self._made().decision

    @property
    def key(self) -> Ids:
        """The key of each pair."""
        return self._made().key

    def _number_cells(self) -> None:
        _ = self.chosen.number

    def _count_cells(self) -> None:
        _ = self.chosen.by_cell

    @cached_property
    def held(self) -> Held:
        """The decisions at risk with their covariates."""
        chosen = self.chosen
        cell = chosen.number[chosen.cells.cell[self.risk]]
        return held(chosen.cells.covariates, chosen.size, self.decisions, cell)

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """Decisions by key (a row) and outcome."""
        return self.chosen.counts

    @cached_property
    def letters(self) -> NDArray[np.int64]:
        """How many letters have each key."""
        return self.chosen.letters[0]

    @cached_property
    def squares(self) -> NDArray[np.int64]:
        """The squares of how many decisions of a letter have each key, added up."""
        return self.chosen.letters[1]

    @cached_property
    def citing(self) -> Citing:
        """Which decisions at risk have which of the compared keys, beside their covariates."""
        cells, merged = self.chosen.by_cell, self.held.merged
        if self.tested.size < self.keys:
            cells = cells[self.tested]
        if merged is not None:
            size = self.held.population.design.cells
            cells = sparse.csr_array(
                cells
                @ sparse.csr_array(
                    (np.ones(merged.size), (np.arange(merged.size), merged)), (merged.size, size)
                )
            )
        return self._counted(self.held.population, cells)

    def _citing(self, population: Population) -> Citing:
        """Which of one rate for all."""
        count = self.counts[self.tested].sum(1).astype(np.float64)
        return self._counted(population, sparse.csr_array(count[:, None]))

    def _counted(self, population: Population, cells: sparse.csr_array) -> Citing:
        pairs = partial(_each, self._made, self.risk, self.tested, self.keys)
        alike = partial(self.chosen.alike, self.tested)
        return Citing.counted(population, cells, self.counts[self.tested, 1], pairs, self._by_key, alike)

    @cached_property
    def _by_key(self) -> Callable[[], tuple[NDArray[np.int64], NDArray[np.int64]]]:
        return cache(partial(self.chosen.compared, self.tested))


def _each(
    cited: Callable[[], Cited], risk: Mask, tested: NDArray[np.int64], keys: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The places of decisions at ``risk`` and the numbers of the ``tested`` keys that they have."""
    made = cited()
    return compared((np.cumsum(risk) - 1)[made.decision], made.key, tested, keys)
