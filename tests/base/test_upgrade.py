"""A base that an earlier version built is opened, added to, corrected and read again by this one.

The earlier version is the last release (the highest tag ``v...`` before this commit), and where nothing was
released yet ``EARLIER``, whose ledger has neither kinds of documents nor a history of cases.
"""

import io
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from base_letters import letter, many, triples, write

from kg.analysis.cache import Analyses
from kg.analysis.filters import Filters
from kg.base.building.build import build
from kg.base.store import KnowledgeBase
from kg.base.upkeep.edit import correct, correction, remove, reread
from kg.base.upkeep.verify import verify

pytestmark = pytest.mark.long
ROOT = Path(__file__).parents[2]
EARLIER = "58d132e2fdb1586ebd442bcf57fb0d0b914255f8"
KEPT, CORRECTED, REMOVED = "CM16-0000001", "CM16-0000002", "CM16-0000003"
Kg = Callable[..., str]


def git(*words: str) -> bytes | None:
    """What Git prints, ``None`` where this is no clone or the clone does not have it."""
    try:
        return subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None


def earlier() -> str:
    """The last release, or what stands for it."""
    tags = (
        (git("tag", "--list", "v*", "--sort=-version:refname", "--no-contains", "HEAD") or b"")
        .decode()
        .split()
    )
    return tags[0] if tags else EARLIER


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Kg:
    """The command of the earlier version, from its wheel."""
    packed = git("archive", "--format=tar", earlier())
    if packed is None:
        pytest.skip(f"{earlier()} is not in this clone; fetch its history")
    folder = tmp_path_factory.mktemp("earlier")
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder / "source", filter="data")
    pip = [sys.executable, "-m", "pip", "-qq", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", folder, folder / "source"], check=True)
    [wheel] = folder.glob("*.whl")
    subprocess.run([*pip, "install", "--no-deps", "--target", folder / "installed", wheel], check=True)

    def run(*words: object) -> str:
        environment = {**os.environ, "PYTHONPATH": str(folder / "installed")}
        command = [sys.executable, "-P", "-m", "kg.cli", *map(str, words)]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=folder)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="module")
def built(old: Kg, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five letters, and a base that the earlier version built of them, corrected and removed from."""
    folder = tmp_path_factory.mktemp("built")
    old("build", many(folder / "letters", 5), "--kb", folder / "kb")
    old("correct", CORRECTED, "patient.age", "42", "--why", "misprint", "--kb", folder / "kb")
    old("remove", REMOVED, "--why", "asked for", "--kb", folder / "kb")
    return folder


@pytest.fixture
def kb(built: Path, tmp_path: Path) -> Path:
    """A copy of that base; the letters lie beside it."""
    for name in ("letters", "kb"):
        shutil.copytree(built / name, tmp_path / name, symlinks=True)
    return tmp_path / "kb"


def state(kb: Path) -> dict[str, Any]:
    """What a base says, by the values of its letters, facts and graph."""
    with KnowledgeBase.open(kb) as base:
        facts = base.facts
        return {
            "texts": {case: base.letter(case) for case in base.cases()},
            "values": {case: str(base.determination(case)) for case in base.cases()},
            "facts": facts.sort(facts.columns).rows(),
            "triples": sorted(triples(kb)),
            "removed": set(base.removed()),
            "corrected": [(one.case, one.path, one.value) for one in base.corrections()],
        }


def test_it_is_opened(kb: Path, tmp_path: Path) -> None:
    with KnowledgeBase.open(kb) as base:
        assert base.cases() == [KEPT, CORRECTED, "CM16-0000004", "CM16-0000005"]
        assert base.outdated == 4
        assert base.facts["date_of_injury"].null_count() == 0
        assert base.letter(KEPT) == (tmp_path / "letters/letter1.txt").read_text(encoding="utf-8")
        assert base.determination(CORRECTED).patient.age == 42
        assert Analyses.of(base).drivers("section", "any", Filters(), minimum=1).rows
        assert (
            len(
                list(
                    base.graph.query("SELECT * { ?case a <https://w3id.org/imr-kg/ontology#Determination> }")
                )
            )
            == 4
        )
        assert {one.case for one in base.changes("000000")} == {*base.cases(), REMOVED}
    assert verify(kb, deep=True) == []


def test_it_is_added_to_corrected_and_removed_from(kb: Path, tmp_path: Path) -> None:
    report = build([write(tmp_path / "more", letter6=letter("CM16-0000006"))], kb, processes=1)
    assert (report.accepted, report.letters) == (1, 5)
    assert correct(kb, [correction(KEPT, "patient.age", "43", "misprint")]).replaced == 1
    remove(kb, ["CM16-0000004"], "asked for")
    with KnowledgeBase.open(kb) as base:
        assert base.cases() == [KEPT, CORRECTED, "CM16-0000005", "CM16-0000006"]
        assert [base.determination(case).patient.age for case in (KEPT, CORRECTED)] == [43, 42]
        assert set(base.removed()) == {REMOVED, "CM16-0000004"}
        assert base.outdated == 2  # what was corrected or added was read by this version
    assert verify(kb, deep=True) == []


def test_it_is_read_again_as_if_this_version_had_built_it(kb: Path, tmp_path: Path) -> None:
    assert reread(kb, processes=1).replaced == 4
    assert verify(kb, deep=True) == []
    new = tmp_path / "new"
    build([tmp_path / "letters"], new, processes=1)
    correct(new, [correction(CORRECTED, "patient.age", "42", "misprint")])
    remove(new, [REMOVED], "asked for")
    assert state(kb) == state(new)
    with KnowledgeBase.open(kb) as base:
        assert base.outdated == 0
    assert reread(kb, processes=1).replaced == 0
