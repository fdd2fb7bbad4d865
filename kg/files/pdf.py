"""The text of a PDF, read by another process that a hostile file may kill.

PDFium reads a letter in two or three milliseconds, but no reader of PDFs is safe against files made to
crash, hang or fill the memory. So one child process per process of ours reads them, with limits on
memory and time, and is replaced after :data:`RECYCLE` files or when a file has ended it.
"""

import atexit
import logging
import os
import selectors
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

from kg.errors import SourceError

log = logging.getLogger(__name__)

SECONDS = 30.0
"""Seconds from asking to the answer; a letter takes 0.003."""

RECYCLE = 500
"""Files that one child reads: what a file leaves behind in it does not stay for long."""

_CHUNK = 1 << 16
_WORKER = Path(__file__).with_name("pdf_worker.py")


class NoTextError(SourceError):
    """The PDF is sound and has no text: a scan, perhaps."""


class _TooSlowError(Exception):
    """The child did not answer in time."""


class _Died(Exception):  # noqa: N818
    """The child ended without an answer."""


class Child:
    """One child process: PDFs in, texts out, one after another."""

    def __init__(self) -> None:
        self.files = 0
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-E", "-s", str(_WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
        )
        assert self._process.stdin
        assert self._process.stdout
        self.process = self._process.pid
        self._in, self._out = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._in, False)
        os.set_blocking(self._out, False)

    def ask(self, data: bytes, deadline: float) -> tuple[bytes, bytes]:
        """Kind and content of the answer to ``data``.

        Raises:
            _TooSlowError: no answer by ``deadline``, in seconds of ``time.monotonic``.
            _Died: the child ended.
        """
        self.files += 1
        question = memoryview(struct.pack(">Q", len(data)) + data)
        answer = bytearray()
        wanted = 9
        with selectors.DefaultSelector() as selector:
            selector.register(self._out, selectors.EVENT_READ)
            selector.register(self._in, selectors.EVENT_WRITE)
            while len(answer) < wanted:
                if not (ready := selector.select(max(0.0, deadline - time.monotonic()))):
                    raise _TooSlowError
                for key, _ in ready:
                    if key.fd == self._out:
                        answer += self._receive()
                        if wanted == 9 and len(answer) >= 9:
                            wanted += struct.unpack(">Q", answer[1:9])[0]
                    else:
                        question = question[self._send(question) :]
                        if not question:
                            selector.unregister(self._in)
        return bytes(answer[:1]), bytes(answer[9:])

    def _receive(self) -> bytes:
        if not (part := os.read(self._out, _CHUNK)):
            raise _Died
        return part

    def _send(self, question: memoryview) -> int:
        try:
            return os.write(self._in, question[:_CHUNK])
        except BrokenPipeError as fault:
            raise _Died from fault

    def stop(self) -> int:
        """End the child, and tell how it ended: a negative number is the signal that killed it."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        try:
            code = self._process.wait(0.2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        self._process.stdout.close()
        return code


class Reader:
    """Reads PDFs one after another; threads take turns."""

    def __init__(self) -> None:
        self._child: Child | None = None
        self._lock = threading.Lock()

    def text(self, data: bytes, seconds: float = SECONDS) -> str:
        """As :func:`text`, within ``seconds``."""
        with self._lock:
            deadline = time.monotonic() + seconds
            if self._child and self._child.files >= RECYCLE:
                self._stop()
            fresh = self._child is None
            try:
                return self._ask(data, deadline, seconds)
            except _Died:
                code = self._stop()
                if fresh:
                    raise SourceError(_cause(code)) from None
            # What an earlier file left in the child must not decide about this one.
            try:
                return self._ask(data, deadline, seconds)
            except _Died:
                raise SourceError(_cause(self._stop())) from None

    @property
    def process(self) -> int | None:
        """The number of the child process, if there is one."""
        return self._child.process if self._child else None

    def _ask(self, data: bytes, deadline: float, seconds: float) -> str:
        self._child = self._child or Child()
        try:
            kind, content = self._child.ask(data, deadline)
        except _TooSlowError:
            self._stop()
            raise SourceError(f"the PDF takes more than {seconds:g} s to read") from None
        if kind == b"S":
            raise NoTextError(content.decode())
        if kind == b"E":
            raise SourceError(content.decode())
        return content.decode("utf-8")

    def _stop(self) -> int:
        child, self._child = self._child, None
        return child.stop() if child else 0

    def close(self) -> None:
        """End the child process."""
        with self._lock:
            self._stop()


def _cause(code: int) -> str:
    log.info("a PDF crashed its parser (%s)", code)
    if code == -24:  # SIGXCPU
        return f"the PDF takes more than {SECONDS:.0f} s to read"
    return "the PDF is damaged and crashes its parser, or takes more than 1 GiB of memory to read"


_readers: dict[int, Reader] = {}  # by process: a forked process must not share its parent's child


def text(data: bytes) -> str:
    """The text of a PDF: lines ended by a line feed, a form feed between two pages.

    A PDF that is encrypted with an empty user password is read like any other.

    Raises:
        SourceError: damaged, locked by a password, without text, or over a limit: 30 s, 1 GiB,
            2,000 pages, 20 million characters.
    """
    process = os.getpid()
    if process not in _readers:
        _readers.clear()
        _readers[process] = reader = Reader()
        atexit.register(reader.close)
    return _readers[process].text(data)
