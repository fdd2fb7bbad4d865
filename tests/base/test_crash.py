"""Builds killed at any moment: what is served stays whole, and the next build completes it."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from base_letters import content, letter, many, part_of_catalogue, write

from kg.base.building.build import build
from kg.base.store import KnowledgeBase
from kg.base.upkeep.verify import verify

pytestmark = [pytest.mark.same_anywhere, pytest.mark.long]

KILLS = int(os.environ.get("KG_KILLS", "32"))
WARM = """
import os, sys
from kg.base.building import build
from kg.base import graphs
from kg.reading.letter import read_letter

build.BATCH, build._FEW = 8, 8
catalogue = graphs.catalogue()
if sys.argv[2] == "part":
    catalogue = b"".join(catalogue.splitlines(keepends=True)[::500])
graphs.catalogue = lambda: catalogue
read_letter(open(sys.argv[1], encoding="utf-8").read())
print("ready", flush=True)
for line in sys.stdin:
    letters, kb, processes = line.rstrip().split("\t")
    running = os.fork()
    if not running:
        os.setsid()
        try:
            build.build([letters], kb, processes=int(processes), optimize=True)
        finally:
            os._exit(0)
    print(running, flush=True)
    os.waitpid(running, 0)
    print("ended", flush=True)
"""
"""Loads grammars and catalogues once for many builds: who kills those kills them at their work."""


class Builds:
    """Builds in process groups of their own, each begun by a process that has loaded all that they need."""

    def __init__(self, letters: Path, catalogue: str) -> None:
        command = [sys.executable, "-c", WARM, str(next(letters.iterdir())), catalogue]
        self._warm = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._told() == "ready"

    def _told(self) -> str:
        assert self._warm.stdout
        return self._warm.stdout.readline().strip()

    def start(self, letters: Path, kb: Path, processes: int) -> int:
        """Begin a build; the number of its process."""
        assert self._warm.stdin
        self._warm.stdin.write(f"{letters}\t{kb}\t{processes}\n")
        self._warm.stdin.flush()
        return int(self._told())

    def wait(self) -> None:
        """Wait until the build has ended."""
        assert self._told() == "ended"

    def kill(self, running: int) -> None:
        """Kill all processes of a build, if it has not ended."""
        with suppress(ProcessLookupError):
            os.killpg(running, signal.SIGKILL)
        self.wait()

    def stop(self) -> None:
        self._warm.communicate()


def worlds(tmp_path: Path) -> tuple[Path, Path, list[object]]:
    """A base, the letters of its next build (new, edited and unchanged ones), what both say."""
    letters = many(tmp_path / "letters", 30)
    build([letters], tmp_path / "before")
    many(letters, 30, first=31)
    for number in (3, 4, 5):
        write(letters, **{f"letter{number}": letter(f"CM16-{number:07d}", why="Edited.", items=2)})
    build([letters], tmp_path / "after")
    return tmp_path / "before", letters, [comparable(tmp_path / "before"), comparable(tmp_path / "after")]


def comparable(kb: Path) -> object:
    triples, tables, texts = content(kb)
    return triples, [table.sort(table.columns[:1]).rows() for table in tables], texts


def test_a_killed_build_harms_nothing_and_is_completed(tmp_path: Path) -> None:
    with part_of_catalogue():
        crash(tmp_path, 1, KILLS * 3 // 4, "part")


def test_a_build_killed_with_its_processes_is_completed(tmp_path: Path) -> None:
    crash(tmp_path, 2, KILLS // 4, "whole")


def crash(tmp_path: Path, processes: int, kills: int, catalogue: str) -> None:
    before, letters, whole = worlds(tmp_path)
    builds = Builds(letters, catalogue)
    shutil.copytree(before, tmp_path / "unbroken", symlinks=True)
    began = time.monotonic()
    builds.start(letters, tmp_path / "unbroken", processes)
    builds.wait()
    lasts = time.monotonic() - began
    assert comparable(tmp_path / "unbroken") == whole[1]
    chance = random.Random(11)
    for number in range(kills):
        kb = tmp_path / "kb"
        shutil.rmtree(kb, ignore_errors=True)
        if number % 4:  # each fourth is killed while the base is created
            shutil.copytree(before, kb, symlinks=True)
        for _ in range(chance.choice((1, 1, 2))):
            running = builds.start(letters, kb, processes)
            time.sleep(chance.uniform(0, lasts))
            builds.kill(running)
            if (kb / "current").is_symlink():
                assert comparable(kb) in whole
        report = build([letters], kb)
        assert report.given == 60
        assert comparable(kb) == whole[1]
        assert verify(kb, deep=True) == []
        assert not (kb / "staging").exists()
    builds.stop()


BUILD = """
import sys
from kg.base.building import build
build.BATCH, build._FEW = 8, 8
build.build([sys.argv[1]], sys.argv[2], processes=int(sys.argv[3]), optimize=True)
"""


def test_a_killed_reading_process_ends_the_build_with_a_sentence(tmp_path: Path) -> None:
    letters = many(tmp_path / "letters", 400)
    command = [sys.executable, "-c", BUILD, str(letters), str(tmp_path / "kb"), "2"]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    staging = tmp_path / "kb" / "staging"
    while not staging.is_dir() or not any(staging.iterdir()):
        assert running.poll() is None
        time.sleep(0.02)
    children = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()
    readers = [
        int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]
    os.kill(readers[0], signal.SIGKILL)
    assert running.stderr
    with running.stderr as stream:
        said = stream.read().decode()
    assert running.wait() == 1
    assert "a parser process was killed; run the build again" in said
    assert build([letters], tmp_path / "kb").accepted == 400
    assert len(KnowledgeBase.open(tmp_path / "kb")) == 400
