"""``kg parse``: files of letters to determinations, one after another or on several processes."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from enum import StrEnum
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from kg.cli.command import DONE, FAULTS, Recognize, TextColumn, command, complain_of, own_fault, say, table
from kg.errors import KgError, SourceError

if TYPE_CHECKING:
    from kg.files.sources import Letter, Quarantined, Source
    from kg.model import Determination

log = logging.getLogger("kg")

_CHUNK = 64
"""Letters that a process takes at a time."""


class Form(StrEnum):
    """How determinations are printed."""

    JSONL = "jsonl"
    TABLE = "table"


class Read(NamedTuple):
    """The result for one source: what to print, or the reason why there is nothing."""

    place: str
    line: str = ""
    rows: Sequence[tuple[object, ...]] = ()
    reason: str | None = None
    nameless: tuple[str, str] | None = None
    """Where the letter prints no case number: the name that stands in, and the hash of the file."""


@command(
    "kg parse letters/ > determinations.jsonl",
    "kg parse letter.pdf --format table",
    "kg parse - < letter.txt",
    "kg parse scans/ --ocr",
    "find . -name '*.txt' | kg parse --files-from - --jobs 2",
)
def parse(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH...",
            help="Files, folders, archives or tables of letters; - reads one letter from standard input.",
        ),
    ] = None,
    files_from: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="File that lists paths, one per line; - reads standard input."),
    ] = None,
    form: Annotated[
        Form, typer.Option("--format", help="One JSON object per line, or a table of decisions.")
    ] = Form.JSONL,
    column: TextColumn = None,
    ocr: Recognize = False,
    jobs: Annotated[int, typer.Option(min=1, help="Number of parallel processes.")] = 1,
) -> int:
    """Read letters and print their determinations, in the order given; `kg schema` prints the JSON Schema.

    Files that are not letters or cannot be read are reported on standard error; the exit code is then 1.
    """
    if not paths and files_from is None:
        raise typer.BadParameter("give PATH... or --files-from FILE", param_hint="PATH")
    from kg.files.sources import locate

    show = _Lines() if form is Form.JSONL else _Table()
    read, quarantined = 0, 0
    for letter in _distinct(
        _read_all(locate(paths or [], files_from, column, ocr=ocr), jobs, tables=form is Form.TABLE)
    ):
        if letter.reason is None:
            read += 1
            show.add(letter)
        else:
            quarantined += 1
            complain_of(letter.place, letter.reason)
    show.end()
    say(f"{read + quarantined:,} files: {read:,} read, {quarantined:,} quarantined")
    return FAULTS if quarantined else DONE


def _read_all(found: "Iterable[Source]", jobs: int, *, tables: bool) -> Iterator[Read]:
    """Read what was found, in order; memory stays flat."""
    from kg.base.building.processes import collect_rarely, in_order

    if jobs == 1:
        collect_rarely()
        for source in found:
            yield from _read(source, tables=tables)
        return

    rest = iter(found)
    chunks = iter(lambda: list(islice(rest, _CHUNK)), [])
    try:
        for read in in_order(partial(_read_chunk, tables=tables), chunks, jobs):
            yield from read
    except BrokenProcessPool as fault:
        raise SourceError("a parser process was killed; the letters read before are printed") from fault


def _read_chunk(chunk: "list[Source]", *, tables: bool) -> list[Read]:
    return [read for source in chunk for read in _read(source, tables=tables)]


def _read(source: "Source", *, tables: bool) -> Iterator[Read]:
    from kg.base.building.read import letters

    return (_read_letter(letter, tables=tables) for letter in letters(source))


def _read_letter(letter: "Letter | Quarantined", *, tables: bool) -> Read:
    from kg import contract
    from kg.base.building.read import case_is_printed, determination
    from kg.files.sources import Quarantined

    place = letter.place
    if isinstance(letter, Quarantined):
        return Read(place, reason=letter.reason)
    try:
        found = determination(letter.text, letter.name, letter.problems)
    except KgError as fault:
        return Read(place, reason=str(fault))
    except Exception as fault:  # a fault of ours in one letter must not hide the others
        log.debug("%s: a fault of kg itself", place, exc_info=True)
        return Read(place, reason=own_fault(fault))
    nameless = (letter.name, letter.sha256) if letter.name and not case_is_printed(found) else None
    if tables:
        return Read(place, rows=_rows(found), nameless=nameless)
    return Read(place, contract.line(contract.to_json(found)), nameless=nameless)


def _distinct(letters: Iterable[Read]) -> Iterator[Read]:
    """The letters, but that a second text under a name that stands in for a case number is put aside."""
    seen: dict[str, str] = {}
    for letter in letters:
        if letter.nameless:
            name, digest = letter.nameless
            if seen.setdefault(name, digest) != digest:
                reason = f"it prints no case number, and another letter without one has the name {name}"
                yield Read(letter.place, reason=reason)
                continue
        yield letter


def _rows(found: "Determination") -> list[tuple[object, ...]]:
    from kg.evidence import relied_on

    rows: list[tuple[object, ...]] = []
    for decision in found.decisions:
        cites = relied_on(decision.reviewer)
        rows.append(
            (found.case_number, found.decision_date, decision.outcome or "", decision.item.in_dispute, cites)
        )
    return rows


class _Lines:
    """Prints each determination as it comes."""

    def add(self, letter: Read) -> None:
        print(letter.line)

    def end(self) -> None:
        """Nothing is left to print."""


class _Table:
    """Prints decisions, some hundred at a time, so that memory stays flat."""

    def __init__(self) -> None:
        self._rows: list[tuple[object, ...]] = []

    def add(self, letter: Read) -> None:
        self._rows += letter.rows
        if len(self._rows) >= 500:
            self.end()

    def end(self) -> None:
        """Print what is left."""
        if self._rows:
            table(("case", "decided", "outcome", "treatment", "reviewer cites"), self._rows)
            self._rows = []
