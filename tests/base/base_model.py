"""A knowledge base against a plain dictionary: random letters, corrections, removals, crashes and full disks.

A seed says all that happens in one history. After each step the base says what the dictionary says; a step
that was struck leaves what was there before it or what is there after it, and the next try completes it.

A crash is what lies on the disk at some moment: the folder is copied when the program is about to change a
file, and the copy takes its place. What is written by others than Python (the graph's store, the ledger) is
copied as far as it has come then.
"""

import errno
import gc
import os
import random
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from base_letters import ITEMS, letter

from kg.base import graphs, manifest
from kg.base.building import read
from kg.base.building.build import build
from kg.base.store import KnowledgeBase
from kg.base.tables import arrow
from kg.base.upkeep.edit import correct, correction, remove
from kg.base.upkeep.verify import verify
from kg.errors import BaseError
from kg.graph import iri
from kg.graph.vocab import IMR

CASES = [f"CM16-000000{n}" for n in range(1, 6)]
STEPS = 2, 2, 2, 3, 4
_MOMENTS = 55
"""A step is struck when it changes its n-th file, n up to this; most steps change fewer than so many."""

Said = dict[str, tuple[str, tuple[str, ...]]]
"""What a base says: the text of each case's letter, and the outcomes of its items."""


@dataclass(frozen=True)
class Letter:
    """A letter in a file."""

    case: str
    decided: date
    items: int
    why: str

    @property
    def text(self) -> str:
        return letter(self.case, f"{self.decided:%m/%d/%Y}", self.items, self.why)


@dataclass
class Model:
    """The base as it should be: what is kept of each case, and what is known of each file."""

    kept: dict[str, tuple[str, Letter]] = field(default_factory=dict)
    seen: dict[str, tuple[Letter, str]] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    corrected: dict[str, str] = field(default_factory=dict)

    def copy(self) -> "Model":
        return replace(
            self,
            kept={**self.kept},
            seen={**self.seen},
            removed={*self.removed},
            corrected={**self.corrected},
        )

    def build(self, files: dict[str, Letter]) -> None:
        """The later decision wins, but an edited file replaces what it said before."""
        ours: set[str] = set()
        for place, new in files.items():
            known, became = self.seen.get(place, (None, ""))
            if new.case in self.removed or (known == new and became != "superseded"):
                continue  # one that lost is read again: what it lost to may have changed
            of_place, old = self.kept.get(new.case, (place, None))
            edited = of_place == place and new.case not in ours
            if old == new:
                self.seen[place] = new, "same"
            elif old is None or edited or old.decided < new.decided:
                if old is not None and of_place != place:
                    self.seen[of_place] = self.seen[of_place][0], "superseded"
                self.kept[new.case], self.seen[place] = (place, new), (new, "accepted")
                ours.add(new.case)
            else:
                self.seen[place] = new, "superseded"

    def remove(self, case: str) -> None:
        del self.kept[case]
        self.removed.add(case)

    def says(self) -> Said:
        return {
            case: (each.text, (self.corrected.get(case, outcomes[0]), *outcomes[1:]))
            for case, (_, each) in self.kept.items()
            for outcomes in [[outcome.lower() for _, outcome in ITEMS[: each.items]]]
        }


class Told:
    """What the generations of one history say; one whose bytes were there before says the same again."""

    def __init__(self, kb: Path) -> None:
        self._kb = kb
        self._by_files: dict[tuple[bytes, bool], Said] = {}

    def now(self, *, graph: bool = True) -> Said:
        """What the base says, as :func:`says` finds it."""
        if not (self._kb / "current").exists():
            return {}
        served = (self._kb / "current").resolve()
        files = (served / manifest.FILE).read_bytes(), graph
        if files in self._by_files:
            assert list(manifest.faults(served)) == [], "files have changed"
        else:
            self._by_files[files] = says(self._kb, graph=graph)
        return self._by_files[files]


def says(kb: Path, *, graph: bool = True) -> Said:
    """What a base says, which its texts, determinations, table of facts and graph say alike.

    To open the graph takes longer than all else: without ``graph`` it is left out.
    """
    with KnowledgeBase.open(kb) as base:
        found = {}
        for case in base.cases():
            outcomes = [one.outcome for one in base.determination(case).decisions]
            found[case] = base.letter(case), tuple(outcome.value if outcome else "" for outcome in outcomes)
        facts = set(arrow.rows_of(base.rows("facts", columns=("item", "outcome"))))
        store = ox.Store.read_only(str(base.graph_folder)) if graph else None
    items = {(case, n, told) for case, (_, outcomes) in found.items() for n, told in enumerate(outcomes, 1)}
    assert facts == items, "the facts differ from the determinations"
    assert store is None or _in_graph(store) == items, "the graph differs from the determinations"
    return found


def _in_graph(store: ox.Store) -> set[tuple[str, int, str]]:
    found = set()
    for quad in store.quads_for_pattern(None, ox.NamedNode(str(IMR.outcome)), None):
        case, _, position = quad.subject.value.removeprefix(f"{iri.BASE}case/").partition("/item/")
        found.add((case, int(position), quad.object.value.rpartition("/")[2]))
    return found


# --- strikes ----------------------------------------------------------------------------------


class Killed(BaseException):
    """The program ends here."""


class _Strike:
    """What happens when the files under ``kb`` are about to be changed for the n-th time."""

    def __init__(self, kb: Path, kind: str, moment: int) -> None:
        self.kb, self.kind, self.moment = kb, kind, moment
        self.happened = False
        self._thread = threading.get_ident()

    def about_to_change(self) -> None:
        if threading.get_ident() != self._thread:
            return
        self.moment -= 1
        if self.moment > 0 or self.kind == "none" or (self.happened and self.kind == "crash"):
            return
        self.happened = True
        if self.kind == "full":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.kb))
        if self.kb.exists():
            _copy(self.kb, self.kb.with_name("left"))
        raise Killed


def _copy(kb: Path, left: Path) -> None:
    """A copy of the folder; again where a thread of the store removed a file meanwhile."""
    for tries in range(9, -1, -1):
        try:
            shutil.copytree(kb, left, symlinks=True)
        except shutil.Error:
            if not tries:
                raise
            shutil.rmtree(left)
        else:
            return


_struck: _Strike | None = None
_NEEDS_SPACE = {"open", "os.mkdir", "os.link", "os.symlink"}
_CHANGES = {*_NEEDS_SPACE, "os.rename", "os.remove"}


def _watch(event: str, given: tuple[Any, ...]) -> None:
    global _struck
    strike = _struck
    if strike is None or event not in (_NEEDS_SPACE if strike.kind == "full" else _CHANGES):
        return
    if event == "open" and not (given[2] or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        return
    place = given[1] if event in ("os.link", "os.symlink", "os.rename") else given[0]
    if isinstance(place, int) or not os.fsdecode(place).startswith(str(strike.kb)):
        return
    _struck = None
    try:
        strike.about_to_change()
    finally:
        _struck = strike


sys.addaudithook(_watch)


_FULL = ("the disk is full", os.strerror(errno.ENOSPC))


@contextmanager
def struck(strike: _Strike | None) -> Iterator[None]:
    """Do something that a strike ends: after a crash, what lay on the disk then is there."""
    global _struck
    _struck = strike
    try:
        yield
    except Killed:
        assert strike is not None
        _struck = None
        _end_all()
        shutil.rmtree(strike.kb, ignore_errors=True)
        if (left := strike.kb.with_name("left")).exists():
            left.rename(strike.kb)
    except BaseError as error:
        if strike is None or strike.kind != "full" or not any(said in str(error) for said in _FULL):
            raise
    finally:
        _struck = None


def _end_all() -> None:
    """End what a program that is killed would end: threads that still work, stores that are still open."""
    for thread in threading.enumerate():
        if thread.name == "optimize":
            thread.join()
    gc.collect(2 if gc.isenabled() else 0)  # where it is not enabled, all that is new is in the first


# --- many -------------------------------------------------------------------------------------


@contextmanager
def lightened() -> Iterator[None]:
    """The same base with a part of the catalogue, which is most of a small graph; a letter is read once.

    Tables are not compressed: to begin a column's compression takes longer than to write its few values.
    """
    catalogue, read_letter = graphs.catalogue, read.read_letter
    part = b"".join(catalogue().splitlines(keepends=True)[::500])
    graphs.catalogue, read.read_letter = cache(lambda: part), cache(read_letter)
    compression, arrow.COMPRESSION = arrow.COMPRESSION, "uncompressed"
    gc.collect()
    gc.disable()  # each crash collects what it leaves, and looks through nothing else
    try:
        yield
    finally:
        gc.enable()
        graphs.catalogue, read.read_letter = catalogue, read_letter
        arrow.COMPRESSION = compression


# --- histories --------------------------------------------------------------------------------


def play(seed: int, room: Path) -> int:
    """One history in an empty folder; how many strikes happened.

    Raises:
        AssertionError: the base does not say what it should.
    """
    chance = random.Random(seed)
    kb, folder = room / "kb", room / "letters"
    folder.mkdir()
    model, files, strikes = Model(), dict[str, Letter](), 0
    days = iter(chance.sample(range(24), 12))
    told = Told(kb)
    verified = chance.random() < 0.5  # at the end: the triples of each letter are counted
    for left in reversed(range(chance.choice(STEPS))):
        do, after = _step(chance, kb, folder, model, files, days)
        strike = _Strike(kb, chance.choice(("crash", "full", "none")), chance.randint(1, _MOMENTS))
        with struck(strike):
            do()
        if strike.happened:
            strikes += 1
            found = told.now()
            assert found in (model.says(), after.says()), "neither what was there nor what should be"
            if found == model.says() != after.says() and chance.random() < 0.3:
                continue  # and another step comes
            if model.removed == after.removed or found != after.says():  # what is gone cannot be removed
                do()
        if model.removed != after.removed:
            assert not (kb / "staging").exists(), "what a stopped build has read may hold the letter"
        model = after
        assert told.now(graph=not (left or verified)) == model.says(), "not what it should be"
    if verified and (kb / "current").exists():
        assert verify(kb, deep=True) == []
    return strikes


def _step(
    chance: random.Random,
    kb: Path,
    folder: Path,
    model: Model,
    files: dict[str, Letter],
    days: Iterator[int],
) -> tuple[Callable[[], object], Model]:
    """Something to do with the base, and what is there when it is done."""
    after = model.copy()
    kinds = ["build", "build", "correct", "remove"] if model.kept else ["build"]
    kind = chance.choice(kinds)
    if kind == "build":
        _write(chance, folder, files, days)
        given = {
            name: files[name] for name in sorted(chance.sample(sorted(files), chance.randint(1, len(files))))
        }
        after.build(given)
        optimize = chance.choice((None, False))
        return (lambda: build([folder / name for name in given], kb, processes=1, optimize=optimize)), after
    case = chance.choice(sorted(model.kept))
    if kind == "remove":
        after.remove(case)
        return (lambda: remove(kb, [case], "asked for")), after
    outcome = chance.choice(("upheld", "overturned", "modified"))
    after.corrected[case] = outcome
    wanted = correction(case, "decisions.1.outcome", outcome, "misread")
    return (lambda: correct(kb, [wanted])), after


def _write(chance: random.Random, folder: Path, files: dict[str, Letter], days: Iterator[int]) -> None:
    """Some new letters, copies of letters, and edited files."""
    for _ in range(chance.randint(1, 3)):
        new = Letter(
            chance.choice(CASES),
            date(2016, 1, 1) + timedelta(next(days)),
            chance.randint(1, 3),
            chance.choice(("It is needed.", "It is not needed.")),
        )
        name = f"{len(files):03d}.txt"
        if files and chance.random() < 0.2:
            new = files[chance.choice(sorted(files))]
        elif files and chance.random() < 0.3:
            name = chance.choice(sorted(files))
            new = replace(new, case=files[name].case)
        files[name] = new
        (folder / name).write_text(new.text, encoding="utf-8")
