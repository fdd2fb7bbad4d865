"""Builds killed at any moment: what is served stays whole, and the next build completes it."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from base_letters import content, letter, many, write

from kg.base.building.build import build
from kg.base.store import KnowledgeBase
from kg.base.upkeep.verify import verify

pytestmark = pytest.mark.same_anywhere

BUILD = """
import sys
from kg.base.building import build
build.BATCH, build._FEW = 8, 8
print("ready", flush=True)
build.build([sys.argv[1]], sys.argv[2], processes=int(sys.argv[3]), optimize=True)
print("done", flush=True)
"""


def start(letters: Path, kb: Path, processes: int) -> subprocess.Popen[bytes]:
    """A build in a process group of its own, past its imports."""
    command = [sys.executable, "-c", BUILD, str(letters), str(kb), str(processes)]
    running = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
    )
    assert running.stdout
    assert running.stdout.readline() == b"ready\n"
    return running


def end(running: subprocess.Popen[bytes]) -> None:
    """Kill all processes of a build."""
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    assert running.stdout
    running.stdout.close()


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


def crash(tmp_path: Path, kills: int, processes: int, seed: int) -> None:
    before, letters, whole = worlds(tmp_path)
    began = time.monotonic()
    shutil.copytree(before, tmp_path / "unbroken", symlinks=True)
    running = start(letters, tmp_path / "unbroken", processes)
    began = time.monotonic()
    running.wait()
    lasts = time.monotonic() - began
    assert running.stdout
    running.stdout.close()
    chance = random.Random(seed)
    for number in range(kills):
        kb = tmp_path / "kb"
        shutil.rmtree(kb, ignore_errors=True)
        if number % 4:  # each fourth is killed while the base is created
            shutil.copytree(before, kb, symlinks=True)
        for _ in range(chance.choice((1, 1, 2))):
            running = start(letters, kb, processes)
            time.sleep(chance.uniform(0, lasts))
            end(running)
            if (kb / "current").is_symlink():
                assert comparable(kb) in whole
        report = build([letters], kb)
        assert report.given == 60
        assert comparable(kb) == whole[1]
        assert verify(kb, deep=True) == []
        assert not (kb / "staging").exists()


def test_a_killed_build_harms_nothing_and_is_completed(tmp_path: Path) -> None:
    crash(tmp_path, kills=3, processes=1, seed=11)


def test_a_build_killed_with_its_processes_is_completed(tmp_path: Path) -> None:
    crash(tmp_path, kills=2, processes=2, seed=12)


@pytest.mark.long
def test_many_kills(tmp_path: Path) -> None:
    crash(tmp_path, kills=int(os.environ.get("KG_KILLS", "30")), processes=2, seed=13)


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
