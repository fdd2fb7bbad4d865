"""Where the parts of letters stand, in every layout, and what is told of headings that are wrong."""

import pytest
from own_letters import DECISIONS, HOW, MTUS, NONE, PATIENT, REASONS, SUMMARY, Item, letter, spaced
from tables import each_row

from kg.errors import LetterError
from kg.model import Outcome, ProblemKind, Template
from kg.reading import item_outcome
from kg.reading.sections import layout

TWO = (Item("Norco 10/325mg #60"), Item("A cane", "Overturned"))
PARTLY = (
    "Norco 10/325mg #60 was the original request. Norco 10/325mg #25 was authorized by the Claims "
    "Administrator. The remaining IMR eligible portion of the original request, Norco 10/325mg #35 is"
)


def items(text):
    """The items of a letter, their white space folded."""
    return [" ".join(issue.item.of(text).split()) for issue in layout(text).issues]


def told(text):
    """The kinds of problem with the words that each quotes."""
    return [(problem.kind, problem.span.of(text).strip()) for problem in layout(text).problems]


def test_every_part_of_an_issue():
    text = letter(Item("Physical therapy 12 visits"))
    [issue] = layout(text).issues
    assert issue.item.of(text) == "Physical therapy 12 visits"
    assert issue.outcome.of(text) == "Upheld"
    assert issue.administrator.of(text) == NONE
    assert issue.reviewer.of(text) == MTUS
    assert issue.rationale.of(text) == REASONS
    assert told(text) == []


def test_sections():
    text = letter()
    found = layout(text)
    assert found.header[0].of(text).startswith("Case Number:")
    assert found.credentials.of(text).strip().startswith("A physician")
    assert found.summary.of(text).strip() == PATIENT
    assert found.documents.of(text) == ""
    assert found.template is None


def test_documents_reviewed_tell_the_form_of_2013():
    text = letter().replace(SUMMARY, f"DOCUMENTS REVIEWED \nAn MRI report \n \n{SUMMARY}")
    found = layout(text)
    assert found.template is Template.LETTER_2013
    assert found.documents.of(text).strip() == "An MRI report"


@pytest.mark.parametrize(
    ("printed", "item"),
    [
        ("A walker", "A walker"),
        ("Injection of the hip QTY: 1.00", "Injection of the hip QTY: 1.00"),  # a colon of its own
        ("Associated surgical service: Cold therapy unit", "Associated surgical service: Cold therapy unit"),
        ("Oxycodone HCL ER 20mg #60 day supply: 30", "Oxycodone HCL ER 20mg #60 day supply: 30"),
        (
            "Home health care, 4 hours a day, \n5 days a week",
            "Home health care, 4 hours a day, 5 days a week",
        ),
        ("Home health care, 4 hours \n\f5 days", "Home health care, 4 hours 5 days"),  # over a page break
        ("Home health care, 4 hours \n\f\n5 days", "Home health care, 4 hours 5 days"),
        ("Home health care, 4 hours \n\n\n\n\n5 days", "Home health care, 4 hours 5 days"),
        ("1. A walker", "1. A walker"),
        (PARTLY, PARTLY),
        (PARTLY.replace(". The", ". \nThe"), PARTLY),
    ],
)
@pytest.mark.parametrize("before", [(), (Item("A cane", "Overturned"),)], ids=["first", "second"])
@pytest.mark.parametrize("lay", [str, spaced], ids=["", "spaced"])
def test_an_item_is_the_paragraph_before_its_outcome(printed, item, before, lay):
    text = lay(letter(*before, Item(printed), Item("The end")))
    assert items(text)[-2:] == [item, "The end"]


@pytest.mark.parametrize(
    ("outcome", "gap", "found", "quoted"),
    [
        ("Upheld", " ", Outcome.UPHELD, "Upheld"),
        ("Overturned", "   ", Outcome.OVERTURNED, "Overturned"),
        ("Overturned", "", Outcome.OVERTURNED, "Overturned"),
        ("Upheld", " \n", Outcome.UPHELD, "Upheld"),  # alone on its line: the item's was full
        ("Upheld", " \n\n", Outcome.UPHELD, "Upheld"),
        ("Modified", " ", Outcome.MODIFIED, "Modified"),
        ("Partially Overturned", " ", Outcome.MODIFIED, "Partially Overturned"),
        ("Partly Upheld", " ", Outcome.MODIFIED, "Partly Upheld"),
        ("Upheld.", " ", Outcome.UPHELD, "Upheld."),
        ("OVERTURNED", " ", Outcome.OVERTURNED, "OVERTURNED"),
    ],
)
def test_outcomes(outcome, gap, found, quoted):
    text = letter(Item("A walker", outcome, gap=gap))
    [issue] = layout(text).issues
    assert (issue.result, issue.outcome.of(text), issue.item.of(text)) == (found, quoted, "A walker")


@pytest.mark.parametrize(
    ("quoted", "doubts"),
    [
        ("The text has the heading CLINICAL CASE SUMMARY within a line.", []),
        ("It reads: \nCLINICAL CASE SUMMARY \nand goes on.", []),
        (
            "It reads: \nMAXIMUS guideline: see there. \nClaims Administrator guideline: none.",
            ["MAXIMUS guideline:", "Claims Administrator guideline:"],
        ),
        ("It reads: \nDecision rationale: none.", ["Decision rationale:"]),
        ("The first review said: \nMRI of the knee: Upheld \nand was not appealed.", [": Upheld"]),
        ("IMR ISSUES, DECISIONS AND RATIONALES", []),
        ("Recommended: Upheld by the evidence.", []),
        ("References: (Brinks, 2011) \n \nCriteria: 12/19/2016", []),
    ],
)
def test_a_rationale_may_quote_anything_but_an_issue_line(quoted, doubts):
    """What could be another item's is told."""
    text = letter(Item("A cane", rationale=f"{quoted} \n \nSo it is."), Item("A bed", "Overturned"))
    assert items(text) == ["A cane", "A bed"]
    assert layout(text).issues[0].rationale.of(text) == f"{quoted} \n \nSo it is."
    assert told(text) == [(ProblemKind.REPEATED_HEADING, words) for words in doubts]


NOT_UNDERSTOOD = (
    *("Withdrawn", "Dismissed", "Not reviewed", "Uphold", "Affirmed", "Upheld (see below)", "Certified"),
    *("Upheld by agreement of the parties", "Not medically necessary", "Denied", "Overturned?"),
)


@each_row("words", NOT_UNDERSTOOD)
@each_row("mark", [": ", " - ", ":  ", " \u2013 "])
@each_row("place", [0, 1, 2])
@each_row("lay", [str, spaced])
def test_an_outcome_that_is_not_understood_is_told_and_its_item_kept(words, mark, place, lay):
    given = [Item("A cane"), Item("A bed", "Overturned")]
    given.insert(place, Item("A walker", f"{mark}{words}", gap="@"))
    text = lay(letter(*given).replace(":@", ""))
    found = layout(text)
    wanted = ["A cane", "A bed"]
    wanted.insert(place, "A walker")
    assert items(text) == wanted
    issue = found.issues[place]
    assert (issue.result, issue.outcome.of(text)) == (None, words)
    assert [(p.kind, p.message) for p in found.problems] == [
        (ProblemKind.BAD_VALUE, f'the outcome "{words}" is not understood')
    ]
    assert all("A walker" not in each.rationale.of(text) for each in found.issues)
    assert None not in (issue.administrator, issue.reviewer, issue.rationale)


@each_row("words", sorted(item_outcome.wordings()))
@each_row("mark", [":", " -"])
def test_every_wording_of_an_outcome_is_read_on_an_issue_line(words, mark):
    text = letter(Item("A cane"), Item("A walker", words, gap="@ ")).replace(":@", mark)
    meant = item_outcome.wordings()[words]
    assert [issue.result for issue in layout(text).issues] == [Outcome.UPHELD, meant]
    assert items(text)[1] == "A walker"
    plain = words in {outcome.value for outcome in Outcome}
    assert [problem.message for problem in layout(text).problems] == (
        [] if plain else [f'the outcome "{words}" is taken as modified']
    )


@pytest.mark.parametrize(
    ("line", "item"),
    [
        ("A walker", "A walker"),
        ("Injection QTY: 1.00", "Injection QTY: 1.00"),
        ("A walker for the patient who is unable to walk", "A walker for the patient who is unable to walk"),
    ],
)
def test_an_issue_line_without_an_outcome(line, item):
    text = letter(Item("A cane"), Item(line, "@"), Item("A bed")).replace(": @", "")
    assert items(text) == ["A cane", item, "A bed"]
    assert layout(text).issues[1].result is None
    assert told(text) == [(ProblemKind.BAD_VALUE, "")]


@each_row(
    "label",
    ["Determination", "Final Determination", "IMR Decision", "Decision", "Outcome", "RESULT", "Status"],
)
@each_row("before", [": ", " - ", "; ", ", ", " \n", "\n"])
@each_row("mark", [": ", " - "])
@each_row("words", ["Upheld", "Overturned", "Withdrawn"])
def test_a_label_before_the_outcome_is_no_part_of_the_item(label, before, mark, words):
    walker = Item(f"A walker{before}{label}", f"{mark}{words}", gap="@")
    text = letter(Item("A cane"), walker, Item("A bed")).replace(":@", "")
    assert items(text) == ["A cane", "A walker", "A bed"]
    assert layout(text).issues[1].outcome.of(text) == words


@pytest.mark.parametrize("item", ["Decision", "An impairment rating decision", "Disability status"])
def test_an_item_that_ends_with_such_a_word_keeps_it(item):
    assert items(letter(Item(item))) == [item]


def test_an_item_that_was_not_decided_needs_no_field():
    gone = Item("A walker", "Withdrawn", administrator=None, reviewer=None, rationale=None)
    text = letter(Item("A cane"), gone, Item("A bed"))
    assert items(text) == ["A cane", "A walker", "A bed"]
    assert [issue.result for issue in layout(text).issues] == [Outcome.UPHELD, None, Outcome.UPHELD]


def test_an_issue_line_within_a_rationale_begins_an_issue():
    text = letter(Item("A cane", rationale="So it is. \n \nA bed: Upheld \nDecision rationale: Quoted."))
    assert items(text) == ["A cane", "A bed"]


@pytest.mark.parametrize(
    ("headings", "problems"),
    [
        ((SUMMARY, DECISIONS), [(ProblemKind.MISSING_HEADING, "")]),
        ((HOW, DECISIONS), [(ProblemKind.MISSING_HEADING, "")]),
        ((HOW, SUMMARY), [(ProblemKind.MISSING_HEADING, "")]),
        ((), [(ProblemKind.MISSING_HEADING, "")] * 3),
        ((HOW, SUMMARY, SUMMARY, DECISIONS), [(ProblemKind.REPEATED_HEADING, SUMMARY)]),
        ((SUMMARY, HOW, DECISIONS), [(ProblemKind.HEADING_OUT_OF_ORDER, HOW)]),
        ((HOW, DECISIONS, SUMMARY), [(ProblemKind.HEADING_OUT_OF_ORDER, SUMMARY)]),
    ],
)
def test_headings_missing_doubled_or_out_of_order(headings, problems):
    text = letter(Item("A cane"), headings=headings)
    assert items(text)[0].endswith("A cane")
    assert told(text) == problems


def test_a_missing_heading_is_named():
    found = layout(letter(headings=(HOW, DECISIONS)))
    assert [problem.message for problem in found.problems] == [f'the heading "{SUMMARY}" is missing']


@pytest.mark.parametrize(
    ("item", "kind"),
    [
        (Item("A cane", administrator=None), ProblemKind.MISSING_FIELD),
        (Item("A cane", reviewer=None), ProblemKind.MISSING_FIELD),
        (Item("A cane", rationale=None), ProblemKind.MISSING_FIELD),
    ],
)
def test_a_missing_field(item, kind):
    text = letter(item, Item("A bed"))
    assert items(text) == ["A cane", "A bed"]
    assert told(text) == [(kind, "Upheld")]


def test_a_field_twice_counts_once():
    text = letter(Item("A cane", administrator=f"{NONE} \nClaims Administrator guideline: Another."))
    [issue] = layout(text).issues
    assert issue.administrator.of(text) == NONE
    assert told(text) == [(ProblemKind.REPEATED_HEADING, "Claims Administrator guideline:")]


def test_fields_in_another_order():
    text = letter(Item("A cane"))
    one, other = f"Claims Administrator guideline: {NONE}", f"MAXIMUS guideline: {MTUS}"
    text = text.replace(one, "@").replace(other, one).replace("@", other)
    [issue] = layout(text).issues
    assert (issue.administrator.of(text), issue.reviewer.of(text)) == (NONE, MTUS)


def test_a_field_before_any_issue():
    text = letter().replace("Physical therapy", "MAXIMUS guideline: lost \n \nPhysical therapy")
    assert items(text) == ["Physical therapy 12 visits"]
    assert told(text) == [(ProblemKind.HEADING_OUT_OF_ORDER, "MAXIMUS guideline:")]


def test_a_letter_that_ends_after_an_outcome_is_cut():
    text = letter(Item("A cane"), Item("A bed", administrator=None, reviewer=None, rationale=None))
    assert items(text) == ["A cane", "A bed"]
    assert told(text) == [(ProblemKind.CUT_LETTER, "Upheld")] * 3


@pytest.mark.parametrize("lay", [str, spaced], ids=["", "spaced"])
def test_a_mixed_letter(lay):
    text = lay(letter(*TWO))
    assert [issue.result for issue in layout(text).issues] == [Outcome.UPHELD, Outcome.OVERTURNED]


def test_an_extraction_without_paragraphs():
    """Where no line parts paragraphs, an item begins on the line after a sentence's end."""
    text = "\n\n".join(line.strip() for line in letter(*TWO).splitlines() if line.strip())
    assert items(text)[1] == "A cane"


def test_a_text_without_issues():
    assert layout("Dear reader").issues == ()
    assert ProblemKind.MISSING_HEADING in {kind for kind, _ in told("Dear reader")}


def test_more_headings_than_any_letter_has():
    with pytest.raises(LetterError, match=r"^100003 headings were found, more than letters have$"):
        layout(f"{HOW}\n{SUMMARY}\n{DECISIONS}" + "\nA walker: Upheld\n" * 100_000)


@pytest.mark.parametrize("before", ["", "\n", f"\n{DECISIONS}\n"], ids=["nothing", "a line end", "a heading"])
def test_an_item_right_at_the_beginning_is_whole(before):
    text = f"{before}A cane: Upheld\n{letter(Item('A bed')).partition('Upheld')[2]}"
    assert items(text)[0] == "A cane"
