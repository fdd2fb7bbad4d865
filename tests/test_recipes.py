"""The recipes print what they say, in every program that is installed here."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from recipes import RECIPES, Recipe, recipes, served

pytestmark = pytest.mark.long

TEXT = RECIPES.read_text(encoding="utf-8")
FOUND = recipes(TEXT)


@pytest.fixture(scope="module")
def site() -> Iterator[tuple[str, Path]]:
    with served() as found:
        yield found


@pytest.mark.parametrize("recipe", FOUND, ids=[f"{n}-{one.kind}" for n, one in enumerate(FOUND)])
def test_a_recipe_prints_what_it_says(site: tuple[str, Path], recipe: Recipe):
    """`make readme` writes what they print now."""
    if lacking := recipe.lacks():
        pytest.skip(f"needs {lacking}")
    assert recipe.run(*site) == recipe.printed


def test_every_program_that_is_promised_has_a_recipe():
    assert {one.kind for one in FOUND} == {"python", "r", "sql", "sh"}
    titles = re.findall(r"^## (.+)$", TEXT, re.MULTILINE)
    assert titles == ["Excel", "LibreOffice", "Tableau", "R", "pandas", "polars", "duckdb", "Shell"]


def test_every_recipe_says_what_it_prints():
    assert [one.text for one in FOUND if not one.printed] == []


def test_the_power_query_names_columns_that_there_are(site: tuple[str, Path]):
    """The one recipe that no program here runs: its address and columns are those of the server."""
    from urllib.request import urlopen

    columns = re.findall(r'\{"(\w+)", (?:Int64|type)', TEXT)
    with urlopen(f"{site[0]}/api/outcomes?by=year&minimum=1&format=csv") as answer:
        head = answer.readline().decode().strip().split(",")
    assert columns
    assert set(columns) <= set(head)
