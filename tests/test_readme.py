"""The README shows what happens: its examples are run, and its addresses, commands and files are there."""

import re
from pathlib import Path

import pytest
from readme import README, played

TEXT = README.read_text(encoding="utf-8")


@pytest.mark.long
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


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/data-card.md"])
def test_every_command_that_a_page_names_is_there(page):
    from kg.cli import ORDER

    text = (README.parent / page).read_text(encoding="utf-8")
    assert set(re.findall(r"(?:`|^\$ )kg ([a-z]+)", text, re.MULTILINE)) <= {*ORDER}


def test_every_command_is_in_the_list_of_the_readme():
    from kg.cli import ORDER

    named = set(re.findall(r"`kg ([a-z]+)|^\$ kg ([a-z]+)|`([a-z]+)`", TEXT, re.MULTILINE))
    assert set(ORDER) <= {name for groups in named for name in groups}
