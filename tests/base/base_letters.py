"""Small letters for the tests of the base, and ways to compare bases."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pyoxigraph
import pytest

from kg.base import graphs
from kg.base.store import KnowledgeBase

TEXT = """\
Case Number: {case}
Date Assigned: 11/09/2016
Date of Injury: 03/02/2015
Decision Date: {decided}
UR Denial Date: 10/20/2016
Priority: Standard
Application Received: 11/02/2016

HOW THE IMR FINAL DETERMINATION WAS MADE
MAXIMUS Federal Services sent the file to an expert reviewer.

The Expert Reviewer has the following credentials:
State(s) of Licensure: California
Certification(s)/Specialty: {specialty}

CLINICAL CASE SUMMARY
The expert reviewer developed the following clinical case summary:

The injured worker is a 41 year old female who hurt her knee on 03-02-15.

IMR ISSUES, DECISIONS AND RATIONALES
The Final Determination was based on decisions for the disputed items/services set forth below:

"""
ITEM = """\
{item}: {outcome}

Claims Administrator guideline: Decision based on MTUS Chronic Pain Medical Treatment 2009, \
Section(s): {section}.

MAXIMUS guideline: Decision based on MTUS Low Back Complaints 2004, Section(s): Special Studies.

Decision rationale: {why}

"""
ITEMS = (
    ("MRI of the left knee", "Upheld"),
    ("Norco 10/325mg #60", "Overturned"),
    ("Physical therapy 2 times a week for 4 weeks", "Upheld"),
)


def letter(
    case: str | None = "CM16-0000001", decided: str = "12/01/2016", items: int = 1, why: str = "It is needed."
) -> str:
    """A letter of our own making; without a case it has no header."""
    number = int(case[-4:]) if case else 0
    head = TEXT.format(
        case=case,
        decided=decided,
        specialty=("Physical Medicine & Rehabilitation", "Orthopedic Surgery")[number % 2],
    )
    if case is None:
        head = head[head.index("HOW THE IMR") :]
    sections = ("Opioids", "Physical Medicine", "A title of nobody")
    return head + "".join(
        ITEM.format(item=item, outcome=outcome, section=sections[(number + n) % 3], why=why)
        for n, (item, outcome) in enumerate(ITEMS[:items])
    )


def write(folder: Path, **letters: str) -> Path:
    """Write each text to ``folder/<name>.txt``."""
    folder.mkdir(exist_ok=True)
    for name, text in letters.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


def many(folder: Path, count: int, first: int = 1) -> Path:
    """Write ``count`` letters with cases of their own."""
    numbers = range(first, first + count)
    return write(
        folder,
        **{f"letter{n}": letter(f"CM16-{n:07d}", f"12/{1 + n % 28:02}/2016", 1 + n % 3) for n in numbers},
    )


whole_catalogue = graphs.catalogue


@contextmanager
def part_of_catalogue() -> Iterator[None]:
    """Builds take a part of the catalogue, which is most of a small graph and of the time to build it."""
    part = b"".join(whole_catalogue().splitlines(keepends=True)[::500])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(graphs, "catalogue", lambda: part)
        yield


@pytest.fixture
def small_catalogue() -> Iterator[None]:
    """Builds of a test take a part of the catalogue."""
    with part_of_catalogue():
        yield


def triples(kb: Path) -> list[str]:
    """All triples of the served generation, sorted."""
    store = pyoxigraph.Store.read_only(str(kb / "current" / "graph"))
    text = store.dump(format=pyoxigraph.RdfFormat.N_TRIPLES, from_graph=pyoxigraph.DefaultGraph())
    assert text is not None
    return sorted(text.decode().splitlines())


def content(kb: Path) -> tuple[list[str], list[pl.DataFrame], dict[str, str]]:
    """All that a base says: triples, tables and texts, each in one order."""
    with KnowledgeBase.open(kb) as base:
        tables = [base.scan_facts(), base.scan_determinations(), base.scan_problems()]
        frames = [table.collect().with_row_index().sort("case", "index").drop("index") for table in tables]
        texts = {case: base.letter(case) for case in base.cases()}
    return triples(kb), frames, texts


def same(one: Path, other: Path) -> bool:
    """Whether two bases say the same, triple for triple, row for row, text for text."""
    left, right = content(one), content(other)
    return (
        left[0] == right[0]
        and all(a.equals(b) for a, b in zip(left[1], right[1], strict=True))
        and left[2] == right[2]
    )
