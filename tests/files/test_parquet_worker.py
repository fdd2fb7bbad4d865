"""What the process that reads letters in Parquet says, asked in this one."""

import io
import json
import os
import struct
import sys

import polars as pl
import pytest

from kg.files import parquet_worker


def said(out: io.BytesIO) -> list[tuple[bytes, object]]:
    """The letters and what goes with them."""
    data, found, at = out.getvalue(), [], 0
    while at < len(data):
        (size,) = struct.unpack(">Q", data[at + 1 : at + 9])
        found.append((data[at : at + 1], json.loads(data[at + 9 : at + 9 + size])))
        at += 9 + size
    return found


def asked(line: bytes) -> list[tuple[bytes, object]]:
    file, out = io.BytesIO(), io.BytesIO()
    pl.DataFrame({"text": ["a", None], "raw": [b"\xff", b"b"], "n": [1, 2]}).write_parquet(file)
    file.seek(0)
    parquet_worker._read(file, io.BytesIO(line), out)
    return said(out)


def test_columns_then_rows_then_the_end() -> None:
    (columns, rows, end) = asked(b'["text", "raw", "n"]\n')
    assert (columns[0], [name for name, _ in columns[1]]) == (b"C", ["text", "raw", "n"])
    assert rows == (b"R", [["a", "\xff", "1"], [None, "b", "2"]])
    assert end == (b"Z", None)


def test_nothing_asked_is_nothing_read() -> None:
    assert [kind for kind, _ in asked(b"")] == [b"C"]


def ran(monkeypatch, tmp_path, data: bytes) -> list[tuple[bytes, object]]:
    """What the program says of a file, with its output in another and no limits."""
    (tmp_path / "a.parquet").write_bytes(data)
    number = os.open(tmp_path / "a.parquet", os.O_RDONLY)
    told = os.open(tmp_path / "told", os.O_WRONLY | os.O_CREAT)
    monkeypatch.setattr(parquet_worker, "_limit_memory", lambda: None)
    monkeypatch.setattr(sys, "argv", ["worker", str(number)])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'["text"]\n')))
    with monkeypatch.context() as patch:
        patch.setattr(os, "dup", lambda _: told)
        patch.setattr(os, "dup2", lambda number, _: os.close(number))
        parquet_worker.main()
    return said(io.BytesIO((tmp_path / "told").read_bytes()))


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_program_says_the_rows_or_why_there_are_none(monkeypatch, tmp_path) -> None:
    pl.DataFrame({"text": ["a", "b"]}).write_parquet(file := io.BytesIO())
    assert ran(monkeypatch, tmp_path, file.getvalue())[1:] == [(b"R", [["a"], ["b"]]), (b"Z", None)]
    ((kind, why),) = ran(monkeypatch, tmp_path, b"PAR1 no PAR1")
    assert (kind, "\n" in why) == (b"E", False)
