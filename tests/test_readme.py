"""The README shows what happens: its examples are run, and its addresses, commands and files are there."""

import re
from pathlib import Path

import pytest
from readme import README, played

TEXT = README.read_text(encoding="utf-8")


def test_the_examples_print_what_the_readme_says():
    """`make readme` writes what they print now."""
    assert played(TEXT) == TEXT


def test_the_files_that_it_names_are_there():
    named = re.findall(r"!\[[^]]*\]\(([^)]+)\)|\b([A-Z]+\.md)\b", TEXT)
    for groups in named:
        assert (README.parent / next(filter(None, groups))).is_file(), groups


@pytest.mark.parametrize("goal", sorted(set(re.findall(r"\bmake ([a-z-]+)", TEXT))))
def test_the_goals_of_make_that_it_names_are_there(goal):
    makefile = Path(README.parent / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{goal}:.*## ", makefile, re.MULTILINE)
