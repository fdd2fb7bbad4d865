"""What reads letters and builds from them works without the packages of analyses and of the server."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
ENOUGH = re.search(r"^pip install (fsspec[^#\n]*)", TEXT, re.MULTILINE)[1].split()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NEEDED = {re.match(r"[\w-]+", line)[0] for line in PROJECT["dependencies"]}
# rdflib comes with oxrdflib.
MISSING = {"fastapi", "jinja2", "networkx", "numpy", "prometheus_client", "pydantic_settings", "pyshacl"}
MISSING |= {"python_multipart", "pyvis", "scipy", "uvicorn", "IPython", "xlsxwriter"}
WITHOUT = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name in {missing!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Missing())
from kg.cli import main
main()
"""


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory, made: Path) -> Path:
    (folder := tmp_path_factory.mktemp("small")).joinpath("letters").mkdir()
    for file in sorted((made / "letters").iterdir())[:5]:
        (folder / "letters" / file.name).write_bytes(file.read_bytes())
    return folder


def run(room: Path, *words: str) -> tuple[int, str, str]:
    code = WITHOUT.format(missing=MISSING)
    done = subprocess.run(
        [sys.executable, "-c", code, *words], cwd=room, capture_output=True, text=True, env=os.environ
    )
    return done.returncode, done.stdout, done.stderr


def test_the_packages_that_suffice_are_the_others():
    assert {name.replace("-", "_") for name in NEEDED} - {*ENOUGH} - {"rdflib"} <= MISSING
    assert {*ENOUGH} <= NEEDED


@pytest.mark.long
def test_letters_are_read_built_queried_and_exported_without_them(room):
    assert run(room, "parse", "letters")[0] == 0
    assert run(room, "build", "letters", "--kb", "kb", "--jobs", "1")[0] == 0
    code, said, _ = run(room, "query", "basis_by_party", "--kb", "kb", "--format", "csv")
    assert (code, said.splitlines()[0]) == (0, "party,basis,items")
    case = sorted(path.stem for path in (room / "letters").iterdir())[0]
    for words in (
        ["stats"],
        ["export", "--format", "csv"],
        ["correct", case, "patient.age", "41", "--why", "test"],
        ["remove", case, "--why", "test"],
    ):
        code, _, fault = run(room, *words, "--kb", "kb")
        assert code == 0, (words, fault)


def test_a_command_that_needs_one_of_them_says_which(room):
    code, _, fault = run(room, "search", "knee", "--kb", "none")
    assert code == 3
    assert "this needs numpy, which is not installed" in fault.replace("\n", " ")
