"""Page lists as letters print them."""

import pytest

from kg.reading.citing.pages import PageRangeError, page_range, read_pages


@pytest.mark.parametrize(
    ("printed", "pages"),
    [
        ("98-99", [(98, 99)]),
        ("98-9", [(98, 99)]),  # shortened range
        ("98-98", [(98, 98)]),
        ("209-10", [(209, 210)]),
        ("s 48-9; 90; 299-301 and 308-9", [(48, 49), (90, 90), (299, 301), (308, 309)]),  # stray s
        ("98 to 99", [(98, 99)]),
        ("98 through 99", [(98, 99)]),
        ("111 - 113", [(111, 113)]),
        ("111\n-113", [(111, 113)]),
        ("111–113", [(111, 113)]),  # typographic dash
        ("43, 77-78, 94.", [(43, 43), (77, 78), (94, 94)]),
        ("76-80,124", [(76, 80), (124, 124)]),
        ("pages 78 & 80", [(78, 78), (80, 80)]),
        ("p. 78, pg. 80, pp 90-1", [(78, 78), (80, 80), (90, 91)]),
        ("Page 68 of 127", [(68, 68)]),  # the guideline's length is no page
        ("", []),
    ],
)
def test_pages(printed, pages):
    found, problems = read_pages(printed)
    assert [(page.first, page.last) for page in found] == pages
    assert not problems


@pytest.mark.parametrize(
    ("printed", "pages", "problem", "message"),
    [
        ("passim", [], "passim", 'expected a page number after "Page(s):", found "passim"'),
        (
            "303, Table 12-8, 305",
            [303, 305],
            "Table 12-8",
            'expected a page number after "Page(s):", found "Table 12-8"',
        ),
        ("124-12", [], "124-12", 'the page range "124-112" runs backwards'),
        ("90-70; 5", [5], "90-70", 'the page range "90-70" runs backwards'),
        ("9792", [], "9792", "no guideline has a page 9792"),
    ],
)
def test_what_is_no_page_is_a_problem_with_its_place(printed, pages, problem, message):
    found, (told,) = read_pages(printed)
    assert [page.first for page in found] == pages
    assert told.span.of(printed) == problem
    assert told.message == message


def test_spans_point_into_the_text_around():
    text = "Page(s): 98-9, 111. Then"
    found, _ = read_pages(text, 9, 18)
    assert [page.span.of(text) for page in found] == ["98-9", "111"]


def test_a_range_that_runs_backwards_is_an_error():
    with pytest.raises(PageRangeError, match="99-12"):
        page_range("99", "12")
