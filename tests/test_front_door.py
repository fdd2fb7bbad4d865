"""The front door: its names, and that it opens in no time."""

import subprocess
import sys
from importlib.metadata import version

import pytest

import kg

VALUES = {
    *("Basis", "BodyPart", "Citation", "Decision", "Determination", "DisputedItem", "Drug", "GuidelineField"),
    *(
        "Mention",
        "Outcome",
        "PageRange",
        "Party",
        "Patient",
        "Priority",
        "Problem",
        "ProblemKind",
        "Quantity",
    ),
    *("Rationale", "Reviewer", "Section", "Service", "Sex", "Side", "Span", "Specialty", "Template", "Unit"),
}
ERRORS = {
    *(
        "BaseError",
        "CatalogueError",
        "ChoiceError",
        "IriError",
        "KgError",
        "LetterError",
        "QueryError",
        "SettingError",
    ),
    *("SourceError", "UnknownError", "VocabularyError"),
}
DOORS = {"OpenBase", "open", "parse_letter"}
ASKED = {"query", "drivers", "related", "network", "sides", "outcomes", "grounds", "search"}
NAMES = sorted(VALUES | ERRORS | DOORS)


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_is_there_and_documented(name):
    assert getattr(kg, name).__doc__


def test_the_methods_of_an_open_base_are_there():
    assert {"cases", "facts", "generation", "graph", "letter", *ASKED} <= set(dir(kg.OpenBase))


def test_the_version_is_the_packages():
    assert kg.__version__ == version("imr-kg")


def test_import_loads_no_heavy_part():
    heavy = {"lark", "rdflib", "pyoxigraph", "polars", "fastapi", "networkx", "pyvis", "typer", "scipy"}
    loaded = subprocess.run(
        [sys.executable, "-c", "import kg, sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert heavy & set(loaded) == set()


def test_what_is_not_there_is_said():
    with pytest.raises(AttributeError, match="no attribute 'close'"):
        kg.close  # noqa: B018
