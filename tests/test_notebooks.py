"""The notebooks run from top to bottom, on letters of our own making and on real ones, and show pictures."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from nbclient import NotebookClient
from notebook_outputs import FOLDER, NAMES, PICTURES, check, code, read


def run(name: str, folder: Path) -> list[dict[str, Any]]:
    """What the cells of the notebook give, once all of them have run."""
    notebook = read(name)
    client = NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": folder}}
    )
    client.execute()
    return [output for cell in code(notebook) for output in cell.outputs]


HISTORY = "5-a-whole-history"
RUNS = [
    *((name, letters) for name in NAMES if name != HISTORY for letters in ("letters", "letters-pages")),
    (HISTORY, "own"),
]
"""Where the package is installed (``test_packaging``) they run with letters of our own, the last with few."""


@pytest.fixture
def letters(request, monkeypatch) -> str:
    """Sets KG_LETTERS to real letters, or not at all."""
    monkeypatch.delenv("KG_LETTERS", raising=False)
    monkeypatch.delenv("KG_KB", raising=False)
    if request.param != "own":
        monkeypatch.setenv("KG_LETTERS", str(request.getfixturevalue("shared") / request.param))
    return request.param


@pytest.mark.long
@pytest.mark.parametrize(("name", "letters"), RUNS, indirect=["letters"])
def test_it_runs_from_top_to_bottom(name, letters, tmp_path):
    check(name, run(name, tmp_path), paged=letters != "letters")  # real ones of the later form cite no pages
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", [name for name in NAMES if name != HISTORY])  # it measures builds
def test_it_takes_a_knowledge_base_that_is_there(name):
    asked = "".join(cell.source for cell in code(read(name)))
    assert 'KB = os.environ.get("KG_KB")' in asked
    assert asked.count("kg.open(KB)") == asked.count("kg.open(") == 1
    assert all(line.startswith(" ") for line in asked.splitlines() if re.match(r"\s*(build|sample)\(", line))


def test_each_of_them_is_expected_to_show_something():
    assert set(PICTURES) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_no_output_is_kept_in_the_repository(name):
    notebook = read(name)
    kept = [cell.id for cell in code(notebook) if cell.outputs or cell.execution_count or cell.metadata]
    assert kept == []
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert notebook.metadata.language_info == {"name": "python"}  # and no version of whoever ran it last


@pytest.mark.parametrize("name", NAMES)
def test_it_takes_letters_of_the_readers_choice_and_explains_itself(name):
    notebook = read(name)
    assert notebook.cells[0].source.startswith("# ")
    assert any('os.environ.get("KG_LETTERS")' in cell.source for cell in code(notebook))
    assert len(code(notebook)) <= 2 * (len(notebook.cells) - len(code(notebook)))


def test_what_was_measured_before_is_what_the_results_say():
    """Notebook 5 shows the table *Build: growth*; whoever measures again puts the figures into both."""
    results = (FOLDER.parent / "tests/benchmarks/RESULTS.md").read_text(encoding="utf-8")
    _, _, growth = results.partition("## Build: growth")
    table = re.search(r"(?:^\|.*\n)+", growth, re.MULTILINE)[0]
    head, _, *body = [line.strip("| ").split(" | ") for line in table.splitlines()]
    (cell,) = (cell for cell in code(read("5-a-whole-history")) if "measured_before = " in cell.source)
    (shown,) = (node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Dict))
    wanted = {
        "letters": "letters",
        "build": "seconds",
        "memory": "memory (MiB)",
        "bytes a letter": "bytes a letter",
    }
    figures = {
        wanted[name]: [float(row[place].replace(",", "").rstrip(" sMiB")) for row in body]
        for place, name in enumerate(head)
        if name in wanted
    }
    assert ast.literal_eval(shown) == figures
