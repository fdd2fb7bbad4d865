"""The process that reads PDFs: this file alone, with pypdfium2 and nothing of ours.

It reads frames on standard input (eight bytes of length, then a PDF) and answers each with a
letter, eight bytes of length and so many bytes: ``T`` text in UTF-8, ``E`` why there is none, ``S``
that the PDF is sound and has none.
A file that makes it take too much memory or time ends it; its parent then starts another.
"""

import os
import resource
import struct
import sys
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import BinaryIO, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw

MEMORY = 1 << 30
"""Bytes that one PDF may take."""
SECONDS = 30
"""Seconds of processor time that one PDF may take."""
MAX_PAGES = 2_000
"""Pages; letters have 2 to 10."""
MAX_TEXT = 20_000_000
"""Characters of text; letters have 5,000 to 50,000."""
NO_TEXT = "the PDF contains no text (a scan?): read it with --ocr"

_GAP = 1.4
"""Steps from line to line, against the usual one of the document, from which a line was left free.

A page can be of short paragraphs alone: its own usual step is then the gap between them.
"""

_LINE_END_HYPHENS = ("\ufffe\r\n", "\x02\r\n", "\ufffe", "\x02")
"""What PDFium prints for a hyphen at a line end, which it takes for one that hyphenates."""

_REFUSED = {
    raw.FPDF_ERR_FORMAT: "the PDF is damaged",
    raw.FPDF_ERR_PASSWORD: "the PDF is locked by a password: remove the password first",
    raw.FPDF_ERR_SECURITY: "the PDF has an unsupported protection",
}


class _Page(NamedTuple):
    """The lines of a page, and of each but the first how far it stands below the one before."""

    lines: list[str]
    steps: list[float | None]


class UnreadableError(Exception):
    """There is no text to be had; the text says why."""


class NoTextError(UnreadableError):
    """The PDF is sound and has no text, as scans have none."""


def text_of(data: bytes) -> str:
    """The text of a PDF: lines ended by a line feed, a form feed between two pages."""
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as fault:
        raise UnreadableError(_REFUSED.get(fault.err_code, "the PDF is damaged")) from fault
    try:
        return _pages(document)
    finally:
        document.close()


def _pages(document: pdfium.PdfDocument) -> str:
    count = len(document)
    if count == 0:
        raise UnreadableError("the PDF has no pages")
    if count > MAX_PAGES:
        raise UnreadableError(f"the PDF has {count} pages, more than the {MAX_PAGES} that a letter may have")
    pages: list[_Page] = []
    left, damaged = MAX_TEXT, 0
    for index in range(count):
        try:
            page = document[index]
        except pdfium.PdfiumError:
            damaged += 1
            continue
        pages.append(_page(page))
        page.close()
        left -= sum(len(line) + 1 for line in pages[-1].lines)
        if left < 0:
            raise UnreadableError(f"the PDF contains more than {MAX_TEXT:,} characters of text")
    if damaged:
        raise UnreadableError(f"the PDF is damaged: {damaged} of its {count} pages cannot be read")
    if not any(line.strip() for page in pages for line in page.lines):
        raise NoTextError(NO_TEXT)
    steps = [step for page in pages for step in page.steps if step is not None]
    usual = median(steps) if steps else 1.0
    return "\f".join(_text(page, usual) for page in pages)


def _page(page: pdfium.PdfPage) -> _Page:
    textpage = page.get_textpage()
    text: str = textpage.get_text_range()
    lines = text.split("\r\n")
    steps = _steps(lines, textpage) if _units(text) == textpage.count_chars() else []
    textpage.close()
    return _Page(lines, steps)


def _text(page: _Page, usual: float) -> str:
    """The page with a line of a blank where it leaves one free: PDFium itself leaves no trace of it."""
    kept = page.lines[:1]
    for index, line in enumerate(page.lines[1:]):
        step = page.steps[index] if page.steps else None
        kept += [" ", line] if step is not None and step > _GAP * usual else [line]
    text = "\r\n".join(kept)
    for hyphen in _LINE_END_HYPHENS:
        text = text.replace(hyphen, "-\n")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    return text if text.endswith("\n") else text + "\n"


def _units(text: str) -> int:
    r"""How many characters PDFium counts: those of UTF-16.

    >>> _units("A\U0001d400")
    3
    """
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _steps(lines: list[str], textpage: pdfium.PdfTextPage) -> list[float | None]:
    """How far each line stands below the one before, in heights of the taller of the two."""
    boxes: list[tuple[float, float] | None] = []
    at = 0
    for line in lines:
        indent = len(line) - len(line.lstrip())
        boxes.append(textpage.get_charbox(at + indent, loose=True)[1::2] if line.strip() else None)
        at += _units(line) + 2
    found: list[float | None] = []
    for above, below in pairwise(boxes):
        step = above[0] - below[0] if above and below else 0.0
        tall = max(above[1] - above[0], below[1] - below[0]) if above and below else 0.0
        found.append(step / tall if step > 0 and tall > 0 else None)
    return found


def _limit_memory() -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    total = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (total, total))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _limit_time() -> None:
    used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(used) + SECONDS + 1
    resource.setrlimit(
        resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard)
    )


def _answer(out: BinaryIO, kind: bytes, payload: bytes) -> None:
    out.write(kind + struct.pack(">Q", len(payload)) + payload)
    out.flush()


def main() -> None:
    """Answer until standard input ends."""
    asked = sys.stdin.buffer
    # PDFium and its parts may print: what they print must not be taken for an answer.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    _limit_memory()
    while len(head := asked.read(8)) == 8:
        data = asked.read(struct.unpack(">Q", head)[0])
        _limit_time()
        try:
            _answer(out, b"T", text_of(data).encode("utf-8", "replace"))
        except NoTextError as reason:
            _answer(out, b"S", str(reason).encode())
        except UnreadableError as reason:
            _answer(out, b"E", str(reason).encode())
        except MemoryError:
            _answer(out, b"E", b"the PDF takes more than 1 GiB of memory to read")
            return


if __name__ == "__main__":
    main()
