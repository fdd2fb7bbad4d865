"""The process that runs visitors' queries: this file alone, with pyoxigraph and nothing of ours.

It opens one store read-only, gives up the network, other programs and memory beyond a limit,
then answers one JSON line on standard input after another with frames on standard output: a
letter, four bytes of length, and so many bytes. ``R`` ready, ``H`` kind of result and format,
``D`` data, ``E`` end with figures, ``X`` error. Its parent kills it when it has had enough.
"""

import ctypes
import json
import os
import platform
import resource
import struct
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, cast

import pyoxigraph as ox

CHUNK = 1 << 16
_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 22, 38
_SIGKILL = 9
# audit architecture; socket, socketpair, connect, bind, execve, execveat, ptrace, io_uring_setup
_FORBIDDEN = {
    "x86_64": (0xC000003E, (41, 53, 42, 49, 59, 322, 101, 425)),
    "aarch64": (0xC00000B7, (198, 199, 203, 200, 221, 281, 117, 425)),
}
_ROW_MARKS = {"csv": b"\n", "tsv": b"\n", "xml": b"<result>", "json": b"}},{", "nt": b"\n", "ttl": b" .\n"}

_KINDS: dict[type, str] = {ox.QuerySolutions: "select", ox.QueryBoolean: "ask", ox.QueryTriples: "graph"}


class LimitError(Exception):
    """A result is larger than allowed."""


class Frames:
    """A file that keeps what is written to it, and refuses more than it may take.

    A result goes out when it is whole: one over a limit is refused before its first byte.
    """

    def __init__(self, out: BinaryIO, max_bytes: int, max_rows: int, row_mark: bytes | None) -> None:
        self._out, self._mark = out, row_mark
        self._bytes_left, self._rows_left = max_bytes, max_rows + 1  # a header line counts as a row
        self._kept = bytearray()

    def write(self, data: bytes) -> int:
        """Take ``data``."""
        self._bytes_left -= len(data)
        if self._mark:
            self._rows_left -= data.count(self._mark)
        if self._bytes_left < 0:
            raise LimitError("bytes")
        if self._rows_left < 0:
            raise LimitError("rows")
        self._kept += data
        return len(data)

    def flush(self) -> None:
        """Nothing goes out yet."""

    def release(self) -> None:
        """Send what is kept, in chunks."""
        for start in range(0, len(self._kept), CHUNK):
            send(self._out, b"D", bytes(self._kept[start : start + CHUNK]))


def send(out: BinaryIO, kind: bytes, payload: bytes | dict[str, Any]) -> None:
    """Write one frame."""
    data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    out.write(struct.pack(">cI", kind, len(data)) + data)
    out.flush()


def close_network() -> bool:
    """Forbid this process sockets and other programs, for good; whether the kernel agreed."""
    architecture, numbers = _FORBIDDEN.get(platform.machine(), (0, ()))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)
    if not numbers or libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return False
    load, equal, above, answer = 0x20, 0x15, 0x35, 0x06
    allow, refuse = 0x7FFF0000, 0x00050000 | 13  # EACCES
    last = len(numbers) + 5  # the line that refuses
    program = [
        (load, 0, 0, 4),
        (equal, 0, last - 2, architecture),
        (load, 0, 0, 0),
        (above, last - 4, 0, 0x40000000),  # the x32 names of the same calls
        *((equal, last - 5 - index, 0, number) for index, number in enumerate(numbers)),
        (answer, 0, 0, allow),
        (answer, 0, 0, refuse),
    ]
    code = b"".join(struct.pack("HBBI", *line) for line in program)
    buffer = ctypes.create_string_buffer(code)

    class Program(ctypes.Structure):
        _fields_ = (("len", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    filters = Program(len(program), ctypes.addressof(buffer))
    refused: int = libc.prctl(_PR_SET_SECCOMP, 2, ctypes.byref(filters), 0, 0)
    return refused == 0


def limit_memory(allowed: int) -> None:
    """Let this process take ``allowed`` more bytes than it has, and write no file."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    total = pages * resource.getpagesize() + allowed
    resource.setrlimit(resource.RLIMIT_AS, (total, total))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def answer(store: ox.Store, job: dict[str, Any], out: BinaryIO) -> None:
    """Run one query and write its result as frames."""
    started = time.perf_counter()
    named, default = job.get("named_graphs"), job.get("default_graph")
    dataset: dict[str, Any] = {
        "base_iri": job.get("base"),
        "default_graph": None if default is None else [ox.NamedNode(iri) for iri in default],
        "named_graphs": None if named is None else [ox.NamedNode(iri) for iri in named],
    }
    try:
        result = store.query(job["query"], **dataset)
    except SyntaxError:  # told with its place in the query as its author wrote it
        result = store.query(job.get("written", job["query"]), **dataset)
    if (missing := _missing(store, job.get("graphs", ()))) is not None:
        send(out, b"X", {"error": "unknown-graph", "graph": missing})
        return
    kind = _KINDS[type(result)]
    form = job["formats"][kind]
    if form is None:
        send(out, b"X", {"error": "not-acceptable", "kind": kind})
        return
    send(out, b"H", {"kind": kind, "format": form})
    frames = Frames(out, job["max_bytes"], job["max_rows"], _ROW_MARKS.get(form))
    file = cast("BinaryIO", frames)
    if isinstance(result, ox.QueryTriples):
        result.serialize(file, format=ox.RdfFormat.from_extension(form))
    elif isinstance(result, ox.QueryBoolean) and form in {"csv", "tsv"}:
        frames.write(b"true\n" if result else b"false\n")
    else:
        result.serialize(file, format=ox.QueryResultsFormat.from_extension(form))
    frames.release()
    send(out, b"E", {"seconds": time.perf_counter() - started})


def _missing(store: ox.Store, graphs: Sequence[str]) -> str | None:
    """The first graph that is asked of a store that has none but the default graph."""
    return graphs[0] if graphs and next(iter(store.named_graphs()), None) is None else None


def explain(error: Exception) -> dict[str, Any]:
    """An error as its parent reports it."""
    if isinstance(error, LimitError):
        return {"error": "too-large", "limit": str(error)}
    if isinstance(error, (SyntaxError, ValueError)):
        return {"error": "syntax", "message": str(error)}
    return {"error": "failed", "message": str(error)}


def main(path: str, memory: int, courtesy: int) -> None:
    """Serve the store at ``path`` until standard input ends, as nice to others as ``courtesy`` (0 to 19)."""
    os.nice(courtesy)
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # nothing but frames may reach the parent
    closed = close_network()
    store = ox.Store.read_only(path)
    limit_memory(memory)
    send(out, b"R", {"network_closed": closed})
    for line in sys.stdin.buffer:
        try:
            answer(store, json.loads(line), out)
        except (LimitError, SyntaxError, ValueError, OSError, RuntimeError, MemoryError) as error:
            send(out, b"X", explain(error))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
