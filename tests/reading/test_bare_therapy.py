"""`Therapy` alone: of which kind the letter says, or of none."""

import pytest
from unseen import letter_of

from kg.reading.letter import read_letter

PHYSICAL = "Physical Therapy/Occupational Therapy (PT/OT)"
MEDICINE = "Decision based on MTUS Chronic Pain Medical Treatment 2009, Section(s): Physical Medicine."
AFTER_SURGERY = "Decision based on MTUS Postsurgical Treatment 2009, Section(s): Knee."


def read(item, field=None, rationale="The records were reviewed."):
    text = letter_of(f"{item}: Upheld", **({"field": field} if field else {}))
    text = text.replace("The records were reviewed.", rationale)
    return read_letter(text, "x").decisions[0].item.service


@pytest.mark.parametrize("item", ["Therapy 2x6", "Post-operative therapy, 12 sessions", "12 sessions"])
@pytest.mark.parametrize(
    ("field", "rationale", "subcategory"),
    [
        (None, "The records were reviewed.", "Therapies"),
        (None, "More physical therapy is not supported.", PHYSICAL),
        (None, "Occupational therapy of the hand was completed.", PHYSICAL),
        (
            None,
            "Physical therapy and acupuncture were completed.",
            "Therapies",
        ),  # which of them, it does not say
        (None, "Psychotherapy is not supported.", "Therapies"),
        (MEDICINE, "The records were reviewed.", PHYSICAL),
        (AFTER_SURGERY, "The records were reviewed.", PHYSICAL),
        (MEDICINE, "Acupuncture was completed.", PHYSICAL),
    ],
)
def test_the_letter_tells_the_kind(item, field, rationale, subcategory):
    service = read(item, field, rationale)
    assert service.subcategory == subcategory
    assert service.span.start < service.span.end


@pytest.mark.parametrize("item", ["Acupuncture 2x6", "Massage therapy", "Psychotherapy, 12 sessions"])
def test_another_therapy_stays_what_it_is(item):
    assert read(item, MEDICINE, "Physical therapy is not supported.").subcategory != PHYSICAL
