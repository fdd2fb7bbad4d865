"""Letters in Parquet, read by a child: what crashes, stalls or damages it is a reason, never our end."""

import io
import random
import tempfile
from contextlib import suppress
from pathlib import Path

import polars as pl
import pytest

from kg.errors import TableError
from kg.files import parquet_rows

ROWS = [(f"letter {at} " + "word " * (at % 50), f"CM16-{at:07}", at, [b"a"] * (at % 3)) for at in range(300)]
FRAME = pl.DataFrame(ROWS, schema=["text", "case_number", "number", "lists"], orient="row")


@pytest.fixture(scope="module")
def sound() -> bytes:
    file = io.BytesIO()
    FRAME.write_parquet(file, row_group_size=100)
    return file.getvalue()


def read(data: bytes, *names: str) -> list:
    with parquet_rows.opened(io.BytesIO(data)) as table:
        return [tuple(row) for row in table.rows(names or ["text", "case_number"])]


def test_the_rows_of_some_columns(sound):
    assert read(sound) == [row[:2] for row in ROWS]
    assert read(sound, "number")[7] == ("7",)
    with parquet_rows.opened(io.BytesIO(sound)) as table:
        assert list(table.columns) == FRAME.columns


def test_bytes_and_what_is_missing_stay_so():
    file = io.BytesIO()
    pl.DataFrame({"text": [b"\x00\xff", None, "\u2013".encode()]}).write_parquet(file)
    assert read(file.getvalue(), "text") == [(b"\x00\xff",), (None,), ("\u2013".encode(),)]


def test_a_reader_may_stop_early(sound):
    with parquet_rows.opened(io.BytesIO(sound)) as table:
        assert next(table.rows(["text"])) == [ROWS[0][0]]


def test_a_file_on_disk_is_not_copied(sound, monkeypatch):
    with tempfile.TemporaryFile() as file:
        file.write(sound)
        file.seek(0)
        monkeypatch.setattr(parquet_rows.shutil, "copyfileobj", None)
        with parquet_rows.opened(file) as table:
            assert sum(1 for _ in table.rows(["text"])) == 300


def test_damaged_files_are_errors_of_ours_or_none(sound):
    rng = random.Random(1)
    for _ in range(25):
        data = bytearray(sound)
        for _ in range(rng.choice((1, 2, 5))):
            data[rng.randrange(4, len(data) - 8)] = rng.randrange(256)
        with suppress(TableError):
            read(bytes(data))


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import os; os.abort()", "it crashes its reader"),
        ("import time; time.sleep(60)", "take more than 0.2 s to read"),
        ("import sys; sys.stdout.write('C')", "it crashes its reader"),
    ],
)
def test_a_child_that_ends_or_stalls_is_a_reason(sound, tmp_path: Path, monkeypatch, code, said):
    (tmp_path / "worker.py").write_text(code)
    monkeypatch.setattr(parquet_rows, "_WORKER", tmp_path / "worker.py")
    monkeypatch.setattr(parquet_rows, "SECONDS", 0.2 if "sleep" in code else 30.0)
    with pytest.raises(TableError, match=said):
        read(sound)


@pytest.mark.parametrize("data", [b"", b"PAR", b"no table", b"PAR1 no PAR1"])
def test_what_is_no_parquet_is_refused(data):
    with pytest.raises(TableError):
        read(data)
