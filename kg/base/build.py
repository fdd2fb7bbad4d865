"""Build a knowledge base: letters in, the next generation out.

Processes read the letters into staged batches; the triples of each go straight on into Oxigraph's bulk
loader while the next ones are read. At the end the tables and texts are put together, the ledger is
closed, and one rename serves the generation. Until then nothing that is served has changed, and a
build that was killed finds its staged batches again.
"""

import json
import logging
import os
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO, NamedTuple

from kg.base import about, generations, parts, pool, read
from kg.base.generations import Layout, explained
from kg.base.graphs import GraphWriter, kept_lines
from kg.base.ledger import FILE as LEDGER
from kg.base.ledger import Ledger, now
from kg.base.resolve import Quarantined, Resolution
from kg.base.staging import TRIPLES, Batch, Record
from kg.reading import sources as letter_sources
from kg.reading.sources import Source

log = logging.getLogger(__name__)

BATCH = 256
"""Letters read in one go."""

_FEW = 2 * BATCH  # letters that are read faster here than other processes start
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

    ``unchanged`` also counts a second file with the same text. ``superseded`` files lost to a letter of
    the same case with a later decision date.
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
    def quarantined_by_reason(self) -> Mapping[str, int]:
        """Number of quarantined files by the kind of reason, the most frequent first."""
        return dict(Counter(file.kind for file in self.quarantine).most_common())

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
) -> BuildReport:
    """Read letters from ``sources`` (files, folders, tables, fsspec addresses) into the base at ``kb``.

    Letters whose text and reader are unchanged are not read again; a build that changes nothing leaves
    the base as it is. ``processes`` that parse (default: one a core; 1 reads in this process); ``keep``
    so many generations; ``optimize`` the graph (default: after large loads).

    Raises:
        BaseError: the directory is not ours, is locked by another build, cannot be written, the disk is full.
        SourceError: a source is not there.
        KeyboardInterrupt: stopped; what was read is staged and the next build goes on from there.
    """
    given = letter_sources.locate(sources)
    layout = generations.create(Path(kb))
    with generations.builder_lock(layout), explained(layout):
        generations.clean(layout, keep)
        job = _Build(layout, processes or os.cpu_count() or 1, optimize, on_progress or _log_progress)
        report = job.run(given)
        generations.clean(layout, keep)
        return report


def _log_progress(progress: Progress) -> None:
    log.info("%s: %d of %s files, %d quarantined", *progress)


class _Build:
    """One build, from sources to the swap."""

    def __init__(
        self, layout: Layout, processes: int, optimize: bool | None, on_progress: OnProgress
    ) -> None:
        self._began = time.monotonic()
        self._layout, self._processes, self._optimize = layout, processes, optimize
        self._tell = on_progress
        self._served = layout.served()
        self._name = layout.next_name()
        self._folder = layout.generations / self._name
        self._reader = read.reader_version()
        self._given = 0
        self._all_found = False

    def run(self, given: Iterable[Source]) -> BuildReport:
        """Build, and serve what was built if it differs."""
        self._layout.staging.mkdir(exist_ok=True)
        shutil.rmtree(self._folder, ignore_errors=True)
        parts.make_folders(self._folder)
        if self._served:
            shutil.copyfile(self._served / LEDGER, self._folder / LEDGER)
        with Ledger(self._folder, write=True) as ledger:
            sources, fresh = self._is_fresh(iter(given), ledger.count())
            decided = Resolution(ledger, self._name, self._reader, fresh=fresh)
            with GraphWriter(self._folder / "graph", None if fresh else self._served) as graph:
                self._read(sources, decided, graph)
                news = decided.news or self._served is None
                if news:
                    self._finish(decided, graph, ledger)
            letters = ledger.count()
            if news:
                self._close(decided, ledger)
        if news:
            generations.swap(self._layout, self._name)
        else:
            shutil.rmtree(self._folder)
        shutil.rmtree(self._layout.staging)
        return self._report(decided, letters, changed=news)

    def _is_fresh(self, given: Iterator[Source], letters: int) -> tuple[Iterator[Source], bool]:
        """Whether the graph is made anew: there is none, or most letters come back to a newer reader."""
        if not letters:
            return given, True
        assert self._served is not None
        about = json.loads((self._served / "generation.json").read_text(encoding="utf-8"))
        if about["reader"] == self._reader:
            return given, False
        first = list(islice(given, letters // 2 + 1))
        return chain(first, given), len(first) > letters // 2

    def _read(self, given: Iterator[Source], decided: Resolution, graph: GraphWriter) -> None:
        batches = self._batches(given)
        first = list(islice(batches, _FEW // BATCH + 1))
        many = self._processes > 1 and sum(len(batch.sources) for batch in first) > _FEW
        stage = pool.processes(self._processes) if many else pool.here
        for folder in stage(chain(first, batches)):
            with (folder / TRIPLES).open("rb") as triples:
                for record in decided.batch(folder):
                    graph.load(_lines(triples, record))
            self._progress("read", decided)

    def _batches(self, given: Iterator[Source]) -> Iterator[Batch]:
        while sources := tuple(islice(given, BATCH)):
            self._given += len(sources)
            yield Batch(sources, self._layout.staging, self._served, self._reader)
        self._all_found = True

    def _finish(self, decided: Resolution, graph: GraphWriter, ledger: Ledger) -> None:
        """Put the graph, the tables and the texts together."""
        self._progress("load", decided)
        if graph.fresh and self._served:
            kept = (row.case for row in ledger.letters() if row.part not in decided.parts)
            for lines in kept_lines(self._served / "graph", kept):
                graph.load(lines)
        graph.remove_cases(decided.retracted)
        for folder, record in decided.late.values():
            with (folder / TRIPLES).open("rb") as triples:
                graph.load(_lines(triples, record))
        graph.finish()
        if self._optimize is None:
            added = ledger.count_in(decided.parts)
            wanted = graph.fresh or added > _LARGE * ledger.count()
        else:
            wanted = self._optimize
        self._progress("optimize" if wanted else "finish", decided)
        with graph.optimizing() if wanted else nullcontext():
            self._assemble(decided, ledger)

    def _assemble(self, decided: Resolution, ledger: Ledger) -> None:
        for part, batches in decided.parts.items():
            if ledger.count_in([part]):
                parts.assemble(self._folder, part, [folder for _, folder in batches], decided.without)
        if self._served:
            with Ledger(self._served) as old:
                touched = {row.part for case in decided.replaced if (row := old.letter(case))}
                names = old.parts()
            for part in names:
                if part in touched:
                    parts.rewrite(self._served, self._folder, part, decided.replaced, ledger)
                else:
                    parts.share(self._served, self._folder, part)

    def _close(self, decided: Resolution, ledger: Ledger) -> None:
        """Enter the build into the ledger, and let the generation say what it is."""
        counts = decided.counts
        ledger.put_build(
            self._name,
            now(),
            self._reader,
            self._given,
            *(counts[name] for name in _COUNTS),
            round(time.monotonic() - self._began, 1),
        )
        ledger.commit()
        about.write(self._folder, ledger, self._reader)

    def _progress(self, phase: str, decided: Resolution) -> None:
        done = decided.counts.total()
        total = self._given if self._all_found else None
        self._tell(Progress(phase, done, total, decided.counts["quarantined"]))

    def _report(self, decided: Resolution, letters: int, *, changed: bool) -> BuildReport:
        served = self._layout.served()
        assert served is not None
        return BuildReport(
            given=self._given,
            **{name: decided.counts[name] for name in _COUNTS},
            quarantine=tuple(decided.quarantine),
            generation=served.name,
            changed=changed,
            seconds=time.monotonic() - self._began,
            letters=letters,
        )


_COUNTS = ("accepted", "unchanged", "replaced", "superseded", "quarantined")


def _lines(triples: BinaryIO, record: Record) -> bytes:
    triples.seek(record.nt_start)
    return triples.read(record.nt_size)
