"""A changed byte in any file of a base is found, or changes no answer."""

import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from base_letters import many, part_of_catalogue

from kg.analysis.cache import Analyses
from kg.analysis.filters import Filters
from kg.analysis.outcomes import outcomes
from kg.analysis.search import Search
from kg.base.archive import dumps
from kg.base.building.build import build
from kg.base.store import KnowledgeBase
from kg.base.upkeep.verify import verify
from kg.errors import KgError

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


def answers(kb: Path) -> dict[str, Any]:
    """What a base answers: texts, values, figures, lists, search, its graph and what it says of itself."""
    with KnowledgeBase.open(kb) as base:
        analyses = Analyses.of(base)
        cases = base.cases()
        return {
            "about": base.about,
            "cases": cases,
            "texts": [base.letter(case) for case in cases],
            "values": [str(base.determination(case)) for case in cases],
            "facts": base.facts.rows(),
            "drivers": analyses.drivers("page", "any", Filters(), minimum=1).rows,
            "outcomes": outcomes(analyses.index, "category", minimum=1).to_frame().rows(),
            "related": str(analyses.related(cases[0])),
            "search": str(Search(base).find("knee")),
            "triples": [str(row) for row in base.graph.query(COUNT)],
        }


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base with all that is made when it is used: analyses and dumps."""
    folder = tmp_path_factory.mktemp("used")
    kb = folder / "kb"
    with part_of_catalogue():
        build([many(folder / "letters", 6)], kb, processes=1)
    answers(kb)
    with KnowledgeBase.open(kb) as base:
        dumps.make(base)
    return kb


def is_found(kb: Path) -> bool:
    """Whether `kg verify` finds something; a base that it refuses to open is found, too."""
    try:
        return verify(kb, deep=True) != []
    except KgError:
        return True


def harmless(kb: Path, whole: dict[str, Any]) -> bool:
    """Whether all answers are what they were; an error is told, so that nobody takes it for an answer."""
    try:
        return answers(kb) == whole
    except KgError:
        return False


def states(kb: Path) -> dict[Path, tuple[int, int]]:
    """Of every file its size and when it was written."""
    found = ((path.relative_to(kb), path.lstat()) for path in kb.rglob("*") if not path.is_dir())
    return {name: (state.st_size, state.st_mtime_ns) for name, state in found}


def restore(kb: Path, whole: Path) -> None:
    """Make a changed base what it was: few files are other, and to copy all takes ten times as long."""
    was, now = states(whole), states(kb)
    for name in {name for name in {*was, *now} if was.get(name) != now.get(name)}:
        (kb / name).unlink(missing_ok=True)
        if name in was:
            (kb / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(whole / name, kb / name, follow_symlinks=False)


@pytest.mark.long
def test_a_changed_byte_is_found_or_changes_no_answer(used: Path, tmp_path: Path) -> None:
    chance, whole, kb = random.Random(7), answers(used), tmp_path / "kb"
    shutil.copytree(used, kb, symlinks=True)
    files = sorted(name for name, (size, _) in states(used).items() if size)
    silent = []
    for name in files:
        data = bytearray((kb / name).read_bytes())
        at = chance.randrange(len(data))
        data[at] ^= chance.randrange(1, 256)
        (kb / name).write_bytes(data)
        if not is_found(kb) and not harmless(kb, whole):
            silent.append((str(name), at))
        restore(kb, used)
    assert len(files) > 200
    assert silent == []
