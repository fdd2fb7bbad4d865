"""The kind of a document, by the words of its opening."""

import pytest
from own_letters import LINES
from tables import each_row

from kg.errors import LetterError
from kg.model import DocumentKind
from kg.reading.document_kind import document_kind
from kg.reading.letter import read_letter

_ADJECTIVES = ("Amended", "Corrected", "Revised", "Reissued", "Re-issued")
_TITLES = (
    "Final Determination",
    "Final Determination Letter",
    "Independent Medical Review Final Determination",
)
_AROUND = (
    *("{0} {1}", "({0}) {1}", "{0}: {1}", "{0} \u2013 {1}", "[{0}] {1}"),
    *("{1} ({0})", "{1} - {0}", "{1} \u2014 {0}", "{1}: {0}", "{1}, {0}", "{1}, as {0}", "{1}\n\n({0})\n"),
)
_FORMS = [around.format(word, title) for word in _ADJECTIVES for title in _TITLES for around in _AROUND]


@each_row("printed", [form for each in _FORMS for form in (each, each.upper())])
def test_amended_in_every_form_of_a_title(printed):
    assert document_kind(printed, len(printed), decides=True).kind is DocumentKind.AMENDED


@each_row(
    "printed",
    [
        "Final Determination Letter\n(Second Revision)",
        "FINAL DETERMINATION LETTER - REISSUE",
        "*** CORRECTED ***\nFinal Determination Letter",
        "Errata to the Final Determination Letter",
        "This letter replaces our earlier determination.",
        "Please disregard the Final Determination dated 3/1/2018.",
    ],
)
def test_amended_in_other_words(printed):
    assert document_kind(printed, len(printed), decides=True).kind is DocumentKind.AMENDED


@each_row(
    "printed",
    [
        "Final Determination Letter",
        "Final Determination Letter\nThe records were amended.",
        "If the determination is amended, a copy follows.",
        "You may ask for a corrected determination.",
        "Final Determination: UPHOLD\nRecommended reading, revised",
        "a corrected copy of the records",
        "Final Determination Letter\nCorrected address on file",
    ],
)
def test_other_amendments_are_none_of_the_letter(printed):
    assert document_kind(printed, len(printed), decides=True).kind is DocumentKind.DETERMINATION


_ENDED = (
    "MAXIMUS Federal Services\nIndependent Medical Review\n" + LINES + "\n\nDear Sir,\n\n{}\n\nSincerely,\n"
)


@each_row(
    ("said", "kind"),
    [
        ("Case Closed - Withdrawn", "withdrawal"),
        ("Status: Withdrawn", "withdrawal"),
        ("The injured worker withdrew the application.", "withdrawal"),
        ("We have withdrawn your application, as you asked.", "withdrawal"),
        ("The application was denied as untimely.", "dismissal"),
        ("The review was discontinued.", "termination"),
        ("Application withdrawn by the injured worker", "withdrawal"),
        ("Case Closed \u2013 Dismissed", "dismissal"),
        ("The request for IMR was dismissed because the form was not signed.", "dismissal"),
        ("This application is not eligible for review.", "dismissal"),
        ("Your request is ineligible for Independent Medical Review.", "dismissal"),
        ("NOTICE OF INELIGIBILITY", "dismissal"),
        ("The Independent Medical Review has been closed.", "termination"),
        ("Case closed. The review was terminated, since the treatment was authorized.", "termination"),
    ],
)
def test_reviews_that_ended_without_a_decision(said, kind):
    found = read_letter(_ENDED.format(said))
    assert (found.kind.value, found.decisions, found.case_number) == (kind, (), "CM15-0001234")


@pytest.mark.parametrize(
    "said",
    [
        "If your request is not eligible for review, you will be told.",
        "You may withdraw the request.",
        "CLINICAL CASE SUMMARY\n\nHis civil case was dismissed.",
    ],
    ids=["a condition", "a right", "a letter whose items were not found"],
)
def test_what_ends_no_review(said):
    with pytest.raises(LetterError):
        read_letter(_ENDED.format(said))
