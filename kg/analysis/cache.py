"""The analyses of one generation of a knowledge base, made once and kept beside it on disk.

What is kept lies in ``analysis/<code version>/`` of the generation: the parts of the index of decisions and
citations, the inverted index of cases, and the drivers tables that were asked for without filters. Each lies
in a folder of its own, whose bytes are checked when it is first read.
All of it can be deleted, and what is damaged is: it is made again when asked for. Where the folder
cannot be written, it is kept in memory only.
"""

import json
import logging
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, fields
from functools import partial
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar
from uuid import uuid4

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kg.analysis.covariates import NOTHING, USUAL
from kg.analysis.covariates import wanted as covariates
from kg.analysis.decisions import LEVELS, PARTIES, Ids, Index, Mask, prepare
from kg.analysis.drivers import Drivers, EffectSet, Member, drivers
from kg.analysis.filters import FILTERS, Filters
from kg.analysis.further_columns import further_columns
from kg.analysis.prepared import part_files
from kg.analysis.prepared.cells import cells
from kg.analysis.prepared.freed_memory import share_one_arena
from kg.analysis.reasons.rationales import searching
from kg.analysis.related.features import Features, features
from kg.analysis.related.rankings import AskedCase, Related, related
from kg.base import manifest
from kg.base.store import KnowledgeBase
from kg.model import Determination
from kg.resources import code_version

_Made = TypeVar("_Made")
_LOG = logging.getLogger(__name__)
AT_A_TIME = 2
"""Cases of one request that are searched for at a time: numpy lets others run for two thirds of a search."""
_WHOLE, _DECISIONS = "whole index", "decisions"
_ARRAYS = tuple(
    part.name for part in fields(Features) if part.init and part.name not in {"cases", "names", "index"}
)


@dataclass(frozen=True, eq=False)
class Analyses:
    """Everything that is asked of one generation; threads may share it. Make it with :meth:`of`."""

    generation: str
    _facts: Callable[[], pl.LazyFrame] = field(repr=False)
    _folder: Path | None = field(default=None, repr=False)
    _letters: Callable[[], pl.LazyFrame] | None = field(default=None, repr=False)
    _searching: Callable[[Index, str], Mask] | None = field(default=None, repr=False)
    _made: dict[Any, Any] = field(default_factory=dict, repr=False)
    _making: dict[str, RLock] = field(default_factory=dict, repr=False)
    _lock: RLock = field(default_factory=RLock, repr=False)

    def __post_init__(self) -> None:
        share_one_arena()

    @classmethod
    def of(cls, base: KnowledgeBase) -> "Analyses":
        """The analyses of the generation that ``base`` opened."""
        return cls(
            base.generation,
            base.scan_facts,
            base.folder / "analysis" / code_version(),
            base.scan_determinations,
            searching(base),
        )

    @property
    def index(self) -> Index:
        """The index of decisions and citations; each part of it is read or made when first asked for."""

        def made() -> Index:
            outcome, letter, undecided = self._read_or_make(_DECISIONS, _read_decisions, self._made_decisions)
            reading = partial(further_columns, self._plain, self._decided, self._facts, self._letters)
            index = Index(
                *(outcome, letter, reading, lambda level, party: self._whole.cited(level, party)),
                undecided=undecided,
                _keep=self._part,
                _searching=self._searching,
            )
            if self._has(_DECISIONS) and _WHOLE in self._made:
                _ = index.decisions, [index.cited(level, party) for level in LEVELS for party in PARTIES]
                self._made.pop(_WHOLE)
            return index

        return self._once("index", made)

    @property
    def features(self) -> Features:
        """The inverted index of cases, read or made when first asked for."""
        return self._once(
            "features",
            lambda: self._read_or_make(
                "features", partial(_read_features, lambda: self.index), self._made_features
            ),
        )

    def drivers(
        self,
        level: str = "page",
        party: str = "reviewer",
        filters: Filters | None = None,
        minimum: int = 10,
        *,
        adjust: str | Iterable[str] | None = None,
        sets: bool = True,
    ) -> Drivers:
        """As :func:`kg.analysis.drivers.drivers`; a table without filters is kept."""
        equal = covariates(adjust) or (NOTHING,)
        ask = partial(drivers, level=level, party=party, minimum=minimum, adjust=equal)
        if filters is not None and filters.given():
            return ask(self.index, filters=filters, sets=sets)
        name = f"drivers-{level}-{party}-{'-'.join(equal)}"
        if not sets and name not in self._made and not self._has(name):
            return self._once(f"{name} without sets", lambda: ask(self.index, sets=False)).shown(minimum)
        return self._once(name, lambda: self._table(name, lambda: ask(self.index))).shown(minimum)

    def related(
        self,
        case: str | AskedCase,
        outcome: str | None = None,
        limit: int = 10,
        cursor: str | None = None,
        *,
        filters: Filters | None = None,
        mode: str = "precedent",
    ) -> Related:
        """As :func:`kg.analysis.related.rankings.related`."""
        return related(self.features, case, outcome, limit, cursor, filters=filters, mode=mode)

    def related_each(
        self,
        cases: Iterable[str | AskedCase],
        outcome: str | None = None,
        limit: int = 10,
        *,
        filters: Filters | None = None,
        mode: str = "precedent",
    ) -> Iterator[Related]:
        """As :meth:`related` of each case, in their order; :data:`AT_A_TIME` are searched for at a time."""
        _ = self.features  # made before several ask for it
        ask = partial(self.related, outcome=outcome, limit=limit, filters=filters, mode=mode)
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            try:
                yield from pool.map(ask, cases)
            finally:
                pool.shutdown(cancel_futures=True)

    def asked(self, determination: Determination, text: str = "") -> AskedCase:
        """A letter or request that is not in the base, for :meth:`related`."""
        from kg.analysis.related.outside import asked_cases  # late: the grammars are loaded for this alone
        from kg.base.building.read import specialty_labels

        return asked_cases(self.features, [(determination, text)], specialty_labels())[0]

    def prepare(self) -> None:
        """Make all that is kept: about half a minute for a million letters."""
        _ = self.features
        self.drivers()
        cells(self.index, "page", "reviewer", USUAL)
        for name in FILTERS:
            self.index.values(name)

    def _once(self, name: str, make: Callable[[], _Made]) -> _Made:
        """What ``make`` gives, made by the first who asks; who asks for something else need not wait."""
        if name not in self._made:
            with self._lock:
                making = self._making.setdefault(name, RLock())
            with making:
                if name not in self._made:
                    self._made[name] = make()
        made: _Made = self._made[name]
        return made

    def _has(self, name: str) -> bool:
        return self._folder is not None and (self._folder / name).is_dir()

    @property
    def _whole(self) -> Index:
        """An index with all its parts, made from the facts."""
        return self._once(_WHOLE, lambda: prepare(self._facts()))

    def _plain(self, names: Sequence[str]) -> pl.DataFrame:
        return self._whole.columns(*names)

    def _decided(self) -> pl.DataFrame:
        return self.index.columns("case", "item")

    def _part(self, kind: str, name: str, make: Callable[[], Any]) -> Any:
        """A part of the index, kept in a folder of its own: who asks for some columns reads no others."""
        form = part_files.FORMS[kind]

        def made(folder: Path | None) -> Any:
            part = make()
            if folder is not None:
                form.write(part, folder)
            return part

        if not self._has(_DECISIONS):  # the generation went meanwhile, or has no folder that can be written
            return make()
        return self._once(f"{kind}-{name}", lambda: self._read_or_make(f"{kind}-{name}", form.read, made))

    def _made_decisions(self, folder: Path | None) -> tuple[NDArray[np.int8], Ids, int]:
        found = self._whole
        if folder is not None:
            part_files.save(folder, outcome=found.outcome, letter=found.letter, undecided=found.undecided)
        return found.outcome, found.letter, found.undecided

    def _made_features(self, folder: Path | None) -> Features:
        found = features(self.index)
        if folder is not None:
            _write_features(found, folder)
        return found

    def _table(self, name: str, make: Callable[[], Drivers]) -> Drivers:
        def made(folder: Path | None) -> Drivers:
            table = make()
            if folder is not None:
                said = {part: getattr(table, part) for part in _SAID}
                said |= {"sets": [asdict(one) for one in table.sets]}
                table.whole.write_parquet(folder / "table.parquet", metadata={"said": json.dumps(said)})
            return table

        return self._read_or_make(name, self._read_table, made)

    def _read_table(self, folder: Path) -> Drivers:
        path = folder / "table.parquet"
        said = json.loads(pl.read_parquet_metadata(path)["said"])
        level, party = said["level"], said["party"]
        sets = [
            EffectSet(**one | {"keys": tuple(Member(**key) for key in one["keys"])})
            for one in said.pop("sets")
        ]
        said |= {"adjust": tuple(said["adjust"]), "notes": tuple(said["notes"]), "sets": tuple(sets)}
        return Drivers(
            **said,
            filters=Filters(),
            whole=pl.read_parquet(path),
            _cases=lambda key: self.index.cases(self.index.cited(level, party), key),
        )

    def _read_or_make(
        self, name: str, read: Callable[[Path], _Made], make: Callable[[Path | None], _Made]
    ) -> _Made:
        """What lies in the folder ``name``; else it is made in a folder that is then moved there."""
        if self._folder is None:
            return make(None)
        kept = self._folder / name
        if kept.is_dir():
            if (fault := manifest.fault(kept)) is None:
                return read(kept)
            _LOG.warning("%s is made anew: %s", kept, fault)
            shutil.rmtree(kept, ignore_errors=True)
        draft = self._folder / f".{name}-{os.getpid()}-{uuid4().hex[:8]}"
        try:
            draft.mkdir(parents=True)
        except OSError as fault:
            _LOG.info("%s: not kept on disk: %s", kept, fault)
            return make(None)
        try:
            made = make(draft)
            manifest.write(draft, None)
            if not kept.is_dir():
                draft.rename(kept)
        except OSError as fault:
            _LOG.info("%s: not kept on disk: %s", kept, fault)
            return make(None)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        return made


_SAID = (
    *("level", "party", "minimum", "adjust", "decisions", "upheld", "overturned", "modified"),
    *("at_risk", "letters", "verdict", "notes"),
)


def _read_decisions(folder: Path) -> tuple[NDArray[np.int8], Ids, int]:
    outcome, letter = (np.load(folder / f"{name}.npy") for name in ("outcome", "letter"))
    return outcome, letter, int(np.load(folder / "undecided.npy"))


def _write_features(found: Features, folder: Path) -> None:
    found.cases.to_frame("case").write_ipc(folder / "cases.arrow")
    found.names.write_ipc(folder / "names.arrow")
    part_files.save(folder, **{name: getattr(found, name) for name in _ARRAYS})


def _read_features(index: Callable[[], Index], folder: Path) -> Features:
    arrays = {name: part_files.mapped(folder, name) for name in _ARRAYS}
    cases = pl.read_ipc(folder / "cases.arrow")["case"]
    return Features(cases=cases, names=pl.read_ipc(folder / "names.arrow"), index=index, **arrays)
