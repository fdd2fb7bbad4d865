"""Tables that a person downloads: CSV that a spreadsheet does not take for formulas."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from fastapi.responses import Response

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe(value: Any) -> Any:
    """A cell that stays text: what a spreadsheet would compute gets an apostrophe before it.

    >>> safe("=HYPERLINK(1)"), safe(-1), safe("knee")
    ("'=HYPERLINK(1)", -1, 'knee')
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def to_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Rows as CSV with a header (RFC 4180); lists are joined by ``; ``."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in rows:
        cells = ("; ".join(map(str, cell)) if isinstance(cell, list | tuple) else cell for cell in row)
        writer.writerow([safe(cell) for cell in cells])
    return out.getvalue()


def download(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """The rows as a file to keep."""
    return Response(
        to_csv(columns, rows),
        media_type="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"', "Vary": "Accept"},
    )
