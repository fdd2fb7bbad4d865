"""Reads workbooks as a spreadsheet does: the cells of each sheet, each as its kind."""

import io
import zipfile
from datetime import date, timedelta
from typing import Any
from xml.etree import ElementTree

_NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_DAY_ZERO = date(1899, 12, 30)


def cells(data: bytes) -> dict[str, list[list[Any]]]:
    """The rows of each sheet by its name; a number in the format of days is one."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:

        def part(name: str) -> ElementTree.Element:
            return ElementTree.fromstring(book.read(f"xl/{name}"))

        sheets = [sheet.get("name", "") for sheet in part("workbook.xml").iter(f"{_NS}sheet")]
        texts = ["".join(t.text or "" for t in one.iter(f"{_NS}t")) for one in part("sharedStrings.xml")]
        days = [int(style.get("numFmtId", 0)) >= 164 for style in part("styles.xml").find(f"{_NS}cellXfs")]
        return {
            name: [
                [_value(cell, texts, days) for cell in row]
                for row in part(f"worksheets/sheet{n}.xml").iter(f"{_NS}row")
            ]
            for n, name in enumerate(sheets, 1)
        }


def _value(cell: ElementTree.Element, texts: list[str], days: list[bool]) -> Any:
    said = cell.findtext(f"{_NS}v", "")
    if cell.get("t") == "s":
        return texts[int(said)]
    if cell.get("t") == "b":
        return said == "1"
    assert cell.get("t", "n") == "n"
    assert cell.find(f"{_NS}f") is None, "a formula"
    number = float(said)
    return _DAY_ZERO + timedelta(number) if days[int(cell.get("s", 0))] else number
