"""Memory that is freed and needed again at once stays with the process.

Each step of a table under filters makes arrays of tens of megabytes and frees them. glibc gives each of them
back to the system, which clears every page that it hands out again: for half a million decisions that is two
fifths of the processor's time. A thread that has an arena of its own gives back all 64 MB of it whenever
nothing lies there, whatever is told about keeping: so threads share one.
"""

import ctypes
import sys
from functools import cache

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
"""Numbers of parameters of ``mallopt(3)``."""
_MEGABYTE = 2**20
_LARGEST, _KEPT = 64 * _MEGABYTE, 512 * _MEGABYTE


@cache
def share_one_arena() -> bool:
    """Let the threads that begin later share one arena; whether the C library does, glibc alone.

    >>> import platform
    >>> share_one_arena() == keep_freed_memory() == (platform.libc_ver()[0] == "glibc")
    True
    """
    return _set((_ARENA_MAX, 1))


@cache
def keep_freed_memory() -> bool:
    """Keep up to 512 MB of freed arrays of up to 64 MB each; whether the C library does, glibc alone."""
    return _set((_MMAP_THRESHOLD, _LARGEST), (_TRIM_THRESHOLD, _KEPT))


def _set(*wanted: tuple[int, int]) -> bool:
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and all(mallopt(name, size) == 1 for name, size in wanted)
