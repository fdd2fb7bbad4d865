"""What is released: wheel and sdist are whole, and what they install works away from the checkout."""

import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tarfile
import time
import tomllib
import urllib.request
import zipfile
from pathlib import Path

import nbformat
import pytest
from notebook_outputs import check, code

from kg.explore import vendor

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
KINDS = {"wheel": "*.whl", "sdist": "*.tar.gz"}
UV = ROOT / ".make/uv/bin/uv"
BROWSER = ("journey", "notebook_frame")
"""Between them they load the pages, the graph, its scripts and its styles, all from the installed package."""
FOR_THE_BROWSER = ("axe-playwright-python", "httpx2", "playwright", "pytest", "pytest-xdist")
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
NEWER = [f"python3.{minor}" for minor in range(30, 11, -1)]


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", name)[0]).lower()


def test_the_lock_is_of_plain_versions():
    assert [line for line in LOCK if not re.fullmatch(r"[\w.-]+==[\w.!+]+", line)] == []


def test_the_lock_has_all_that_the_project_needs():
    extras = PROJECT["project"]["optional-dependencies"]
    needed = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]]
    needed += [line for extra in ("analysis", "server") for line in extras[extra] if "imr-kg" not in line]
    assert {normal(line) for line in needed} <= {normal(line) for line in LOCK}


@pytest.mark.parametrize("name", ["version", "license"])
def test_the_citation_names_what_is_released(name):
    said = re.search(rf"^{name}: (.+)$", (ROOT / "CITATION.cff").read_text(encoding="utf-8"), re.MULTILINE)
    assert said[1] == PROJECT["project"][name]


def test_the_changelog_tells_of_this_version_or_of_what_is_to_come():
    titles = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert titles[0].startswith(("Unreleased", PROJECT["project"]["version"]))


def outside() -> dict[str, str]:
    """The environment of somebody who has only what was installed."""
    ours = ("KG_", "PYTHON", "PYTEST", "VIRTUAL_ENV", "COVERAGE")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def run(command: list[object], cwd: Path, **given: object) -> str:
    words, environment = (
        list(map(str, command)),
        outside() | {name: str(value) for name, value in given.items()},
    )
    done = subprocess.run(words, cwd=cwd, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist and the wheel, both made of the checkout."""
    into = tmp_path_factory.mktemp("made")
    run([sys.executable, "-m", "build", "--sdist", "--wheel", "--outdir", into, ROOT], into)
    return into


def only(folder: Path, kind: str) -> Path:
    (found,) = folder.glob(KINDS[kind])
    return found


@pytest.fixture(scope="session")
def unpacked(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the sdist holds."""
    into = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(only(made, "sdist")) as files:
        files.extractall(into, filter="data")
    (folder,) = into.iterdir()
    return folder


def kept_by_git() -> set[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return {name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()}


@pytest.mark.long
def test_the_sdist_holds_what_the_repository_holds_and_the_scripts_of_others(unpacked):
    names = {str(path.relative_to(unpacked)) for path in unpacked.rglob("*") if path.is_file()}
    scripts = {f"kg/explore/vendor/{name}" for name in vendor.FILES}
    assert kept_by_git() | scripts <= names
    left = names - kept_by_git() - scripts - {"PKG-INFO"}
    assert left <= {"kg/explore/vendor/ontology.html"}  # what `make ontology-page` makes


@pytest.mark.long
def test_the_wheel_holds_what_the_package_reads(made):
    wheel = zipfile.ZipFile(only(made, "wheel"))
    names = set(wheel.namelist())
    for name in kept_by_git():
        if name.startswith("kg/"):
            assert name in names
        if name.startswith(("grammar/", "ontology/")):
            assert f"kg/_data/{name}" in names
    assert {name for name in names if name.startswith("kg/_data/docs/")} == {"kg/_data/docs/data-card.md"}
    kinds = (("grammar", "lark"), ("grammar", "tsv"), ("ontology", "ttl"), ("ontology/queries", "rq"))
    for folder, kind in kinds:
        assert [name for name in names if re.fullmatch(rf"kg/_data/{folder}/[^/]+\.{kind}", name)]
    assert [name for name in names if re.fullmatch(r"kg/web/templates/.+\.html", name)]
    for name, digest in vendor.FILES.items():
        assert hashlib.sha256(wheel.read(f"kg/explore/vendor/{name}")).hexdigest() == digest
    assert {name.partition("/")[0] for name in names} == {
        "kg",
        f"imr_kg-{PROJECT['project']['version']}.dist-info",
    }
    assert [name for name in names if name.endswith("/licenses/LICENSE")]
    (listed,) = [name for name in names if ".dist-info/sboms/" in name]
    assert json.loads(wheel.read(listed)) == vendor.LISTED


@pytest.mark.long
def test_the_sdist_gives_the_same_wheel(made, unpacked, tmp_path):
    """So what is true of an installed wheel is true of an installed sdist."""
    run([sys.executable, "-m", "build", "--wheel", "--outdir", tmp_path, unpacked], tmp_path)
    first, second = (zipfile.ZipFile(only(folder, "wheel")) for folder in (made, tmp_path))
    assert {name: first.read(name) for name in first.namelist()} == {
        name: second.read(name) for name in second.namelist()
    }
    assert only(made, "wheel").read_bytes() == only(tmp_path, "wheel").read_bytes()


def test_what_others_made_is_listed_with_version_licence_and_hashes():
    """CycloneDX 1.6, as `dist-info/sboms` of the wheel carries it (PEP 770)."""
    listed = vendor.LISTED
    assert (listed["bomFormat"], listed["specVersion"]) == ("CycloneDX", "1.6")
    for package in listed["components"]:
        assert {"name", "version", "licenses", "purl"} <= package.keys()
        assert package["purl"].endswith(f"@{package['version']}")
    hashes = [file["hashes"] for package in listed["components"] for file in package["components"]]
    assert all(one["alg"] == "SHA-256" and re.fullmatch("[0-9a-f]{64}", one["content"]) for [one] in hashes)
    references = [
        listed["metadata"]["component"]["bom-ref"],
        *(one["bom-ref"] for one in listed["components"]),
    ]
    assert listed["dependencies"] == [{"ref": references[0], "dependsOn": references[1:]}]


class Installed:
    """An environment of its own, with what ``pip install "imr-kg[notebooks]"`` brings and nothing else.

    Of the large ones uv makes two, where it is there: pip takes 20 s of processor time for each.
    """

    def __init__(self, room: Path, wanted: str, made: Path, extra: str = "[notebooks]") -> None:
        self.room, self.wanted, self.uv = room, wanted, bool(extra) and UV.exists()
        without = ["--without-pip"] if self.uv else []
        run([interpreter(wanted), "-m", "venv", *without, room / "env"], room)
        self.install(f"{only(made, 'wheel')}{extra}")

    def pip(self, command: str, *words: object) -> None:
        if self.uv:
            run([UV, "-q", "pip", command, "--python", self.room / "env/bin/python", *words], self.room)
        else:
            self.run("python", "-m", "pip", "-qq", "--disable-pip-version-check", command, *words)

    def install(self, *names: str) -> None:
        # Python compiles what it imports, which is a small part.
        self.pip("install", "--no-compile", "--constraint", ROOT / "requirements.lock", *names)

    def run(self, program: str, *words: object, cwd: Path | None = None, **given: object) -> str:
        return run([self.room / "env/bin" / program, *words], cwd or self.room, **given)


def first(names: list[str]) -> str | None:
    """The first of these that is here, on the path or kept by pyenv, and can make environments."""
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for name in names:
        for found in [shutil.which(name), *kept.glob(f"{name.removeprefix('python')}*/bin/{name}")]:
            if (
                found
                and not subprocess.run([found, "-c", "import ensurepip"], capture_output=True).returncode
            ):
                return str(found)
    return None


def interpreter(wanted: str) -> str:
    """The oldest Python that is allowed, or the newest that is here."""
    newest = wanted == "newest"
    if found := first(NEWER if newest else ["python3.11"]):
        return found
    pytest.skip("no Python newer than 3.11 is here" if newest else "Python 3.11 is not here")


@pytest.fixture(scope="module", params=["3.11", "newest"])
def installed(request, made, tmp_path_factory) -> Installed:
    return Installed(tmp_path_factory.mktemp("installed"), request.param, made)


@pytest.mark.long
def test_what_is_installed_works_away_from_the_checkout(installed):
    installed.pip("check")
    assert installed.run("python", "-c", "import kg; print(kg.__file__)").startswith(str(installed.room))
    installed.run("kg", "sample", "--letters", 10, "--into", "sample")
    installed.run("kg", "build", "sample/letters")
    assert "10 letters" in installed.run("kg", "stats")
    assert installed.run("kg", "query", "basis_by_party", "--format", "csv").startswith("party,basis,items")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [installed.room / "env/bin/kg", "serve", "--port", str(port), "--quiet"]
    with subprocess.Popen(command, cwd=installed.room, env=outside()) as server:
        try:
            assert b"</html>" in answer(f"http://127.0.0.1:{port}/", server)
            cases = json.loads(answer(f"http://127.0.0.1:{port}/api/cases", server))
            scripts = {
                name: answer(f"http://127.0.0.1:{port}/static/vendor/{name}", server) for name in vendor.FILES
            }
        finally:
            server.terminate()
    assert cases["total"] == 10
    assert {name: hashlib.sha256(script).hexdigest() for name, script in scripts.items()} == vendor.FILES


SMALLEST = 113_000_000
"""Bytes that the smallest installation may take: what pip itself takes and Python compiles is not counted."""


@pytest.mark.long
def test_the_smallest_installation_is_small_and_reads_builds_and_hands_on(made, tmp_path):
    small = Installed(tmp_path, "3.11", made, "")
    packages = small.room / "env/lib/python3.11/site-packages"
    names = {path.name for path in packages.iterdir()}
    assert names.isdisjoint({"polars", "numpy", "scipy", "fastapi"})
    own = [path for path in packages.iterdir() if not path.name.startswith(("pip", "setuptools"))]
    files = [file for path in own for file in (path.rglob("*") if path.is_dir() else [path])]
    assert sum(file.stat().st_size for file in files if file.is_file()) < SMALLEST
    small.run("kg", "sample", "--letters", 10, "--into", "sample")
    small.run("kg", "parse", "sample/letters")
    small.run("kg", "build", "sample/letters")
    assert "10 letters" in small.run("kg", "stats")
    for form in ("nt", "parquet", "csv"):
        small.run("kg", "export", "--format", form, "--into", f"all.{form}")
    digest = small.run("kg", "deposit", "--into", "all.zip")
    assert small.run("kg", "verify", "all.zip").startswith(digest.strip())
    small.run("kg", "verify", "--deep")


def answer(address: str, server: subprocess.Popen) -> bytes:
    """A page of a server that may still be starting."""
    for _ in range(600):
        try:
            with urllib.request.urlopen(address, timeout=10) as page:
                return page.read()
        except OSError:
            assert server.poll() is None, "the server ended"
            time.sleep(0.1)
    raise AssertionError(f"{address} never answered")


@pytest.mark.long
@pytest.mark.parametrize("installed", ["newest"], indirect=True)
def test_the_notebooks_run_where_it_is_installed(installed, unpacked):
    """With the program that nbclient brings, since nothing for tests is in that environment.

    With the oldest Python they run from the checkout, where the last makes its letters itself.
    """
    installed.run("kg", "sample", "--letters", 200, "--seed", 1, "--into", "few")
    few = {"KG_LETTERS": installed.room / "few/letters"}
    for notebook in sorted((unpacked / "notebooks").glob("*.ipynb")):
        installed.run(
            "jupyter-execute",
            "--timeout=600",
            "--startup_timeout=600",
            notebook,
            "--output",
            installed.room / notebook.name,
            **(few if notebook.stem == "5-a-whole-history" else {}),
        )
        ran = nbformat.read(installed.room / notebook.name, as_version=4)
        check(notebook.stem, [output for cell in code(ran) for output in cell.outputs])


@pytest.mark.long
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_the_browser_tests_pass_where_it_is_installed(installed, unpacked):
    """They come from the sdist, without the package beside them.

    Every Python installs the same files, so the newest shows it; with the oldest they run from the checkout.
    """
    if installed.wanted != "newest" and first(NEWER):
        pytest.skip("a newer Python runs them")
    installed.install(*FOR_THE_BROWSER)
    away = installed.room / "away"
    shutil.copytree(unpacked / "tests", away / "tests")
    shutil.copy(unpacked / "pyproject.toml", away)
    files = [f"tests/web/test_{name}.py" for name in BROWSER]
    said = installed.run("python", "-m", "pytest", "-n", 2, "-m", "browser", *files, cwd=away)
    assert re.search(r"\d+ passed", said)
    assert "skipped" not in said
