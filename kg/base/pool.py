"""Stage batches one after another in this process, or several at a time in others."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from kg.base.processes import in_order
from kg.base.staging import Batch, stage
from kg.errors import BaseError

Stage = Callable[[Iterable[Batch]], Iterator[Path]]
"""Stage batches, in their order; the caller may stop early."""


def here(batches: Iterable[Batch]) -> Iterator[Path]:
    """Stage in this process."""
    return map(stage, batches)


def processes(count: int) -> Stage:
    """Stage in ``count`` processes, a few batches ahead of the one that is waited for."""

    def run(batches: Iterable[Batch]) -> Iterator[Path]:
        try:
            yield from in_order(stage, batches, count)
        except BrokenProcessPool as fault:
            raise BaseError(
                "a reading process was killed; run the build again, it goes on from here"
            ) from fault

    return run
