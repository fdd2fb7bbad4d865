"""The Nu HTML checker finds no error in any kind of page."""

import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from test_browser import PAGES

CHECKER = Path(__file__).parents[2] / ".make/nu/node_modules/vnu-jar/build/dist/vnu.jar"


@pytest.mark.long
@pytest.mark.skipif(not CHECKER.is_file(), reason="the HTML checker is not there: make .make/validator")
@pytest.mark.skipif(not shutil.which("java"), reason="the HTML checker needs Java")
def test_every_page_is_html(site: TestClient, tmp_path: Path):
    case = site.get("/api/cases?limit=1").json()["results"][0]["case"]
    more = {
        "depth": f"/explore?node=case/{case}&depth=3",
        "graph": "/query?query=" + quote("CONSTRUCT WHERE { ?s ?p ?o } LIMIT 5"),
    }
    for name, path in (PAGES | more).items():
        answer = site.get(path.format(case=case), headers={"Accept": "text/html"})
        (tmp_path / f"{name}.html").write_bytes(answer.content)
    command = ["java", "-jar", str(CHECKER), "--errors-only", "--format", "gnu", str(tmp_path)]
    found = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)
    assert (found.returncode, found.stderr) == (0, "")
