"""Work for several processes, whose results come in the order of the work."""

import gc
import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def in_order(work: Callable[[T], R], items: Iterable[T], count: int) -> Iterator[R]:
    """Each item's result from ``count`` processes, which are a few items ahead of the one waited for.

    The caller may stop early. Memory does not grow with the number of items.

    Raises:
        BrokenProcessPool: a process was killed.
    """
    others = set(multiprocessing.active_children())
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=_start, initargs=(os.getpid(),))
    waiting: deque[Future[R]] = deque()
    try:
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) > 2 * count + 1:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BaseException:  # nobody waits any more for what the processes are doing
        for process in set(multiprocessing.active_children()) - others:
            process.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def collect_rarely() -> None:
    """Have the interpreter look for unreachable cycles a hundred times less often than it does by itself.

    Reading makes hardly any, and looking through all that is kept of earlier letters took a tenth of it.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 1_000)


def _start(parent: int) -> None:
    """Leave Ctrl-C to the parent, and end when it was killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    collect_rarely()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
