"""Printing in lines and pages loses nothing and knows where marked text lands."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.sampling.paper import WIDTHS, Paper

WORDS = st.lists(
    st.text("abcxyz", min_size=1, max_size=14)
    | st.sampled_from(["Non-MTUS", "L4-5,", "follow-up", "http://www.example.org/a-page-of-many-names.html"]),
    min_size=1,
    max_size=120,
)


def squashed(text: str) -> str:
    return "".join(text.split())


@settings(deadline=None)
@given(WORDS, st.booleans(), st.booleans(), st.integers(0, 99), st.data())
def test_a_marked_word_is_found_where_it_was_printed(words, spaced, prose, seed, data):
    text = " ".join(words)
    index = data.draw(st.integers(0, len(words) - 1))
    start = len(" ".join(words[:index])) + (index > 0)
    spot = [start, start + len(words[index])]
    paper = Paper(Random(seed), spaced=spaced)
    for _ in range(3):
        paper.print("Lines that came before.")
    paper.print(text, [spot], prose=prose)
    assert squashed(paper.text()[spot[0] : spot[1]]) == words[index]
    assert squashed(paper.text()) == squashed("Lines that came before." * 3 + text)
    assert paper.length == len(paper.text())


@settings(deadline=None)
@given(WORDS, st.integers(0, 99))
def test_lines_fit_but_for_a_word_that_no_line_holds(words, seed):
    paper = Paper(Random(seed), spaced=False)
    paper.print(" ".join(words))
    for line in paper.text().replace("\f", "").split("\n"):
        assert len(line) <= max(WIDTHS) + 1


@settings(deadline=None)
@given(WORDS, st.integers(0, 99))
def test_a_tail_stays_with_the_word_before_it(words, seed):
    paper = Paper(Random(seed), spaced=False)
    text = " ".join([*words, "item:  Upheld"])
    paper.print(text, tail=len("  Upheld") + 1)
    assert paper.text().rstrip().split("\n")[-1].replace("\f", "").endswith("item:  Upheld")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("word " * 17 + "Non-MTUS Citation", "Non- "),  # a hyphen between letters
        ("word " * 17 + "pages 98-99 and more", "98-99"),  # none between numbers
        ("word " * 17 + "Guidelines -Lumbar", "-Lumbar"),  # none after a blank
    ],
)
def test_lines_break_after_hyphens_as_typesetters_do(text, line):
    broken = set()
    for seed in range(40):
        paper = Paper(Random(seed), spaced=False)
        paper.print("xx " * (seed % 5) + text)
        broken.update(part for line_ in paper.text().split("\n") for part in (line_,))
    assert any(line in part for part in broken)
    assert not any(part.rstrip().endswith(("98-", " -")) for part in broken)
    if line == "Non- ":
        assert any(part.endswith("Non- ") for part in broken)


def test_a_page_ends_in_a_form_feed_or_in_empty_lines():
    plain, spaced = Paper(Random(1), spaced=False), Paper(Random(1), spaced=True)
    for _ in range(120):
        plain.print("A line.")
        spaced.print("A line.")
    assert plain.text().count("\f") == 2
    assert "\f" not in spaced.text()
    assert spaced.text().count("\n\n\n\n") == 2
