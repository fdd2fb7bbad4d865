"""Build a knowledge base: letters in, the next generation out.

Processes read the letters into staged batches; the triples of each go straight on into Oxigraph's bulk
loader while the next ones are read. At the end the tables and texts are put together, the ledger is
closed, and one rename serves the generation. Until then nothing that is served has changed, and a
build that was killed finds its staged batches again.
"""

import logging
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import chain, groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from kg.base import generations, parts
from kg.base.building import pool, read
from kg.base.building.draft import Draft
from kg.base.building.resolve import Quarantined, Resolution
from kg.base.building.staging import Batch, Known, triples
from kg.base.generations import explained
from kg.base.graphs import GraphWriter, kept_lines
from kg.base.ledger import Ledger, now
from kg.files import sources as letter_sources
from kg.files.sources import Source

log = logging.getLogger(__name__)

BATCH = 256
"""Letters read in one go."""

_FEW = 8 * BATCH  # letters that are read faster here than other processes start
_LARGE = 0.2  # of the base: a build that adds more optimizes the graph


class Progress(NamedTuple):
    """How far a build has come."""

    phase: str
    """``read`` (and load), ``load``, ``optimize``, ``finish``."""
    done: int
    """Files read."""
    total: int | None
    """Files given, ``None`` while they are still being found."""
    quarantined: int


OnProgress = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did; ``given`` is always the sum of the five counts that follow it.

    A file of several letters counts for each. ``unchanged`` also counts a second file with the same text.
    ``superseded`` files lost to a letter of the same case with a later decision date.
    """

    given: int
    accepted: int
    unchanged: int
    replaced: int
    superseded: int
    quarantined: int
    quarantine: tuple[Quarantined, ...]
    """Each quarantined place with the kind of reason and one sentence."""
    generation: str
    """The generation that is served after the build."""
    changed: bool
    """Whether the build made a new generation."""
    seconds: float
    letters: int
    """Letters in the base after the build."""

    @property
    def letters_per_second(self) -> float:
        """Files given a second of the whole build."""
        return self.given / self.seconds if self.seconds else 0.0


def build(
    sources: Sequence[str | Path],
    kb: str | Path = "kb",
    *,
    processes: int | None = None,
    keep: int = 2,
    optimize: bool | None = None,
    on_progress: OnProgress | None = None,
    scheduler: str | None = None,
    column: str | None = None,
    ocr: bool = False,
) -> BuildReport:
    """Read letters from ``sources`` (files, folders, archives, tables, addresses) into the base at ``kb``.

    Letters whose text and reader are unchanged are not read again; a build that changes nothing leaves
    the base as it is. ``processes`` that parse (default: one a core; 1 reads in this process); ``keep``
    so many generations; ``optimize`` the graph (default: after large loads); ``scheduler``, such as
    ``tcp://host:8786``, reads on a Dask cluster whose workers can open the sources; ``column`` of tables
    that holds the letters, where its name does not tell; ``ocr`` recognizes PDFs without text, also those
    that an earlier build quarantined.

    Raises:
        BaseError: the directory is not ours, is locked by another build, cannot be written, the disk is full.
        SourceError: a source is not there, or what ``ocr`` needs is not installed.
        KeyboardInterrupt: stopped; what was read is staged and the next build goes on from there.
    """
    given = letter_sources.locate(sources, column=column, ocr=ocr)
    layout = generations.create(Path(kb))
    with generations.builder_lock(layout), explained(layout):
        generations.clean(layout, keep)
        with Draft(layout, layout.served()) as draft:
            report = Build(draft, processes, optimize, on_progress, scheduler=scheduler).run(given)
        generations.clean(layout, keep)
        return report


def _log_progress(progress: Progress) -> None:
    log.info("%s: %d of %s files, %d quarantined", *progress)


class Build:
    """One build, from sources to the swap.

    ``again`` reads letters that are unchanged too; ``scheduler`` is the address of a Dask cluster.
    """

    def __init__(
        self,
        draft: Draft,
        processes: int | None = 1,
        optimize: bool | None = None,
        on_progress: OnProgress | None = None,
        *,
        again: bool = False,
        scheduler: str | None = None,
    ) -> None:
        self._began = time.monotonic()
        self._draft, self._optimize = draft, optimize
        self._processes = processes or os.cpu_count() or 1
        self._tell = on_progress or _log_progress
        self._again, self._scheduler = again, scheduler
        self._reader = read.reader_version()
        self._given = 0
        self._all_found = False

    def run(self, given: Iterable[Source]) -> BuildReport:
        """Build, and serve what was built if it differs."""
        draft = self._draft
        staging = draft.layout.staging
        staging.mkdir(exist_ok=True)
        sources, fresh = self._is_fresh(iter(given), draft.ledger.count())
        decided = Resolution(draft.ledger, draft.name, self._reader, fresh=fresh, again=self._again)
        with draft.graph(fresh=fresh) as graph:
            self._read(sources, decided, graph)
            news = decided.news or draft.base is None
            if news:
                self._finish(decided, graph)
        report = self._report(
            decided, draft.name if news or not draft.base else draft.base.name, changed=news
        )
        if news:
            counts = (getattr(report, name) for name in COUNTS)
            draft.ledger.put_build(
                draft.name, now(), self._reader, report.given, *counts, round(report.seconds, 1)
            )
            draft.serve(self._reader)
        shutil.rmtree(staging)
        return report

    def _is_fresh(self, given: Iterator[Source], letters: int) -> tuple[Iterator[Source], bool]:
        """Whether the graph is made anew: there is none, or most letters come back to a newer reader."""
        if not letters:
            return given, True
        assert self._draft.base is not None
        if generations.about(self._draft.base).get("reader") == self._reader:
            return given, False
        first = list(islice(given, letters // 2 + 1))
        return chain(first, given), len(first) > letters // 2

    def _read(self, given: Iterator[Source], decided: Resolution, graph: GraphWriter) -> None:
        batches = self._batches(given)
        first = list(islice(batches, _FEW // BATCH + 1))
        many = self._processes > 1 and sum(len(batch.sources) for batch in first) > _FEW
        if self._scheduler:
            stage = pool.cluster(self._scheduler)
        else:
            stage = pool.processes(self._processes) if many else pool.here
        for folder in stage(chain(first, batches), self._draft.layout.staging):
            if wanted := list(decided.batch(folder)):
                texts = triples(folder)
                graph.load(b"".join(texts[record.row] for record in wanted))
            self._progress("read", decided)

    def _batches(self, given: Iterator[Source]) -> Iterator[Batch]:
        draft = self._draft
        removed, corrections = draft.ledger.removed(), tuple(draft.ledger.corrections())
        with Ledger(draft.base) if draft.base and not self._again else nullcontext() as old:
            while sources := tuple(islice(given, BATCH)):
                self._given += len(sources)
                files = [old.file(source.place) for source in sources] if old else []
                known = Known({file.place: file for file in files if file}, removed, corrections)
                yield Batch(sources, known, self._reader)
        self._all_found = True

    def _finish(self, decided: Resolution, graph: GraphWriter) -> None:
        """Put the graph, the tables and the texts together."""
        self._progress("load", decided)
        draft = self._draft
        if graph.fresh and draft.base:
            kept = (row.case for row in draft.ledger.letters() if row.part not in decided.parts)
            for lines in kept_lines(draft.base / "graph", kept):
                graph.load(lines)
        graph.remove_cases(decided.retracted)
        for folder, late in groupby(decided.late.values(), key=itemgetter(0)):
            texts = triples(folder)
            graph.load(b"".join(texts[record.row] for _, record in late))
        graph.finish()
        wanted = self._optimize
        if wanted is None:
            wanted = graph.fresh or draft.ledger.count_in(decided.parts) > _LARGE * draft.ledger.count()
        self._progress("optimize" if wanted else "finish", decided)
        with graph.optimizing() if wanted else nullcontext():
            for part, batches in decided.parts.items():
                if draft.ledger.count_in([part]):
                    parts.assemble(draft.folder, part, [folder for _, folder in batches], decided.without)
            draft.carry(without=decided.replaced)
            draft.index_words()

    def _progress(self, phase: str, decided: Resolution) -> None:
        total = max(self._given, decided.counts.total()) if self._all_found else None
        self._tell(Progress(phase, decided.counts.total(), total, decided.counts["quarantined"]))

    def _report(self, decided: Resolution, generation: str, *, changed: bool) -> BuildReport:
        return BuildReport(
            given=decided.counts.total(),
            **{name: decided.counts[name] for name in COUNTS},
            quarantine=tuple(decided.quarantine),
            generation=generation,
            changed=changed,
            seconds=time.monotonic() - self._began,
            letters=self._draft.ledger.count(),
        )


COUNTS = ("accepted", "unchanged", "replaced", "superseded", "quarantined")
"""What becomes of a file, in the words of :class:`BuildReport`."""
