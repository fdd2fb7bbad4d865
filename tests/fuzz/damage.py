"""Ways in which letters and PDFs come damaged, or were made to do harm."""

import zlib
from collections.abc import Callable
from random import Random

Mutator = Callable[[Random, str, str], str]
"""Damages the second argument; the third is another letter."""

LABELS = (
    "Case Number: ",
    "Decision Date: 12/19/2016 ",
    "Priority: ",
    "\nClaims Administrator guideline: ",
    "\nMAXIMUS guideline: ",
    "\nDecision rationale: ",
    "\nCLINICAL CASE SUMMARY",
    "\nIMR ISSUES, DECISIONS AND RATIONALES\n",
    "\nDOCUMENTS REVIEWED\n",
    "HOW THE IMR FINAL DETERMINATION WAS MADE",
    "MRI of the knee: Upheld\n",
    "\nA walker: Overturned\n\nMAXIMUS guideline: ",
    "Decision based on MTUS ",
    "Decision based on Non-MTUS Citation ",
    "Section(s): ",
    "Page(s): 98-99; ",
    "State(s) of Licensure: ",
    "Certification(s)/Specialty: ",
    " was the original request. ",
    "The remaining IMR eligible portion of the original request, ",
    "\n1) MAXIMUS Federal Services, Inc. has determined the request for a bed is not medically necessary",
    "\nISSUE AT DISPUTE:\n",
)
SIGNS = (
    "(",
    ")",
    "[",
    "((",
    ", ",
    ",",
    ";",
    ":",
    "-",
    "- ",
    "/",
    ".",
    ". ",
    "#",
    "1",
    "1-",
    "98, ",
    "x ",
    "&",
)
BLANKS = (" ", "\n", "\t", "\f", "\r\n", "\n \n", " \n", "\n\n", "\xa0", "\n\f")
WORDS = (
    *(
        "Low Back",
        "ODG",
        "Official Disability",
        "ACOEM Chapter 12 ",
        "and ",
        "Chronic Pain 2016, ",
        "visits ",
    ),
    *("tablets ", "recommended 12 ", "left knee ", "Norco ", "https://www.", "Upheld ", "the "),
)
HTML = (
    "<b>",
    "</p>",
    "<br/>",
    "&nbsp;",
    "&lt;",
    "<script>alert(1)</script>",
    "<!-- ",
    "<td>Case Number:</td>",
)
BIDI = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u200b"


def cut(rng: Random, text: str, other: str) -> str:
    """The end is missing, or the beginning."""
    at = rng.randrange(len(text) + 1)
    return text[:at] if rng.random() < 0.7 else text[at:]


def lost(rng: Random, text: str, other: str) -> str:
    """A stretch in the middle is missing."""
    at = rng.randrange(len(text) + 1)
    return text[:at] + text[at + rng.randrange(1, 600) :]


def splice(rng: Random, text: str, other: str) -> str:
    """The beginning of one letter and the end of another."""
    return text[: rng.randrange(len(text) + 1)] + other[rng.randrange(len(other) + 1) :]


def double(rng: Random, text: str, other: str) -> str:
    """A stretch stands twice or several times, at the same place or elsewhere."""
    start = rng.randrange(len(text) + 1)
    piece = text[start : start + rng.randrange(1, 3_000)] * rng.choice((1, 1, 1, 2, 10))
    at = rng.choice((start, rng.randrange(len(text) + 1)))
    return text[:at] + piece + text[at:]


def shuffle(rng: Random, text: str, other: str) -> str:
    """The lines are out of order."""
    lines = text.splitlines(keepends=True)
    for _ in range(rng.randrange(1, 20)):
        lines.insert(rng.randrange(len(lines)), lines.pop(rng.randrange(len(lines))))
    return "".join(lines)


def sprinkle(rng: Random, text: str, other: str) -> str:
    """Signs without a meaning stand among the words: NUL, marks of direction, halves of signs, others."""
    kinds = ("\0", BIDI, "\ud800\udfff", "".join(map(chr, range(1, 32))), "é’“”–—®™•…ﬁ", "अجж中🙂")
    signs = rng.choice(kinds)
    pieces = list(text)
    for _ in range(rng.randrange(1, 60)):
        at = rng.randrange(len(pieces))
        pieces[at] = rng.choice(signs) + (pieces[at] if rng.random() < 0.8 else "")
    return "".join(pieces)


def unicode(rng: Random, text: str, other: str) -> str:
    """Any code points at all."""
    return insert(rng, text, "".join(chr(rng.randrange(0x110000)) for _ in range(rng.randrange(1, 400))))


def markup(rng: Random, text: str, other: str) -> str:
    """HTML stands in the text."""
    for _ in range(rng.randrange(1, 30)):
        text = insert(rng, text, rng.choice(HTML))
    return text


def label(rng: Random, text: str, other: str) -> str:
    """A label, heading or beginning stands where it has no business."""
    for _ in range(rng.randrange(1, 6)):
        text = insert(rng, text, rng.choice(LABELS))
    return text


def folded(rng: Random, text: str, other: str) -> str:
    """The line ends are others, or none."""
    return text.replace("\n", rng.choice(("\r\n", "\r", " ", "\n\n", "\n \n", "", "\f", "\u2028")))


def cased(rng: Random, text: str, other: str) -> str:
    """All letters are large or small."""
    return rng.choice((text.upper, text.lower, text.swapcase, text.title))()


def many(rng: Random, text: str, other: str) -> str:
    """A sign, word or blank stands some hundred times."""
    return insert(rng, text, rng.choice(SIGNS + WORDS + BLANKS) * rng.randrange(10, 1_000))


MUTATORS: tuple[Mutator, ...] = (
    cut, lost, splice, double, shuffle, sprinkle, unicode, markup, label, folded, cased, many,
)  # fmt: skip


def heavy(rng: Random, text: str, other: str) -> str:
    """A label a hundred thousand times, or a megabyte of one sign, word, blank or line."""
    kind = rng.randrange(4)
    if kind == 0:
        return insert(rng, text, rng.choice(LABELS) * 100_000)
    if kind == 1:
        piece = rng.choice(SIGNS + WORDS + BLANKS)
        return insert(rng, text, piece * (1_000_000 // len(piece)))
    if kind == 2:
        at = rng.randrange(len(text))
        piece = text[at : at + rng.randrange(1, 3_000)]
        return insert(rng, text, piece * (1_000_000 // len(piece)))
    return insert(rng, text, " ".join(text.split()) * 200)


def insert(rng: Random, text: str, piece: str) -> str:
    """``piece`` somewhere in the text, often where something is read: at a colon or a line's start."""
    at = rng.randrange(len(text) + 1)
    if rng.random() < 0.6:
        at = max(text.find(rng.choice((":", "\n")), at), 0) + rng.randrange(2)
    return text[:at] + piece + text[at:]


def damaged(rng: Random, text: str, other: str, *, mostly: Mutator | None = None) -> str:
    """The letter after one to four kinds of damage."""
    for mutate in [mostly] if mostly else rng.choices(MUTATORS, k=rng.choice((1, 1, 2, 3, 4))):
        text = mutate(rng, text, other) or "\n"
    return text


# --- PDFs -------------------------------------------------------------------------------------


def damaged_pdf(rng: Random, data: bytes) -> bytes:
    """The file after one or a few kinds of damage."""
    for _ in range(rng.choice((1, 1, 2, 5))):
        data = rng.choice((_truncated, _flipped, _lost_bytes, _doubled, _wrong_number, _wrong_stream))(
            rng, data
        )
    return data


def _truncated(rng: Random, data: bytes) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _flipped(rng: Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(min(len(data), rng.choice((1, 5, 50)))):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def _lost_bytes(rng: Random, data: bytes) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + data[at + rng.randrange(1, 200) :]


def _doubled(rng: Random, data: bytes) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + data[at : at + rng.randrange(1, 2_000)] * rng.choice((2, 50)) + data[at:]


def _wrong_number(rng: Random, data: bytes) -> bytes:
    """Lengths, counts and references that are not so: huge, negative, of another object."""
    old = rng.choice((b"/Length ", b"/Count ", b"/Size ", b"/Parent ", b"/Contents ", b"/Kids [", b"/Prev "))
    new = rng.choice((b"-1 ", b"99999999999 ", b"2147483647 ", b"1 0 R ", b"2 0 R ", b"<< ", b"[["))
    return data.replace(old, old + new, rng.choice((1, -1)))


def _wrong_stream(rng: Random, data: bytes) -> bytes:
    """Bytes in the place of a stream: unpacked commands in no order, or packed noise."""
    start = data.find(b"stream\n")
    end = data.find(b"\nendstream", start)
    if start < 0 or end < 0:
        return data
    commands = (
        b"BT",
        b"ET",
        b"(x) Tj",
        b"q",
        b"Q",
        b"[",
        b"]",
        b"<<",
        b">>",
        b"/F1 1e30 Tf",
        b"1e9 0 0 1 0 0 cm",
    )
    noise = b" ".join(rng.choices(commands, k=rng.choice((10, 1_000, 20_000))))
    return data[: start + 7] + rng.choice((noise, zlib.compress(noise))) + data[end:]
