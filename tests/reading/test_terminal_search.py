"""Terminals that are searched for by themselves: their example rows, and places beside which they stand."""

import csv
from collections import defaultdict

import pytest
from tables import each_row

from kg import resources
from kg.questions.beside import BESIDE
from kg.questions.bounded_numbers import MEASURED
from kg.questions.wording.endings.letter_endings import ENDINGS
from kg.questions.wording.grounds.ground_forms import FORMS
from kg.questions.wording.rationale_words import TOLD
from kg.reading.text.terminal_search import Terminals

SEARCHED = {
    "question-beside": BESIDE,
    "question-grounds": FORMS,
    "question-letters": ENDINGS,
    "question-measured": MEASURED,
    "question-rationale": TOLD,
}


def rows(name):
    path = resources.folder("grammar") / "examples" / f"{name}.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield row["rule"], row["text"], row["result"]


@each_row(("name", "rule", "text", "result"), [(name, *row) for name in SEARCHED for row in rows(name)])
def test_examples(name, rule, text, result):
    """All that a terminal finds, one match from the next by a bar."""
    found = (" ".join(match[0].split()) for match in SEARCHED[name].every(rule, text))
    assert (" | ".join(found) or "!") == result


@pytest.mark.parametrize("name", SEARCHED)
def test_every_terminal_has_rows_accepted_and_refused(name):
    results = defaultdict(set)
    for rule, _, result in rows(name):
        results[rule].add(result == "!")
    assert dict(results) == {terminal: {True, False} for terminal in SEARCHED[name].names}


TEXT = "an MRI after spine surgeries, cited by the reviewer"


@each_row(
    ("method", "name", "at", "found"),
    [
        ("before", "SURGERY", 28, "surgeries"),
        ("before", "SURGERY", 24, None),  # ends within it
        ("before", "SURGERY", 36, None),  # other words between
        ("after", "ABOUT_THE_OTHER", 6, " after"),
        ("after", "ABOUT_THE_OTHER", 4, None),
        ("within", "ABOUT_THE_OTHER", 0, "after"),
        ("within", "ABOUT_THE_OTHER", 8, None),  # within a word
    ],
)
def test_a_place(method, name, at, found):
    match = getattr(BESIDE, method)(name, TEXT, at)
    assert (match and match[0]) == found


def test_a_stretch_is_filled_but_for_blanks():
    assert BESIDE.fills("CITED_BY", TEXT, 29, 43)
    assert not BESIDE.fills("CITED_BY", TEXT, 28, 43)
    assert not BESIDE.fills("CITED_BY", TEXT, 29, 47)


def test_words_may_be_given(monkeypatch):
    monkeypatch.setattr(resources, "text", lambda *_: "%declare _SIDE\nBOTH: _SIDE / and / _SIDE\n")
    both = Terminals("question-beside.lark", lambda: {"_SIDE": "(?:left|right)"})
    assert both.names == ("BOTH",)
    assert [match[0] for match in both.every("BOTH", "Left and right")] == ["Left and right"]
