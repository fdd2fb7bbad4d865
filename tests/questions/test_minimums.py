"""How many decisions rows are to have, in any words; of letters it is how many items each has."""

from itertools import product

import pytest

from kg.questions.question_reader import read_question

KINDS = (
    *(
        ("specialties", "specialty"),
        ("services", "subcategory"),
        ("drugs", "drug"),
        ("body parts", "body_part"),
    ),
    *(("years", "year"), ("categories", "category")),
)
OF_ROWS = ("items", "decisions", "requests", "cases", "disputes")
FORMS = (
    "overturn rate by {kind}, only {kinds} with at least {number} {rows}",
    "which {kinds} with at least {number} {rows} are overturned most",
    "overturn rate of {kinds} that have {number} or more {rows}",
    "share overturned by {kind}, at least {number} {rows} each",
    "share overturned by {kind}, {number}+ {rows} each",
    "share overturned by {kind}, leaving out {kinds} with fewer than {number} {rows}",
    "{kinds} with a minimum of {number} {rows} ranked by overturn rate",
)
LETTERS = (
    "letters with at least 4 {items}",
    "cases that have 4 or more {items}",
    "letters containing 4+ {items}",
)


@pytest.mark.unmeasured
def test_rows_have_as_many():
    wrong = []
    for form, (kinds, name), rows in product(FORMS, KINDS, OF_ROWS):
        text = form.format(
            kinds=kinds, kind=name.replace("subcategory", "service").replace("_", " "), number=20, rows=rows
        )
        question = read_question(text)
        if (
            question.by != (name,)
            or [str(c) for c in question.having] != ["decisions=20.."]
            or question.passed_over
        ):
            wrong.append((text, question.reading))
    assert wrong == []


def test_letters_have_as_many():
    for form, items, by in product(LETTERS, ("items", "disputed items", "services"), ("", " by specialty")):
        question = read_question(f"overturn rate of {form.format(items=items)}{by}")
        assert (str(question.where[0]), question.having) == ("items=4..", ())
