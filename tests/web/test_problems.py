"""Problems: the type of each is an address that says what to do about it."""

import ast
from http import HTTPStatus
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from kg import web
from kg.graph import iri
from kg.web.problems import KINDS, Kind


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_kind_of_problem_answers_with_what_to_do(site: TestClient, kind: Kind):
    path = kind.iri.removeprefix(iri.BASE)
    told = site.get(f"/{path}", headers={"Accept": "application/json"}).json()
    assert told == {"iri": kind.iri, "status": kind.status, "title": kind.title, "remedy": kind.remedy}
    page = site.get(f"/{path}", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert kind.remedy.replace("'", "&#39;") in page.text
    assert HTTPStatus(kind.status).phrase


def test_kinds_have_names_of_their_own():
    assert len({kind.name for kind in KINDS}) == len(KINDS)


def statuses(path: Path) -> set[int]:
    """The statuses of problems that a module writes as numbers."""
    calls = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
    named = (
        call
        for call in calls
        if getattr(call.func, "id", "") in {"ProblemError", "HTTPException", "response"}
    )
    return {
        call.args[0].value
        for call in named
        if call.args and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, int)
    }


def test_every_status_that_is_raised_has_a_kind():
    raised = {status for path in Path(web.__file__).parent.rglob("*.py") for status in statuses(path)}
    assert len(raised) > 8
    assert raised - {200} <= {kind.status for kind in KINDS}


@pytest.mark.parametrize(
    ("name", "method", "path", "body"),
    [
        ("query-syntax", "GET", "/sparql?query=SELECT", None),
        ("query-refused", "GET", "/sparql?query=ASK{SERVICE<http://a.example>{}}", None),
        ("not-found", "GET", "/api/cases/CM99-0000000", None),
        ("not-found", "GET", "/nowhere", None),
        ("not-found", "GET", "/errors/nothing-such", None),
        ("method", "DELETE", "/api/cases", None),
        ("format", "GET", "/sparql?query=SELECT*{}&format=ttl", None),
        ("media-type", "POST", "/sparql", b"ASK{}"),
        ("value", "GET", "/api/cases?limit=0", None),
        ("value", "GET", "/api/cases?generation=999999", None),
    ],
)
def test_what_is_refused_names_its_kind(site: TestClient, name: str, method: str, path: str, body: bytes):
    answer = site.request(method, path, content=body, headers={"Accept": "application/json"})
    kind = next(one for one in KINDS if one.name == name)
    assert answer.status_code == kind.status, answer.text
    told = answer.json()
    assert (told["status"], told["type"], told["title"]) == (kind.status, kind.iri, kind.title)
    assert site.get(told["type"].replace(iri.BASE, "/")).status_code == 200
