"""What reads letters, builds and queries needs no extra; what needs one says which."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import polars as pl
import pytest
from typer.main import get_command

from kg.base.stored_columns import Kind
from kg.base.tables import arrow
from kg.cli import app
from kg.errors import EXTRAS
from kg.front import OpenBase

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DECLARED = PROJECT["optional-dependencies"]
BROUGHT = {"multipart", "starlette"}
"""Modules that are not called as what brings them: python-multipart, fastapi."""
MISSING = {name for modules in EXTRAS.values() for name in modules} | {"IPython"}

CASE = "CASE"  # of a letter that is there
ENOUGH = {
    "sample": ["--letters", "2", "--into", "more"],
    "parse": ["letters"],
    "cite": ["MTUS Low Back Complaints 2004, Section(s): Special Studies."],
    "schema": [],
    "build": ["letters", "--kb", "kb", "--jobs", "1"],
    "stats": [],
    "query": ["basis_by_party"],
    "correct": [CASE, "patient.age", "41", "--why", "test"],
    "verify": ["--deep"],
    "deposit": ["--into", "deposit.zip"],
    "export": ["--format", "csv"],
    "publish": ["--to", "http://127.0.0.1:9/store"],
    "remove": [CASE, "--why", "test"],
}
"""Commands that need no extra, with what follows them; in the order in which they run."""
MORE = {
    "show": ("analysis", [CASE]),
    "search": ("analysis", ["knee"]),
    "sentences": ("analysis", []),
    "ask": ("analysis", ["how many decisions were overturned"]),
    "check": ("analysis", ["letters"]),
    "drivers": ("analysis", []),
    "related": ("analysis", [CASE]),
    "sides": ("analysis", []),
    "outcomes": ("analysis", ["drug"]),
    "grounds": ("analysis", []),
    "trends": ("analysis", []),
    "network": ("analysis", []),
    "validate": ("analysis", []),
    "figure": ("analysis", ["/figures/outcomes?by=drug"]),
    "serve": ("server", []),
    "mcp": ("agents", []),
}
"""Commands that need an extra: which, and what follows them."""
OTHER = [
    ("analysis", "drivers()"),
    ("analysis", "related(case)"),
    ("analysis", "network()"),
    ("analysis", "sides()"),
    ("analysis", "robustness('12', 'chapter')"),
    ("analysis", "trends()"),
    ("analysis", "ask('how many decisions were overturned')"),
    ("analysis", "check('Two letters are here.')"),
    ("analysis", "outcomes('drug')"),
    ("analysis", "grounds()"),
    ("analysis", "sentences()"),
    ("", "search('knee')"),
    ("analysis", "analyses"),
    ("analysis", "facts"),
    ("analysis", "query('basis_by_party').to_polars()"),
]
"""Questions in Python, with the extra that they need."""
HOOK = f"""
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {sorted(MISSING)!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Missing())
"""
RUN = f"""{HOOK}
import contextlib, io, json
from kg.cli import main
told = []
for words in json.loads(sys.argv[1]):
    sys.argv, faults, code = ["kg", *words], io.StringIO(), 0
    printed = io.TextIOWrapper(io.BytesIO())
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(faults):
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
    told.append([code, faults.getvalue()])
print(json.dumps(told))
"""
ASK = f"""{HOOK}
import json
import kg
told = []
with kg.open("kb") as base:
    case = base.cases()[0]
    base.query("basis_by_party"), base.graph, base.letter(case), base.determination(case)
    for words in json.loads(sys.argv[1]):
        try:
            eval(f"base.{{words}}")
            told.append("")
        except kg.ExtraError as fault:
            told.append(str(fault))
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory, made: Path) -> Path:
    """A folder with five letters."""
    (folder := tmp_path_factory.mktemp("small")).joinpath("letters").mkdir()
    for file in sorted((made / "letters").iterdir())[:5]:
        (folder / "letters" / file.name).write_bytes(file.read_bytes())
    return folder


def told(room: Path, code: str, asked: object) -> list:
    done = subprocess.run(
        [sys.executable, "-c", code, json.dumps(asked)],
        cwd=room,
        capture_output=True,
        text=True,
        env=os.environ,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def words(room: Path, command: str, more: list[str]) -> list[str]:
    case = sorted(path.stem for path in (room / "letters").iterdir())[0]
    of_base = "--kb" in {one for part in get_command(app).commands[command].params for one in part.opts}
    kb = ["--kb", "kb"] if of_base and "--kb" not in more else []
    return [command, *(case if word == CASE else word for word in more), *kb]


def test_each_module_of_an_extra_is_declared_there():
    for extra, modules in EXTRAS.items():
        named = {re.match(r"[\w-]+", line)[0].replace("-", "_").lower() for line in DECLARED[extra]}
        assert modules - BROUGHT == named - {"imr_kg"}, extra
    both = {re.match(r"[\w-]+", line)[0].replace("-", "_") for line in PROJECT["dependencies"]} & MISSING
    assert both == set()


def test_every_command_and_every_question_is_listed():
    assert {*ENOUGH, *MORE} == set(get_command(app).commands)
    asked = {re.match(r"\w+", words)[0] for _, words in OTHER}
    assert (asked | {"query"}) - {"facts"} == {name for name in vars(OpenBase) if not name.startswith("_")}


@pytest.mark.long
def test_what_needs_no_extra_runs_and_what_needs_one_names_it(room):
    building = list(ENOUGH).index("build") + 1
    first, later = list(ENOUGH)[:building], list(ENOUGH)[building:]
    commands = [(name, ENOUGH[name], "") for name in first]
    commands += [(name, more, extra) for name, (extra, more) in MORE.items()]
    commands += [(name, ENOUGH[name], "") for name in later]
    found = told(room, RUN, [words(room, name, more) for name, more, _ in commands])
    for (name, _, extra), (code, fault) in zip(commands, found, strict=True):
        if extra:
            assert code == 2, (name, fault)
            assert f"pip install 'imr-kg[{extra}]'" in fault.replace("\n", " "), (name, fault)
            assert len(fault.splitlines()) == 1, fault
        elif name == "publish":
            assert (code, "extra" in fault) == (3, False), fault  # there is no server
        else:
            assert code == 0, (name, fault)


def test_tables_are_read_and_written_without_polars(room):
    """Letters in Parquet are read, and all is written that no further package has to write."""
    texts = [file.read_text(encoding="utf-8") for file in sorted((room / "letters").iterdir())]
    rows = [(text,) for text in texts]
    schema = {"text": Kind.TEXT}
    arrow.write([arrow.table(rows, schema)], schema, room / "letters.parquet")
    commands = [["build", "letters.parquet", "--kb", "other", "--jobs", "1"]]
    commands += [["stats", "--kb", "other", *more] for more in ([], ["--by-template"], ["--format", "csv"])]
    commands += [
        ["export", "--kb", "other", "--format", form, "--into", f"other.{form}"]
        for form in ("nt", "ttl", "jsonld", "parquet", "csv", "csv-bom")
    ]
    for words, (code, fault) in zip(commands, told(room, RUN, commands), strict=True):
        assert (code, fault.partition("Error")[1]) == (0, ""), (words, fault)
    facts = pl.read_parquet(room / "other.parquet")
    assert facts["case"].n_unique() == len(texts)
    assert pl.read_csv(room / "other.csv")["case"].to_list() == facts["case"].to_list()


@pytest.mark.long
def test_questions_in_python_name_the_extra(room):
    told(room, RUN, [["build", "letters", "--kb", "kb", "--jobs", "1"]])
    for (extra, asked), fault in zip(OTHER, told(room, ASK, [asked for _, asked in OTHER]), strict=True):
        assert fault.endswith(f"pip install 'imr-kg[{extra}]'" if extra else ""), (asked, fault)
        assert bool(extra) == bool(fault), (asked, fault)
