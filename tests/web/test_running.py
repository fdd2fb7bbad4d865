"""What docs/running.md promises to those who run a server."""

import json
import logging
import re
import shutil
import subprocess
import time
import tomllib
import urllib.request
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from typer.main import get_command

from kg.base.store import KnowledgeBase
from kg.base.upkeep.verify import verify
from kg.cli import app
from kg.web import access_log
from kg.web.app import create_app
from kg.web.settings import Settings

ROOT = Path(__file__).parents[2]
TEXTS = {path.name: path.read_text() for path in (ROOT / "docs/running").iterdir()}
TEXTS |= {name: (ROOT / name).read_text() for name in ("Containerfile", "docs/running.md", "SECURITY.md")}
SETTINGS = {f"KG_{name.upper()}" for name in Settings.model_fields}


@pytest.mark.parametrize("name", TEXTS)
def test_only_settings_that_are_there_are_named(name: str):
    assert set(re.findall(r"\bKG_[A-Z_]+", TEXTS[name])) <= SETTINGS


def test_the_metrics_and_addresses_that_are_named_are_there(site: TestClient):
    text = TEXTS["docs/running.md"]
    for address in ("/healthz", "/readyz", "/metrics"):
        assert f"`{address}`" in text
        assert site.get(address).status_code in {200, 503}  # not ready yet
    site.get("/sparql?query=ASK{}")
    metrics = site.get("/metrics").text
    named = set(re.findall(r"\bkg_[a-z]+(?:_[a-z]+)*", text)) - {"kg_query_refused_total"}
    assert {name for name in named if name not in metrics} == set()


def test_the_dashboard_asks_for_figures_and_labels_that_there_are(site: TestClient):
    site.get("/sparql?query=ASK{}")
    metrics = site.get("/metrics").text
    panels = json.loads(TEXTS["dashboard.json"])["panels"]
    asked = [target["expr"] for panel in panels for target in panel["targets"]]
    names = {name for text in asked for name in re.findall(r"\bkg_[a-z_]+", text)}
    told = set(re.findall(r"^(?:# TYPE )?(kg_[a-z_]+)", metrics, re.MULTILINE))
    assert len(names) > 5
    assert names <= told
    labels = {
        label for text in asked for some in re.findall(r"by \(([^)]+)\)", text) for label in some.split(", ")
    }
    assert labels == {"status", "le", "lane", "why"}
    assert all(f'{label}="' in metrics for label in labels - {"why"})  # nothing was refused


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not there")
def test_the_unit_is_one_that_systemd_takes(tmp_path: Path):
    unit = tmp_path / "kg.service"
    unit.write_text(TEXTS["kg.service"].replace("/opt/kg/bin/kg", "/bin/true"))
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    assert "kg.service" not in done.stderr


def test_each_request_is_a_line_of_json(built: Path):
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    with TestClient(create_app(built, Settings(access_log=True, workers=1))) as client:
        access_log.log.handlers = [Keep()]
        try:
            client.get("/api/cases?year=2017&limit=1")
            client.get("/nothing%0Ahere")
            client.head("/api/cases")
        finally:
            access_log.log.handlers = []
    first, second, head = (json.loads(line) for line in lines)
    assert (first["method"], first["path"], first["status"]) == ("GET", "/api/cases", 200)
    assert first["query"] == "year=2017&limit=1"
    assert first["milliseconds"] > 0
    assert second["status"] == 404
    assert (head["method"], head["route"]) == ("HEAD", first["route"]) == ("HEAD", "/api/cases")
    assert "\n" not in lines[1]


def test_without_the_setting_no_request_is_written(built: Path, capsys: pytest.CaptureFixture[str]):
    with TestClient(create_app(built, Settings(workers=1))) as client:
        client.get("/api/cases?limit=1")
    assert capsys.readouterr().out == ""


def test_a_copy_is_restored_whole(built: Path, tmp_path: Path):
    archive = tmp_path / "kb.tar"
    subprocess.run(["tar", "--create", "--file", archive, built.name], cwd=built.parent, check=True)
    (tmp_path / "restored").mkdir()
    subprocess.run(["tar", "--extract", "--file", archive], cwd=tmp_path / "restored", check=True)
    restored = tmp_path / "restored" / built.name
    assert verify(restored) == []
    with KnowledgeBase.open(built) as before, KnowledgeBase.open(restored) as after:
        assert after.cases() == before.cases()


def test_under_a_prefix_links_have_it(built: Path):
    with TestClient(create_app(built, Settings(workers=1)), root_path="/letters") as client:
        page = client.get("/letters/cases").text
    assert set(re.findall(r'(?:href|action|src)="(/[a-z]*)', page)) == {"/letters"}


def _containers() -> str | None:
    """A program that runs containers here."""
    found = filter(None, map(shutil.which, ("podman", "docker")))
    asked = ((one, subprocess.run([one, "info"], capture_output=True, check=False)) for one in found)
    return next((one for one, told in asked if told.returncode == 0), None)


@pytest.mark.long
def test_the_container_serves_a_base_without_root_and_without_a_writable_disk(built: Path):
    if (program := _containers()) is None:
        pytest.skip("neither podman nor docker runs here")

    def run(*words: object) -> str:
        done = subprocess.run([program, *map(str, words)], capture_output=True, text=True, cwd=ROOT)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return done.stdout.strip()

    run("build", "--tag", "imr-kg-test", "--file", "Containerfile", ".")
    mounted = f"{built}:/data/kb:ro,z"
    limits = ("--read-only", "--tmpfs", "/tmp", "--cap-drop", "all")
    container = run(
        "run", "--detach", *limits, "--volume", mounted, "--publish", "127.0.0.1::8000", "imr-kg-test"
    )
    try:
        address = f"http://{run('port', container, '8000').splitlines()[0]}"
        end = time.monotonic() + 120
        while True:
            try:
                assert urllib.request.urlopen(f"{address}/readyz").status == 200
                break
            except OSError:
                assert time.monotonic() < end, run("logs", container)
                time.sleep(0.5)
        assert json.load(urllib.request.urlopen(f"{address}/api/cases?limit=1"))["total"] == 120
        assert run("exec", container, "id", "-u") == "10001"
    finally:
        run("rm", "--force", container)


def test_the_container_is_made_of_what_is_there():
    """What can be checked of it where nothing builds it."""
    lines = TEXTS["Containerfile"].replace("\\\n", " ").splitlines()
    [extras] = re.findall(r"'\.\[([a-z,]+)\]'", TEXTS["Containerfile"])
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert set(extras.split(",")) <= set(project["optional-dependencies"])
    assert sum(line.startswith("FROM debian:") for line in lines) == 2
    order = [line.partition(" ")[0] for line in lines if line[:1].isupper()]
    assert order.index("USER") < order.index("ENTRYPOINT")
    [user] = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert f"--uid {user} " in TEXTS["Containerfile"]
    assert "/readyz" in next(line for line in lines if line.startswith("HEALTHCHECK"))
    [words] = [json.loads(line.removeprefix("CMD ")) for line in lines if line.startswith("CMD ")]
    assert words[0] in get_command(app).commands
