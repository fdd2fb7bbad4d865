"""How parts of an index lie on disk: one folder each, of arrays, tables and lists of names."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from scipy import sparse

from kg.analysis.covariates import Combined
from kg.analysis.decisions import Cited
from kg.analysis.prepared.cells import Cells
from kg.analysis.prepared.strata import Strata, Together, Valued
from kg.statistics.population import Alike


@dataclass(frozen=True, slots=True)
class Form:
    """How one kind of part is written into a folder, and read from it again."""

    write: Callable[[Any, Path], None]
    read: Callable[[Path], Any]


def save(folder: Path, **arrays: Any) -> None:
    """Write arrays, each into a file of its name."""
    for name, values in arrays.items():
        np.save(folder / f"{name}.npy", values)


def mapped(folder: Path, name: str) -> Any:
    """The array in a file, mapped; as a plain array, whose slices cost less than a ``memmap``'s."""
    return np.load(folder / f"{name}.npy", mmap_mode="r").view(np.ndarray)


def _write_names(folder: Path, names: Sequence[Any]) -> None:
    (folder / "names.json").write_text(json.dumps(names), encoding="utf-8")


def _names(folder: Path) -> Any:
    return json.loads((folder / "names.json").read_text(encoding="utf-8"))


def _write_column(values: pl.Series, folder: Path) -> None:
    values.to_frame().write_ipc(folder / "column.arrow")


def _read_column(folder: Path) -> pl.Series:
    return pl.read_ipc(folder / "column.arrow").to_series()


def _write_cited(cited: Cited, folder: Path) -> None:
    save(folder, decision=cited.decision, key=cited.key)
    cited.keys.write_ipc(folder / "keys.arrow")


def _read_cited(folder: Path) -> Cited:
    return Cited(mapped(folder, "decision"), mapped(folder, "key"), pl.read_ipc(folder / "keys.arrow"))


def _write_strata(strata: Strata, folder: Path) -> None:
    save(folder, code=strata.code)
    _write_names(folder, strata.names)


def _read_strata(folder: Path) -> Strata:
    return Strata(mapped(folder, "code"), tuple(_names(folder)))


def _write_valued(valued: Valued, folder: Path) -> None:
    save(folder, decision=valued.decision, value=valued.value)
    _write_names(folder, valued.names)


def _read_valued(folder: Path) -> Valued:
    return Valued(mapped(folder, "decision"), mapped(folder, "value"), tuple(_names(folder)))


def _save_rows(folder: Path, rows: sparse.csr_array) -> None:
    save(folder, start=rows.indptr, column=rows.indices)


def _rows(folder: Path, width: int) -> sparse.csr_array:
    start, column = mapped(folder, "start"), mapped(folder, "column")
    return sparse.csr_array((np.ones(column.size), column, start), shape=(start.size - 1, width))


def _write_together(together: Together, folder: Path) -> None:
    save(folder, code=together.code)
    _save_rows(folder, together.rows)
    _write_names(folder, together.names)


def _read_together(folder: Path) -> Together:
    names = tuple(_names(folder))
    return Together(mapped(folder, "code"), _rows(folder, len(names)), names)


def _write_cells(cells: Cells, folder: Path) -> None:
    held, again = cells.covariates, cells.again
    save(folder, cell=held.cell, left=held.left, right=held.right, strata=held.strata)
    save(folder, decision=cells.decision, first=cells.start)
    save(folder, again_decision=again.decision, again_group=again.group, again_key=again.key)
    _save_rows(folder, held.several)
    cells.keys.write_ipc(folder / "keys.arrow")
    _write_names(folder, (held.order, held.names, held.specialties))


def _read_cells(folder: Path) -> Cells:
    order, names, specialties = _names(folder)
    cell, left, right, strata = (mapped(folder, name) for name in ("cell", "left", "right", "strata"))
    several = _rows(folder, len(specialties))
    held = Combined(
        *(cell, left, right, strata, tuple(order)), tuple(map(tuple, names)), several, tuple(specialties)
    )
    again = Alike(*(mapped(folder, f"again_{name}") for name in ("decision", "group", "key")))
    keys = pl.read_ipc(folder / "keys.arrow")
    return Cells(held, mapped(folder, "decision"), mapped(folder, "first"), again, keys)


FORMS: Mapping[str, Form] = {
    "column": Form(_write_column, _read_column),
    "cited": Form(_write_cited, _read_cited),
    "strata": Form(_write_strata, _read_strata),
    "valued": Form(_write_valued, _read_valued),
    "together": Form(_write_together, _read_together),
    "cells": Form(_write_cells, _read_cells),
}
"""Every kind of part that is kept, by name."""
