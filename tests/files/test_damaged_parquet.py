"""A damaged Parquet file is refused in one line."""

import io

import polars as pl
import pytest

from kg.errors import TableError
from kg.files import parquet


def written() -> bytes:
    """A table of several groups of rows."""
    rows = {"text": [f"letter {number} " * 20 for number in range(60)]}
    pl.DataFrame(rows).write_parquet(file := io.BytesIO(), row_group_size=20)
    return file.getvalue()


def read(data: bytes) -> list[str | None]:
    found = parquet.batches(parquet.opened(io.BytesIO(data), 7))
    return [text for rows in found for text in parquet.values(rows, "text")]


def test_a_whole_file_is_read() -> None:
    assert len(read(written())) == 60


@pytest.mark.parametrize(
    ("damaged", "said"),
    [
        (lambda data: data[8:], "begin and end"),
        (lambda data: data[:-1], "begin and end"),
        (lambda data: b"PAR1" + data[-8:], "cut short"),
    ],
)
def test_a_part_of_a_file_is_refused(damaged, said: str) -> None:
    with pytest.raises(TableError, match=said):
        read(damaged(written()))


@pytest.mark.parametrize(
    ("words", "said"), [("", "it cannot be read"), ("C Data interface error: first\nsecond", "first")]
)
def test_what_the_library_finds_wrong_is_one_line(words: str, said: str) -> None:
    with pytest.raises(TableError) as fault, parquet.sound():
        raise Exception(words)  # noqa: TRY002  # as the library does
    assert str(fault.value) == said


def test_other_faults_are_not_the_files() -> None:
    with pytest.raises(KeyError), parquet.sound():
        raise KeyError
