"""An open base at the front door: the command, the API and Python ask the same by the same names."""

import inspect
import json
import shutil

import polars as pl
import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

import kg
from kg import sample
from kg.analysis.filters import FILTERS
from kg.base.building.build import build
from kg.cli import app as command_line
from kg.errors import ChoiceError, QueryError, SettingError, UnknownError
from kg.web.app import create_app


@pytest.fixture(scope="module")
def kb(tmp_path_factory):
    folder = tmp_path_factory.mktemp("open")
    for name, text, _ in sample.letters(20, 5, "pages"):
        (folder / f"{name}.txt").write_text(text, encoding="utf-8", newline="")
    build([folder], folder / "kb", processes=1)
    return folder / "kb"


@pytest.fixture(scope="module")
def base(kb):
    with kg.open(kb) as opened:
        yield opened


@pytest.fixture(scope="module")
def site(kb):
    with TestClient(create_app(kb)) as client:
        yield client


def test_a_name_and_a_text_are_asked_alike(base):
    named = base.query("number_of_cases")
    text = base.query(
        "SELECT (COUNT(?case) AS ?cases) { ?case <https://w3id.org/imr-kg/ontology#caseNumber> ?n }"
    )
    assert named.rows == text.rows == ((20,),)
    assert text.rows[0].cases == 20
    assert text.columns == ("cases",)
    assert text.to_polars().equals(pl.DataFrame({"cases": [20]}))
    with pytest.raises(QueryError):
        base.query("SELECT {")
    with pytest.raises(UnknownError):
        base.query("number_of_letters")


def test_an_answer_as_a_pandas_frame(base, monkeypatch):
    pandas = pytest.importorskip("pandas")
    assert base.query("number_of_cases").to_pandas().equals(pandas.DataFrame({"cases": [20]}))
    monkeypatch.setitem(__import__("sys").modules, "pandas", None)
    with pytest.raises(SettingError, match="pip install pandas"):
        base.query("number_of_cases").to_pandas()


def test_questions_take_filters_by_name(base):
    whole = base.drivers(sets=False)
    some = base.drivers(year="2014..2015", sets=False, minimum=1)
    assert 0 < some.decisions < whole.decisions
    assert base.outcomes("drift", minimum=1).to_frame().height
    assert base.outcomes("specialty", "year", minimum=1).to_frame().height
    assert base.sides("guideline", by="year", minimum=1).groups.height
    assert base.sides("guideline").pairs.height
    assert base.trends("chronic-pain").to_frame().height
    assert base.grounds("category", "Pharmaceuticals", minimum=1).verdict.startswith("Pharmaceuticals: ")
    assert base.robustness("chronic-pain", "guideline").to_frame().height == 9
    assert base.network(minimum=1, q=2).graph.number_of_nodes()
    assert base.search("therapy").total
    with pytest.raises(ChoiceError):
        base.drivers(yaer=2014)
    with pytest.raises(ChoiceError):
        base.outcomes("weather")


@pytest.mark.parametrize(
    "question", ["drivers", "related", "network", "sides", "outcomes", "grounds", "search"]
)
def test_parameters_are_those_of_the_command(question):
    """But for what only a terminal needs: where the base is, how to print."""
    command = next(c for c in command_line.registered_commands if c.callback.__name__ == question)
    taken = set(inspect.signature(command.callback).parameters)
    for name in set(inspect.signature(getattr(kg.OpenBase, question)).parameters) - {"self", "filters"}:
        assert (
            name in taken | ({"words"} if name == "q" and question == "search" else set()) or name == "q"
        ), name
    assert question == "search" or set(FILTERS) <= taken


@pytest.mark.parametrize(
    "spelled", [str.lower, lambda c: c.replace("-", " "), lambda c: c.replace("-0", "-"), str]
)
def test_a_case_in_any_spelling(base, site, kb, spelled):
    case = next(name for name in base.cases() if "-0" in name)
    given = spelled(case)
    assert given in base
    assert base.letter(given) == base.letter(case)
    assert base.determination(given) == base.determination(case)
    assert base.related(given) == base.related(case)
    assert site.get(f"/api/cases/{given}").json()["case_number"] == case
    assert site.get(f"/cases/{given}").status_code == 200
    done = CliRunner().invoke(command_line, ["show", given, "--kb", str(kb), "--format", "json"])
    assert json.loads(done.stdout) == site.get(f"/api/cases/{case}").json()


def test_a_search_is_the_same_json(site, kb):
    done = CliRunner().invoke(
        command_line, ["search", "therapy", "--limit", "3", "--kb", str(kb), "--format", "json"]
    )
    assert json.loads(done.stdout) == site.get("/api/search?q=therapy&limit=3").json()


def test_sparql_on_the_command_line(kb):
    done = CliRunner().invoke(
        command_line, ["query", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "--kb", str(kb)]
    )
    assert done.exit_code == 0, done.stderr
    assert "n" in done.stdout


@pytest.mark.long
def test_a_case_in_another_spelling_is_corrected_validated_and_removed(kb, tmp_path):
    own = tmp_path / "kb"
    shutil.copytree(kb, own, symlinks=True)
    with kg.open(own) as base:
        first, second = [name for name in base.cases() if "-0" in name][:2]
    spelled = [name.lower().replace("-0", " ") for name in (first, second)]

    def run(*words):
        return CliRunner().invoke(command_line, [*words, "--kb", str(own)])

    assert run("validate", "--case", spelled[0]).exit_code == 0
    done = run("correct", spelled[0], "patient.age", "44", "--why", "misread")
    assert done.exit_code == 0, done.stderr
    assert run("remove", spelled[1], "--why", "asked for").exit_code == 0
    with kg.open(own) as base:
        assert base.determination(first).patient.age == 44
        assert [one.case for one in base.corrections()] == [first]
        assert second not in base
        assert base.removed() == {second: "asked for"}
