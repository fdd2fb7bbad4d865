"""Headings with wrong letters part the letter all the same, and errors of recognition are told."""

import pytest
from own_letters import ROWS, Item, letter

from kg.errors import LetterError
from kg.model import ProblemKind
from kg.reading.letter import read_letter

TEXT = letter(Item("A cane"), Item("A walker", "Overturned"))


@pytest.mark.parametrize(
    ("printed", "misprinted"),
    [
        ("Claims Administrator guideline:", "Claims Administrafor guldeline:"),
        ("MAXIMUS guideline:", "MAX1MUS guideline;"),
        ("Decision rationale:", "Dccision rationale:"),
        ("HOW THE IMR FINAL DETERMINATION WAS MADE", "H0W THE IMR FINAL DETERMlNATION WAS MADE"),
        ("CLINICAL CASE SUMMARY", "CLINICAL CASE SUMM ARY"),
        ("IMR ISSUES, DECISIONS AND RATIONALES", "1MR ISSUES, DECISIONS AND RATI0NALES"),
        ("Decision Date:", "Dccision Date:"),
        ("Date of Injury:", "Date of lnjury;"),
        ("Date Assigned:", "Dafe Assigned:"),
        ("UR Denial Date:", "UR Denlal Date:"),
    ],
)
def test_a_heading_with_wrong_letters_is_that_heading(printed, misprinted):
    text = TEXT.replace(printed, misprinted)
    plain, found = read_letter(TEXT), read_letter(text)
    assert found.decisions == plain.decisions
    assert found.decision_date == plain.decision_date
    assert found.date_of_injury == plain.date_of_injury
    assert ProblemKind.MISPRINT in {problem.kind for problem in found.problems}
    assert found.problems[0].span.of(text) == misprinted
    assert [d.item.span.of(text) for d in found.decisions] == ["A cane", "A walker"]


def test_errors_of_recognition_in_what_all_letters_print_are_told():
    text = TEXT.replace("A physician read the file", "The expcrt reviewer was se1ected")
    [problem] = read_letter(text).problems
    assert (problem.kind, problem.span.of(text)) == (ProblemKind.MISPRINT, "expcrt")
    assert '"expcrt", "se1ected"' in problem.message


def test_a_letter_without_any_field_is_refused():
    bare = [Item(name, administrator=None, reviewer=None, rationale=None) for name in ("A cane", "A bed")]
    with pytest.raises(LetterError, match=r"^2 disputed items were found, but no guideline and no rationale"):
        read_letter(letter(*bare))


def test_no_letter_at_hand_is_taken_for_misprinted(shared):
    for folder in ("letters", "letters-mupdf", "letters-pdfminer", "letters-spaced", "letters-pages"):
        for path in sorted((shared / folder).glob("*.txt")):
            found = read_letter(path.read_bytes().decode(), path.stem)
            assert ProblemKind.MISPRINT not in {problem.kind for problem in found.problems}, path


def test_a_misprinted_case_number_leaves_the_name_of_the_file():
    found = read_letter(TEXT.replace(ROWS.split()[2], "CM15-O001234"), "CM15-0001234")
    assert found.case_number == "CM15-0001234"
    assert [problem.message for problem in found.problems] == ['"CM15-O001234" is not a case number']
