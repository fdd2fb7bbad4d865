"""Disputed items: each row names the form it stands for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.model import ProblemKind
from kg.reading.requests.items import read_item
from kg.reading.text.folding import tidy

PART_APPROVED = (
    "Acupuncture 10 visits left wrist was the original request. Acupuncture 4 visits was authorized by the"
    " Claims Administrator. The remaining IMR eligible portion of the original request, Acupuncture 6 visits"
    " is"
)
OTHER_APPROVED = (
    "Purchase of a quad cane was the original request. The Claims Administrator authorized a quad cane for 2"
    " months, leaving the original request IMR eligible. The original request, purchase of a quad cane is"
)


def read(text):
    return read_item(text, 0, len(text))[0]


@pytest.mark.parametrize(
    ("printed", "in_dispute", "original", "authorized"),
    [
        ("MRI of the left ankle", "MRI of the left ankle", None, None),
        (
            PART_APPROVED,
            "Acupuncture 6 visits",
            "Acupuncture 10 visits left wrist",
            "Acupuncture 4 visits",
        ),
        (PART_APPROVED.removesuffix(" is"), "Acupuncture 6 visits", "Acupuncture 10 visits left wrist", None),
        (
            OTHER_APPROVED,
            "purchase of a quad cane",
            "Purchase of a quad cane",
            "a quad cane for 2 months",
        ),
        (  # plural, capitals, and a line end in every phrase
            "Two braces were the original\nrequest. One brace WAS AUTHORIZED by the Claims\nAdministrator."
            " The remaining\nIMR eligible portion of the original request, one brace is",
            "one brace",
            "Two braces",
            "One brace",
        ),
        ("Refill of the original prescription", "Refill of the original prescription", None, None),
    ],
)
def test_what_is_in_dispute(printed, in_dispute, original, authorized):
    item = read(printed)
    assert item.text == tidy(printed)
    assert (item.in_dispute, item.original_request) == (in_dispute, original)
    assert authorized is None or item.authorized == authorized


def test_the_rest_of_the_item_tells_body_parts_but_not_the_amount():
    item = read(PART_APPROVED)
    assert [(part.part, part.side.value) for part in item.body_parts] == [("wrist", "left")]
    assert item.quantity.minimum == 6


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (PART_APPROVED, []),
        (OTHER_APPROVED, []),
        ("A cane was the original request. The original request, a cane is", [ProblemKind.UNREAD_TEXT]),
        ("Refill of the original prescription", []),
    ],
)
def test_a_partly_approved_item_that_lacks_a_part_is_a_problem(text, problems):
    assert [problem.kind for problem in read_item(text, 0, len(text))[1]] == problems


@pytest.mark.parametrize(
    ("printed", "category", "subcategory"),
    [
        ("MR arthrogram of the right hip", "Diagnostic Testing", "Imaging/Radiology"),
        ("EMG/NCV bilateral lower extremities", "Diagnostic Testing", "EMG/NCV/NCS"),
        ("12 panel urine drug screen", "Diagnostic Testing", "Lab & Pathology"),
        ("Liver and renal function", "Diagnostic Testing", "Lab & Pathology"),
        ("Overnight sleep study", "Diagnostic Testing", "Other Diagnostic Tests"),
        ("Upper GI endoscopy", "Diagnostic Testing", "Other Diagnostic Tests"),  # no GI consultation
        ("Cardiorespiratory testing", "Diagnostic Testing", "Other Diagnostic Tests"),
        ("Neuromuscular stimulator, 30 day rental", "DMEPOS", "Electrical Stimulation"),
        ("TENS unit supplies", "DMEPOS", "Supplies"),  # not the unit
        ("Hinged knee brace", "DMEPOS", "Prosthetics/Orthotics"),
        ("Raised toilet seat", "DMEPOS", "DME"),
        ("Dental implants", "Evaluation & Management", "Dental Services"),
        ("Rheumatology consultation", "Evaluation & Management", "Medical Specialties"),
        ("Pain management consult for lumbar ESI", "Evaluation & Management", "Medical Specialties"),  # leads
        ("Referral to a hand surgeon", "Surgery", "Surgical Consult"),
        ("Orthopedic follow up", "Surgery", "Surgical Consult"),  # a visit and a surgical specialty
        ("Consultation for total knee replacement", "Surgery", "Surgical Consult"),
        ("Consultation with a psychologist", "Psych Services", "Evaluation & Management"),
        ("Biofeedback therapy x 6", "Psych Services", "Therapies"),
        ("Home health aide", "Home Health", "Home Health"),
        ("Medial branch block bilateral L3-L5", "Injection", "Facet Injection"),
        ("Trigger point injections under ultrasound guidance", "Injection", "Injection"),
        ("Toradol 30mg injection", "Pharmaceuticals", "Injection"),  # a drug and an injection
        ("Orthovisc injection left knee", "Pharmaceuticals", "Viscosupplementation"),
        ("Functional restoration program x 160 hours", "Programs", "Programs"),
        ("Physical therapy with ultrasound and massage", "Rehabilitation", None),  # modalities do not decide
        ("Acupuncture with infrared", "Rehabilitation", "Acupuncture"),
        ("Low level laser therapy", "Rehabilitation", "Other Therapies"),
        ("Cold therapy unit", "DMEPOS", "DME"),
        ("Associated surgical service: cold therapy unit", "Surgery", "Adjunct Surgical Services"),
        ("Pre-operative medical clearance", "Surgery", "Adjunct Surgical Services"),
        ("Pre-op labs", "Diagnostic Testing", "Lab & Pathology"),  # keeps its own category
        ("Lumbar laminectomy L4-5", "Surgery", "Spine"),
        ("Arthroscopic capsular release", "Surgery", "Arthroscopic Surgery"),
        ("Ganglionectomy right wrist", "Surgery", "Non-arthroscopic Surgery"),
        ("Sesamoid resectionectomy", "Surgery", "Non-arthroscopic Surgery"),  # by its ending
        ("Round trip transportation to physical therapy", "Transportation", "Transportation"),
        (
            "8 visits of chiropractic, 2x4",
            "Rehabilitation",
            "Chiropractic",
        ),  # a count of visits leads nothing
        ("Acupunctur 6 visits", "Rehabilitation", "Acupuncture"),  # one letter off
        ("Acupunctur", "Rehabilitation", "Acupuncture"),  # and nothing else
    ],
)
def test_service(printed, category, subcategory):
    service = read(printed).service
    assert service.category == category
    assert subcategory is None or service.subcategory == subcategory


@pytest.mark.parametrize(
    ("printed", "subcategory", "ingredients"),
    [
        ("Relafen 750mg #60", "NSAID", ("nabumetone",)),  # a brand
        ("Percocet (oxycodone/acetaminophen) 5/325mg", "Opioids", ("oxycodone", "acetaminophen")),
        ("Hydrocodone 10/325mg", "Opioids", ("hydrocodone", "acetaminophen")),  # the strength tells the other
        ("Hydrocodone ER 20mg", "Opioids", ("hydrocodone",)),
        ("Tylenol #3 #60", "Opioids", ("acetaminophen", "codeine")),
        ("Diclofenac 75mg", "NSAID", ("diclofenac",)),
        ("Diclofenac 1.5% solution", "Topical Analgesics", ("diclofenac",)),  # by the strength in percent
        ("Diclofenac 1.5 percent solution", "Topical Analgesics", ("diclofenac",)),
        ("Voltaren gel 1%", "Topical Analgesics", ("diclofenac",)),
        ("Lidocaine 5% patch", "Topical Analgesics", ("lidocaine",)),
        ("Diclofenac patch", "Topical Analgesics", ("diclofenac",)),  # as a patch alone
        ("Fentanyl patch 25mcg/hr", "Opioids", ("fentanyl",)),  # no topical analgesic
        ("Methyl salicylate/menthol cream", "Topical Analgesics", ("methyl salicylate", "menthol")),
        ("Menthol 10%, capsaicin 0.025% cream", "Topical Analgesics", ("menthol", "capsaicin")),  # no mixture
        ("Flurbiprofen 20% cream", "Topical Compounds", ("flurbiprofen",)),
        ("Baclofen 2%, Ketoprofen 10% in cream base", "Topical Compounds", ("compound",)),
        ("Dexamethasone 2% in cream base 30g", "Topical Compounds", ("dexamethasone",)),  # of one drug
        ("Ketoprofen/menthol/camphor/tramadol 30gm", "Topical Compounds", ("compound",)),  # a mixture
        ("Compounded cream 120gm", "Topical Compounds", ("compound",)),
        ("Lamazepam 5mg", "Benzodiazepines", ("lamazepam",)),  # a new name with a known stem
        ("Gabapentn 300mg", "Anti-epilepsy drugs", ("gabapentin",)),  # one letter off
        ("Sentra AM #60", "Nutritional Products", ("sentra am",)),  # not its sister for the night
        ("Muscle relaxants with acupunctur", "Muscle Relaxant", None),  # a class is no general word
        ("Muscle relaxants", "Muscle Relaxant", None),  # a class is no ingredient
        ("Zzyzx 5mg", None, None),
    ],
)
def test_drug(printed, subcategory, ingredients):
    item = read(printed)
    assert (item.service.category, item.service.subcategory) == ("Pharmaceuticals", subcategory)
    assert (item.drug and item.drug.ingredients) == ingredients


def test_what_is_injected_is_no_topical():
    item = read("Injection of lidocaine 1% and dexamethasone to the left elbow")
    assert item.service.category == "Injection"
    assert item.drug.ingredients == ("lidocaine", "dexamethasone")


@pytest.mark.parametrize(
    ("printed", "retrospective", "around_surgery"),
    [
        ("Retrospective MRI of the neck", True, False),
        ("Naproxen 500mg (DOS 3/4/14)", True, False),
        ("Prospective MRI of the neck", False, False),
        ("Post-operative physical therapy 2x4", False, True),
        ("Assistant surgeon", False, True),
        ("Associated surgical services: crutches", False, True),
        ("Physical therapy 2x4", False, False),
    ],
)
def test_circumstances(printed, retrospective, around_surgery):
    item = read(printed)
    assert (item.retrospective, item.associated_surgical_service) == (retrospective, around_surgery)


def test_an_item_that_no_catalogue_knows_is_other_and_a_problem():
    text = "Frobnication of the widget"
    item, [problem] = read_item(text, 0, len(text))
    assert (item.service.category, problem.kind) == ("Other", ProblemKind.UNREAD_TEXT)


WORDS = """MRI of the left right bilateral knee lumbar spine Norco 10/325mg #60 with 2 refills physical
 therapy 3 times a week for 4 weeks, was original request. The remaining portion is injection 5% cream
 x ( ) -"""


@settings(deadline=None)
@given(st.lists(st.sampled_from([*WORDS.split(), "\n\f"]), max_size=14).map(" ".join))
def test_every_text_is_read_and_spans_lie_within(text):
    letter = f"xx{text}: Upheld"
    item, problems = read_item(letter, 2, 2 + len(text))
    spans = [item.in_dispute_span, item.service.span, *(part.span for part in item.body_parts)]
    spans += [value.span for value in (item.quantity, item.drug) if value] + [
        problem.span for problem in problems
    ]
    assert all(2 <= span.start <= span.end <= 2 + len(text) for span in spans)
    assert item.in_dispute == tidy(item.in_dispute_span.of(letter))
