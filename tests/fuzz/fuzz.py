"""Read damaged letters and PDFs at length: ``python tests/fuzz/fuzz.py [LETTERS [PDFS [SEED]]]``.

A hundred thousand letters and two thousand PDFs where not said, on every core. Whatever ends in another
way than as a determination or with a reason, or takes too long, is kept in .make/fuzz/ and told.
"""

import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1] / "reading"))

import damage
import made_pdf

from kg.errors import LetterError, SourceError
from kg.files import pdf
from kg.model import Span
from kg.reading.letter import read_letter
from kg.sample import letters

SECONDS = 10.0
"""Seconds of a processor that a text may take: linear time is under two, even where coverage is taken."""
SECONDS_OF_PDF = 31.0
"""Seconds on the wall that a PDF may take, with the end of its child."""
HEAVY = 0.01
"""The share of letters that come with a megabyte of something."""
KEPT = Path(__file__).parents[2] / ".make" / "fuzz"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one file; ``fault`` tells what must not be."""

    ended: str
    seconds: float
    fault: str = ""


@cache
def sound() -> list[str]:
    """Letters of every form, whole."""
    return [text for _, text, _ in letters(60, 11, "all")]


def damaged(number: int, seed: int) -> str:
    """The damaged letter of this number."""
    rng = Random(seed << 32 | number)
    text, other = rng.choices(sound(), k=2)
    return damage.damaged(rng, text, other, mostly=damage.heavy if rng.random() < HEAVY else None)


def read(text: str) -> Result:
    """Read a text that may be anything."""
    start = time.process_time()
    ended, fault = "a determination", ""
    try:
        letter = read_letter(text, "damaged")
        spans = [problem.span for problem in letter.problems] + [d.item.span for d in letter.decisions]
        if not all(_inside(span, text) for span in spans):
            fault = "a span lies outside the text"
    except LetterError as error:
        ended = "a LetterError"
        if not str(error) or len(str(error)) > 300 or "\n" in str(error):
            fault = f"the reason is no clear sentence: {str(error)[:300]!r}"
    except Exception as error:
        ended, fault = "a crash", f"{type(error).__name__}: {error}"[:300]
    seconds = time.process_time() - start
    if seconds > SECONDS and not fault:
        fault = f"took {seconds:.1f} s"
    return Result(ended, seconds, fault)


def _inside(span: Span, text: str) -> bool:
    return 0 <= span.start <= span.end <= len(text)


def damaged_pdf(number: int, seed: int) -> bytes:
    """The damaged PDF of this number; the first are made to do harm."""
    hostile = (made_pdf.flate_bomb, made_pdf.form_loop, made_pdf.form_tree, made_pdf.page_loop,
               made_pdf.nested_arrays, made_pdf.scanned)  # fmt: skip
    if number < len(hostile):
        return hostile[number]()
    rng = Random(seed << 32 | number)
    text = (
        rng.choice(sound())[: rng.choice((500, 3_000, 20_000))].encode("cp1252", "replace").decode("cp1252")
    )
    pages = text.split("\f")
    password = rng.choice((None, None, b""))
    return damage.damaged_pdf(rng, made_pdf.pdf(*pages, password=password, packed=rng.random() < 0.7))


def read_pdf(data: bytes) -> Result:
    """Read bytes that may be a PDF, and the letter in it."""
    start = time.monotonic()
    try:
        read_letter(pdf.text(data), "damaged")
        ended = "a determination"
    except (LetterError, SourceError) as error:
        ended = f"a {type(error).__name__}"
    except Exception as error:
        return Result("a crash", time.monotonic() - start, f"{type(error).__name__}: {error}"[:300])
    seconds = time.monotonic() - start
    return Result(ended, seconds, f"took {seconds:.0f} s" if seconds > SECONDS_OF_PDF else "")


def _letter(job: tuple[int, int]) -> tuple[int, Result]:
    return job[0], read(damaged(*job))


def _pdf(job: tuple[int, int]) -> tuple[int, Result]:
    return job[0], read_pdf(damaged_pdf(*job))


def _run(what: str, results: Iterable[tuple[int, Result]], count: int, seed: int) -> Iterator[str]:
    """Count how files end, and keep those that must not end so."""
    ended: Counter[str] = Counter()
    slowest = 0.0
    for number, result in results:
        ended[result.ended] += 1
        slowest = max(slowest, result.seconds)
        if result.fault:
            KEPT.mkdir(parents=True, exist_ok=True)
            kept = KEPT / f"{what}-{seed}-{number}"
            data = damaged(number, seed).encode("utf-8", "surrogatepass") if what == "letter" else b""
            kept.write_bytes(data or damaged_pdf(number, seed))
            yield f"{kept}: {result.fault}"
        if sum(ended.values()) % 5_000 == 0:
            sys.stdout.write(f"{sum(ended.values()):,} of {count:,} {what}s\n")
            sys.stdout.flush()
    assert sum(ended.values()) == count
    said = ", ".join(f"{name} {number:,}" for name, number in ended.most_common())
    sys.stdout.write(f"{count:,} {what}s: {said}; the slowest took {slowest:.1f} s\n")


def main(count: int = 100_000, pdfs: int = 2_000, seed: int = 1) -> int:
    """Read them all, and tell how they ended."""
    faults: list[str] = []
    with get_context("spawn").Pool(os.cpu_count(), maxtasksperchild=20_000) as pool:
        jobs = ((number, seed) for number in range(count))
        faults += _run("letter", pool.imap_unordered(_letter, jobs, chunksize=50), count, seed)
        jobs = ((number, seed) for number in range(pdfs))
        faults += _run("pdf", pool.imap_unordered(_pdf, jobs), pdfs, seed)
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    sys.stdout.write(f"most memory of a process: {most} MB\n")
    for fault in islice(faults, 50):
        sys.stdout.write(f"{fault}\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*(int(word) for word in sys.argv[1:])))
