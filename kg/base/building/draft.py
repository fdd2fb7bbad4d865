"""The next generation while it is made; nothing of it is served before it is whole."""

import logging
import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Self

from kg.base import dataset_description, generations, manifest, parts, word_index
from kg.base.generations import Layout
from kg.base.graphs import GraphWriter
from kg.base.ledger import FILE as LEDGER
from kg.base.ledger import Ledger

log = logging.getLogger(__name__)


class Draft:
    """The generation after the served one.

    It begins with the content of the generation ``base``, or ``bare``, without its letters: with what its
    ledger says of files, removals and corrections.
    Left before :meth:`serve` it is gone again, or is cleaned away by the next build.
    """

    def __init__(self, layout: Layout, base: Path | None, *, bare: bool = False) -> None:
        self.layout = layout
        self.base = base
        """The generation that this one begins with."""
        self._bare = bare
        self.name = layout.next_name()
        self.folder = layout.generations / self.name

    def __enter__(self) -> Self:
        shutil.rmtree(self.folder, ignore_errors=True)
        parts.make_folders(self.folder)
        if self.base:
            shutil.copyfile(self.base / LEDGER, self.folder / LEDGER)
        self.ledger = Ledger(self.folder, write=True)
        if self._bare:
            self.ledger.drop_letters()
        return self

    def graph(self, *, fresh: bool) -> GraphWriter:
        """The writer of its graph, which begins empty or with that of the base."""
        return GraphWriter(self.folder / "graph", None if fresh else self.base)

    def carry(self, without: Collection[str]) -> None:
        """Take the tables and texts of the base over, but for some cases."""
        if not self.base or self._bare:
            return
        with Ledger(self.base) as old:
            touched = {row.part for case in without if (row := old.letter(case))}
            names = old.parts()
        for part in names:
            if part in touched:
                parts.rewrite(self.base, self.folder, part, without, self.ledger)
            else:
                parts.share(self.base, self.folder, part)

    def index_words(self) -> None:
        """Make the index of words of the texts, which are all there."""
        self.ledger.commit()
        word_index.write(self.folder, None if self._bare else self.base)

    def serve(self, reader: str) -> None:
        """Finish the generation, whose graph is closed and whose words are indexed, and serve it."""
        self.ledger.enter_history(self.name)
        self.ledger.commit()
        said = dataset_description.describe(self.folder, self.ledger, reader)
        self.ledger.close()
        manifest.write(self.folder, self.base, said)
        generations.write_json(self.folder / generations.WHOLE, said)
        generations.swap(self.layout, self.name)
        log.info("%s: generation %s is served, %d letters", self.layout.root, self.name, said["letters"])

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.ledger.close()
        if kind is None and not (self.folder / generations.WHOLE).exists():
            shutil.rmtree(self.folder)
