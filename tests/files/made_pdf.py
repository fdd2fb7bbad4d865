"""A tiny writer of PDFs for tests: lines of text on pages, plain, encrypted, damaged or hostile."""

import hashlib
import zlib
from itertools import count

PAD = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
FILE_ID = b"0123456789abcdef"
NO_COPYING = -3904  # permissions: print, and no more


def rc4(key: bytes, data: bytes) -> bytes:
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out = bytearray()
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


class Encryption:
    """RC4 with 40 bits (revision 2 of the standard handler), for a user password."""

    def __init__(self, password: bytes) -> None:
        padded = (password + PAD)[:32]
        owner = rc4(hashlib.md5((b"owner" + PAD)[:32]).digest()[:5], padded)
        rights = NO_COPYING.to_bytes(4, "little", signed=True)
        self.key = hashlib.md5(padded + owner + rights + FILE_ID).digest()[:5]
        self.dictionary = b"<< /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P %d >>" % (
            owner.hex().encode(),
            rc4(self.key, PAD).hex().encode(),
            NO_COPYING,
        )

    def stream(self, number: int, data: bytes) -> bytes:
        key = hashlib.md5(self.key + number.to_bytes(3, "little") + b"\0\0").digest()[:10]
        return rc4(key, data)


def file_of(objects: list[bytes], encryption: Encryption | None = None) -> bytes:
    """A file of numbered objects, the first of which is the catalog."""
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    if encryption:
        objects = [*objects, encryption.dictionary]
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    secret = b"/Encrypt %d 0 R " % len(objects) if encryption else b""
    ident = b"/ID [<%s> <%s>]" % (FILE_ID.hex().encode(), FILE_ID.hex().encode())
    out += b"trailer\n<< /Size %d /Root 1 0 R %s%s >>\n" % (len(objects) + 1, secret, ident)
    out += b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(out)


def stream(data: bytes, more: bytes = b"") -> bytes:
    return b"<< /Length %d %s>>\nstream\n%s\nendstream" % (len(data), more, data)


def place(text: str, x: float, y: float) -> bytes:
    """One run of text, in Windows-1252, whose lower left corner is at ``x``, ``y`` points."""
    escaped = text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    return b"BT /F1 11 Tf 1 0 0 1 %.1f %.1f Tm (%s) Tj ET\n" % (x, y, escaped)


def lines(page: str, top: float = 760) -> bytes:
    """Line under line; a tab begins a further column, as the cell of a table does."""
    drawn = []
    for y, line in zip(count(top, -13), page.split("\n"), strict=False):
        drawn += [place(cell, 60 + 150 * column, y) for column, cell in enumerate(line.split("\t")) if cell]
    return b"".join(drawn)


def pdf(*pages: str, password: bytes | None = None, packed: bool = True) -> bytes:
    """A file with these pages; ``password`` encrypts it."""
    return pdf_of(
        [lines(page) for page in pages], Encryption(password) if password is not None else None, packed
    )


def pdf_of(contents: list[bytes], encryption: Encryption | None = None, packed: bool = False) -> bytes:
    """A file with these page contents."""
    first = 4
    kids = b" ".join(b"%d 0 R" % (first + 2 * index) for index in range(len(contents)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(contents)),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for index, content in enumerate(contents):
        number = first + 2 * index
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % (number + 1)
        )
        more = b"/Filter /FlateDecode " if packed else b""
        data = zlib.compress(content) if packed else content
        objects.append(stream(encryption.stream(number + 1, data) if encryption else data, more))
    return file_of(objects, encryption)


def one_page(content: bytes, resources: bytes = b"", *others: bytes) -> bytes:
    """One page with this content stream object and resources; ``others`` are objects from number 6 on."""
    return file_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R "
            b"/Resources << /Font << /F1 3 0 R >> %s >> >>" % resources,
            content,
            *others,
        ]
    )


def flate_bomb(mebibytes: int = 3000) -> bytes:
    """A page whose content grows a thousandfold, twice, when it is unpacked."""
    packer = zlib.compressobj(9)
    head = packer.compress(b" " * (1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b" " * (1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = head + block * mebibytes
    return one_page(stream(zlib.compress(packed, 9), b"/Filter [/FlateDecode /FlateDecode] "))


def form_loop() -> bytes:
    """A page that draws a form that draws itself, twice."""
    form = stream(
        b"/X1 Do /X1 Do",
        b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X1 6 0 R >> >> ",
    )
    return one_page(stream(b"/X1 Do"), b"/XObject << /X1 6 0 R >>", form)


def form_tree(depth: int = 40) -> bytes:
    """A page with a form that draws another twice, and so on: two to the power of ``depth``."""
    forms = [
        stream(
            b"/X1 Do /X1 Do",
            b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X1 %d 0 R >> >> "
            % (7 + n),
        )
        for n in range(depth)
    ]
    leaf = stream(
        b"BT /F1 9 Tf (x) Tj ET",
        b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /Font << /F1 3 0 R >> >> ",
    )
    return one_page(stream(b"/X1 Do"), b"/XObject << /X1 6 0 R >>", *forms, leaf)


def page_loop() -> bytes:
    """A tree of pages whose branch leads back to its root."""
    return file_of([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"])


def nested_arrays(depth: int = 200_000) -> bytes:
    """A page whose content is brackets in brackets."""
    return one_page(stream(b"[" * depth + b"]" * depth + b" TJ"))


def scanned() -> bytes:
    """A page with a picture and no text."""
    image = stream(
        b"\x80" * 64,
        b"/Type /XObject /Subtype /Image /Width 8 /Height 8 /BitsPerComponent 8 /ColorSpace /DeviceGray ",
    )
    return one_page(stream(b"q 600 0 0 780 0 0 cm /I1 Do Q"), b"/XObject << /I1 6 0 R >>", image)
