"""Bytes to text: encodings, and what kind of file some bytes are.

Newlines are never translated and NUL bytes are kept, so that spans point into the text as it is.
"""

import codecs
import html
import re
from contextlib import suppress

from kg.errors import SourceError
from kg.model import Problem, ProblemKind, Span

FALLBACK = "windows-1252"

_ARCHIVES = {
    ".zip": "zip", ".tar": "tar", ".gz": "gzip", ".tgz": "gzip", ".bz2": "bzip2", ".tbz2": "bzip2",
    ".xz": "xz", ".txz": "xz", ".zst": "zstandard", ".7z": "7-Zip", ".rar": "RAR",
}  # fmt: skip
_OFFICE = {".msg", ".doc", ".docx", ".odt", ".rtf", ".xls", ".xlsx", ".ods"}
_MAGIC = {
    b"PK\x03\x04": "zip", b"PK\x05\x06": "zip", b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstandard", b"7z\xbc\xaf\x27\x1c": "7-Zip", b"Rar!\x1a\x07": "RAR",
}  # fmt: skip
_READ = {"zip": ".zip", "tar": ".tar", "gzip": ".gz", "bzip2": ".bz2", "xz": ".xz"}
_MAGICS = tuple(_MAGIC)
_TAR = slice(257, 262)  # where a tar file says "ustar"

# The longer marks first: UTF-32's begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
_FEWEST_PAIRS, _ZEROS = 4, 0.6
"""Pairs of bytes, and the share of them with a zero in one place, from which a text is UTF-16."""

HEAD = 1 << 13
"""Bytes from which a file's kind is told."""


def wide(head: bytes) -> str | None:
    r"""The encoding of a text of two or four bytes a character, by its byte order mark or its zero bytes.

    >>> wide("MRI: Upheld".encode("utf-16-le")), wide(b"MRI: Upheld")
    ('utf-16-le', None)
    """
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    pairs = len(head) // 2
    if pairs >= _FEWEST_PAIRS and b"\0" in head:
        zeros = [head[at : 2 * pairs : 2].count(0) / pairs for at in (0, 1)]
        for at, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
            if zeros[at] > _ZEROS and zeros[1 - at] < 1 - _ZEROS:
                return encoding
    return None


def text(data: bytes) -> tuple[str, tuple[Problem, ...]]:
    r"""The text of some bytes: UTF-8 or UTF-16, with or without a byte order mark, else Windows-1252.

    The last is a problem with its place, the first byte that is no UTF-8.

    >>> text(b"\xef\xbb\xbfNorco\r\n")
    ('Norco\r\n', ())
    >>> text(b"caf\xe9 latte")[1][0].message
    'not UTF-8: read as Windows-1252'
    """
    if (encoding := wide(data[:HEAD])) is not None:
        with suppress(UnicodeDecodeError):
            return data.decode(encoding).removeprefix("\ufeff"), ()
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError as fault:
        message = "not UTF-8: read as Windows-1252"
        decoded = data.decode(FALLBACK, "replace")
        if unknown := decoded.count("\ufffd"):
            message += f", in which {unknown} of its bytes are undefined"
        # In Windows-1252 a byte is a character, so the place is the same.
        return decoded, (Problem(ProblemKind.ENCODING, Span(fault.start, fault.start + 1), message),)


def printable(name: str) -> str:
    r"""A name of a file or case that can be printed and stored: signs without meaning are escaped.

    >>> printable("caf\udce9.txt")
    'caf\\udce9.txt'
    """
    if name.isprintable():
        return name
    shown = name.encode("utf-8", "backslashreplace").decode("utf-8")
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in shown)


def refused(name: str, head: bytes) -> str | None:
    r"""Why a file with this name and beginning is not read, if so: an archive or an office document.

    An archive that is read comes here only under another name.

    >>> refused("letters.7z", b""), refused("letters.bin", b"PK\x03\x04")
    ('a 7-Zip archive: unpack it first, or pack it as zip', 'a zip archive: give its name the ending .zip')
    """
    suffix = "." + name.lower().rpartition(".")[2]
    if suffix in _OFFICE:
        return "an office document or Outlook message: save it as text, PDF or .eml first"
    kind = _ARCHIVES.get(suffix)
    if kind is None and head.startswith(_MAGICS):
        kind = next(kind for magic, kind in _MAGIC.items() if head.startswith(magic))
    kind = kind or ("tar" if head[_TAR] == b"ustar" else None)
    if kind is None:
        return None
    if kind in _READ:
        return f"a {kind} archive: give its name the ending {_READ[kind]}"
    return f"a {kind} archive: unpack it first, or pack it as zip"


def is_pdf(head: bytes) -> bool:
    """Whether a file begins as PDFs do, perhaps after some stray bytes."""
    return b"%PDF-" in head[:1024]


def is_html(head: bytes) -> bool:
    """Whether a file begins as web pages do."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n")[:14].lower().startswith((b"<!doctype html", b"<html"))


MAX_TAGS = 200_000
"""Tags of a web page; a letter has some hundreds. More are read slowly, and are no letter."""

_TAG = re.compile(r"<(?:!--|[!?]|/?([a-zA-Z][a-zA-Z0-9]*)|/)")
_LINES = {
    *("address", "article", "aside", "blockquote", "body", "br", "center", "dd", "div", "dl", "dt", "footer"),
    *("form", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hr", "html", "li", "main", "nav", "ol"),
    *("p", "pre", "section", "table", "tbody", "tfoot", "thead", "title", "tr", "ul"),
}
_HIDDEN = {"script", "style", "template", "noscript"}


def html_text(source: str) -> str:
    r"""The text of a web page: a line for each block and table row, white space folded elsewhere.

    >>> html_text("<p>MRI of the\nknee: <b>Upheld</b></p><script>x</script>A&amp;B")
    'MRI of the knee: Upheld\nA&B\n'

    Raises:
        SourceError: the page has more than :data:`MAX_TAGS` tags.
    """
    lines: list[str] = []
    line: list[str] = []
    preformatted = False

    def end_line() -> None:
        words = "".join(line)
        line.clear()
        if preformatted:
            lines.extend(words.split("\n"))
        elif folded := " ".join(words.split()):
            lines.append(folded)

    for name, closing, words in _pieces(source):
        line.append(html.unescape(words))
        if name in _LINES:
            end_line()
        elif name in ("td", "th"):
            line.append(" ")
        if name == "pre":
            preformatted = not closing
    end_line()
    return "\n".join(lines) + "\n"


def _pieces(source: str) -> list[tuple[str, bool, str]]:
    """Each tag's name, whether it closes, and the words before it.

    A page may be hostile: every character is looked at a bounded number of times. A ``<`` that begins
    no tag is a sign, as in "p < 0.05".
    """
    pieces: list[tuple[str, bool, str]] = []
    words: list[str] = []
    at = tags = 0
    while match := _TAG.search(source, at):
        tag = match.start()
        words.append(source[at:tag])
        comment = match[0] == "<!--"
        end = source.find("-->" if comment else ">", tag)
        at = len(source) if end < 0 else end + (3 if comment else 1)
        if (tags := tags + 1) > MAX_TAGS:
            raise SourceError(f"the web page has more than the {MAX_TAGS:,} tags that a letter may have")
        if match[1]:
            name, closing = match[1].lower(), source[tag + 1] == "/"
            if name in _HIDDEN and not closing:
                found = re.compile(f"</{name}", re.IGNORECASE).search(source, at)
                at = found.start() if found else len(source)
            pieces.append((name, closing, "".join(words)))
            words = []
    pieces.append(("", False, "".join(words) + source[at:]))
    return pieces
