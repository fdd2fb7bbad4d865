import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import pairwise

import polars as pl
import pytest

from kg.analysis.drivers import drivers
from kg.analysis.plots import forest, strip
from kg.errors import UnknownError

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def found(make):
    return drivers(make({97: (2, 3), 98: (15, 15), 99: (1, 40)}, rest=(10, 60)))


def titles(svg):
    return [title.text for title in ET.fromstring(svg).iter(f"{SVG}title")]


def test_forest_has_a_row_for_each_key_with_figures(found):
    first, second = titles(forest(found))[1:]
    assert first.startswith("chronic-pain/2009/page/98: ")
    assert second.startswith("chronic-pain/2009/page/99: ")
    assert first.endswith("30 decisions")


def test_the_strongest_comes_first_however_wide_its_interval(make):
    found = drivers(make({98: (60, 60), 99: (9, 7), 97: (10, 60)}), adjust="none")
    wide, narrow = found.row("chronic-pain/2009/page/99"), found.row("chronic-pain/2009/page/98")
    assert narrow.adjusted_high / narrow.adjusted_low < wide.adjusted_high / wide.adjusted_low
    assert narrow.adjusted_odds_ratio > wide.adjusted_odds_ratio > 1
    assert [title.split(":")[0] for title in titles(forest(found))[1:3]] == [narrow.key, wide.key]


@pytest.mark.parametrize(
    "counts",
    [
        {98: (15, 15), 99: (14, 16)},  # narrow
        {98: (15, 15), 99: (1, 40)},
        {98: (1, 300), 99: (29, 1)},
        {98: (0, 4000), 99: (2000, 0), 97: (1, 10)},  # beyond the axis
    ],
)
def test_labels_of_the_axis_stand_apart(make, counts):
    svg = ET.fromstring(forest(drivers(make(counts, rest=(100, 100)))))
    labels = [text for text in svg.findall(f"{SVG}text") if text.get("text-anchor") == "middle"]
    assert any(label.text == "1" for label in labels)
    ends = [
        (float(label.get("x")) - 3.5 * len(label.text), float(label.get("x")) + 3.5 * len(label.text))
        for label in labels
    ]
    assert all(right < left for (_, right), (left, _) in pairwise(ends))


def test_an_interval_beyond_the_axis_ends_in_an_arrow(make):
    found = drivers(make({98: (0, 400), 99: (200, 0), 97: (100, 100)}), adjust="none")
    arrows = "".join(text.text for text in ET.fromstring(forest(found)).iter(f"{SVG}text"))
    assert "◂" in arrows
    assert "▸" in arrows


def test_strip_has_a_cell_for_each_page(found):
    svg = strip(found, "chronic-pain/2009")
    cells = titles(svg)[1:]
    assert len(cells) == 99
    assert cells[95] == "page 96: not cited"
    assert cells[96] == "page 97: 2 of 5 overturned: too few"
    assert cells[97] == "page 98: 15 of 30 overturned, 50.0%"
    fills = [group.find(f"{SVG}rect").get("fill") for group in ET.fromstring(svg).iter(f"{SVG}g")]
    assert fills[96] == "#d9d9d9"
    assert len(set(fills)) == 4  # not cited, too few, more and less than the base rate
    legend = [part for part in ET.fromstring(svg).findall(f"{SVG}rect") if part.get("width") == "16"]
    assert len({part.get("fill") for part in legend}) == len(legend) == 7


def luminance(colour):
    """As WCAG 2.2 defines it, of a colour such as ``#fff`` or ``#b35806``."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_number_of_each_page_is_read_on_its_colour(make):
    found = drivers(make({page: (page, 48 - page) for page in range(1, 48)}, rest=(100, 700)))
    for cell in ET.fromstring(strip(found, "chronic-pain/2009")).iter(f"{SVG}g"):
        dark, light = sorted(luminance(cell.find(f"{SVG}{part}").get("fill")) for part in ("rect", "text"))
        assert (light + 0.05) / (dark + 0.05) >= 4.5, cell.find(f"{SVG}title").text


def test_the_same_table_gives_the_same_text(found, make):
    again = drivers(make({97: (2, 3), 98: (15, 15), 99: (1, 40)}, rest=(10, 60)))
    assert (forest(found), strip(found, "chronic-pain/2009")) == (
        forest(again),
        strip(again, "chronic-pain/2009"),
    )


def test_nothing_to_draw(make):
    assert "No key has enough decisions" in forest(drivers(make({98: (1, 2)})))


def test_unknown_guideline(found):
    with pytest.raises(UnknownError, match="the nearest: chronic-pain/2009"):
        strip(found, "chronic-pain/2010")


def test_what_has_no_pages_has_no_strip(make):
    sections = drivers(make({98: (15, 15)}, rest=(10, 60)), "guideline")
    with pytest.raises(UnknownError, match="chronic-pain/2009"):
        strip(sections, "chronic-pain/2009")


def test_hostile_titles_are_text(found):
    table = found.whole.with_columns(key=pl.lit("<script>&'") + pl.col("key"))
    svg = forest(replace(found, whole=table))
    assert "<script" not in svg
    ET.fromstring(svg)
