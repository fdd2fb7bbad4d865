"""One list of columns for each kind of row that is shown: a column added to it is seen everywhere."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import is_dataclass
from pathlib import Path

import pytest

from kg.analysis.shown_columns import Counted, columns, schema
from kg.explore.row_types import ROWS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("kind", ROWS)
def test_columns_have_words_and_a_meaning(kind):
    for named in columns(ROWS[kind]):
        assert named.column.meaning
        assert named.column.words or named.role in {"low", "high"}, named.name
    assert len(schema(ROWS[kind])) == len(columns(ROWS[kind]))


def test_every_kind_of_row_is_listed():
    """A row's type annotates its fields with columns; those that several share are no row of their own."""
    found = {
        each
        for name, module in list(sys.modules.items())
        if name.startswith(("kg.analysis.", "kg.explore."))
        for each in vars(module).values()
        if is_dataclass(each) and isinstance(each, type) and "Column(" in str(each.__annotations__)
    }
    assert found - {Counted} == {*ROWS.values()}


FIGURE = '    trial: Annotated[float | None, Column("Trial", "column on trial")]\n'
TEXT = '    trial: Annotated[str, Column("Trial", "column on trial", "text")]\n'
TRIALS = [
    # file, what stands before, and what is added: a column, and its value where the rows are made
    ("analysis/shown_columns.py", '"upper end of the rate", "high", SHARE)]\n', FIGURE),
    ("analysis/sides.py", 'counts = {"letters": compared.letters, ', '"trial": [1.5] * compared.keys, '),
    ("analysis/drivers.py", 'counts = {"letters": compared.letters, ', '"trial": [1.5] * compared.keys, '),
    ("analysis/network/__init__.py", '"q-value of the test against chance", form="{:.3f}")]\n', FIGURE),
    ("analysis/related/rankings.py", 'with their shares of the score", "text")]\n', TEXT),
    ("analysis/related/rankings.py", '"why": pair.row.why', ', "trial": "on trial"'),
    ("explore/row_types.py", 'Column("Outcomes", "outcome of each item", "text")]\n', TEXT),
    (
        "explore/case_lists.py",
        'outcomes=[OUTCOMES[code] for code in row["outcomes"]],\n',
        'trial="on trial",',
    ),
    ("explore/row_types.py", 'in characters", "text")\n    ]\n', TEXT),
    ("explore/json_answers.py", "*_marked(hit.snippet)", ', "on trial"'),
]
LOOK = """
import json, sys
from pathlib import Path
from typer.testing import CliRunner
from fastapi.testclient import TestClient
from kg import sample
from kg.base.building.build import build
from kg.cli import app as command_line
from kg.web.app import create_app
import reference

Path("letters").mkdir()
for name, text, _ in sample.letters(30, seed=3):
    Path("letters", name + ".txt").write_text(text, encoding="utf-8")
build([Path("letters")], Path("kb"), processes=1)
run = lambda *words: CliRunner().invoke(command_line, [*words, "--kb", "kb"], env={"COLUMNS": "400"}).output
found = {}
commands = ("drivers --minimum 1", "sides", "sides --show pairs --minimum 1",
            "sides --by year --minimum 1", "outcomes specialty --minimum 1", "outcomes drift --minimum 1",
            "outcomes quantities --minimum 1",
            "network --q 2 --minimum 1")
for command in commands:
    for form in ("table", "csv"):
        found[command + " " + form] = run(*command.split(), "--format", form)
with TestClient(create_app(Path("kb"))) as client:
    get = lambda path: client.get(path).text
    case = client.get("/api/cases").json()["results"][0]["case"]
    for form in ("table", "csv"):
        found["related " + form] = run("related", case, "--format", form)
    for path in ("/api/drivers?minimum=1", "/api/drivers?minimum=1&format=csv",
                 "/api/drivers?minimum=1&format=nt", "/drivers?minimum=1&level=guideline",
                 "/api/outcomes?minimum=1", "/outcomes?minimum=1", "/api/sides", "/sides",
                 "/api/cases", "/api/search?q=letter"):
        found[path] = get(path)
    found["/api/cases/CASE/related"] = get(f"/api/cases/{case}/related")
    schemas = client.get("/api/openapi.json").json()["components"]["schemas"]
for row in ("CitedDriverRow", "CaseRow", "HitRow", "CitedGroupRow", "CitedAgreementRow"):
    found["schema of " + row] = json.dumps(schemas[row])
for part in reference.shown_columns():
    found[part.title] = str(part)
print(json.dumps({name: "trial" in text.lower() for name, text in found.items()}))
"""
WITHOUT = {
    f"Columns shown: {title}"
    for title in (
        *(
            "credible sets",
            "sides: silent",
            "trends: changes",
            "robustness: specifications",
            "robustness: pairs of letters",
            "network: nodes",
            "network: neighbours of a node",
        ),
        "guidelines, services, drugs, specialties, body parts",
    )
}
"""The lists that no column was added to."""


@pytest.mark.long
def test_a_column_on_trial_is_seen_everywhere(tmp_path):
    for name in ("kg", "grammar", "ontology"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name, before, column in TRIALS:
        text = (file := tmp_path / "kg" / name).read_text(encoding="utf-8")
        assert text.count(before) == 1, (name, before)
        file.write_text(text.replace(before, before + column), encoding="utf-8")
    paths = os.pathsep.join(map(str, (tmp_path, ROOT / "tests")))
    look = subprocess.run(
        [sys.executable, "-c", LOOK],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    seen = json.loads(look.stdout.splitlines()[-1])
    assert {name for name, there in seen.items() if not there} == WITHOUT
