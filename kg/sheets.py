"""Tables for spreadsheets: CSV, CSV with a byte order mark, and workbooks with a sheet of notes.

A cell is text, a number, a day, a truth or empty; a list is joined by ``; ``. In CSV, days are as in
ISO 8601, and text that a spreadsheet would compute gets an apostrophe before it. In a workbook, text stays
text and a day is a day.
"""

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Literal

from kg.errors import ExtraError, SettingError

BOM = "\ufeff"
CSV = "text/csv"
Form = Literal["csv", "csv-bom", "xlsx"]
"""The forms of a table: CSV, the same with a byte order mark, by which Excel knows UTF-8, and a workbook."""
MEDIA_TYPES: Mapping[str, str] = {
    "csv": CSV,
    "csv-bom": CSV,
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""The media type of each form."""
MOST_ROWS = 1_048_575
"""Rows that a sheet can hold under its heading."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a text begins with that a spreadsheet would compute."""
_MOST_CHARACTERS = 32_767
"""Characters that a cell of a workbook can hold."""
_EXACT = 2**53
"""Whole numbers from here on are not exact in a workbook, and are written as text."""
_MADE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""The day in a workbook's properties: the same table is the same bytes; its notes say the generation."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under their columns, with what each column means and what else is to be known of them.

    ``about`` is what was asked and what it was asked of: names with values, lists or further names.
    """

    name: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Any]]
    meanings: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)


def write(table: Table, form: str, line_end: str = "\r\n") -> bytes:
    """The table in one of the forms of :data:`MEDIA_TYPES`.

    >>> write(Table("t", ["item", "n"], [["=1", 2], [None, -1]]), "csv").splitlines()
    [b'item,n', b"'=1,2", b',-1']

    Raises:
        SettingError: a workbook cannot hold so many rows, or the library that writes it is not installed.
    """
    if form == "xlsx":
        return _workbook(table)
    text = to_csv(table.columns, table.rows, line_end)
    return f"{BOM if form == 'csv-bom' else ''}{text}".encode("utf-8", "replace")


def to_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]], line_end: str = "\r\n") -> str:
    """Rows as CSV with a header (RFC 4180)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=line_end)
    writer.writerow(columns)
    writer.writerows([safe(_plain(cell)) for cell in row] for row in rows)
    return out.getvalue()


def safe(value: Any) -> Any:
    """A cell that stays text: what a spreadsheet would compute gets an apostrophe before it.

    >>> safe("=HYPERLINK(1)"), safe(-1), safe("knee")
    ("'=HYPERLINK(1)", -1, 'knee')
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _plain(cell: Any) -> Any:
    """A cell as CSV has it.

    >>> _plain([1, "knee"]), _plain(True), _plain(date(2016, 2, 1))
    ('1; knee', 'true', '2016-02-01')
    """
    if isinstance(cell, list | tuple):
        return "; ".join(map(str, cell))
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return cell.isoformat() if isinstance(cell, date) else cell


def _workbook(table: Table) -> bytes:
    """The table on one sheet, what is known of it on another."""
    try:
        from xlsxwriter import Workbook
    except ImportError as error:
        raise ExtraError("xlsx needs the extra: pip install 'imr-kg[xlsx]'; or use csv-bom") from error
    rows = [*table.rows]
    if len(rows) > MOST_ROWS:
        raise SettingError(
            f"a sheet of xlsx holds {MOST_ROWS:,} rows, found {len(rows):,}: use csv or a filter"
        )
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"title": table.name, "created": _MADE})
        heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet("Table")
        for at, name in enumerate(table.columns):
            sheet.write_string(0, at, name, heading)
        for line, row in enumerate(rows, 1):
            for at, cell in enumerate(row):
                _put(sheet, line, at, cell, day)
        sheet.freeze_panes(1, 0)
        if table.columns:
            sheet.autofilter(0, 0, len(rows), len(table.columns) - 1)
            sheet.autofit(400)
        _write_notes(book.add_worksheet("Notes"), table, len(rows), heading, day)
    return out.getvalue()


def _write_notes(sheet: Any, table: Table, rows: int, heading: Any, day: Any) -> None:
    columns = [(f"column {name}", table.meanings.get(name)) for name in table.columns]
    lines = [("table", table.name), ("rows", rows), *_told(table.about), ("", None), *columns]
    for line, (name, value) in enumerate(lines):
        sheet.write_string(line, 0, name, heading)
        _put(sheet, line, 1, value, day)
    sheet.autofit(800)


def _told(about: Mapping[str, Any], under: str = "") -> list[tuple[str, Any]]:
    """What is known of a table as rows: one for each value; tables beside the table are left out.

    >>> _told({"level": "page", "filters": {"year": "2014"}, "notes": ["a", "b"], "sets": [{}], "key": None})
    [('level', 'page'), ('filter year', '2014'), ('note', 'a'), ('note', 'b')]
    """
    found: list[tuple[str, Any]] = []
    for name, value in about.items():
        one = f"{under} {name.removesuffix('s') if isinstance(value, list | Mapping) else name}".strip()
        if isinstance(value, Mapping):
            found += _told(value, one)
        elif isinstance(value, list | tuple):
            found += [(one, each) for each in value if not isinstance(each, Mapping)]
        elif value not in (None, ""):
            found.append((one, value))
    return found


def _put(sheet: Any, line: int, at: int, cell: Any, day: Any) -> None:
    """Write a cell; what a workbook cannot hold as a number is text, and no figure stays empty."""
    if cell is None or (isinstance(cell, float) and not math.isfinite(cell)):
        return
    if isinstance(cell, bool):
        sheet.write_boolean(line, at, cell)
    elif isinstance(cell, float) or (isinstance(cell, int) and abs(cell) < _EXACT):
        sheet.write_number(line, at, cell)
    elif isinstance(cell, date):
        sheet.write_datetime(line, at, cell, day)
    else:
        text = str(_plain(cell)).encode("utf-8", "replace").decode()
        sheet.write_string(line, at, text[:_MOST_CHARACTERS])
