"""The text of PDFs: as letters are laid out, and with hostile files that end their reader."""

import os
import time
from multiprocessing import get_context

import made_pdf
import pytest

from kg.errors import SourceError
from kg.reading import pdf

HEADER = (
    "Case Number:\tCM15-0000001\n"
    "Date Assigned:\t03/02/2015\tDate of Injury:\t07/08/2013\n"
    "Decision Date:\t04/06/2015\tUR Denial Date:\t01/20/2015\n"
    "Priority:\tStandard\tApplication\n"
    "Received:\n"
    "02/02/2015"
)


@pytest.fixture
def reader():
    made = pdf.Reader()
    yield made
    made.close()


def test_labels_and_values_of_the_header_table_share_a_line():
    assert pdf.text(made_pdf.pdf(HEADER)) == (
        "Case Number: CM15-0000001\n"
        "Date Assigned: 03/02/2015 Date of Injury: 07/08/2013\n"
        "Decision Date: 04/06/2015 UR Denial Date: 01/20/2015\n"
        "Priority: Standard Application\n"
        "Received:\n"
        "02/02/2015\n"
    )


@pytest.mark.parametrize(
    ("pages", "text"),
    [
        (("one", "two", "three"), "one\n\ftwo\n\fthree\n"),  # a form feed between pages
        (("a Non-\nMTUS source",), "a Non-\nMTUS source\n"),  # the hyphen and its line end stay
        (("electro-\ndiagnostic", "x-\nray"), "electro-\ndiagnostic\n\fx-\nray\n"),
        (("“Soma®” – 350 mg",), "“Soma®” – 350 mg\n"),  # typographic signs
        (("with (brackets) and \\",), "with (brackets) and \\\n"),
        (("one", "", "three"), "one\n\f\n\fthree\n"),  # an empty page among others
    ],
)
def test_text_of_pages(pages, text):
    assert pdf.text(made_pdf.pdf(*pages)) == text


@pytest.mark.parametrize("packed", [True, False])
def test_empty_password(packed):
    assert pdf.text(made_pdf.pdf("MRI: Upheld", password=b"", packed=packed)) == "MRI: Upheld\n"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (made_pdf.pdf("x", password=b"secret"), "locked by a password"),
        (made_pdf.scanned(), "no text (is it scanned?)"),
        (made_pdf.pdf("x" * 50, "y")[:700], "damaged"),  # cut in the middle
        (made_pdf.pdf("x")[:60], "damaged"),
        (b"%PDF-1.4 and no more", "damaged"),
        (b"", "damaged"),
        (made_pdf.page_loop(), "damaged"),  # a tree of pages with a circle
        (made_pdf.nested_arrays(), "no text"),
        (made_pdf.pdf_of([b""] * 2001), "2001 pages"),
    ],
)
def test_no_text_to_be_had(data, reason):
    with pytest.raises(SourceError) as fault:
        pdf.text(data)
    assert reason in str(fault.value)
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize(
    "hostile",
    [made_pdf.flate_bomb, made_pdf.form_loop, made_pdf.form_tree],
    ids=lambda make: make.__name__,
)
def test_a_file_that_ends_its_reader_is_refused_and_the_next_is_read(reader, hostile):
    started = time.monotonic()
    with pytest.raises(SourceError, match=r"1 GiB|30 s|damaged"):
        reader.text(hostile())
    assert time.monotonic() - started < pdf.SECONDS + 2
    assert reader.text(made_pdf.pdf("MRI: Upheld")) == "MRI: Upheld\n"


def test_a_file_that_takes_too_long_is_refused_and_the_next_is_read(reader):
    with pytest.raises(SourceError, match=r"more than 0\.01 s"):
        reader.text(made_pdf.form_tree(), seconds=0.01)
    assert reader.text(made_pdf.pdf("MRI: Upheld")) == "MRI: Upheld\n"


def test_a_reader_that_died_meanwhile_is_replaced(reader):
    reader.text(made_pdf.pdf("one"))
    os.kill(reader.process, 9)
    assert reader.text(made_pdf.pdf("two")) == "two\n"


def test_a_child_is_replaced_after_some_files(reader, monkeypatch):
    monkeypatch.setattr(pdf, "RECYCLE", 2)
    used = []
    for _ in range(5):
        assert reader.text(made_pdf.pdf("x")) == "x\n"
        used.append(reader.process)
    assert len(set(used)) == 3


def _in_a_fork(data):
    return pdf.text(data)


def test_a_forked_process_has_a_reader_of_its_own():
    assert pdf.text(made_pdf.pdf("parent")) == "parent\n"
    with get_context("fork").Pool(2) as pool:
        texts = pool.map(_in_a_fork, [made_pdf.pdf(f"letter {n}") for n in range(20)])
    assert texts == [f"letter {n}\n" for n in range(20)]
    assert pdf.text(made_pdf.pdf("again")) == "again\n"


@pytest.mark.parametrize("cut", range(0, 1200, 37))
def test_damage_ends_in_a_text_or_a_reason(cut):
    whole = made_pdf.pdf(HEADER, "MRI: Upheld")
    for data in (whole[:cut], whole[:cut] + whole[cut + 9 :], whole[:cut] + b"\xff" * 9 + whole[cut + 9 :]):
        try:
            said = pdf.text(data)
        except SourceError as fault:
            said = str(fault)
        assert said


def test_real_texts_come_back_from_a_pdf(shared):
    """The words of a letter, made into a PDF, are read in their order."""
    for path in sorted((shared / "letters").glob("CM17-000*.txt"))[:8]:
        text = path.read_bytes().decode()
        pages = ["\n".join(line.strip() for line in page.split("\n")) for page in text.split("\f")]
        drawn = [made_pdf.lines(page.encode("cp1252", "replace").decode("cp1252")) for page in pages]
        words = " ".join(page.encode("cp1252", "replace").decode("cp1252") for page in pages).split()
        assert pdf.text(made_pdf.pdf_of(drawn)).split() == words
