"""The letters' texts: sixteen compressed together, many such blocks in one pack, found through the ledger.

Sixteen letters share much wording: together each takes a quarter of its size, alone less than half as
good, and one is still read in 0.2 ms.
"""

import hashlib
import os
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from kg.base.ledger import Ledger, LetterRow
from kg.errors import BaseError

SUFFIX = ".pack"
_BLOCK = 16  # letters
_LEVEL = 5  # of zlib; 6 takes half as long again for 2 %


class TextPlace(NamedTuple):
    """Where a text lies: its compressed block in the pack, and its bytes in the block."""

    block: int
    size: int
    start: int
    length: int


def pack(texts: Iterable[str], file: BinaryIO) -> Iterator[TextPlace]:
    """Append texts to a pack, and say for each where it lies."""
    waiting: list[bytes] = []
    for text in texts:
        waiting.append(encode(text))
        if len(waiting) == _BLOCK:
            yield from _write_block(waiting, file)
            waiting.clear()
    if waiting:
        yield from _write_block(waiting, file)


def _write_block(texts: list[bytes], file: BinaryIO) -> Iterator[TextPlace]:
    block = file.tell()
    packed = zlib.compress(b"".join(texts), _LEVEL)
    file.write(packed)
    start = 0
    for text in texts:
        yield TextPlace(block, len(packed), start, len(text))
        start += len(text)


def encode(text: str) -> bytes:
    """UTF-8; a lone surrogate, which a damaged table of letters may hold, is kept too."""
    return text.encode("utf-8", "surrogatepass")


def text_hash(text: str) -> str:
    """The SHA-256 of a text."""
    return hashlib.sha256(encode(text)).hexdigest()


class Letters:
    """The texts of the generation in ``folder``; threads may share it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "letters"
        self.ledger = Ledger(folder)
        self._last: tuple[tuple[str, int], bytes] = (("", -1), b"")  # a page reads its letter twice

    def text(self, case: str) -> str:
        """The text of the letter of ``case``.

        Raises:
            KeyError: there is no such case.
            BaseError: the text is damaged.
        """
        return self.text_of(self.row(case))

    def text_of(self, row: LetterRow) -> str:
        """The text that ``row`` points to.

        Raises:
            BaseError: it is damaged or missing.
        """
        place = TextPlace(row.block, row.size, row.start, row.length)
        try:
            return self._read(row.part, place).decode("utf-8", "surrogatepass")
        except (OSError, zlib.error, EOFError, UnicodeDecodeError) as fault:
            raise BaseError(
                f"{self._folder / row.part}{SUFFIX}: the text of {row.case} is damaged: {fault}; "
                "run: kg build --repair"
            ) from fault

    def _read(self, part: str, place: TextPlace) -> bytes:
        at, block = self._last
        if at != (part, place.block):
            with (self._folder / (part + SUFFIX)).open("rb", buffering=0) as file:  # each build adds a part
                block = zlib.decompress(os.pread(file.fileno(), place.size, place.block))
            self._last = ((part, place.block), block)
        found = block[place.start : place.start + place.length]
        if len(found) != place.length:
            raise EOFError("the block is too short")
        return found

    def row(self, case: str) -> LetterRow:
        """Where the letter of ``case`` lies.

        Raises:
            KeyError: there is no such case.
        """
        row = self.ledger.letter(case)
        if row is None:
            raise KeyError(case)
        return row

    def close(self) -> None:
        """Let go of the ledger."""
        self.ledger.close()
