"""Outcomes on issue lines in other words, and the verdict of the form's cover page."""

import pytest
import unseen
from own_letters import Item, letter

from kg.errors import LetterError
from kg.model import Outcome, ProblemKind, Span
from kg.reading.item_outcome import parted, value
from kg.reading.letter import read_letter


@pytest.mark.parametrize(
    ("line", "item", "outcome"),
    [
        ("A cane: Upheld", "A cane", "Upheld"),
        ("A cane (Upheld)", "A cane", "(Upheld)"),
        ("A cane Partially Overturned", "A cane", "Partially Overturned"),
        ("A cane Upheld as modified", "A cane", "Upheld as modified"),
        ("A cane not upheld", "A cane", "not upheld"),
        ("A cane is upheld", "A cane", "upheld"),
        ("A cane has been upheld", "A cane", "upheld"),
        ("A cane ..... Upheld", "A cane", "Upheld"),
        (
            "A cane was the original request. A cane is Upheld",
            "A cane was the original request. A cane is",
            "Upheld",
        ),
        ("A cane: Upheld - see below", "A cane", "Upheld - see below"),
        ("A cane - Upheld 12/01/2016", "A cane", "Upheld 12/01/2016"),
        ("A cane: Withdrawn", "A cane", "Withdrawn"),
        ("A cane; Upheld", "A cane", "Upheld"),
        ("A cane = Upheld", "A cane", "Upheld"),
        ("A cane, Upheld", "A cane", "Upheld"),
        ("A cane|Upheld", "A cane", "Upheld"),
        ("A cane: [Upheld]", "A cane", "[Upheld]"),
        ("A cane:", "A cane", ""),
        ("A cane: Withdrawn by the parties on 3/4/2017", "A cane", "Withdrawn by the parties on 3/4/2017"),
        ("A cane QTY: 1.00", "A cane QTY: 1.00", ""),
        ("A cane", "A cane", ""),
    ],
)
def test_an_issue_line_in_other_forms(line, item, outcome):
    assert [span.of(line) for span in parted(line, Span(0, len(line)))] == [item, outcome]


@pytest.mark.parametrize(
    ("outcome", "known"),
    [
        ("(Upheld)", Outcome.UPHELD),
        ("Partially Overturned", Outcome.MODIFIED),
        ("not upheld", None),
        ("Upheld - see below", None),
        ("Dismissed", None),
    ],
)
@pytest.mark.parametrize("mark", [": ", " - ", " "])
def test_an_outcome_is_never_guessed(outcome, known, mark):
    if mark == " " and outcome in ("Dismissed", "Upheld - see below"):
        pytest.skip("without a mark no line parts such words")
    line = f"Acupuncture times 6{mark}{outcome}"
    found = read_letter(unseen.letter_of("MRI of the knee: Upheld", line, "Norco #60: Overturned"))
    assert [decision.item.text for decision in found.decisions][1] == "Acupuncture times 6"
    assert found.decisions[1].outcome is known
    assert (known is Outcome.UPHELD) == (not found.problems)


@pytest.mark.parametrize(
    ("verdict", "lines", "told"),
    [
        ("UPHOLD", ("MRI: Upheld", "A cane: Upheld"), False),
        ("UPHOLD", ("MRI: Upheld", "A cane: Overturned"), True),
        ("OVERTURN", ("MRI: Overturned",), False),
        ("OVERTURN", ("MRI: Upheld",), True),
        ("PARTIAL OVERTURN", ("MRI: Upheld", "A cane: Overturned"), False),
        ("Partial Overturn", ("MRI: Upheld",), True),
        ("PARTIAL OVERTURN", ("MRI: Modified",), False),
        ("OVERTURN", ("MRI: Withdrawn",), False),  # nothing to compare with
    ],
)
def test_the_cover_page_s_verdict_is_held_to_the_items(verdict, lines, told):
    cover = f"Independent Medical Review\nFinal Determination: {verdict}\n\nDear Sir or Madam:\n\n"
    found = read_letter(cover + unseen.letter_of(*lines))
    assert found.case_number == "CM17-0000001"
    problems = [p for p in found.problems if p.kind is ProblemKind.CONTRADICTION]
    assert [p.span.of(cover) for p in problems] == ([verdict] if told else [])


@pytest.mark.parametrize(
    ("opening", "kind"),
    [
        ("NOTICE OF TERMINATION", "termination"),
        ("Notice of Withdrawal", "withdrawal"),
        ("Notice of Independent Medical Review Dismissal", "dismissal"),
        ("Termination of Independent Medical Review", "termination"),
    ],
)
def test_a_notice_that_ends_a_review_is_read_as_what_it_is(opening, kind):
    text = f"Case Number: CM17-0000001\n{opening}\n\nThe worker and the claims administrator agreed.\n"
    found = read_letter(text)
    assert (found.kind, found.case_number, found.decisions) == (kind, "CM17-0000001", ())
    assert found.spans["kind"].of(text).lower() == opening.lower()


@pytest.mark.parametrize(
    ("decided", "template"), [("1/2/2015", "pages"), ("1/2/2017", "sections"), ("1/2/2019", "2018")]
)
def test_the_template_of_a_notice_is_that_of_its_day(decided, template):
    found = read_letter(f"Case Number: CM17-0000001\nDecision Date: {decided}\nTermination Notice\n")
    assert (found.kind, found.template, str(found.decision_date.year)) == (
        "termination",
        template,
        decided[-4:],
    )


@pytest.mark.parametrize(
    "text", ["Notice of Termination of the lease", "He was terminated. IMR", "opioid withdrawal, IMR"]
)
def test_another_end_is_no_notice(text):
    with pytest.raises(LetterError):
        read_letter(text)


AMENDED = [
    *("AMENDED FINAL DETERMINATION LETTER", "Corrected Independent Medical Review Final Determination"),
    *("Amended Notice of Independent Medical Review Determination.", "Final Determination Letter - Amended"),
    *("This letter supersedes the Final Determination dated 1/2/2017.", "Revised Determination"),
]


@pytest.mark.parametrize("opening", AMENDED)
def test_an_amended_letter_says_so(opening):
    letter = unseen.letter_of("MRI: Upheld")
    found = read_letter(f"{opening}\n\n{letter}")
    assert (found.kind, len(found.decisions)) == ("amended-determination", 1)
    assert found.spans["kind"].of(f"{opening}\n\n{letter}") in opening


@pytest.mark.parametrize(
    "opening", ["", "Final Determination Letter", "Notice of Termination", "The request was amended."]
)
def test_a_letter_that_decides_items_is_a_determination(opening):
    letter = unseen.letter_of("MRI: Upheld")
    found = read_letter(f"{opening}\n\n{letter}")
    assert (found.kind, "kind" in found.spans) == ("determination", False)


def test_words_of_a_part_are_modified_and_a_footnote_says_nothing():
    said = {
        "Overturned*": Outcome.OVERTURNED,
        "Partially upheld / partially overturned": Outcome.MODIFIED,
        "Certified with modification": Outcome.MODIFIED,
        "Not partially upheld": None,
    }
    assert {words: value(words, Span(0, len(words)), []) for words in said} == said


@pytest.mark.parametrize(
    "outcome",
    ["No longer in dispute", "Resolved by the parties", "Moot", "Not applicable", "Withdrawn before review"],
)
def test_an_item_without_fields_is_an_item(outcome):
    text = letter(Item("A cane", "Upheld"), Item("A brace", "Upheld"))
    text = text.replace("A brace: Upheld", f"A wrist wrap: {outcome}\n\nA brace: Upheld")
    found = read_letter(text)
    assert [(d.item.text, d.outcome) for d in found.decisions] == [
        ("A cane", Outcome.UPHELD),
        ("A wrist wrap", None),
        ("A brace", Outcome.UPHELD),
    ]
    assert f'the outcome "{outcome}" is not understood' in [problem.message for problem in found.problems]


def test_what_looks_like_an_item_at_the_end_of_a_rationale_is_doubted():
    text = letter(Item("A cane", "Upheld"), Item("A brace", "Upheld"))
    found = read_letter(text.replace("A brace: Upheld", "A wrist wrap: Kept by agreement\n\nA brace: Upheld"))
    [problem] = found.problems
    assert problem.message.startswith('the rationale ends with "A wrist wrap: Kept by agreement"')


def test_two_outcomes_on_a_line_are_doubted():
    found = read_letter(letter(Item("A cane: Upheld; A brace", "Overturned")))
    assert [problem.message for problem in found.problems] == ['the disputed item holds the outcome "Upheld"']


@pytest.mark.parametrize("closing", ["Sincerely,\n\nA. Physician, MD", "cc: the claims administrator"])
def test_a_rationale_ends_where_the_letter_closes(closing):
    text = letter(Item("A cane", "Upheld"))
    assert read_letter(f"{text.rstrip()}\n\n{closing}\n").decisions == read_letter(text).decisions


@pytest.mark.parametrize("label", ["Maximus", "IMR", "Expert Reviewer"])
def test_other_labels_of_the_reviewers_field(label):
    text = letter(Item("A cane", "Upheld"))
    other = read_letter(text.replace("MAXIMUS guideline:", f"{label} guideline:"))
    assert other.decisions[0].reviewer.basis is read_letter(text).decisions[0].reviewer.basis is not None
    assert other.problems == ()
