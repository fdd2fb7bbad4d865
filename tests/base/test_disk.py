"""A disk that is really full, or really cannot be written."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from base_letters import many

from kg.base.building.build import build
from kg.base.store import KnowledgeBase
from kg.base.upkeep.verify import verify
from kg.errors import BaseError

pytestmark = pytest.mark.same_anywhere


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 60 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=60m", "tmpfs", str(place)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip(f"no disk can be mounted here: {mounted.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_at_any_moment_leaves_what_is_served(disk: Path, tmp_path: Path) -> None:
    kb, letters = disk / "kb", many(tmp_path / "letters", 5)
    build([letters], kb)
    state = os.statvfs(disk)
    many(letters, 400)
    for left in (0, 200_000, 1_000_000, 3_000_000, 5_000_000):
        (disk / "other").write_bytes(bytes(max(0, state.f_bavail * state.f_bsize - left)))
        with pytest.raises(BaseError, match=r"the disk is full.*the current generation is unchanged"):
            build([letters], kb, processes=1)
        (disk / "other").unlink()
        assert KnowledgeBase.open(kb).generation == "000001"
        assert verify(kb, deep=True) == []
    assert build([letters], kb, processes=1).letters == 400
    assert verify(kb, deep=True) == []


def test_a_base_that_cannot_be_written_is_read_and_not_built(disk: Path, tmp_path: Path) -> None:
    letters = many(tmp_path / "letters", 3)
    build([letters], disk / "kb")
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    with KnowledgeBase.open(disk / "kb") as base:
        assert base.letter("CM16-0000001")
        assert len(base.graph) == base.about["triples"]
        assert base.facts["case"].n_unique() == 3
    for place in ("kb", "new"):
        with pytest.raises(BaseError, match="Read-only file system"):
            build([letters], disk / place)
