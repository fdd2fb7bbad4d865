"""What is installed: the lock is whole and names no address, and the wheel works away from the checkout."""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", name)[0]).lower()


def test_the_lock_is_of_plain_versions():
    assert [line for line in LOCK if not re.fullmatch(r"[\w.-]+==[\w.!+]+", line)] == []


def test_the_lock_has_all_that_the_project_needs():
    needed = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]]
    assert {normal(line) for line in needed} <= {normal(line) for line in LOCK}


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    into = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "-qq", "wheel", str(ROOT), "--no-deps", "--wheel-dir", str(into)]
    subprocess.run(command, check=True)
    (found,) = into.glob("*.whl")
    return found


@pytest.mark.long
def test_the_wheel_holds_what_the_package_reads(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder, kinds in {"grammar": ("lark",), "ontology": ("ttl", "rq", "json", "jsonld")}.items():
        for kind in kinds:
            for path in (ROOT / folder).rglob(f"*.{kind}"):
                assert f"kg/_data/{path.relative_to(ROOT)}" in names
    for folder in ("templates", "static"):
        for path in (ROOT / "kg" / "web" / folder).iterdir():
            assert str(path.relative_to(ROOT)) in names
    assert {"kg/py.typed"} <= names
    assert not [name for name in names if name.startswith(("tests/", "kg/_data/ontology/__"))]


@pytest.mark.long
def test_the_wheel_works_away_from_the_checkout(wheel, tmp_path):
    """Installed without its dependencies, which it finds in the environment of the tests."""
    target = tmp_path / "installed"
    subprocess.run(
        [sys.executable, "-m", "pip", "-qq", "install", "--no-deps", "--target", str(target), str(wheel)],
        check=True,
    )
    away = os.environ | {"PYTHONPATH": str(target)}

    def kg(*words: str) -> str:
        command = [sys.executable, "-m", "kg.cli", *words]
        return subprocess.run(
            command, cwd=tmp_path, env=away, capture_output=True, text=True, check=True
        ).stdout

    where = subprocess.run(
        [sys.executable, "-c", "import kg; print(kg.__file__)"],
        cwd=tmp_path, env=away, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert where.stdout.startswith(str(target))
    kg("sample", "--letters", "10", "--into", "sample")
    kg("build", "sample/letters")
    assert "10 letters" in kg("stats")
    assert kg("query", "basis_by_party", "--format", "csv").startswith("party,basis,items")
