"""What is held equal when decisions are compared: covariates chosen by a rule that no display moves."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import prod

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
_TABLE = 32
"""Codes are numbered by a table of as many places a decision, at most; sorting takes ten times as long."""
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
    left, of_left = _numbered(code, prod(len(level.names) for level in levels))
    parts = [sparse.csr_array(np.ones((left.size, 1)))]
    told = ["all"]
    drawn = [False]
    of_level = _apart(left, levels)
    for name, level, own in zip(order, levels, of_level, strict=True):
        counts = np.bincount(level.code, minlength=len(level.names))
        common = -1 if name == "subcategory" else int(counts.argmax())
        of_its_own = [number for number in range(len(level.names)) if number != common]
        parts.append(_columns(own, len(level.names))[:, of_its_own])
        told += [level.names[number] for number in of_its_own]
        drawn += [name == "subcategory"] * len(of_its_own)
    half = sparse.csr_array(sparse.hstack([*parts, sparse.csr_array((left.size, len(names)))], format="csr"))
    before = sparse.csr_array((int(several.max(initial=0)) + 1, len(told)))
    whole = before if right is None else sparse.hstack([before, right], format="csr")
    used, cell = _numbered(of_left * whole.shape[0] + several, left.size * whole.shape[0])
    design = Design(half, sparse.csr_array(whole), *np.divmod(used, whole.shape[0]))
    told += names
    drawn += [False] * len(names)
    letter = index.letter[rows].astype(np.int64)
    return Held(Population(outcome, letter, cell, design, np.array(drawn)), tuple(told))


def _numbered(code: Ids, count: int) -> tuple[Ids, Ids]:
    """The codes that occur, of 0 to ``count``, ascending, and the place of each among them."""
    if count > _TABLE * code.size + _TABLE:
        return np.unique(code, return_inverse=True)
    there = np.zeros(count, bool)
    there[code] = True
    used = np.flatnonzero(there)
    place = np.empty(count, np.int32)
    place[used] = np.arange(used.size, dtype=np.int32)
    return used, place[code].astype(np.int64)


def _apart(code: Ids, levels: list[_Levels]) -> list[Ids]:
    """The levels of which codes are made."""
    found: list[Ids] = []
    for level in reversed(levels):
        code, own = np.divmod(code, len(level.names))
        found.append(own)
    return found[::-1]


def _columns(code: Ids, count: int) -> sparse.csr_array:
    return sparse.csr_array((np.ones(code.size), (np.arange(code.size), code)), shape=(code.size, count))


def _levels(index: Index, name: str, rows: Ids, cited: NDArray[np.int64], least: float) -> _Levels:
    if name == "keys":
        step = np.searchsorted(_STEPS, cited[rows], side="right")
        starts = (1, *_STEPS)
        return _pooled(step, [f"citing {start} or more" for start in starts], least)
    code, names = _named(index, name)
    return _pooled(code[rows].astype(np.int64), names, 1.0 if name == "subcategory" else least)


def _named(index: Index, name: str) -> tuple[NDArray[np.int32], list[str]]:
    code, known = index.strata(name)
    return code, [f"no {name}", *known]


def _pooled(code: Ids, names: list[str], least: float) -> _Levels:
    """The levels with enough decisions; the others are one."""
    counts = np.bincount(code, minlength=len(names))
    often = np.flatnonzero(counts >= least)
    place = np.full(len(names), often.size)
    place[often] = np.arange(often.size)
    return _Levels(place[code], [*(names[number] for number in often), "other"])


def _specialties(index: Index, rows: Ids, least: float) -> tuple[Ids, sparse.csr_array, list[str]]:
    """Which combination of the common specialties each decision's reviewer has, and the combinations."""
    together = index.together("specialties")
    code = together.code[rows].astype(np.int64)
    number = np.bincount(code, minlength=together.rows.shape[0])
    counts = together.rows.T @ number
    common = np.flatnonzero((counts >= least) & (counts < rows.size))
    whole = together.rows[:, common].toarray()
    there = np.flatnonzero(number)
    right, of_there = np.unique(whole[there], axis=0, return_inverse=True)
    several = np.zeros(number.size, np.int64)
    several[there] = of_there
    return several[code], sparse.csr_array(right), [together.names[number] for number in common]
