"""What is held equal when decisions are compared: covariates chosen by a rule that no display moves."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kg.analysis.decisions import Index
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


_FEW_CELLS = 20_000
"""Cells up to which alike ones are merged: of more decisions no figure depends on it."""


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """Decisions at risk with their covariates: ``names`` has the value behind each column of the design.

    ``merged`` is where each cell is among those of the population, where alike ones were made one.
    """

    population: Population
    names: tuple[str, ...]
    merged: Ids | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Levels:
    """One covariate: the level of each combination, and what each level is called."""

    code: Ids
    names: list[str]


@dataclass(frozen=True, slots=True, eq=False)
class Combined:
    """What may be held equal of some decisions, before rare values are pooled.

    A decision's *cell* is a combination of values (a row of ``strata``, a column for each of ``order``)
    beside a combination of specialties, a row of ``several``. They are numbered by the one, then the other.
    """

    cell: Ids
    left: Ids
    right: Ids
    strata: NDArray[np.int32]
    order: tuple[str, ...]
    names: tuple[tuple[str, ...], ...]
    several: sparse.csr_array
    specialties: tuple[str, ...]


def combined(index: Index, rows: Ids, cited: NDArray[np.int64], adjust: tuple[str, ...]) -> Combined:
    """The cells of the decisions ``rows``; ``cited`` is how many keys each decision of the index cites."""
    # Kinds of service are drawn around their category, so that what is rare is taken for its category.
    order = (["category"] if {"subcategory", "category"} & {*adjust} else []) + [
        name for name in adjust if name not in {"specialty", "category"}
    ]
    code, count = np.zeros(rows.size, np.int64), 1
    strata, names = [], []
    for name in order:
        own, known = _stratum(index, name, rows, cited)
        if count * len(known) > _TABLE * rows.size + _TABLE:
            used, code = _numbered(code, count)
            count = used.size
        code = code * len(known) + own
        count *= len(known)
        strata.append(own)
        names.append(known)
    used, of_left = _numbered(code, count)
    one = np.zeros(used.size, np.int64)
    one[of_left] = np.arange(rows.size)
    values = np.array([own[one] for own in strata], np.int32).reshape(len(order), used.size).T
    if "specialty" in adjust:
        together = index.together("specialties")
        several, told, beside = together.rows, together.names, together.code[rows].astype(np.int64)
    else:
        several, told, beside = sparse.csr_array((1, 0)), (), np.zeros(rows.size, np.int64)
    cells, cell = _numbered(of_left * several.shape[0] + beside, used.size * several.shape[0])
    left, right = np.divmod(cells, several.shape[0])
    return Combined(cell, left, right, values, tuple(order), tuple(names), several, told)


def held(found: Combined, size: NDArray[np.int64], decisions: Population, cell: Ids) -> Held:
    """The ``decisions`` with what is held equal; ``size`` is how many each cell has, ``cell`` where each is.

    Cells without decisions are left out. Values of which few decisions are expected to have the rarer outcome
    are one; of many cells those that differ by them stay apart, which changes no sum.
    """
    share = float(decisions.outcome.mean()) if decisions.outcome.size else 0.0
    least = LEAST / max(share * (1 - share), 1e-9)
    cells = np.flatnonzero(size)
    lefts, of_left = _numbered(found.left[cells], found.strata.shape[0])
    many = np.bincount(of_left, size[cells], lefts.size).astype(np.float64)
    parts = [sparse.csr_array(np.ones((lefts.size, 1)))]
    told, drawn, codes = ["all"], [False], [np.zeros(lefts.size, np.int64)]
    for number, (name, names) in enumerate(zip(found.order, found.names, strict=True)):
        enough = 1.0 if name == "subcategory" else least
        level = _pooled(found.strata[lefts, number].astype(np.int64), names, many, enough)
        codes.append(level.code)
        counts = np.bincount(level.code, many, len(level.names))
        common = -1 if name == "subcategory" else int(counts.argmax())
        of_its_own = [place for place in range(len(level.names)) if place != common]
        parts.append(_columns(level.code, len(level.names))[:, of_its_own])
        told += [level.names[place] for place in of_its_own]
        drawn += [name == "subcategory"] * len(of_its_own)
    rights, of_right = _numbered(found.right[cells], found.several.shape[0])
    each = np.bincount(of_right, size[cells], rights.size).astype(np.float64)
    several, shown = _specialties(found, rights, each, least)
    left = sparse.hstack([*parts, sparse.csr_array((lefts.size, len(shown)))], format="csr")
    right = sparse.hstack([sparse.csr_array((rights.size, len(told))), several], format="csr")
    design = Design(sparse.csr_array(left), sparse.csr_array(right), of_left, of_right)
    drawn += [False] * len(shown)
    merged = None
    if of_left.size <= _FEW_CELLS:
        design, merged = _merged(design, np.array(codes).reshape(len(codes), lefts.size).T, several)
        cell = merged[cell]
    return Held(decisions.divided(cell, design, np.array(drawn)), (*told, *shown), merged)


def _merged(design: Design, left: Ids, right: sparse.csr_array) -> tuple[Design, Ids]:
    """A design without cells that differ in nothing that is held equal, and where each cell is in it.

    ``left`` and ``right`` say what tells its halves apart. A fit evaluates the cells of a key exactly and
    all others nearly: of few decisions it is the more exact the fewer cells there are.
    """
    _, one, of_left = np.unique(left, axis=0, return_index=True, return_inverse=True)
    _, other, of_right = np.unique(right.toarray(), axis=0, return_index=True, return_inverse=True)
    code = of_left.ravel()[design.of_left] * other.size + of_right.ravel()[design.of_right]
    used, place = np.unique(code, return_inverse=True)
    return Design(design.left[one], design.right[other], *np.divmod(used, other.size)), place.astype(np.int64)


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


def _columns(code: Ids, count: int) -> sparse.csr_array:
    return sparse.csr_array((np.ones(code.size), (np.arange(code.size), code)), shape=(code.size, count))


def _stratum(
    index: Index, name: str, rows: Ids, cited: NDArray[np.int64]
) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    if name == "keys":
        step = np.searchsorted(_STEPS, np.arange(int(cited.max(initial=0)) + 1), side="right")
        starts = (1, *_STEPS)
        return step[cited[rows]].astype(np.int32), tuple(f"citing {start} or more" for start in starts)
    code, known = index.strata(name)
    return code[rows].astype(np.int32), (f"no {name}", *known)


def _pooled(code: Ids, names: tuple[str, ...], decisions: NDArray[np.float64], least: float) -> _Levels:
    """The levels with enough decisions; the others are one."""
    often = np.flatnonzero(np.bincount(code, decisions, len(names)) >= least)
    place = np.full(len(names), often.size)
    place[often] = np.arange(often.size)
    return _Levels(place[code], [*(names[number] for number in often), "other"])


def _specialties(
    found: Combined, rights: Ids, decisions: NDArray[np.float64], least: float
) -> tuple[sparse.csr_array, list[str]]:
    """The common specialties that each combination has, and their names."""
    rows = found.several[rights]
    counts = rows.T @ decisions
    common = np.flatnonzero((counts >= least) & (counts < decisions.sum()))
    return sparse.csr_array(rows[:, common]), [found.specialties[number] for number in common]
