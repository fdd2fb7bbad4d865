"""How well real letters are read: the scores of the gold answers, which no change may lower."""

import pytest
from scores import SETS, measures, of_fields, of_letters

FLOORS = {
    **dict.fromkeys(("letters parsed", "items per letter", "item text", "outcome"), 1.0),
    **dict.fromkeys(("span of item", "span of citation"), 1.0),
    **dict.fromkeys(("header", "reviewer", "patient", "basis", "guideline", "page", "in dispute"), 0.99),
    "section": 0.985,
    "flags": 0.98,
    "category": 0.97,
    "subcategory": 0.95,
    "body parts": 0.96,
    "quantity": 0.96,
    "drug": 0.97,
}
PAGES = {"section": 0.98, "page": 0.98}
"""Of the letters rewritten with citations by page, in which pages are drawn by chance."""


@pytest.mark.parametrize(
    "folder", [name if name == "letters" else pytest.param(name, marks=pytest.mark.long) for name in SETS]
)
def test_real_letters_are_read_right(folder, shared):
    floors = FLOORS | (PAGES if folder == "letters-pages" else {})
    if "--no-header" in SETS[folder][1]:
        del floors["header"]
    said = of_letters(shared, folder)
    found = measures(said)
    assert {name: found.get(name) for name, floor in floors.items() if found.get(name, 0) < floor} == {}, said


def test_fields_of_the_page_era_are_read_whole(shared):
    said = of_fields(shared)
    assert measures(said) == {"fields read whole": 1.0}, said
