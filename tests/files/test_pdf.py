"""The text of PDFs: as letters are laid out, and with hostile files that end their reader."""

import io
import os
import resource
import struct
import time
from multiprocessing import get_context

import made_pdf
import pytest

from kg.errors import SourceError
from kg.files import pdf, pdf_worker

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
        (("one\ntwo\nthree\n\nfour",), "one\ntwo\nthree\n \nfour\n"),  # a line that is left free
        (
            ("one\ntwo\nthree\nfour", "five\n\nsix\n\nseven"),
            "one\ntwo\nthree\nfour\n\ffive\n \nsix\n \nseven\n",
        ),  # short paragraphs alone on a page
        (("one\n\n\n\ntwo",), "one\ntwo\n"),  # nothing tells what is usual there
        (("one\ttwo\none\ttwo",), "one two\none two\n"),  # side by side
        (("word by " * 5 + "word",) * 1800, "\f".join(["word by " * 5 + "word\n"] * 1800)),  # 81 kB
    ],
)
def test_text_of_pages(pages, text):
    data = made_pdf.pdf(*pages)
    assert pdf.text(data) == text
    assert pdf_worker.text_of(data) == text  # the child alone decides what it is


def test_larger_type_has_larger_steps_and_no_gaps_for_that():
    small = made_pdf.lines("one\ntwo\nthree\nfour")
    large = b"".join(made_pdf.place(f"line {n}", 60, 760 - 26 * n) for n in range(3)).replace(
        b" 11 Tf", b" 22 Tf"
    )
    assert pdf.text(made_pdf.pdf_of([small, large])) == "one\ntwo\nthree\nfour\n\fline 0\nline 1\nline 2\n"


@pytest.mark.parametrize("packed", [True, False])
def test_empty_password(packed):
    assert pdf.text(made_pdf.pdf("MRI: Upheld", password=b"", packed=packed)) == "MRI: Upheld\n"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (made_pdf.pdf("x", password=b"secret"), "locked by a password"),
        (made_pdf.scanned(), "no text (a scan?)"),
        (made_pdf.pdf("x" * 50, "y")[:700], "damaged"),  # cut in the middle
        (made_pdf.pdf("x")[:60], "damaged"),
        (b"%PDF-1.4 and no more", "damaged"),
        (b"", "damaged"),
        (made_pdf.page_loop(), "damaged"),  # a tree of pages with a circle
        (made_pdf.nested_arrays(), "no text"),
        (made_pdf.pdf_of([b""] * 2001), "2001 pages"),
        (made_pdf.pdf_of([]), "damaged"),  # no page
        (made_pdf.pdf("one", "two").replace(b"6 0 R] /Count", b"9 0 R] /Count"), "1 of its 2 pages"),
    ],
)
def test_no_text_to_be_had(data, reason):
    with pytest.raises(SourceError) as fault:
        pdf.text(data)
    assert reason in str(fault.value)
    assert "\n" not in str(fault.value)
    with pytest.raises(pdf_worker.UnreadableError) as there:
        pdf_worker.text_of(data)
    assert str(there.value) == str(fault.value)


def test_more_text_than_a_letter_has_is_refused(monkeypatch):
    data = made_pdf.pdf("one", "two", "three")
    monkeypatch.setattr(pdf_worker, "MAX_TEXT", 14)
    assert len(pdf_worker.text_of(data)) == 14 + len("\f\f")
    monkeypatch.setattr(pdf_worker, "MAX_TEXT", 13)
    with pytest.raises(pdf_worker.UnreadableError, match="more than 13 characters"):
        pdf_worker.text_of(data)


def framed(*files):
    return b"".join(struct.pack(">Q", len(data)) + data for data in files)


@pytest.mark.parametrize(
    ("asked", "answers"),
    [
        (b"", []),
        (framed(b"one", b"two"), [(b"T", b"one"), (b"T", b"two")]),
        (framed(b"bad", b"one"), [(b"E", b"bad"), (b"T", b"one")]),  # and the next is read
        (framed(b"one") + framed(b"two")[:7], [(b"T", b"one")]),  # cut in the length of the next
        (framed(b"large", b"one"), [(b"E", b"the PDF takes more than 1 GiB of memory to read")]),  # and ends
    ],
)
def test_what_a_child_answers(monkeypatch, asked, answers):
    """The child's loop, run in this process: its limits are only noted, and no descriptor is changed."""

    def read(data):
        if data == b"bad":
            raise pdf_worker.UnreadableError("bad")
        if data == b"large":
            raise MemoryError
        return data.decode()

    limits = {}
    monkeypatch.setattr(pdf_worker, "text_of", read)
    monkeypatch.setattr(resource, "setrlimit", lambda kind, pair: limits.__setitem__(kind, pair))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(asked)))
    out = io.BytesIO()
    monkeypatch.setattr(os, "dup", lambda old: old)
    monkeypatch.setattr(os, "dup2", lambda old, _: os.close(old))
    monkeypatch.setattr(os, "fdopen", lambda *_: out)
    pdf_worker.main()
    monkeypatch.undo()
    assert out.getvalue() == b"".join(kind + framed(said) for kind, said in answers)
    used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    assert limits[resource.RLIMIT_AS][0] > pdf_worker.MEMORY
    assert limits[resource.RLIMIT_FSIZE] == (0, 0)
    assert not answers or limits[resource.RLIMIT_CPU][0] <= used + pdf_worker.SECONDS + 1


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


@pytest.mark.parametrize(
    ("signal", "reason"),
    [
        ("SIGXCPU", "takes more than 30 s to read"),
        ("SIGSEGV", "the PDF is damaged and crashes its parser"),
    ],
)
def test_how_a_reader_ended_tells_why(reader, monkeypatch, tmp_path, signal, reason):
    ends = tmp_path / "worker.py"
    ends.write_text(f"import os, signal, sys\nsys.stdin.read(1)\nos.kill(os.getpid(), signal.{signal})\n")
    monkeypatch.setattr(pdf, "_WORKER", ends)
    with pytest.raises(SourceError, match=reason):
        reader.text(b"%PDF")


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
