"""Everyday words for outcomes: what is done with a request, or with its denial, and whose way it goes."""

from itertools import product

import pytest

from kg.questions.question_reader import read_question
from kg.questions.wording.endings import everyday, verdicts


def outcomes(texts):
    return {str(read_question(text).outcome) for text in texts}


def test_what_is_tossed_is_a_request_or_a_denial():
    wrong = []
    for word in sorted(everyday.KILLED):
        for text, outcome in (
            (f"how often is acupuncture {word}", "upheld"),
            (f"how often are acupuncture denials {word}", "overturned"),
        ):
            question = read_question(text)
            if (str(question.outcome), question.passed_over) != (outcome, ()):
                wrong.append((text, question.reading))
    assert wrong == []


@pytest.mark.unmeasured
def test_every_everyday_word_ends_a_request():
    wrong = []
    for said, terminal in everyday.phrases():
        if terminal.startswith("IS_") and said not in everyday.KILLED:
            question = read_question(f"share of acupuncture that {said}")
            outcome = terminal.removeprefix("IS_").lower()
            if str(question.outcome) != outcome:
                wrong.append((said, question.reading))
    assert wrong == []


def test_whose_way_it_goes():
    worker = [
        f"how often does PT go {the}{who} way"
        for the, who in product(("the ", "their "), ("worker's", "patients'"))
    ]
    assert outcomes(worker) == {"overturned"}
    assert outcomes(["how often does PT go UR's way", "how often did PT go the insurer's way"]) == {"upheld"}
    assert "ended well for the worker" in dict(verdicts.phrases())
