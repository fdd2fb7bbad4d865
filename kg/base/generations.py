"""The directory of a knowledge base: its marker, its generations, the one that is served.

::

    kb/
      imr-kg.json               our marker and the format version
      lock                      held by the one builder
      current                   a link to the generation that is served, swapped by one rename
      generations/000001/       whole and never changed once it is served
        graph/ facts/ letters/ words.sqlite ledger.sqlite generation.json
      staging/                  what an unfinished build has read so far

A generation holds all that an answer needs, the ledger too, so that one rename changes everything
together and a reader of an older generation goes on undisturbed.
"""

import errno
import fcntl
import json
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from kg.errors import BaseError, TableError, why

FORMAT = 1
"""Version of the layout; a base of another version is refused with what to do."""

MARKER = "imr-kg.json"
WHOLE = "generation.json"
"""The file of a generation that is written last: where it is, the generation is whole."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths of the knowledge base at ``root``."""

    root: Path

    @property
    def marker(self) -> Path:
        """The file that says that this directory is ours."""
        return self.root / MARKER

    @property
    def lock(self) -> Path:
        """The file that the one builder holds."""
        return self.root / "lock"

    @property
    def current(self) -> Path:
        """The link to the generation that is served."""
        return self.root / "current"

    @property
    def generations(self) -> Path:
        """The folder of all generations."""
        return self.root / "generations"

    @property
    def staging(self) -> Path:
        """The folder of what an unfinished build has read."""
        return self.root / "staging"

    def served(self) -> Path | None:
        """The folder of the served generation, ``None`` where nothing was built yet."""
        try:
            return self.root / self.current.readlink()
        except FileNotFoundError:
            return None

    def next_name(self) -> str:
        """The name of the generation after the newest one that is there or was served."""
        served = self.served()
        return f"{int(served.name) + 1 if served else 1:06d}"


def check(root: Path) -> Layout:
    """The layout of an existing knowledge base.

    Raises:
        BaseError: ``root`` is not there, is not ours, or has another format version.
    """
    layout = Layout(root)
    if not root.is_dir():
        raise BaseError(
            f"{root}: there is no knowledge base here; create one with: kg build SOURCE --kb {root}"
        )
    try:
        marker = json.loads(layout.marker.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BaseError(f"{root}: this directory is not a knowledge base (it has no {MARKER})") from None
    except (OSError, ValueError) as fault:
        raise BaseError(f"{layout.marker}: cannot be read: {fault}") from fault
    version = marker.get("format") if isinstance(marker, dict) else None
    if version != FORMAT:
        raise BaseError(
            f"{root}: this knowledge base has format {version}, this program reads format {FORMAT}; "
            "build it again from its letters into a new directory"
        )
    return layout


def create(root: Path) -> Layout:
    """The layout of the knowledge base at ``root``, made where there is none.

    Raises:
        BaseError: ``root`` is a directory with other things in it, or cannot be written.
    """
    layout = Layout(root)
    if layout.marker.exists():
        return check(root)
    try:
        root.mkdir(parents=True, exist_ok=True)
        unfinished = f"{MARKER}.new"  # all that a build leaves which is killed in this function
        if any(path.name != unfinished for path in root.iterdir()):
            raise BaseError(
                f"{root}: this directory is not empty and not a knowledge base; nothing was changed"
            )
        write_json(layout.marker, {"format": FORMAT, "about": "imr-kg knowledge base"})
        layout.generations.mkdir()
    except OSError as fault:
        raise BaseError(f"{root}: cannot make a knowledge base: {fault.strerror or fault}") from fault
    return layout


@contextmanager
def builder_lock(layout: Layout) -> Iterator[None]:
    """Be the only one who changes the base; a lock that a killed builder left does not hold.

    Raises:
        BaseError: another process builds, or the base cannot be written.
    """
    try:
        handle = os.open(layout.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as fault:
        raise BaseError(f"{layout.root}: cannot be written: {fault.strerror}") from fault
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as fault:
            if fault.errno not in (errno.EAGAIN, errno.EACCES):
                raise BaseError(f"{layout.lock}: cannot be locked: {fault.strerror}") from fault
            holder = os.pread(handle, 32, 0).decode("ascii", "replace").strip() or "unknown"
            raise BaseError(
                f"{layout.root}: another build is running here (process {holder}); nothing was changed"
            ) from fault
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode("ascii"), 0)
        yield
    finally:
        os.close(handle)


@contextmanager
def explained(layout: Layout) -> Iterator[None]:
    """Say in one sentence what the system refused while the base was changed.

    Raises:
        BaseError: in place of the system's or SQLite's own error, or of a damaged table's.
    """
    try:
        yield
    except (OSError, sqlite3.Error, TableError) as fault:
        reason = why(fault)
        if getattr(fault, "errno", None) == errno.ENOSPC or _FULL.search(reason):
            reason = "the disk is full; free some space and run the command again to resume"
        raise BaseError(f"{layout.root}: {reason}; the current generation is unchanged") from fault


_FULL = re.compile(r"(?i)no space left|disk is full|database or disk")


def pin(layout: Layout) -> tuple[Path, int]:
    """The served generation and a handle that keeps it from being cleaned away while open.

    Raises:
        BaseError: nothing was built yet, or the generation is damaged.
    """
    for _ in range(10):  # a builder may swap and clean between the look and the lock
        folder = layout.served()
        if folder is None:
            raise BaseError(
                f"{layout.root}: nothing was built here yet; run: kg build SOURCE --kb {layout.root}"
            )
        try:
            handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError as fault:
            if fault.errno in (errno.EAGAIN, errno.EACCES):  # it is being cleaned away
                os.close(handle)
                continue
        if (folder / WHOLE).is_file():
            return folder, handle
        os.close(handle)
    raise BaseError(
        f"{layout.root}: the served generation {layout.current} is missing; run: kg build --repair"
    )


def pin_kept(layout: Layout, name: str) -> tuple[Path, int] | None:
    """The generation ``name`` and a handle that keeps it, ``None`` where it is not kept."""
    folder = layout.generations / name
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:  # it is being cleaned away
        os.close(handle)
        return None
    if not (folder / WHOLE).is_file():
        os.close(handle)
        return None
    return folder, handle


@contextmanager
def held(pin: int) -> Iterator[None]:
    """Let go of a generation at the end."""
    try:
        yield
    finally:
        os.close(pin)


def swap(layout: Layout, name: str) -> None:
    """Serve generation ``name`` from now on, in one rename."""
    sync_tree(layout.generations / name)
    fresh = layout.root / "current.new"
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(Path("generations") / name)
    fresh.rename(layout.current)
    _sync(layout.root)


def clean(layout: Layout, keep: int) -> None:
    """Delete what no one needs: unfinished generations and all but the ``keep`` newest ones.

    The served generation and those that a reader has open stay.
    """
    served = layout.served()
    if not layout.generations.is_dir():
        return
    finished = sorted(folder for folder in layout.generations.iterdir() if (folder / WHOLE).is_file())
    wanted = {folder for folder in finished if served and folder.name <= served.name}
    kept = set(sorted(wanted)[-max(1, keep) :])
    for folder in sorted(layout.generations.iterdir()):
        if folder not in kept and folder != served:
            _remove_unless_open(folder)


def _remove_unless_open(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return
    else:
        # The mark of a whole generation goes first: what is left of a killed cleaning is not taken for one.
        (folder / WHOLE).unlink(missing_ok=True)
        shutil.rmtree(folder)
    finally:
        os.close(handle)


def about(folder: Path) -> dict[str, Any]:
    """What the generation in ``folder`` says of itself.

    Raises:
        BaseError: it is damaged.
    """
    try:
        value = json.loads((folder / WHOLE).read_text(encoding="utf-8"))
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise BaseError(f"{folder}: {WHOLE} is damaged; run: kg verify --kb {folder.parent.parent}")
    return value


def as_json(value: object) -> bytes:
    """``value`` as our files hold it."""
    return json.dumps(value, indent=1, ensure_ascii=False).encode("utf-8")


def write_json(path: Path, value: object) -> None:
    """Write ``value`` so that ``path`` holds all of it or what it held before."""
    fresh = path.with_name(path.name + ".new")
    with fresh.open("wb") as file:
        file.write(as_json(value))
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)


@contextmanager
def whole(path: Path) -> Iterator[BinaryIO]:
    """A file to be written that becomes ``path`` at the end; on a fault or a stop, nothing is left of it.

    Raises:
        OSError: it cannot be written.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("wb") as file:
            yield file
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def sync_tree(folder: Path) -> None:
    """Make sure that all files under ``folder`` are on disk, not only in memory."""
    for parent, _, names in os.walk(folder):
        for name in names:
            _sync(Path(parent, name))
        _sync(Path(parent))


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
