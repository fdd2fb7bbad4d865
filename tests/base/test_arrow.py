"""Tables without polars: values of each kind come back, faults of values, files and disks are said."""

import io
import random
from datetime import date

import polars as pl
import pytest

from kg.base.stored_columns import TABLES, Kind
from kg.base.tables import arrow, data_frames, parquet
from kg.errors import TableError

VALUES = {
    Kind.TEXT: ["", "knee", None, "Größe ≥ 2\n"],
    Kind.TEXTS: [[], ["a", "b"], None, ["ü"]],
    Kind.SMALL: [0, -1, None, 2**31 - 1],
    Kind.LARGE: [0, -(2**63), None, 2**63 - 1],
    Kind.NUMBER: [0.0, 2, None, 1e300],
    Kind.DAY: [date(1969, 12, 31), date(2016, 2, 29), None, date(9999, 12, 31)],
    Kind.YES: [True, False, None, True],
}
SCHEMA = {kind.name.lower(): kind for kind in Kind}
ROWS = [tuple(VALUES[kind][at] for kind in Kind) for at in range(4)]


def written(*tables, schema=SCHEMA):
    file = io.BytesIO()
    arrow.write(tables, schema, file)
    return file.getvalue()


def rows_in(file):
    return list(arrow.rows_of(parquet.batches(parquet.opened(io.BytesIO(file), 3))))


def test_values_of_each_kind_come_back_here_and_in_polars():
    file = written(arrow.table(ROWS[:1], SCHEMA), arrow.table(ROWS[1:], SCHEMA))
    assert rows_in(file) == ROWS
    frame = pl.read_parquet(io.BytesIO(file))
    assert frame.schema == data_frames.schema_of(SCHEMA)
    assert frame.rows() == ROWS
    assert data_frames.of_rows(ROWS, SCHEMA).equals(frame)


@pytest.mark.parametrize("table", TABLES)
def test_a_table_without_rows_has_its_columns(table):
    frame = pl.read_parquet(io.BytesIO(written(schema=TABLES[table])))
    assert (frame.height, frame.schema) == (0, data_frames.schema_of(TABLES[table]))


def test_the_same_rows_are_the_same_bytes():
    assert written(arrow.table(ROWS, SCHEMA)) == written(arrow.table(ROWS, SCHEMA))


def test_what_polars_wrote_is_read_in_the_types_of_now(tmp_path):
    data_frames.of_rows(ROWS, SCHEMA).write_parquet(tmp_path / "a.parquet")
    [batch] = arrow.read(arrow.files(tmp_path), SCHEMA)
    assert batch == arrow.table(ROWS, SCHEMA)


def test_rows_are_taken_left_out_and_put_together():
    rows = arrow.table(ROWS, SCHEMA)
    assert list(arrow.rows_of([arrow.taken(rows, [3, 0])])) == [ROWS[3], ROWS[0]]
    assert arrow.taken(rows, []).num_rows == 0
    assert list(arrow.rows_of([arrow.without(rows, "text", {"knee", "neck"})])) == [ROWS[0], *ROWS[2:]]
    assert list(arrow.rows_of([arrow.joined([rows, rows], SCHEMA)])) == ROWS * 2
    assert arrow.joined([], SCHEMA).num_rows == 0


def test_what_is_put_aside_comes_back():
    assert list(arrow.rows_of(arrow.unpacked(arrow.packed(arrow.table(ROWS, SCHEMA))))) == ROWS
    assert arrow.unpacked_texts(arrow.packed_texts([b"", b"\xff"])) == [b"", b"\xff"]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Kind.SMALL, "many"),
        (Kind.SMALL, 2**31),
        (Kind.TEXT, 3),
        (Kind.TEXT, "\ud800"),
        (Kind.DAY, "2016"),
        (Kind.NUMBER, "1"),
        (Kind.YES, "yes"),
        (Kind.TEXTS, 3),
        (Kind.TEXTS, [3]),
    ],
)
def test_a_value_of_another_kind_is_named(kind, value):
    good = VALUES[kind][1]
    with pytest.raises(TableError, match=rf"^age must be {kind.value}, found ") as fault:
        arrow.table([(None,), (good,), (value,)], {"age": kind})
    assert repr(value) in str(fault.value)


DAMAGES = [
    b"",
    b"PAR1",
    b"no table",
    b"PAR1 no PAR1",
    written(arrow.table(ROWS, SCHEMA))[:-1],
    b"PAR1" + written(arrow.table(ROWS, SCHEMA))[-400:],
]


@pytest.mark.parametrize("damaged", DAMAGES)
def test_a_damaged_file_is_an_error_of_ours(damaged):
    with pytest.raises(TableError) as fault:
        rows_in(damaged)
    assert "\n" not in str(fault.value)


def test_a_damaged_byte_is_an_error_of_ours_or_none():
    file = bytearray(written(arrow.table(ROWS * 50, SCHEMA)))
    for at in range(4, len(file) - 8, 7):
        file[at] ^= 0xFF
        try:
            rows_in(bytes(file))
        except TableError:
            pass
        finally:
            file[at] ^= 0xFF


class FullDisk(io.RawIOBase):
    """A file that no byte can be written to."""

    def write(self, data):
        raise OSError(28, "No space left on device")


def test_a_full_disk_and_a_fault_of_the_rows_come_out_as_they_are():
    with pytest.raises(OSError, match="No space left"):
        arrow.write([arrow.table(ROWS, SCHEMA)], SCHEMA, FullDisk())

    def broken():
        yield arrow.table(ROWS, SCHEMA)
        raise KeyError("rows")

    with pytest.raises(KeyError, match="rows"):
        arrow.write(broken(), SCHEMA, io.BytesIO())


def test_memory_does_not_hold_the_whole_table():
    taken = []
    sizes = []
    schema = {"text": Kind.TEXT}
    texts = ([(f"{random.random()} {'x' * 1000}",) for _ in range(10)] for _ in range(1000))
    many = (taken.append(1) or arrow.table(rows, schema) for rows in texts)

    class Counting(io.RawIOBase):
        def write(self, data):
            sizes.append(len(taken))
            return len(data)

    arrow.write(many, schema, Counting(), row_group=1000)
    assert len(taken) == 1000
    assert sizes[len(sizes) // 2] < 1000  # written while rows are still taken
