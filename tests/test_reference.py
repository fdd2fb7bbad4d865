"""The reference cannot rot: it says what the program has, all of it and nothing else, and with words."""

import re

import pytest
from reference import HEAD, REFERENCE, ROOT, VARIABLES, Part, parts

from kg.web.settings import Settings

TEXT = REFERENCE.read_text(encoding="utf-8")
VARIABLE = re.compile(r"\bKG_[A-Z][A-Z_]*[A-Z]\b")


@pytest.fixture(scope="module")
def found() -> list[Part]:
    return parts()


def names(text: str) -> dict[str, list[str]]:
    """The names in each part of a reference: the first cells of its table."""
    _, *titled = re.split(r"^## (.*)$", text, flags=re.MULTILINE)
    return {
        title: re.findall(r"^\| (`.*?`) \|", body, re.MULTILINE)
        for title, body in zip(titled[::2], titled[1::2], strict=True)
    }


def test_all_that_there_is_stands_in_it(found):
    there, written = names("".join(map(str, found))), names(TEXT)
    assert {title: sorted({*rows} - {*written.get(title, [])}) for title, rows in there.items()} == {
        title: [] for title in there
    }, "make reference"


def test_nothing_stands_in_it_that_is_not_there(found):
    there, written = names("".join(map(str, found))), names(TEXT)
    assert {title: sorted({*rows} - {*there.get(title, [])}) for title, rows in written.items()} == {
        title: [] for title in written
    }, "make reference"


def test_its_words_are_those_of_the_program(found):
    assert HEAD + "".join(map(str, found)) == TEXT, "make reference"


def test_nothing_in_it_lacks_words(found):
    assert [(part.title, row[0]) for part in found for row in part.rows if not row[-1].strip()] == []
    assert [part.title for part in found if not (part.about.strip() and part.rows)] == ["`kg schema`"]


def test_each_kind_of_thing_is_in_it(found):
    """A sample of each, so that what finds them cannot find nothing."""
    rows = {row[0] for part in found for row in part.rows}
    wanted = {
        *(
            "`--why NODE`",
            "`CASE`",
            "`GET /api/cases`",
            "`/sparql/`, `/sparql`",
            "`/metrics`",
            "`KG_WORKERS`",
        ),
        *(
            "`KG_BASE_IRI`",
            "`kg_request_seconds`",
            "`outcomes_by_page`",
            "`imr:citesPage`",
            "`kg.parse_letter`",
        ),
    }
    assert wanted <= rows


def test_every_variable_that_the_package_reads_is_in_it():
    known = {*VARIABLES, *(f"KG_{name.upper()}" for name in Settings.model_fields)}
    read = {
        name for path in (ROOT / "kg").rglob("*.py") for name in VARIABLE.findall(path.read_text("utf-8"))
    }
    assert read <= known


def test_every_variable_of_development_is_in_a_guide():
    guides = (ROOT / "README.md").read_text("utf-8") + (ROOT / "CONTRIBUTING.md").read_text("utf-8") + TEXT
    places = [ROOT / "Makefile", ROOT / ".ci/run", *(ROOT / "tests").rglob("*.py")]
    used = {name for path in places for name in VARIABLE.findall(path.read_text("utf-8"))}
    assert used <= {*VARIABLE.findall(guides)}
