"""The text of a scanned PDF, recognized by Tesseract where that is installed.

Tesseract is a program of the system, not of Python: it is looked up, and runs below a process with limits
on memory and time, as PDFs are read. What was recognized begins with :data:`~kg.model.SCAN_MARK`, so that
everything that is read from it later is known to come from a scan.
"""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from kg.errors import SourceError
from kg.model import SCAN_MARK

PROGRAM = "tesseract"
SECONDS = 900.0
"""Seconds that a file may take; a page takes some five."""

_WORKER = Path(__file__).with_name("scan_worker.py")


def program() -> str:
    """The path of Tesseract.

    Raises:
        SourceError: it is not installed.
    """
    if (found := shutil.which(PROGRAM)) is None:
        raise SourceError(
            f"text recognition needs the program {PROGRAM}, which is not installed (Debian: tesseract-ocr)"
        )
    return found


def text(data: bytes, seconds: float = SECONDS) -> str:
    """The text of a scanned PDF, below the mark of one.

    Raises:
        SourceError: Tesseract is not installed, fails, takes too long, or recognizes nothing.
    """
    command = [sys.executable, "-E", "-s", str(_WORKER), program()]
    with subprocess.Popen(  # noqa: S603
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            said, _ = process.communicate(data, seconds)
        except subprocess.TimeoutExpired:
            raise SourceError(f"text recognition takes more than {seconds:g} s") from None
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    if process.returncode:
        raise SourceError("text recognition failed: the scan is damaged, or has too many or too large pages")
    if not (found := said.decode("utf-8")).strip():
        raise SourceError("no text was recognized in the scan")
    return SCAN_MARK + found
