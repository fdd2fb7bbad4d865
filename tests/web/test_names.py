"""One set of names: no answer, table, command or term has another name for an idea than the table."""

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from names import ANY, FORMS, IDEAS, LINKS, Idea, named
from test_openapi import asked, calls, described, known
from typer.main import get_command

from kg import contract
from kg.analysis.filters import FILTERS
from kg.base.store import KnowledgeBase
from kg.base.stored_columns import COLUMNS
from kg.cli import app
from kg.graph.generate import declared
from kg.resources import text

__all__ = ["described", "known"]

MORE = {
    "case number": {"cases", "other", "overturned", "upheld"},  # lists of cases, and pairs of them
    "outcome of an item": {"outcomes", "truth"},  # of several items; what the letter says of a claim
    "party that cites": set(),
    "day": {"change", "first", "last", "at", "built"},  # changes of editions, the range of days, builds
}
"""What values of an idea are called where there are several, or where the days are not a letter's."""
DAYS = {"decisionDate", "dateOfInjury", "urDenialDate", "applicationReceived", "dateAssigned"}


def allowed(form: str) -> set[str]:
    """The names under which values of a form may stand."""
    mine = [idea for idea in IDEAS if idea.about == form or (form == "day" and idea.term in DAYS)]
    return set().union(MORE[form], ANY, LINKS, *map(named, mine))


def leaves(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """The texts in an answer, each with the name of the field that holds it."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from leaves(part, key)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from leaves(part, name)
    elif isinstance(value, str | datetime.date):
        yield name, str(value)


def strange(found: Iterator[tuple[str, str]]) -> set[tuple[str, str]]:
    """Values that are recognized under names that are not theirs."""
    return {
        (form, name)
        for name, value in found
        for form, expression in FORMS.items()
        if expression.fullmatch(value) and name not in allowed(form)
    }


@pytest.mark.long
def test_no_answer_of_the_api_has_another_name(site, described, known):
    wrong, count = [], 0
    for path, method, operation in calls(described):
        answer = asked(site, path, method, operation, known)
        if answer.headers["content-type"].startswith("application/json"):
            count += 1
            wrong += [(path, *one) for one in strange(leaves(answer.json()))]
    assert wrong == []
    assert count > 60


def test_no_table_has_another_name(built):
    with KnowledgeBase.open(built) as base:
        for table in COLUMNS:
            frame = getattr(base, f"scan_{table}")().collect()
            found = ((name, value) for name in frame.columns for value in frame[name].unique().to_list())
            assert strange(part for name, value in found for part in leaves(value, name)) == set(), table


@pytest.mark.long
@pytest.mark.parametrize("idea", IDEAS, ids=lambda idea: idea.about)
def test_each_name_is_one_there_is(idea: Idea, described):
    schema = contract.schema()
    fields = set(schema["properties"]).union(
        *(set(one.get("properties", ())) for one in schema["$defs"].values())
    )
    fields |= set(schema["properties"]["patient"]["properties"]) | set(
        schema["properties"]["reviewer"]["properties"]
    )
    columns = set().union(*COLUMNS.values())
    rows = set().union(
        *(set(one.get("properties", ())) for one in described["components"]["schemas"].values())
    )
    terms = {name for name, _ in declared(text("ontology", "imr.ttl"))["imr"]}
    assert set(idea.term.split()) <= terms
    assert set(idea.letter.split()) <= fields
    assert set(idea.facts.split()) <= columns
    assert set(idea.row.split()) <= rows | set(FILTERS)
    assert set(idea.filtered.split()) <= set(FILTERS)


def test_every_filter_is_an_idea_and_an_option_of_its_name():
    in_table = {name for idea in IDEAS for name in idea.filtered.split()}
    assert set(FILTERS) - in_table == {"rationale"}  # words, not a value
    options = {
        option
        for command in get_command(app).commands.values()
        for one in command.params
        for option in one.opts
    }
    assert {f"--{name.replace('_', '-')}" for name in FILTERS} <= options


def test_no_name_stands_for_two_ideas():
    for room in ("term", "facts", "filtered"):
        names = [name for idea in IDEAS for name in getattr(idea, room).split()]
        assert len(names) == len(set(names)), room


@pytest.mark.parametrize(
    ("name", "value", "faults"),
    [
        ("verdict", "upheld", 1),
        ("caseid", "CM16-0000042", 1),
        ("injured_on", "2015-01-02", 1),
        ("side", "reviewer", 1),
        ("outcome", "upheld", 0),
        ("decision_date", "2015-01-02", 0),
    ],
)
def test_another_name_is_found(name: str, value: str, faults: int):
    assert len(strange(leaves({"results": [{name: value}]}))) == faults
