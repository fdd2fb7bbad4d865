"""Letters by how their items ended, and by how many they have: each way of saying it, and what it counts."""

from itertools import product

import polars as pl
import pytest
from tables import each_row

from kg.errors import QuestionError
from kg.questions import echo
from kg.questions.facets import facet_table
from kg.questions.question_reader import read_question

ITEMS = ("item", "treatment", "service", "request")
ENDED = {
    "overturned": ("overturned", "reversed", "approved", "granted"),
    "upheld": ("upheld", "denied", "refused", "not approved"),
    "modified": ("modified",),
}
ASKED = {
    "letter=all_{}": (
        "letters where every {item} was {ended}",
        "cases in which all {item}s were {ended}",
        "letters with six or more items, all {ended}",
        "letters all of whose {item}s were {ended}",
        "determinations with each {item} {ended}",
        "letters where everything was {ended}",
        "cases that were {ended} on every {item}",
        "letters with only {ended} {item}s",
        "letters that were completely {ended}",
    ),
    "not letter=any_{}": (
        "cases with no {item} {ended}",
        "letters where none of the {item}s was {ended}",
        "letters without any {ended} {item}",
        "cases where not a single {item} got {ended}",
        "letters with zero {ended} {item}s",
        "letters in which nothing was {ended}",
        "cases where none were {ended}",
        "letters that don't have an {ended} {item}",
    ),
    "letter=any_{}": (
        "cases with at least one {item} {ended}",
        "letters where one or more of the {item}s were {ended}",
        "letters with an {ended} {item}",
        "cases where some {item}s were {ended}",
        "letters where at least one was {ended}",
    ),
    "not letter=all_{}": (
        "letters where not all {item}s were {ended}",
        "cases not all of whose {item}s were {ended}",
        "letters in which not every {item} was {ended}",
    ),
    "letter=any_{0}; not letter=all_{0}": ("letters where some but not all {item}s were {ended}",),
    "!": (
        "letters with more than one {item} {ended}",
        "cases where most {item}s were {ended}",
        "letters with exactly two {ended} {item}s",
        "letters where half of the {item}s were {ended}",
        "cases in which the first {item} was {ended}",
        "letters where all but one {item} was {ended}",
        "letters where only one {item} was {ended}",
    ),
}
BOTH = (
    "mixed letters, at least one item {one} and one {other}",
    "letters with at least one {one} and at least one {other} item",
    "cases with an {one} item and an {other} item",
    "letters with some items {one} and some {other}",
    "letters where one item was {one} and another {other}",
    "cases where some requests were {one} but others {other}",
    "letters with one {one} item, one {other}",
)
MOST = {
    "longest": (
        "which case had the most treatments in dispute",
        "biggest single letter: which case had the most services",
        "letters with the most disputed items",
        "which letter disputes the largest number of requests",
        "rank letters by number of items",
        "largest cases by item count",
        "cases sorted by the number of services",
        "the highest number of items in one letter",
    ),
    "shortest": ("letters with the fewest items", "smallest cases by number of items"),
}


def ends():
    """Each way to say how the items of a letter ended, with what it is read as."""
    for reading, forms in ASKED.items():
        for form, (outcome, called) in product(forms, ENDED.items()):
            for item, ended in product(ITEMS, called):
                yield form.format(item=item, ended=ended), reading.format(outcome)


@pytest.mark.unmeasured
@each_row(("text", "reading"), ends, many=4)
def test_how_the_items_of_a_letter_ended(text, reading):
    if reading == "!":
        with pytest.raises(QuestionError, match="how many items of a letter ended so is not counted"):
            read_question(text)
        return
    found = read_question(f"how many {text}")
    conditions = sorted(str(c) for c in found.where if c.name == "letter")
    assert "; ".join(conditions) == reading
    assert (found.outcome, found.counts, found.by) == (None, True, ())
    assert read_question(text).reading == found.reading
    assert found.passed_over == ()


@each_row(
    ("form", "one", "other"),
    [(form, *pair) for form in BOTH for pair in product(ENDED["upheld"][:3], ENDED["overturned"])],
)
def test_both_outcomes_in_one_letter(form, one, other):
    for text in (form.format(one=one, other=other), form.format(one=other, other=one)):
        assert read_question(text).reading == "figures | letter=mixed", text


@each_row("value", facet_table.LETTER)
def test_the_echo_says_how_all_items_ended(value):
    one, other = (read_question(f'how many letter{no}="{value}"') for no in ("", "!"))
    assert facet_table.LETTER[value] in echo.sentence(one)
    assert facet_table.NOT_LETTER[value] in echo.sentence(other)


@each_row(
    "text",
    ["letters where every opioid was upheld", "cases with no MRI approved", "letters with no overturned MRI"],
)
def test_some_of_the_items_of_a_letter_are_not_told_apart(text):
    with pytest.raises(QuestionError, match="not told apart"):
        read_question(text)


@each_row(("order", "text"), [(order, text) for order, texts in MOST.items() for text in texts])
def test_letters_by_their_number_of_items(order, text):
    assert read_question(text).reading == f"cases items |  | {order}"


@each_row(
    ("text", "reading"),
    [
        ("what percentage of all items get overturned", "figures overturned"),
        ("all upheld requests for MRI", "figures upheld | subcategory=Imaging/Radiology"),
        ("list the cases where acupuncture was upheld", "cases upheld | subcategory=Acupuncture"),
        ("letters with 3 or more items", "figures overturned | items=3.."),
        ("how many items per letter", "measure items"),
    ],
)
def test_items_by_themselves_are_asked_as_before(text, reading):
    assert read_question(text).reading == reading


@pytest.fixture(scope="module")
def letters(base):
    """The outcomes of each letter's items."""
    items = base.facts.unique(["case", "item"]).filter(pl.col("outcome").is_not_null())
    return [row["outcome"] for row in items.group_by("case").agg("outcome").to_dicts()]


@pytest.mark.parametrize("ended", ENDED)
def test_letters_are_what_plain_python_counts(ended, base, letters):
    counted = {
        f"how many letters with every item {ended}": sum({*of} == {ended} for of in letters),
        f"how many letters with no item {ended}": sum(ended not in of for of in letters),
        f"how many letters with at least one item {ended}": sum(ended in of for of in letters),
        f"how many letters where not all items were {ended}": sum({*of} != {ended} for of in letters),
    }
    for text, number in counted.items():
        found = base.ask(text)
        [row] = base.graph.query(found.sparql)
        assert (found.value["letters"], int(row.letters)) == (number, number), text


def test_letters_with_the_most_items_come_first(base, letters):
    found = base.ask("which 5 letters have the most items")
    assert [row["items"] for row in found.rows] == sorted(map(len, letters), reverse=True)[:5]
    assert found.echo == "All decisions, the first 5, letters with the most items first."
    fewest = base.ask("letters with the fewest items")
    assert fewest.rows[0]["items"] == min(map(len, letters))
