"""Scans: recognized where Tesseract is, refused in one sentence where not, and marked in all that is read."""

import shutil
import zlib
from pathlib import Path

import made_pdf
import pypdfium2 as pdfium
import pytest
from own_letters import Item, letter

import kg
from kg import contract
from kg.base.building.build import build
from kg.base.upkeep.edit import repair, reread
from kg.errors import SourceError
from kg.files import scan_worker, scans
from kg.files.sources import find
from kg.graph.vocab import IMR
from kg.model import SCAN_MARK

LETTER = letter(Item("MRI of the left knee", "Upheld"))


def scan(*pages: str, turned: int = 0) -> bytes:
    """A PDF of pictures of the pages, ``turned`` by so many degrees."""
    document = pdfium.PdfDocument(made_pdf.pdf(*pages))
    kids, objects = [], []
    for page in document:
        bitmap = page.render(scale=300 / 72, grayscale=True, rotation=turned)
        pixels = memoryview(bitmap.buffer).cast("B")
        rows = b"".join(
            pixels[row * bitmap.stride : row * bitmap.stride + bitmap.width] for row in range(bitmap.height)
        )
        wide, high, number = bitmap.width * 72 / 300, bitmap.height * 72 / 300, 3 + len(objects)
        shown, packed = b"q %f 0 0 %f 0 0 cm /I Do Q" % (wide, high), zlib.compress(rows)
        objects += [
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %f %f] /Contents %d 0 R"
            b" /Resources << /XObject << /I %d 0 R >> >> >>" % (wide, high, number + 1, number + 2),
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(shown), shown),
            b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray"
            b" /BitsPerComponent 8 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream"
            % (bitmap.width, bitmap.height, len(packed), packed),
        ]
        kids.append(b"%d 0 R" % number)
    pages_of = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    return made_pdf.file_of([b"<< /Type /Catalog /Pages 2 0 R >>", pages_of, *objects])


@pytest.fixture
def recognizing(tmp_path, monkeypatch):
    """A program in the place of Tesseract that says what it is given, whatever the picture."""

    def of(says: str) -> None:
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        program = folder / scans.PROGRAM
        program.write_text(f"#!/bin/sh\ncat > /dev/null\n{says}\n", encoding="utf-8")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(folder), prepend=":")

    return of


def printing(tmp_path: Path, text: str) -> str:
    """A line of a shell that prints the text."""
    path = tmp_path / "said.txt"
    path.write_text(text, encoding="utf-8")
    return f"cat '{path}'"


def test_a_scan_is_refused_without_being_asked_for(tmp_path):
    path = tmp_path / "scan.pdf"
    path.write_bytes(scan("one"))
    (found,) = find([path])
    assert found.reason == f"{path}: the PDF contains no text (a scan?): read it with --ocr"


def test_what_is_missing_is_said_before_anything_is_read(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        SourceError, match=r"needs the program tesseract, which is not installed \(Debian: tes"
    ):
        build([tmp_path], tmp_path / "kb", ocr=True)


@pytest.mark.parametrize(
    ("says", "seconds", "reason"),
    [
        ("exit 1", 60, "text recognition failed"),
        ("sleep 60", 1, "text recognition takes more than 1 s"),
        ("echo", 60, "no text was recognized in the scan"),
    ],
)
def test_what_cannot_be_recognized_says_why(recognizing, says, seconds, reason):
    recognizing(says)
    with pytest.raises(SourceError, match=reason):
        scans.text(scan("one"), seconds)


def test_all_that_is_read_from_a_scan_is_marked(tmp_path, recognizing):
    recognizing(printing(tmp_path, LETTER))
    letters = tmp_path / "letters"
    letters.mkdir()
    (letters / "scan.pdf").write_bytes(scan("one"))
    (letters / "text.txt").write_text(LETTER.replace("CM15-0001234", "CM15-0001235"), encoding="utf-8")
    first = build([letters], tmp_path / "kb", processes=1)
    assert (first.accepted, first.quarantined) == (1, 1)
    second = build([letters], tmp_path / "kb", processes=1, ocr=True)
    assert (second.accepted, second.unchanged, second.quarantined) == (1, 1, 0)
    reread(tmp_path / "kb")
    with kg.open(tmp_path / "kb") as base:
        facts = base.scan_facts().select("case", "scanned").unique().collect().rows()
        assert sorted(facts) == [("CM15-0001234", True), ("CM15-0001235", False)]
        rows = base.query(f"SELECT ?case WHERE {{ ?case <{IMR.scanned}> true }}").rows
        assert [str(row[0]).rpartition("/")[2] for row in rows] == ["CM15-0001234"]


def test_a_repair_recognizes_the_scans_that_it_reads_again(tmp_path, recognizing):
    recognizing(printing(tmp_path, LETTER))
    (tmp_path / "scan.pdf").write_bytes(scan("one"))
    kb = tmp_path / "kb"
    build([tmp_path / "scan.pdf"], kb, processes=1, ocr=True)
    for pack in (kb / "current" / "letters").glob("*.pack"):
        pack.unlink()
    assert repair(kb, processes=1).quarantined == 1
    assert repair(kb, [tmp_path / "scan.pdf"], processes=1, ocr=True).accepted == 1


def test_each_letter_of_a_scan_of_two_is_marked(tmp_path, recognizing):
    recognizing(printing(tmp_path, LETTER + LETTER.replace("CM15-0001234", "CM15-0001235")))
    (tmp_path / "scan.pdf").write_bytes(scan("one"))
    assert build([tmp_path / "scan.pdf"], tmp_path / "kb", processes=1, ocr=True).accepted == 2
    with kg.open(tmp_path / "kb") as base:
        assert base.scan_facts().select("scanned").unique().collect().rows() == [(True,)]


def test_the_mark_is_no_part_of_the_letter():
    plain, marked = kg.parse_letter(LETTER), kg.parse_letter(SCAN_MARK + LETTER)
    assert [d.item.text for d in marked.decisions] == [d.item.text for d in plain.decisions]
    assert marked.problems == plain.problems
    assert (plain.scanned, marked.scanned) == (False, True)
    assert contract.from_json(contract.to_json(marked)).scanned


@pytest.mark.skipif(shutil.which(scans.PROGRAM) is None, reason="Tesseract is not installed")
@pytest.mark.parametrize("turned", [0, 90])
def test_a_scan_is_read_as_its_letter_and_a_turned_page_is_turned(turned):
    lines = [line.rstrip() for line in LETTER.splitlines()]
    said = kg.parse_letter(scans.text(scan("\n".join(lines[:50]), turned=turned)))
    plain = kg.parse_letter(LETTER)
    assert [(d.item.text, d.outcome) for d in said.decisions] == [
        (d.item.text, d.outcome) for d in plain.decisions
    ]
    assert (said.case_number, said.decision_date) == (plain.case_number, plain.decision_date)


def test_a_page_is_a_picture_that_a_program_reads(tmp_path):
    document = pdfium.PdfDocument(scan("one"))
    picture = scan_worker.image(document[0])
    head, size, depth = picture.split(b" ", 3)[0], picture.split()[1:3], picture.split()[3]
    assert (head, depth) == (b"P5", b"255")
    assert len(picture) > int(size[0]) * int(size[1])
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\ncat >/dev/null\nprintf 'one\\ftwo'\n")
    program.chmod(0o755)
    assert scan_worker.recognized(str(program), picture) == "one\ntwo"
