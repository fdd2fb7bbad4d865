"""A build on a Dask cluster of two workers, one of which is killed."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from base_letters import many, same

from kg.base.archive.deposit import deposit
from kg.base.building import build as build_module
from kg.base.building.build import Progress, build
from kg.base.store import KnowledgeBase
from kg.errors import BaseError

README = Path(__file__).parents[2] / "README.md"

pytest.importorskip("distributed", reason="Dask is not here: pip install 'imr-kg[dask]'")


def start(*arguments: str) -> subprocess.Popen[bytes]:
    """A part of a cluster, as a person starts it by hand."""
    quiet = subprocess.DEVNULL
    return subprocess.Popen([sys.executable, "-m", "dask", *arguments], stdout=quiet, stderr=quiet)


@pytest.fixture
def cluster() -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{listening.getsockname()[1]}"
    with ExitStack() as ended:
        parts = [start("scheduler", "--host", address, "--no-dashboard")]
        parts += [
            start("worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard") for _ in range(2)
        ]
        for part in parts:
            ended.enter_context(part)
            ended.callback(part.kill)
        yield address, parts[1:]


@pytest.mark.long
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_cluster_builds_the_same_and_survives_the_loss_of_a_worker(
    cluster: tuple[str, list[subprocess.Popen[bytes]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, workers = cluster
    monkeypatch.setattr(build_module, "BATCH", 10)
    letters = many(tmp_path / "letters", 200)

    def kill(progress: Progress) -> None:
        if progress.done == 50:
            workers[0].kill()

    report = build([letters], tmp_path / "kb", scheduler=address, on_progress=kill)
    assert report.accepted == 200
    assert workers[0].wait(10)
    monkeypatch.undo()
    build([letters], tmp_path / "alone", processes=1)
    assert same(tmp_path / "kb", tmp_path / "alone")
    digests = set()
    for name in ("kb", "alone"):
        with KnowledgeBase.open(tmp_path / name) as base:
            digests.add(deposit(base, tmp_path / f"{name}.zip").digest)
    assert len(digests) == 1
    shutil.rmtree(tmp_path / "alone")


@pytest.mark.long
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_the_cluster_of_the_readme_builds_the_same_from_an_address(tmp_path: Path) -> None:
    found = re.search(r"^```sh\n# cluster\n(.*?)^```$", README.read_text(encoding="utf-8"), re.M | re.S)
    assert found
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
    letters = many(tmp_path / "letters", 40)
    lines = found[1].replace("8786", str(port)).replace("sample/letters", f"file://{letters}")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    shell = subprocess.Popen(
        ["sh", "-ec", lines], cwd=tmp_path, env={**os.environ, "PATH": path}, start_new_session=True
    )
    try:
        assert shell.wait(120) == 0
    finally:
        os.killpg(shell.pid, signal.SIGKILL)
    build([f"file://{letters}"], tmp_path / "alone", processes=1)
    assert same(tmp_path / "kb", tmp_path / "alone")


def test_a_scheduler_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BaseError, match=r"there is no Dask scheduler"):
        build([many(tmp_path / "letters", 1)], tmp_path / "kb", scheduler="nonsense://nowhere")
