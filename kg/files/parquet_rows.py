"""Letters in Parquet, read by another process that a hostile file may kill.

The library refuses most damaged files, and ends its process at some. So each file is read by a child of its
own, with a limit on memory and on the time from one answer to the next.
"""

import json
import select
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from typing import IO, Any

from kg.errors import TableError

SECONDS = 60.0
"""Seconds from one answer of the child to the next; some rows take 0.01."""
_MAGIC = b"PAR1"
_WORKER = Path(__file__).with_name("parquet_worker.py")
_HEAD = 9
"""Bytes before an answer: its kind and its length."""


class Table:
    """A Parquet file that a child reads."""

    def __init__(self, child: "subprocess.Popen[bytes]") -> None:
        self._child = child

    @cached_property
    def columns(self) -> Mapping[str, str]:
        """The columns and their types.

        Raises:
            TableError: it is no Parquet file, or is damaged.
        """
        return dict(self._answer()[1])

    def rows(self, names: Sequence[str]) -> Iterator[list[str | bytes | None]]:
        """The values of some columns, row by row: texts and bytes as they are, all else as text.

        Raises:
            TableError: the file is damaged, or takes too much time or memory.
        """
        binary = [self.columns[name].endswith(("Binary", "BinaryView")) for name in names]
        assert self._child.stdin
        self._child.stdin.write(json.dumps(names).encode() + b"\n")
        self._child.stdin.flush()
        while (answer := self._answer())[0] == b"R":
            for row in answer[1]:
                yield [
                    value.encode("latin-1") if packed and value is not None else value
                    for value, packed in zip(row, binary, strict=True)
                ]

    def _answer(self) -> tuple[bytes, Any]:
        head = self._bytes(_HEAD)
        said = json.loads(self._bytes(struct.unpack(">Q", head[1:])[0]))
        if head[:1] == b"E":
            raise TableError(said)
        return head[:1], said

    def _bytes(self, count: int) -> bytes:
        assert self._child.stdout
        found = bytearray()
        while len(found) < count:
            if not select.select([self._child.stdout], [], [], SECONDS)[0]:
                raise TableError(f"some rows of it take more than {SECONDS:g} s to read")
            if not (part := self._child.stdout.read(count - len(found))):
                raise TableError("it crashes its reader, or takes more than 2 GiB of memory to read")
            found += part
        return bytes(found)


@contextmanager
def opened(file: IO[bytes]) -> Iterator[Table]:
    """A Parquet file while it is read.

    Raises:
        TableError: it is no Parquet file.
    """
    head = file.read(len(_MAGIC))
    file.seek(0)
    if head != _MAGIC:
        raise TableError("it does not begin as Parquet does")
    with ExitStack() as ends:
        number = _number(file, ends)
        child = ends.enter_context(
            subprocess.Popen(  # noqa: S603
                [sys.executable, "-E", "-s", str(_WORKER), str(number)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pass_fds=[number],
                bufsize=0,
            )
        )
        ends.callback(_end, child)
        yield Table(child)


def _end(child: "subprocess.Popen[bytes]") -> None:
    """Let a child end that has said all, and kill one that has not ended soon."""
    assert child.stdin
    assert child.stdout
    child.stdin.close()
    child.stdout.close()
    try:
        child.wait(1)
    except subprocess.TimeoutExpired:
        child.kill()


def _number(file: IO[bytes], ends: ExitStack) -> int:
    """The number of an open file; what has none is copied."""
    try:
        return file.fileno()
    except OSError:
        copy = ends.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
        shutil.copyfileobj(file, copy)
        copy.seek(0)
        return copy.fileno()
