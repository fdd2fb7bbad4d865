"""What is held equal when decisions are compared: covariates chosen by a rule that no display moves."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kg.analysis.decisions import Index, Mask
from kg.analysis.filters import choose
from kg.errors import SettingError
from kg.statistics.adjusting import Population
from kg.statistics.design import Design, Ids

COLUMNS = ("category", "drug_class", "year", "template", "priority", "sex")
"""Covariates that are a column of the decisions."""
ADJUST = ("subcategory", "category", "drug_class", "year", "template", "priority", "sex", "specialty", "keys")
"""What may be held equal; ``keys`` is how many keys of the level the party cites."""
USUAL = ("subcategory", "year", "template", "specialty", "keys")
"""What is held equal unless another set is asked for."""
NOTHING = "none"
LEAST = 2.5
"""A value is a covariate of its own if this many of the rarer outcome are expected of its decisions."""
_STEPS = (2, 3, 4, 5, 7, 10, 15, 20)


def wanted(adjust: str | Iterable[str] | None) -> tuple[str, ...]:
    """The covariates that are asked for, in the order of :data:`ADJUST`.

    >>> wanted("year, category"), wanted("none")
    (('category', 'year'), ())

    Raises:
        UnknownError: there is no such covariate; the sentence names the nearest.
        SettingError: ``none`` is given with others.
    """
    if adjust is None:
        return USUAL
    given = adjust.split(",") if isinstance(adjust, str) else adjust
    found = {choose("covariate", name.strip(), (*ADJUST, NOTHING)) for name in given if name.strip()}
    if NOTHING in found and len(found) > 1:
        raise SettingError("use either none or the names of covariates, not both")
    return tuple(name for name in ADJUST if name in found)


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """Decisions at risk with their covariates: ``names`` has the value behind each column of the design."""

    population: Population
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Levels:
    """One covariate: the level of each decision, and what each level is called."""

    code: Ids
    names: list[str]


def held(index: Index, risk: Mask, cited: NDArray[np.int64], adjust: tuple[str, ...]) -> Held:
    """The decisions at ``risk`` and what is held equal among them; ``cited`` is how many keys each cites."""
    rows = np.flatnonzero(risk)
    outcome = (index.outcome[rows] == 1).astype(np.float64)
    share = float(outcome.mean()) if rows.size else 0.0
    least = LEAST / max(share * (1 - share), 1e-9)
    # Kinds of service are drawn around their category, so that what is rare is taken for its category.
    order = (["category"] if {"subcategory", "category"} & {*adjust} else []) + [
        name for name in adjust if name not in {"specialty", "category"}
    ]
    levels = [_levels(index, name, rows, cited, least) for name in order]
    code = np.zeros(rows.size, np.int64)
    for level in levels:
        code = code * len(level.names) + level.code
    several, right, names = np.zeros(rows.size, np.int64), None, list[str]()
    if "specialty" in adjust:
        several, right, names = _specialties(index, rows, least)
    _, first, of_left = np.unique(code, return_index=True, return_inverse=True)
    parts = [sparse.csr_array(np.ones((first.size, 1)))]
    told = ["all"]
    drawn = [False]
    for name, level in zip(order, levels, strict=True):
        counts = np.bincount(level.code, minlength=len(level.names))
        common = -1 if name == "subcategory" else int(counts.argmax())
        of_its_own = [number for number in range(len(level.names)) if number != common]
        parts.append(_columns(level.code[first], len(level.names))[:, of_its_own])
        told += [level.names[number] for number in of_its_own]
        drawn += [name == "subcategory"] * len(of_its_own)
    left = sparse.csr_array(sparse.hstack([*parts, sparse.csr_array((first.size, len(names)))], format="csr"))
    before = sparse.csr_array((int(several.max(initial=0)) + 1, len(told)))
    whole = before if right is None else sparse.hstack([before, right], format="csr")
    used, cell = np.unique(of_left * whole.shape[0] + several, return_inverse=True)
    design = Design(left, sparse.csr_array(whole), *np.divmod(used, whole.shape[0]))
    told += names
    drawn += [False] * len(names)
    letter = index.letter[rows].astype(np.int64)
    return Held(Population(outcome, letter, cell, design, np.array(drawn)), tuple(told))


def _columns(code: Ids, count: int) -> sparse.csr_array:
    return sparse.csr_array((np.ones(code.size), (np.arange(code.size), code)), shape=(code.size, count))


def _levels(index: Index, name: str, rows: Ids, cited: NDArray[np.int64], least: float) -> _Levels:
    if name == "keys":
        step = np.searchsorted(_STEPS, cited[rows], side="right")
        starts = (1, *_STEPS)
        return _pooled(step, [f"citing {start} or more" for start in starts], least)
    code, names = _named(index, name)
    return _pooled(code[rows], names, 1.0 if name == "subcategory" else least)


def _named(index: Index, name: str) -> tuple[Ids, list[str]]:
    code, _ = index.strata(name)
    known = index.columns(name)[name].unique().drop_nulls().sort()
    return code.astype(np.int64), [f"no {name}", *(str(value) for value in known)]


def _pooled(code: Ids, names: list[str], least: float) -> _Levels:
    """The levels with enough decisions; the others are one."""
    counts = np.bincount(code, minlength=len(names))
    often = np.flatnonzero(counts >= least)
    place = np.full(len(names), often.size)
    place[often] = np.arange(often.size)
    return _Levels(place[code], [*(names[number] for number in often), "other"])


def _specialties(index: Index, rows: Ids, least: float) -> tuple[Ids, sparse.csr_array, list[str]]:
    """Which combination of the common specialties each decision's reviewer has, and the combinations."""
    valued = index.valued("specialties")
    place = np.full(len(index), -1)
    place[rows] = np.arange(rows.size)
    row = place[valued.decision]
    inside = row >= 0
    row, value = row[inside], valued.value[inside].astype(np.int64)
    counts = np.bincount(value, minlength=len(valued.names))
    common = np.flatnonzero((counts >= least) & (counts < rows.size))
    number = np.full(len(valued.names), -1)
    number[common] = np.arange(common.size)
    kept = number[value] >= 0
    row, value = row[kept], number[value[kept]]
    marks = np.random.default_rng(1).integers(1, 2**62, max(common.size, 1)).astype(np.uint64)
    mark = np.zeros(rows.size, np.uint64)
    if row.size:
        starts = np.flatnonzero(np.diff(row, prepend=-1))
        mark[row[starts]] = np.add.reduceat(marks[value], starts)
    _, first, several = np.unique(mark, return_index=True, return_inverse=True)
    whole = sparse.csr_array((np.ones(row.size), (row, value)), shape=(rows.size, common.size))
    return (
        several.astype(np.int64),
        sparse.csr_array(whole[first]),
        [valued.names[number] for number in common],
    )
