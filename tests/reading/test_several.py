"""Several letters in one text: each is read as if alone, or the text is refused with the reason."""

import re

import pytest
from own_letters import COLUMNS, LINES, ROWS, Item, letter, spaced

import kg
from kg.errors import LetterError
from kg.reading.letter import read_letter
from kg.reading.several import parts

HEADERS = [ROWS, LINES, COLUMNS]
TITLE = "MAXIMUS FEDERAL SERVICES, INC. \nIndependent Medical Review Final Determination \n \n"
MAIL = "\n----\nFrom: a@example.org\nSubject: another one\n\n"


def one(n, header=ROWS, **more):
    return letter(Item(f"A cane {n}"), header=header.replace("0001234", f"000123{n}"), **more)


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("between", ["", "\n", "\f", "\n\n\n", MAIL, TITLE, f"\f{TITLE}"])
@pytest.mark.parametrize("lay", [str, spaced], ids=["", "spaced"])
def test_each_letter_is_read_as_if_alone(header, between, lay):
    text = lay(between.join(one(n, header) for n in (1, 2, 3)))
    found = kg.parse_letters(text, "merged")
    assert [letter.case_number for letter in found] == [f"CM15-000123{n}" for n in (1, 2, 3)]
    for n, (each, part) in enumerate(zip(found, parts(text), strict=True), 1):
        assert [" ".join(d.item.text.split()) for d in each.decisions] == [f"A cane {n}"]
        rationale = each.decisions[0].rationale.span.of(part.of(text))
        assert rationale.rstrip().endswith("not medically necessary.")
        assert each.problems == ()


def test_spellings_of_one_case_number_are_one_letter():
    text = one(1) + one(2).replace("CM15", "cm15")
    assert [each.case_number for each in kg.parse_letters(text, "x")] == ["CM15-0001231", "CM15-0001232"]
    on_each_page = one(1).replace("Decision rationale", "\fCase Number: cm15 0001231\nDecision rationale")
    assert len(parts(on_each_page)) == 1


@pytest.mark.parametrize("name", ["cm15-0001231", "CM15 0001231", "cm150001231"])
def test_a_letter_without_a_header_is_of_the_case_that_its_file_is_named_by(name):
    assert read_letter(one(1, header=""), name).case_number == "CM15-0001231"


def test_letters_without_a_header_take_the_name_of_the_file_with_their_number():
    text = one(1, header="") + one(2, header="")
    assert [each.case_number for each in kg.parse_letters(text, "merged")] == ["merged-1", "merged-2"]


def test_the_parts_are_the_whole_text():
    text = TITLE + one(1) + MAIL + one(2)
    assert "".join(part.of(text) for part in parts(text)) == text


def test_a_text_of_several_is_no_one_letter():
    with pytest.raises(LetterError, match=r"^the text holds 2 letters: kg.parse_letters reads each$"):
        read_letter(one(1) + one(2))


def test_what_cannot_be_parted_is_refused():
    text = one(1) + one(2).replace("HOW THE IMR FINAL DETERMINATION WAS MADE", "")
    with pytest.raises(LetterError, match=r"several case numbers \(CM15-0001231, CM15-0001232\)"):
        parts(text)


@pytest.mark.parametrize(
    "printed",
    [
        lambda text: re.sub(r"(?<=\w{3})(?=\w{3})", "\xad", text),
        lambda text: text.replace("fi", "\ufb01"),
        lambda text: text.replace("Case Number", "CASE NUMBER"),
    ],
    ids=["soft hyphens", "ligatures", "label in capitals"],
)
def test_noise_does_not_hide_where_a_letter_begins(printed):
    text = printed(one(1) + one(2))
    assert [each.case_number for each in kg.parse_letters(text, "x")] == ["CM15-0001231", "CM15-0001232"]
    assert "".join(part.of(text) for part in parts(text)) == text


def test_a_header_on_each_page_parts_nothing():
    text = one(1).replace("CLINICAL CASE", "\fCase Number: CM15-0001231 Page 2\nCLINICAL CASE")
    assert len(parts(text)) == 1


def test_pairs_of_letters_at_hand_are_read_as_if_alone(shared):
    for folder in ("letters", "letters-mupdf", "letters-pdfminer", "letters-pages", "fresh/letters"):
        texts = [path.read_bytes().decode() for path in sorted((shared / folder).glob("CM*.txt"))]
        for one_, two in zip(texts[::2], texts[1::2], strict=False):
            alone = (read_letter(one_, "x"), read_letter(two, "x"))
            found = kg.parse_letters(f"{one_}\n{two}", "x")
            named = [d.case_number.partition("-")[0] == "x" for d in found]
            assert [d.case_number == "x" for d in alone] == named
            assert [d.decisions for d in found] == [d.decisions for d in alone]
