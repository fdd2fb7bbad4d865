"""The process that recognizes a scanned PDF: this file alone, with pypdfium2 and Tesseract.

It reads a PDF on standard input and writes the text of its pages in UTF-8, a form feed between two. Its
argument is the path of Tesseract, which runs within the limits of this process. It ends with 1 where it
fails.
"""

import os
import resource
import subprocess
import sys

import pypdfium2 as pdfium

MEMORY = 2 << 30
"""Bytes that this process and Tesseract may each take."""
SECONDS = 300
"""Seconds of processor time that each may take."""
MAX_PAGES = 100
"""Pages; letters have 2 to 10, and recognition takes seconds a page."""
DPI, MAX_PIXELS = 300, 40_000_000


def image(page: pdfium.PdfPage) -> bytes:
    """The page in shades of grey, as a portable graymap."""
    width, height = page.get_size()
    scale = min(DPI / 72, (MAX_PIXELS / max(1.0, width * height)) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True)
    pixels, stride = memoryview(bitmap.buffer).cast("B"), bitmap.stride
    rows = [bytes(pixels[row * stride : row * stride + bitmap.width]) for row in range(bitmap.height)]
    return b"P5 %d %d 255\n" % (bitmap.width, bitmap.height) + b"".join(rows)


def recognized(program: str, picture: bytes) -> str:
    """The text of a page, which Tesseract turns upright first."""
    command = [program, "stdin", "stdout", "-l", "eng", "--psm", "1", "--dpi", str(DPI)]
    done = subprocess.run(  # noqa: S603
        command, input=picture, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True
    )
    return done.stdout.decode("utf-8", "replace").replace("\f", "\n")


def main(program: str) -> int:  # pragma: no cover - its limits keep what is covered from being written
    """Recognize the PDF on standard input."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    os.environ["OMP_THREAD_LIMIT"] = "1"
    document = pdfium.PdfDocument(sys.stdin.buffer.read())
    if len(document) > MAX_PAGES:
        return 1
    pages = [recognized(program, image(document[index])) for index in range(len(document))]
    out.write("\f".join(pages).encode("utf-8"))
    out.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
