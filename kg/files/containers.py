"""Files that hold files: archives (zip, tar, packed files) and e-mails with what is attached to them.

Members are read one after another and nothing is written beside the archive. What a packed file unpacks to
is bounded, whatever its header says.
"""

import bz2
import gzip
import io
import lzma
import mailbox
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from email import message_from_binary_file, policy
from email.message import EmailMessage, Message
from typing import IO, NamedTuple, cast

from kg.errors import SourceError

_PACKED: dict[str, Callable[[IO[bytes]], IO[bytes]]] = {
    ".gz": lambda file: cast(IO[bytes], gzip.GzipFile(fileobj=file)),
    ".bz2": lambda file: cast(IO[bytes], bz2.BZ2File(file)),
    ".xz": lambda file: cast(IO[bytes], lzma.LZMAFile(file)),  # noqa: SIM115
}
_SHORT = {".tgz": ".tar.gz", ".tbz2": ".tar.bz2", ".txz": ".tar.xz"}
SUFFIXES = frozenset({".zip", ".tar", ".eml", ".mbox", *_PACKED, *_SHORT})
"""Names of containers end so."""

DAMAGED = (
    *(OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError),
    *(NotImplementedError, ValueError),
)
"""What reading a damaged container raises."""
_LETTERS = (
    ".txt",
    ".text",
    ".pdf",
    ".html",
    ".htm",
    ".csv",
    ".tsv",
    ".json",
    ".jsonl",
    ".ndjson",
    ".parquet",
)


class Member(NamedTuple):
    """A file in a container: its name there, and its bytes, opened, or what is wrong."""

    name: str
    file: IO[bytes] | None
    fault: str | None = None


def members(name: str, file: IO[bytes]) -> Iterator[Member]:
    """The files in the container ``name``, which is opened and seekable, in its order.

    Folders, hidden files and what a system adds (``__MACOSX``) are left out. A member is to be read before
    the next one is asked for.

    Raises:
        SourceError: the container is damaged.
    """
    lower = name.lower()
    for short, long in _SHORT.items():
        lower = lower.removesuffix(short) + long if lower.endswith(short) else lower
    stem, _, suffix = lower.rpartition(".")
    try:
        if suffix == "zip":
            yield from _zip(file)
        elif suffix == "tar" or stem.endswith(".tar"):
            yield from _tar(file)
        elif suffix == "eml":
            yield from _mail(message_from_binary_file(file, policy=policy.default), "")
        elif suffix == "mbox":
            yield from _mailbox(file)
        else:
            inner = name.rpartition("/")[2].rpartition(".")[0]
            yield Member(inner, _PACKED[f".{suffix}"](file))
    except DAMAGED as fault:
        reason = (str(fault).splitlines() or [type(fault).__name__])[0].rstrip(":")
        raise SourceError(f"the {suffix} file is damaged: {reason}") from fault


def _is_of_a_system(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in name.split("/"))


def _zip(file: IO[bytes]) -> Iterator[Member]:
    with zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            if info.is_dir() or _is_of_a_system(info.filename):
                continue
            if info.flag_bits & 1:
                yield Member(info.filename, None, "it is encrypted with a password: unpack it first")
                continue
            with archive.open(info) as member:
                yield Member(info.filename, member)


def _tar(file: IO[bytes]) -> Iterator[Member]:
    with tarfile.open(fileobj=file, mode="r:*") as archive:
        for info in archive:
            if info.isfile() and not _is_of_a_system(info.name):
                yield Member(info.name, archive.extractfile(info))


def _mailbox(file: IO[bytes]) -> Iterator[Member]:
    with tempfile.NamedTemporaryFile() as copy:
        while block := file.read(1 << 20):
            copy.write(block)
        copy.flush()
        with closing(mailbox.mbox(copy.name)) as box:
            for number, key in enumerate(box.iterkeys(), 1):
                with box.get_file(key) as file_of:
                    message = message_from_binary_file(cast(IO[bytes], file_of), policy=policy.default)
                yield from _mail(message, f"{number}/")


def _mail(message: Message, before: str) -> Iterator[Member]:
    """The letters attached to an e-mail, or its own words where none is."""
    mail = cast(EmailMessage, message)
    attached = [
        part
        for part in mail.walk()
        if (name := part.get_filename()) and name.lower().endswith((*_LETTERS, *SUFFIXES))
    ]
    for part in attached:
        name = str(part.get_filename()).replace("/", "-")
        yield Member(before + name, io.BytesIO(bytes(cast(bytes, part.get_payload(decode=True) or b""))))
    if not attached:
        body = mail.get_body(("plain", "html"))
        suffix = "html" if body is not None and body.get_content_subtype() == "html" else "txt"
        words = body.get_content() if body is not None else ""
        yield Member(f"{before}message.{suffix}", io.BytesIO(str(words).encode("utf-8", "replace")))
