"""What is read from letters of our own making, of every form, against the truth about them."""

from collections import Counter
from collections.abc import Iterator

import pytest

from kg.contract import to_json
from kg.reading.letter import read_letter
from kg.sample import TEMPLATES, letters

RIGHT = 0.995
"""The share of values that must be read as they are."""

HEADER = (
    "date_assigned",
    "date_of_injury",
    "decision_date",
    "ur_denial_date",
    "application_received",
    "priority",
)
REQUEST = ("in_dispute", "original_request", "authorized", "retrospective", "associated_surgical_service")


def measured(determination) -> Iterator[tuple[str, object]]:
    """Each measure's values in a determination, as they are compared."""
    for name in HEADER:
        yield "header", determination[name]
    yield "patient", (determination["patient"]["age"], determination["patient"]["sex"])
    reviewer = determination["reviewer"]
    yield "reviewer", [reviewer[name] for name in ("specialties", "subspecialties", "licensed_in")]
    yield "documents", determination["documents_reviewed"]
    for decision in determination["decisions"]:
        yield "item", (decision["item"], decision["outcome"])
        yield "request", [decision[name] for name in REQUEST]
        yield "service", (decision["category"], decision["subcategory"])
        yield "drug", decision["drug"] and sorted(decision["drug"].split("/"))
        amount = decision["quantity"]
        yield "quantity", amount and (amount["min"], amount["max"], amount["unit"])
        yield "body parts", [(part["part"], part["side"]) for part in decision["body_parts"]]
        for party in ("claims_administrator", "reviewer"):
            yield "basis", decision[party]["basis"]
            yield "citations", sorted(map(cited, decision[party]["citations"]))


def cited(citation) -> str:
    names = ("mtus", "guideline", "edition", "chapter", "sections", "pages")
    return str([citation[name] for name in names])


@pytest.mark.long
@pytest.mark.parametrize("template", [name for name, forms in TEMPLATES.items() if forms == (name,)])
def test_letters_of_every_form_are_read_as_they_are(template):
    right, all_ = Counter(), Counter()
    for name, text, truth in letters(400, 23, template):
        read = to_json(read_letter(text, name))
        assert read["case_number"] == name
        assert len(read["decisions"]) == len(truth["decisions"])
        for (measure, told), (_, found) in zip(measured(truth), measured(read), strict=True):
            all_[measure] += 1
            right[measure] += told == found
    shares = {measure: right[measure] / count for measure, count in all_.items()}
    assert {measure: share for measure, share in shares.items() if share < RIGHT} == {}
