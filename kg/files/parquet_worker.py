"""The process that reads letters in Parquet: this file alone, with arro3 and nothing of ours.

Its argument is the number of an open file. It says the columns, is told on standard input which of them to
read, the letters' first, and says their rows, some at a time. What it says is a letter, eight bytes of length
and so many bytes of JSON: ``C`` columns with their types, ``R`` rows, ``Z`` that there are no more, ``E`` why
there are none. Bytes are written as the characters of their numbers.
"""

import json
import os
import resource
import struct
import sys
from pathlib import Path
from typing import Any, BinaryIO

from arro3.io import read_parquet

MEMORY = 2 << 30
"""Bytes that reading may take."""
_ROWS = 256
"""Rows that are in memory together."""


def _plain(value: Any) -> str | None:
    return value.decode("latin-1") if isinstance(value, bytes) else None if value is None else str(value)


def _say(out: BinaryIO, kind: bytes, said: object) -> None:
    data = json.dumps(said).encode()
    out.write(kind + struct.pack(">Q", len(data)) + data)
    out.flush()


def _read(file: BinaryIO, asked: BinaryIO, out: BinaryIO) -> None:
    reader = read_parquet(file, batch_size=_ROWS)
    types = (str(kind).strip().removeprefix("arro3.core.DataType<")[:-1] for kind in reader.schema.types)
    _say(out, b"C", list(zip(reader.schema.names, types, strict=True)))
    if not (line := asked.readline()):
        return
    names = json.loads(line)
    for rows in reader:
        columns: list[Any] = [rows.column(name).to_pylist() for name in names]
        _say(out, b"R", [[_plain(value) for value in values] for values in zip(*columns, strict=True)])
    _say(out, b"Z", None)


def _limit_memory() -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    total = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (total, total))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Read one file."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    _limit_memory()
    try:
        with os.fdopen(int(sys.argv[1]), "rb") as file:
            _read(file, sys.stdin.buffer, out)
    except BrokenPipeError:  # nobody wants more of it
        os._exit(0)
    except BaseException as fault:  # the library's panics are no exceptions of Python's kind
        said = (str(fault).splitlines() or [type(fault).__name__])[0]
        _say(out, b"E", said.removeprefix("C Data interface error: "))


if __name__ == "__main__":
    main()
