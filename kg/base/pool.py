"""Stage batches one after another in this process, or several at a time in others."""

import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

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
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(count, mp_context=context, initializer=_start, initargs=(os.getpid(),))
        waiting: deque[Future[Path]] = deque()
        try:
            for batch in batches:
                waiting.append(pool.submit(stage, batch))
                if len(waiting) > 2 * count + 1:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool as fault:
            raise BaseError(
                "a reading process was killed; run the build again, it goes on from here"
            ) from fault
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    return run


def _start(parent: int) -> None:
    """Leave Ctrl-C to the builder, and end when it was killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
