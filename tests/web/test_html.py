"""The Nu HTML checker finds no error in any kind of page."""

import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from test_browser import ODD, PAGES

KINDS = PAGES | ODD

CHECKER = Path(__file__).parents[2] / ".make/nu/node_modules/vnu-jar/build/dist/vnu.jar"


@pytest.mark.parametrize("name", KINDS)
def test_no_page_allows_scripts_that_are_not_ours(site: TestClient, name: str):
    case = site.get("/api/cases?limit=1").json()["results"][0]["case"]
    answer = site.get(KINDS[name].format(case=case), headers={"Accept": "text/html"})
    policy = {
        words[0]: set(words[1:])
        for words in (part.split() for part in answer.headers["content-security-policy"].split(";"))
    }
    assert policy["script-src"] == {"'self'"}  # neither unsafe-inline nor unsafe-eval
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == {"'none'"}
    assert policy["connect-src"] == policy["form-action"] == {"'self'"}
    inline = re.findall(
        r"<script(?![^>]*(?:src=|application/(?:ld\+)?json))|\son\w+=|javascript:", answer.text
    )
    assert inline == []


@pytest.mark.long
@pytest.mark.skipif(not CHECKER.is_file(), reason="the HTML checker is not there: make .make/validator")
@pytest.mark.skipif(not shutil.which("java"), reason="the HTML checker needs Java")
def test_every_page_is_html(site: TestClient, tmp_path: Path):
    case = site.get("/api/cases?limit=1").json()["results"][0]["case"]
    more = {
        "depth": f"/explore?node=case/{case}&depth=3",
        "graph": "/query?query=" + quote("CONSTRUCT WHERE { ?s ?p ?o } LIMIT 5"),
    }
    for name, path in (KINDS | more).items():
        answer = site.get(path.format(case=case), headers={"Accept": "text/html"})
        (tmp_path / f"{name}.html").write_bytes(answer.content)
    command = ["java", "-jar", str(CHECKER), "--errors-only", "--format", "gnu", str(tmp_path)]
    found = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)
    assert (found.returncode, found.stderr) == (0, "")
