"""The funnel of drivers: its points, bands and names are those of the table; the order stands in the link."""

import re
import xml.etree.ElementTree as ET
from dataclasses import fields, replace
from itertools import pairwise
from math import exp, log
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient

from kg.analysis.decisions import LEVELS
from kg.analysis.drivers import DriverRow
from kg.errors import UnknownError
from kg.web.drawings import funnel, ratio
from kg.web.pages import sorting

EMPTY = DriverRow(
    **dict.fromkeys(one.name for one in fields(DriverRow))
    | {"key": "chronic-pain/2009/page/98", "letters": 10, "decisions": 20, "upheld": 15, "overturned": 5}
)


def row(
    key: str, decisions: int, effect: float, p: float | None = 0.5, error: float | None = None
) -> DriverRow:
    """A row whose standard error is ``2 / sqrt(decisions)``, where nobody says otherwise."""
    error = 2 / decisions**0.5 if error is None else error
    low, high = (exp(effect + side * funnel.BANDS[0] * error) for side in (-1, 1))
    given = {"adjusted_odds_ratio": exp(effect), "adjusted_low": low, "adjusted_high": high}
    return replace(EMPTY, key=key, decisions=decisions, p_value=p, q_value=p, **given)


ROWS = [row("a", 400, 0.9, 0.0001), row("b", 100, -0.3, 0.3), row("c", 50, 0.6, 0.03), row("d", 25, 0.1, 0.9)]


def test_the_bands_follow_the_errors_of_the_rows():
    found = funnel.funnel([*ROWS, EMPTY])
    assert [point.row.key for point in found.points] == ["a", "b", "c", "d"]
    assert found.power == pytest.approx(-0.5)
    assert [found.error(n) for n in (25, 400)] == pytest.approx([0.4, 0.1])
    assert [point.beyond for point in found.points] == [2, 0, 1, 0]
    assert [point.row.key for point in found.outstanding()] == ["a"]
    few = funnel.funnel(ROWS[:2])
    assert (few.power, few.error(100)) == (-0.5, pytest.approx(0.2))


def test_only_what_stands_out_is_named_and_every_point_opens():
    rows = [*ROWS, *(row(key, 30 + n, -0.1) for n, key in enumerate("efghi"))]
    drawn = ET.fromstring(funnel.draw(funnel.funnel(rows), str.upper, lambda key: f"/at/{key}"))
    opened = sorted(link.get("href") for link in drawn.findall(".//{*}a"))
    assert opened == [f"/at/{key}" for key in "abcdefghi"]
    assert [text.text for text in drawn.findall(".//{*}text") if text.get("class") == "name"] == ["A"]
    assert funnel.draw(funnel.funnel([EMPTY]), str, str) == ""
    few = ET.fromstring(funnel.draw(funnel.funnel(ROWS[1:3]), str.upper, str))
    assert [text.text for text in few.findall(".//{*}text") if text.get("class") == "name"] == ["B", "C"]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("party", ["reviewer", "claims_administrator"])
def test_every_row_with_a_test_is_a_point(site: TestClient, level: str, party: str):
    asked = f"level={level}&party={party}&minimum=1"
    tested = {
        one["key"]
        for one in site.get(f"/api/drivers?{asked}&limit=1000").json()["results"]
        if one["p_value"] is not None
    }
    page = site.get(f"/drivers?{asked}").text
    points = re.findall(r'<a href="/guidelines/([^"]+)" aria-label="[^"]* overturned, adjusted', page)
    assert {unquote(point) for point in points} == tested
    assert page.count('class="point') == sum(map(int, re.findall(r"(\d+) at the (?:lower|upper) edge", page)))


def test_a_key_without_an_upper_or_lower_limit_stands_at_the_edge():
    none = replace(ROWS[1], key="none", adjusted_odds_ratio=0.0, adjusted_low=0.0, adjusted_high=0.9)
    every = replace(ROWS[2], key="all", adjusted_odds_ratio=None, adjusted_low=1.4, adjusted_high=None)
    found = funnel.funnel([*ROWS, none, every])
    assert found.error(100) == pytest.approx(funnel.funnel(ROWS).error(100))
    drawn = ET.fromstring(funnel.draw(found, str, str))
    shapes = [path.get("class") for path in drawn.findall(".//{*}a/{*}path")]
    assert sorted(shapes) == ["point less s0", "point more s1"]
    assert found.told().count("edge") == 2
    assert funnel.funnel(ROWS).told() == ""
    assert (
        ET.fromstring(funnel.draw(funnel.funnel([none]), str, str))
        .get("aria-label")
        .startswith("Funnel of 1")
    )
    many = funnel.funnel([row(f"k{n}", 50 + n, 0.1) for n in range(300)])
    assert many.told().startswith("250 of 300")


def test_names_lie_over_nothing():
    rows = [row(f"key {n}", 100 + n % 3, 1.5 + n / 50, 0.0001) for n in range(12)]
    drawn = ET.fromstring(funnel.draw(funnel.funnel(rows), lambda key: key * 9, str))
    names = [text for text in drawn.findall(".//{*}text") if text.get("class") == "name"]
    assert names
    assert all(text.text.endswith("…") for text in names)
    for side in ("start", "end"):
        heights = sorted(float(text.get("y")) for text in names if text.get("text-anchor") == side)
        assert all(b - a >= 14 for a, b in pairwise(heights))


def test_a_saved_funnel_is_whole():
    for rows in (ROWS, [EMPTY]):
        drawn = ET.fromstring(funnel.saved(funnel.funnel(rows), str, "A <head>", "told"))
        assert drawn.find("{*}title").text == "A <head>"
        assert not list(drawn.findall(".//{*}a"))


def test_the_scale_of_ratios():
    assert ratio.reach([EMPTY]) == 2
    assert ratio.reach([row("a", 100, log(3), error=0.01)]) == 4
    assert ratio.reach([row("a", 100, log(300))]) == 16
    assert "not compared" in ratio.plot(EMPTY, 4)
    endless = replace(ROWS[0], adjusted_high=None, adjusted_low=1.5)
    assert "dot more" in ratio.plot(endless, 4)
    assert "1.50 or more" in ratio.plot(endless, 4)
    assert "dot less" in ratio.plot(row("a", 100, -2.0), 4)
    assert 'class="dot"' in ratio.plot(row("a", 100, 0.0), 4)
    assert "1/4" in ratio.axis(4)


@pytest.mark.parametrize(
    ("asked", "keys"),
    [
        ("", "acbd"),  # the sure ones, surest first, then by decisions
        ("key", "abcd"),
        ("-key", "dcba"),
        ("decisions", "dcba"),
        ("-adjusted_odds_ratio", "acdb"),
        ("p_value", "acbd"),
    ],
)
def test_the_order_holds_for_all_rows(asked: str, keys: str):
    assert "".join(one.key for one in sorting.ordered(ROWS, sorting.read(asked))) == keys


def test_rows_without_the_figure_are_last():
    assert sorting.ordered([EMPTY, *ROWS], sorting.read("-difference"))[0] == EMPTY
    ordered = sorting.ordered([EMPTY, *ROWS], sorting.read("-adjusted_odds_ratio"))
    assert ordered[-1] == EMPTY
    with pytest.raises(UnknownError, match="available are"):
        sorting.read("size")


def test_the_address_holds_level_and_order(site: TestClient):
    answer = site.get("/drivers?minimum=3")
    assert answer.url.params["level"] in LEVELS
    asked = {"level": "section", "minimum": "1", "sort": "-decisions"}
    page = site.get("/drivers", params=asked).text
    assert "sorted by decisions, largest first" in page
    assert 'aria-sort="descending"' in page
    assert "sort=decisions" in page  # turns the order
    assert site.get("/drivers", params=asked | {"sort": "size"}).status_code in {404, 422}


@pytest.mark.parametrize("picture", ["funnel", "forest"])
def test_pictures_are_saved(site: TestClient, picture: str):
    answer = site.get(f"/drivers.svg?level=section&minimum=1&picture={picture}")
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert ET.fromstring(answer.text).tag.endswith("svg")


def test_rows_that_are_not_compared_are_folded(site: TestClient):
    rows = site.get("/api/drivers?level=section&minimum=1&limit=1000").json()["results"]
    few = [one for one in rows if one["q_value"] is None]
    page = site.get("/drivers?level=section&minimum=1").text
    assert f"{len(rows) - len(few)} section" in page
    assert f"<summary>{len(few)} sections not compared" in page
    won, every = (sum(one[name] for one in few) for name in ("overturned", "decisions"))
    assert f"{won} of {every:,} citations overturned" in page


def test_home_shows_what_differs(site: TestClient):
    page = site.get("/").text
    assert site.get("/api/drivers?level=page").json()["verdict"][1:40] in page or "funnel" in page
    for question in ("Which services are overturned most?", "Topical analgesics by year?"):
        assert question in page
