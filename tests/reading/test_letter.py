"""Whole letters of 2014 on: their form, what contradicts itself, and letters cut anywhere."""

import re
from datetime import date

import pytest
from own_letters import COLUMNS, DECISIONS, LINES, LISTED, NONE, ROWS, SENTENCE, Item, letter, spaced

from kg.errors import LetterError
from kg.model import Basis, Determination, Outcome, Priority, ProblemKind, Sex, Template
from kg.reading.letter import read_letter
from kg.sample import TEMPLATES, letters

BY_SECTION = "Decision based on MTUS Low Back Complaints 2004, Section(s): Special Studies."
BY_2018 = "Decision based on MTUS Low Back Disorders 2017, Section(s): Initial Care."
BY_PAGE = "Decision based on MTUS ACOEM Chapter 12 Low Back Complaints Page(s): 303."
OUTSIDE = (
    "The Expert Reviewer based their decision on recommendation(s) outside of the MTUS Guidelines. Decision "
    "based on Non-MTUS Citation Official Disability Guidelines (ODG), Low Back Chapter, Gym memberships."
)
NOT_MTUS = OUTSIDE.replace("based their decision on recommendation(s) outside of the MTUS Guidelines",
                           "did not base their decision on the MTUS")  # fmt: skip


def kinds(found: Determination) -> list[ProblemKind]:
    return [problem.kind for problem in found.problems]


def without_date(table: str) -> str:
    return table.replace("04/06/2015", "          ")


@pytest.mark.parametrize("header", [ROWS, LINES, COLUMNS], ids=["rows", "lines", "columns"])
@pytest.mark.parametrize("credentials", [SENTENCE, LISTED], ids=["sentence", "listed"])
@pytest.mark.parametrize("lay", [str, spaced], ids=["", "spaced"])
def test_a_letter(header, credentials, lay):
    text = lay(letter(Item("A walker"), Item("A cane", "Overturned"), header=header, credentials=credentials))
    found = read_letter(text, "another-name")
    assert (found.case_number, found.template) == ("CM15-0001234", Template.PAGES)
    assert found.decision_date == date(2015, 4, 6)
    assert found.date_of_injury == date(2013, 7, 8)
    assert found.priority is Priority.STANDARD
    assert "California" in found.reviewer.licensed_in
    assert (found.patient.age, found.patient.sex) == (49, Sex.FEMALE)
    assert [(d.item.text, d.outcome) for d in found.decisions] == [
        ("A walker", Outcome.UPHELD),
        ("A cane", Outcome.OVERTURNED),
    ]
    assert [d.claims_administrator.basis for d in found.decisions] == [Basis.NONE_CITED] * 2
    assert [d.reviewer.citations[0].pages[0].first for d in found.decisions] == [98, 98]
    assert found.problems == ()


def test_the_name_is_the_case_number_where_none_is_printed():
    assert read_letter(letter(header=""), "004").case_number == "004"
    assert read_letter(letter(header="")).case_number is None


@pytest.mark.parametrize(
    ("reviewer", "header", "template"),
    [
        (BY_PAGE, ROWS, Template.PAGES),
        (BY_SECTION, ROWS.replace("04/06/2015", "12/19/2016"), Template.SECTIONS),
        (BY_SECTION, ROWS, Template.SECTIONS),  # what is printed says more than the date
        (BY_2018, ROWS, Template.LETTER_2018),
        (BY_PAGE, without_date(ROWS), Template.PAGES),
        (BY_SECTION, without_date(ROWS), Template.SECTIONS),
        (NOT_MTUS, without_date(ROWS), Template.PAGES),  # as letters said it to 2016
        (OUTSIDE, without_date(ROWS), Template.SECTIONS),
        (OUTSIDE, ROWS, Template.PAGES),  # by its date
        (OUTSIDE, ROWS.replace("04/06/2015", "12/19/2016"), Template.SECTIONS),
        (OUTSIDE, ROWS.replace("04/06/2015", "05/06/2019"), Template.LETTER_2018),
        (NONE, "", Template.PAGES),
    ],
)
def test_the_form_of_the_era(reviewer, header, template):
    assert read_letter(letter(Item("A cane", reviewer=reviewer), header=header)).template is template


@pytest.mark.parametrize(
    ("decided", "edition"), [("04/06/2015", 2009), ("12/19/2016", 2016), ("          ", 2009)]
)
def test_the_edition_in_force_on_the_day_is_inferred(decided, edition):
    found = read_letter(letter(header=ROWS.replace("04/06/2015", decided)))
    [citation] = found.decisions[0].reviewer.citations
    assert (citation.edition, citation.inferred_edition) == (None, edition)


def test_dates_of_injury_that_contradict_each_other():
    text = letter(summary="The patient is a 49 year old man with a date of injury of 09/08/2013.")
    found = read_letter(text)
    assert found.date_of_injury == date(2013, 7, 8)
    [problem] = found.problems
    assert (problem.kind, problem.span.of(text)) == (ProblemKind.CONTRADICTION, "09/08/2013")


def test_the_summary_tells_the_date_of_injury_where_no_header_does():
    text = letter(header="")
    found = read_letter(text)
    assert found.date_of_injury == date(2013, 7, 8)
    assert found.spans["date_of_injury"].of(text) == "07/08/2013"


def test_an_outcome_without_an_item():
    found = read_letter(letter(Item("")))
    assert found.decisions[0].item.text == ""
    assert ProblemKind.MISSING_FIELD in kinds(found)


def test_a_missing_field_is_empty():
    found = read_letter(letter(Item("A cane", administrator=None, rationale=None), Item("A bed")))
    assert found.decisions[0].claims_administrator.basis is None
    assert found.decisions[0].rationale is None
    assert kinds(found) == [ProblemKind.MISSING_FIELD] * 2


@pytest.mark.parametrize(
    ("item", "what"),
    [
        (Item("A cane " * 4_000), "disputed item"),
        (Item("A cane", reviewer="Decision based on MTUS " * 1_000), "guideline field"),
        (Item("A cane", rationale="A cane helps to walk. " * 20_000), "rationale"),
        (Item("A cane" + " " * 120_000 + "\nA bed " * 4_000), "disputed item"),  # blanks without end
    ],
)
def test_what_is_longer_than_in_any_letter_is_kept_unread(item, what):
    found = read_letter(letter(item))
    assert [p.message for p in found.problems if p.kind is ProblemKind.UNREAD_TEXT and what in p.message]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the file contains no text"),
        (" \n\f\n", "the file contains no text"),
        ("Dear reader", "none of the headings of an Independent Medical Review letter was found"),
        (
            letter().partition(DECISIONS)[0],
            "no disputed item was found: no issue line, and no fields of one",
        ),
    ],
    ids=["empty", "blank", "another text", "no issue"],
)
def test_what_is_no_letter_is_refused_with_a_reason(text, reason):
    with pytest.raises(LetterError) as refused:
        read_letter(text)
    assert str(refused.value) == reason


@pytest.mark.parametrize("template", [name for name, forms in TEMPLATES.items() if forms == (name,)])
def test_a_letter_cut_anywhere_is_a_determination_or_refused(template):
    [(_, text, truth)] = letters(1, 5, template)
    ended = set()
    for end in range(0, len(text), 200):
        try:
            found = read_letter(text[:end])
        except LetterError:
            ended.add("refused")
        else:
            ended.add("read")
            assert 1 <= len(found.decisions) <= len(truth["decisions"])
    assert ended == {"refused", "read"}


def test_a_letter_without_its_beginning_has_its_decisions():
    text = letter(Item("A walker"), Item("A cane"))
    found = read_letter("\n" + text[text.index(DECISIONS) :])
    assert [d.item.text for d in found.decisions] == ["A walker", "A cane"]
    assert kinds(found) == [ProblemKind.MISSING_HEADING] * 2


@pytest.mark.parametrize(
    "printed",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace(" ", "  "),  # justified lines
        lambda text: text.replace(" ", "\xa0"),  # blanks that no line may break at
        lambda text: re.sub(r"\n(?=\S)", "\n    ", text),  # a margin
        lambda text: "\ufeff" + text,
        lambda text: re.sub(r"(?<=: )(?:Upheld|Overturned)(?=\s*\n)", lambda found: found[0].upper(), text),
    ],
    ids=["line ends", "two blanks", "fixed blanks", "margin", "byte order mark", "capitals"],
)
@pytest.mark.parametrize("template", ["pages", "sections"])
def test_blanks_and_capitals_do_not_matter(template, printed):
    for _, text, _ in letters(25, 6, template):
        read, expected = read_letter(printed(text)), read_letter(text)
        assert (read.case_number, read.template) == (expected.case_number, expected.template)
        assert (read.decision_date, read.patient) == (expected.decision_date, expected.patient)
        assert (read.reviewer, read.decisions) == (expected.reviewer, expected.decisions)
