"""Tables for spreadsheets: what each kind of cell becomes in CSV and in a workbook."""

import csv
import io
import sys
from datetime import date
from typing import get_args

import pytest
from workbooks import cells

from kg import sheets
from kg.errors import SettingError

ROW = ["=1+1", "café", 3, -0.5, True, date(2016, 2, 1), ["a", "b"], None, 2**60, float("nan"), "@SUM"]
NAMES = [f"c{n}" for n in range(len(ROW))]
TABLE = sheets.Table(
    "things",
    NAMES,
    [ROW],
    {"c0": "A formula."},
    {"filters": {"year": "2014-2016"}, "notes": ["Not causes."], "generation": "000001", "nodes": [{"x": 1}]},
)


def test_each_form_has_a_media_type():
    assert get_args(sheets.Form) == tuple(sheets.MEDIA_TYPES)


def test_csv_is_text_that_no_spreadsheet_computes():
    made = sheets.write(TABLE, "csv").decode()
    head, row = csv.reader(io.StringIO(made))
    assert head == NAMES
    assert row[:7] == ["'=1+1", "café", "3", "-0.5", "true", "2016-02-01", "a; b"]
    assert row[7:] == ["", str(2**60), "nan", "'@SUM"]


def test_csv_for_excel_is_the_same_after_its_mark():
    plain, marked = sheets.write(TABLE, "csv"), sheets.write(TABLE, "csv-bom")
    assert marked == b"\xef\xbb\xbf" + plain


def test_a_workbook_has_each_cell_as_its_kind_and_notes():
    pytest.importorskip("xlsxwriter")
    made = sheets.write(TABLE, "xlsx")
    assert made == sheets.write(TABLE, "xlsx"), "the same table is the same bytes"
    book = cells(made)
    assert list(book) == ["Table", "Notes"]
    head, row = book["Table"]
    assert head == NAMES
    # None and what is no number are no cells at all.
    assert row == ["=1+1", "café", 3, -0.5, True, date(2016, 2, 1), "a; b", str(2**60), "@SUM"]
    notes = book["Notes"]
    for line in (
        ["filter year", "2014-2016"],
        ["note", "Not causes."],
        ["generation", "000001"],
        ["rows", 1],
    ):
        assert line in notes
    assert ["column c0", "A formula."] in notes
    assert ["column c1"] in notes
    assert not any("node" in line[0] for line in notes)


def test_a_workbook_too_long_is_refused_with_what_to_do(monkeypatch):
    pytest.importorskip("xlsxwriter")
    monkeypatch.setattr(sheets, "MOST_ROWS", 2)
    with pytest.raises(SettingError, match="holds 2 rows, found 3: use csv"):
        sheets.write(sheets.Table("t", ["a"], [[1]] * 3), "xlsx")


def test_a_long_or_broken_text_is_cut_or_mended():
    pytest.importorskip("xlsxwriter")
    table = sheets.Table("t", ["a", "b"], [["x" * 40_000, "\ud800"]])
    assert cells(sheets.write(table, "xlsx"))["Table"][1] == ["x" * 32_767, "?"]


def test_without_the_library_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(SettingError, match=r"imr-kg\[xlsx\]"):
        sheets.write(TABLE, "xlsx")
