"""Commands print tables for spreadsheets: marked CSV, and workbooks whose notes say what was asked."""

import csv
import io

import pytest
from tables import each_row
from typer.testing import CliRunner
from workbooks import cells

from kg.cli import app

COMMANDS = [
    "drivers --minimum 1 --level guideline",
    "drivers --sets --minimum 1",
    "sides --minimum 1 --level guideline",
    "outcomes year --minimum 1",
    "grounds --minimum 1",
    "trends",
    "network --q 2 --minimum 1",
    "network --nodes --q 2 --minimum 1",
    "sentences",
    "stats",
    "query outcomes_by_specialty",
    "export",
    "ask overturn rate by year",
    "check CM16-0000001 upheld an MRI.",
]


def asked(kb, command: str, form: str) -> bytes:
    done = CliRunner().invoke(app, [*command.split(), "--kb", str(kb), "--format", form])
    assert done.exit_code in (0, 1), done.output
    return done.stdout_bytes


@pytest.mark.long
@each_row("command", COMMANDS)
def test_marked_csv_is_csv_behind_a_mark(kb, command):
    marked, plain = asked(kb, command, "csv-bom"), asked(kb, command, "csv")
    assert marked.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(marked.decode("utf-8-sig")))) == list(
        csv.reader(io.StringIO(plain.decode()))
    )


@each_row("command", COMMANDS)
def test_a_workbook_has_the_rows_and_notes(kb, command):
    pytest.importorskip("xlsxwriter")
    book = cells(asked(kb, command, "xlsx"))
    rows = list(csv.reader(io.StringIO(asked(kb, command, "csv").decode())))
    assert book["Table"][0] == rows[0]
    assert len(book["Table"]) == len(rows)
    notes = {line[0]: line[-1] for line in book["Notes"] if line}
    assert notes["generation"] == "000001"
    assert notes["source"] == f"kg {command.split()[0]}"


def test_the_notes_have_the_options_that_were_given(kb):
    pytest.importorskip("xlsxwriter")
    book = cells(asked(kb, "outcomes year --minimum 2 --category Pharmaceuticals --year 2014-2016", "xlsx"))
    notes = {line[0]: line[-1] for line in book["Notes"] if line}
    assert notes["option category"] == "Pharmaceuticals"
    assert notes["option year"] == "2014-2016"
    assert notes["option by"] == "year"
    assert notes["option minimum"] == 2
    assert notes["column overturn_rate"].startswith("Share of the decisions overturned")
