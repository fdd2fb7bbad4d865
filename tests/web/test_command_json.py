"""What a command prints as JSON is what the API answers, addresses of figures and all."""

import json
from enum import StrEnum

import pytest
from typer.testing import CliRunner

from kg.cli import app

GUIDELINE = "chronic-pain"
SAME = {
    "drivers --level guideline --minimum 1": "/api/drivers?level=guideline&minimum=1",
    "drivers --level section --category Pharmaceuticals --adjust none": (
        "/api/drivers?level=section&category=Pharmaceuticals&adjust=none"
    ),
    f"drivers --level guideline --row {GUIDELINE}": f"/api/robustness/{GUIDELINE}?level=guideline",
    "outcomes specialty --minimum 1": "/api/outcomes?by=specialty&minimum=1",
    "outcomes category --across year --sex female --minimum 3": (
        "/api/outcomes?by=category&across=year&sex=female&minimum=3"
    ),
    "outcomes drift": "/api/outcomes?by=drift",
    "outcomes quantities --minimum 1": "/api/outcomes?by=quantities&minimum=1",
    "sides --level guideline": "/api/sides?level=guideline",
    "sides --level section --show pairs --minimum 2": "/api/sides?level=section&show=pairs&minimum=2",
    "sides --level guideline --show silent": "/api/sides?level=guideline&show=silent",
    "sides --level guideline --by year": "/api/sides?level=guideline&by=year",
    "grounds": "/api/grounds",
    "grounds category --minimum 3 --year 2014-2016": "/api/grounds?by=category&minimum=3&year=2014-2016",
    f"grounds guideline {GUIDELINE}": f"/api/grounds?by=guideline&key={GUIDELINE}",
    "trends": "/api/trends",
    f"trends {GUIDELINE} --category Pharmaceuticals": f"/api/trends?key={GUIDELINE}&category=Pharmaceuticals",
    "network --level guideline --minimum 3 --q 2": "/api/network?level=guideline&minimum=3&q=2",
    "network services --level guideline --minimum 3 --q 2": (
        "/api/network?kind=services&level=guideline&minimum=3&q=2"
    ),
    "sentences --limit 5": "/api/sentences?limit=5",
    "sentences --alike --minimum 3 --category Pharmaceuticals --limit 7": (
        "/api/sentences?alike=true&minimum=3&category=Pharmaceuticals&limit=7"
    ),
    "stats": "/api/stats",
    "search lumbar --limit 5": "/api/search?q=lumbar&limit=5",
    "show {case}": "/api/cases/{case}",
    "related {case} --limit 4": "/api/cases/{case}/related?limit=4",
    "related {case} --mode pending --outcome other --limit 3": (
        "/api/cases/{case}/related?mode=pending&outcome=other&limit=3"
    ),
    'ask "overturn rate by specialty"': "/api/ask?q=overturn rate by specialty",
    'ask "do pain specialists overturn opioids more than orthopedic surgeons"': (
        "/api/ask?q=do pain specialists overturn opioids more than orthopedic surgeons"
    ),
}
"""Commands, and the address that answers the same."""


def without_limit(address):
    """An address that gives all rows, where it says nothing else."""
    known = ("limit=", "/api/ask", "/api/search", "/cases/")
    if any(part in address for part in known):
        return address
    return f"{address}{'&' if '?' in address else '?'}limit=1000"


@pytest.mark.parametrize("command", SAME)
def test_the_json_of_a_command_is_that_of_the_api(command, site, built, case):
    argv = [part.strip('"') for part in _words(command.format(case=case))]
    done = CliRunner().invoke(app, [*argv, "--kb", str(built), "--format", "json"])
    assert done.exit_code == 0, done.output
    told = site.get(without_limit(SAME[command].format(case=case)))
    assert told.status_code == 200, told.text
    printed, answered = json.loads(done.stdout), told.json()
    assert printed.keys() == answered.keys()
    for name, value in answered.items():
        assert printed[name] == value, name


def _words(command):
    parts = command.split('"')
    for number, part in enumerate(parts):
        yield from [part] if number % 2 else part.split()


def test_every_command_that_prints_json_is_compared():
    with_json = {
        name for name, command in _commands().items() if any("json" in _values(one) for one in command.params)
    }
    compared = {command.split()[0] for command in SAME}
    assert with_json - compared == {"query", "check", "figure"}
    # query prints SPARQL's own JSON as /sparql does; check and figure have tests of their own


def _values(option):
    """The values that an option of words takes."""
    kind = option.type_descriptor.annotation
    return [one.value for one in kind] if isinstance(kind, type) and issubclass(kind, StrEnum) else []


def _commands():
    from typer.main import get_command

    return get_command(app).commands
