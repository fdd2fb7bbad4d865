"""The model behind adjusted odds ratios: what is cited, kind of service and reviewer's specialty at once."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kg.analysis.decisions import Ids, Index, Mask
from kg.statistics.penalised import Fit, fit

REFERENCE = (
    "Adjusted odds ratios are against a decision that cites none of the keys with the minimum count, for the "
    "commonest category of service and with none of the specialties in the model. Firth's penalised logistic "
    "model; categories and specialties with fewer decisions than the minimum are taken together; intervals "
    "allow for items of one letter being alike."
)
"""What the odds ratios of :func:`adjusted` are relative to, and how their intervals are made."""

Columns = sparse.csr_array


def adjusted(
    index: Index, decision: Ids, key: Ids, keys: int, chosen: Mask | None, minimum: int
) -> tuple[Fit, NDArray[np.int64]] | None:
    """Fit the model over keys ``0`` to ``keys - 1`` among the decisions that are ``chosen``.

    ``decision`` and ``key`` are pairs of decisions that are chosen. Keys with fewer than ``minimum``
    decisions are left out; the second value says which key each figure is of. ``None`` where all
    decisions ended alike, or no key is left.
    """
    place = np.arange(len(index)) if chosen is None else np.cumsum(chosen) - 1
    kept = slice(None) if chosen is None else chosen
    overturned = (index.outcome == 1)[kept]
    used = np.flatnonzero(np.bincount(key, minlength=keys) >= minimum)
    if not used.size or overturned.all() or not overturned.any():
        return None
    cited = _columns(place[decision], key, overturned.size, keys)[:, used]
    design = sparse.csr_array(sparse.hstack([cited, _adjusting(index, chosen, minimum)], format="csr"))
    return fit(design, overturned, index.letter[kept].astype(np.int64), used.size), used


def adjusting(index: Index, chosen: Mask, minimum: int, exposed: Mask) -> Columns:
    """The design of one column, whether a decision is ``exposed``, with category and specialty."""
    column = sparse.csr_array(exposed.astype(np.float64)[:, None])
    return sparse.csr_array(sparse.hstack([column, _adjusting(index, chosen, minimum)], format="csr"))


def _adjusting(index: Index, chosen: Mask | None, minimum: int) -> Columns:
    """The columns of categories but the commonest, and of specialties."""
    kept = slice(None) if chosen is None else chosen
    place = np.arange(len(index)) if chosen is None else np.cumsum(chosen) - 1
    category, count = index.strata("category")
    rows = category[kept].size
    services = _pooled(_columns(np.arange(rows), category[kept], rows, count), minimum)
    commonest = int(np.argmax(services.sum(axis=0))) if services.shape[1] else 0
    others = [column for column in range(services.shape[1]) if column != commonest]
    held = index.valued("specialties").within(chosen)
    specialties = _columns(place[held.decision], held.value, rows, len(held.names))
    return sparse.csr_array(sparse.hstack([services[:, others], _pooled(specialties, minimum)], format="csr"))


def _columns(row: NDArray[np.int64], column: Ids, rows: int, columns: int) -> Columns:
    return sparse.csr_array((np.ones(row.size), (row, column)), shape=(rows, columns))


def _pooled(columns: Columns, minimum: int) -> Columns:
    """The columns with the minimum count, and the others together as one where that has it."""
    counts = columns.sum(axis=0)
    often = np.flatnonzero(counts >= minimum)
    rest = columns[:, np.flatnonzero((counts > 0) & (counts < minimum))].sum(axis=1) > 0
    if rest.sum() < minimum:
        return sparse.csr_array(columns[:, often])
    together = sparse.csr_array(rest.astype(np.float64)[:, None])
    return sparse.csr_array(sparse.hstack([columns[:, often], together], format="csr"))
