"""Stage batches one after another in this process, several at a time in others, or on a Dask cluster."""

import io
import logging
import shutil
import tarfile
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path

from kg.base.building import read
from kg.base.building.processes import in_order
from kg.base.building.staging import Batch, stage
from kg.errors import BaseError, ExtraError

log = logging.getLogger(__name__)

Stage = Callable[[Iterable[Batch], Path], Iterator[Path]]
"""Stage batches into a folder, in their order; the caller may stop early."""


def here(batches: Iterable[Batch], staging: Path) -> Iterator[Path]:
    """Stage in this process."""
    return (stage(batch, staging) for batch in batches)


def processes(count: int) -> Stage:
    """Stage in ``count`` processes, a few batches ahead of the one that is waited for."""

    def run(batches: Iterable[Batch], staging: Path) -> Iterator[Path]:
        try:
            yield from in_order(partial(stage, staging=staging), batches, count)
        except BrokenProcessPool as fault:
            raise BaseError("a parser process was killed; run the build again to resume") from fault

    return run


def cluster(scheduler: str) -> Stage:
    """Stage on the Dask cluster at ``scheduler``; a batch whose worker is lost is read by another.

    What a batch gives comes back through Dask itself: workers and builder share no folder.
    """

    def run(batches: Iterable[Batch], staging: Path) -> Iterator[Path]:
        try:
            from distributed import Client
        except ImportError as fault:
            raise ExtraError("--scheduler needs Dask: pip install 'imr-kg[dask]'") from fault
        try:
            client = Client(scheduler, timeout=20, set_as_default=False)  # type: ignore[no-untyped-call]
        except (OSError, ValueError) as fault:
            raise BaseError(f"{scheduler}: there is no Dask scheduler: {fault}") from fault
        with client:
            threads = sum(client.nthreads().values())  # type: ignore[no-untyped-call]
            ahead = 2 * max(2, threads) + 1
            waiting: deque[Callable[[], Path]] = deque()
            for batch in batches:
                folder = staging / batch.name
                if folder.is_dir():
                    waiting.append(partial(Path, folder))
                else:
                    future = client.submit(stage_there, batch, pure=False, retries=2)
                    waiting.append(partial(_unpack, future, folder))
                if len(waiting) > ahead:
                    yield waiting.popleft()()
            while waiting:
                yield waiting.popleft()()

    return run


def stage_there(batch: Batch) -> bytes:
    """Read the batch on a worker; its staged folder, packed.

    Raises:
        BaseError: the worker's program is another version.
    """
    if read.reader_version() != batch.reader:
        raise BaseError("a Dask worker runs another version of imr-kg than the builder")
    with tempfile.TemporaryDirectory() as folder:
        staged = stage(batch, Path(folder))
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=1) as file:
            file.add(staged, ".")
        return packed.getvalue()


def _unpack(future: "object", folder: Path) -> Path:
    packed: bytes = future.result()  # type: ignore[attr-defined]
    fresh = folder.with_suffix(".new")
    shutil.rmtree(fresh, ignore_errors=True)
    with tarfile.open(fileobj=io.BytesIO(packed)) as file:
        file.extractall(fresh, filter="data")
    fresh.rename(folder)
    return folder
