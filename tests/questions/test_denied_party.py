"""The claims administrator as the one who is overturned is no condition; as the one who cites, it is."""

from itertools import product

import pytest

from kg.errors import QuestionError
from kg.questions.question_reader import read_question

WHO = (
    *("UR", "utilization review", "the UR doctor", "the claims administrator", "the adjuster"),
    *("the insurer", "insurers", "the carrier"),
)
VERBS = (
    *(("overturn", "overturned", "overturned"), ("reverse", "reversed", "overturned")),
    *(("uphold", "upheld", "upheld"), ("overrule", "overruled", "overturned")),
    ("affirm", "affirmed", "upheld"),
)
FORMS = (
    ("how often do reviewers {verb} {who} on acupuncture", "figures {outcome} | subcategory=Acupuncture"),
    ("how often is {who} {ended} for acupuncture", "figures {outcome} | subcategory=Acupuncture"),
    ("how many times was {who} {ended}, acupuncture", "figures {outcome} | subcategory=Acupuncture"),
    ("list acupuncture letters where {who} was {ended}", "cases {outcome} | subcategory=Acupuncture"),
    ("why is {who} {ended} on acupuncture", "grounds {outcome} | subcategory=Acupuncture"),
    ("which specialties {verb} {who} most", "figures {outcome} |  | by specialty, most"),
    ("share of {who} {ended} by year", "figures {outcome} |  | by year"),
    (
        "is {who} {ended} more often on MRI than on acupuncture",
        "figures {outcome} |  | subcategory=Imaging/Radiology vs subcategory=Acupuncture",
    ),
    (
        "how often do reviewers {verb} {who} when they cite ODG",
        "figures {outcome} | guideline=odg",
    ),
    (
        "how often is {who} {ended} when it cites ODG",
        "figures {outcome} of claims_administrator | guideline=odg",
    ),
)


@pytest.mark.unmeasured
def test_who_is_overturned_is_no_condition():
    wrong = []
    for (form, reading), who, (verb, ended, outcome) in product(FORMS, WHO, VERBS):
        text = form.format(who=who, verb=verb, ended=ended)
        try:
            question = read_question(text)
            found = f"{question.reading}{question.passed_over or ''}"
        except QuestionError as error:
            found = str(error)
        if found != reading.format(outcome=outcome):
            wrong.append((text, found))
    assert wrong == []


@pytest.mark.parametrize(
    "text",
    ["which insurer is overturned most", "overturn rate by insurer citing ODG", "which carriers cite ACOEM"],
)
def test_which_of_them_it_is_letters_do_not_say(text):
    with pytest.raises(QuestionError, match="letters name no insurer"):
        read_question(text)
