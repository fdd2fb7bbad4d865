"""What holds for every command: its help, its exit codes, its start."""

import re
import shlex
import subprocess
import sys

import pytest
import typer
from tables import each_row
from typer.main import get_command
from typer.testing import CliRunner

from kg.analysis.covariates import ADJUST, USUAL
from kg.analysis.decisions import LEVELS, PARTIES
from kg.analysis.related.features import MODES
from kg.base.export_formats import Format
from kg.cli import ORDER, app, command
from kg.errors import SettingError, SourceError
from kg.sampling import effects

COMMANDS = {each.name: each for each in app.registered_commands}
OF_A_BASE = {
    "stats": [], "show": ["CM16-0000001"], "query": ["outcomes_by_page"], "drivers": [],
    "related": ["CM16-0000001"], "serve": ["--port", "0"],
}  # fmt: skip


def run(*words):
    """`kg` with these words, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "kg.cli", *words], capture_output=True, text=True, timeout=60
    )


def test_the_list_of_commands_is_whole_and_in_its_order():
    assert tuple(COMMANDS) == ORDER


@each_row("name", ORDER)
def test_the_help_of_a_command_has_examples_that_name_what_there_is(name):
    examples = [line for line in COMMANDS[name].epilog.split("\n\n")[1:] if line]
    assert examples
    shown = CliRunner().invoke(app, [name, "--help"], env={"COLUMNS": "200"}).output
    options = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", shown))
    for example in examples:
        words = shlex.split(example.partition(" > ")[0].rpartition(" | ")[2].partition(" < ")[0])
        assert words[:2] == ["kg", name]
        assert {word for word in words if re.match(r"--?[a-z]", word)} <= options


@each_row(
    ("name", "option", "choices"),
    [
        ("drivers", "--level", LEVELS),
        ("drivers", "--party", PARTIES),
        ("drivers", "--adjust", ADJUST),
        ("drivers", "--adjust", [",".join(USUAL)]),
        ("export", "--format", Format),
        ("related", "--mode", MODES),
        ("sample", "--effects", effects.KINDS),
    ],
)
def test_the_help_of_an_option_names_all_that_it_takes(name, option, choices):
    """Help is written without what computes with the choices, which takes long to load."""
    parameters = get_command(app).commands[name].params
    (said,) = [each.help for each in parameters if option in each.opts]
    assert [choice for choice in choices if not re.search(rf"\b{choice}\b", said)] == []


@each_row("name", ORDER)
def test_the_help_of_a_command_fits_a_narrow_terminal_and_says_what_each_option_does(name):
    shown = CliRunner().invoke(app, [name, "--help"], env={"COLUMNS": "80", "TERMINAL_WIDTH": "80"})
    assert shown.exit_code == 0
    assert max(map(len, shown.output.splitlines())) <= 80
    for parameter in typer.main.get_command(app).commands[name].params:
        assert parameter.help, parameter.name


@pytest.mark.parametrize("name", OF_A_BASE)
def test_a_base_that_is_not_there_is_said_in_a_sentence(name, tmp_path):
    done = CliRunner().invoke(app, [name, *OF_A_BASE[name], "--kb", str(tmp_path / "none")])
    assert done.exit_code == 3
    assert "there is no knowledge base here" in done.stderr
    assert "Traceback" not in done.stderr


@each_row("name", ORDER)
def test_an_unknown_option_is_wrong_usage(name):
    assert CliRunner().invoke(app, [name, "--no-such-option"]).exit_code == 2


def test_an_unknown_command_is_wrong_usage():
    assert CliRunner().invoke(app, ["frobnicate"]).exit_code == 2


@pytest.mark.parametrize(
    ("raised", "code", "says"),
    [
        (None, 0, ""),
        (SourceError("a.txt: empty"), 3, "kg: a.txt: empty"),
        (SettingError("--year: no year"), 2, "kg: --year: no year"),
        (KeyboardInterrupt(), 130, "kg: stopped"),
        (OSError(28, "No space left on device"), 3, "No space left on device"),
        (ZeroDivisionError("x"), 3, "internal error in kg: ZeroDivisionError: x"),
        (typer.Exit(1), 1, ""),
    ],
)
def test_how_a_command_ends(raised, code, says, monkeypatch):
    monkeypatch.setattr(command, "app", typer.Typer())

    @command.command("kg try")
    def attempt() -> None:
        """Try."""
        if raised is not None:
            raise raised

    done = CliRunner().invoke(command.app, [])
    assert done.exit_code == code
    assert says in done.stderr
    assert done.stderr.count("\n") <= 1


def test_a_reader_that_has_enough_is_no_fault():
    done = subprocess.run(
        f"{shlex.quote(sys.executable)} -m kg.cli schema | head -n 1; echo ${{PIPESTATUS[0]}}",
        shell=True, executable="/bin/bash", capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == ["{", "0"]
    assert done.stderr == ""


def test_kg_starts_at_once_and_loads_no_heavy_part():
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "kg.cli", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(re.findall(r"\| +([\w.]+)$", done.stderr, re.MULTILINE))
    assert "kg.cli.command" in loaded
    assert (
        loaded & {"lark", "polars", "rdflib", "pyoxigraph", "fastapi", "pyvis", "networkx", "scipy"} == set()
    )


def test_the_version_is_that_of_the_package():
    done = run("--version")
    assert done.returncode == 0
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", done.stdout)


def test_no_colour_goes_into_a_file():
    assert "\x1b" not in run("query").stdout
