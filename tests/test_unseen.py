"""Letters under noise say so where they are not read right; examples of issue lines are read right."""

import pytest
import unseen


@pytest.mark.long
@pytest.mark.parametrize("kind", unseen.NOISE)
def test_few_items_are_wrong_in_silence(shared, kind):
    found, _, wrong, which = unseen.under_noise(shared, kind, unseen.letters(shared))
    assert wrong <= 0.01, which
    assert min(found["item text"], found["guideline"]) >= (0.8 if "confused" in kind else 0.95)


def test_every_example_by_kind_of_fault(shared):
    found = unseen.of_kinds(shared)
    assert {kind: text for kind, rows in found.items() for text, right in rows if not right} == {}
